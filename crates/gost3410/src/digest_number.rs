//! From a digest to the number e.

use crate::params::Params;
use crate::scalar::Scalar;
use crate::signature_value::widen;
use crate::{Curve, Error};

/// The digest as a little-endian number modulo q, and one instead of zero.
///
/// `Source:` GOST R 34.10-2012 section 6.1 step 2; little-endian as in every signature made in Kazakhstan.
pub(crate) fn digest_number<P: Params>(curve: Curve, digest: &[u8]) -> Result<P::Scalar, Error> {
    let wide = widen(digest, P::BYTES).ok_or(Error::DigestLength {
        curve,
        found: digest.len(),
    })?;
    let e = P::Scalar::from_wide_reduced(&wide);
    // The digest is that of a document, which the verifier sees too.
    Ok(if e.is_zero().into() {
        P::Scalar::one()
    } else {
        e
    })
}
