//! Telling the person's browsers to trust the local CA.
//!
//! Linux browsers keep their own stores: Chromium and its relatives share the NSS database `~/.pki/nssdb`, Firefox has
//! one per profile. Both are changed with NSS's own `certutil`. Only certificates that carry our nickname with its
//! sixteen hex digits are ever removed. A running browser may want a restart to notice.

mod certutil;
mod firefox;
mod places;

use std::path::Path;

pub use firefox::profile_folders;
pub use places::{Browser, Places, Store};

use crate::Error;
use crate::ca::{CaCertificate, NICKNAME_PREFIX};

/// What was done to one store, or why it could not be.
pub type Outcome<T> = (Store, Result<T, Error>);

/// What [`install`] and [`remove`] did to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The CA was put in; older ones of ours were taken out.
    Installed,
    /// The CA was there already.
    AlreadyThere,
    /// Every CA of ours was taken out.
    Removed,
    /// None of ours was there.
    NothingToRemove,
}

/// What a store thinks of the CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It trusts the CA.
    Trusted,
    /// It holds an older CA of ours, or this one without trust.
    Outdated,
    /// It does not know the CA.
    NotTrusted,
}

/// Makes every browser store of the person trust `ca` and forget older ones of ours. The NSS database that Chromium
/// reads is made when absent. Doing it twice changes nothing.
///
/// # Errors
/// [`Error::NoCertutil`], [`Error::NotOnThisSystem`]; what goes wrong with one store is told with that store, the
/// others are still done.
pub fn install(places: &Places, ca: &CaCertificate) -> Result<Vec<Outcome<Change>>, Error> {
    certutil::check()?;
    Ok(each(places.stores(), |store| {
        install_into(&store.folder, ca)
    }))
}

/// Takes every CA of ours out of every browser store of the person, and nothing else.
///
/// # Errors
/// As [`install`].
pub fn remove(places: &Places) -> Result<Vec<Outcome<Change>>, Error> {
    certutil::check()?;
    Ok(each(places.stores(), |store| {
        let ours = ours(&store.folder)?;
        for (nickname, _) in &ours {
            certutil::delete(&store.folder, nickname)?;
        }
        Ok(if ours.is_empty() {
            Change::NothingToRemove
        } else {
            Change::Removed
        })
    }))
}

/// Says of every browser store of the person whether it trusts `ca`; `None` asks about a computer without a CA.
///
/// # Errors
/// As [`install`].
pub fn status(places: &Places, ca: Option<&CaCertificate>) -> Result<Vec<Outcome<State>>, Error> {
    certutil::check()?;
    let wanted = ca.map(CaCertificate::nickname);
    Ok(each(places.stores(), |store| {
        let ours = ours(&store.folder)?;
        let trusted = |(nickname, flags): &(String, String)| {
            Some(nickname) == wanted.as_ref() && trusts_sites(flags)
        };
        Ok(match ours.as_slice() {
            [] => State::NotTrusted,
            found if found.iter().any(trusted) => State::Trusted,
            _ => State::Outdated,
        })
    }))
}

/// Follows a renewal: where an older CA of ours was trusted, `ca` takes its place. Other stores are left alone.
///
/// # Errors
/// As [`install`].
pub fn follow(places: &Places, ca: &CaCertificate) -> Result<Vec<Outcome<Change>>, Error> {
    certutil::check()?;
    let known = places
        .stores()
        .into_iter()
        .filter(|store| ours(&store.folder).is_ok_and(|ours| !ours.is_empty()));
    Ok(each(known.collect(), |store| {
        install_into(&store.folder, ca)
    }))
}

fn each<T>(stores: Vec<Store>, act: impl Fn(&Store) -> Result<T, Error>) -> Vec<Outcome<T>> {
    let with_store = |store: Store| {
        let result = act(&store);
        (store, result)
    };
    stores.into_iter().map(with_store).collect()
}

fn install_into(folder: &Path, ca: &CaCertificate) -> Result<Change, Error> {
    let nickname = ca.nickname();
    let (current, others): (Vec<_>, Vec<_>) = ours(folder)?
        .into_iter()
        .partition(|(found, _)| *found == nickname);
    let trusted = current.iter().any(|(_, flags)| trusts_sites(flags));
    if !trusted {
        certutil::make_database(folder)?;
        if let Err(error) = certutil::add_ca(folder, &nickname, ca.der()) {
            // A locked database takes the certificate in and fails at the trust: leave no trace of it.
            if current.is_empty()
                && ours(folder).is_ok_and(|found| found.iter().any(|(found, _)| *found == nickname))
            {
                certutil::delete(folder, &nickname).ok();
            }
            return Err(error);
        }
    }
    for (old, _) in &others {
        certutil::delete(folder, old)?;
    }
    Ok(if trusted && others.is_empty() {
        Change::AlreadyThere
    } else {
        Change::Installed
    })
}

/// Nicknames and trust flags of the CAs of ours in a store.
fn ours(folder: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut entries = certutil::list(folder)?;
    entries.retain(|(nickname, _)| is_ours(nickname));
    Ok(entries)
}

fn is_ours(nickname: &str) -> bool {
    let is_hex = |digits: &str| {
        digits.len() == 16
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    nickname.strip_prefix(NICKNAME_PREFIX).is_some_and(is_hex)
}

/// Trust flags are `SSL,S/MIME,code`; `C` is a trusted issuer of servers' certificates.
fn trusts_sites(flags: &str) -> bool {
    flags.split(',').next().is_some_and(|ssl| ssl.contains('C'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nicknames_of_our_pattern_are_ours() {
        assert!(is_ours("Tanba local CA 0123456789abcdef"));
        for foreign in [
            "Tanba local CA",
            "Tanba local CA 0123456789ABCDEF",
            "Tanba local CA 0123456789abcdef0",
            "My Tanba local CA 0123456789abcdef",
            "Tanba local CA of the firm",
        ] {
            assert!(!is_ours(foreign), "{foreign}");
        }
    }

    #[test]
    fn only_the_first_flag_group_speaks_of_sites() {
        assert!(trusts_sites("C,,"));
        assert!(trusts_sites("CT,C,C"));
        assert!(!trusts_sites(",C,"));
        assert!(!trusts_sites(",,"));
    }
}
