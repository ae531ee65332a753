//! The HTTP interface of KAZTOKEN desktop for large documents: what its first request says.
//!
//! Source: the client `ncalayer-js-client` 1.5.6, which is the only public description.

use crate::json::{self, Json};

/// An operation as a page begins it: so many documents, each in a request of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamedOperation {
    /// How many documents will come.
    pub documents: u32,
    /// True when documents come as base64 text and signatures go out so; else both are bytes.
    pub base64: bool,
    /// True when the signature is to hold the document.
    pub attached: bool,
}

/// Most documents in one operation.
const DOCUMENTS: f64 = crate::limits::DOCUMENTS as f64;

impl StreamedOperation {
    /// Reads `{"numberOfDocuments":…,"base64":…,"encapsulateContent":…}`; none when it is something else. Truth values
    /// that are missing are false.
    pub fn parse(text: &str) -> Option<Self> {
        let Ok(Json::Object(message)) = json::parse(text) else {
            return None;
        };
        let documents = match message.get("numberOfDocuments")? {
            Json::Number(number) if (1.0..=DOCUMENTS).contains(number) && number.fract() == 0.0 => {
                *number as u32
            }
            _ => return None,
        };
        let flag = |name| match message.get(name) {
            None => Some(false),
            Some(value) => value.to_bool(),
        };
        Some(Self {
            documents,
            base64: flag("base64")?,
            attached: flag("encapsulateContent")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_request_of_the_client_is_read() {
        let text = r#"{"numberOfDocuments":3,"base64":true,"encapsulateContent":false}"#;
        assert_eq!(
            StreamedOperation::parse(text),
            Some(StreamedOperation {
                documents: 3,
                base64: true,
                attached: false
            })
        );
        // JSON.stringify leaves out what is undefined: the client's presets do not all say `encapsulate`.
        assert!(StreamedOperation::parse(r#"{"numberOfDocuments":1,"base64":false}"#).is_some());
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"numberOfDocuments":0}"#,
            r#"{"numberOfDocuments":-1}"#,
            r#"{"numberOfDocuments":1.5}"#,
            r#"{"numberOfDocuments":10001}"#,
            r#"{"numberOfDocuments":"1"}"#,
            r#"{"numberOfDocuments":1,"base64":"yes"}"#,
            r#"{"numberOfDocuments":1}{}"#,
        ] {
            assert_eq!(StreamedOperation::parse(text), None, "{text}");
        }
    }
}
