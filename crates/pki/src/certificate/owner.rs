use super::Certificate;
use crate::oid;

/// Whose certificate it is. What the issuer did not write is `None`: an information system has no IIN, an individual
/// no BIN, many people no patronymic and no e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Surname, given name and patronymic, or the name of an information system.
    pub name: String,
    /// The surname alone.
    pub surname: Option<String>,
    /// The patronymic alone.
    pub patronymic: Option<String>,
    /// The individual's number: twelve digits.
    pub iin: Option<String>,
    /// The organisation's number: twelve digits.
    pub bin: Option<String>,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// The first e-mail address in the subject or in subjectAltName.
    pub email: Option<String>,
}

/// Source: CN holds surname and given name, GIVENNAME the patronymic, SERIALNUMBER `IIN…` (or `BIN…`), OU `BIN…` in the
/// certificates of the National Certification Authority.
pub(super) fn read(certificate: &Certificate) -> Owner {
    let subject = certificate.subject();
    let first = |oid| {
        subject
            .values(oid)
            .map(str::trim)
            .find(|value| !value.is_empty())
            .map(str::to_owned)
    };
    let surname = first(oid::SURNAME);
    let patronymic = first(oid::GIVEN_NAME);
    let organisation = first(oid::ORGANIZATION);
    let name = [
        first(oid::COMMON_NAME).or_else(|| surname.clone()),
        patronymic.clone(),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ");
    let numbers = || {
        subject
            .values(oid::SERIAL_NUMBER)
            .chain(subject.values(oid::ORGANIZATIONAL_UNIT))
    };
    Owner {
        name: if name.is_empty() {
            organisation.clone().unwrap_or_default()
        } else {
            name
        },
        surname,
        patronymic,
        iin: subject
            .values(oid::SERIAL_NUMBER)
            .find_map(|value| number_after("IIN", value)),
        bin: numbers().find_map(|value| number_after("BIN", value)),
        organisation,
        email: first(oid::EMAIL_ADDRESS)
            .or_else(|| certificate.alternative_emails().first().cloned()),
    }
}

/// The twelve digits behind a prefix. Check digits are not looked at: the numbers of test certificates do not have them.
fn number_after(prefix: &str, value: &str) -> Option<String> {
    let digits = value.trim().strip_prefix(prefix)?;
    (digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.to_owned())
}
