//! CMS SignedData with the signed attributes of CAdES-BES, as NCALayer's Kalkan makes it, and with a time stamp (CAdES-T).

mod attributes;
mod cosign;
mod message;
mod report;
mod sign;
pub(crate) mod signer_info;
mod stamp;
mod text;
mod verify;

pub use cosign::{SignedMessage, add_signature};
pub use message::Message;
pub use report::{CmsReport, Problem, SignerReport};
pub use sign::{
    sign_attached, sign_attached_digested, sign_detached, sign_detached_digested, sign_digest,
    sign_digest_of_any_length,
};
pub use stamp::{Content, add_last_timestamp, add_timestamps, sign_timestamped};
pub use text::{from_text, to_pem};
pub use verify::{verify, verify_digest};

pub(crate) mod oid {
    use der::asn1::ObjectIdentifier;

    pub(crate) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
    pub(crate) const SIGNED_DATA: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
    /// id-ct-TSTInfo, the content of a time stamp.
    pub(crate) const TST_INFO: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
    pub(crate) const CONTENT_TYPE: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
    pub(crate) const MESSAGE_DIGEST: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
    pub(crate) const SIGNING_TIME: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
    pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
    pub(crate) const SIGNATURE_TIME_STAMP: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
    pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
}
