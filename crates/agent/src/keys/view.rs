//! Keys as rows of the window's list.

use std::{cmp::Reverse, ffi::OsStr, path::Path};

use keystore::PinState;
use pki::{Certificate, Role};
use window_messages::{
    Caution, CertificateStatus, KeyOwner, KeyPlace, KeyProblem, KeyPurpose, KeyRole, KeyState,
    KeyView,
};

use super::{Filter, Found, Place};
use crate::tokens;

/// The rows in the order to show: last used on this site, last used, those that fit, those not known yet, those that
/// something speaks against, the rest.
pub(crate) fn views(keys: &[Found], filter: &Filter, now: i64) -> Vec<KeyView> {
    let mut rows: Vec<(_, KeyView)> = keys
        .iter()
        .map(|key| {
            let view = row(key, filter, now);
            let rank = match view.state {
                KeyState::Unusable { .. } => 5,
                _ if !view.cautions.is_empty() => 4,
                _ if key.used_here => 0,
                _ if key.last_used.is_some() => 1,
                KeyState::Usable => 2,
                KeyState::Unknown => 3,
            };
            (
                (
                    rank,
                    Reverse(key.last_used),
                    name(&view.place),
                    key.path().map(Path::to_owned),
                ),
                view,
            )
        })
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    rows.into_iter().map(|(_, view)| view).collect()
}

/// The row to select first: the key last used on this site, if it still fits and nothing speaks against it.
pub(crate) fn selected(views: &[KeyView]) -> Option<String> {
    views
        .iter()
        .find(|view| {
            view.used_here
                && view.cautions.is_empty()
                && !matches!(view.state, KeyState::Unusable { .. })
        })
        .map(|view| view.id.clone())
}

/// Whether the key fits, as far as is known, and what speaks against it all the same.
pub(crate) fn state(key: &Found, filter: &Filter, now: i64) -> (KeyState, Vec<Caution>) {
    let judged = match (problem(key), &key.certificate) {
        (Some(problem), _) => Err(problem),
        (None, Some(certificate)) => filter
            .takes_from(&key.place)
            .and_then(|()| filter.judge(certificate, &key.verdict, now)),
        (None, None) => filter.takes_from(&key.place).map(|()| Vec::new()),
    };
    match (judged, &key.certificate) {
        (Err(problem), _) => (KeyState::Unusable { problem }, Vec::new()),
        (Ok(cautions), Some(_)) => (KeyState::Usable, cautions),
        (Ok(_), None) => (KeyState::Unknown, Vec::new()),
    }
}

/// What speaks against the key itself, whatever the request.
fn problem(key: &Found) -> Option<KeyProblem> {
    let of_token = key.token().and_then(|token| match token.pin {
        _ if token.removed => Some(KeyProblem::TokenRemoved),
        PinState { locked: true, .. } => Some(KeyProblem::TokenLocked),
        PinState { not_set: true, .. } => Some(KeyProblem::PinNotSet),
        _ => None,
    });
    of_token.or_else(|| key.problem.clone())
}

/// What a key is sorted by among its like.
fn name(place: &KeyPlace) -> String {
    match place {
        KeyPlace::File { file_name, .. } => file_name.clone(),
        KeyPlace::Token { token } => token.label.clone(),
    }
}

fn place(key: &Found) -> KeyPlace {
    match &key.place {
        Place::Token(key) => KeyPlace::Token {
            token: tokens::token(&key.store, &key.pin),
        },
        Place::File(path) => {
            let text = |name: &OsStr| name.to_string_lossy().into_owned();
            let folder = path.parent();
            KeyPlace::File {
                file_name: path.file_name().map(text).unwrap_or_default(),
                // A drive's root has no name of its own.
                folder: folder
                    .and_then(|folder| folder.file_name().or(Some(folder.as_os_str())))
                    .map(text)
                    .unwrap_or_default(),
            }
        }
    }
}

/// One key as a row.
pub(crate) fn row(key: &Found, filter: &Filter, now: i64) -> KeyView {
    let certificate = key.certificate.as_ref();
    let (state, cautions) = state(key, filter, now);
    KeyView {
        id: key.id.clone(),
        place: place(key),
        owner: certificate.map(owner),
        purpose: certificate.and_then(purpose),
        not_before: certificate.map(Certificate::not_before),
        not_after: certificate.map(Certificate::not_after),
        state,
        cautions,
        status: match &key.certificate {
            Some(_) => key.verdict.status.clone(),
            None => CertificateStatus::NotChecked,
        },
        used_here: key.used_here,
    }
}

fn owner(certificate: &Certificate) -> KeyOwner {
    let owner = certificate.owner();
    KeyOwner {
        name: owner.name,
        iin: owner.iin,
        bin: owner.bin,
        organisation: owner.organisation,
        role: certificate.roles().into_iter().find_map(role),
    }
}

fn role(role: Role) -> Option<KeyRole> {
    match role {
        Role::Head => Some(KeyRole::Head),
        Role::SigningRight => Some(KeyRole::SigningRight),
        Role::FinancialSigningRight => Some(KeyRole::FinancialSigningRight),
        Role::PersonnelDepartment => Some(KeyRole::Personnel),
        Role::Employee => Some(KeyRole::Employee),
        Role::InformationSystem => Some(KeyRole::InformationSystem),
        _ => None,
    }
}

fn purpose(certificate: &Certificate) -> Option<KeyPurpose> {
    let purpose = certificate.purpose();
    match (purpose.authentication, purpose.signing) {
        (true, true) => Some(KeyPurpose::Both),
        (true, false) => Some(KeyPurpose::LogIn),
        (false, true) => Some(KeyPurpose::Signing),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests;
