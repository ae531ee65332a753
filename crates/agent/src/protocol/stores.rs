use crate::{
    ask::{Stance, Stores, Wanted},
    error::Error,
    tokens::Kinds,
};

/// The store that a page names, by NCALayer's names.
///
/// # Errors
///
/// When the name is empty, or none of NCALayer's.
pub(super) fn named(store: &str) -> Result<Stores, Error> {
    match store {
        "" => Err(Error::StoreNameEmpty),
        "PKCS12" => Ok(Stores::Files),
        "JKS" => Ok(Stores::Jks),
        other => kind(other).map(Stores::Token).ok_or(Error::StoreUnknown),
    }
}

/// Kinds of tokens, in the order in which NCALayer lists them. The last two are passed by live clients and stand for
/// nothing that could be plugged in.
const KINDS: [&str; 8] = [
    "AKKaztokenStore",
    "AKKZIDCardStore",
    "AKEToken72KStore",
    "AKJaCartaStore",
    "AKAKEYStore",
    "AKEToken5110Store",
    "ABSIMCardStore",
    "ABCloudServiceStore",
];

/// A kind of token by NCALayer's name.
pub(super) fn kind(name: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| *kind == name)
}

/// These kinds in NCALayer's order.
pub(super) fn in_order(kinds: &Kinds) -> Vec<&'static str> {
    let there = |kind: &&str| kinds.contains_key(kind);
    KINDS.into_iter().filter(there).collect()
}

/// Any key, as the modules take it that name no issuers: NCALayer marks an expired certificate and looks at no issuer,
/// so that neither may keep a key from signing; but the person learns it first.
pub(super) fn any_key<'a>() -> Wanted<'a> {
    Wanted {
        expired: Stance::Ask,
        unknown_issuer: Stance::Ask,
        ..Wanted::default()
    }
}
