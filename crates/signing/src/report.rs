//! Judged verification: who signed, in which role, and whether signature, chain, validity, revocation and time stamps hold,
//! each with what it rests on.
//!
//! [`cms`](crate::cms::verify) and [`xml`](crate::xml::verify) say whether the mathematics holds; here the certificates are
//! judged as well, at the time when the signature was made as far as that is known.
//!
//! Source: ETSI EN 319 102-1 section 5, whose TOTAL-PASSED, INDETERMINATE and TOTAL-FAILED are the three verdicts.

mod archive;
mod checks;
mod judge;
mod zip;

pub use archive::{ArchiveError, FileReport, FileState};
pub use checks::{
    Basis, ChainCheck, ReferenceTime, RevocationCheck, SignatureCheck, SignatureProblem,
    TimestampCheck, ValidityCheck, Verdict,
};

use crate::{Error, Warning, cms, raw, xml};
use judge::Evidence;
use pki::chain::IssuerCache;
use pki::revocation::RevocationContext;
use pki::trust::TrustAnchors;
use pki::{Algorithm, Certificate, DigestAlgorithm, Fetch};

/// What a verification is made with.
#[derive(Clone, Copy, Debug)]
pub struct ReportContext<'a> {
    /// Whom to believe.
    pub anchors: &'a TrustAnchors,
    /// Now, in seconds since 1970 UTC.
    pub at: i64,
    /// The way to missing issuers' certificates; without it nothing is fetched.
    pub fetch: Option<&'a dyn Fetch>,
    /// Issuers' certificates that were fetched before.
    pub issuers: Option<&'a IssuerCache>,
    /// How to ask whether a certificate was revoked; without it nobody is asked and the verdict stays undetermined.
    pub revocation: Option<&'a RevocationContext<'a>>,
}

/// What came of a verification.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was verified.
    pub form: Form,
    /// The worst of all verdicts below; [`Verdict::Broken`] when there is no signature.
    pub verdict: Verdict,
    /// Each signature, in the order of the file.
    pub signatures: Vec<SignatureReport>,
    /// The files of an archive; empty for the other forms.
    pub files: Vec<FileReport>,
}

/// The form of what was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// CMS SignedData.
    Cms,
    /// An XML document with signatures inside.
    Xml,
    /// A ZIP archive with a manifest and a CMS over it, as KalkanCrypt makes it.
    Archive,
    /// The bytes of a signature alone.
    Raw,
}

/// One signature, judged.
#[derive(Clone, Debug)]
pub struct SignatureReport {
    /// The worst of the verdicts below.
    pub verdict: Verdict,
    /// The signer's certificate; owner and roles are in it.
    pub certificate: Option<Certificate>,
    /// The family of the key.
    pub algorithm: Option<Algorithm>,
    /// The digest that was signed.
    pub digest_algorithm: Option<DigestAlgorithm>,
    /// What it covers.
    pub covers: Vec<Coverage>,
    /// When it was made by the signer's own word, in seconds since 1970 UTC.
    pub claimed_time: Option<i64>,
    /// The time at which the certificate was judged.
    pub reference_time: ReferenceTime,
    /// Whether the signature is the key's over the content.
    pub signature: SignatureCheck,
    /// Whether the certificate leads to a trust anchor.
    pub chain: ChainCheck,
    /// Whether the certificate was valid when the signature was made.
    pub validity: ValidityCheck,
    /// Whether the certificate was revoked before the signature was made.
    pub revocation: RevocationCheck,
    /// Each time stamp on it.
    pub timestamps: Vec<TimestampCheck>,
    /// What a reader should know although the signature holds.
    pub warnings: Vec<Warning>,
}

/// What a signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coverage {
    /// The content inside the message.
    ContentInside,
    /// The content beside the message.
    ContentBeside,
    /// The whole document.
    WholeDocument,
    /// One element of the document, by its path, and nothing else.
    Element(String),
    /// The files that the archive's manifest lists.
    ListedFiles,
    /// Nothing that is here.
    Nothing,
}

/// What a detached CMS is verified over.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// Nothing: the content is in the message.
    Nothing,
    /// The content.
    Content(&'a [u8]),
    /// The content's digest by the signers' algorithm.
    Digest(&'a [u8]),
}

/// Judges a CMS (DER or BER): attached, detached or over a digest.
///
/// # Errors
/// [`Error::NotCms`] and [`Error::Cms`] when the bytes are not a SignedData.
pub fn of_cms(
    message: &[u8],
    given: Given<'_>,
    context: &ReportContext<'_>,
) -> Result<Report, Error> {
    let report = match given {
        Given::Nothing => cms::verify(message, None),
        Given::Content(content) => cms::verify(message, Some(content)),
        Given::Digest(digest) => cms::verify_digest(message, digest),
    }?;
    let covers = if report.content.is_some() {
        Coverage::ContentInside
    } else {
        Coverage::ContentBeside
    };
    Ok(Report::new(
        Form::Cms,
        signers(report, &covers, context),
        Vec::new(),
    ))
}

/// Judges every `ds:Signature` of an XML document, the last one first.
///
/// # Errors
/// As [`xml::verify`].
pub fn of_xml(document: &[u8], context: &ReportContext<'_>) -> Result<Report, Error> {
    let signatures = xml::verify(document)?.into_iter().map(|report| {
        let problems = report.problems.iter();
        let of_references = report
            .references
            .iter()
            .filter_map(|it| it.problem.as_ref());
        let problems = problems.chain(of_references).cloned();
        let method = report.method();
        judge::signature(
            Evidence {
                problems: problems.map(SignatureProblem::Xml).collect(),
                covers: report.references.iter().map(Coverage::of).collect(),
                algorithm: method.map(|(key, _)| key),
                digest_algorithm: method.map(|(_, digest)| digest),
                certificate: report.certificate,
                warnings: report.warnings,
                ..Evidence::default()
            },
            context,
        )
    });
    Ok(Report::new(Form::Xml, signatures.collect(), Vec::new()))
}

/// Judges a ZIP archive that KalkanCrypt signed: the signatures over its manifest, and every file against the manifest.
///
/// # Errors
/// [`Error::Archive`] when the bytes are not such an archive; [`Error::Cms`] when a signature file is no CMS.
///
/// Source: archives made by KalkanCrypt's ZipConSign: `META-INF/NCAManifest.xml` and a detached CMS beside it.
pub fn of_archive(bytes: &[u8], context: &ReportContext<'_>) -> Result<Report, Error> {
    archive::judge(bytes, context)
}

/// Judges a bare signature over `content`.
#[must_use]
pub fn of_raw(
    certificate: &Certificate,
    content: &[u8],
    signature: &[u8],
    context: &ReportContext<'_>,
) -> Report {
    let problem = raw::verify(certificate, content, signature).err();
    let algorithm = certificate.algorithm();
    let evidence = Evidence {
        problems: problem.map(SignatureProblem::Raw).into_iter().collect(),
        covers: vec![Coverage::ContentBeside],
        algorithm: Some(algorithm),
        digest_algorithm: Some(algorithm.digest()),
        certificate: Some(certificate.clone()),
        ..Evidence::default()
    };
    Report::new(
        Form::Raw,
        vec![judge::signature(evidence, context)],
        Vec::new(),
    )
}

fn signers(
    report: cms::CmsReport,
    covers: &Coverage,
    context: &ReportContext<'_>,
) -> Vec<SignatureReport> {
    let certificates = report.certificates;
    let signers = report.signers.into_iter();
    signers
        .map(|signer| {
            judge::signature(
                Evidence {
                    problems: signer
                        .problems
                        .into_iter()
                        .map(SignatureProblem::Cms)
                        .collect(),
                    covers: vec![covers.clone()],
                    algorithm: signer.algorithm,
                    digest_algorithm: signer.digest_algorithm,
                    certificate: signer.certificate,
                    certificates: certificates.clone(),
                    claimed_time: signer.signing_time,
                    signature: signer.signature,
                    tokens: signer.time_stamps,
                    warnings: signer.warnings,
                },
                context,
            )
        })
        .collect()
}

impl Report {
    fn new(form: Form, signatures: Vec<SignatureReport>, files: Vec<FileReport>) -> Self {
        let of_signatures = signatures.iter().map(|signature| signature.verdict);
        let of_files = files.iter().map(|file| file.state.verdict());
        let verdict = if signatures.is_empty() {
            Verdict::Broken
        } else {
            Verdict::worst(of_signatures.chain(of_files))
        };
        Self {
            form,
            verdict,
            signatures,
            files,
        }
    }
}

impl Coverage {
    fn of(reference: &xml::ReferenceReport) -> Self {
        match &reference.covers {
            Some(xml::Covered::WholeDocument) => Self::WholeDocument,
            Some(xml::Covered::Element { path }) => Self::Element(path.clone()),
            None => Self::Nothing,
        }
    }
}
