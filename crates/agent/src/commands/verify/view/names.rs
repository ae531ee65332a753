//! The words of the JSON report.

use pki::{Certificate, Role, revocation::RevocationReason};
use signing::report::Verdict;

/// The common name of a certificate's owner, else all of the name.
pub(super) fn common_name(certificate: &Certificate) -> String {
    let subject = certificate.subject();
    subject
        .common_name()
        .map_or_else(|| subject.to_ncalayer_string(), str::to_owned)
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Undetermined => "undetermined",
        Verdict::Broken => "broken",
    }
}

pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Individual => "individual",
        Role::IndividualInformationSystem => "individual-information-system",
        Role::LegalEntity => "legal-entity",
        Role::Head => "head",
        Role::SigningRight => "signing-right",
        Role::FinancialSigningRight => "financial-signing-right",
        Role::PersonnelDepartment => "personnel-department",
        Role::Employee => "employee",
        Role::InformationSystem => "information-system",
        Role::TreasuryClient => "treasury-client",
        Role::NcaPrivileges => "nca-privileges",
        Role::NcaAdministrator => "nca-administrator",
        Role::NcaManager => "nca-manager",
        Role::NcaOperator => "nca-operator",
        Role::IdentifiedInServiceCentre => "identified-in-service-centre",
        Role::IdentifiedRemotely => "identified-remotely",
        Role::IdentifiedByDigitalId => "identified-by-digital-id",
        Role::IdentifiedByAiPlatform => "identified-by-ai-platform",
        Role::TimeStamping => "time-stamping",
        Role::OcspSigning => "ocsp-signing",
        _ => "other",
    }
}

pub(super) fn reason_name(reason: RevocationReason) -> String {
    match reason {
        RevocationReason::Unspecified => "unspecified",
        RevocationReason::KeyCompromise => "keyCompromise",
        RevocationReason::CaCompromise => "cACompromise",
        RevocationReason::AffiliationChanged => "affiliationChanged",
        RevocationReason::Superseded => "superseded",
        RevocationReason::CessationOfOperation => "cessationOfOperation",
        RevocationReason::CertificateHold => "certificateHold",
        RevocationReason::RemoveFromCrl => "removeFromCRL",
        RevocationReason::PrivilegeWithdrawn => "privilegeWithdrawn",
        RevocationReason::AaCompromise => "aACompromise",
        RevocationReason::Other(number) => return number.to_string(),
    }
    .to_owned()
}
