//! Archives: those of KalkanCrypt, changed ones, and ones made to deceive or to fill the memory.

use crate::openssl_key::OpensslKey;
use crate::tsa::{parts, sequence, tlv};
use crate::{fixtures, keys};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::Crc;
use flate2::write::DeflateEncoder;
use pki::DigestAlgorithm;
use pki::trust::TrustAnchors;
use signing::report::{
    self, ArchiveError, FileState, Form, Report, ReportContext, SignatureProblem, Verdict,
};
use signing::{Error, cms};
use std::fs;
use std::io::Write;

const NOW: i64 = 1_795_305_600;

fn judge(bytes: &[u8]) -> Result<Report, Error> {
    let anchors = TrustAnchors::national().with_test_ca();
    report::of_archive(
        bytes,
        &ReportContext {
            anchors: &anchors,
            at: NOW,
            fetch: None,
            issuers: None,
            revocation: None,
        },
    )
}

#[test]
fn archives_of_kalkancrypt_hold_file_by_file() {
    let Some(folder) = fixtures::folder("fixtures/skarm/zip") else {
        return;
    };
    for name in ["zip_signed_files.zip", "zip_signed_folder.zip"] {
        let report = judge(&fs::read(folder.join(name)).unwrap()).unwrap();
        assert_eq!(report.form, Form::Archive);
        assert_eq!(report.signatures.len(), 1, "{name}");
        let signature = &report.signatures[0];
        assert_eq!(signature.signature.problems, [], "{name}");
        assert_eq!(signature.chain.verdict(), Verdict::Holds, "{name}");
        assert_eq!(report.files.len(), 4, "{name}");
        for file in &report.files {
            assert_eq!(file.state, FileState::Signed, "{name}: {}", file.name);
        }
    }
}

#[test]
fn no_changed_or_cut_archive_of_kalkancrypt_passes() {
    let Some(folder) = fixtures::folder("fixtures/skarm/zip") else {
        return;
    };
    let sound = fs::read(folder.join("zip_signed_files.zip")).unwrap();
    let all_signed = |report: &Report| {
        report
            .files
            .iter()
            .all(|file| file.state == FileState::Signed)
            && report
                .signatures
                .iter()
                .all(|it| it.signature.verdict() == Verdict::Holds)
            && report.files.len() == 4
    };
    for position in (0..sound.len()).step_by(2011) {
        assert!(judge(&sound[..position]).is_err(), "cut at {position}");
        let mut changed = sound.clone();
        changed[position] ^= 1;
        if let Ok(report) = judge(&changed) {
            // Times, versions and attributes of files are nobody's business.
            let inside = position < 174_500;
            assert!(!inside || !all_signed(&report), "byte {position}");
        }
    }
}

/// A file of an archive that a test makes.
struct Member {
    name: &'static str,
    content: Vec<u8>,
}

fn member(name: &'static str, content: impl Into<Vec<u8>>) -> Member {
    Member {
        name,
        content: content.into(),
    }
}

/// A ZIP of stored files; `local` may say otherwise in the first file's local header.
fn zip(members: &[Member], local_name: Option<&str>) -> Vec<u8> {
    let (mut output, mut directory) = (Vec::new(), Vec::new());
    for (index, member) in members.iter().enumerate() {
        let mut crc = Crc::new();
        crc.update(&member.content);
        let size = member.content.len() as u32;
        let head = |name: &str| {
            let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            head.extend(crc.sum().to_le_bytes());
            head.extend(size.to_le_bytes());
            head.extend(size.to_le_bytes());
            head.extend((name.len() as u16).to_le_bytes());
            head.extend([0, 0]);
            head
        };
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(head(member.name));
        directory.extend([0; 10]);
        directory.extend((output.len() as u32).to_le_bytes());
        directory.extend(member.name.as_bytes());
        let local = local_name.filter(|_| index == 0).unwrap_or(member.name);
        output.extend(b"PK\x03\x04");
        output.extend(head(local));
        output.extend(local.as_bytes());
        output.extend(&member.content);
    }
    end(&mut output, &directory, members.len());
    output
}

fn end(output: &mut Vec<u8>, directory: &[u8], count: usize) {
    let start = output.len() as u32;
    output.extend(directory);
    output.extend(b"PK\x05\x06\0\0\0\0");
    output.extend((count as u16).to_le_bytes());
    output.extend((count as u16).to_le_bytes());
    output.extend((directory.len() as u32).to_le_bytes());
    output.extend(start.to_le_bytes());
    output.extend([0, 0]);
}

fn manifest(files: &[(&str, &[u8])]) -> Vec<u8> {
    let files: String = files
        .iter()
        .map(|(name, content)| {
            let digest = STANDARD.encode(DigestAlgorithm::Sha256.digest(content));
            format!(
                "<DataObjectReference URI=\"{name}\"><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
                 <DigestValue>{digest}</DigestValue></DataObjectReference>"
            )
        })
        .collect();
    format!("<NCAManifest><SigReference URI=\"META-INF/s.cms\"/>{files}</NCAManifest>").into()
}

const MANIFEST: &str = "META-INF/NCAManifest.xml";

#[test]
fn a_broken_co_signature_does_not_hide_the_good_one() {
    let keys = keys::gost();
    let Some((_, gost)) = keys.iter().find(|(name, _)| *name == "gost2004") else {
        return;
    };
    let rsa = OpensslKey::generate();
    let manifest = manifest(&[("letter.txt", b"letter")]);
    let mut broken = cms::sign_detached(gost, &manifest, NOW).unwrap();
    *broken.last_mut().unwrap() ^= 1;
    let good = cms::sign_detached(&rsa, &manifest, NOW).unwrap();
    let archive = zip(
        &[
            member("letter.txt", "letter"),
            member(MANIFEST, manifest),
            member("META-INF/s.cms", merged(&broken, &good)),
        ],
        None,
    );
    let report = judge(&archive).unwrap();
    assert_eq!(report.verdict, Verdict::Broken);
    let problems: Vec<_> = report
        .signatures
        .iter()
        .map(|it| it.signature.problems.as_slice())
        .collect();
    let bad = [SignatureProblem::Cms(cms::Problem::BadSignature)];
    assert_eq!(problems, [&bad[..], &[]]);
}

#[test]
fn changed_missing_and_added_files_are_named() {
    let rsa = OpensslKey::generate();
    let manifest = manifest(&[("a", b"a"), ("b", b"b"), ("c", b"c")]);
    let signature = cms::sign_detached(&rsa, &manifest, NOW).unwrap();
    let archive = zip(
        &[
            member("a", "a"),
            member("b", "changed"),
            member("d", "added"),
            member(MANIFEST, manifest),
            member("META-INF/s.cms", signature),
        ],
        None,
    );
    let report = judge(&archive).unwrap();
    let states: Vec<_> = report
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.state))
        .collect();
    assert_eq!(
        states,
        [
            ("a", FileState::Signed),
            ("b", FileState::Changed),
            ("c", FileState::Missing),
            ("d", FileState::NotSigned),
        ]
    );
    assert_eq!(report.verdict, Verdict::Broken);
    assert_eq!(report.signatures[0].signature.problems, []);
}

#[test]
fn an_archive_that_can_be_read_in_two_ways_is_refused() {
    let two = |a, b| zip(&[member(a, "1"), member(b, "2")], None);
    for archive in [
        two("same", "same"),
        zip(&[member("one", "1"), member("two", "2")], Some("six")),
        [two("a", "b"), vec![0]].concat(),
        // A second archive behind the first one.
        [two("a", "b"), two("c", "d")].concat(),
    ] {
        assert!(matches!(
            judge(&archive),
            Err(Error::Archive(ArchiveError::Damaged(_)))
        ));
    }
    assert!(matches!(
        judge(&two("a", "b")),
        Err(Error::Archive(ArchiveError::NoManifest))
    ));
    assert!(matches!(
        judge(b"not an archive"),
        Err(Error::Archive(ArchiveError::NotAZip))
    ));
}

#[test]
fn a_bomb_is_noticed_before_it_fills_anything() {
    // A mebibyte of zeros, packed so that it can be repeated, and an end.
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&vec![0; 1 << 20]).unwrap();
    encoder.flush().unwrap();
    let block = encoder.get_ref().clone();
    let packed = [block.repeat(600), vec![3, 0]].concat();
    // An honest header says that it is too much; one that lies is found out after so much as it admits.
    let honest = judge(&bomb(&packed, 600 << 20));
    assert!(
        matches!(honest, Err(Error::Archive(ArchiveError::TooLarge))),
        "{honest:?}"
    );
    let lying = judge(&bomb(&packed, 1000));
    assert!(
        matches!(lying, Err(Error::Archive(ArchiveError::Damaged(_)))),
        "{lying:?}"
    );
}

/// An archive with a manifest and one deflated file that says to have `size` bytes.
fn bomb(packed: &[u8], size: u32) -> Vec<u8> {
    let manifest = String::from_utf8(manifest(&[("bomb", b"")])).unwrap();
    let mut crc = Crc::new();
    crc.update(manifest.as_bytes());
    let length = manifest.len() as u32;
    let (mut output, mut directory) = (Vec::new(), Vec::new());
    for (name, content, method, size, crc) in [
        ("bomb", packed, 8_u8, size, 0),
        (MANIFEST, manifest.as_bytes(), 0, length, crc.sum()),
    ] {
        let mut head = vec![20, 0, 0, 0, method, 0, 0, 0, 0, 0];
        head.extend(crc.to_le_bytes());
        head.extend((content.len() as u32).to_le_bytes());
        head.extend(size.to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend((output.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        output.extend(b"PK\x03\x04");
        output.extend(head);
        output.extend(name.as_bytes());
        output.extend(content);
    }
    end(&mut output, &directory, 2);
    output
}

/// One message with the certificates and the signatures of two.
pub(crate) fn merged(one: &[u8], other: &[u8]) -> Vec<u8> {
    let (a, b) = (signed_data(one), signed_data(other));
    rebuilt(
        &a,
        &[a[1].1.as_slice(), &b[1].1].concat(),
        &[a[3].1.as_slice(), &b[3].1].concat(),
        &[a[4].1.as_slice(), &b[4].1].concat(),
    )
}

/// A message with one more SignerInfo.
pub(crate) fn with_signer_info(message: &[u8], signer_info: &[u8]) -> Vec<u8> {
    let a = signed_data(message);
    rebuilt(
        &a,
        &a[1].1,
        &a[3].1,
        &[a[4].1.as_slice(), signer_info].concat(),
    )
}

type Fields = Vec<(u8, Vec<u8>, Vec<u8>)>;

/// version, digestAlgorithms, encapContentInfo, certificates, signerInfos.
fn signed_data(message: &[u8]) -> Fields {
    let content_info = parts(&parts(message)[0].1);
    let fields = parts(&parts(&content_info[1].1)[0].1);
    assert_eq!(fields.len(), 5);
    fields
}

fn rebuilt(like: &Fields, digests: &[u8], certificates: &[u8], signers: &[u8]) -> Vec<u8> {
    let signed_data = sequence(&[
        &like[0].2,
        &tlv(0x31, &[digests]),
        &like[2].2,
        &tlv(0xA0, &[certificates]),
        &tlv(0x31, &[signers]),
    ]);
    sequence(&[
        &crate::tsa::oid("1.2.840.113549.1.7.2"),
        &tlv(0xA0, &[&signed_data]),
    ])
}
