//! What is asked for, as OpenSSL reads it, and what is done with an honest answer.

use crate::tsa::{NOW, Tsa, anchors, authority, parts};
use crate::{fixtures, keys};
use pki::{Algorithm, Fetch, FetchError, FetchRequest, Signer};
use signing::cms::{self, Content};
use signing::timestamp::{TimestampError, TimestampToken, timestamp};
use std::fs;
use std::io::Read;
use std::process::Command;
use std::sync::Mutex;

/// Keeps what is asked and gives no answer.
#[derive(Default)]
struct Recorder(Mutex<Vec<Vec<u8>>>);

impl Fetch for Recorder {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        let body = request.body.expect("a POST");
        self.0.lock().unwrap().push(body.bytes.to_vec());
        assert_eq!(request.max_bytes, 64 * 1024);
        Err(FetchError::CannotConnect)
    }
}

#[test]
fn openssl_reads_policy_nonce_and_certificate_request_of_every_family() {
    let folder = tempfile::tempdir().unwrap();
    let anchors = anchors();
    for (family, policy) in [
        (Algorithm::Gost2004, "1.2.398.3.3.2.6.1"),
        (Algorithm::Rsa, "1.2.398.3.3.2.6.2"),
        (Algorithm::Gost2015_512, "1.2.398.3.3.2.6.4"),
        (Algorithm::Gost2015_256, "1.2.398.3.3.2.6.4"),
    ] {
        let recorder = Recorder::default();
        let error = timestamp(family, b"signature", &authority(&recorder, &anchors, NOW));
        assert_eq!(error, Err(TimestampError::Fetch(FetchError::CannotConnect)));
        let requests = recorder.0.into_inner().unwrap();
        fs::write(folder.path().join("query"), &requests[0]).unwrap();
        let output = Command::new("openssl")
            .args(["ts", "-query", "-in", "query", "-text"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(&format!("Policy OID: {policy}")), "{text}");
        assert!(text.contains("Certificate required: yes"), "{text}");
        let nonce = text
            .split("Nonce: 0x")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap();
        assert_eq!(nonce.len(), 16, "{text}");
        if family == Algorithm::Rsa {
            assert!(text.contains("Hash Algorithm: sha256"), "{text}");
        }
    }
}

#[test]
fn no_two_requests_have_one_nonce() {
    let anchors = anchors();
    let recorder = Recorder::default();
    for _ in 0..8 {
        let _ = timestamp(Algorithm::Rsa, b"s", &authority(&recorder, &anchors, NOW));
    }
    let mut requests = recorder.0.into_inner().unwrap();
    requests.sort();
    requests.dedup();
    assert_eq!(requests.len(), 8);
}

#[test]
fn a_signature_is_made_and_stamped_in_one_go_and_the_independent_verifier_agrees() {
    let Some(oracle) = fixtures::folder("oracle") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("root.cer", crate::tsa::root().der());
    write("content", "құжат".as_bytes());
    let (tsa, anchors) = (Tsa::new(), anchors());
    for (name, key) in keys::gost() {
        let digest = key
            .certificate()
            .algorithm()
            .digest()
            .digest("құжат".as_bytes());
        for (content, more) in [
            (Content::Attached("құжат".as_bytes()), &[][..]),
            (
                Content::Detached("құжат".as_bytes()),
                &["--data", "content"],
            ),
            (Content::Digest(&digest), &["--data", "content"]),
        ] {
            let authority = tsa.authority(&anchors);
            let message = cms::sign_timestamped(&key, content, NOW - 1, &authority).unwrap();
            let report = cms::verify(&message, Some("құжат".as_bytes())).unwrap();
            assert!(report.holds(), "{name}");
            let [token] = report.signers[0].time_stamps.as_slice() else {
                panic!("{name}: not one stamp")
            };
            let token = TimestampToken::read(token).unwrap();
            assert_eq!(token.time(), NOW);
            token.check_imprint(&report.signers[0].signature).unwrap();
            write("message", &message);
            write("signature", &report.signers[0].signature);
            write("token", token.der());
            let python = |arguments: &[&str]| {
                let output = Command::new("python3")
                    .arg(oracle.join("kz_verify.py"))
                    .args(arguments)
                    .args(["--pool", "root.cer"])
                    .current_dir(folder.path())
                    .output()
                    .unwrap();
                let told = String::from_utf8_lossy(&output.stdout).into_owned();
                assert!(output.status.success(), "{name}: {told}");
                told
            };
            python(&[&["cms", "message"], more].concat());
            let told = python(&["tsp", "token", "--sig", "signature"]);
            assert!(told.contains("\"imprint_ok\": true"), "{told}");
        }
    }
}

#[test]
fn only_signatures_without_a_stamp_get_one_and_all_else_stays() {
    let (tsa, anchors) = (Tsa::new(), anchors());
    for (name, key) in keys::gost() {
        let plain = cms::sign_attached(&key, b"content", NOW).unwrap();
        let mut stamped = plain.clone();
        cms::add_timestamps(&mut stamped, &tsa.authority(&anchors)).unwrap();
        let (before, after) = (
            cms::verify(&plain, None).unwrap(),
            cms::verify(&stamped, None).unwrap(),
        );
        assert!(after.holds(), "{name}");
        assert_eq!(before.content, after.content);
        assert_eq!(before.signers[0].signature, after.signers[0].signature);
        // Every element is where it was, byte for byte; behind the SignerInfo's stand the unsigned attributes.
        let (plain_fields, stamped_fields) = (signed_data(&plain), signed_data(&stamped));
        let (plain_signers, same) = plain_fields.split_last().unwrap();
        let (stamped_signers, also_same) = stamped_fields.split_last().unwrap();
        assert_eq!(same, also_same, "{name}");
        let of = |signers: &[u8]| parts(&parts(&parts(signers)[0].1)[0].1);
        let (plain_signer, stamped_signer) = (of(plain_signers), of(stamped_signers));
        let (unsigned, rest) = stamped_signer.split_last().unwrap();
        assert_eq!(
            (rest, unsigned.0),
            (plain_signer.as_slice(), 0xA1),
            "{name}"
        );
        // Stamping again changes nothing, and asks nobody.
        let recorder = Recorder::default();
        let mut again = stamped.clone();
        cms::add_timestamps(&mut again, &authority(&recorder, &anchors, NOW)).unwrap();
        assert_eq!(again, stamped, "{name}");
        assert!(recorder.0.into_inner().unwrap().is_empty());
    }
}

#[test]
fn a_signature_that_was_added_is_stamped_and_the_earlier_ones_stay() {
    let (tsa, anchors) = (Tsa::new(), anchors());
    for (name, key) in keys::gost() {
        let first = cms::sign_attached(&key, b"content", NOW).unwrap();
        let message = cms::SignedMessage::read(first.clone().into()).unwrap();
        let both = cms::add_signature(&key, &message, NOW + 1).unwrap();
        let mut stamped = both.into_vec();
        cms::add_last_timestamp(&mut stamped, &tsa.authority(&anchors)).unwrap();
        let report = cms::verify(&stamped, None).unwrap();
        assert!(report.holds(), "{name}");
        let stamps = report.signers.iter().map(|it| it.time_stamps.len());
        assert_eq!(stamps.collect::<Vec<_>>(), [0, 1], "{name}");
        let signers = |message: &[u8]| parts(&parts(signed_data(message).last().unwrap())[0].1);
        assert_eq!(signers(&stamped)[0], signers(&first)[0], "{name}");
    }
}

/// The fields of the SignedData, as they are encoded.
fn signed_data(message: &[u8]) -> Vec<Vec<u8>> {
    let content_info = parts(&parts(message)[0].1);
    let fields = parts(&parts(&content_info[1].1)[0].1);
    fields.into_iter().map(|(_, _, encoded)| encoded).collect()
}

#[test]
fn messages_of_others_are_stamped_byte_for_byte_too() {
    let Some(folder) = fixtures::folder("fixtures") else {
        return;
    };
    let (tsa, anchors) = (Tsa::new(), anchors());
    for (name, content) in [
        (
            "skarm/zip/zip_signed_files/META-INF/signature-7ad1db5cc2.cms",
            Some("skarm/zip/zip_signed_files/META-INF/NCAManifest.xml"),
        ),
        (
            "ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cms",
            None,
        ),
    ] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let mut message = cms::from_text(&bytes).unwrap().into_owned();
        let content = content.map(|content| fs::read(folder.join(content)).unwrap());
        cms::add_timestamps(&mut message, &tsa.authority(&anchors)).unwrap();
        let report = cms::verify(&message, content.as_deref()).unwrap();
        assert!(report.holds(), "{name}");
        assert_eq!(report.signers[0].time_stamps.len(), 1);
    }
}

/// A token is some kilobytes long: it takes these lengths over 2^8, 2^16 and 2^24 bytes, where they need another one.
#[test]
fn contents_of_all_sizes_stay_where_the_lengths_before_them_grow() {
    let (tsa, anchors) = (Tsa::new(), anchors());
    let Some((_, key)) = keys::gost().into_iter().next() else {
        return;
    };
    for size in [0, 1, 62_000, 63_500, 65_536, (1 << 24) - 2_500] {
        let content: Vec<u8> = (0..size).map(|at: u32| at as u8).collect();
        let plain = cms::sign_attached(&key, &content, NOW).unwrap();
        let mut stamped = plain.clone();
        cms::add_timestamps(&mut stamped, &tsa.authority(&anchors)).unwrap();
        let report = cms::verify(&stamped, None).unwrap();
        assert!(report.holds(), "{size}");
        assert_eq!(report.content.as_ref(), Some(&content), "{size}");
        assert_eq!(report.signers[0].time_stamps.len(), 1, "{size}");
        let (before, after) = (signed_data(&plain), signed_data(&stamped));
        assert_eq!(before.len(), after.len());
        assert_eq!(before[..before.len() - 1], after[..after.len() - 1]);
    }
}

/// BER of indefinite lengths: the marks of their ends go with them.
#[test]
fn a_message_without_lengths_gets_them() {
    let (tsa, anchors) = (Tsa::new(), anchors());
    let Some((_, key)) = keys::gost().into_iter().next() else {
        return;
    };
    let plain = cms::sign_attached(&key, b"content", NOW).unwrap();
    let content_type = &parts(&parts(&plain)[0].1)[0].2;
    let fields = signed_data(&plain).concat();
    let mut stamped = [b"\x30\x80", &content_type[..], b"\xa0\x80\x30\x80", &fields].concat();
    stamped.extend([0; 6]);
    let mut of_plain = plain;
    for message in [&mut stamped, &mut of_plain] {
        cms::add_timestamps(message, &tsa.authority(&anchors)).unwrap();
        assert!(cms::verify(message, None).unwrap().holds());
    }
    assert_eq!(stamped.len(), of_plain.len());
    assert_eq!(stamped[..20], of_plain[..20]);
}

#[test]
fn without_a_time_stamp_the_message_is_as_it_was() {
    let anchors = anchors();
    let Some((_, key)) = keys::gost().into_iter().next() else {
        return;
    };
    let plain = cms::sign_attached(&key, b"content", NOW).unwrap();
    let mut message = plain.clone();
    let silent = Recorder::default();
    let refused = cms::add_timestamps(&mut message, &authority(&silent, &anchors, NOW));
    assert!(refused.is_err());
    assert_eq!(message, plain);
}

#[test]
fn nothing_but_a_signed_message_is_stamped() {
    let (tsa, anchors) = (Tsa::new(), anchors());
    for bytes in [&b""[..], b"text", b"\x30\x03\x02\x01\x01"] {
        assert!(matches!(
            cms::add_timestamps(&mut bytes.to_vec(), &tsa.authority(&anchors)),
            Err(TimestampError::Signature(_))
        ));
    }
}
