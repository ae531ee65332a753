use std::io::Read;

use der::{Decode, asn1::AnyRef};

use super::{
    CrlEntry, CrlQuery, entry,
    scope::Scope,
    stream::{DerStream, SEQUENCE, invalid},
};
use crate::{
    Certificate, Error, SignatureAlgorithm, asn1, certificate, oid,
    revocation::{CLOCK_ALLOWANCE, DAY, RevocationReason, UnknownCause},
};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const CONTEXT_0: u8 = 0xa0;

/// What a list that its issuer signed has about the certificate that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlFindings {
    /// The time that the list speaks of, in seconds since 1970 (UTC).
    pub this_update: i64,
    /// When a newer list is to be had at the latest.
    pub next_update: Option<i64>,
    /// cRLNumber: content bytes of the INTEGER.
    pub number: Option<Box<[u8]>>,
    /// Whether it is a list of changes only.
    ///
    /// The number of the list that they are changes of is not looked at: Kazakhstan's delta lists name one that is
    /// greater than their own (14 in the delta list 10), so a delta list is taken as an addition to any full one.
    pub is_delta: bool,
    /// How many certificates are in the list.
    pub entries: u64,
    /// The entry of the certificate; `None` when it is not in the list.
    pub entry: Option<CrlEntry>,
    /// Addresses of the lists of changes since this one (freshestCRL), as the issuer wrote them.
    pub delta_urls: Vec<String>,
    scope: Scope,
}

/// Whether the signature must be checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    Check,
    Known,
}

impl CrlFindings {
    /// Whether the list covers `certificate` and is neither out of date nor from the future at `at` (seconds since
    /// 1970, UTC; clocks may differ by five minutes). Without nextUpdate a list serves for 24 hours.
    ///
    /// A list of one of several distribution points (issuingDistributionPoint) must name an address of the
    /// certificate's own.
    ///
    /// # Errors
    /// [`UnknownCause::IndirectList`], [`UnknownCause::PartialList`], [`UnknownCause::ClockOrResponder`],
    /// [`UnknownCause::Stale`].
    ///
    /// Source: RFC 5280 §5.2.5 and §6.3.3.
    pub fn check(&self, certificate: &Certificate, at: i64) -> Result<(), UnknownCause> {
        self.scope.check(certificate, self.entry.is_some())?;
        if self.this_update > at.saturating_add(CLOCK_ALLOWANCE) {
            return Err(UnknownCause::ClockOrResponder {
                theirs: self.this_update,
                ours: at,
            });
        }
        let until = self.next_update.unwrap_or(self.this_update + DAY);
        if at > until.saturating_add(CLOCK_ALLOWANCE) {
            return Err(UnknownCause::Stale {
                this_update: self.this_update,
                next_update: self.next_update,
            });
        }
        Ok(())
    }
}

/// Walks through CertificateList.
pub(super) fn search(
    reader: impl Read,
    query: &CrlQuery<'_>,
    signature: Signature,
) -> Result<CrlFindings, UnknownCause> {
    let mut stream = DerStream::new(reader)?;
    let end = stream.enter(SEQUENCE, u64::MAX)?;
    stream.mark();
    let tbs_end = stream.enter(SEQUENCE, end)?;
    let mut version_2 = false;
    if stream.next_tag(tbs_end)? == Some(INTEGER) {
        version_2 = stream.element(tbs_end)?.content == [1];
        if !version_2 {
            return Err(invalid("it is of an unknown version"));
        }
    }
    let algorithm = signature_algorithm(stream.element(tbs_end)?.der)?;
    if algorithm.key != query.issuer_key.algorithm() {
        return Err(UnknownCause::WrongSigner);
    }
    stream.digest_with((signature == Signature::Check).then(|| algorithm.digest.hasher()));
    if stream.element(tbs_end)?.der != query.issuer_name.der() {
        return Err(UnknownCause::WrongSigner);
    }

    let is_known = signature == Signature::Known;
    let mut findings = read_tbs(
        &mut stream,
        tbs_end,
        version_2,
        query.serial_number,
        is_known,
    )?;
    let digest = stream.finish_digest();
    // Not the same bytes: lists of 2026 have NULL behind the outer identifier and nothing behind the inner.
    if signature_algorithm(stream.element(end)?.der)? != algorithm {
        return Err(invalid("its two signature algorithms differ"));
    }
    let bits = stream.element(end)?;
    let value = match (bits.tag, bits.content) {
        (BIT_STRING, [0, value @ ..]) => value.to_vec(),
        _ => return Err(invalid("the signature is not a whole number of bytes")),
    };
    if stream.position() != end || !stream.is_finished()? {
        return Err(invalid("something stands after its end"));
    }
    if signature == Signature::Check {
        query
            .issuer_key
            .verify_digest_with(algorithm.digest, &digest.unwrap_or_default(), &value)
            .map_err(|_| UnknownCause::BadSignature)?;
    }
    // RFC 5280 §5.3.1: only a list of changes takes anything back.
    if let Some(entry) = &mut findings.entry
        && entry.reason == Some(RevocationReason::RemoveFromCrl)
        && !findings.is_delta
    {
        entry.reason = None;
    }
    Ok(findings)
}

fn signature_algorithm(der: &[u8]) -> Result<SignatureAlgorithm, UnknownCause> {
    let identifier = AnyRef::from_der(der).map_err(Error::damaged("CertificateList"))?;
    Ok(asn1::signature_algorithm(identifier)?)
}

/// The part of TBSCertList behind the issuer.
fn read_tbs<R: Read>(
    stream: &mut DerStream<R>,
    end: u64,
    version_2: bool,
    serial_number: &[u8],
    is_known: bool,
) -> Result<CrlFindings, UnknownCause> {
    let mut findings = CrlFindings {
        this_update: time(stream.element(end)?.der)?,
        next_update: None,
        number: None,
        is_delta: false,
        entries: 0,
        entry: None,
        delta_urls: Vec::new(),
        scope: Scope::default(),
    };
    if let Some(UTC_TIME | GENERALIZED_TIME) = stream.next_tag(end)? {
        findings.next_update = Some(time(stream.element(end)?.der)?);
    }
    if stream.next_tag(end)? == Some(SEQUENCE) {
        let list_end = stream.enter(SEQUENCE, end)?;
        while stream.position() < list_end {
            let element = stream.element(list_end)?;
            if element.tag != SEQUENCE {
                return Err(invalid("an entry's fields are not the right ones"));
            }
            findings.entries += 1;
            if let Some(entry) = entry::read(element.content, serial_number, is_known)? {
                findings.add(entry);
            }
        }
    }
    if version_2 && stream.next_tag(end)? == Some(CONTEXT_0) {
        findings.read_extensions(stream.element(end)?.content)?;
    }
    if stream.position() != end {
        return Err(invalid("an unknown field stands at its end"));
    }
    Ok(findings)
}

impl CrlFindings {
    /// Of two entries the one that revokes counts.
    fn add(&mut self, entry: CrlEntry) {
        match self.entry {
            Some(earlier) if earlier.reason != Some(RevocationReason::RemoveFromCrl) => {}
            _ => self.entry = Some(entry),
        }
    }

    /// Reads crlExtensions (RFC 5280 §5.2).
    fn read_extensions(&mut self, der: &[u8]) -> Result<(), UnknownCause> {
        for extension in certificate::extension_list(der)? {
            match extension.oid {
                oid::CRL_NUMBER => {
                    self.number = AnyRef::from_der(&extension.value)
                        .ok()
                        .map(|number| number.value().into());
                }
                oid::DELTA_CRL_INDICATOR => self.is_delta = true,
                oid::ISSUING_DISTRIBUTION_POINT => self.scope = Scope::read(&extension.value)?,
                oid::FRESHEST_CRL => {
                    self.delta_urls = certificate::distribution_points(&extension.value)
                        .map_err(Error::damaged("freshestCRL"))?;
                }
                // Which key signed is found out by trying.
                oid::AUTHORITY_KEY_IDENTIFIER => {}
                oid if extension.critical => {
                    return Err(UnknownCause::UnknownCriticalExtension(oid));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

pub(super) fn time(der: &[u8]) -> Result<i64, UnknownCause> {
    AnyRef::from_der(der)
        .ok()
        .and_then(asn1::seconds)
        .ok_or(invalid("a time is not a time"))
}
