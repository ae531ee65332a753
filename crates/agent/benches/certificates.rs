//! What the question whether a certificate was revoked costs the person: `cargo bench -p agent --bench certificates`.
//!
//! From the password to the reply, in the agent's own process with a window by script and the demo CA's responder over
//! HTTP on the loopback. The aim: nothing, when the answer came while the person typed. The cases take turns, so that
//! a busy computer is busy for all.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    reason = "a measurement that fails has no figure; the helpers are those of the tests"
)]

#[path = "../tests/agent/network.rs"]
mod network;
#[path = "../tests/agent/window.rs"]
mod window;

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use demo_portal::authority::{Authority, AuthorityOptions};
use fetch::{HttpFetch, Network};
use pki::Fetch;
use window::{Desk, INDIVIDUAL, PASSWORD, desk, desk_with, fixture, trust_demo_ca};
use window_messages::CertificateStatus;

const ROUNDS: usize = 31;
/// A quick typist.
const TYPING: Duration = Duration::from_millis(300);
const REQUEST: &str = r#"{"module":"kz.gov.pki.knca.commonUtils","method":"createCAdESFromBase64","args":["PKCS12","SIGNATURE","MTEK",true]}"#;

#[derive(Clone, Copy)]
enum Case {
    /// There is no network, so nothing is asked.
    Offline,
    /// The certificate is known from an earlier time, the responder answers while the person types.
    WhileTyping,
    /// The password opens the file for the first time, and only then is it known whose certificate to ask about.
    FirstTime,
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let authority = Authority::start(AuthorityOptions::new(fixture(""))).unwrap();
    let cases = [Case::Offline, Case::WhileTyping, Case::FirstTime];
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for (case, times) in cases.into_iter().zip(&mut times) {
            times.push(runtime.block_on(password_to_reply(&authority, case)));
        }
    }
    let titles = [
        "nothing asked",
        "answered while typing",
        "first use of a file, asked after the password",
    ];
    for (title, times) in titles.into_iter().zip(&mut times) {
        times.sort();
        let median = times[times.len() / 2].as_secs_f64() * 1e3;
        println!("password to reply, {title}: {median:.2} ms (median of {ROUNDS})");
    }
}

async fn password_to_reply(authority: &Authority, case: Case) -> Duration {
    let mut desk = desk_at(authority, desk(&[INDIVIDUAL]), true);
    if !matches!(case, Case::FirstTime) {
        desk.signed_with(INDIVIDUAL, REQUEST).await;
    }
    // Another agent over the same folder: it remembers the key and has asked nobody yet.
    let mut desk = desk_at(authority, desk, matches!(case, Case::Offline));
    let pending = desk.ask_in_background(REQUEST);
    let mut window = desk.window().await;
    window.request().await;
    let keys = window.keys().await;
    tokio::time::sleep(TYPING).await;
    if let Case::WhileTyping = case {
        let mut status = keys.1[0].status.clone();
        while status != CertificateStatus::Good {
            status = window.row().await.status;
        }
    }
    let start = Instant::now();
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    let reply = pending.reply().await.unwrap();
    let taken = start.elapsed();
    assert!(reply.contains(r#""code":"200""#), "{reply}");
    taken
}

/// An agent over the folders of `desk`, whose settings send it to this authority.
fn desk_at(authority: &Authority, Desk { data, keys, .. }: Desk, offline: bool) -> Desk {
    trust_demo_ca(data.path());
    let settings = format!(
        "[network]\nway = \"direct\"\n\n[services]\nocsp_url = \"{}\"\ncrl_url = \"{}\"\n",
        authority.ocsp_url(),
        authority.url("/nothing"),
    );
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    let fetch: Arc<dyn Fetch> = if offline {
        Arc::new(network::Offline)
    } else {
        Arc::new(HttpFetch::new(Network::Direct))
    };
    desk_with(data, keys, fetch, false)
}
