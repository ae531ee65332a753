use std::io::{self, Read};

use bytes::{Buf, Bytes};
use pki::FetchError;
use reqwest::Response;
use tokio::{
    runtime::{self, Runtime},
    time::{Instant, timeout_at},
};

use crate::failure;

/// The body of an answer, read as it comes.
pub(crate) struct Body {
    // Dropped before the runtime that drives it.
    state: State,
    runtime: OwnRuntime,
    deadline: Instant,
    /// How many more bytes are allowed.
    left: u64,
}

enum State {
    Open(Response, Bytes),
    Ended,
    Failed(FetchError),
}

impl Body {
    pub(crate) fn new(
        response: Response,
        runtime: OwnRuntime,
        deadline: Instant,
        max_bytes: u64,
    ) -> Self {
        Self {
            state: State::Open(response, Bytes::new()),
            runtime,
            deadline,
            left: max_bytes,
        }
    }

    /// The next bytes that came, at most `most` of them; none at the end.
    fn next(&mut self, most: usize) -> Result<Bytes, FetchError> {
        let (response, piece) = match &mut self.state {
            State::Open(response, piece) => (response, piece),
            State::Ended => return Ok(Bytes::new()),
            State::Failed(error) => return Err(*error),
        };
        while piece.is_empty() {
            let deadline = self.deadline;
            let next = self
                .runtime
                .block_on(async { timeout_at(deadline, response.chunk()).await })?
                .map_err(|_| FetchError::Timeout)?
                .map_err(|error| failure::of_body(&error))?;
            let Some(next) = next else {
                self.state = State::Ended;
                return Ok(Bytes::new());
            };
            self.left = self
                .left
                .checked_sub(next.len() as u64)
                .ok_or(FetchError::TooLarge)?;
            *piece = next;
        }
        Ok(piece.split_to(most.min(piece.len())))
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.next(buffer.len()) {
            Ok(mut bytes) => {
                let read = bytes.len();
                bytes.copy_to_slice(buffer.get_mut(..read).unwrap_or_default());
                Ok(read)
            }
            Err(error) => {
                // The connection ends here; who reads on hears the same.
                self.state = State::Failed(error);
                Err(error.into())
            }
        }
    }
}

/// The runtime of one exchange. It has no thread but the one that waits for the host's name, and does not wait for that
/// thread when it goes: a resolver may take longer than the exchange may.
pub(crate) struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    pub(crate) fn new() -> Result<Self, FetchError> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| FetchError::CannotConnect)?;
        Ok(Self(Some(runtime)))
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> Result<F::Output, FetchError> {
        // It is there until it is dropped.
        let runtime = self.0.as_ref().ok_or(FetchError::Broken)?;
        Ok(runtime.block_on(future))
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
