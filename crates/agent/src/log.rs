//! One line a request, with nothing in it that a page or a person would mind.

use std::time::Instant;

use crate::{caller::Origin, protocol::Label, reply::Reply};

/// A request on its way, for the line at its end.
#[derive(Debug)]
pub(crate) struct Entry {
    started: Instant,
    request_bytes: usize,
}

impl Entry {
    pub(crate) fn begin(request_bytes: usize) -> Self {
        Self {
            started: Instant::now(),
            request_bytes,
        }
    }

    /// Writes the line: origin, module, method, sizes, outcome, duration, and of the key the first 8 hex digits of its
    /// certificate's SHA-256. The subscriber adds the time.
    pub(crate) fn end(
        self,
        origin: &Origin,
        label: &Label,
        outcome: &str,
        key: Option<&str>,
        reply: Option<&Reply>,
    ) {
        tracing::info!(
            target: "tanba::request",
            origin = %origin,
            module = %label.module,
            method = %label.method,
            request_bytes = self.request_bytes,
            reply_bytes = reply.map_or(0, Reply::size),
            outcome,
            milliseconds = self.started.elapsed().as_millis() as u64,
            key = key.unwrap_or("-"),
        );
    }
}
