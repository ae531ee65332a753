use std::sync::Arc;

use pki::{Certificate, ObjectIdentifier};
use window_messages::{Caution, CertificateStatus, KeyProblem};

use super::Place;
use crate::{
    ask::{Stance, Stores},
    certificates::{Issuer, Trust, Verdict},
};

/// Which keys a request takes.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) authentication: bool,
    pub(crate) signing: bool,
    /// The certificate must have all of these.
    pub(crate) rights: Vec<ObjectIdentifier>,
    pub(crate) iin: Option<String>,
    pub(crate) bin: Option<String>,
    pub(crate) serial_number: Option<String>,
    /// The authorities that the page takes; none: those that this computer trusts.
    pub(crate) issuers: Option<Arc<Trust>>,
    pub(crate) expired: Stance,
    pub(crate) unknown_issuer: Stance,
    pub(crate) revoked: Stance,
    pub(crate) stores: Stores,
    /// Lengths of the digests to sign, in bytes.
    pub(crate) digest_lengths: Vec<usize>,
}

impl Filter {
    /// Why a key with this certificate does not fit, or else what speaks against it all the same. `now`: seconds since
    /// 1970 in UTC.
    pub(crate) fn judge(
        &self,
        certificate: &Certificate,
        verdict: &Verdict,
        now: i64,
    ) -> Result<Vec<Caution>, KeyProblem> {
        self.fits(certificate)?;
        let mut cautions = Vec::new();
        let mut weigh = |stance, problem, caution| match stance {
            Stance::Refuse => Err(problem),
            Stance::Ask => {
                cautions.push(caution);
                Ok(())
            }
            Stance::Allow => Ok(()),
        };
        if now < certificate.not_before() {
            return Err(KeyProblem::NotYetValid {
                from: certificate.not_before(),
            });
        }
        let at = certificate.not_after();
        if now > at {
            weigh(
                self.expired,
                KeyProblem::Expired { at },
                Caution::Expired { at },
            )?;
        }
        if verdict.issuer == Issuer::Unknown {
            let problem = match self.issuers {
                Some(_) => KeyProblem::OtherIssuer,
                None => KeyProblem::UnknownIssuer,
            };
            weigh(self.unknown_issuer, problem, Caution::UnknownIssuer)?;
        }
        match verdict.status {
            CertificateStatus::Revoked { at, reason } if self.revoked != Stance::Allow => {
                Err(KeyProblem::Revoked { at, reason })
            }
            _ => Ok(cautions),
        }
    }

    /// Whether a certificate is of the kind that the page wants, whatever its state.
    fn fits(&self, certificate: &Certificate) -> Result<(), KeyProblem> {
        let purpose = certificate.purpose();
        let owner = certificate.owner();
        let differs = |wanted: &Option<String>, prefix: &str, actual: &Option<String>| {
            wanted
                .as_deref()
                .is_some_and(|wanted| Some(wanted.trim_start_matches(prefix)) != actual.as_deref())
        };
        let digest_length = certificate.algorithm().digest().output_len();
        let problem = if self.authentication && !purpose.authentication {
            KeyProblem::SigningOnly
        } else if self.signing && !purpose.signing {
            KeyProblem::LogInOnly
        } else if !self
            .rights
            .iter()
            .all(|right| certificate.extended_key_usage().contains(right))
        {
            KeyProblem::MissingRight
        } else if differs(&self.iin, "IIN", &owner.iin) {
            KeyProblem::OtherPerson
        } else if differs(&self.bin, "BIN", &owner.bin) {
            KeyProblem::OtherOrganisation
        } else if self
            .serial_number
            .as_deref()
            .is_some_and(|wanted| !is_serial_number(wanted, certificate))
        {
            KeyProblem::OtherCertificate
        } else if self
            .digest_lengths
            .iter()
            .any(|length| *length != digest_length)
        {
            KeyProblem::DigestLength
        } else {
            return Ok(());
        };
        Err(problem)
    }

    /// Why a key from this place does not fit at all, whatever its certificate.
    pub(crate) fn takes_from(&self, place: &Place) -> Result<(), KeyProblem> {
        let kind = match place {
            Place::File(_) if self.takes_files() => return Ok(()),
            Place::File(_) => return Err(KeyProblem::TokenOnly),
            Place::Token(token) => token.store.model().store_name(),
        };
        let fits = match &self.stores {
            Stores::Any => true,
            Stores::Files => kind.is_none(),
            Stores::These { kinds, files } => kind.map_or(*files, |kind| kinds.contains(&kind)),
            Stores::Token(wanted) => kind == Some(wanted),
            Stores::Jks => false,
        };
        match fits {
            true => Ok(()),
            false if self.stores == Stores::Files => Err(KeyProblem::FilesOnly),
            false => Err(KeyProblem::OtherToken),
        }
    }

    /// Whether a key may come from a file.
    pub(crate) fn takes_files(&self) -> bool {
        matches!(
            self.stores,
            Stores::Any | Stores::Files | Stores::These { files: true, .. }
        )
    }
}

/// NCALayer shows serial numbers in hexadecimal, other programs in decimal: both are taken.
fn is_serial_number(wanted: &str, certificate: &Certificate) -> bool {
    let hex = certificate.serial_hex();
    let plain: String = wanted
        .chars()
        .filter(|character| !matches!(character, ' ' | ':'))
        .collect();
    let plain = plain.trim_start_matches('0');
    plain.eq_ignore_ascii_case(&hex) || plain == decimal(&hex)
}

/// A hexadecimal number in decimal, however long.
fn decimal(hex: &str) -> String {
    let mut digits = vec![0_u32];
    for nibble in hex.chars().filter_map(|character| character.to_digit(16)) {
        let mut carry = nibble;
        for digit in &mut digits {
            let value = *digit * 16 + carry;
            *digit = value % 10;
            carry = value / 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    digits
        .iter()
        .rev()
        .filter_map(|digit| char::from_digit(*digit, 10))
        .collect()
}

#[cfg(test)]
mod tests;
