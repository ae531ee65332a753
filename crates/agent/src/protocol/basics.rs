//! `kz.gov.pki.knca.basics`: arguments in an object, `{"status":true,"body":{…}}`.
//!
//! Source: the published nlcommons (dispatcher and its errors), the National CA's sample page of 2026, recorded
//! exchanges. Since 1.4 the result is always an array, and CMS comes as PEM.

use std::{borrow::Cow, fmt::Display};

use pki::{ObjectIdentifier, oid};
use serde::Serialize;

use super::{Action, MemberError, ReplyForm, literals, locale, logo, stores, text_member};
use crate::{
    ask::{Ask, Input, Issuers, Stance, Stores, Wanted, What, XmlLayout},
    error::Error,
    json::{Json, Object},
    outcome::{Outcome, Products},
    reply::Reply,
};

/// What a reply needs to know of its request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// True when the page also wants the signer's certificate.
    output_certificate: bool,
}

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    match dispatch(message) {
        Ok(action) => action,
        Err(fault) => Action::Reply(fault.render()),
    }
}

fn dispatch<'a>(message: &'a Object<'a>) -> Result<Action<'a>, Fault> {
    match message.get("apiVersion") {
        None | Some(Json::Number(2.0)) => {}
        Some(Json::Text(version)) if version == "2" => {}
        Some(_) => {
            return Err(Fault::general(
                "java.lang.IllegalArgumentException: Supported apiVersion is 2",
            ));
        }
    }
    let method = text_member(message, "method")
        .map_err(|error| Fault::general(format_args!("org.json.JSONException: {error}")))?;
    match method {
        "sign" => {}
        "generateCsr" | "importCertificate" => {
            return Err(Fault::general(format_args!(
                "java.lang.UnsupportedOperationException: {method} is not supported"
            )));
        }
        _ => {
            let class = super::Module::Basics.name();
            return Err(Fault::general(format_args!(
                "java.lang.IllegalArgumentException: {method} is not defined in {class}"
            )));
        }
    }
    let Some(Json::Object(arguments)) = message.get("args") else {
        return Err(Fault::general(format_args!(
            "java.lang.IllegalArgumentException: {method} demands arguments"
        )));
    };
    sign(arguments)
}

fn sign<'a>(arguments: &'a Object<'a>) -> Result<Action<'a>, Fault> {
    let signing = SigningParameters::read(object_member(arguments, "signingParams")?);
    let wanted = match arguments.get("signerParams") {
        None => Wanted::default(),
        Some(_) => wanted(object_member(arguments, "signerParams")?, &signing)?,
    };
    let format = text_member(arguments, "format")?;
    let documents = documents(arguments, signing.decode)?;
    let what = match format {
        "xml" => What::Xml {
            documents,
            layout: XmlLayout::Compact,
            element: None,
        },
        "cms" if signing.digested => What::CmsOfDigest { digests: documents },
        "cms" => What::Cms {
            documents,
            attached: signing.encapsulate,
            cosign: false,
        },
        "raw" => What::Raw {
            documents,
            digested: signing.digested,
        },
        _ => return Err(Fault::parameters("format must be xml, cms or raw")),
    };
    let form = ReplyForm::Basics(Form {
        output_certificate: signing.output_certificate,
    });
    let ask = Ask {
        what,
        stores: allowed_stores(arguments),
        wanted,
        language: arguments
            .get("locale")
            .and_then(Json::as_text)
            .and_then(locale::language),
        logo: arguments
            .get("logo")
            .and_then(Json::as_text)
            .and_then(logo::read),
        time_stamp: signing.time_stamp,
    };
    Ok(Action::Ask(ask, form))
}

struct SigningParameters {
    decode: bool,
    encapsulate: bool,
    digested: bool,
    time_stamp: bool,
    output_certificate: bool,
    allow_expired: bool,
    allow_revoked: bool,
}

impl SigningParameters {
    /// Truth values come as such or as text; what is neither has its default.
    fn read(object: &Object<'_>) -> Self {
        let flag = |name, default| object.get(name).and_then(Json::to_bool).unwrap_or(default);
        Self {
            decode: flag("decode", false),
            encapsulate: flag("encapsulate", true),
            digested: flag("digested", false),
            time_stamp: matches!(object.get("tsaProfile"), Some(Json::Object(_))),
            output_certificate: flag("outputCert", false),
            allow_expired: flag("allowExpired", false),
            allow_revoked: flag("allowRevoked", false),
        }
    }
}

fn wanted<'a>(signer: &'a Object<'a>, signing: &SigningParameters) -> Result<Wanted<'a>, Fault> {
    let oids = match signer.get("extKeyUsageOids") {
        Some(Json::Array(oids)) => oids
            .iter()
            .map(|oid| {
                oid.as_text()
                    .and_then(|oid| oid.trim().parse::<ObjectIdentifier>().ok())
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Fault::parameters("extKeyUsageOids must hold object identifiers"))?,
        _ => Vec::new(),
    };
    // Keys issued since 2024 log in too but do not say clientAuth: taken literally, the filter would hide all of them.
    let (purposes, rights): (Vec<_>, Vec<_>) = oids
        .into_iter()
        .partition(|right| [oid::CLIENT_AUTH, oid::EMAIL_PROTECTION].contains(right));
    let issuers = match signer.get("chain") {
        Some(Json::Array(chain)) if chain.is_empty() => Issuers::Any,
        Some(Json::Array(chain)) => Issuers::These(
            chain
                .iter()
                .map(Json::as_text)
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| Fault::parameters("chain must hold certificates in PEM"))?,
        ),
        _ => Issuers::Ours,
    };
    Ok(Wanted {
        authentication: purposes.contains(&oid::CLIENT_AUTH),
        signing: purposes.contains(&oid::EMAIL_PROTECTION),
        rights,
        iin: filter(signer, "iin"),
        bin: filter(signer, "bin"),
        serial_number: filter(signer, "serialNumber"),
        unknown_issuer: stance(matches!(issuers, Issuers::Any)),
        issuers,
        expired: stance(signing.allow_expired),
        revoked: stance(signing.allow_revoked),
    })
}

/// What the page does not allow is refused: NCALayer lists such keys and does not let them be chosen.
fn stance(allowed: bool) -> Stance {
    if allowed {
        Stance::Allow
    } else {
        Stance::Refuse
    }
}

/// A filter's text; empty is absent. A number counts as its digits.
fn filter<'a>(signer: &'a Object<'a>, name: &str) -> Option<Cow<'a, str>> {
    match signer.get(name)? {
        Json::Text(text) => Some(Cow::Borrowed(text.trim())).filter(|text| !text.is_empty()),
        Json::Number(number) => Some(Cow::Owned(format!("{number}"))),
        _ => None,
    }
}

/// Absent, `null`, `[]` and what is not an array mean all stores.
fn allowed_stores(arguments: &Object<'_>) -> Stores {
    match arguments.get("allowedStorages") {
        Some(Json::Array(names)) if !names.is_empty() => {
            let names = names.iter().filter_map(Json::as_text);
            let files = names.clone().any(|name| name == "PKCS12");
            match names.filter_map(stores::kind).collect::<Vec<_>>() {
                kinds if kinds.is_empty() && files => Stores::Files,
                kinds => Stores::These { kinds, files },
            }
        }
        _ => Stores::Any,
    }
}

fn documents<'a>(arguments: &'a Object<'a>, decode: bool) -> Result<Vec<Input<'a>>, Fault> {
    let input = |json: &'a Json<'a>| {
        json.as_text().map(|text| {
            if decode {
                Input::Base64(text)
            } else {
                Input::Text(text)
            }
        })
    };
    let data = arguments.get("data").ok_or(MemberError::NotFound("data"))?;
    let documents = match data {
        Json::Array(items) => items.iter().map(input).collect(),
        single => input(single).map(|document| vec![document]),
    };
    documents.ok_or_else(|| Fault::parameters("data must be a string or an array of strings"))
}

fn object_member<'a>(
    object: &'a Object<'a>,
    name: &'static str,
) -> Result<&'a Object<'a>, MemberError> {
    match object.get(name) {
        None => Err(MemberError::NotFound(name)),
        Some(Json::Object(member)) => Ok(member),
        Some(_) => Err(MemberError::NotA(name, "JSONObject")),
    }
}

impl Form {
    /// Of a request that was not read.
    pub(super) fn of_refusal() -> Self {
        Self {
            output_certificate: false,
        }
    }

    pub(super) fn render(self, outcome: &Result<Outcome, Error>) -> Reply {
        match outcome {
            // An object without `result` is how clients know a cancel.
            Ok(
                Outcome::Cancelled
                | Outcome::Certificate(_)
                | Outcome::Stamped(_)
                | Outcome::Chosen(_)
                | Outcome::Tokens(_),
            ) => r#"{"status":true,"body":{}}"#.into(),
            Ok(Outcome::Signed(signed)) => {
                let certificate = self
                    .output_certificate
                    .then(|| to_text(&signed.certificate.to_pem()));
                reply(&signed.products, certificate.as_deref())
            }
            Err(error) => Fault::of(error).render().into(),
        }
    }
}

/// `{"status":true,"body":{"result":[…]}}`, or with the certificate (a JSON literal) beside the signatures.
fn reply(products: &Products, certificate: Option<&str>) -> Reply {
    let mut reply = Reply::default();
    reply.push_str(r#"{"status":true,"body":{"result":"#);
    if certificate.is_some() {
        reply.push_str(r#"{"signatures":"#);
    }
    match products {
        Products::Xml(documents) => literals::push_array(&mut reply, documents, |reply, text| {
            reply.push_text(to_text(text));
        }),
        Products::Cms(items) => literals::push_array(&mut reply, items, literals::push_pem),
        Products::Raw(items) => literals::push_array(&mut reply, items, literals::push_base64),
    }
    if let Some(certificate) = certificate {
        reply.push_str(r#","certificate":"#);
        reply.push_str(certificate);
        reply.push_str("}");
    }
    reply.push_str("}}");
    reply
}

/// A failure as the dispatcher words it.
#[derive(Debug, Serialize)]
struct Fault {
    status: bool,
    code: &'static str,
    message: &'static str,
    details: String,
}

impl Fault {
    fn general(details: impl Display) -> Self {
        Self::new("GENERAL_ERROR", "General error.", details)
    }

    fn invocation(details: impl Display) -> Self {
        Self::new(
            "INVOCATION_ERROR",
            "An invoked method threw an exception.",
            details,
        )
    }

    /// The code is the product's; its words for it are not public.
    fn parameters(details: impl Display) -> Self {
        Self::new(
            "INVALID_SIGNING_PARAMS",
            "Invalid signing parameters.",
            details,
        )
    }

    /// As [`Fault::parameters`].
    fn signing(details: impl Display) -> Self {
        Self::new("SIGNING_FAILURE", "Signing failure.", details)
    }

    fn new(code: &'static str, message: &'static str, details: impl Display) -> Self {
        Self {
            status: false,
            code,
            message,
            details: details.to_string(),
        }
    }

    fn of(error: &Error) -> Self {
        let what = match error {
            Error::Document { error, .. } => error,
            error => error,
        };
        match what {
            Error::Base64(_)
            | Error::TooLong
            | Error::EmptyDigest
            | Error::DigestLength(_)
            | Error::DigestLengths
            | Error::NoDocuments
            | Error::TooManyDocuments
            | Error::TimeStampOnCmsOnly
            | Error::IssuerUnreadable => Self::parameters(error),
            _ => Self::signing(error),
        }
    }

    fn render(&self) -> String {
        to_text(self)
    }
}

impl From<MemberError> for Fault {
    fn from(error: MemberError) -> Self {
        Self::invocation(format_args!("org.json.JSONException: {error}"))
    }
}

fn to_text(reply: &impl Serialize) -> String {
    // These structures hold nothing that JSON could not say.
    serde_json::to_string(reply).unwrap_or_default()
}
