use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Budget, Json, JsonError, Object};

/// Reads strict JSON (RFC 8259).
pub(super) fn parse(text: &str) -> Result<Json<'_>, JsonError> {
    let mut state = State {
        budget: Budget::new(),
        refusal: None,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Value(&mut state).deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(_) => Err(state.refusal.unwrap_or(JsonError::Syntax { at: 0 })),
    }
}

/// serde_json's error has room for text only, so the reason of our own refusals waits here.
struct State {
    budget: Budget,
    refusal: Option<JsonError>,
}

impl State {
    fn check<E: serde::de::Error>(
        &mut self,
        step: impl FnOnce(&mut Budget) -> Result<(), JsonError>,
    ) -> Result<(), E> {
        step(&mut self.budget).map_err(|error| self.refuse(error))
    }

    fn refuse<E: serde::de::Error>(&mut self, error: JsonError) -> E {
        self.refusal = Some(error);
        E::custom("refused")
    }
}

struct Value<'s>(&'s mut State);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json<'de>, D::Error> {
        self.0.check(Budget::value)?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        self.0.check(Budget::enter)?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Value(self.0))? {
            array.push(item);
        }
        self.0.budget.leave();
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        self.0.check(Budget::enter)?;
        let mut members = Vec::new();
        while let Some(name) = entries.next_key_seed(Name)? {
            members.push((name, entries.next_value_seed(Value(self.0))?));
        }
        self.0.budget.leave();
        Object::from_members(members)
            .map(Json::Object)
            .map_err(|error| self.0.refuse(error))
    }
}

struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Cow<'de, str>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
