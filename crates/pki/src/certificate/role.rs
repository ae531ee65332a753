use const_oid::ObjectIdentifier;

use crate::oid;

/// Whom a certificate was issued to, as the issuer says in extendedKeyUsage.
///
/// Source: the branch 1.2.398.3.3.4 in certificates of the National Certification Authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// An individual.
    Individual,
    /// An individual's information system.
    IndividualInformationSystem,
    /// A legal entity; a narrower role usually stands beside it.
    LegalEntity,
    /// The first head of a legal entity, who has the right to sign.
    Head,
    /// A person with the right to sign.
    SigningRight,
    /// A person with the right to sign financial documents.
    FinancialSigningRight,
    /// A member of the personnel department.
    PersonnelDepartment,
    /// An employee without the right to sign.
    Employee,
    /// An information system of a legal entity.
    InformationSystem,
    /// A client of the treasury.
    TreasuryClient,
    /// Staff of the National Certification Authority.
    NcaPrivileges,
    /// An administrator of the National Certification Authority.
    NcaAdministrator,
    /// A manager of the National Certification Authority.
    NcaManager,
    /// An operator of the National Certification Authority.
    NcaOperator,
    /// The owner was identified in a service centre.
    IdentifiedInServiceCentre,
    /// The owner was identified remotely.
    IdentifiedRemotely,
    /// The owner was identified remotely by Digital ID.
    IdentifiedByDigitalId,
    /// The owner was identified remotely by the platform of artificial intelligence.
    IdentifiedByAiPlatform,
    /// A time-stamping authority.
    TimeStamping,
    /// An OCSP responder.
    OcspSigning,
}

impl Role {
    /// The role that an identifier in extendedKeyUsage names; `None` for one that names no role.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Some(match *oid {
            oid::INDIVIDUAL => Self::Individual,
            oid::INDIVIDUAL_INFORMATION_SYSTEM => Self::IndividualInformationSystem,
            oid::LEGAL_ENTITY => Self::LegalEntity,
            oid::HEAD => Self::Head,
            oid::SIGNING_RIGHT => Self::SigningRight,
            oid::FINANCIAL_SIGNING_RIGHT => Self::FinancialSigningRight,
            oid::PERSONNEL_DEPARTMENT => Self::PersonnelDepartment,
            oid::EMPLOYEE => Self::Employee,
            _ if oid.starts_with(oid::INFORMATION_SYSTEM) => Self::InformationSystem,
            oid::TREASURY_CLIENT => Self::TreasuryClient,
            oid::NCA_PRIVILEGES => Self::NcaPrivileges,
            oid::NCA_ADMINISTRATOR => Self::NcaAdministrator,
            oid::NCA_MANAGER => Self::NcaManager,
            oid::NCA_OPERATOR => Self::NcaOperator,
            oid::IDENTIFIED_IN_SERVICE_CENTRE => Self::IdentifiedInServiceCentre,
            oid::IDENTIFIED_REMOTELY => Self::IdentifiedRemotely,
            oid::IDENTIFIED_BY_DIGITAL_ID => Self::IdentifiedByDigitalId,
            oid::IDENTIFIED_BY_AI_PLATFORM => Self::IdentifiedByAiPlatform,
            oid::TIME_STAMPING => Self::TimeStamping,
            oid::OCSP_SIGNING => Self::OcspSigning,
            _ => return None,
        })
    }
}
