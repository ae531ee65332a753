//! Many documents under one consent: progress, breaking off, all or nothing.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use window_messages::{FromWindow, KeyProblem, Preview, Step, ToWindow};

use crate::window::{
    Desk, INDIVIDUAL, OLD_SIGNING, PASSWORD, Window, desk, desk_in, trust_demo_ca,
};

fn basics(data: Value, signing: Value) -> String {
    json!({
        "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": "cms", "data": data, "signingParams": signing, "signerParams": {} },
    })
    .to_string()
}

fn many(count: usize) -> String {
    let data: Vec<_> = (0..count).map(|at| format!("document {at}")).collect();
    basics(json!(data), json!({ "encapsulate": false }))
}

async fn consent(desk: &mut Desk) -> (Window, u32) {
    let mut window = desk.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    (window, view.request)
}

async fn progress(window: &mut Window) -> (u32, u32) {
    loop {
        if let ToWindow::Progress {
            step: Step::Signing,
            done,
            total,
            ..
        } = window.next().await
        {
            return (done, total);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_after_a_while_and_not_for_every_document() {
    let mut desk = desk(&[INDIVIDUAL]);
    let pending = desk.ask_in_background(&many(2000));
    let (mut window, _) = consent(&mut desk).await;
    assert_eq!(progress(&mut window).await, (0, 2000));
    let begun = Instant::now();
    let mut told = Vec::new();
    let mut times = Vec::new();
    loop {
        match window.next().await {
            ToWindow::Progress { done, total, .. } => {
                assert_eq!(total, 2000);
                told.push(done);
                times.push(begun.elapsed());
            }
            ToWindow::Done { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(told.is_sorted(), "{told:?}");
    // The agent waits 300 ms; on a busy machine its first message is read late.
    assert!(
        times.iter().all(|time| *time >= Duration::from_millis(100)),
        "{times:?}"
    );
    let most = begun.elapsed().as_millis() / 100 + 1;
    assert!(told.len() as u128 <= most, "{} messages", told.len());
    let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    let results = reply["body"]["result"].as_array().unwrap();
    assert_eq!(results.len(), 2000);
    for at in [0, 1, 999, 1999] {
        let der = signing::cms::from_text(results[at].as_str().unwrap().as_bytes()).unwrap();
        let content = format!("document {at}");
        let report = signing::cms::verify(&der, Some(content.as_bytes())).unwrap();
        assert!(report.holds());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn breaking_off_is_answered_at_once_and_nothing_leaves() {
    let mut desk = desk(&[INDIVIDUAL]);
    let pending = desk.ask_in_background(&many(10_000));
    let (mut window, request) = consent(&mut desk).await;
    assert_eq!(progress(&mut window).await, (0, 10_000));
    let (done, _) = progress(&mut window).await;
    assert!(done > 0 && done < 10_000);
    let cancelled = Instant::now();
    window.cancel(request).await;
    let reply = pending.reply().await.unwrap();
    let took = cancelled.elapsed();
    assert_eq!(reply, r#"{"status":true,"body":{}}"#);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_leaves_stops_the_batch() {
    let mut desk = desk(&[INDIVIDUAL]);
    let pending = desk.ask_in_background(&many(10_000));
    let (mut window, _) = consent(&mut desk).await;
    progress(&mut window).await;
    progress(&mut window).await;
    pending.gone.cancel();
    while !matches!(window.next().await, ToWindow::Withdrawn { .. }) {}
    assert_eq!(pending.reply().await, None);
}

/// A document with as many namespaces as are read: the signature's own would be one too many, which nobody knows before.
fn full_of_namespaces() -> String {
    let names: Vec<_> = (0..128)
        .map(|at| format!("xmlns:n{at}='urn:n{at}'"))
        .collect();
    format!("<a {}/>", names.join(" "))
}

/// Of a few documents, which one thread signs, and of many, which all processors sign.
#[tokio::test(flavor = "multi_thread")]
async fn one_document_that_cannot_be_signed_fails_the_whole_batch_and_is_named() {
    for (count, bad) in [(3, vec![1]), (200, vec![90, 91, 199])] {
        let mut desk = desk(&[INDIVIDUAL]);
        let documents: Vec<_> = (0..count)
            .map(|at| match bad.contains(&at) {
                true => full_of_namespaces(),
                false => format!("<document>{at}</document>"),
            })
            .collect();
        let request = json!({
            "module": "kz.gov.pki.knca.commonUtils", "method": "signXmls",
            "args": ["PKCS12", "SIGNATURE", documents, "", ""],
        });
        let pending = desk.ask_in_background(&request.to_string());
        let (mut window, _) = consent(&mut desk).await;
        let document = loop {
            match window.next().await {
                ToWindow::Failed { document, .. } => break document,
                ToWindow::Progress { .. } => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(document, Some(bad[0]));
        let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
        assert_eq!(reply["code"], "500");
        let message = reply["message"].as_str().unwrap();
        let expected = format!("document {}: ", bad[0] + 1);
        assert!(message.starts_with(&expected), "{message}");
        assert!(message.contains("namespace prefixes"), "{message}");
        assert_eq!(reply.as_object().unwrap().len(), 2, "{reply}");
    }
}

#[tokio::test]
async fn any_document_of_a_batch_can_be_seen() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(&many(10_000));
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.documents.len(), 10_000);
    assert_eq!(view.documents[9_999].beginning, "document 9999");
    window.keys().await;
    window
        .say(FromWindow::View {
            request: view.request,
            document: 9_999,
        })
        .await;
    let ToWindow::Preview {
        document, preview, ..
    } = window.next().await
    else {
        panic!()
    };
    assert_eq!(document, 9_999);
    assert!(matches!(preview, Preview::Text { text, .. } if text == "document 9999"));
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

/// 64 bytes are a digest, but not one for this key; and the setting that tolerates any is a matter of the CMS alone.
#[tokio::test]
async fn digests_that_fit_no_key_are_signed_only_when_the_settings_say_so() {
    let odd = BASE64_STANDARD.encode([7; 20]);
    let cms = basics(json!(odd), json!({ "decode": true, "digested": true }));
    let raw = cms.replace(r#""format":"cms""#, r#""format":"raw""#);

    let data = tempfile::tempdir().unwrap();
    trust_demo_ca(data.path());
    std::fs::write(
        data.path().join("settings.toml"),
        "[policy]\nsign_any_digest_length = true\n",
    )
    .unwrap();
    let Desk { keys, .. } = desk(&[INDIVIDUAL]);
    let mut tolerant = desk_in(data, keys);
    let reply = tolerant.signed_with(INDIVIDUAL, &cms).await;
    assert_eq!(reply["status"], true);
    let reply: Value = serde_json::from_str(&tolerant.ask(&raw).await.unwrap()).unwrap();
    assert_eq!(reply["code"], "INVALID_SIGNING_PARAMS");

    let mut strict = desk(&[OLD_SIGNING]);
    let reply: Value = serde_json::from_str(&strict.ask(&cms).await.unwrap()).unwrap();
    assert_eq!(reply["code"], "INVALID_SIGNING_PARAMS");
    let long = BASE64_STANDARD.encode([7; 64]);
    let pending = strict.ask_in_background(&cms.replace(&odd, &long));
    let mut window = strict.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    window.sign(&keys, OLD_SIGNING, PASSWORD).await;
    loop {
        match window.next().await {
            ToWindow::Refused { problem, .. } => {
                assert_eq!(problem, KeyProblem::DigestLength);
                break;
            }
            ToWindow::Done { .. } => panic!("signed"),
            _ => {}
        }
    }
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn more_documents_than_ten_thousand_are_refused() {
    let desk = desk(&[]);
    let reply: Value = serde_json::from_str(&desk.ask(&many(10_001)).await.unwrap()).unwrap();
    assert_eq!(reply["code"], "INVALID_SIGNING_PARAMS");
}
