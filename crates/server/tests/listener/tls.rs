use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::time::Duration;

use server::{Error, Options, Server};
use tokio::task::spawn_blocking;

use crate::support::{GREETING, Running};

fn run(program: &str, arguments: &[String]) -> (bool, String) {
    let output = Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_trusts_the_listener_with_the_ca_and_not_without() {
    let server = Running::start().await;
    let ca = server
        .folder
        .path()
        .join("tls/ca.pem")
        .display()
        .to_string();
    for name in ["127.0.0.1", "localhost"] {
        let url = format!("https://{name}:{}/", server.address.port());
        let (ok, text) = run(
            "curl",
            &["-sS", "-4", "--noproxy", "*", "--cacert", &ca, &url].map(str::to_owned),
        );
        assert!(ok && text.contains("Tanba is running"), "{text}");
        let (ok, text) = run(
            "curl",
            &["-sS", "-4", "--noproxy", "*", &url].map(str::to_owned),
        );
        assert!(!ok && text.contains("certificate"), "{text}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_agrees_on_tls_1_2_and_1_3_and_not_on_less() {
    let server = Running::start().await;
    let ca = server
        .folder
        .path()
        .join("tls/ca.pem")
        .display()
        .to_string();
    let connect = |more: &str| {
        let fixed = format!(
            "s_client -connect {} -verify_return_error -verify_ip 127.0.0.1 -CAfile",
            server.host()
        );
        let mut arguments: Vec<String> = fixed.split(' ').map(str::to_owned).collect();
        arguments.push(ca.clone());
        arguments.extend(more.split(' ').map(str::to_owned));
        run("openssl", &arguments)
    };
    let (ok, text) = connect("-tls1_3");
    assert!(ok && text.contains("Verify return code: 0 (ok)"), "{text}");
    let (ok, text) = connect("-tls1_2");
    assert!(ok && text.contains("Verify return code: 0 (ok)"), "{text}");
    let (ok, text) = connect("-tls1_1 -cipher DEFAULT@SECLEVEL=0");
    assert!(!ok, "{text}");
    let (ok, text) = connect("-tls1_3 -verify_hostname egov.kz");
    assert!(!ok && text.contains("mismatch"), "{text}");
    server.stop().await;
}

#[tokio::test]
async fn the_port_is_closed_on_every_other_address() {
    let server = Running::start().await;
    let port = server.address.port();
    assert!(server.address.ip().is_loopback());
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let mut others = vec!["127.0.0.2".parse().unwrap()];
    // The address that packets to the world would leave from; nothing is sent.
    if let Ok(socket) = UdpSocket::bind("0.0.0.0:0")
        && socket.connect("192.0.2.1:9").is_ok()
        && let Ok(address) = socket.local_addr()
    {
        others.push(address.ip());
    }
    for other in others
        .into_iter()
        .filter(|other| *other != Ipv4Addr::LOCALHOST)
    {
        assert!(
            TcpStream::connect_timeout(&(other, port).into(), Duration::from_secs(2)).is_err(),
            "{other}"
        );
    }
    assert!(TcpStream::connect(("::1", port)).is_err());
    server.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_told_as_such() {
    let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = holder.local_addr().unwrap().port();
    let running = Running::start().await;
    let mut options = Options::new(running.folder.path());
    options.port = port;
    let error = Server::bind(options, running.agent()).err().unwrap();
    assert!(
        matches!(error, Error::PortTaken { port: taken } if taken == port),
        "{error}"
    );
    assert!(error.to_string().contains("NCALayer"), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn a_stopped_listener_leaves_the_port_free_at_once() {
    let first = Running::start().await;
    let port = first.address.port();
    first.socket().await;
    first.stop().await;
    let second = Running::start_with(|options| options.port = port).await;
    second.socket().await;
    second.stop().await;
}

#[tokio::test]
async fn a_certificate_that_went_bad_is_replaced_without_a_restart() {
    let server =
        Running::start_with(|options| options.renewal_check = Duration::from_millis(50)).await;
    let mut before = server.socket().await;
    let ca = server.folder.path().join("tls/ca.pem");
    let old = std::fs::read(&ca).unwrap();
    std::fs::write(server.folder.path().join("tls/identity.pem"), "damaged").unwrap();
    let changed = spawn_blocking(move || {
        (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            std::fs::read(&ca).is_ok_and(|new| new != old)
        })
    });
    assert!(changed.await.unwrap(), "a new CA is made");
    // The file comes first, the running listener follows.
    let mut after = server.open("/", &[]).await;
    for _ in 0..1000 {
        if after.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        after = server.open("/", &[]).await;
    }
    let mut after = after.expect("trusted under the new CA alone");
    assert_eq!(after.text().await, GREETING);
    before.send("--heartbeat--").await;
    assert_eq!(before.text().await, "--heartbeat--", "open sockets go on");
    server.stop().await;
}
