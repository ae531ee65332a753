use pki::{Certificate, ObjectIdentifier};
use window_messages::KeyProblem;

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
    /// One of these must have issued the certificate.
    pub(crate) issuers: Option<Vec<Certificate>>,
    pub(crate) allow_expired: bool,
    pub(crate) tokens_only: bool,
    /// Lengths of the digests to sign, in bytes.
    pub(crate) digest_lengths: Vec<usize>,
}

impl Filter {
    /// Why a key with this certificate does not fit; none when it does. `now`: seconds since 1970 in UTC.
    pub(crate) fn problem(&self, certificate: &Certificate, now: i64) -> Option<KeyProblem> {
        let purpose = certificate.purpose();
        let owner = certificate.owner();
        let differs = |wanted: &Option<String>, prefix: &str, actual: &Option<String>| {
            wanted
                .as_deref()
                .is_some_and(|wanted| Some(wanted.trim_start_matches(prefix)) != actual.as_deref())
        };
        let digest_length = certificate.algorithm().digest().output_len();
        if let Some(problem) = self.problem_of_any() {
            Some(problem)
        } else if self.authentication && !purpose.authentication {
            Some(KeyProblem::SigningOnly)
        } else if self.signing && !purpose.signing {
            Some(KeyProblem::LogInOnly)
        } else if !self
            .rights
            .iter()
            .all(|right| certificate.extended_key_usage().contains(right))
        {
            Some(KeyProblem::MissingRight)
        } else if differs(&self.iin, "IIN", &owner.iin) {
            Some(KeyProblem::OtherPerson)
        } else if differs(&self.bin, "BIN", &owner.bin) {
            Some(KeyProblem::OtherOrganisation)
        } else if self
            .serial_number
            .as_deref()
            .is_some_and(|wanted| !is_serial_number(wanted, certificate))
        {
            Some(KeyProblem::OtherCertificate)
        } else if self
            .issuers
            .as_deref()
            .is_some_and(|issuers| !issued_by_any(certificate, issuers))
        {
            Some(KeyProblem::OtherIssuer)
        } else if self
            .digest_lengths
            .iter()
            .any(|length| *length != digest_length)
        {
            Some(KeyProblem::DigestLength)
        } else if now < certificate.not_before() {
            Some(KeyProblem::NotYetValid {
                from: certificate.not_before(),
            })
        } else if !self.allow_expired && now > certificate.not_after() {
            Some(KeyProblem::Expired {
                at: certificate.not_after(),
            })
        } else {
            None
        }
    }

    /// Why no key file fits at all, whatever its certificate.
    pub(crate) fn problem_of_any(&self) -> Option<KeyProblem> {
        self.tokens_only.then_some(KeyProblem::TokenOnly)
    }
}

fn issued_by_any(certificate: &Certificate, issuers: &[Certificate]) -> bool {
    issuers
        .iter()
        .any(|issuer| certificate.verify_issued_by(issuer).is_ok())
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
