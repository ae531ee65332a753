//! The chain of a person's key: `cargo bench -p pki --bench chain`.
//!
//! The certificates are made here in the shape of the national authority's: a root, an intermediate and a person.

#![allow(clippy::unwrap_used, reason = "a measurement without its key is none")]
#![allow(clippy::indexing_slicing, reason = "the tests' authority indexes")]
#![allow(clippy::expect_used, reason = "the tests' authority expects openssl")]
#![allow(missing_docs, reason = "the measurements' names say what they are")]

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/certificates/authority.rs"]
mod authority;
#[path = "../tests/certificates/build.rs"]
mod build;

use divan::{Bencher, black_box};
use pki::{
    Certificate,
    chain::{self, ChainContext},
    trust::TrustAnchors,
};

use crate::authority::{Keys, NOW, Template};

fn main() {
    divan::main();
}

/// A person's certificate, the intermediate's, and the anchors: the intermediate itself or the root alone.
struct Certificates {
    person: Certificate,
    between: Certificate,
    root: Certificate,
}

impl Certificates {
    fn new(keys: &Keys) -> Self {
        let (root, between, person) = (keys.get(0), keys.get(1), keys.get(2));
        Self {
            person: Template::leaf("BETWEEN").issue(person, between),
            between: Template::authority("BETWEEN", "ROOT", None).issue(between, root),
            root: Template::authority("ROOT", "ROOT", None).issue(root, root),
        }
    }

    fn bench(self, bencher: Bencher<'_, '_>, anchors: &TrustAnchors) {
        let candidates = [self.between];
        let context = ChainContext {
            anchors,
            candidates: &candidates,
            at: NOW,
            fetch: None,
            cache: None,
        };
        bencher.bench(|| chain::build_chain(black_box(&self.person), &context).unwrap());
    }
}

/// As with the national authority's keys: the table holds the intermediate, one signature is checked.
#[divan::bench]
fn gost512_under_an_intermediate_of_the_table(bencher: Bencher<'_, '_>) {
    let certificates = Certificates::new(Keys::gost());
    let added = [certificates.root.clone(), certificates.between.clone()];
    let anchors = TrustAnchors::national().with_test_ca().with_added(added);
    certificates.bench(bencher, &anchors);
}

/// The intermediate came along and the root is trusted: two signatures are checked.
#[divan::bench]
fn gost512_up_to_the_root(bencher: Bencher<'_, '_>) {
    let certificates = Certificates::new(Keys::gost());
    let anchors = TrustAnchors::national().with_added([certificates.root.clone()]);
    certificates.bench(bencher, &anchors);
}

#[divan::bench]
fn rsa_up_to_the_root(bencher: Bencher<'_, '_>) {
    let certificates = Certificates::new(Keys::rsa());
    let anchors = TrustAnchors::national().with_added([certificates.root.clone()]);
    certificates.bench(bencher, &anchors);
}

/// What one of the checks costs alone.
#[divan::bench]
fn one_gost512_signature(bencher: Bencher<'_, '_>) {
    let certificates = Certificates::new(Keys::gost());
    bencher.bench(|| {
        black_box(&certificates.person)
            .verify_issued_by(&certificates.between)
            .unwrap();
    });
}

/// Once in the life of the program.
#[divan::bench]
fn reading_the_tables(bencher: Bencher<'_, '_>) {
    let certificates: Vec<_> = TrustAnchors::national()
        .iter()
        .map(|anchor| anchor.public_key().spki_der().to_vec())
        .collect();
    bencher.bench(|| {
        for spki in &certificates {
            black_box(pki::PublicKey::from_spki_der(black_box(spki)).unwrap());
        }
    });
}
