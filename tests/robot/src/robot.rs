//! What the robot does at each message: no input or output here.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    time::Duration,
};

use window_messages::{
    FromWindow, KeyPlace, KeyProblem, KeyState, KeyView, PasswordText, Question, RequestId,
    RequestView, ToWindow, Verb,
};
use zeroize::Zeroizing;

/// One thing to do.
pub(crate) enum Act {
    Say(FromWindow),
    Wait(Duration),
}

/// A person who always does the same.
pub(crate) struct Robot {
    /// None: says no.
    consent: Option<Consent>,
    request: Option<Request>,
}

/// What the person would do.
pub(crate) struct Consent {
    /// Key files, the best first.
    pub(crate) keys: Vec<PathBuf>,
    /// The token to use before any file, by its label.
    pub(crate) token: Option<String>,
    pub(crate) password: Zeroizing<String>,
    /// Stops a batch of which so many documents are signed.
    pub(crate) stop_after: Option<u32>,
    /// Types a wrong password first.
    pub(crate) wrong_first: bool,
    /// Says yes when asked whether to use a key that something speaks against.
    pub(crate) insists: bool,
    /// How often it tries again when a server does not answer.
    pub(crate) tries: u32,
    /// The file that it gives to sites that ask for one; without it says no.
    pub(crate) file: Option<PathBuf>,
}

/// The request that is shown.
struct Request {
    id: RequestId,
    keys: Vec<KeyView>,
    /// Files that were opened by hand, and the row that each became.
    opened: Vec<(PathBuf, Option<String>)>,
    /// Keys that were refused.
    refused: HashSet<String>,
    /// The key whose password was typed; nothing else is done until its answer comes.
    typed: Option<String>,
    /// True when the wrong password has been typed, or need not be.
    honest: bool,
    /// Tries that are left when a server does not answer.
    tries: u32,
}

impl Robot {
    pub(crate) fn that_cancels() -> Self {
        Self {
            consent: None,
            request: None,
        }
    }

    pub(crate) fn that_signs(consent: Consent) -> Self {
        Self {
            consent: Some(consent),
            request: None,
        }
    }

    pub(crate) fn hear(&mut self, message: ToWindow) -> Vec<Act> {
        match message {
            ToWindow::Request(view) => {
                let id = view.request;
                let mut acts = vec![Act::Say(FromWindow::Painted { request: id })];
                match &self.consent {
                    None => acts.push(Act::Say(FromWindow::Cancel { request: id })),
                    Some(consent) if view.file.is_some() => {
                        acts.push(Act::Say(consent.about_file(id, &view)));
                    }
                    Some(_) if view.verb == Verb::AddTimeStamp => {
                        acts.push(Act::Say(FromWindow::Agree { request: id }));
                        self.request = Some(Request::new(id, view.keys, self.consent.as_ref()));
                    }
                    Some(_) => {
                        self.request = Some(Request::new(id, view.keys, self.consent.as_ref()));
                        // While the search goes on, a key that is missing may still come.
                        if !view.searching || self.listed().is_some() {
                            acts.extend(self.choose());
                        }
                    }
                }
                acts
            }
            ToWindow::Keys {
                request,
                keys,
                selected,
                ..
            } if self.shows(request) => {
                if let Some(shown) = &mut self.request {
                    shown.keys = keys;
                    if let (Some((_, row @ None)), Some(selected)) =
                        (shown.opened.last_mut(), selected)
                    {
                        *row = Some(selected);
                    }
                    if shown.typed.is_none() {
                        return self.choose();
                    }
                }
                Vec::new()
            }
            ToWindow::Key { request, key } if self.shows(request) => {
                if let Some(shown) = &mut self.request
                    && let Some(row) = shown.keys.iter_mut().find(|row| row.id == key.id)
                {
                    *row = *key;
                }
                Vec::new()
            }
            ToWindow::Question {
                request,
                question: Question::PinAgain { .. },
            } if self.shows(request) => vec![Act::Say(self.pin_again(request))],
            ToWindow::Question { request, question } if self.shows(request) => {
                vec![Act::Say(FromWindow::Answer {
                    request,
                    yes: self.yes(&question),
                })]
            }
            ToWindow::Refused {
                request,
                key,
                problem,
            } if self.shows(request) => self.refused(key, &problem),
            ToWindow::Progress { request, done, .. } if self.stops(request, done) => {
                self.request = None;
                vec![Act::Say(FromWindow::Cancel { request })]
            }
            ToWindow::Done { request }
            | ToWindow::Withdrawn { request }
            | ToWindow::Failed { request, .. } => {
                if self.shows(request) {
                    self.request = None;
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The answer to a question; a key that is given up is not tried again.
    fn yes(&mut self, question: &Question) -> bool {
        let (Some(consent), Some(shown)) = (&self.consent, &mut self.request) else {
            return false;
        };
        let yes = match question {
            Question::UseAnyway { .. } => consent.insists,
            Question::PinAgain { .. } => false,
            Question::StatusUnknown { .. } | Question::NoTimeStamp { .. } => {
                let left = shown.tries.checked_sub(1);
                shown.tries = left.unwrap_or_default();
                left.is_some()
            }
        };
        if !yes {
            shown.refused.extend(shown.typed.take());
        }
        yes
    }

    fn stops(&self, request: RequestId, done: u32) -> bool {
        let consent = self.consent.as_ref();
        let after = consent.and_then(|consent| consent.stop_after);
        self.shows(request) && after.is_some_and(|after| done >= after)
    }

    fn pin_again(&self, request: RequestId) -> FromWindow {
        match &self.consent {
            Some(consent) => FromWindow::Pin {
                request,
                pin: PasswordText::new(consent.password.to_string()),
                last_try: false,
            },
            None => FromWindow::Answer {
                request,
                yes: false,
            },
        }
    }

    fn shows(&self, request: RequestId) -> bool {
        self.request
            .as_ref()
            .is_some_and(|shown| shown.id == request)
    }

    fn refused(&mut self, key: String, problem: &KeyProblem) -> Vec<Act> {
        let Some(shown) = &mut self.request else {
            return Vec::new();
        };
        shown.typed = None;
        match problem {
            KeyProblem::WrongPassword | KeyProblem::WrongPin { .. } if !shown.honest => {
                shown.honest = true;
            }
            // Its row is good again when it is back.
            KeyProblem::TokenRemoved => return Vec::new(),
            KeyProblem::TooManyTries { wait_seconds } => {
                let pause = Duration::from_secs(u64::from(*wait_seconds));
                let mut acts = vec![Act::Wait(pause)];
                acts.extend(self.choose());
                return acts;
            }
            _ => {
                shown.refused.insert(key);
            }
        }
        self.choose()
    }

    /// The first of our keys that is in the list and fits.
    fn listed(&self) -> Option<String> {
        let (consent, shown) = (self.consent.as_ref()?, self.request.as_ref()?);
        let row = |path: &PathBuf| {
            let opened = shown
                .opened
                .iter()
                .find(|(opened, _)| opened == path)
                .and_then(|(_, row)| row.as_ref());
            match opened {
                Some(id) => shown.keys.iter().find(|key| key.id == *id),
                None => row_of(&shown.keys, path),
            }
        };
        let fits = |key: &&KeyView| {
            !matches!(key.state, KeyState::Unusable { .. }) && !shown.refused.contains(&key.id)
        };
        let named = |key: &&KeyView| {
            let token = consent.token.as_deref();
            matches!(&key.place, KeyPlace::Token { token: it } if token == Some(it.label.as_str()))
        };
        let files = consent.keys.iter().filter_map(row);
        let mut keys = shown.keys.iter().filter(named).chain(files);
        keys.find(fits).map(|key| key.id.clone())
    }

    /// Types the password for the first key that fits, opens one that is not listed, or gives up.
    fn choose(&mut self) -> Vec<Act> {
        let listed = self.listed();
        let (Some(consent), Some(shown)) = (&self.consent, &mut self.request) else {
            return Vec::new();
        };
        let request = shown.id;
        if let Some(key) = listed {
            shown.typed = Some(key.clone());
            let text = if shown.honest {
                consent.password.to_string()
            } else {
                format!("not {}", *consent.password)
            };
            let password = PasswordText::new(text);
            return vec![Act::Say(FromWindow::Sign {
                request,
                key,
                password: Some(password),
                last_try: false,
            })];
        }
        let unlisted = consent.keys.iter().find(|path| {
            row_of(&shown.keys, path).is_none()
                && !shown.opened.iter().any(|(opened, _)| opened == *path)
        });
        match unlisted {
            Some(path) => {
                shown.opened.push((path.clone(), None));
                let path = path.to_string_lossy().into_owned();
                vec![Act::Say(FromWindow::OpenFile { request, path })]
            }
            // The token may be on its way.
            None if consent.token.is_some() && shown.refused.is_empty() => Vec::new(),
            None => {
                self.request = None;
                vec![Act::Say(FromWindow::Cancel { request })]
            }
        }
    }
}

impl Consent {
    /// The answer to a site that wants a file, or names one.
    fn about_file(&self, request: RequestId, view: &RequestView) -> FromWindow {
        let named = view.file.as_ref().map(|file| Path::new(&file.path));
        match (&self.file, view.verb) {
            (Some(file), Verb::ChooseFile) => FromWindow::Chose {
                request,
                path: file.to_string_lossy().into_owned(),
            },
            (Some(file), Verb::ReadFile) if named == Some(file) => FromWindow::Agree { request },
            _ => FromWindow::Cancel { request },
        }
    }
}

impl Request {
    fn new(id: RequestId, keys: Vec<KeyView>, consent: Option<&Consent>) -> Self {
        Self {
            id,
            keys,
            opened: Vec::new(),
            refused: HashSet::new(),
            typed: None,
            honest: !consent.is_some_and(|consent| consent.wrong_first),
            tries: consent.map_or(0, |consent| consent.tries),
        }
    }
}

/// The row of a file: by its name and its folder's name, which is all that a window knows of a path.
fn row_of<'a>(keys: &'a [KeyView], path: &Path) -> Option<&'a KeyView> {
    let name = path.file_name()?.to_string_lossy();
    let folder = path
        .parent()
        .and_then(Path::file_name)
        .map(|folder| folder.to_string_lossy());
    keys.iter().find(|key| match &key.place {
        KeyPlace::File {
            file_name,
            folder: shown,
        } => *file_name == name && folder.as_deref() == Some(shown.as_str()),
        KeyPlace::Token { .. } => false,
    })
}

#[cfg(test)]
mod tests;
