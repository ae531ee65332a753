//! Parts of documents and documents that are signed already: chosen elements, second signatures, co-signing.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use window_messages::{DocumentName, FromWindow, Preview, SignatureForm, ToWindow, Verb, Warning};

use crate::window::{HEAD, INDIVIDUAL, OLD_SIGNING, PASSWORD, desk};

fn common_utils(method: &str, args: Value) -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args }).to_string()
}

fn cades(content: &[u8], attached: bool) -> String {
    common_utils(
        "createCAdESFromBase64",
        json!([
            "PKCS12",
            "SIGNATURE",
            BASE64_STANDARD.encode(content),
            attached
        ]),
    )
}

fn cms_of(reply: &Value) -> Vec<u8> {
    BASE64_STANDARD
        .decode(reply["responseObject"].as_str().unwrap())
        .unwrap()
}

#[tokio::test]
async fn an_element_is_shown_and_signed_alone() {
    let mut desk = desk(&[INDIVIDUAL]);
    let xml = "<root><part Id='p1'><sum>100</sum></part><other>secret</other><signatures/></root>";
    let request = common_utils(
        "signXml",
        json!([
            "PKCS12",
            "SIGNATURE",
            xml,
            "/root/part[1]",
            "/root/signatures"
        ]),
    );
    let pending = desk.ask_in_background(&request);
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(
        view.documents[0].name,
        DocumentName::Xml {
            root: "part".into()
        }
    );
    let canonical = r#"<part Id="p1"><sum>100</sum></part>"#;
    assert_eq!(view.documents[0].size, canonical.len() as u64);
    let keys = window.keys().await;
    window
        .say(FromWindow::View {
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
    assert_eq!(raw, canonical);
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
    let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    let text = reply["responseObject"].as_str().unwrap();
    assert!(text.contains(r##"URI="#p1""##) && text.contains("<signatures><ds:Signature"));
    let reports = signing::xml::verify(text.as_bytes()).unwrap();
    assert!(reports[0].holds() && !reports[0].covers_whole_document());
}

#[tokio::test]
async fn a_signed_document_takes_a_second_signature() {
    let mut desk = desk(&[INDIVIDUAL, OLD_SIGNING]);
    let sign = |xml: &str| common_utils("signXml", json!(["PKCS12", "SIGNATURE", xml, "", ""]));
    let once = desk.signed_with(INDIVIDUAL, &sign("<a>1</a>")).await;
    let once = once["responseObject"].as_str().unwrap();
    let twice = desk.signed_with(OLD_SIGNING, &sign(once)).await;
    let twice = twice["responseObject"].as_str().unwrap();
    let reports = signing::xml::verify(twice.as_bytes()).unwrap();
    assert_eq!(reports.len(), 2);
    assert!(reports.iter().all(signing::xml::XmlSignatureReport::holds));
}

#[tokio::test]
async fn a_signed_message_gets_a_signature_beside_the_earlier_one() {
    let mut desk = desk(&[INDIVIDUAL, HEAD]);
    let first = cms_of(
        &desk
            .signed_with(INDIVIDUAL, &cades(b"%PDF-1.7", true))
            .await,
    );
    // Whatever the page says of attaching: the message has its content, and keeps it.
    let pending = desk.ask_in_background(&cades(&first, false));
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(
        (view.verb, view.form),
        (Verb::Sign, Some(SignatureForm::CmsAttached))
    );
    assert_eq!(
        (view.documents[0].name.clone(), view.documents[0].signatures),
        (DocumentName::Pdf, 1)
    );
    assert_eq!(view.documents[0].size, 8);
    let keys = window.keys().await;
    window.sign(&keys, HEAD, PASSWORD).await;
    window.done().await;
    let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    let report = signing::cms::verify(&cms_of(&reply), None).unwrap();
    assert!(report.holds() && report.signers.len() == 2);
    assert_eq!(report.content.as_deref(), Some(&b"%PDF-1.7"[..]));
}

#[tokio::test]
async fn a_message_without_its_document_is_cosigned_by_its_digest_and_the_person_is_told() {
    let mut desk = desk(&[INDIVIDUAL, OLD_SIGNING]);
    let first = cms_of(
        &desk
            .signed_with(INDIVIDUAL, &cades(b"content", false))
            .await,
    );
    let pending = desk.ask_in_background(&cades(&first, false));
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.warnings, [Warning::DigestOnly]);
    assert_eq!(
        (view.documents[0].name.clone(), view.documents[0].signatures),
        (DocumentName::Digest, 1)
    );
    let keys = window.keys().await;
    // A key of another family could only guess.
    window.sign(&keys, OLD_SIGNING, PASSWORD).await;
    while !matches!(window.next().await, ToWindow::Refused { .. }) {}
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
    let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    let report = signing::cms::verify(&cms_of(&reply), Some(b"content")).unwrap();
    assert!(report.holds() && report.signers.len() == 2);
}

#[tokio::test]
async fn basics_signs_a_signed_message_as_it_is() {
    let mut desk = desk(&[INDIVIDUAL]);
    let first = cms_of(&desk.signed_with(INDIVIDUAL, &cades(b"content", true)).await);
    let request = json!({
        "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": "cms", "data": BASE64_STANDARD.encode(&first),
            "signingParams": { "decode": true }, "signerParams": {} },
    });
    let reply = desk.signed_with(INDIVIDUAL, &request.to_string()).await;
    let pem = reply["body"]["result"][0].as_str().unwrap();
    let der = signing::cms::from_text(pem.as_bytes()).unwrap();
    let report = signing::cms::verify(&der, None).unwrap();
    assert!(report.holds() && report.signers.len() == 1);
    assert_eq!(report.content, Some(first));
}
