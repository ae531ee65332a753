//! Private keys where people keep them: finding key files, opening them, signing with them.
//!
//! A [`Store`] lists keys without a password, and opens one with it; the [`OpenKey`] that comes out is a [`pki::Signer`].
//! [`P12Store`] is the store of PKCS#12 key files, [`KeyFile`] one such file, and [`find_key_files`] looks for them in
//! the folders where people put them. [`Tokens`] lists tokens and cards, each a [`TokenStore`]; [`pcsc`] tells when one comes
//! or goes. Nothing outside this crate sees a password or a private key.
//!
//! A new kind of store is a new file beside `p12_store.rs` that implements [`Store`]; the suite in `tests/keystore/suite.rs`
//! says what it must hold to.

mod ber;
mod error;
mod find;
mod hex;
mod open_key;
mod p12;
mod p12_store;
mod password;
pub mod pcsc;
mod pkcs11;
mod private_key;
mod store;
mod token_error;
mod token_model;

pub use ber::ber2der;
pub use error::{Error, Part};
pub use find::{FoundFile, SEARCH_DEPTH, find_key_files, usual_folders};
pub use open_key::OpenKey;
pub use p12::{KeyFile, MAX_FILE_BYTES, MAX_ROUNDS, begins_like_key_file};
pub use p12_store::P12Store;
pub use password::Password;
pub use pkcs11::{
    Deadlines, Listing, ModulePlaces, PinState, TokenId, TokenStore, Tokens, WorkerProgram,
    find_modules, serve_module,
};
#[doc(hidden)]
pub use pkcs11::{read_library_head, read_worker_replies};
pub use store::{Entry, EntryId, Store, Unlock};
pub use token_error::TokenError;
pub use token_model::TokenModel;
