//! A service for readers that takes connections and never says a word. An agent ends all the same.

use crate::{
    choosing::labelled,
    desk::desk,
    wire::active_tokens,
    world::{GOST512, one},
};
use std::{env, fs, os::unix::net::UnixListener, process::Command};

const PLAYED: &str = "TANBA_TEST_SILENT_READERS";
const NAME: &str = "silent::pages_that_ask_again_and_again_do_not_pile_up_threads";

/// Runs itself once more: the address of the service is a variable of the whole process.
#[test]
fn pages_that_ask_again_and_again_do_not_pile_up_threads() {
    if env::var_os(PLAYED).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let (before, after) = runtime.block_on(ask_again_and_again());
        runtime.shutdown_background();
        assert!(after <= before + 4, "{before} -> {after}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("pcscd.comm");
    let _silent = UnixListener::bind(&socket).unwrap();
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(PLAYED, "1")
        .env("PCSCLITE_CSOCK_NAME", &socket)
        .status()
        .unwrap();
    assert!(status.success());
}

/// The threads before and after.
async fn ask_again_and_again() -> (usize, usize) {
    let desk = desk(&one(labelled("KAZTOKEN", GOST512)));
    let kaztoken = serde_json::json!(["AKKaztokenStore"]);
    // The module needs no such service.
    while desk.ask(&active_tokens()).reply().await["responseObject"] != kaztoken {}
    let before = threads();
    for _ in 0..20 {
        desk.ask(&active_tokens()).reply().await;
    }
    (before, threads())
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}
