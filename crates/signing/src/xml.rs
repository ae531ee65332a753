//! XML documents: reading them strictly, their canonical form, signatures in them.

mod algorithms;
mod by_id;
mod c14n;
mod document;
mod element;
mod fault;
mod names;
mod path;
mod report;
mod scan;
mod sign;
mod signature_element;
mod text;
mod verify;

pub use c14n::Canonicalization;
pub use document::Document;
pub use element::{IdAttribute, SelectedElement};
pub use fault::{Fault, Limit, ParseError, Place};
pub use path::{ElementPath, PathError};
pub use report::{Covered, ReferenceReport, XmlProblem, XmlSignatureReport};
pub use scan::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NAME, MAX_NAMESPACES, MAX_NODES};
pub use sign::{Layout, sign_element, sign_enveloped};
pub use verify::verify;

pub(crate) use algorithms::digest_method;
pub(crate) use document::tree;
