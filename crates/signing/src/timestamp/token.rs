//! TimeStampToken: a CMS over TSTInfo. Source: RFC 3161 section 2.4.2.

use super::TokenError;
use crate::asn1::{
    BOOLEAN, CONTEXT_0, CONTEXT_1, Element, GENERALIZED_TIME, INTEGER, OCTET_STRING, Reader,
    SEQUENCE,
};
use crate::cms::{self, oid, signer_info};
use crate::{Error, Warning};
use der::Decode;
use der::asn1::GeneralizedTime;
use pki::chain::{Chain, ChainContext, IssuerCache, build_chain};
use pki::trust::TrustAnchors;
use pki::{Certificate, DigestAlgorithm, Fetch, KeyUsage, ObjectIdentifier};

/// A time stamp whose signature holds, by a certificate that may make time stamps. What it covers and whether the
/// certificate is trusted is asked for apart.
#[derive(Clone, Debug, PartialEq)]
pub struct TimestampToken {
    der: Vec<u8>,
    info: Info,
    certificate: Certificate,
    certificates: Vec<Certificate>,
    warnings: Vec<Warning>,
}

impl TimestampToken {
    /// Reads a TimeStampToken (DER or BER of a ContentInfo) and checks its signature and that its certificate may make it.
    ///
    /// # Errors
    /// Those of [`TokenError`] but [`TokenError::OtherImprint`] and [`TokenError::Chain`].
    ///
    /// Source: RFC 3161 sections 2.3 and 2.4.2, RFC 5816; signingCertificate with SHA-1 is what the national authority writes.
    pub fn read(der: &[u8]) -> Result<Self, TokenError> {
        let report = cms::verify(der, None).map_err(not_a_token)?;
        if report.content_type != oid::TST_INFO {
            return Err(TokenError::NotAToken("its content is no TSTInfo"));
        }
        let [signer] = report.signers.as_slice() else {
            return Err(TokenError::NotAToken("it has not one signature"));
        };
        if let Some(problem) = signer.problems.first() {
            return Err(TokenError::Signature(problem.clone()));
        }
        if !signer.names_certificate {
            return Err(TokenError::UnnamedCertificate);
        }
        let certificate = signer
            .certificate
            .clone()
            .filter(may_make_time_stamps)
            .ok_or(TokenError::NotForTimestamps)?;
        let content = report.content.unwrap_or_default();
        let info = Info::read(&content).map_err(not_a_token)??;
        let mut warnings = signer.warnings.clone();
        let of_imprint = Warning::of_digest(info.digest_algorithm);
        warnings.extend(of_imprint.filter(|warning| !signer.warnings.contains(warning)));
        Ok(Self {
            der: der.to_vec(),
            info,
            certificate,
            warnings,
            certificates: report.certificates,
        })
    }

    /// The token as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// genTime: when the stamp was made, in seconds since 1970 UTC.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.info.time
    }

    /// The policy that it was made under.
    #[must_use]
    pub fn policy(&self) -> ObjectIdentifier {
        self.info.policy
    }

    /// The number that the authority gave it: content bytes of the INTEGER.
    #[must_use]
    pub fn serial_number(&self) -> &[u8] {
        &self.info.serial_number
    }

    /// The digest of the imprint.
    #[must_use]
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        self.info.digest_algorithm
    }

    /// The digest of what is stamped.
    #[must_use]
    pub fn imprint(&self) -> &[u8] {
        &self.info.imprint
    }

    /// The nonce: content bytes of the INTEGER, which may be negative; `None` when there is none.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.info.nonce.as_deref()
    }

    /// The authority's certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What a reader should know although the stamp holds.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Checks that the stamp is over `signature` (the octets in a SignerInfo).
    ///
    /// # Errors
    /// [`TokenError::OtherImprint`] when it is over something else.
    pub fn check_imprint(&self, signature: &[u8]) -> Result<(), TokenError> {
        if self.info.digest_algorithm.digest(signature) == self.info.imprint {
            Ok(())
        } else {
            Err(TokenError::OtherImprint)
        }
    }

    /// The chain from the authority's certificate to one of `anchors`, valid when the stamp was made.
    ///
    /// # Errors
    /// [`TokenError::Chain`] when there is none.
    pub fn chain(
        &self,
        anchors: &TrustAnchors,
        fetch: Option<&dyn Fetch>,
        cache: Option<&IssuerCache>,
    ) -> Result<Chain, TokenError> {
        let context = ChainContext {
            anchors,
            candidates: &self.certificates,
            at: self.time(),
            fetch,
            cache,
        };
        Ok(build_chain(&self.certificate, &context)?)
    }
}

/// extKeyUsage is critical and has timeStamping and nothing else. Source: RFC 3161 section 2.3.
fn may_make_time_stamps(certificate: &Certificate) -> bool {
    let usage = certificate.key_usage();
    certificate
        .extension(pki::oid::EXT_KEY_USAGE)
        .is_some_and(|extension| extension.critical)
        && certificate.extended_key_usage() == [pki::oid::TIME_STAMPING]
        && usage.is_none_or(|it: KeyUsage| it.digital_signature() || it.non_repudiation())
}

fn not_a_token(error: Error) -> TokenError {
    TokenError::NotAToken(match error {
        Error::Cms(reason) => reason,
        _ => "not a CMS SignedData",
    })
}

/// TSTInfo, what the authority says.
#[derive(Clone, Debug, PartialEq)]
struct Info {
    policy: ObjectIdentifier,
    digest_algorithm: DigestAlgorithm,
    imprint: Vec<u8>,
    serial_number: Vec<u8>,
    time: i64,
    nonce: Option<Vec<u8>>,
}

impl Info {
    fn read(content: &[u8]) -> Result<Result<Self, TokenError>, Error> {
        let mut outer = Reader::new(content);
        let mut fields = outer.expect(SEQUENCE, "no TSTInfo")?.children();
        outer.end("bytes behind the TSTInfo")?;
        if fields.expect(INTEGER, "no version")?.content != [1] {
            return Err(Error::Cms("an unknown version"));
        }
        let policy = fields.required("no policy")?.oid()?;
        let mut imprint = fields.expect(SEQUENCE, "no messageImprint")?.children();
        let digest = signer_info::algorithm(imprint.expect(SEQUENCE, "no hashAlgorithm")?)?;
        let hashed = imprint.expect(OCTET_STRING, "no hashedMessage")?.content;
        imprint.end("bytes behind the messageImprint")?;
        let serial_number = fields.expect(INTEGER, "no serialNumber")?.content.to_vec();
        let time = time(fields.expect(GENERALIZED_TIME, "no genTime")?)?;
        fields.optional(SEQUENCE)?; // accuracy
        fields.optional(BOOLEAN)?; // ordering
        let nonce = fields
            .optional(INTEGER)?
            .map(|nonce| nonce.content.to_vec());
        fields.optional(CONTEXT_0)?; // tsa: a hint, the certificate says it
        if let Some(extensions) = fields.optional(CONTEXT_1)? {
            refuse_critical(extensions)?;
        }
        fields.end("bytes behind the TSTInfo")?;
        let Ok(digest_algorithm) = DigestAlgorithm::from_oid(&digest) else {
            return Ok(Err(TokenError::UnknownDigest(digest)));
        };
        Ok(Ok(Self {
            policy,
            digest_algorithm,
            imprint: hashed.to_vec(),
            serial_number,
            time,
            nonce,
        }))
    }
}

/// No extension is known here; a critical one must be understood.
fn refuse_critical(extensions: Element<'_>) -> Result<(), Error> {
    let mut extensions = extensions.children();
    while let Some(extension) = extensions.next()? {
        let mut fields = extension.children();
        fields.required("no extnID")?;
        if let Some(critical) = fields.optional(BOOLEAN)?
            && critical.content != [0]
        {
            return Err(Error::Cms("a critical extension that is not known here"));
        }
    }
    Ok(())
}

/// GeneralizedTime with or without a fraction of a second, which is left out.
fn time(element: Element<'_>) -> Result<i64, Error> {
    let bad = || Error::Cms("genTime is damaged");
    let text = element.content.strip_suffix(b"Z").ok_or_else(bad)?;
    let (seconds, fraction) = text.split_at_checked(14).ok_or_else(bad)?;
    if let Some((point, digits)) = fraction.split_first()
        && (*point != b'.' || digits.is_empty() || !digits.iter().all(u8::is_ascii_digit))
    {
        return Err(bad());
    }
    let whole = crate::asn1::tlv(GENERALIZED_TIME, &[seconds, b"Z"]);
    let time = GeneralizedTime::from_der(&whole).map_err(|_| bad())?;
    i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| bad())
}
