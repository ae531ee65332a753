//! Whether certificates were revoked, by answers of the national authority, of OpenSSL, and of nobody.

mod answers;
mod authority;
mod cache;
mod delta;
mod faults;
mod http;
mod lists;
mod live;
mod path;
mod recorded;
mod tampering;

use std::time::{Duration, SystemTime};

use pki::{
    Certificate,
    chain::Issuer,
    revocation::{RevocationCache, RevocationContext, RevocationStatus, UnknownCause},
};

use self::http::Http;

/// The present, in seconds since 1970.
fn now() -> i64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since_1970.unwrap().as_secs() as i64
}

/// Asks these addresses now.
fn ask(
    certificate: &Certificate,
    issuer: &Certificate,
    ocsp_url: &str,
    crl_url: &str,
    cache: &RevocationCache,
) -> RevocationStatus {
    pki::revocation::check_revocation(
        certificate,
        &Issuer::from(issuer),
        &RevocationContext {
            fetch: &Http,
            at: now(),
            ocsp_url: Some(ocsp_url),
            crl_url: Some(crl_url),
            cache,
            deadline: Duration::from_secs(10),
        },
    )
}

/// Why nothing was learned, in order.
fn causes(status: RevocationStatus) -> Vec<UnknownCause> {
    match status {
        RevocationStatus::Unknown(reasons) => {
            reasons.into_iter().map(|reason| reason.cause).collect()
        }
        known => panic!("{known:?}"),
    }
}
