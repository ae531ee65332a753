//! NCALayer's protocol: text frames become typed requests, outcomes become the exact JSON of each module.
//!
//! Only this module knows the names of NCALayer's JSON members.
//!
//! Source: NCALayer 1.4 and its public clients; each module's file says what was observed.

mod accessory;
mod applet;
mod basics;
mod cms_sign_util;
mod common_utils;
mod envelope;
mod esf_signer;
mod kaztoken;
mod key_info;
mod knp;
mod literals;
mod locale;
mod logo;
mod nur_sign;
mod stores;
mod uchet;

pub use kaztoken::StreamedOperation;
use window_messages::Language;

use crate::{
    ask::{Ask, FileAsk, FileChoice},
    error::Error,
    json::{self, Json, Object},
    outcome::Outcome,
    reply::Reply,
    settings::Modules,
};

/// A request as far as it can be understood without a person.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) label: Label,
    pub(crate) action: Action<'a>,
}

/// What is to be done with a request.
#[derive(Debug)]
pub(crate) enum Action<'a> {
    /// Nothing, not even a reply.
    Ignore,
    /// Send this.
    Reply(String),
    /// Speak this language from now on (none: as before) and send the reply, if there is one.
    ChangeLanguage {
        language: Option<Language>,
        reply: Option<String>,
    },
    /// Send that there is no such module, and let the person know what the page misses, unless that says nothing.
    NotFound(Option<Missing>),
    /// Show the settings and send the reply.
    ShowSettings { reply: String },
    /// Look which kinds of tokens are plugged in: nobody is asked.
    ListTokens(ReplyForm),
    /// A person must decide; the form turns the outcome into a reply.
    Ask(Ask<'a>, ReplyForm),
    /// The same, about a file that the page names.
    SignFile(FileAsk, ReplyForm),
    /// A person must pick a file or a folder.
    ChooseFile(FileChoice, ReplyForm),
    /// The page asks wrongly, and the module says so in its own way.
    Refuse(Error, ReplyForm),
}

/// How the module that was asked replies.
#[derive(Debug)]
pub(crate) enum ReplyForm {
    CommonUtils(common_utils::Form),
    Basics(basics::Form),
    NurSign(nur_sign::Form),
    EsfSigner(esf_signer::Form),
    Knp(knp::Form),
    CmsSignUtil(cms_sign_util::Form),
    Uchet(uchet::Form),
    Applet(applet::Form),
}

impl ReplyForm {
    pub(crate) fn render(&self, outcome: &Result<Outcome, Error>) -> Reply {
        match self {
            Self::CommonUtils(form) => form.render(outcome),
            Self::Basics(form) => form.render(outcome),
            Self::NurSign(form) => form.render(outcome).into(),
            Self::EsfSigner(form) => form.render(outcome).into(),
            Self::Knp(form) => form.render(outcome).into(),
            Self::CmsSignUtil(form) => form.render(outcome).into(),
            Self::Uchet(form) => form.render(outcome).into(),
            Self::Applet(form) => form.render(outcome).into(),
        }
    }
}

/// Module and method for the log; never more than these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) module: String,
    pub(crate) method: String,
}

/// What a page asks for and does not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The module's name; empty when what the page sent does not look like one.
    pub(crate) name: String,
    /// True when there is such a module and the settings keep it off.
    pub(crate) switched_off: bool,
}

/// The reply for a module that there is not. Clients wait for it: several ask for a module of another product first.
pub(crate) const MODULE_NOT_FOUND: &str = r#"{"success":false,"errorCode":"MODULE_NOT_FOUND"}"#;

/// Modules that pages ask for to learn what they talk to, not because they miss something.
const PROBES: [&str; 2] = ["kz.digiflow.mobile.extensions", "heartbeat"];

/// The reply to what is not a JSON object.
const NOT_JSON: &str = r#"{"success":false,"code":"COMMON_JSON_WRAPPING_EXCEPTION"}"#;

/// The modules that there are, by the name that requests carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Module {
    CommonUtils,
    Basics,
    Accessory,
    NurSign,
    EsfSigner,
    Knp,
    CmsSignUtil,
    Uchet,
    /// Also meant when a request names no module.
    Applet,
}

impl Module {
    const ALL: [Self; 9] = [
        Self::CommonUtils,
        Self::Basics,
        Self::Accessory,
        Self::NurSign,
        Self::EsfSigner,
        Self::Knp,
        Self::CmsSignUtil,
        Self::Uchet,
        Self::Applet,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::CommonUtils => "kz.gov.pki.knca.commonUtils",
            Self::Basics => "kz.gov.pki.knca.basics",
            Self::Accessory => "kz.gov.pki.ncalayerservices.accessory",
            Self::NurSign => "NURSign",
            Self::EsfSigner => "com.osdkz.esf.signer.esfSigner",
            Self::Knp => "kz.inessoft.kgd.knp.ncalayer.KNPModuleService",
            Self::CmsSignUtil => "kz.gov.pki.cms.CMSSignUtil",
            Self::Uchet => "kz.uchet.signUtil.commonUtils",
            Self::Applet => "kz.gov.pki.knca.applet.Applet",
        }
    }

    /// The bundle of NCALayer that brings the module, with the version whose behaviour this one has.
    fn bundle(self) -> (&'static str, &'static str) {
        match self {
            Self::CommonUtils => ("kz.gov.pki.osgi.layer.common", "0.3.4"),
            Self::Basics => ("kz.gov.pki.knca.basics", "1.4.0"),
            Self::Accessory => ("kz.gov.pki.api.layer.NCALayerServices", "0.7.3"),
            Self::NurSign => ("kz.ecc.NurSignBundle", "5.1.2"),
            Self::EsfSigner => ("com.osdkz.esf.signer", "1.2"),
            Self::Knp => ("kz.inessoft.kgd.knp.sono_knp_ncalayer_module", "1.2.0"),
            Self::CmsSignUtil => ("kz.gov.pki.cms.NLDocSignerModule", "1.1.0"),
            Self::Uchet => ("kz.uchet.signUtil", uchet::VERSION),
            Self::Applet => ("kz.gov.pki.knca.applet.knca_applet", "0.4.10"),
        }
    }
}

/// Reads the text of one frame. Modules that are off are as if they were not there.
pub(crate) fn read<'a>(
    json: &'a Result<Json<'a>, json::JsonError>,
    modules: Modules,
) -> Request<'a> {
    let Ok(Json::Object(message)) = json else {
        return Request {
            label: Label::unknown(),
            action: Action::Reply(NOT_JSON.into()),
        };
    };
    if message.is_empty() {
        return Request {
            label: Label::unknown(),
            action: Action::Ignore,
        };
    }
    let module = message
        .get("module")
        .map_or(Some(Module::Applet.name()), Json::as_text);
    Request {
        label: Label::of(module, message),
        action: route(module, message, modules),
    }
}

fn route<'a>(module: Option<&str>, message: &'a Object<'a>, modules: Modules) -> Action<'a> {
    let known = Module::ALL
        .into_iter()
        .find(|known| Some(known.name()) == module);
    match known.filter(|known| modules.is_on(*known)) {
        Some(Module::CommonUtils) => common_utils::read(message),
        Some(Module::Basics) => basics::read(message),
        Some(Module::Accessory) => accessory::read(message, modules),
        Some(Module::NurSign) => nur_sign::read(message),
        Some(Module::EsfSigner) => esf_signer::read(message),
        Some(Module::Knp) => knp::read(message),
        Some(Module::CmsSignUtil) => cms_sign_util::read(message),
        Some(Module::Uchet) => uchet::read(message),
        Some(Module::Applet) => applet::read(message),
        None => not_found(module.unwrap_or_default(), known, message),
    }
}

fn not_found<'a>(module: &str, known: Option<Module>, message: &'a Object<'a>) -> Action<'a> {
    if known == Some(Module::Applet) {
        match message.get("method").and_then(Json::as_text) {
            // Old pages send it first and take the next text for the answer to something else.
            Some("setLocale") => return Action::Ignore,
            Some(_) => {}
            // Some message that is not for the applet, nor for us.
            None => return Action::NotFound(None),
        }
    }
    Action::NotFound((!PROBES.contains(&module)).then(|| Missing {
        name: name_or_empty(module),
        switched_off: known.is_some(),
    }))
}

/// Whether the large texts of a message may be lifted out before it is read. The applet works on texts at once, so they
/// must be there.
pub(crate) fn may_be_lifted(text: &str, modules: Modules) -> bool {
    !modules.is_on(Module::Applet)
        || (text.contains("\"module\"") && !text.contains(Module::Applet.name()))
}

/// The reply to a message that was not kept because of its length, in the form of the module that it names at its
/// beginning or its end.
pub(crate) fn refuse_too_long(head: &[u8], tail: &[u8], modules: Modules) -> (Label, Reply) {
    let member = |name| text_in(head, name).or_else(|| text_in(tail, name));
    let module = member("module");
    let label = Label {
        module: loggable(module.as_deref().unwrap_or_default()),
        method: loggable(member("method").as_deref().unwrap_or_default()),
    };
    let name = module.as_deref().unwrap_or(Module::Applet.name());
    let known = Module::ALL.into_iter().find(|known| known.name() == name);
    let form = match known.filter(|known| modules.is_on(*known)) {
        Some(Module::CommonUtils) => {
            ReplyForm::CommonUtils(common_utils::Form::of_refusal(member("uuid")))
        }
        Some(Module::Basics | Module::Accessory) => ReplyForm::Basics(basics::Form::of_refusal()),
        Some(Module::NurSign) => ReplyForm::NurSign(nur_sign::Form::One),
        Some(Module::EsfSigner) => ReplyForm::EsfSigner(esf_signer::Form::Invoice),
        Some(Module::Knp) => ReplyForm::Knp(knp::Form::of_refusal(member("requestId"))),
        Some(Module::CmsSignUtil) => ReplyForm::CmsSignUtil(cms_sign_util::Form),
        Some(Module::Uchet) => ReplyForm::Uchet(uchet::Form),
        Some(Module::Applet) => ReplyForm::Applet(applet::Form::Signature),
        None => return (label, MODULE_NOT_FOUND.into()),
    };
    (label, form.render(&Err(Error::TooLong)))
}

/// The text of the member of this name in a piece of JSON that is not whole.
fn text_in(piece: &[u8], name: &str) -> Option<String> {
    let piece = String::from_utf8_lossy(piece);
    let quoted = format!("\"{name}\"");
    let value = piece
        .match_indices(&quoted)
        // Inside a text its quotes would be escaped.
        .filter(|(at, _)| {
            !piece
                .get(..*at)
                .is_some_and(|before| before.ends_with('\\'))
        })
        .find_map(|(at, _)| {
            let rest = piece.get(at + quoted.len()..)?.trim_start();
            rest.strip_prefix(':')?.trim_start().strip_prefix('"')
        })?;
    let (value, _) = value.split_once('"')?;
    (!value.contains('\\')).then(|| value.to_owned())
}

impl Label {
    fn unknown() -> Self {
        Self {
            module: "-".into(),
            method: "-".into(),
        }
    }

    fn of(module: Option<&str>, message: &Object<'_>) -> Self {
        Self {
            module: loggable(module.unwrap_or_default()),
            method: loggable(
                message
                    .get("method")
                    .and_then(Json::as_text)
                    .unwrap_or_default(),
            ),
        }
    }
}

/// A name as it may stand in a notice to the person.
fn name_or_empty(name: &str) -> String {
    match loggable(name).as_str() {
        "-" => String::new(),
        name => name.to_owned(),
    }
}

/// A name as it may stand in the log. What a page calls a module can be anything, a password or an IIN too, so only
/// what looks like a Java name and has no long row of digits gets there.
fn loggable(name: &str) -> String {
    let looks_like_a_name = !name.is_empty()
        && name.len() <= 80
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && !name
            .split(|character: char| !character.is_ascii_digit())
            .any(|digits| digits.len() > 4);
    if looks_like_a_name {
        name.to_owned()
    } else {
        "-".to_owned()
    }
}

/// Why org.json cannot hand out a member, in its words: clients have seen them in replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum MemberError {
    #[error("JSONObject[\"{0}\"] not found.")]
    NotFound(&'static str),
    #[error("JSONObject[\"{0}\"] is not a {1}.")]
    NotA(&'static str, &'static str),
}

fn text_member<'a>(object: &'a Object<'a>, name: &'static str) -> Result<&'a str, MemberError> {
    let member = object.get(name).ok_or(MemberError::NotFound(name))?;
    member.as_text().ok_or(MemberError::NotA(name, "string"))
}
