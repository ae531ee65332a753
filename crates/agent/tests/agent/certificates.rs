//! Certificates that can be trusted: issuers, revocation, and who is told what.

use std::{
    fs,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use window_messages::{
    Caution, CertificateStatus, FromWindow, KeyProblem, KeyState, Question, RevokedFor,
    StatusUnknown, ToWindow, Warning,
};

use crate::{
    network::{Mood, Offline, Servers},
    window::{
        Desk, EXPIRED, INDIVIDUAL, OLD_SIGNING, PASSWORD, Window, desk, desk_reaching, desk_with,
        file_name, fixture,
    },
};

const REVOKED: &str = "revoked/GOST512_68c2ed46dead9272a6c5684e17875960ebc23d18.p12";
const WRONG_ISSUER: &str = "wrong-issuer/GOST512_5a6cbe7c9c55ab0cf9dbd40b0116350a6ae0aba5.p12";
/// 2026-02-01.
const REVOKED_AT: i64 = 1_769_904_000;
const CANCELED: &str = r#"{"code":"500","message":"action.canceled"}"#;

fn common_utils() -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "createCAdESFromBase64",
            "args": ["PKCS12", "SIGNATURE", "MTEK", true] })
    .to_string()
}

fn basics(signing: Value, signer: Value) -> String {
    json!({ "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": "cms", "data": "x", "signingParams": signing, "signerParams": signer } })
    .to_string()
}

fn servers(mood: Mood) -> Arc<Servers> {
    Arc::new(Servers::that_are(mood))
}

/// A desk without the demo CA among its authorities.
fn desk_of_strangers(files: &[&str]) -> Desk {
    let Desk { keys, .. } = desk(files);
    desk_with(tempfile::tempdir().unwrap(), keys, Arc::new(Offline), false)
}

fn ca_pem(name: &str) -> String {
    let der = fs::read(fixture("ca").join(name)).unwrap();
    pki::Certificate::from_bytes(&der).unwrap().to_pem()
}

/// The request that the person gave the password to.
struct Consented {
    window: Window,
    request: u32,
    pending: crate::window::Pending,
}

async fn consent(desk: &mut Desk, file: &str, request: &str) -> Consented {
    let pending = desk.ask_in_background(request);
    let mut window = desk.window().await;
    let request = window.request().await.request;
    let keys = window.keys().await;
    window.sign(&keys, file, PASSWORD).await;
    Consented {
        window,
        request,
        pending,
    }
}

async fn refused(desk: &mut Desk, file: &str, request: &str) -> KeyProblem {
    let mut at = consent(desk, file, request).await;
    // A key that is known already is refused before it is opened, another one after its row is filled in.
    let problem = loop {
        match at.window.next().await {
            ToWindow::Refused { problem, .. } => break problem,
            ToWindow::Keys { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    at.window.cancel(at.request).await;
    let reply = at.pending.reply().await.unwrap();
    assert!(
        [CANCELED, r#"{"status":true,"body":{}}"#].contains(&reply.as_str()),
        "{reply}"
    );
    problem
}

#[tokio::test]
async fn a_key_whose_certificate_is_good_signs_and_is_shown_as_good_next_time() {
    let mut desk = desk_reaching(&[INDIVIDUAL], servers(Mood::Lists));
    let reply = desk.signed_with(INDIVIDUAL, &common_utils()).await;
    assert_eq!(reply["code"], "200");
    let pending = desk.ask_in_background(&common_utils());
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.keys[0].status, CertificateStatus::Good);
    assert_eq!(view.keys[0].state, KeyState::Usable);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn a_remembered_key_is_checked_while_the_person_reads() {
    let first = servers(Mood::Lists);
    let mut desk = desk_reaching(&[INDIVIDUAL], first);
    desk.signed_with(INDIVIDUAL, &common_utils()).await;
    let Desk { data, keys, .. } = desk;
    let mut desk = desk_with(data, keys, servers(Mood::Lists), false);
    let pending = desk.ask_in_background(&common_utils());
    let mut window = desk.window().await;
    let view = window.request().await;
    let row = window.row().await;
    assert_eq!(row.status, CertificateStatus::Good);
    assert_eq!(row.state, KeyState::Usable);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn a_revoked_key_signs_nothing_and_another_one_may_be_chosen() {
    let mut desk = desk_reaching(&[REVOKED, INDIVIDUAL], servers(Mood::Lists));
    let mut at = consent(&mut desk, REVOKED, &common_utils()).await;
    let keys = at.window.keys().await;
    let revoked = KeyProblem::Revoked {
        at: REVOKED_AT,
        reason: Some(RevokedFor::KeyCompromise),
    };
    assert_eq!(at.window.refused().await, revoked);
    let row = keys.1.iter().find(|key| REVOKED.ends_with(file_name(key)));
    assert_eq!(
        row.unwrap().state,
        KeyState::Unusable {
            problem: revoked.clone()
        }
    );
    at.window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    at.window.done().await;
    assert!(
        at.pending
            .reply()
            .await
            .unwrap()
            .contains(r#""code":"200""#)
    );

    // Next time it is known before any password.
    let pending = desk.ask_in_background(&common_utils());
    let mut window = desk.window().await;
    let view = window.request().await;
    let row = view
        .keys
        .iter()
        .find(|key| REVOKED.ends_with(file_name(key)));
    assert_eq!(row.unwrap().state, KeyState::Unusable { problem: revoked });
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn a_page_may_allow_revoked_and_expired_certificates_and_the_person_is_warned() {
    for (file, flag, warning) in [
        (REVOKED, "allowRevoked", Warning::RevokedAllowed),
        (EXPIRED, "allowExpired", Warning::ExpiredAllowed),
    ] {
        let mut desk = desk_reaching(&[file], servers(Mood::Lists));
        refused(&mut desk, file, &basics(json!({}), json!({}))).await;
        let request = basics(json!({ flag: "true" }), json!({}));
        let pending = desk.ask_in_background(&request);
        let mut window = desk.window().await;
        assert_eq!(window.request().await.warnings, [warning]);
        let keys = window.keys().await;
        window.sign(&keys, file, PASSWORD).await;
        window.done().await;
        let reply = pending.reply().await.unwrap();
        assert!(reply.contains("BEGIN CMS"), "{flag}: {reply}");
    }
}

#[tokio::test]
async fn basics_takes_keys_of_known_authorities_only() {
    let mut strangers = desk_of_strangers(&[INDIVIDUAL]);
    let plain = basics(json!({}), json!({}));
    assert_eq!(
        refused(&mut strangers, INDIVIDUAL, &plain).await,
        KeyProblem::UnknownIssuer
    );
    let null = basics(json!({}), json!({ "chain": null }));
    assert_eq!(
        refused(&mut strangers, INDIVIDUAL, &null).await,
        KeyProblem::UnknownIssuer
    );
    let mut friends = desk(&[INDIVIDUAL, WRONG_ISSUER]);
    assert_eq!(
        friends.signed_with(INDIVIDUAL, &plain).await["status"],
        true
    );
    // The right name and key identifier, but another key made the signature.
    assert_eq!(
        refused(&mut friends, WRONG_ISSUER, &plain).await,
        KeyProblem::UnknownIssuer
    );
}

#[tokio::test]
async fn basics_takes_the_authorities_of_the_page_or_any_with_a_warning() {
    let mut desk = desk_of_strangers(&[INDIVIDUAL]);
    let theirs = |name: &str| basics(json!({}), json!({ "chain": [ca_pem(name)] }));
    let reply = desk
        .signed_with(INDIVIDUAL, &theirs("tanba_demo_gost.cer"))
        .await;
    assert_eq!(reply["status"], true);
    assert_eq!(
        refused(&mut desk, INDIVIDUAL, &theirs("tanba_demo_rsa.cer")).await,
        KeyProblem::OtherIssuer
    );
    let any = basics(json!({}), json!({ "chain": [] }));
    let pending = desk.ask_in_background(&any);
    let mut window = desk.window().await;
    assert_eq!(window.request().await.warnings, [Warning::AnyIssuer]);
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
    assert!(pending.reply().await.unwrap().contains("BEGIN CMS"));
}

#[tokio::test]
async fn common_utils_takes_an_expired_certificate_after_a_second_yes_only() {
    let mut desk = desk(&[EXPIRED]);
    let mut at = consent(&mut desk, EXPIRED, &common_utils()).await;
    let Question::UseAnyway { cautions } = at.window.question().await else {
        panic!()
    };
    assert!(matches!(cautions.as_slice(), [Caution::Expired { .. }]));
    // No: the key is closed, and its row keeps what was learned.
    at.window.answer(at.request, false).await;
    let keys = at.window.keys().await;
    assert_eq!(keys.1[0].state, KeyState::Usable);
    assert_eq!(keys.1[0].cautions, cautions);
    // Without a question there is nothing to answer.
    at.window.answer(at.request, true).await;
    at.window.sign(&keys, EXPIRED, PASSWORD).await;
    at.window.question().await;
    at.window.answer(at.request, true).await;
    at.window.done().await;
    let reply: Value = serde_json::from_str(&at.pending.reply().await.unwrap()).unwrap();
    assert_eq!(reply["code"], "200");
}

#[tokio::test]
async fn common_utils_asks_before_it_takes_a_certificate_of_an_unknown_authority() {
    let mut desk = desk_of_strangers(&[INDIVIDUAL]);
    let mut at = consent(&mut desk, INDIVIDUAL, &common_utils()).await;
    let cautions = vec![Caution::UnknownIssuer];
    assert_eq!(at.window.question().await, Question::UseAnyway { cautions });
    at.window.cancel(at.request).await;
    assert_eq!(at.pending.reply().await.as_deref(), Some(CANCELED));
    // To show a certificate nothing is asked.
    let show = json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "getKeyInfo", "args": ["PKCS12"] });
    assert_eq!(
        desk.signed_with(INDIVIDUAL, &show.to_string()).await["code"],
        "200"
    );
}

#[tokio::test]
async fn a_status_that_is_not_to_be_had_keeps_nobody_from_signing() {
    for mood in [Mood::Refusing, Mood::WebPage] {
        let servers = servers(mood);
        let mut desk = desk_reaching(&[INDIVIDUAL], servers.clone());
        assert_eq!(
            desk.signed_with(INDIVIDUAL, &common_utils()).await["code"],
            "200"
        );
        let pending = desk.ask_in_background(&common_utils());
        let mut window = desk.window().await;
        let view = window.request().await;
        let CertificateStatus::Unknown { why } = window.row().await.status else {
            panic!()
        };
        let expected = match mood {
            Mood::WebPage => StatusUnknown::BadAnswer,
            _ => StatusUnknown::NoAnswer,
        };
        assert_eq!(why, expected);
        // The person asks again, and this time somebody answers.
        servers.become_(Mood::Lists);
        window
            .say(FromWindow::CheckAgain {
                request: view.request,
                key: view.keys[0].id.clone(),
            })
            .await;
        assert_eq!(window.row().await.status, CertificateStatus::Checking);
        assert_eq!(window.row().await.status, CertificateStatus::Good);
        window.cancel(view.request).await;
        pending.reply().await.unwrap();
    }
}

#[tokio::test]
async fn silent_servers_delay_neither_the_window_nor_the_signature_beyond_its_limit() {
    let mut desk = desk_reaching(&[INDIVIDUAL], servers(Mood::Silent));
    for round in 1..=2 {
        let started = Instant::now();
        let pending = desk.ask_in_background(&common_utils());
        let mut window = desk.window().await;
        window.request().await;
        let keys = window.keys().await;
        // The servers alone would take three.
        assert!(started.elapsed() < Duration::from_secs(2), "{round}");
        let typed = Instant::now();
        window.sign(&keys, INDIVIDUAL, PASSWORD).await;
        window.done().await;
        pending.reply().await.unwrap();
        let taken = typed.elapsed();
        assert!(taken < Duration::from_millis(4000), "{round}: {taken:?}");
    }
}

#[tokio::test]
async fn a_site_that_demands_certainty_gets_a_signature_only_with_it() {
    let servers = servers(Mood::Refusing);
    let Desk { data, keys, .. } = desk(&[INDIVIDUAL]);
    let sites = "certain_status_sites = [\"https://egov.kz\"]\n";
    fs::write(data.path().join("settings.toml"), sites).unwrap();
    let mut desk = desk_with(data, keys, servers.clone(), false);
    let mut at = consent(&mut desk, INDIVIDUAL, &common_utils()).await;
    let unknown = Question::StatusUnknown {
        why: StatusUnknown::NoAnswer,
    };
    assert_eq!(at.window.question().await, unknown);
    at.window.answer(at.request, true).await;
    assert_eq!(at.window.question().await, unknown);
    servers.become_(Mood::Lists);
    at.window.answer(at.request, true).await;
    at.window.done().await;
    assert!(
        at.pending
            .reply()
            .await
            .unwrap()
            .contains(r#""code":"200""#)
    );

    let elsewhere = desk.ask_from("https://kgd.gov.kz", 2, &common_utils());
    let mut window = desk.window().await;
    window.request().await;
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
    elsewhere.reply().await.unwrap();
}

#[tokio::test]
async fn an_answer_serves_for_further_requests() {
    let servers = servers(Mood::Lists);
    let mut desk = desk_reaching(&[INDIVIDUAL], servers.clone());
    desk.signed_with(INDIVIDUAL, &common_utils()).await;
    let asked = servers.asked.load(Ordering::SeqCst);
    assert!(asked > 0);
    desk.signed_with(INDIVIDUAL, &common_utils()).await;
    assert_eq!(servers.asked.load(Ordering::SeqCst), asked);
}

#[tokio::test]
async fn a_banner_says_that_test_certificates_are_taken() {
    for (by_command, settings, shown) in [
        (false, "", false),
        (true, "", true),
        (false, "trust_test_ca = true\n", true),
    ] {
        let Desk { data, keys, .. } = desk(&[OLD_SIGNING]);
        fs::write(data.path().join("settings.toml"), settings).unwrap();
        let mut desk = desk_with(data, keys, Arc::new(Offline), by_command);
        let pending = desk.ask_in_background(&common_utils());
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.test_certificates, shown);
        window.cancel(view.request).await;
        pending.reply().await.unwrap();
    }
}

#[tokio::test]
async fn digests_of_any_length_are_signed_only_when_the_settings_say_so() {
    let request =
        json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "createCAdESFromBase64Hash",
        "args": ["PKCS12", "SIGNATURE", "iUHBHfnY84CsJalfIy/Km9/A90p6Ox7DgEexE5C44p8="] })
        .to_string();
    let Desk { data, keys, .. } = desk(&[INDIVIDUAL]);
    let policy = "[policy]\nsign_any_digest_length = true\n";
    fs::write(data.path().join("settings.toml"), policy).unwrap();
    let mut desk = desk_with(data, keys, Arc::new(Offline), false);
    assert_eq!(desk.signed_with(INDIVIDUAL, &request).await["code"], "200");
}
