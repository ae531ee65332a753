//! Archives that KalkanCrypt signed: `META-INF/NCAManifest.xml` lists the files with their digests, a detached CMS signs it.

use super::checks::Verdict;
use super::zip::Archive;
use super::{Coverage, Form, Report, ReportContext, signers};
use crate::xml::{self, Document};
use crate::{Error, Warning, base64_text, cms};
use pki::DigestAlgorithm;
use roxmltree::Node;
use std::collections::BTreeSet;

const MANIFEST: &str = "META-INF/NCAManifest.xml";
/// Most bytes of the manifest.
const MAX_MANIFEST: u64 = 8 << 20;
/// Most bytes of one signature file.
const MAX_SIGNATURE: u64 = 4 << 20;
/// Most signature files that a manifest may name.
const MAX_SIGNATURES: usize = 16;

/// Why an archive cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The bytes are no ZIP.
    #[error("not a ZIP archive")]
    NotAZip,
    /// The bytes begin as a ZIP and then break its rules, or could be read in two ways.
    #[error("the archive is damaged: {0}")]
    Damaged(&'static str),
    /// A kind of ZIP that KalkanCrypt does not make.
    #[error("the archive has what is not read here: {0}")]
    Unsupported(&'static str),
    /// More files or more bytes than any honest archive has.
    #[error("the archive is too large when it is unpacked")]
    TooLarge,
    /// Nothing says what was signed.
    #[error("the archive has no META-INF/NCAManifest.xml: KalkanCrypt did not sign it")]
    NoManifest,
    /// The manifest is not what KalkanCrypt writes.
    #[error("the archive's manifest is damaged: {0}")]
    Manifest(&'static str),
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// Its name with the folders.
    pub name: String,
    /// What became of it.
    pub state: FileState,
}

/// What became of a file since the manifest was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileState {
    /// It is what was signed.
    Signed,
    /// It was changed.
    Changed,
    /// It was signed and is not here.
    Missing,
    /// It is here and was not signed.
    NotSigned,
    /// Its digest is by an algorithm that is not known here.
    UnknownDigest,
}

impl FileState {
    /// A file that nobody signed breaks the archive: who takes it for signed as a whole would be deceived.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Signed => Verdict::Holds,
            Self::UnknownDigest => Verdict::Undetermined,
            Self::Changed | Self::Missing | Self::NotSigned => Verdict::Broken,
        }
    }
}

pub(super) fn judge(bytes: &[u8], context: &ReportContext<'_>) -> Result<Report, Error> {
    let mut archive = Archive::read(bytes)?;
    let manifest = archive.find(MANIFEST).ok_or(ArchiveError::NoManifest)?;
    let manifest = archive.content(&manifest, MAX_MANIFEST)?;
    let listed = Manifest::read(&manifest)?;
    let mut signatures = Vec::new();
    let mut files = Vec::new();
    for name in &listed.signatures {
        let Some(file) = archive.find(name) else {
            files.push(FileReport {
                name: name.clone(),
                state: FileState::Missing,
            });
            continue;
        };
        let bytes = archive.content(&file, MAX_SIGNATURE)?;
        let report = cms::verify(&cms::from_text(&bytes)?, Some(&manifest))?;
        signatures.extend(signers(report, &Coverage::ListedFiles, context));
    }
    for data in &listed.files {
        files.push(FileReport {
            name: data.name.clone(),
            state: state(&mut archive, data)?,
        });
    }
    let known: BTreeSet<&str> = listed.names().chain([MANIFEST]).collect();
    let others = archive
        .files()
        .filter(|file| !known.contains(file.name.as_str()));
    files.extend(others.map(|file| FileReport {
        name: file.name.clone(),
        state: FileState::NotSigned,
    }));
    if let Some(warning) = listed.warning() {
        for signature in &mut signatures {
            if !signature.warnings.contains(&warning) {
                signature.warnings.push(warning);
            }
        }
    }
    Ok(Report::new(Form::Archive, signatures, files))
}

fn state(archive: &mut Archive<'_>, listed: &ListedFile) -> Result<FileState, ArchiveError> {
    let Some(file) = archive.find(&listed.name) else {
        return Ok(FileState::Missing);
    };
    let Some(algorithm) = listed.digest_algorithm else {
        return Ok(FileState::UnknownDigest);
    };
    let mut hasher = algorithm.hasher();
    archive.unpack(&file, |piece| hasher.update(piece))?;
    Ok(if hasher.finish() == listed.digest {
        FileState::Signed
    } else {
        FileState::Changed
    })
}

/// NCAManifest.
struct Manifest {
    signatures: Vec<String>,
    files: Vec<ListedFile>,
}

struct ListedFile {
    name: String,
    digest_algorithm: Option<DigestAlgorithm>,
    digest: Vec<u8>,
}

impl Manifest {
    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let document = Document::from_bytes(bytes)?;
        let tree = xml::tree(document.source())?;
        let root = tree.root_element();
        if !root.has_tag_name("NCAManifest") {
            return Err(ArchiveError::Manifest("no NCAManifest").into());
        }
        let mut manifest = Self {
            signatures: Vec::new(),
            files: Vec::new(),
        };
        for element in root.children().filter(Node::is_element) {
            let uri = element
                .attribute("URI")
                .ok_or(ArchiveError::Manifest("no URI"))?;
            match element.tag_name().name() {
                "SigReference" => manifest.signatures.push(uri.to_owned()),
                "DataObjectReference" => manifest.files.push(ListedFile::read(element, uri)?),
                _ => return Err(ArchiveError::Manifest("an unknown element").into()),
            }
        }
        if manifest.signatures.len() > MAX_SIGNATURES {
            return Err(ArchiveError::TooLarge.into());
        }
        let names = manifest.names().collect::<BTreeSet<_>>();
        if names.len() != manifest.signatures.len() + manifest.files.len() {
            return Err(ArchiveError::Manifest("it lists a file twice").into());
        }
        Ok(manifest)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(|file| file.name.as_str());
        self.signatures.iter().map(String::as_str).chain(files)
    }

    fn warning(&self) -> Option<Warning> {
        let mut algorithms = self.files.iter().filter_map(|file| file.digest_algorithm);
        algorithms.find_map(Warning::of_digest)
    }
}

impl ListedFile {
    fn read(element: Node<'_, '_>, uri: &str) -> Result<Self, ArchiveError> {
        let mut parts = element.children().filter(Node::is_element);
        let (Some(method), Some(value), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ArchiveError::Manifest("no DigestMethod and DigestValue"));
        };
        if !method.has_tag_name("DigestMethod") || !value.has_tag_name("DigestValue") {
            return Err(ArchiveError::Manifest("no DigestMethod and DigestValue"));
        }
        let digest = value
            .text()
            .filter(|_| value.children().count() == 1)
            .and_then(base64_text::decode)
            .ok_or(ArchiveError::Manifest("a DigestValue is damaged"))?;
        Ok(Self {
            name: uri.to_owned(),
            digest_algorithm: method.attribute("Algorithm").and_then(xml::digest_method),
            digest,
        })
    }
}
