//! A script, a folder for it, and the tokens that it makes.

use keystore::{Deadlines, Entry, Error, OpenKey, Store, TokenStore, Tokens, WorkerProgram};
use mock_pkcs11::script::{Object, Script, Slot, Token, VARIABLE};
use pki::Signer as _;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

use crate::password;

/// Key files of the demo CA.
pub(crate) const GOST512: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
pub(crate) const OTHER_GOST512: &str =
    "another-individual/GOST512_8247ccf188c9c755102bc5a02ca22a1407ae5c77.p12";
pub(crate) const GOST256: &str = "gost256/GOST256_79fe0d0b9ac224ab49ed7e5802f5378feeebff1a.p12";
pub(crate) const GOST2004: &str =
    "company-old/GOSTKNCA_f138f84f105359d7dbb7bce9b69246328efa5f46.p12";
pub(crate) const RSA: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";
pub(crate) const AUTH_RSA: &str =
    "individual-old/AUTH_RSA256_41d30c84f0e35ff625f70cf20ce38cd51b96c920.p12";

/// An object with this key file.
pub(crate) fn object(file: &str) -> Object {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../keystore-fixtures");
    Object {
        file: Path::new(fixtures).join(file),
        ..Object::default()
    }
}

/// The certificate (DER) of a key file of the demo CA.
pub(crate) fn certificate(file: &str) -> Vec<u8> {
    let object = object(file);
    let key = keystore::KeyFile::read(&object.file).unwrap();
    let key = key.open(&password(&object.password)).unwrap();
    key.certificate().der().to_vec()
}

/// A token with these objects.
pub(crate) fn token(objects: impl IntoIterator<Item = Object>) -> Token {
    Token {
        objects: objects.into_iter().collect(),
        ..Token::default()
    }
}

/// A script with one token in one slot.
pub(crate) fn one(token: Token) -> Script {
    Script {
        slots: vec![Slot {
            id: 1,
            reader: "Reader 00 00".to_owned(),
            token: Some(token),
        }],
        ..Script::default()
    }
}

/// The module, as cargo built it beside this test.
pub(crate) fn module() -> PathBuf {
    let folder = std::env::current_exe().unwrap();
    let folder = folder.parent().unwrap();
    folder
        .join("libmock_pkcs11.so")
        .canonicalize()
        .or_else(|_| folder.join("libmock_pkcs11.dylib").canonicalize())
        .unwrap()
}

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) tokens: Tokens,
}

impl World {
    pub(crate) fn new(script: &Script) -> Self {
        Self::with_deadlines(script, Deadlines::default())
    }

    /// For tests of hanging calls.
    pub(crate) fn impatient(script: &Script) -> Self {
        let short = Duration::from_millis(1500);
        Self::with_deadlines(
            script,
            Deadlines {
                listing: short,
                signing: short,
                pin_pad: short,
            },
        )
    }

    fn with_deadlines(script: &Script, deadlines: Deadlines) -> Self {
        Self::with_modules(script, deadlines, vec![module()])
    }

    pub(crate) fn with_modules(
        script: &Script,
        deadlines: Deadlines,
        modules: Vec<PathBuf>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Only the worker gets the variable: other tests run in this process.
        let program = WorkerProgram {
            program: "/usr/bin/env".into(),
            arguments: vec![
                format!("{VARIABLE}={}", folder.path().join("script").display()).into(),
                env!("CARGO_BIN_EXE_token-worker").into(),
            ],
        };
        let world = Self {
            tokens: Tokens::new(program, modules, deadlines),
            folder,
        };
        world.play(script);
        world
    }

    /// Replaces the script: the module plays the new one from its next call on.
    pub(crate) fn play(&self, script: &Script) {
        let path = self.folder.path().join("script");
        let next = self.folder.path().join("next");
        fs::write(&next, serde_json::to_vec(script).unwrap()).unwrap();
        fs::rename(next, path).unwrap();
    }

    /// The calls so far: their names with details.
    pub(crate) fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("script.log")).unwrap_or_default();
        // The last line may be on its way.
        let call = |line: &str| Some(line.strip_suffix('\n')?.split_once(") ")?.1.to_owned());
        text.split_inclusive('\n').filter_map(call).collect()
    }

    /// How often a function was called.
    pub(crate) fn count(&self, call: &str) -> usize {
        let log = self.log();
        log.iter()
            .filter(|line| line.split(' ').next() == Some(call))
            .count()
    }

    /// The only token.
    pub(crate) fn store(&self) -> TokenStore {
        let mut listing = self.tokens.list(&[]);
        assert_eq!(listing.troubles, []);
        assert_eq!(listing.tokens.len(), 1);
        listing.tokens.pop().unwrap()
    }

    /// Opens the only key of the only token.
    pub(crate) fn open(&self) -> Result<OpenKey, Error> {
        let store = self.store();
        let entry = only(&store);
        store.unlock(&entry.id, &password("123456"))
    }
}

/// The only key of a token.
pub(crate) fn only(store: &TokenStore) -> Entry {
    let mut entries = store.entries();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.pop().unwrap()
}

/// Signs, and has the certificate say whether it holds.
pub(crate) fn signs(key: &OpenKey) -> Result<(), Error> {
    let certificate = key.certificate();
    let digest = certificate.algorithm().digest().digest(b"to be signed");
    match key.sign_digest(&digest) {
        Ok(signature) => {
            let public = certificate.public_key();
            public.verify_digest(&digest, &signature).unwrap();
            Ok(())
        }
        Err(pki::SignerError::Failed(error)) => Err(*error.downcast::<Error>().unwrap()),
        Err(other) => panic!("{other}"),
    }
}
