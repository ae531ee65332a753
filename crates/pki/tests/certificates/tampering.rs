use pki::{Certificate, PublicKey};

use crate::fixtures;

/// One certificate of every family.
fn samples() -> Vec<Certificate> {
    [
        "028343d1ee0ad94f42789fc6a236572bf290147f",
        "79fe0d0b9ac224ab49ed7e5802f5378feeebff1a",
        "f138f84f105359d7dbb7bce9b69246328efa5f46",
        "8f53657752bb77db36e60908e5633d5bc2b2e506",
    ]
    .map(fixtures::demo_certificate)
    .to_vec()
}

fn ask_everything(certificate: &Certificate) {
    let _ = (
        certificate.owner(),
        certificate.roles(),
        certificate.purpose(),
        certificate.key_usage(),
    );
    let _ = (
        certificate.subject().to_ncalayer_string(),
        certificate.issuer().to_ncalayer_string(),
    );
    let _ = (
        certificate.serial_hex(),
        certificate.to_pem(),
        certificate.fingerprint_sha256(),
    );
}

#[test]
fn a_certificate_with_one_changed_bit_is_refused() {
    let authorities = ["tanba_demo_gost", "tanba_demo_rsa"].map(fixtures::demo_authority);
    for sample in samples() {
        let issuer = authorities
            .iter()
            .find(|one| sample.verify_issued_by(one).is_ok())
            .unwrap();
        for index in (0..sample.der().len()).step_by(3) {
            let mut der = sample.der().to_vec();
            der[index] ^= 1 << (index % 8);
            if let Ok(changed) = Certificate::from_der(&der) {
                assert!(
                    changed.verify_issued_by(issuer).is_err(),
                    "byte {index} of {sample:?}"
                );
            }
        }
    }
}

#[test]
fn a_certificate_cut_short_or_run_on_is_refused() {
    for sample in samples() {
        for length in 0..sample.der().len() {
            assert!(
                Certificate::from_der(&sample.der()[..length]).is_err(),
                "{length} bytes of {sample:?}"
            );
        }
        let longer = [sample.der(), &[0]].concat();
        assert!(Certificate::from_der(&longer).is_err(), "{sample:?}");
    }
}

#[test]
fn ten_thousand_random_changes_end_in_an_error_or_a_certificate() {
    let mut random = Random(0x5eed);
    let samples = samples();
    for round in 0..10_000 {
        let mut der = samples[round % samples.len()].der().to_vec();
        for _ in 0..=random.below(4) {
            let index = random.below(der.len());
            der[index] = random.next() as u8;
        }
        if let Ok(certificate) = Certificate::from_der(&der) {
            ask_everything(&certificate);
        }
    }
}

#[test]
fn ten_thousand_random_changes_of_a_key_end_in_an_error_or_a_key() {
    let mut random = Random(0xcafe);
    let samples = samples();
    for round in 0..10_000 {
        let mut der = samples[round % samples.len()]
            .public_key()
            .spki_der()
            .to_vec();
        // The head of the structure is where the reader decides; the rest is a number.
        let index = random.below(48);
        der[index] = random.next() as u8;
        let _ = PublicKey::from_spki_der(&der);
    }
}

#[test]
fn dates_that_are_none_are_refused() {
    let sample = samples().remove(0);
    let position = sample
        .der()
        .windows(13)
        .position(|bytes| bytes == b"260101000000Z")
        .unwrap();
    for date in [
        b"269901000000Z",
        b"260132000000Z",
        b"260230000000Z",
        b"260101250000Z",
        b"26010100000xZ",
        b"2601010000+05",
    ] {
        let mut der = sample.der().to_vec();
        der[position..position + 13].copy_from_slice(date);
        let error = Certificate::from_der(&der).unwrap_err();
        assert_eq!(
            error.to_string(),
            "TBSCertificate is not valid: a date of the validity is not a date"
        );
    }
}

/// SplitMix64: the same changes in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
