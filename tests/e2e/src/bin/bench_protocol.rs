//! Large documents and long batches through the real agent, with the robot in place of the person: one figure a line, with
//! the aim beside it. Run by `cargo xtask bench protocol`.

use std::{
    io::Write as _,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{agent, agent::Agent, places, portal::Portal, process};

#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a figure that cannot be measured ends the run"
)]
#[path = "bench_agent/proxy.rs"]
mod proxy;
#[path = "bench_protocol/socket.rs"]
mod socket;

use socket::{Socket, http};

const GOST: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
const RSA: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";
const LARGE: usize = 90 << 20;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, stamps, program, rest @ ..] = arguments.as_slice()
        && mode == proxy::MODE
    {
        proxy::run(Path::new(stamps), program, rest);
        return Ok(());
    }
    for (name, key, aim) in [("RSA", RSA, 1.0), ("GOST 2015-512", GOST, 1.6)] {
        let best = (0..3)
            .map(|_| large(key, true))
            .collect::<Result<Vec<_>>>()?;
        let seconds = best.iter().map(|it| it.0).fold(f64::MAX, f64::min);
        line(
            &format!("90 MiB attached, {name}, wss end to end"),
            format!("{seconds:.2} s"),
            &format!("{aim} s"),
        );
        let ratio = best.iter().map(|it| it.1).fold(0.0, f64::max);
        line(
            &format!("peak memory over idle, attached, {name}"),
            format!("{ratio:.2} x document"),
            "2.5",
        );
        let (_, ratio) = large(key, false)?;
        line(
            &format!("peak memory over idle, detached, {name}"),
            format!("{ratio:.2} x document"),
            "1.6",
        );
    }
    let (_, ratio) = stamped()?;
    line(
        "peak memory over idle, attached with a time stamp",
        format!("{ratio:.2} x document"),
        "2.5",
    );
    let (seconds, ratio) = xml()?;
    line(
        "signXml of 60 MiB, GOST 2015-512",
        format!("{seconds:.2} s"),
        "-",
    );
    line(
        "peak memory over idle, signXml of 60 MiB",
        format!("{ratio:.2} x document"),
        "-",
    );
    let (_, ratio) = cosigned()?;
    line(
        "peak memory over idle, another signature on 90 MiB attached",
        format!("{ratio:.2} x document"),
        "2.5",
    );
    let thousand = batch(1_000)?;
    line(
        "signXmls, 1000 x 2 KB, GOST 2015-512",
        format!("{thousand:.2} s"),
        "1 s",
    );
    let ten = batch(10_000)?;
    line(
        "signXmls, 10000 x 2 KB against 1000",
        format!("{:.1} x", ten / thousand),
        "10 x",
    );
    let cancel = cancel()?;
    line(
        "cancel to reply, 1000 documents",
        format!("{:.0} ms", cancel * 1000.0),
        "100 ms",
    );
    let mut stops = (0..5).map(|_| stop()).collect::<Result<Vec<_>>>()?;
    stops.sort_by(f64::total_cmp);
    if let [.., median, _, worst] = stops.as_slice() {
        line(
            "Stop to reply while 10000 documents are signed, the worst of five",
            format!(
                "{:.0} ms (median {:.0} ms)",
                worst * 1000.0,
                median * 1000.0
            ),
            "100 ms",
        );
    }
    let (seconds, megabytes) = streamed(4 << 30)?;
    line(
        "4 GiB by HTTP, detached, GOST 2015-512, peak memory",
        format!("{megabytes:.1} MB"),
        "32 MB",
    );
    line(
        "4 GiB by HTTP, detached, GOST 2015-512",
        format!("{seconds:.1} s"),
        "-",
    );
    Ok(())
}

fn line(name: &str, figure: String, aim: &str) {
    println!("{name}, {figure}, aim {aim}");
}

/// Seconds from the first byte of the request to the last of the reply, and the peak of resident memory over idle as a
/// multiple of the document.
fn large(key: &str, attached: bool) -> Result<(f64, f64)> {
    let base64 = BASE64_STANDARD.encode(vec![0xa5; LARGE]);
    let (seconds, peak, _) = signed(key, &request(&base64, attached), LARGE)?;
    Ok((seconds, peak))
}

/// As [`large`], by the method that has each signature stamped.
fn stamped() -> Result<(f64, f64)> {
    let base64 = BASE64_STANDARD.encode(vec![0xa5; LARGE]);
    let text = request(&base64, true).replace("createCAdES", "createCMSSignature");
    let (seconds, peak, _) = signed(GOST, &text, LARGE)?;
    Ok((seconds, peak))
}

/// As [`large`], of one XML text with many elements.
fn xml() -> Result<(f64, f64)> {
    let line = format!("<line number=\"1\">{}</line>\n", "word ".repeat(40));
    let document = format!("<lines>{}</lines>", line.repeat((60 << 20) / line.len()));
    let text = serde_json::json!({
        "module": "kz.gov.pki.knca.commonUtils",
        "method": "signXml",
        "args": ["PKCS12", "SIGNATURE", document, "", ""],
    });
    let (seconds, peak, _) = signed(GOST, &text.to_string(), document.len())?;
    Ok((seconds, peak))
}

/// As [`large`], of a signature beside one that the document has.
fn cosigned() -> Result<(f64, f64)> {
    let base64 = BASE64_STANDARD.encode(vec![0xa5; LARGE]);
    let (_, _, reply) = signed(GOST, &request(&base64, true), LARGE)?;
    let (seconds, peak, _) = signed(RSA, &request(&reply, true), LARGE)?;
    Ok((seconds, peak))
}

/// Seconds, peak over idle as a multiple of the document's `size`, and what was signed as it stands in the reply.
fn signed(key: &str, text: &str, size: usize) -> Result<(f64, f64, String)> {
    let folder = tempfile::tempdir()?;
    let _authority = authority(folder.path())?;
    let agent = Agent::with_robot(folder.path(), &places::key(key), "Qwerty12", "")?;
    let mut socket = Socket::connect(&agent, 2 * text.len())?;
    // The robot starts, the key is found.
    socket.ask(&request(&BASE64_STANDARD.encode(b"first"), true))?;
    std::thread::sleep(Duration::from_millis(300));
    let idle = kilobytes(agent.pid(), "VmRSS:")?;
    let started = Instant::now();
    let reply = socket.ask(text)?;
    let seconds = started.elapsed().as_secs_f64();
    let peak = kilobytes(agent.pid(), "VmHWM:")?;
    agent.end()?;
    let reply = std::str::from_utf8(reply)?;
    let message = reply.strip_prefix(r#"{"code":"200","responseObject":""#);
    let message = message.and_then(|it| it.strip_suffix("\"}"));
    let message = message.with_context(|| format!("not signed: {reply:.200}"))?;
    let peak = (peak - idle) * 1024.0 / size as f64;
    Ok((seconds, peak, message.to_owned()))
}

/// The demo CA's authority for time stamps, for an agent that will have its data in this folder.
fn authority(folder: &Path) -> Result<Portal> {
    let address = SocketAddr::from(([127, 0, 0, 1], process::free_port()?));
    let data = folder.join("agent");
    std::fs::create_dir_all(&data)?;
    std::fs::write(
        data.join("settings.toml"),
        format!("[network]\nway = \"direct\"\n\n[services]\ntsa_url = \"http://{address}/tsp/\"\n"),
    )?;
    Portal::start(folder, 0, 0, Some(address))
}

fn request(base64: &str, attached: bool) -> String {
    format!(
        r#"{{"module":"kz.gov.pki.knca.commonUtils","method":"createCAdESFromBase64","args":["PKCS12","SIGNATURE","{base64}",{attached}]}}"#,
    )
}

fn documents(count: usize) -> String {
    let document = format!("<document><text>{}</text></document>", "word ".repeat(400));
    let documents = vec![serde_json::Value::from(document); count];
    serde_json::json!({
        "module": "kz.gov.pki.knca.commonUtils",
        "method": "signXmls",
        "args": ["PKCS12", "SIGNATURE", documents, "", ""],
    })
    .to_string()
}

/// Seconds from the request to the reply; the robot consents at once.
fn batch(count: usize) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let agent = Agent::with_robot(folder.path(), &places::key(GOST), "Qwerty12", "")?;
    let text = documents(count);
    let mut socket = Socket::connect(&agent, 3 * text.len())?;
    socket.ask(&documents(1))?;
    let mut best = f64::MAX;
    for _ in 0..3 {
        let started = Instant::now();
        let reply = socket.ask(&text)?;
        best = best.min(started.elapsed().as_secs_f64());
        ensure!(reply.starts_with(br#"{"code":"200""#), "not signed");
    }
    agent.end()?;
    Ok(best)
}

/// Seconds from the request to the reply when the robot says no as soon as it sees the request.
fn cancel() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let agent = Agent::with_robot(folder.path(), &places::key(GOST), "Qwerty12", "--cancel")?;
    let text = documents(1_000);
    let mut socket = Socket::connect(&agent, 3 * text.len())?;
    socket.ask(&text)?;
    let started = Instant::now();
    let reply = socket.ask(&text)?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(
        reply == br#"{"code":"500","message":"action.canceled"}"#,
        "not cancelled"
    );
    agent.end()?;
    Ok(seconds)
}

/// Seconds from the window's word that Stop was pressed, while documents are signed, to the last byte of the reply.
fn stop() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let stamps = folder.path().join("stamps");
    let robot = agent::robot(
        folder.path(),
        &places::key(GOST),
        "Qwerty12",
        "--stop-after 100",
    )?;
    let program = std::env::current_exe()?;
    let window = format!(
        "'{}' {} '{}' {robot}",
        program.display(),
        proxy::MODE,
        stamps.display()
    );
    let agent = Agent::start_program(&places::program("tanba")?, folder.path(), &window)?;
    let text = documents(10_000);
    let mut socket = Socket::connect(&agent, 3 * text.len())?;
    socket.ask(&documents(1))?;
    let reply = socket.ask(&text)?;
    let replied = proxy::now();
    ensure!(
        reply == br#"{"code":"500","message":"action.canceled"}"#,
        "not stopped: {:.200}",
        String::from_utf8_lossy(reply)
    );
    let pressed = proxy::stamp(&stamps, "cancel").context("Stop was not pressed")?;
    agent.end()?;
    Ok(replied.saturating_sub(pressed).as_secs_f64())
}

/// Seconds and the peak of resident memory, all of it, in megabytes.
fn streamed(size: u64) -> Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let window = agent::robot(folder.path(), &places::key(GOST), "Qwerty12", "")?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let agent = Agent::for_large_documents(folder.path(), window, port)?;
    let start = r#"{"numberOfDocuments":1,"base64":false,"encapsulateContent":false}"#;
    std::thread::sleep(Duration::from_millis(500));
    let started = Instant::now();
    let answer = http(&agent.ca, port, "/", "", start.len() as u64, |stream| {
        Ok(stream.write_all(start.as_bytes())?)
    })?;
    let (head, id) = answer.split_once("\r\n\r\n").context("no answer")?;
    let cookie = head
        .split("operationCookie=")
        .nth(1)
        .and_then(|rest| rest.split(';').next())
        .context("no cookie")?;
    let cookie = format!("Cookie: operationCookie={cookie}\r\n");
    let answer = http(
        &agent.ca,
        port,
        &format!("/{id}"),
        &cookie,
        size,
        |stream| {
            let piece = vec![0x5a; 1 << 20];
            for _ in 0..size / piece.len() as u64 {
                stream.write_all(&piece)?;
            }
            Ok(())
        },
    )?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(answer.starts_with("HTTP/1.1 200"), "{answer:.300}");
    let peak = kilobytes(agent.pid(), "VmHWM:")? / 1024.0;
    agent.end()?;
    Ok((seconds, peak))
}

/// A line of `/proc/PID/status`.
fn kilobytes(process: u32, name: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with(name));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(figure.context("no such figure")?.parse()?)
}
