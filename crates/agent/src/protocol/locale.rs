use window_messages::Language;

/// The language that a page names: `kk`, `ru`, `en`. NCALayer knows no other and leaves the language as it was.
pub(super) fn language(id: &str) -> Option<Language> {
    match id {
        "kk" => Some(Language::Kk),
        "ru" => Some(Language::Ru),
        "en" => Some(Language::En),
        _ => None,
    }
}
