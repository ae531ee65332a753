//! The pages.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};

use crate::account::{Account, Person};
use crate::challenge::Form;
use crate::session::Session;
use crate::template::{Values, escape, render};
use crate::visit::{Visitor, language_cookie};
use crate::{Language, Portal, Refusal, Texts, document as text};

const LAYOUT: &str = include_str!("../pages/layout.html");

/// `/`: what one can do here.
pub(crate) async fn home(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    show(
        &portal,
        &visitor,
        "home",
        include_str!("../pages/home.html"),
        Values::default(),
    )
}

/// `/login`.
pub(crate) async fn login(
    State(portal): State<Arc<Portal>>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Response {
    if visitor.session.login.is_some() {
        return Redirect::to("/cabinet").into_response();
    }
    let registered = if query.as_deref() == Some("registered") {
        "yes"
    } else {
        ""
    };
    show(
        &portal,
        &visitor,
        "login",
        include_str!("../pages/login.html"),
        Values::default().with("registered", registered),
    )
}

/// `/register`.
pub(crate) async fn register(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    show(
        &portal,
        &visitor,
        "register",
        include_str!("../pages/register.html"),
        Values::default(),
    )
}

/// `/agreement`.
pub(crate) async fn agreement(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    show(
        &portal,
        &visitor,
        "agreement",
        include_str!("../pages/agreement.html"),
        Values::default(),
    )
}

/// `/help`: what to do when the agent does not answer.
pub(crate) async fn help(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let values = Values::default().with(
        "agentAddress",
        format!("https://127.0.0.1:{}", portal.options.agent_port),
    );
    show(
        &portal,
        &visitor,
        "help",
        include_str!("../pages/help.html"),
        values,
    )
}

/// `/cabinet`: who has logged in, what they have signed, where else they are logged in.
pub(crate) async fn cabinet(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let Some(login) = &visitor.session.login else {
        return Redirect::to("/login").into_response();
    };
    let texts = visitor.language.texts();
    let (documents, sessions, account) = {
        let store = portal.store();
        let account = store.accounts.find(&login.account).cloned();
        let sessions = session_rows(
            &store.sessions.of(&login.account, portal.now()),
            &visitor.session,
            texts,
        );
        (
            account
                .as_ref()
                .map(|account| document_rows(account, texts))
                .unwrap_or_default(),
            sessions,
            account,
        )
    };
    let mut values = person_values(&login.person)
        .with("sessions", sessions)
        .with("documents", documents);
    if let Some(account) = account {
        values = values
            .with("email", account.email)
            .with("registered", text::day(account.registered));
    }
    show(
        &portal,
        &visitor,
        "cabinet",
        include_str!("../pages/cabinet.html"),
        values,
    )
}

/// `/documents/NUMBER/content` and `/documents/NUMBER/signature`: what was signed, to check elsewhere.
pub(crate) async fn document(
    State(portal): State<Arc<Portal>>,
    Path((number, part)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let login = visitor.session.login.as_ref().ok_or(Refusal::NotLoggedIn)?;
    let store = portal.store();
    let account = store
        .accounts
        .find(&login.account)
        .ok_or(Refusal::NotFound)?;
    let document = account
        .documents
        .iter()
        .find(|document| document.number == number)
        .ok_or(Refusal::NotFound)?;
    let (bytes, kind, extension) = match (part.as_str(), document.form) {
        ("signature", Form::Xml) => (document.signature.clone(), "application/xml", "xml"),
        ("signature", Form::Cms) => (
            document.signature.clone(),
            "application/pkcs7-signature",
            "p7s",
        ),
        ("content", Form::Cms) => (
            document.content.clone().into_bytes(),
            "text/plain; charset=utf-8",
            "txt",
        ),
        _ => return Err(Refusal::NotFound),
    };
    let name = format!("attachment; filename=\"application-{number}.{extension}\"");
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}

/// `/language/CODE`: remembers the language and goes back.
pub(crate) async fn language(Path(code): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some(language) = Language::from_code(&code) else {
        return Refusal::NotFound.into_response();
    };
    // Only places of this portal: `//elsewhere` is another site.
    let back = query
        .as_deref()
        .and_then(|query| query.strip_prefix("back="));
    let back = back
        .filter(|back| {
            matches!(
                *back,
                "/" | "/login" | "/register" | "/agreement" | "/help" | "/cabinet"
            )
        })
        .unwrap_or("/");
    let mut response = Redirect::to(back).into_response();
    if let Some(cookie) = language_cookie(language) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// `/assets/NAME`: style and scripts, all of them part of the program.
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    const CSS: &str = "text/css; charset=utf-8";
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    let (kind, content) = match name.as_str() {
        "portal.css" => (CSS, include_str!("../assets/portal.css")),
        "agent.js" => (SCRIPT, include_str!("../assets/agent.js")),
        "portal.js" => (SCRIPT, include_str!("../assets/portal.js")),
        "mark.svg" => ("image/svg+xml", include_str!("../assets/mark.svg")),
        _ => return Refusal::NotFound.into_response(),
    };
    let tag = concat!("\"", env!("CARGO_PKG_VERSION"), "\"");
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == tag)
        && !cfg!(debug_assertions)
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
            (header::ETAG, tag),
        ],
        content,
    )
        .into_response()
}

/// Everything else.
pub(crate) async fn not_found(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let mut response = show(
        &portal,
        &visitor,
        "not-found",
        include_str!("../pages/not_found.html"),
        Values::default(),
    );
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn show(
    portal: &Portal,
    visitor: &Visitor,
    page: &'static str,
    template: &str,
    values: Values,
) -> Response {
    let texts = visitor.language.texts();
    let status = render(
        include_str!("../pages/status.html"),
        texts,
        &Values::default(),
    );
    let main = render(template, texts, &values.with("status", status));
    let person = visitor
        .session
        .login
        .as_ref()
        .map(|login| login.person.name.clone())
        .unwrap_or_default();
    let account = visitor
        .session
        .login
        .as_ref()
        .map(|login| login.account.clone());
    let settings = serde_json::json!({
        "page": page,
        "agent": portal.options.agent_port,
        "language": visitor.language.code(),
        "iin": account.as_ref().map_or("", |account| &account.iin),
        "bin": account.as_ref().and_then(|account| account.bin.as_deref()).unwrap_or_default(),
        "chain": portal.trust.roots_pem(),
    });
    let values = Values::default()
        .with("main", main)
        .with("page", page)
        .with("language", visitor.language.code())
        .with("title", texts.get(&format!("{page}.title")))
        .with("csrf", visitor.session.csrf.as_str())
        .with("person", person)
        .with("languages", language_links(visitor.language, page))
        .with("settings", settings.to_string().replace('<', "\\u003c"))
        .with("texts", texts.for_scripts());
    let mut response = Html(render(LAYOUT, texts, &values)).into_response();
    if let Some(cookie) = &visitor.cookie {
        response
            .headers_mut()
            .insert(header::SET_COOKIE, cookie.clone());
    }
    if let Ok(language) = HeaderValue::from_str(visitor.language.code()) {
        response
            .headers_mut()
            .insert(header::CONTENT_LANGUAGE, language);
    }
    response
}

fn language_links(current: Language, page: &str) -> String {
    let back = match page {
        "home" | "not-found" => "/".to_owned(),
        page => format!("/{page}"),
    };
    Language::ALL.into_iter().fold(String::new(), |mut html, language| {
        let code = language.code();
        let name = match language {
            Language::Kk => "Қазақша",
            Language::Ru => "Русский",
            Language::En => "English",
        };
        let short = match language {
            Language::Kk => "Қаз",
            Language::Ru => "Рус",
            Language::En => "Eng",
        };
        let current = if language == current { " aria-current=\"true\"" } else { "" };
        let _ = write!(
            html,
            "<a href=\"/language/{code}?back={back}\" lang=\"{code}\" hreflang=\"{code}\" title=\"{name}\" aria-label=\"{name}\"{current}>{short}</a>"
        );
        html
    })
}

fn person_values(person: &Person) -> Values {
    Values::default()
        .with("name", person.name.as_str())
        .with("iin", person.iin.as_str())
        .with("bin", person.bin.as_deref().unwrap_or_default())
        .with(
            "organisation",
            person.organisation.as_deref().unwrap_or_default(),
        )
        .with(
            "validity",
            format!(
                "{} – {}",
                text::day(person.not_before),
                text::day(person.not_after)
            ),
        )
        .with("serial", person.serial_number.as_str())
        .with("issuer", person.issuer.as_str())
        .with("algorithm", person.algorithm.as_str())
}

fn document_rows(account: &Account, texts: &Texts) -> String {
    account.documents.iter().rev().fold(String::new(), |mut html, document| {
        let (number, taken) = (escape(&document.number), text::day_and_time(document.taken));
        let form = if document.form == Form::Xml { "XML" } else { "CMS" };
        let signature = escape(texts.get("cabinet.document-signature"));
        let _ = write!(html, "<li><div><strong>№ {number}</strong><span class=\"note\">{taken} · {form}</span></div><div class=\"links\">");
        if document.form == Form::Cms {
            let content = escape(texts.get("cabinet.document-content"));
            let _ = write!(html, "<a href=\"/documents/{number}/content\">{content}</a>");
        }
        let _ = write!(html, "<a href=\"/documents/{number}/signature\">{signature}</a></div></li>");
        html
    })
}

fn session_rows(sessions: &[&Session], current: &Session, texts: &Texts) -> String {
    sessions.iter().fold(String::new(), |mut html, session| {
        let browser = escape(&browser_name(&session.browser, texts));
        let started = text::day_and_time(session.started);
        let _ = write!(html, "<li><div><strong>{browser}</strong><span class=\"note\">{started}</span></div>");
        if session.label == current.label {
            let _ = write!(html, "<span class=\"badge\">{}</span></li>", escape(texts.get("cabinet.this-session")));
        } else {
            let (label, end) = (escape(&session.label), escape(texts.get("cabinet.end-session")));
            let _ = write!(html, "<button type=\"button\" class=\"quiet\" data-end-session=\"{label}\">{end}</button></li>");
        }
        html
    })
}

/// The part of a browser's long name that people know it by.
fn browser_name(user_agent: &str, texts: &Texts) -> String {
    let known = [
        ("Edg/", "Edge"),
        ("YaBrowser/", "Yandex"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let browser = known
        .iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map(|(_, name)| *name);
    let systems = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let system = systems
        .iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map(|(_, name)| *name);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => texts.get("cabinet.unknown-browser").to_owned(),
    }
}
