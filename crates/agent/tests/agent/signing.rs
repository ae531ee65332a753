//! Signatures in each module's form, verified.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use window_messages::{DocumentName, Preview, SignatureForm, ToWindow, Verb, Warning};

use crate::window::{HEAD, INDIVIDUAL, OLD_LOG_IN, OLD_SIGNING, desk};

fn common_utils(method: &str, args: Value) -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args }).to_string()
}

fn basics(format: &str, data: Value, signing: Value, signer: Value) -> String {
    json!({
        "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": format, "data": data, "signingParams": signing, "signerParams": signer },
    })
    .to_string()
}

fn cms_of(base64: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(base64.as_str().unwrap()).unwrap()
}

fn assert_xml_holds(text: &str) {
    let reports = signing::xml::verify(text.as_bytes()).unwrap();
    assert_eq!(reports.len(), 1);
    assert!(reports[0].holds() && reports[0].covers_whole_document());
}

#[tokio::test]
async fn common_utils_signs_xml_with_every_family_of_keys() {
    for file in [
        INDIVIDUAL,
        OLD_SIGNING,
        "company-old/GOSTKNCA_f138f84f105359d7dbb7bce9b69246328efa5f46.p12",
        "gost256/GOST256_79fe0d0b9ac224ab49ed7e5802f5378feeebff1a.p12",
    ] {
        let mut desk = desk(&[file]);
        let request = common_utils(
            "signXml",
            json!(["PKCS12", "SIGNATURE", "<tag>data</tag>", "", ""]),
        );
        let reply = desk.signed_with(file, &request).await;
        assert_eq!(
            reply.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["code", "responseObject"],
            "{file}"
        );
        assert_eq!(reply["code"], "200");
        let text = reply["responseObject"].as_str().unwrap();
        assert!(text.contains("<ds:SignedInfo>\n"), "{file}");
        assert_xml_holds(text);
    }
}

#[tokio::test]
async fn common_utils_signs_several_documents_in_their_order() {
    let mut desk = desk(&[INDIVIDUAL]);
    let request = common_utils(
        "signXmls",
        json!(["PKCS12", "SIGNATURE", ["<a/>", "<b/>", "<c/>"], "", ""]),
    );
    let reply = desk.signed_with(INDIVIDUAL, &request).await;
    let texts = reply["responseObject"].as_array().unwrap();
    assert_eq!(texts.len(), 3);
    for (text, root) in texts.iter().zip(["<a>", "<b>", "<c>"]) {
        assert!(text.as_str().unwrap().contains(root));
        assert_xml_holds(text.as_str().unwrap());
    }
}

#[tokio::test]
async fn common_utils_makes_cms_in_one_line_of_base64() {
    let mut desk = desk(&[INDIVIDUAL]);
    for attached in [true, false] {
        let request = common_utils(
            "createCAdESFromBase64",
            json!(["PKCS12", "SIGNATURE", "MTEK", attached]),
        );
        let reply = desk.signed_with(INDIVIDUAL, &request).await;
        let cms = cms_of(&reply["responseObject"]);
        let report = signing::cms::verify(&cms, (!attached).then_some(b"11\n".as_slice())).unwrap();
        assert!(report.holds());
        assert_eq!(
            report.content.as_deref(),
            attached.then_some(b"11\n".as_slice())
        );
    }
}

#[tokio::test]
async fn common_utils_signs_a_digest_of_the_right_length() {
    let mut desk = desk(&[OLD_SIGNING]);
    let digest = pki::DigestAlgorithm::Sha256.digest(b"content");
    let request = common_utils(
        "createCAdESFromBase64Hash",
        json!(["PKCS12", "SIGNATURE", BASE64_STANDARD.encode(digest)]),
    );
    let reply = desk.signed_with(OLD_SIGNING, &request).await;
    assert!(
        signing::cms::verify(&cms_of(&reply["responseObject"]), Some(b"content"))
            .unwrap()
            .holds()
    );
}

#[tokio::test]
async fn key_info_has_all_twelve_members() {
    let mut desk = desk(&[HEAD]);
    let reply = desk
        .signed_with(HEAD, &common_utils("getKeyInfo", json!(["PKCS12"])))
        .await;
    let info = reply["responseObject"].as_object().unwrap();
    let mut names: Vec<_> = info.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "algorithm",
            "alias",
            "authorityKeyIdentifier",
            "certNotAfter",
            "certNotBefore",
            "issuerCn",
            "issuerDn",
            "keyId",
            "pem",
            "serialNumber",
            "subjectCn",
            "subjectDn",
        ]
    );
    assert!(
        info.values()
            .all(|value| value.as_str().is_some_and(|text| !text.is_empty()))
    );
    assert_eq!(info["alias"], "6bc87b64de1979fd15f7eadd1ba6ae00070c3438");
    assert_eq!(info["keyId"], "6bc87b64de1979fd15f7eadd1ba6ae00070c3438");
    assert_eq!(info["algorithm"], "ECGOST3410-2015-512");
    assert_eq!(info["certNotBefore"], "1767225600000");
    assert!(
        info["subjectDn"]
            .as_str()
            .unwrap()
            .contains("SERIALNUMBER=IIN123456789011")
    );
    assert!(
        info["pem"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----\n")
    );
}

#[tokio::test]
async fn basics_makes_pem_in_an_array_even_of_one() {
    let mut desk = desk(&[INDIVIDUAL]);
    let reply = desk
        .signed_with(
            INDIVIDUAL,
            &basics("cms", json!("MTEK"), json!({ "decode": "true" }), json!({})),
        )
        .await;
    assert_eq!(reply["status"], true);
    let [pem] = reply["body"]["result"].as_array().unwrap().as_slice() else {
        panic!()
    };
    let pem = pem.as_str().unwrap();
    assert!(pem.starts_with("-----BEGIN CMS-----\n") && pem.ends_with("\n-----END CMS-----\n"));
    let report =
        signing::cms::verify(&signing::cms::from_text(pem.as_bytes()).unwrap(), None).unwrap();
    assert!(report.holds());
    assert_eq!(report.content.as_deref(), Some(b"11\n".as_slice()));
}

#[tokio::test]
async fn basics_signs_the_text_itself_unless_told_to_decode() {
    let mut desk = desk(&[INDIVIDUAL]);
    let request = basics(
        "cms",
        json!(["MTEK", "Қол"]),
        json!({ "encapsulate": "false" }),
        json!({}),
    );
    let reply = desk.signed_with(INDIVIDUAL, &request).await;
    for (pem, text) in reply["body"]["result"]
        .as_array()
        .unwrap()
        .iter()
        .zip(["MTEK", "Қол"])
    {
        let der = signing::cms::from_text(pem.as_str().unwrap().as_bytes()).unwrap();
        assert!(
            signing::cms::verify(&der, Some(text.as_bytes()))
                .unwrap()
                .holds()
        );
    }
}

#[tokio::test]
async fn basics_xml_has_no_white_space_inside_the_signature() {
    let mut desk = desk(&[INDIVIDUAL]);
    let reply = desk
        .signed_with(
            INDIVIDUAL,
            &basics("xml", json!("<tag>data</tag>"), json!({}), json!({})),
        )
        .await;
    let text = reply["body"]["result"][0].as_str().unwrap();
    let signature = &text[text.find("<ds:Signature").unwrap()..];
    assert!(!signature.contains(['\n', '\r']) && !signature.contains("> "));
    assert_xml_holds(text);
}

#[tokio::test]
async fn basics_raw_gives_the_signature_and_the_certificate_when_asked() {
    let mut desk = desk(&[OLD_SIGNING]);
    let request = basics(
        "raw",
        json!("MTEK"),
        json!({ "decode": true, "outputCert": true }),
        json!({}),
    );
    let reply = desk.signed_with(OLD_SIGNING, &request).await;
    let certificate =
        pki::Certificate::from_pem(reply["body"]["result"]["certificate"].as_str().unwrap())
            .unwrap();
    let signature = cms_of(&reply["body"]["result"]["signatures"][0]);
    signing::raw::verify(&certificate, b"11\n", &signature).unwrap();

    let digest = BASE64_STANDARD.encode(pki::DigestAlgorithm::Sha256.digest(b"content"));
    let request = basics(
        "raw",
        json!(digest),
        json!({ "decode": true, "digested": true }),
        json!({}),
    );
    let reply = desk.signed_with(OLD_SIGNING, &request).await;
    signing::raw::verify(
        &certificate,
        b"content",
        &cms_of(&reply["body"]["result"][0]),
    )
    .unwrap();
}

#[tokio::test]
async fn the_window_shows_what_is_signed() {
    let mut desk = desk(&[]);
    let xml = "<login><timeTicket>1</timeTicket></login>";
    let pending = desk.ask_in_background(&common_utils(
        "signXml",
        json!(["PKCS12", "AUTHENTICATION", xml, "", ""]),
    ));
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(
        (view.verb, view.form),
        (Verb::LogIn, Some(SignatureForm::Xml))
    );
    assert_eq!(view.documents[0].name, DocumentName::LogInRequest);
    assert_eq!(view.documents[0].size, xml.len() as u64);
    assert_eq!(
        (view.site.host.as_str(), view.site.first_visit),
        ("egov.kz", true)
    );
    window.keys().await;
    window
        .say(window_messages::FromWindow::View {
            request: view.request,
            document: 0,
        })
        .await;
    let ToWindow::Preview {
        preview: Preview::Xml { raw, .. },
        ..
    } = window.next().await
    else {
        panic!()
    };
    assert_eq!(raw, xml);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn a_document_cannot_be_signed_under_the_word_log_in() {
    let mut desk = desk(&[]);
    let contract = format!("<contract>{}</contract>", "clause ".repeat(1000));
    let requests = [
        common_utils(
            "signXml",
            json!(["PKCS12", "AUTHENTICATION", contract, "", ""]),
        ),
        common_utils(
            "signXmls",
            json!(["PKCS12", "AUTHENTICATION", ["<a/>", "<b/>"], "", ""]),
        ),
        common_utils(
            "createCAdESFromBase64Hash",
            json!(["PKCS12", "AUTHENTICATION", BASE64_STANDARD.encode([7; 32])]),
        ),
        basics(
            "cms",
            json!("x"),
            json!({}),
            json!({ "extKeyUsageOids": ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"] }),
        ),
    ];
    for request in requests {
        let pending = desk.ask_in_background(&request);
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.verb, Verb::Sign, "{request}");
        window.cancel(view.request).await;
        pending.reply().await.unwrap();
    }
}

#[tokio::test]
async fn what_the_page_waives_is_told_to_the_person() {
    let mut desk = desk(&[]);
    let request = basics(
        "cms",
        json!("a digest sent as 32 letters long"),
        json!({ "digested": true, "allowExpired": "true", "allowRevoked": true }),
        json!({ "extKeyUsageOids": [], "chain": [] }),
    );
    let pending = desk.ask_in_background(&request);
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(
        view.warnings,
        [
            Warning::AnyIssuer,
            Warning::ExpiredAllowed,
            Warning::RevokedAllowed,
            Warning::DigestOnly
        ]
    );
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

/// Large signatures leave the agent as pieces: with padding and without, detached, attached, as PEM, several together.
#[tokio::test]
async fn large_documents_are_signed_too() {
    let mut desk = desk(&[OLD_LOG_IN]);
    let contents = [
        vec![7_u8; 3 << 20],
        vec![8; 200_001],
        b"small".to_vec(),
        vec![9; 65_537],
    ];
    let encoded = contents.each_ref().map(|it| BASE64_STANDARD.encode(it));
    for (content, base64) in contents.iter().zip(&encoded) {
        for attached in [false, true] {
            let request = common_utils(
                "createCAdESFromBase64",
                json!(["PKCS12", "123", base64, attached]),
            );
            let reply = desk.signed_with(OLD_LOG_IN, &request).await;
            let cms = cms_of(&reply["responseObject"]);
            let report = signing::cms::verify(&cms, Some(content)).unwrap();
            assert!(report.holds());
            assert_eq!(report.content.is_some(), attached);
        }
    }
    let request = basics(
        "cms",
        json!(encoded),
        json!({ "decode": true, "encapsulate": true }),
        json!({}),
    );
    let reply = desk.signed_with(OLD_LOG_IN, &request).await;
    let signatures = reply["body"]["result"].as_array().unwrap();
    assert_eq!(signatures.len(), contents.len());
    for (content, pem) in contents.iter().zip(signatures) {
        let pem = pem.as_str().unwrap();
        assert!(pem.lines().all(|line| line.len() <= 64));
        let cms = signing::cms::from_text(pem.as_bytes()).unwrap();
        let report = signing::cms::verify(&cms, None).unwrap();
        assert!(report.holds());
        assert_eq!(report.content.as_ref(), Some(content));
    }
}
