use crate::{
    ask::{Stance, Stores, Wanted},
    error::Error,
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
        "AKKaztokenStore"
        | "AKKZIDCardStore"
        | "AKEToken72KStore"
        | "AKEToken5110Store"
        | "AKJaCartaStore"
        | "AKAKEYStore"
        | "ABSIMCardStore"
        | "ABCloudServiceStore" => Ok(Stores::Token),
        _ => Err(Error::StoreUnknown),
    }
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
