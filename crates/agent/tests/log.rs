//! The log has one line a request and nothing in it that is anybody's secret.
//!
//! A test program of its own: the subscriber is for all threads.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may"
)]

#[allow(dead_code, reason = "other tests use more of it")]
#[path = "agent/network.rs"]
mod network;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "agent/window.rs"]
mod window;

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    network::{Mood, Servers},
    window::{INDIVIDUAL, PASSWORD, desk_reaching},
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const SECRETS: [&str; 9] = [
    PASSWORD,
    "wrong-Пароль",
    "123456789011",
    // The serial number of the certificate and the servers that are asked about it.
    "128343d1ee0ad94f42789fc6a236572bf290147f",
    "17680",
    "ocsp",
    "ТЕСТОВ",
    "секретный документ",
    "0JTQvtC60YPQvNC10L3Rgg",
];

/// Everything that can be logged is, at the most talkative level.
#[tokio::test]
async fn known_secrets_never_reach_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let servers = Servers::that_are(Mood::Lists);
    let mut desk = desk_reaching(&[INDIVIDUAL], Arc::new(servers));
    let sign = json!({ "module": "kz.gov.pki.knca.basics", "method": "sign", "args": {
        "format": "cms", "data": ["секретный документ", "0JTQvtC60YPQvNC10L3Rgg"], "signingParams": {},
        "signerParams": { "iin": "123456789011" } } });
    let pending = desk.ask_in_background(&sign.to_string());
    let mut window = desk.window().await;
    window.request().await;
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, "wrong-Пароль").await;
    window.refused().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
    pending.reply().await.unwrap();

    for request in [
        // The applet takes the password from the page.
        json!({ "method": "getKeys", "args": ["PKCS12", "/home/u/x.p12", PASSWORD, "SIGN"] })
            .to_string(),
        json!({ "module": "секретный документ", "method": "123456789011" }).to_string(),
        json!({ "module": format!("a{}", "123456789011"), "method": "wrong-Пароль" }).to_string(),
        json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "signXml",
            "args": ["PKCS12", "SIGNATURE", "<секретный документ>", "", ""] })
        .to_string(),
        format!("{{секретный документ {PASSWORD}"),
    ] {
        desk.ask(&request).await.unwrap();
    }

    let text = log.text();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in the log:\n{text}");
    }
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.contains("tanba::request"))
        .collect();
    assert_eq!(lines.len(), 6, "{text}");
    for part in [
        "origin=https://egov.kz",
        "module=kz.gov.pki.knca.basics",
        "method=sign",
        "request_bytes=",
        "reply_bytes=",
        "outcome=\"done\"",
        "milliseconds=",
    ] {
        assert!(lines[0].contains(part), "{part} is missing: {}", lines[0]);
    }
    let key = lines[0].split("key=").nth(1).unwrap().trim_matches('"');
    assert!(
        key.len() == 8 && key.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{key}"
    );
}
