//! JSON as pages send it: strict where it is strict, lenient as NCALayer's parser where it is not.

mod lenient;
mod strict;

use std::{borrow::Cow, collections::HashSet};

use crate::limits;

/// A JSON value that borrows from the request's text wherever the text needs no unescaping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// Members of an object, in the order of the text; names are unique.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// Why a text is not a JSON value that we take. Deliberately without any piece of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    #[error("the text is not JSON (byte {at})")]
    Syntax { at: usize },
    #[error("the text nests deeper than {} levels", limits::JSON_DEPTH)]
    TooDeep,
    #[error("the text holds more than {} values", limits::JSON_VALUES)]
    TooMany,
    #[error("an object names a member twice")]
    DuplicateName,
    #[error("the text is longer than {} bytes", limits::MESSAGE_BYTES)]
    TooLong,
}

/// Reads one JSON value.
///
/// Strict JSON takes the short way. What that refuses is read once more as org.json (NCALayer's parser) reads:
/// names and values without quotes, single quotes, `;` between members, `=` after names, a trailing comma.
pub(crate) fn parse(text: &str) -> Result<Json<'_>, JsonError> {
    if text.len() > limits::MESSAGE_BYTES {
        return Err(JsonError::TooLong);
    }
    match strict::parse(text) {
        Err(JsonError::Syntax { .. }) => lenient::parse(text),
        answer => answer,
    }
}

impl<'a> Json<'a> {
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A truth value as org.json's `optBoolean` takes it: `true`, or the text `"true"` in any case.
    pub(crate) fn to_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

impl<'a> Object<'a> {
    /// The member; absent and `null` are the same, as for org.json's `opt…` methods.
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
            .filter(|value| **value != Json::Null)
    }

    /// All members with their names, `null` too, in the order of the text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the members over.
    ///
    /// org.json refuses a name that comes twice; a parser that took the first and one that takes the last
    /// would show and sign different things.
    fn from_members(members: Vec<(Cow<'a, str>, Json<'a>)>) -> Result<Self, JsonError> {
        let mut seen = HashSet::with_capacity(members.len());
        if members.iter().all(|(name, _)| seen.insert(name.as_ref())) {
            Ok(Self(members))
        } else {
            Err(JsonError::DuplicateName)
        }
    }
}

/// How many values may still come, and how deep.
struct Budget {
    values: usize,
    depth: usize,
}

impl Budget {
    fn new() -> Self {
        Self {
            values: limits::JSON_VALUES,
            depth: limits::JSON_DEPTH,
        }
    }

    fn value(&mut self) -> Result<(), JsonError> {
        self.values = self.values.checked_sub(1).ok_or(JsonError::TooMany)?;
        Ok(())
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        self.depth = self.depth.checked_sub(1).ok_or(JsonError::TooDeep)?;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth += 1;
    }
}

#[cfg(test)]
mod tests;
