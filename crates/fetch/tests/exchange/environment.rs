//! What the environment says counts when the system's way is chosen. Each test runs itself in a process of its own,
//! whose environment and threads are its own.

use std::process::Command;

use fetch::HttpFetch;
use pki::Fetch as _;

use crate::{
    get,
    proxies::proxy,
    server::{Server, answer},
    tls,
};

const ADDRESS: &str = "TANBA_TEST_ADDRESS";

/// Run by the others.
#[test]
#[ignore = "part of the other tests here: needs their environment"]
fn child() {
    let url = std::env::var(ADDRESS).unwrap();
    let fetch = HttpFetch::default();
    println!("outcome {:?}", fetch.fetch_all(&get(&url)));
}

/// How a fetch of `url` ends in a process with these variables.
fn outcome(url: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "environment::child", "--ignored", "--nocapture"])
        .env(ADDRESS, url);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name);
        command.env_remove(name.to_ascii_uppercase());
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let (_, said) = said.split_once("outcome ").unwrap();
    said.lines().next().unwrap().to_owned()
}

#[test]
fn a_proxy_of_the_environment_is_used() {
    let server = Server::saying(answer("200 OK", &[], b"x"));
    let proxy = proxy(Some("name:password"));
    let url = server.url("/");
    let address = proxy.address;

    assert_eq!(outcome(&url, &[]), "Ok([120])");
    assert!(proxy.requests().is_empty());

    let named = format!("http://name:password@{address}");
    assert_eq!(outcome(&url, &[("http_proxy", &named)]), "Ok([120])");
    assert_eq!(proxy.requests().len(), 1);

    let nameless = format!("http://{address}");
    assert_eq!(outcome(&url, &[("all_proxy", &nameless)]), "Err(Proxy)");
    assert_eq!(proxy.requests().len(), 2);
    let secure = format!("https://{}/", server.address);
    assert_eq!(
        outcome(&secure, &[("https_proxy", &nameless)]),
        "Err(Proxy)"
    );
    assert_eq!(proxy.requests().len(), 3);

    let excepted = [("http_proxy", named.as_str()), ("no_proxy", "127.0.0.1")];
    assert_eq!(outcome(&url, &excepted), "Ok([120])");
    assert_eq!(proxy.requests().len(), 3);
}

#[cfg(target_os = "linux")]
#[test]
fn a_root_of_the_system_is_trusted() {
    let (server, root) = tls::server();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    std::fs::write(&file, root).unwrap();
    let file = file.to_str().unwrap();
    let url = format!("https://{}/", server.address);
    assert_eq!(
        outcome(&url, &[("SSL_CERT_FILE", file)]),
        format!("Ok({:?})", b"secretly")
    );
    // The same certificate for another name.
    let other = format!("https://localhost:{}/", server.address.port());
    assert_eq!(outcome(&other, &[("SSL_CERT_FILE", file)]), "Err(Tls)");
}

/// Run by the test below, alone in its process.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "part of the test below: counts the threads and files of its process"]
fn lonely_child() {
    let server = Server::saying(answer("200 OK", &[], b"x"));
    let url = format!("http://localhost:{}/", server.address.port());
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let mut before = (threads(), files());
    let fetch = HttpFetch::default();
    assert_eq!((threads(), files()), before, "merely made");
    for round in 0..3 {
        let answer = fetch.fetch(&get(&url)).unwrap();
        assert!(files() > before.1, "an open answer");
        drop(answer);
        // A thread ends a moment after it was told to.
        let until = std::time::Instant::now() + crate::PATIENCE;
        while threads() != before.0 || (round > 0 && files() != before.1) {
            assert!(
                std::time::Instant::now() < until,
                "{} threads, {} files stay of {before:?}",
                threads(),
                files()
            );
            std::thread::yield_now();
        }
        // What tokio opens once in a process, its pipe for signals, is not ours to close.
        before.1 = files();
    }
    println!("outcome clean");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_stays_after_an_exchange() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "environment::lonely_child", "--ignored"])
        .args(["--nocapture", "--test-threads=1"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("outcome clean"), "{said}{complained}");
}
