//! What the portal asks people to sign, each thing once.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::random::token;

/// Seconds that a person has for finding the key and typing the password.
pub const LIFETIME: i64 = 180;
/// Open challenges of one visit; the oldest gives way.
const MAX_PER_SESSION: usize = 8;

/// What a signature is for. One made for one purpose is refused for any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Purpose {
    /// Show the portal whose certificate it is, to register.
    Registration,
    /// Log in.
    Login,
    /// Sign a document.
    Document,
}

/// In which form the portal wants the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Form {
    /// XMLDSig, enveloped.
    Xml,
    /// CMS. The content is inside for challenges and outside for documents.
    Cms,
}

/// One thing to sign: bound to a visit, a purpose and a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// In which form.
    pub(crate) form: Form,
    /// The XML text, or the bytes under the CMS.
    pub(crate) content: String,
    /// Which session asked for it.
    session: String,
    expires: i64,
    used: bool,
}

/// All open challenges, and the used ones until their time is over, so that a replay is called a replay.
#[derive(Debug, Default)]
pub(crate) struct Challenges(HashMap<String, Challenge>);

impl Challenges {
    /// Makes a challenge; `content` gets the nonce. Returns its identifier.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(crate) fn issue(
        &mut self,
        session: &str,
        purpose: Purpose,
        form: Form,
        now: i64,
        content: impl FnOnce(&str) -> String,
    ) -> std::io::Result<(String, String)> {
        self.forget_old(session, now);
        let id = token()?;
        let content = content(&token()?);
        let challenge = Challenge {
            purpose,
            form,
            content: content.clone(),
            session: session.to_owned(),
            expires: now + LIFETIME,
            used: false,
        };
        self.0.insert(id.clone(), challenge);
        Ok((id, content))
    }

    /// Takes a challenge to check a signature against it. Whatever comes of that, it is used up now.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`], [`Refusal::AnotherSession`] (which does not use it up), [`Refusal::AnotherPurpose`],
    /// [`Refusal::ChallengeUsed`], [`Refusal::ChallengeExpired`].
    pub(crate) fn take(
        &mut self,
        id: &str,
        session: &str,
        purpose: Purpose,
        now: i64,
    ) -> Result<Challenge, Refusal> {
        let challenge = self.0.get_mut(id).ok_or(Refusal::UnknownChallenge)?;
        if challenge.session != session {
            return Err(Refusal::AnotherSession);
        }
        if std::mem::replace(&mut challenge.used, true) {
            return Err(Refusal::ChallengeUsed);
        }
        if now > challenge.expires {
            return Err(Refusal::ChallengeExpired);
        }
        if challenge.purpose != purpose {
            return Err(Refusal::AnotherPurpose);
        }
        Ok(challenge.clone())
    }

    /// Drops every challenge of a visit that ends.
    pub(crate) fn forget_session(&mut self, session: &str) {
        self.0.retain(|_, challenge| challenge.session != session);
    }

    fn forget_old(&mut self, session: &str, now: i64) {
        self.0
            .retain(|_, challenge| now <= challenge.expires + LIFETIME);
        let mut of_session: Vec<_> = self
            .0
            .iter()
            .filter(|(_, it)| it.session == session)
            .map(|(id, it)| (it.expires, id.clone()))
            .collect();
        of_session.sort_unstable();
        let surplus = (of_session.len() + 1).saturating_sub(MAX_PER_SESSION);
        for (_, id) in of_session.into_iter().take(surplus) {
            self.0.remove(&id);
        }
    }
}
