//! Carrying out a plan with an open key (blocking).

mod parallel;

use std::{num::NonZero, sync::atomic::AtomicBool, thread};

use pki::Signer;
use signing::cms::Message;

use crate::{
    documents::{Content, Document},
    error::Error,
    outcome::Products,
    plan::{Act, Plan},
};

/// So many documents are worth a thread: they take longer than it takes to start.
const DOCUMENTS_A_THREAD: usize = 16;

/// Signs all documents of the plan, in order; none when it was stopped. Long batches on all processors, when the key is in
/// memory.
///
/// `done` hears how many are signed. Either all signatures come out or none.
pub(crate) fn sign(
    plan: &Plan,
    key: &dyn Signer,
    now: i64,
    stop: &AtomicBool,
    done: impl Fn(usize),
) -> Option<Result<Products, Error>> {
    let count = plan.documents.len();
    let work = |index| {
        let document = plan.documents.get(index).ok_or(Error::Inside)?;
        one(plan, document, key, now)
    };
    let products = match parallel::in_order(count, threads(key, count), stop, work, done)? {
        Ok(products) => products,
        Err((index, error)) => return Some(Err(error.of_document(index, count))),
    };
    let (mut xml, mut cms, mut raw) = (Vec::new(), Vec::new(), Vec::new());
    for product in products {
        match product {
            Product::Xml(text) => xml.push(text),
            Product::Cms(message) => cms.push(message),
            Product::Raw(value) => raw.push(value),
        }
    }
    Some(Ok(match plan.act {
        Act::Xml(_) => Products::Xml(xml),
        Act::Raw | Act::RawOfDigest => Products::Raw(raw),
        Act::CmsAttached
        | Act::CmsDetached
        | Act::CmsOfDigest
        | Act::ShowCertificate
        | Act::AddTimeStamp => Products::Cms(cms),
    }))
}

fn threads(key: &dyn Signer, documents: usize) -> usize {
    if !key.signs_in_parallel() {
        return 1;
    }
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    processors.min(documents / DOCUMENTS_A_THREAD).max(1)
}

enum Product {
    Xml(String),
    Cms(Message),
    Raw(Vec<u8>),
}

fn one(plan: &Plan, document: &Document, key: &dyn Signer, now: i64) -> Result<Product, Error> {
    Ok(match (plan.act, &document.content) {
        (Act::Xml(layout), Content::Xml(document)) => {
            Product::Xml(signing::xml::sign_enveloped(key, document, layout)?)
        }
        (Act::Xml(layout), Content::Element(element)) => {
            Product::Xml(signing::xml::sign_element(key, element, layout)?)
        }
        (Act::CmsAttached | Act::CmsDetached, Content::Signed(message)) => {
            Product::Cms(signing::cms::add_signature(key, message, now)?)
        }
        (Act::CmsAttached, Content::Bytes(document)) => {
            Product::Cms(signing::cms::sign_attached_digested(key, document, now)?)
        }
        (Act::CmsDetached, Content::Bytes(document)) => {
            Product::Cms(signing::cms::sign_detached_digested(key, document, now)?.into())
        }
        (Act::CmsDetached, Content::Hashed(hashed)) => {
            let algorithm = key.certificate().algorithm().digest();
            let digest = hashed.digest(algorithm).ok_or(Error::DigestNotMade)?;
            Product::Cms(signing::cms::sign_digest(key, digest, now)?.into())
        }
        (Act::CmsOfDigest, Content::Digest(digest)) if plan.any_digest_length => {
            Product::Cms(signing::cms::sign_digest_of_any_length(key, digest, now)?.into())
        }
        (Act::CmsOfDigest, Content::Digest(digest)) => {
            Product::Cms(signing::cms::sign_digest(key, digest, now)?.into())
        }
        (Act::Raw, Content::Bytes(document)) => {
            Product::Raw(signing::raw::sign_digested(key, document)?)
        }
        (Act::RawOfDigest, Content::Digest(digest)) => Product::Raw(raw_of_digest(key, digest)?),
        // A plan never pairs an act with another kind of content.
        _ => return Err(Error::Inside),
    })
}

/// A signature is not handed out unless it verifies.
fn raw_of_digest(key: &dyn Signer, digest: &[u8]) -> Result<Vec<u8>, Error> {
    let signature = key
        .sign_digest(digest)
        .map_err(|error| signing::Error::Signer(error.to_string()))?;
    key.certificate()
        .public_key()
        .verify_digest(digest, &signature)
        .map_err(|_| signing::Error::WrongSignature)?;
    Ok(signature)
}
