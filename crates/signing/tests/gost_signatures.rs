//! GOST signatures: made here, verified here and by what is not ours.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;

use pki::Signer;
use signing::xml::{Document, Layout};
use signing::{Digested, cms, raw, xml};

const TIME: i64 = 1_795_000_000;

#[test]
fn an_attached_cms_holds_and_carries_its_content() {
    for (name, key) in keys::gost() {
        let message = cms::sign_attached(&key, "мазмұны".as_bytes(), TIME).unwrap();
        let report = cms::verify(&message, None).unwrap();
        assert!(report.holds(), "{name}: {report:?}");
        assert_eq!(report.content.as_deref(), Some("мазмұны".as_bytes()));
        let signer = &report.signers[0];
        assert_eq!(signer.certificate.as_ref(), Some(key.certificate()));
        assert_eq!(signer.signing_time, Some(TIME));
        assert!(signer.names_certificate);
    }
}

/// The SHA-256 that was made before is not what these keys sign.
#[test]
fn a_document_with_its_sha256_is_signed_by_the_digest_of_the_key() {
    let document = Digested::new(b"content".as_slice().into());
    for (name, key) in keys::gost() {
        let attached = cms::sign_attached_digested(&key, &document, TIME).unwrap();
        // A large one is in memory once.
        let shared = attached.pieces().iter();
        let shared = shared.filter(|piece| piece.as_ptr() == document.content().as_ptr());
        assert_eq!(shared.count(), 1, "{name}");
        assert_eq!(attached.size(), attached.pieces().concat().len());
        let report = cms::verify(&attached.into_vec(), None).unwrap();
        assert!(report.holds(), "{name}: {report:?}");
        assert_eq!(report.content.as_deref(), Some(b"content".as_slice()));
        let detached = cms::sign_detached_digested(&key, &document, TIME).unwrap();
        assert!(cms::verify(&detached, Some(b"content")).unwrap().holds());
        let raw = raw::sign_digested(&key, &document).unwrap();
        raw::verify(key.certificate(), b"content", &raw).unwrap();
    }
}

#[test]
fn a_detached_cms_needs_its_content_or_its_digest() {
    for (_, key) in keys::gost() {
        let digest = key.certificate().algorithm().digest();
        for message in [
            cms::sign_detached(&key, b"content", TIME).unwrap(),
            cms::sign_digest(&key, &digest.digest(b"content"), TIME).unwrap(),
        ] {
            assert!(cms::verify(&message, Some(b"content")).unwrap().holds());
            assert!(
                cms::verify_digest(&message, &digest.digest(b"content"))
                    .unwrap()
                    .holds()
            );
            assert_eq!(
                cms::verify(&message, None).unwrap().signers[0].problems,
                [cms::Problem::NoContent]
            );
            let other = cms::verify(&message, Some(b"other")).unwrap();
            assert_eq!(other.signers[0].problems, [cms::Problem::DigestMismatch]);
        }
    }
}

#[test]
fn an_enveloped_signature_holds_in_both_layouts() {
    for (name, key) in keys::gost() {
        for layout in [Layout::LineBreaks, Layout::Compact] {
            let document =
                Document::parse("<a xml:lang='kk' xmlns='urn:x'><!-- c --><b/>т</a>").unwrap();
            let signed = xml::sign_enveloped(&key, &document, layout).unwrap();
            let reports = xml::verify(signed.as_bytes()).unwrap();
            assert_eq!(reports.len(), 1);
            assert!(
                reports[0].holds() && reports[0].covers_whole_document(),
                "{name}: {reports:?}"
            );
            assert_eq!(reports[0].references[0].canonical, document.canonical());
        }
    }
}

#[test]
fn a_digest_of_the_wrong_length_is_refused() {
    for (name, key) in keys::gost() {
        let expected = key.certificate().algorithm().digest().output_len();
        for actual in [0, 3, expected - 1, expected + 4] {
            let refused = Err(signing::Error::DigestLength { expected, actual });
            assert_eq!(
                cms::sign_digest(&key, &vec![0; actual], TIME),
                refused,
                "{name}"
            );
            assert_eq!(raw::sign_digest(&key, &vec![0; actual]), refused, "{name}");
        }
        let digest = key.certificate().algorithm().digest().digest(b"data");
        raw::verify(
            key.certificate(),
            b"data",
            &raw::sign_digest(&key, &digest).unwrap(),
        )
        .unwrap();
    }
}

/// A key that signs something else than it is asked to, as a faulty token might.
struct Faulty(keys::GostKey);

impl Signer for Faulty {
    fn certificate(&self) -> &pki::Certificate {
        self.0.certificate()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, pki::SignerError> {
        let other: Vec<u8> = digest.iter().map(|byte| !byte).collect();
        self.0.sign_digest(&other)
    }
}

#[test]
fn a_signature_that_does_not_fit_its_certificate_is_not_given_out() {
    for (_, key) in keys::gost() {
        let key = Faulty(key);
        let document = Document::parse("<a/>").unwrap();
        assert_eq!(
            cms::sign_attached(&key, b"", TIME),
            Err(signing::Error::WrongSignature)
        );
        assert_eq!(
            xml::sign_enveloped(&key, &document, Layout::Compact),
            Err(signing::Error::WrongSignature)
        );
        assert_eq!(raw::sign(&key, b""), Err(signing::Error::WrongSignature));
    }
}

#[test]
fn a_raw_signature_holds_over_its_data_alone() {
    for (_, key) in keys::gost() {
        let signature = raw::sign(&key, b"data").unwrap();
        raw::verify(key.certificate(), b"data", &signature).unwrap();
        assert_eq!(
            raw::verify(key.certificate(), b"Data", &signature),
            Err(pki::Error::BadSignature)
        );
    }
}
