use der::asn1::AnyRef;

use crate::{Certificate, Error, asn1, revocation::UnknownCause};

/// Which certificates a list covers (issuingDistributionPoint, RFC 5280 §5.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    point: Point,
    only_users: bool,
    only_authorities: bool,
    only_some_reasons: bool,
    only_attributes: bool,
    indirect: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Point {
    /// There is only one list.
    #[default]
    Whole,
    /// The addresses of the list.
    Urls(Vec<String>),
    /// A name that is no address.
    Other,
}

impl Scope {
    pub(super) fn read(der: &[u8]) -> Result<Self, UnknownCause> {
        let damaged = Error::damaged("issuingDistributionPoint");
        let mut scope = Self::default();
        for field in asn1::sequence(der).map_err(&damaged)? {
            let is_set = field.value() != [0];
            match asn1::context_number(&field) {
                Some(0) => scope.point = read_point(&field).map_err(&damaged)?,
                Some(1) => scope.only_users = is_set,
                Some(2) => scope.only_authorities = is_set,
                Some(3) => scope.only_some_reasons = true,
                Some(4) => scope.indirect = is_set,
                Some(5) => scope.only_attributes = is_set,
                _ => {
                    return Err(UnknownCause::Unreadable(Error::Invalid {
                        part: "issuingDistributionPoint",
                        reason: "it has an unknown field",
                    }));
                }
            }
        }
        Ok(scope)
    }

    /// Whether the list answers for `certificate`; one that has it (`listed`) does even if it is only of some reasons.
    pub(super) fn check(
        &self,
        certificate: &Certificate,
        listed: bool,
    ) -> Result<(), UnknownCause> {
        if self.indirect {
            return Err(UnknownCause::IndirectList);
        }
        let other_kind = self.only_attributes
            || self.only_users && certificate.is_ca()
            || self.only_authorities && !certificate.is_ca();
        let other_point = match &self.point {
            Point::Whole => false,
            Point::Urls(urls) => !urls.iter().any(|url| {
                certificate.crl_urls().contains(url) || certificate.delta_crl_urls().contains(url)
            }),
            Point::Other => true,
        };
        if other_kind || other_point || self.only_some_reasons && !listed {
            return Err(UnknownCause::PartialList);
        }
        Ok(())
    }
}

/// Reads DistributionPointName: the addresses of fullName.
fn read_point(field: &AnyRef<'_>) -> Result<Point, der::Error> {
    const FULL_NAME: u32 = 0;
    const UNIFORM_RESOURCE_IDENTIFIER: u32 = 6;
    let mut urls = Vec::new();
    for name in asn1::elements(field.value())? {
        if asn1::context_number(&name) != Some(FULL_NAME) {
            return Ok(Point::Other);
        }
        for name in asn1::elements(name.value())? {
            if asn1::context_number(&name) == Some(UNIFORM_RESOURCE_IDENTIFIER) {
                urls.push(String::from_utf8_lossy(name.value()).into_owned());
            }
        }
    }
    Ok(Point::Urls(urls))
}
