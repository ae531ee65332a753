//! Public keys and signatures with `serde`: the curve's name and the bytes, in hexadecimal where people read them.
//!
//! Private keys have no such form: where they are kept is not for a general format to say.

use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Curve, Signature, VerifyingKey};

#[derive(Serialize, Deserialize)]
struct Parts {
    curve: Curve,
    #[serde(
        serialize_with = "serdect::slice::serialize_hex_lower_or_bin",
        deserialize_with = "serdect::slice::deserialize_hex_or_bin_vec"
    )]
    bytes: Vec<u8>,
}

impl Serialize for Curve {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Curve {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::ALL
            .into_iter()
            .find(|curve| curve.name() == name)
            .ok_or_else(|| D::Error::custom("no curve has this name"))
    }
}

impl Serialize for VerifyingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (curve, bytes) = (self.curve(), self.to_xy_le());
        Parts { curve, bytes }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for VerifyingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Parts { curve, bytes } = Parts::deserialize(deserializer)?;
        Self::from_xy_le(curve, &bytes).map_err(D::Error::custom)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (curve, bytes) = (self.curve(), self.to_bytes());
        Parts { curve, bytes }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Parts { curve, bytes } = Parts::deserialize(deserializer)?;
        Self::from_bytes(curve, &bytes).map_err(D::Error::custom)
    }
}
