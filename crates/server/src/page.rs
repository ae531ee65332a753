//! The page that a person sees who opens the listener's address in a browser.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderMap, HeaderName, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::http::HeaderValue;

const TEMPLATE: &str = include_str!("page/status.html");
const STYLE: &str = include_str!("page/status.css");

/// A language of the status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// Kazakh.
    Kazakh,
    /// Russian.
    Russian,
    /// English, also for everyone who asks for none of the three.
    English,
}

/// The language that an `Accept-Language` header asks for most: the highest quality, the first among equals.
///
/// Source: RFC 9110 section 12.5.4.
pub fn preferred_language(accept_language: &str) -> Language {
    let mut best = (Language::English, 0);
    for item in accept_language.split(',') {
        let mut parts = item.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let language = match tag
            .split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "kk" => Language::Kazakh,
            "ru" => Language::Russian,
            "en" => Language::English,
            _ => continue,
        };
        let quality = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1000), thousandths)
            .unwrap_or(0);
        if quality > best.1 {
            best = (language, quality);
        }
    }
    best.0
}

/// `0.8` becomes 800; at most three decimals, at most 1.
fn thousandths(quality: &str) -> Option<u32> {
    let (whole, decimals) = quality.split_once('.').unwrap_or((quality, ""));
    let is_number = decimals.len() <= 3 && decimals.bytes().all(|digit| digit.is_ascii_digit());
    if !is_number || !matches!(whole, "0" | "1") {
        return None;
    }
    format!("{whole}{decimals:0<3}")
        .parse()
        .ok()
        .filter(|thousandths| *thousandths <= 1000)
}

/// The status page in the caller's language. It says nothing about the person, and no other site can read or frame it.
pub(crate) fn status(headers: &HeaderMap) -> Response<Full<Bytes>> {
    let asked = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let words = words(preferred_language(asked));
    let html = TEMPLATE
        .replace("{style}", STYLE)
        .replace("{lang}", words.code)
        .replace("{title}", words.title)
        .replace("{trust}", words.trust)
        .replace("{consent}", words.consent)
        .replace("{help_title}", words.help_title)
        .replace("{help}", words.help)
        .replace("{version}", env!("CARGO_PKG_VERSION"));
    let mut response = Response::new(Full::from(html));
    let fixed = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_LANGUAGE, words.code),
        (VARY, "Accept-Language, Origin"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (X_FRAME_OPTIONS, "DENY"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Nothing but our own style and the icon in the page.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

struct Words {
    code: &'static str,
    title: &'static str,
    trust: &'static str,
    consent: &'static str,
    help_title: &'static str,
    help: &'static str,
}

fn words(language: Language) -> Words {
    match language {
        Language::Kazakh => Words {
            code: "kk",
            title: "Tanba жұмыс істеп тұр",
            trust: "Бұл бет ескертусіз ашылса, браузер Tanba-ға сенеді және сайттар қолтаңба сұрай алады.",
            consent: "Сізсіз ештеңеге қол қойылмайды: әр жолы терезе ашылып, кім сұрап тұрғанын және неге қол \
                      қойылатынын көрсетеді.",
            help_title: "Портал Tanba-ны көрмей тұр ма?",
            help: "NCALayer бағдарламасын жабыңыз. Браузер сұраса, сайтқа осы құрылғыдағы қолданбаларға қосылуға \
                   рұқсат беріңіз. Содан кейін портал бетін жаңартыңыз.",
        },
        Language::Russian => Words {
            code: "ru",
            title: "Tanba работает",
            trust: "Если эта страница открылась без предупреждения, браузер доверяет Tanba, и сайты могут просить \
                    подпись.",
            consent: "Без вас ничего не подписывается: каждый раз появляется окно, в котором видно, кто просит и что \
                      будет подписано.",
            help_title: "Портал не видит Tanba?",
            help: "Закройте NCALayer. Если браузер спросит, разрешите сайту подключаться к приложениям на этом \
                   устройстве. Затем обновите страницу портала.",
        },
        Language::English => Words {
            code: "en",
            title: "Tanba is running",
            trust: "If this page opened without a warning, your browser trusts Tanba and sites can ask for signatures.",
            consent: "Nothing is signed without you: every time, a window shows who asks and what will be signed.",
            help_title: "A portal does not find Tanba?",
            help: "Close NCALayer. When the browser asks, let the site connect to apps on this device. Then reload \
                   the portal’s page.",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_of_three_languages_is_spoken() {
        for (header, language) in [
            ("kk", Language::Kazakh),
            ("kk-KZ,ru;q=0.9,en;q=0.8", Language::Kazakh),
            ("de,ru;q=0.5,en;q=0.4", Language::Russian),
            ("en;q=0.1, RU-ru;q=0.9", Language::Russian),
            ("ru;q=0", Language::English),
            ("ru;q=0.30,kk;q=0.3", Language::Russian),
            ("ru;q=2,kk;q=0.001", Language::Kazakh),
            ("*", Language::English),
            ("", Language::English),
            (";;;,,,;q=,-", Language::English),
        ] {
            assert_eq!(preferred_language(header), language, "{header}");
        }
    }

    #[test]
    fn every_placeholder_is_filled() {
        for language in [Language::Kazakh, Language::Russian, Language::English] {
            let mut headers = HeaderMap::new();
            headers.insert(
                ACCEPT_LANGUAGE,
                HeaderValue::from_static(words(language).code),
            );
            let page = format!("{:?}", status(&headers).body());
            assert!(
                !page.contains("{lang}") && !page.contains("{title}") && !page.contains("{help"),
                "{page}"
            );
        }
    }
}
