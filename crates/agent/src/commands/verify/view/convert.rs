//! From the report to its view.

use pki::{
    Certificate,
    revocation::{Evidence, RevocationStatus, Source},
    trust::{AnchorKind, TrustAnchor},
};
use signing::report::{
    Basis, ChainCheck, Coverage, FileReport, FileState, Form, Report, RevocationCheck,
    SignatureReport, TimestampCheck, ValidityCheck,
};

use super::{
    Anchor, ArchivedFile, Chain, Check, Covered, Revocation, Signature, Signer, Timestamp,
    Verification,
    names::{common_name, reason_name, role_name, verdict},
};
use crate::{commands::moment, hex};

impl Verification {
    pub(in crate::commands) fn of(report: &Report) -> Self {
        Self {
            format: match report.form {
                Form::Cms => "cms",
                Form::Xml => "xml",
                Form::Archive => "zip",
                _ => "raw",
            },
            verdict: verdict(report.verdict),
            signatures: report.signatures.iter().map(Signature::of).collect(),
            files: report.files.iter().map(ArchivedFile::of).collect(),
        }
    }

    /// Whether everything holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.verdict == "holds"
    }

    /// Whether something does not hold, or there is no signature.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.verdict == "broken"
    }
}

impl Signature {
    fn of(report: &SignatureReport) -> Self {
        Self {
            verdict: verdict(report.verdict),
            signer: report.certificate.as_ref().map(Signer::of),
            covers: report.covers.iter().map(Covered::of).collect(),
            digest_algorithm: report.digest_algorithm.map(|it| it.oid().to_string()),
            claimed_time: report.claimed_time.map(moment),
            reference_time: moment(report.reference_time.time),
            reference_basis: match report.reference_time.basis {
                Basis::Stamped => "stamped",
                Basis::Claimed => "claimed",
                Basis::Now => "now",
            },
            signature: Check {
                verdict: verdict(report.signature.verdict()),
                finding: None,
                problems: report
                    .signature
                    .problems
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
            },
            chain: Chain::of(&report.chain),
            validity: Check {
                verdict: verdict(report.validity.verdict()),
                finding: Some(match report.validity {
                    ValidityCheck::Valid => "valid",
                    ValidityCheck::ValidByClaim => "valid-by-claim",
                    ValidityCheck::ExpiredSince => "expired-since",
                    ValidityCheck::Expired => "expired",
                    ValidityCheck::NotYetValid => "not-yet-valid",
                    ValidityCheck::NoCertificate => "no-certificate",
                }),
                problems: Vec::new(),
            },
            revocation: Revocation::of(&report.revocation),
            timestamps: report.timestamps.iter().map(Timestamp::of).collect(),
            warnings: report.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Covered {
    fn of(coverage: &Coverage) -> Self {
        let (what, path) = match coverage {
            Coverage::ContentInside => ("content-inside", None),
            Coverage::ContentBeside => ("content-beside", None),
            Coverage::WholeDocument => ("whole-document", None),
            Coverage::Element(path) => ("element", Some(path.clone())),
            Coverage::ListedFiles => ("listed-files", None),
            _ => ("nothing", None),
        };
        Self { what, path }
    }
}

impl Chain {
    fn of(check: &ChainCheck) -> Self {
        let mut chain = Self {
            verdict: verdict(check.verdict()),
            anchor: None,
            intermediates: Vec::new(),
            problem: None,
        };
        match check {
            ChainCheck::Trusted(found) => chain.lead_to(found),
            ChainCheck::IssuerRevoked {
                chain: found,
                issuer,
                ..
            } => {
                chain.lead_to(found);
                chain.problem = Some(format!("{} was revoked", common_name(issuer)));
            }
            ChainCheck::Failed(error) => chain.problem = Some(error.to_string()),
            ChainCheck::NoCertificate => {}
        }
        chain
    }

    fn lead_to(&mut self, found: &pki::chain::Chain) {
        self.anchor = Some(Anchor::of(found.anchor()));
        let above = found.certificates().iter().skip(1);
        self.intermediates = above.map(common_name).collect();
    }
}

impl Anchor {
    fn of(anchor: &TrustAnchor) -> Self {
        Self {
            name: anchor
                .subject()
                .common_name()
                .unwrap_or_default()
                .to_owned(),
            kind: match anchor.kind() {
                AnchorKind::National => "national",
                AnchorKind::NationalTest => "national-test",
                AnchorKind::Added => "added",
            },
            fingerprint: hex::encode(anchor.fingerprint_sha256()),
        }
    }
}

impl Revocation {
    fn of(check: &RevocationCheck) -> Self {
        let mut view = Self {
            verdict: verdict(check.verdict()),
            finding: "not-checked",
            ..Self::default()
        };
        let status = match check {
            RevocationCheck::NotChecked => return view,
            RevocationCheck::Checked(status) | RevocationCheck::RevokedLater(status) => status,
        };
        match status {
            RevocationStatus::Good(evidence) => {
                view.finding = "good";
                view.add(evidence);
            }
            RevocationStatus::Revoked {
                when,
                reason,
                evidence,
            } => {
                view.finding = match check {
                    RevocationCheck::RevokedLater(_) => "revoked-later",
                    _ => "revoked",
                };
                view.revoked_at = Some(moment(*when));
                view.reason = reason.map(reason_name);
                view.add(evidence);
            }
            RevocationStatus::Unknown(reasons) => {
                view.finding = "unknown";
                view.problems = reasons.iter().map(ToString::to_string).collect();
            }
        }
        view
    }

    fn add(&mut self, evidence: &Evidence) {
        self.source = Some(match evidence.source {
            Source::Ocsp => "ocsp",
            Source::Crl => "crl",
            Source::DeltaCrl => "delta-crl",
        });
        self.url = Some(evidence.url.clone());
        self.responder = evidence.responder.as_ref().map(common_name);
        self.this_update = Some(moment(evidence.this_update));
        self.next_update = evidence.next_update.map(moment);
    }
}

impl Timestamp {
    fn of(check: &TimestampCheck) -> Self {
        let token = check.token.as_ref();
        let warnings = token.map(|token| token.warnings()).unwrap_or_default();
        Self {
            verdict: verdict(check.verdict()),
            time: token.map(|token| moment(token.time())),
            policy: token.map(|token| token.policy().to_string()),
            serial_number: token.map(|token| hex::encode(token.serial_number())),
            authority: token.map(|token| common_name(token.certificate())),
            anchor: check.chain.as_ref().map(|chain| Anchor::of(chain.anchor())),
            revocation: Revocation::of(&check.revocation),
            problem: check.problem.as_ref().map(ToString::to_string),
            warnings: warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

impl ArchivedFile {
    fn of(file: &FileReport) -> Self {
        Self {
            name: file.name.clone(),
            state: match file.state {
                FileState::Signed => "signed",
                FileState::Changed => "changed",
                FileState::Missing => "missing",
                FileState::NotSigned => "not-signed",
                _ => "unknown-digest",
            },
        }
    }
}

impl Signer {
    pub(in crate::commands) fn of(certificate: &Certificate) -> Self {
        let owner = certificate.owner();
        Self {
            name: owner.name,
            iin: owner.iin,
            bin: owner.bin,
            organisation: owner.organisation,
            roles: certificate.roles().into_iter().map(role_name).collect(),
            issuer: certificate
                .issuer()
                .common_name()
                .unwrap_or_default()
                .to_owned(),
            serial_number: certificate.serial_hex(),
            not_before: moment(certificate.not_before()),
            not_after: moment(certificate.not_after()),
            algorithm: certificate.algorithm().java_name(),
            fingerprint: hex::encode(&certificate.fingerprint_sha256()),
        }
    }
}
