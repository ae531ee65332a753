//! Figures of the running agent, one a line: name, ours, unit.
//!
//! Run by `cargo xtask bench agent`. It measures the `tanba` that lies beside it; with `tanba-robot` there (or named by
//! `TANBA_ROBOT`) also the time from the password to the reply; with the real window named by `TANBA_WINDOW`, on a
//! display, also the time from a request to its painting.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a figure that cannot be measured ends the run"
)]

use std::path::{Path, PathBuf};

#[path = "bench_agent/client.rs"]
mod client;
#[path = "bench_agent/proxy.rs"]
mod proxy;

use client::{Agent, median, milliseconds};

/// The password of every key file among the fixtures.
const PASSWORD: &str = "Qwerty12";
const REQUEST: &str = concat!(
    r#"{"module":"kz.gov.pki.knca.commonUtils","method":"signXml","#,
    r#""args":["PKCS12","SIGNATURE","<document>text</document>","",""]}"#
);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, stamps, program, rest @ ..] = arguments.as_slice()
        && mode == proxy::MODE
    {
        return proxy::run(Path::new(stamps), program, rest);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let no_window = "cat";
    let (first, agent) = Agent::start(folder.path(), no_window);
    println!("first start to listening, {}, ms", milliseconds(first));
    agent.end();
    let starts = (0..10).map(|_| {
        let (start, agent) = Agent::start(folder.path(), no_window);
        agent.end();
        start
    });
    println!(
        "start to listening, {}, ms",
        milliseconds(median(starts.collect()))
    );

    let (_, agent) = Agent::start(folder.path(), no_window);
    let mut greetings = Vec::new();
    for _ in 0..50 {
        greetings.push(agent.connect().await.0);
    }
    println!(
        "connection to greeting, {}, ms",
        milliseconds(median(greetings))
    );
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    println!(
        "resident memory of the idle agent, {:.1}, MB",
        agent.resident_megabytes()
    );
    agent.end();

    if let Some(robot) = program("TANBA_ROBOT", "tanba-robot") {
        let reply =
            client::password_to_reply(folder.path(), &robot, &key(), PASSWORD, REQUEST).await;
        println!("password to reply, {}, ms", milliseconds(reply));
    }
    if let Some(window) = std::env::var_os("TANBA_WINDOW").map(PathBuf::from) {
        let painted = client::request_to_painted(folder.path(), &window, REQUEST).await;
        for (name, figure) in [
            ("warm", painted.warm),
            ("cold", painted.cold),
            ("first start on this computer", painted.first),
        ] {
            println!(
                "request to window painted, {name}, {}, ms",
                milliseconds(figure)
            );
        }
    }
}

/// A program named by a variable, or beside ours.
fn program(variable: &str, name: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .or(e2e::places::program(name).ok())
}

/// A GOST key that signs.
fn key() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures/individual");
    let mut files = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "p12"))
        .expect("a key file")
}
