use window_messages::Language;

/// The language of the session, by the variables that POSIX names (locale names such as `kk_KZ.UTF-8`).
pub(crate) fn read() -> Option<Language> {
    let value = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    of_locale(&value?)
}

fn of_locale(locale: &str) -> Option<Language> {
    match locale.split(['_', '.', '-', '@']).next()? {
        "kk" => Some(Language::Kk),
        "ru" => Some(Language::Ru),
        "en" => Some(Language::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_names_begin_with_the_language() {
        assert_eq!(of_locale("kk_KZ.UTF-8"), Some(Language::Kk));
        assert_eq!(of_locale("ru"), Some(Language::Ru));
        assert_eq!(of_locale("en-US"), Some(Language::En));
        assert_eq!(of_locale("C.UTF-8"), None);
        assert_eq!(of_locale("eng"), None);
    }
}
