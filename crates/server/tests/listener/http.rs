use crate::support::{GREETING, Running, raw, status};

#[tokio::test]
async fn a_person_sees_a_page_in_their_language() {
    let server = Running::start().await;
    for (asked, title) in [
        ("kk-KZ,ru;q=0.8", "<title>Tanba жұмыс істеп тұр</title>"),
        ("ru-RU,en;q=0.5", "<title>Tanba работает</title>"),
        ("de", "<title>Tanba is running</title>"),
    ] {
        let answer = server
            .get("/", &format!("Accept-Language: {asked}\r\n"))
            .await;
        assert_eq!(status(&answer), "HTTP/1.1 200 OK");
        assert!(answer.contains(title), "{asked}: {answer}");
    }
    assert_eq!(
        status(&server.get("/basics/index.html", "").await),
        "HTTP/1.1 200 OK",
        "on any path"
    );
    server.stop().await;
}

#[tokio::test]
async fn the_page_can_be_neither_framed_nor_scripted_nor_read_by_other_sites() {
    let server = Running::start().await;
    let answer = server.get("/", "").await.to_lowercase();
    for header in [
        "content-security-policy: default-src 'none'; style-src 'sha256-",
        "frame-ancestors 'none'",
        "x-frame-options: deny",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(answer.contains(header), "{header} in {answer}");
    }
    assert!(!answer.contains("access-control-"), "{answer}");
    assert!(!answer.contains("<script"), "{answer}");
    let elsewhere = server
        .get("/path", "Origin: https://egov.kz\r\n")
        .await
        .to_lowercase();
    assert!(!elsewhere.contains("access-control-"), "{elsewhere}");
    server.stop().await;
}

#[tokio::test]
async fn the_styles_hash_is_that_of_the_style() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let server = Running::start().await;
    let answer = server.get("/", "").await;
    let style = answer
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    let shell = "openssl dgst -sha256 -binary | openssl base64 -A";
    let mut child = Command::new("sh")
        .args(["-c", shell])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(style.as_bytes())
        .unwrap();
    let hash = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(
        answer.contains(&format!("style-src 'sha256-{hash}'")),
        "{hash}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_page_may_fetch_the_root_to_learn_that_the_agent_runs_and_no_more() {
    let server = Running::start().await;
    let answer = server.get("/", "Origin: https://egov.kz\r\n").await;
    assert_eq!(status(&answer), "HTTP/1.1 204 No Content");
    assert!(
        answer
            .to_lowercase()
            .contains("access-control-allow-origin: *\r\n"),
        "{answer}"
    );
    assert_eq!(answer.split("\r\n\r\n").nth(1), Some(""), "no content");
    server.stop().await;
}

#[tokio::test]
async fn only_get_and_head_are_served() {
    let server = Running::start().await;
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FROB"] {
        let head = format!(
            "{method} / HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n\r\n",
            server.host()
        );
        let answer = server.raw(&head).await;
        assert_eq!(
            status(&answer),
            "HTTP/1.1 405 Method Not Allowed",
            "{method}"
        );
        assert!(
            answer.to_lowercase().contains("allow: get, head\r\n"),
            "{answer}"
        );
    }
    let head = server
        .raw(&format!(
            "HEAD / HTTP/1.1\r\nHost: {}\r\n\r\n",
            server.host()
        ))
        .await;
    assert_eq!(status(&head), "HTTP/1.1 200 OK");
    assert!(head.ends_with("\r\n\r\n"), "no body: {head}");
    server.stop().await;
}

#[tokio::test]
async fn foreign_hosts_are_forbidden_for_pages_and_sockets() {
    let server = Running::start().await;
    let port = server.address.port();
    let good = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    for host in &good {
        let answer = server
            .raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        assert_eq!(status(&answer), "HTTP/1.1 200 OK", "{host}");
        assert_eq!(
            server
                .open("/", &[("Host", host)])
                .await
                .unwrap()
                .text()
                .await,
            GREETING
        );
    }
    let foreign = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("localhost.evil.example:{port}"),
        format!("LOCALHOST.:{port}"),
        format!("0.0.0.0:{port}"),
    ];
    for host in &foreign {
        let answer = server
            .raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        assert_eq!(status(&answer), "HTTP/1.1 403 Forbidden", "{host}");
        let refused = server.open("/", &[("Host", host)]).await.err().unwrap();
        assert!(refused.to_string().contains("403"), "{host}: {refused}");
    }
    let without = server.raw("GET / HTTP/1.1\r\n\r\n").await;
    assert!(status(&without).contains(" 403 "), "{without}");
    server.stop().await;
}

#[tokio::test]
async fn origins_are_served_when_well_formed_and_forbidden_when_malformed() {
    let server = Running::start().await;
    for origin in [
        "https://egov.kz",
        "http://intranet.example:8080",
        "null",
        "https://localhost:3000",
    ] {
        assert_eq!(
            server
                .open("/", &[("Origin", origin)])
                .await
                .unwrap()
                .text()
                .await,
            GREETING,
            "{origin}"
        );
    }
    for origin in [
        "egov.kz",
        "https://",
        "https://egov.kz/path",
        "https://egov.kz https://evil.example",
    ] {
        let refused = server.open("/", &[("Origin", origin)]).await.err().unwrap();
        assert!(refused.to_string().contains("403"), "{origin}: {refused}");
        let answer = server.get("/", &format!("Origin: {origin}\r\n")).await;
        assert_eq!(status(&answer), "HTTP/1.1 403 Forbidden", "{origin}");
    }
    let twice = server
        .get(
            "/",
            "Origin: https://egov.kz\r\nOrigin: https://egov.kz\r\n",
        )
        .await;
    assert_eq!(status(&twice), "HTTP/1.1 403 Forbidden");
    server.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn another_address_shall_not_pass() {
    let server = Running::start().await;
    let stream = server.tls_from("127.0.0.2".parse().unwrap()).await.unwrap();
    let answer = raw(
        stream,
        &format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.host()),
    )
    .await;
    assert_eq!(status(&answer), "HTTP/1.1 403 Forbidden");
    assert!(answer.ends_with("You shall not pass!"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn broken_opening_handshakes_are_told_what_is_wrong() {
    let server = Running::start().await;
    let base = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\n",
        server.host()
    );
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let version = "Sec-WebSocket-Version: 13\r\n";
    let connection = "Connection: keep-alive, Upgrade\r\n";
    for (head, expected) in [
        (format!("{base}{key}{version}\r\n"), " 400 "),
        (format!("{base}{connection}{key}\r\n"), " 426 "),
        (
            format!("{base}{connection}{key}Sec-WebSocket-Version: 8\r\n\r\n"),
            " 426 ",
        ),
        (format!("{base}{connection}{version}\r\n"), " 400 "),
        (
            format!("{base}{connection}{version}Sec-WebSocket-Key: short\r\n\r\n"),
            " 400 ",
        ),
        (
            format!("{base}{connection}{key}{version}\r\n").replace("GET", "POST"),
            " 400 ",
        ),
    ] {
        let answer = server.raw(&head).await;
        assert!(status(&answer).contains(expected), "{head}: {answer}");
    }
    server.stop().await;
}
