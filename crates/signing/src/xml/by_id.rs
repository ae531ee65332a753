//! Finding the one element that a reference `#id` means.

use super::names::XML_NAMESPACE;
use crate::Error;
use roxmltree::{Document, Node};

const WS_UTILITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// The element whose `Id` (also `ID`, `id`, `xml:id`, `wsu:Id`) has this value.
///
/// Without a DTD no attribute is an identifier by declaration; these names are what Kalkan (`Id`), Santuario and WS-Security use.
///
/// # Errors
/// Not exactly one such element: with two, a signature could be verified over one and the other be acted upon.
pub(crate) fn find<'a, 'input>(
    tree: &'a Document<'input>,
    id: &str,
) -> Result<Node<'a, 'input>, Error> {
    let mut found = tree.descendants().filter(|node| has_id(*node, id));
    match (found.next(), found.next()) {
        (Some(element), None) => Ok(element),
        (None, _) => Err(Error::NoSuchId),
        (Some(_), Some(_)) => Err(Error::DuplicateId),
    }
}

fn has_id(node: Node<'_, '_>, id: &str) -> bool {
    node.attributes().any(|attribute| {
        let is_identifier = match attribute.namespace() {
            None => matches!(attribute.name(), "Id" | "ID" | "id"),
            Some(XML_NAMESPACE) => attribute.name() == "id",
            Some(WS_UTILITY) => attribute.name() == "Id",
            Some(_) => false,
        };
        is_identifier && attribute.value() == id
    })
}
