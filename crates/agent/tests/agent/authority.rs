//! The demo CA's own servers over real sockets: OCSP while the person types, time stamps in what the page gets, and
//! servers that misbehave.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use demo_portal::authority::{Authority, AuthorityOptions, Fault, Service};
use fetch::{HttpFetch, Network};
use pki::trust::TrustAnchors;
use serde_json::{Value, json};
use signing::report::{Given, ReportContext, of_cms};
use window_messages::{
    CertificateStatus, FromWindow, KeyProblem, KeyState, NoTimeStamp, Question, RevokedFor,
    StatusUnknown, ToWindow,
};

use crate::window::{
    Desk, INDIVIDUAL, OLD_SIGNING, PASSWORD, desk, desk_with, fixture, trust_demo_ca,
};

const GOST_2004: &str = "company-old/GOSTKNCA_f138f84f105359d7dbb7bce9b69246328efa5f46.p12";

fn authority() -> Authority {
    Authority::start(AuthorityOptions::new(fixture(""))).unwrap()
}

/// An agent whose settings send it to this authority and nowhere else.
fn desk_at(authority: &Authority, Desk { data, keys, .. }: Desk) -> Desk {
    trust_demo_ca(data.path());
    let settings = format!(
        "[network]\nway = \"direct\"\n\n[services]\nocsp_url = \"{}\"\ncrl_url = \"{}\"\ntsa_url = \"{}\"\n",
        authority.ocsp_url(),
        authority.url("/nothing"),
        authority.tsp_url(),
    );
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    desk_with(data, keys, Arc::new(HttpFetch::new(Network::Direct)), false)
}

fn common_utils(method: &str, args: Value) -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args }).to_string()
}

fn plain() -> String {
    common_utils(
        "createCAdESFromBase64",
        json!(["PKCS12", "SIGNATURE", "MTEK", true]),
    )
}

fn stamped() -> String {
    common_utils(
        "createCMSSignatureFromBase64",
        json!(["PKCS12", "SIGNATURE", "MTEK", true]),
    )
}

/// Of each signature of a CMS, how many time stamps it has that hold.
fn time_stamps(cms: &[u8]) -> Vec<usize> {
    let certificate = |name: &str| {
        pki::Certificate::from_der(&fs::read(fixture("ca").join(name)).unwrap()).unwrap()
    };
    let anchors = TrustAnchors::only([
        certificate("tanba_demo_gost.cer"),
        certificate("tanba_demo_rsa.cer"),
    ]);
    let context = ReportContext {
        anchors: &anchors,
        at: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs()
            .try_into()
            .unwrap(),
        fetch: None,
        issuers: None,
        revocation: None,
    };
    let report = of_cms(cms, Given::Nothing, &context).unwrap();
    let signatures = report.signatures.iter();
    signatures
        .map(|signature| {
            assert!(signature.signature.problems.is_empty());
            let stamps = signature.timestamps.iter();
            stamps
                .filter(|stamp| stamp.problem.is_none() && stamp.chain.is_some())
                .count()
        })
        .collect()
}

fn cms_of(base64: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(base64.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn what_should_bear_a_time_stamp_bears_one_for_every_family_of_keys() {
    let authority = authority();
    for file in [INDIVIDUAL, OLD_SIGNING, GOST_2004] {
        let mut desk = desk_at(&authority, desk(&[file]));
        let reply = desk.signed_with(file, &stamped()).await;
        assert_eq!(
            time_stamps(&cms_of(&reply["responseObject"])),
            [1],
            "{file}"
        );
    }
    let mut desk = desk_at(&authority, desk(&[INDIVIDUAL]));
    let basics = json!({ "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": "cms", "data": ["x", "y"], "signingParams": { "tsaProfile": {} }, "signerParams": {} } });
    let reply = desk.signed_with(INDIVIDUAL, &basics.to_string()).await;
    let items = reply["body"]["result"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    for item in items {
        let der = signing::cms::from_text(item.as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(time_stamps(&der), [1]);
    }
}

#[tokio::test]
async fn a_signature_that_the_page_has_gets_its_time_stamp_without_a_key() {
    let authority = authority();
    let mut desk = desk_at(&authority, desk(&[INDIVIDUAL]));
    let reply = desk.signed_with(INDIVIDUAL, &plain()).await;
    let cms = reply["responseObject"].as_str().unwrap();
    assert_eq!(time_stamps(&cms_of(&reply["responseObject"])), [0]);
    let request = common_utils("applyCAdEST", json!(["PKCS12", "SIGNATURE", cms]));
    let pending = desk.ask_in_background(&request);
    let mut window = desk.window().await;
    let request = window.request().await.request;
    window.say(FromWindow::Agree { request }).await;
    window.done().await;
    let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    assert_eq!(time_stamps(&cms_of(&reply["responseObject"])), [1]);
}

#[tokio::test]
async fn a_time_stamp_is_tried_for_again_without_another_password() {
    let authority = authority();
    let mut desk = desk_at(&authority, desk(&[INDIVIDUAL]));
    let pending = desk.ask_in_background(&stamped());
    let mut window = desk.window().await;
    let request = window.request().await.request;
    let keys = window.keys().await;
    authority.set_fault(Service::Tsp, Some(Fault::ServerError));
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    for (fault, why) in [
        (Fault::WrongNonce, NoTimeStamp::NoAnswer),
        (Fault::BadSignature, NoTimeStamp::BadAnswer),
        (Fault::WrongSigner, NoTimeStamp::BadAnswer),
        (Fault::ClockAhead, NoTimeStamp::BadAnswer),
        (Fault::Refused, NoTimeStamp::Clock),
    ] {
        assert_eq!(window.question().await, Question::NoTimeStamp { why });
        authority.set_fault(Service::Tsp, Some(fault));
        window.answer(request, true).await;
    }
    let why = NoTimeStamp::Refused;
    assert_eq!(window.question().await, Question::NoTimeStamp { why });
    authority.set_fault(Service::Tsp, None);
    window.answer(request, true).await;
    window.done().await;
    let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    assert_eq!(time_stamps(&cms_of(&reply["responseObject"])), [1]);
}

#[tokio::test]
async fn a_key_that_is_revoked_meanwhile_is_taken_out_of_use_before_the_password() {
    let authority = authority();
    let mut desk = desk_at(&authority, desk(&[INDIVIDUAL]));
    desk.signed_with(INDIVIDUAL, &plain()).await;
    let pending = desk.ask_in_background(&plain());
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.keys[0].status, CertificateStatus::Good);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();

    let der = fs::read(fixture(
        "certificates/028343d1ee0ad94f42789fc6a236572bf290147f.cer",
    ))
    .unwrap();
    let certificate = pki::Certificate::from_der(&der).unwrap();
    let when = 1_790_000_000;
    authority.revoke(&certificate, when, Some(1));
    let mut desk = desk_at(&authority, desk);
    let pending = desk.ask_in_background(&plain());
    let mut window = desk.window().await;
    let request = window.request().await.request;
    assert_eq!(
        window.row().await.state,
        KeyState::Unusable {
            problem: KeyProblem::Revoked {
                at: when,
                reason: Some(RevokedFor::KeyCompromise)
            }
        }
    );
    window.cancel(request).await;
    pending.reply().await.unwrap();
}

/// Whatever the servers do, the window is there at once and the signature within its limit.
#[tokio::test]
async fn servers_that_misbehave_delay_nothing_and_are_told_apart() {
    let authority = authority();
    for (fault, why) in [
        (Fault::Silent, None),
        (Fault::Slow, None),
        (Fault::TooLarge, Some(StatusUnknown::NoAnswer)),
        (Fault::ServerError, Some(StatusUnknown::NoAnswer)),
        (Fault::Html, Some(StatusUnknown::BadAnswer)),
        (Fault::Half, Some(StatusUnknown::BadAnswer)),
        (Fault::WrongNonce, Some(StatusUnknown::BadAnswer)),
        (Fault::WrongSigner, Some(StatusUnknown::BadAnswer)),
        (Fault::ClockAhead, Some(StatusUnknown::Clock)),
    ] {
        authority.set_fault(Service::Ocsp, Some(fault));
        let mut desk = desk_at(&authority, desk(&[INDIVIDUAL]));
        let started = Instant::now();
        let pending = desk.ask_in_background(&plain());
        let mut window = desk.window().await;
        window.request().await;
        let shown = started.elapsed();
        // A silent server alone would take three.
        assert!(shown < Duration::from_secs(2), "{fault:?}: {shown:?}");
        let keys = window.keys().await;
        let typed = Instant::now();
        window.sign(&keys, INDIVIDUAL, PASSWORD).await;
        let mut last = CertificateStatus::NotChecked;
        loop {
            match window.any().await {
                ToWindow::Key { key, .. } => last = key.status,
                ToWindow::Done { .. } => break,
                _ => {}
            }
        }
        let taken = typed.elapsed();
        assert!(taken < Duration::from_secs(5), "{fault:?}: {taken:?}");
        assert!(pending.reply().await.unwrap().contains(r#""code":"200""#));
        match why {
            Some(why) => assert_eq!(last, CertificateStatus::Unknown { why }, "{fault:?}"),
            None => assert_eq!(last, CertificateStatus::Checking, "{fault:?}"),
        }
    }
}
