//! Visits: an unguessable cookie, a CSRF token, and who has logged in.

use std::collections::HashMap;

use crate::account::{AccountKey, Person};
use crate::random::token;

/// Seconds after which a silent visit ends.
pub const IDLE: i64 = 30 * 60;
/// More visits than this at once are not a demo.
const MAX_SESSIONS: usize = 10_000;

/// One visit of one browser.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// What the page sends back with every action, besides the cookie.
    pub(crate) csrf: String,
    /// A short name for the list of visits: not the cookie.
    pub(crate) label: String,
    /// When it began, seconds UTC.
    pub(crate) started: i64,
    /// When it last asked for something, seconds UTC.
    pub(crate) seen: i64,
    /// What the browser calls itself.
    pub(crate) browser: String,
    /// Who has logged in, with the certificate of that log-in.
    pub(crate) login: Option<Login>,
    /// Whose certificate was shown to register.
    pub(crate) registering: Option<Person>,
}

/// A log-in.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// Which account.
    pub(crate) account: AccountKey,
    /// What the certificate said.
    pub(crate) person: Person,
}

/// All visits, by the secret in their cookie.
#[derive(Debug, Default)]
pub(crate) struct Sessions(HashMap<String, Session>);

impl Sessions {
    /// Begins a visit; returns the cookie's secret.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(crate) fn begin(
        &mut self,
        browser: &str,
        now: i64,
    ) -> std::io::Result<(String, &mut Session)> {
        self.0.retain(|_, session| now - session.seen <= IDLE);
        if self.0.len() >= MAX_SESSIONS
            && let Some(oldest) = self
                .0
                .iter()
                .min_by_key(|(_, session)| session.seen)
                .map(|(id, _)| id.clone())
        {
            self.0.remove(&oldest);
        }
        let id = token()?;
        let session = Session {
            csrf: token()?,
            label: token()?.chars().take(12).collect(),
            started: now,
            seen: now,
            browser: browser.chars().take(160).collect(),
            login: None,
            registering: None,
        };
        let session = self.0.entry(id.clone()).insert_entry(session).into_mut();
        Ok((id, session))
    }

    /// The visit of a cookie, if it has not ended; it counts as seen now.
    pub(crate) fn find(&mut self, id: &str, now: i64) -> Option<&mut Session> {
        let session = self
            .0
            .get_mut(id)
            .filter(|session| now - session.seen <= IDLE)?;
        session.seen = now;
        Some(session)
    }

    /// Puts a visit under a new secret, as must be done when rights grow: a cookie planted before the log-in is worth nothing after it.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(crate) fn renew(&mut self, id: &str, login: Login, now: i64) -> std::io::Result<String> {
        let browser = self
            .0
            .remove(id)
            .map(|session| session.browser)
            .unwrap_or_default();
        let (id, session) = self.begin(&browser, now)?;
        session.login = Some(login);
        Ok(id)
    }

    /// Ends a visit.
    pub(crate) fn end(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// Ends the visit of this label if it belongs to the account.
    pub(crate) fn end_labelled(&mut self, account: &AccountKey, label: &str) {
        self.0
            .retain(|_, session| session.label != label || session.account() != Some(account));
    }

    /// The visits of an account, the latest first.
    #[must_use]
    pub(crate) fn of(&self, account: &AccountKey, now: i64) -> Vec<&Session> {
        let mut found: Vec<_> = self
            .0
            .values()
            .filter(|session| session.account() == Some(account) && now - session.seen <= IDLE)
            .collect();
        found.sort_unstable_by_key(|session| std::cmp::Reverse((session.seen, session.started)));
        found
    }
}

impl Session {
    /// Which account has logged in.
    #[must_use]
    pub(crate) fn account(&self) -> Option<&AccountKey> {
        self.login.as_ref().map(|login| &login.account)
    }
}
