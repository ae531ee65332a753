//! Key files, opened with the password of the seeds: any answer but a panic or a hang; an opened key signs for its
//! certificate.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pki::Signer;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = keystore::KeyFile::from_bytes(bytes) else {
        return;
    };
    let password = keystore::Password::new("Qwerty12".to_owned().into());
    if let Ok(key) = file.open(&password) {
        let digest = key.certificate().algorithm().digest().digest(b"fuzz");
        let signature = key.sign_digest(&digest).expect("an open key signs");
        key.certificate()
            .public_key()
            .verify_digest(&digest, &signature)
            .expect("the key is the certificate's");
    }
});
