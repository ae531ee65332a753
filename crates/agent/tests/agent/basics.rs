//! `basics.sign` in all combinations of its parameters.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use window_messages::Language;

use crate::window::{INDIVIDUAL, OLD_SIGNING, desk};

fn sign(format: &str, data: &Value, signing: &Value) -> String {
    json!({
        "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": format, "data": data, "signingParams": signing, "signerParams": {} },
    })
    .to_string()
}

/// The content or digest that is meant, and the text that says so.
fn data(decode: bool, digested: bool) -> (Vec<u8>, String) {
    let bytes = if digested {
        pki::DigestAlgorithm::Sha256.digest(b"content").to_vec()
    } else {
        b"content".to_vec()
    };
    if decode {
        let text = BASE64_STANDARD.encode(&bytes);
        (bytes, text)
    } else if digested {
        // A digest that is text as well: thirty-two letters.
        let text = "0123456789abcdef0123456789abcdef";
        (text.as_bytes().to_vec(), text.to_owned())
    } else {
        (bytes, "content".to_owned())
    }
}

#[tokio::test]
async fn cms_and_raw_do_what_decode_encapsulate_digested_and_output_cert_say() {
    let mut desk = desk(&[OLD_SIGNING]);
    for combination in 0..32 {
        let flag = |bit: u32| combination >> bit & 1 == 1;
        let (decode, encapsulate, digested) = (flag(0), flag(1), flag(2));
        let (output_cert, raw) = (flag(3), flag(4));
        let (bytes, text) = data(decode, digested);
        let signing = json!({
            "decode": decode, "encapsulate": encapsulate.to_string(),
            "digested": digested.to_string(), "outputCert": output_cert,
        });
        let format = if raw { "raw" } else { "cms" };
        let reply = desk
            .signed_with(OLD_SIGNING, &sign(format, &json!(text), &signing))
            .await;
        assert_eq!(reply["status"], true, "{signing}");
        let result = &reply["body"]["result"];
        let signatures = if output_cert {
            &result["signatures"]
        } else {
            result
        };
        let [signature] = signatures.as_array().unwrap().as_slice() else {
            panic!("{signing}: {result}")
        };
        let signature = signature.as_str().unwrap();
        if raw {
            let signature = BASE64_STANDARD.decode(signature).unwrap();
            if output_cert {
                let pem = result["certificate"].as_str().unwrap();
                let certificate = pki::Certificate::from_pem(pem).unwrap();
                let holds = if digested {
                    certificate.public_key().verify_digest(&bytes, &signature)
                } else {
                    signing::raw::verify(&certificate, &bytes, &signature)
                };
                holds.unwrap();
            }
            continue;
        }
        let der = signing::cms::from_text(signature.as_bytes()).unwrap();
        let attached = encapsulate && !digested;
        let report = if digested {
            signing::cms::verify_digest(&der, &bytes)
        } else {
            signing::cms::verify(&der, (!attached).then_some(&bytes))
        };
        let report = report.unwrap();
        assert!(report.holds(), "{signing}");
        assert_eq!(report.content, attached.then_some(bytes), "{signing}");
        if output_cert {
            let pem = result["certificate"].as_str().unwrap();
            let certificate = pki::Certificate::from_pem(pem).unwrap();
            assert_eq!(report.signers[0].certificate, Some(certificate));
        }
    }
}

#[tokio::test]
async fn xml_is_decoded_when_told_and_always_an_array() {
    let mut desk = desk(&[INDIVIDUAL]);
    for (decode, count) in [(false, 1), (true, 1), (true, 3)] {
        let text = if decode {
            BASE64_STANDARD.encode("<a>құжат</a>")
        } else {
            "<a>құжат</a>".to_owned()
        };
        let data = match count {
            1 => json!(text),
            _ => json!(vec![text; count]),
        };
        for output_cert in [false, true] {
            let signing = json!({ "decode": decode, "outputCert": output_cert });
            let reply = desk
                .signed_with(INDIVIDUAL, &sign("xml", &data, &signing))
                .await;
            let result = &reply["body"]["result"];
            let documents = if output_cert {
                &result["signatures"]
            } else {
                result
            };
            let documents = documents.as_array().unwrap();
            assert_eq!(documents.len(), count);
            for document in documents {
                let reports = signing::xml::verify(document.as_str().unwrap().as_bytes()).unwrap();
                assert!(reports[0].holds());
            }
        }
    }
}

#[tokio::test]
async fn a_logo_and_a_language_reach_the_window() {
    let mut desk = desk(&[]);
    let png = BASE64_STANDARD.encode([&b"\x89PNG\r\n\x1a\n"[..], &[0; 36_000]].concat());
    let svg = BASE64_STANDARD.encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
    let long = BASE64_STANDARD.encode([&b"\x89PNG\r\n\x1a\n"[..], &[0; 60_000]].concat());
    for (logo, shown, locale, language) in [
        (json!(png), Some(png.as_str()), "en", Language::En),
        (json!(svg), None, "ru", Language::Ru),
        (json!(long), None, "kk", Language::Kk),
        (json!(7), None, "xx", Language::Kk),
        (json!(null), None, "ru", Language::Ru),
    ] {
        let request = json!({
            "module": "kz.gov.pki.knca.basics", "method": "sign",
            "args": { "format": "cms", "data": "x", "signingParams": {}, "signerParams": {},
                "logo": logo, "locale": locale },
        });
        let pending = desk.ask_in_background(&request.to_string());
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.logo.as_deref(), shown, "{locale}");
        assert_eq!(view.language, language);
        window.cancel(view.request).await;
        pending.reply().await.unwrap();
    }
}
