//! The operations that pages have begun.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use agent::{Origin, StreamedOperation};
use hyper::header::{COOKIE, HeaderMap};
use tokio_util::sync::CancellationToken;

/// The cookie's name.
///
/// Source: the README of `ncalayer-js-client` 1.5.6.
const COOKIE_NAME: &str = "operationCookie";
/// Operations at once, of one origin and of all.
const PER_ORIGIN: usize = 3;
const ALL: usize = 10;
/// An operation that nobody touches for so long is over.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// All operations under way.
#[derive(Default)]
pub(super) struct Operations(Mutex<HashMap<String, Operation>>);

struct Operation {
    origin: Origin,
    cookie: String,
    asked: StreamedOperation,
    left: u32,
    /// True while a document of it is on its way or before the person.
    busy: bool,
    touched: Instant,
    /// Cancelled when the page gives the operation up.
    over: CancellationToken,
}

/// Why a document is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is no such operation for this caller, or not any more.
    Unauthorized,
    /// A document of the operation is on its way.
    Busy,
}

/// The right to bring one document; given back when dropped, for another try.
#[derive(Debug)]
pub(super) struct Turn {
    operations: Arc<Operations>,
    id: String,
    asked: StreamedOperation,
    over: CancellationToken,
}

impl std::fmt::Debug for Operations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Operations(..)")
    }
}

impl Operations {
    /// Begins an operation: gives its id and the `Set-Cookie` for it; none when there are too many.
    pub(super) fn begin(
        &self,
        origin: &Origin,
        asked: StreamedOperation,
    ) -> Option<(String, String)> {
        let (id, cookie) = (secret()?, secret()?);
        let mut operations = self.lock();
        operations.retain(|_, operation| operation.busy || operation.touched.elapsed() < IDLE);
        let own = operations
            .values()
            .filter(|it| it.origin == *origin)
            .count();
        if operations.len() >= ALL || own >= PER_ORIGIN {
            return None;
        }
        // For this operation's path alone, so that two of them do not overwrite each other's. Partitioned: browsers that
        // keep the cookies of other sites away keep this one for the page.
        let header = format!(
            "{COOKIE_NAME}={cookie}; Path=/{id}; Secure; HttpOnly; SameSite=None; Partitioned"
        );
        operations.insert(
            id.clone(),
            Operation {
                origin: origin.clone(),
                cookie,
                asked,
                left: asked.documents,
                busy: false,
                touched: Instant::now(),
                over: CancellationToken::new(),
            },
        );
        Some((id, header))
    }

    /// Lets one document in.
    pub(super) fn document(
        self: &Arc<Self>,
        id: &str,
        origin: &Origin,
        headers: &HeaderMap,
    ) -> Result<Turn, Refused> {
        let mut operations = self.lock();
        let operation = operations
            .get_mut(id)
            .filter(|operation| operation.is_of(origin, headers))
            .ok_or(Refused::Unauthorized)?;
        if operation.busy {
            return Err(Refused::Busy);
        }
        operation.busy = true;
        Ok(Turn {
            operations: Arc::clone(self),
            id: id.to_owned(),
            asked: operation.asked,
            over: operation.over.clone(),
        })
    }

    /// Gives an operation up, with the document that is before the person; false when there is none such.
    pub(super) fn end(&self, id: &str, origin: &Origin, headers: &HeaderMap) -> bool {
        let mut operations = self.lock();
        let is_theirs = operations
            .get(id)
            .is_some_and(|operation| operation.is_of(origin, headers));
        if !is_theirs {
            return false;
        }
        let ended = operations.remove(id);
        if let Some(operation) = &ended {
            operation.over.cancel();
        }
        ended.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Operation>> {
        // An operation is whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Operation {
    fn is_of(&self, origin: &Origin, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(COOKIE).iter();
        let mut cookies = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter(|(name, _)| *name == COOKIE_NAME);
        self.origin == *origin
            && (self.busy || self.touched.elapsed() < IDLE)
            && cookies.any(|(_, value)| same(value, &self.cookie))
    }
}

impl Turn {
    pub(super) fn operation(&self) -> StreamedOperation {
        self.asked
    }

    /// Cancelled when the page gives the operation up.
    pub(super) fn over(&self) -> &CancellationToken {
        &self.over
    }

    /// The document is signed; after the last one the operation is over.
    pub(super) fn signed(self) {
        let mut operations = self.operations.lock();
        if let Some(operation) = operations.get_mut(&self.id) {
            operation.left = operation.left.saturating_sub(1);
            if operation.left == 0 {
                operations.remove(&self.id);
            }
        }
    }

    /// The person said no: the operation is over.
    pub(super) fn cancelled(self) {
        self.operations.lock().remove(&self.id);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(operation) = self.operations.lock().get_mut(&self.id) {
            operation.busy = false;
            operation.touched = Instant::now();
        }
    }
}

/// 128 random bits in hexadecimal.
fn secret() -> Option<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Compares in a time that does not tell where they differ.
fn same(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    const ASKED: StreamedOperation = StreamedOperation {
        documents: 2,
        base64: false,
        attached: false,
    };

    fn origin(name: &str) -> Origin {
        Origin::parse(Some(&format!("https://{name}.kz"))).unwrap()
    }

    fn cookie(header: &str) -> HeaderMap {
        let pair = header.split(';').next().unwrap();
        let line = format!("other=1; {pair}");
        [(COOKIE, HeaderValue::from_str(&line).unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn an_operation_is_only_for_its_page_with_its_cookie() {
        let operations = Arc::new(Operations::default());
        let (id, header) = operations.begin(&origin("a"), ASKED).unwrap();
        let (other_id, other_header) = operations.begin(&origin("a"), ASKED).unwrap();
        for (id, origin, headers) in [
            (id.as_str(), origin("b"), cookie(&header)),
            (&id, origin("a"), HeaderMap::new()),
            (&id, origin("a"), cookie(&other_header)),
            (&other_id, origin("a"), cookie(&header)),
            ("", origin("a"), cookie(&header)),
        ] {
            let refused = operations.document(id, &origin, &headers).err();
            assert_eq!(refused, Some(Refused::Unauthorized), "{id}");
            assert!(!operations.end(id, &origin, &headers));
        }
        assert!(
            operations
                .document(&id, &origin("a"), &cookie(&header))
                .is_ok()
        );
        assert!(operations.end(&id, &origin("a"), &cookie(&header)));
        assert!(
            operations
                .document(&id, &origin("a"), &cookie(&header))
                .is_err()
        );
    }

    #[test]
    fn documents_come_one_at_a_time_and_as_many_as_were_announced() {
        let operations = Arc::new(Operations::default());
        let (id, header) = operations.begin(&origin("a"), ASKED).unwrap();
        let take = || operations.document(&id, &origin("a"), &cookie(&header));
        let first = take().unwrap();
        assert_eq!(take().err(), Some(Refused::Busy));
        drop(first);
        take().unwrap().signed();
        take().unwrap().signed();
        assert_eq!(take().err(), Some(Refused::Unauthorized));
    }

    #[test]
    fn a_person_who_says_no_ends_the_operation() {
        let operations = Arc::new(Operations::default());
        let (id, header) = operations.begin(&origin("a"), ASKED).unwrap();
        let take = || operations.document(&id, &origin("a"), &cookie(&header));
        take().unwrap().cancelled();
        assert_eq!(take().err(), Some(Refused::Unauthorized));
    }

    #[test]
    fn an_origin_has_three_operations_and_all_origins_have_ten() {
        let operations = Operations::default();
        for name in ["a", "b", "c"] {
            for _ in 0..3 {
                assert!(operations.begin(&origin(name), ASKED).is_some());
            }
            assert!(operations.begin(&origin(name), ASKED).is_none());
        }
        assert!(operations.begin(&origin("d"), ASKED).is_some());
        assert!(operations.begin(&origin("e"), ASKED).is_none());
    }
}
