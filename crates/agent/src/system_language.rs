use window_messages::Language;

/// The language of the session: on Linux by the variables that POSIX names (`kk_KZ.UTF-8`), on Windows and macOS the
/// first of the person's preferred languages that we speak (not run there yet).
pub(crate) fn read() -> Option<Language> {
    sys_locale::get_locales().find_map(|locale| of_locale(&locale))
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
