//! Each fault does what its name says.

use std::time::Duration;

use demo_portal::authority::{Fault, Service};
use fetch::{HttpFetch, Network};
use pki::{Fetch as _, FetchError, FetchRequest};
use serde_json::json;

use super::{Desk, authority, certificate, get, ocsp, post, tsp};

#[test]
fn faults_of_the_way() {
    let authority = authority();
    let url = authority.url("/crl/tanba_demo_gost.crl");
    let whole = get(&url).unwrap();
    let impatient = |url: &str| {
        HttpFetch::new(Network::Direct).fetch_all(&FetchRequest {
            url,
            body: None,
            max_bytes: 1 << 20,
            timeout: Duration::from_millis(400),
        })
    };
    for (name, fault, outcome) in [
        ("silent", Fault::Silent, Err(FetchError::Timeout)),
        ("slow", Fault::Slow, Err(FetchError::Timeout)),
        (
            "server-error",
            Fault::ServerError,
            Err(FetchError::Status(500)),
        ),
        ("truncated", Fault::Truncated, Err(FetchError::Broken)),
        ("too-large", Fault::TooLarge, Err(FetchError::TooLarge)),
        ("half", Fault::Half, Ok(whole[..whole.len() / 2].to_vec())),
    ] {
        authority.set_fault(Service::Files, Some(fault));
        assert_eq!(impatient(&url), outcome, "{name}");
        authority.set_fault(Service::Files, None);
        assert_eq!(impatient(&format!("{url}?fault={name}")), outcome, "{name}");
    }
    authority.set_fault(Service::Files, Some(Fault::Html));
    assert!(get(&url).unwrap().starts_with(b"<!DOCTYPE html>"));
    // The other servers are well.
    assert!(post(&authority.ocsp_url(), "application/ocsp-request", b"").is_ok());
    authority.set_fault(Service::Files, None);
    assert_eq!(get(&url), Ok(whole));
}

#[test]
fn faults_of_ocsp_answers() {
    let authority = authority();
    let desk = Desk::new();
    let (_, path) = certificate("individual", "GOST512");
    let report = |fault: Fault| {
        authority.set_fault(Service::Ocsp, Some(fault));
        ocsp::ask(&desk, &authority.ocsp_url(), "gost", &path, "-sha256");
        desk.verifier(&["ocsp", "answer"])
    };
    authority.set_fault(Service::Ocsp, None);
    ocsp::ask(&desk, &authority.ocsp_url(), "gost", &path, "-sha256");
    let Some(well) = desk.verifier(&["ocsp", "answer"]) else {
        return;
    };
    let nonce = |report: &serde_json::Value| {
        report["ext"]
            .as_array()
            .unwrap()
            .iter()
            .find(|extension| extension[0] == "1.3.6.1.5.5.7.48.1.2")
            .map(|extension| extension[1].as_str().unwrap().to_owned())
    };
    let asked = |desk: &Desk| -> String {
        let request = desk.read("request");
        request[request.len() - 18..]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };

    // OpenSSL's nonce has 16 bytes and ends the request.
    assert_eq!(nonce(&well), Some(asked(&desk)));
    assert_eq!(report(Fault::Refused).unwrap()["status"], 3);
    let wrong = nonce(&report(Fault::WrongNonce).unwrap()).unwrap();
    assert_ne!(wrong, asked(&desk));
    assert_eq!(nonce(&report(Fault::NoNonce).unwrap()), None);
    let other = report(Fault::WrongSubject).unwrap();
    assert_eq!(other["ok"], true);
    assert_ne!(
        other["responses"][0]["serial"],
        well["responses"][0]["serial"]
    );
    assert_ne!(
        report(Fault::WrongSigner).unwrap()["chain_problems"],
        json!([])
    );
    assert_eq!(report(Fault::BadSignature).unwrap()["ok"], false);
    assert_ne!(
        report(Fault::ExpiredSigner).unwrap()["chain_problems"],
        json!([])
    );
    assert_eq!(
        report(Fault::NotDelegated).unwrap()["signer_eku"],
        json!(["1.3.6.1.5.5.7.3.4"])
    );
    for (fault, time) in [
        (Fault::ClockAhead, "2026-11-21T01:00:00+00:00"),
        (Fault::ClockBehind, "2026-11-20T23:00:00+00:00"),
    ] {
        let report = report(fault).unwrap();
        assert_eq!(report["produced_at"], time);
        assert_eq!(report["responses"][0]["this_update"], time);
        assert_eq!(report["chain_problems"], json!([]));
    }
}

#[test]
fn faults_of_time_stamps() {
    let authority = authority();
    let desk = Desk::new();
    desk.write("data", b"x");
    let (family, policy) = tsp::FAMILIES[0];
    let query = tsp::request(
        family.digest().oid(),
        &family.digest().digest(b"x"),
        Some(policy),
        &[5],
    );
    let report = |fault: Fault| {
        authority.set_fault(Service::Tsp, Some(fault));
        let answer = post(&authority.tsp_url(), "application/timestamp-query", &query);
        desk.write("answer", &answer.unwrap());
        desk.verifier(&["tsp", "answer", "--sig", "data"])
    };
    let Some(refused) = report(Fault::Refused) else {
        return;
    };
    assert_eq!(refused["status"], 2);
    assert_eq!(report(Fault::WrongNonce).unwrap()["nonce"], "4");
    assert_eq!(report(Fault::NoNonce).unwrap()["nonce"], json!(null));
    assert_eq!(report(Fault::WrongSubject).unwrap()["imprint_ok"], false);
    assert_eq!(report(Fault::BadSignature).unwrap()["ok"], false);
    for fault in [Fault::WrongSigner, Fault::ExpiredSigner] {
        let report = report(fault).unwrap();
        assert_ne!(
            report["signer"]["chain_problems"],
            json!([]),
            "{fault:?}: {report:#}"
        );
    }
    assert_eq!(
        report(Fault::ClockAhead).unwrap()["gen_time"],
        "2026-11-21T01:00:00+00:00"
    );
    assert_eq!(
        report(Fault::ClockBehind).unwrap()["gen_time"],
        "2026-11-20T23:00:00+00:00"
    );
}
