//! The portal's words in Kazakh, Russian and English.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, header};

/// A language of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Қазақша.
    Kk,
    /// По-русски.
    Ru,
    /// English.
    En,
}

/// The words of one language by their keys.
#[derive(Debug)]
pub struct Texts(BTreeMap<String, String>);

static KK: LazyLock<Texts> = LazyLock::new(|| Texts::parse(include_str!("../texts/kk.json")));
static RU: LazyLock<Texts> = LazyLock::new(|| Texts::parse(include_str!("../texts/ru.json")));
static EN: LazyLock<Texts> = LazyLock::new(|| Texts::parse(include_str!("../texts/en.json")));

impl Language {
    /// All languages in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// `kk`, `ru` or `en`: the name in HTML, in the cookie and in requests to the agent.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// Its words.
    #[must_use]
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::Kk => &KK,
            Self::Ru => &RU,
            Self::En => &EN,
        }
    }

    /// What the person chose, or else the first language of the browser that the portal has, or else Russian.
    #[must_use]
    pub fn of(headers: &HeaderMap, cookie: Option<&str>) -> Self {
        let accepted = || {
            let list = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
            list.split(',')
                .find_map(|entry| Self::from_code(entry.trim().get(..2)?))
        };
        cookie
            .and_then(Self::from_code)
            .or_else(accepted)
            .unwrap_or(Self::Ru)
    }
}

impl Texts {
    fn parse(json: &str) -> Self {
        // The files are part of the program, and a test reads all of them.
        Self(serde_json::from_str(json).unwrap_or_default())
    }

    /// The words of a key; the key itself where there are none.
    #[must_use]
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The words that scripts show, as JSON that is safe inside a `script` element.
    #[must_use]
    pub fn for_scripts(&self) -> String {
        let chosen: BTreeMap<_, _> = self
            .0
            .iter()
            .filter(|(key, _)| key.starts_with("js.") || key.starts_with("refusal."))
            .collect();
        serde_json::to_string(&chosen)
            .unwrap_or_default()
            .replace('<', "\\u003c")
    }
}
