//! An element chosen for a signature by its `Id`, and the place where that signature goes.

use super::by_id;
use super::c14n::{Canonicalization, canonicalize};
use super::document::{Document, tree};
use super::names::is_name;
use super::path::ElementPath;
use crate::Error;
use core::ops::Range;

/// An element of a document that is to be signed by reference to its `Id`, and the element that takes the signature.
#[derive(Clone, Debug)]
pub struct SelectedElement {
    pub(crate) document: Document,
    pub(crate) id: String,
    canonical: Canonical,
    /// Place of the element that gets the signature.
    pub(crate) parent: Range<usize>,
}

/// The attribute that says which element is meant: one of those in which verifiers look for an identifier without being
/// told to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdAttribute {
    /// `Id`.
    #[default]
    Id,
    /// `ID`.
    UpperCase,
    /// `id`.
    LowerCase,
}

impl IdAttribute {
    /// The attribute of this name, when it is one of these.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Id, Self::UpperCase, Self::LowerCase]
            .into_iter()
            .find(|attribute| attribute.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Id => "Id",
            Self::UpperCase => "ID",
            Self::LowerCase => "id",
        }
    }
}

/// Kept apart so that `Debug` shows no document.
#[derive(Clone)]
struct Canonical(Vec<u8>);

impl core::fmt::Debug for Canonical {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Canonical(..)")
    }
}

impl Document {
    /// Chooses the element to sign and the element whose last child the signature becomes.
    ///
    /// # Errors
    /// [`Error::NoSuchElement`] when a path means none; [`Error::NoId`] when the element has no attribute of that very name, or
    /// one that a reference cannot name; [`Error::DuplicateId`] when another element has that value as its identifier, too;
    /// [`Error::SignatureInside`] when the signature would stand inside what it signs and so change it.
    ///
    /// Source: NCALayer's commonUtils, tbsElementXPath and signatureParentElementXPath of signXml.
    pub fn select(
        self,
        element: &ElementPath,
        parent: &ElementPath,
        id: IdAttribute,
    ) -> Result<SelectedElement, Error> {
        let tree = tree(self.source())?;
        let signed = element.find(&tree).ok_or(Error::NoSuchElement)?;
        let parent = parent.find(&tree).ok_or(Error::NoSuchElement)?;
        let id = signed
            .attributes()
            .find(|attribute| attribute.namespace().is_none() && attribute.name() == id.name())
            .map(|attribute| attribute.value())
            .filter(|id| !id.is_empty() && id.chars().all(is_name))
            .ok_or(Error::NoId)?;
        by_id::find(&tree, id)?;
        if parent.ancestors().any(|around| around == signed) {
            return Err(Error::SignatureInside);
        }
        let canonical = Canonical(canonicalize(signed, &Canonicalization::INCLUSIVE, &[])?);
        let (id, parent) = (id.to_owned(), parent.range());
        drop(tree);
        Ok(SelectedElement {
            document: self,
            id,
            canonical,
            parent,
        })
    }
}

impl SelectedElement {
    /// The bytes that the signature covers: Canonical XML 1.0 of the element, without comments.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical.0
    }

    /// The document that the element is in.
    pub fn document(&self) -> &Document {
        &self.document
    }
}
