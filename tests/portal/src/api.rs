//! What pages ask for by script. Every action needs the session's cookie and the page's CSRF token.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use crate::account::{Kind, Person, SignedDocument, check_email};
use crate::challenge::{Challenge, Form, Purpose};
use crate::session::Login;
use crate::visit::{Actor, no_session_cookie, session_cookie};
use crate::{CHALLENGE_LIFETIME, Portal, Refusal, document, signature};

type Body<T> = Result<Json<T>, JsonRejection>;
type Answer = Result<Response, Refusal>;

/// A wish to show whose certificate it is.
#[derive(Deserialize)]
pub(crate) struct ChallengeWish {
    purpose: Purpose,
    form: Form,
}

/// A signature over a challenge: XML text, or CMS as PEM or base64.
#[derive(Deserialize)]
pub(crate) struct Signed {
    id: String,
    signature: String,
}

#[derive(Deserialize)]
pub(crate) struct RegistrationCertificate {
    kind: Kind,
    #[serde(flatten)]
    signed: Signed,
}

#[derive(Deserialize)]
pub(crate) struct Registration {
    email: String,
    agreement: bool,
}

#[derive(Deserialize)]
pub(crate) struct NewDocument {
    form: Form,
    text: String,
}

#[derive(Deserialize)]
pub(crate) struct SessionLabel {
    session: String,
}

/// `POST /api/challenge`: something to sign, to register or to log in.
pub(crate) async fn challenge(
    State(portal): State<Arc<Portal>>,
    actor: Actor,
    wish: Body<ChallengeWish>,
) -> Answer {
    let ChallengeWish { purpose, form } = body(wish)?;
    if purpose == Purpose::Document {
        return Err(Refusal::BadRequest);
    }
    let (now, origin) = (portal.now(), portal.origin());
    let issued = portal
        .store()
        .challenges
        .issue(&actor.id, purpose, form, now, |nonce| {
            document::proof(purpose, form, &origin, nonce, now)
        });
    to_sign(issued, form)
}

/// `POST /api/login`: who holds a registered certificate's key is in.
pub(crate) async fn login(
    State(portal): State<Arc<Portal>>,
    actor: Actor,
    signed: Body<Signed>,
) -> Answer {
    let (person, _, _) = accept(&portal, &actor, body(signed)?, Purpose::Login)?;
    let account = person.account();
    let mut store = portal.store();
    if store.accounts.find(&account).is_none() {
        return Err(Refusal::NotRegistered);
    }
    store.challenges.forget_session(&actor.id);
    let login = Login { account, person };
    let id = store
        .sessions
        .renew(&actor.id, login, portal.now())
        .map_err(|_| Refusal::TooManyRequests)?;
    tracing::info!("somebody has logged in");
    Ok(with_cookie(
        &json!({ "next": "/cabinet" }),
        session_cookie(&id),
    ))
}

/// `POST /api/registration/certificate`: whose certificate is it, and may they register?
pub(crate) async fn registration_certificate(
    State(portal): State<Arc<Portal>>,
    actor: Actor,
    certificate: Body<RegistrationCertificate>,
) -> Answer {
    let RegistrationCertificate { kind, signed } = body(certificate)?;
    let (person, _, _) = accept(&portal, &actor, signed, Purpose::Registration)?;
    person.must_be(kind)?;
    let now = portal.now();
    let mut store = portal.store();
    if store.accounts.find(&person.account()).is_some() {
        return Err(Refusal::AlreadyRegistered);
    }
    let session = store
        .sessions
        .find(&actor.id, now)
        .ok_or(Refusal::StalePage)?;
    session.registering = Some(person.clone());
    let validity = [
        document::day(person.not_before),
        document::day(person.not_after),
    ];
    Ok(Json(json!({ "person": person, "validity": validity })).into_response())
}

/// `POST /api/registration`: makes the account of the person whose certificate was shown. IIN and BIN come from there only.
pub(crate) async fn registration(
    State(portal): State<Arc<Portal>>,
    actor: Actor,
    registration: Body<Registration>,
) -> Answer {
    let Registration { email, agreement } = body(registration)?;
    if !agreement {
        return Err(Refusal::AgreementNeeded);
    }
    let email = check_email(&email)?;
    let now = portal.now();
    let mut store = portal.store();
    let person = actor
        .session
        .registering
        .clone()
        .ok_or(Refusal::CertificateNeeded)?;
    store.accounts.register(person.account(), email, now)?;
    if let Some(session) = store.sessions.find(&actor.id, now) {
        session.registering = None;
    }
    tracing::info!("somebody has registered");
    Ok(Json(json!({ "next": "/login?registered" })).into_response())
}

/// `POST /api/documents`: an application to sign, in the name of who has logged in.
pub(crate) async fn new_document(
    State(portal): State<Arc<Portal>>,
    actor: Actor,
    new: Body<NewDocument>,
) -> Answer {
    let NewDocument { form, text } = body(new)?;
    let person = &actor.login()?.person;
    let text = document::check_text(&text).ok_or(Refusal::BadDocument)?;
    let (now, origin) = (portal.now(), portal.origin());
    let mut store = portal.store();
    store.documents += 1;
    let number = format!(
        "{}-{:06}",
        document::moment(now).get(..4).unwrap_or_default(),
        store.documents
    );
    let issued = store
        .challenges
        .issue(&actor.id, Purpose::Document, form, now, |_| {
            document::application(form, &number, person, &origin, &text, now)
        });
    to_sign(issued, form)
}

/// `POST /api/documents/signature`: takes the signed application.
pub(crate) async fn document_signature(
    State(portal): State<Arc<Portal>>,
    actor: Actor,
    signed: Body<Signed>,
) -> Answer {
    let login = actor.login()?;
    let (person, challenge, signature) = accept(&portal, &actor, body(signed)?, Purpose::Document)?;
    if person.account() != login.account {
        return Err(Refusal::AnotherPerson);
    }
    let number = number_of(&challenge.content);
    let document = SignedDocument {
        number: number.clone(),
        taken: portal.now(),
        form: challenge.form,
        content: challenge.content,
        signature,
    };
    portal.store().accounts.keep(&login.account, document);
    Ok(Json(json!({ "number": number, "next": "/cabinet#documents" })).into_response())
}

/// `POST /api/sessions/end`: ends another visit of the same account.
pub(crate) async fn end_session(
    State(portal): State<Arc<Portal>>,
    actor: Actor,
    label: Body<SessionLabel>,
) -> Answer {
    let label = body(label)?.session;
    portal
        .store()
        .sessions
        .end_labelled(&actor.login()?.account, &label);
    Ok(Json(json!({ "next": "/cabinet" })).into_response())
}

/// `POST /api/logout`: ends this visit.
pub(crate) async fn logout(State(portal): State<Arc<Portal>>, actor: Actor) -> Answer {
    let mut store = portal.store();
    store.sessions.end(&actor.id);
    store.challenges.forget_session(&actor.id);
    Ok(with_cookie(&json!({ "next": "/" }), no_session_cookie()))
}

/// Checks a signature in the order that tells an attacker least: first what the portal itself knows, then the signature, then
/// whose it is. Returns who has signed, what was asked for, and the signature's bytes.
fn accept(
    portal: &Portal,
    actor: &Actor,
    signed: Signed,
    purpose: Purpose,
) -> Result<(Person, Challenge, Vec<u8>), Refusal> {
    let now = portal.now();
    let challenge = portal
        .store()
        .challenges
        .take(&signed.id, &actor.id, purpose, now)?;
    let checked = match (challenge.form, purpose) {
        (Form::Xml, _) => signature::check_xml(&signed.signature, &challenge.content),
        (Form::Cms, Purpose::Document) => {
            signature::check_detached_cms(&signed.signature, challenge.content.as_bytes())
        }
        (Form::Cms, _) => {
            signature::check_attached_cms(&signed.signature, challenge.content.as_bytes())
        }
    }?;
    portal.trust.check(&checked.certificate, now)?;
    let person = Person::from_certificate(&checked.certificate)?;
    let may = checked.certificate.purpose();
    match purpose {
        Purpose::Document if !may.signing => return Err(Refusal::NotForSigning),
        Purpose::Registration | Purpose::Login if !may.authentication => {
            return Err(Refusal::NotForLogin);
        }
        _ => {}
    }
    Ok((person, challenge, checked.bytes))
}

fn to_sign(issued: std::io::Result<(String, String)>, form: Form) -> Answer {
    let (id, content) = issued.map_err(|_| Refusal::TooManyRequests)?;
    let data = match form {
        Form::Xml => content,
        Form::Cms => STANDARD.encode(content),
    };
    Ok(
        Json(json!({ "id": id, "form": form, "data": data, "seconds": CHALLENGE_LIFETIME }))
            .into_response(),
    )
}

/// The number in an application that this portal has written.
fn number_of(content: &str) -> String {
    let start = content
        .find("<number>")
        .map_or("Application ".len(), |at| at + "<number>".len());
    content
        .get(start..start + 11)
        .unwrap_or_default()
        .to_owned()
}

fn body<T>(body: Body<T>) -> Result<T, Refusal> {
    body.map(|Json(body)| body).map_err(|_| Refusal::BadRequest)
}

fn with_cookie(reply: &serde_json::Value, cookie: Option<HeaderValue>) -> Response {
    let mut response = Json(reply).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
