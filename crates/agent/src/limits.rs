//! How much a page may ask for at once. Everything here is checked before the memory or the time is spent.

/// Bytes of one request's text. A portal that sends six attachments of 15 MB at once needs about 120 MB.
pub const MESSAGE_BYTES: usize = 256 * 1024 * 1024;

/// How deep arrays and objects may nest.
pub(crate) const JSON_DEPTH: usize = 64;

/// Values in one request, names of members not counted: bounds memory for texts like `[0,0,0,…]`.
pub(crate) const JSON_VALUES: usize = 250_000;

/// Documents in one request.
pub(crate) const DOCUMENTS: usize = 10_000;

/// Windows that wait for their turn or are shown, from one origin.
pub(crate) const QUEUE_PER_ORIGIN: usize = 3;

/// Windows that wait for their turn or are shown, from all origins.
pub(crate) const QUEUE: usize = 10;

/// Bytes of a PDF file that is handed to the window to draw.
pub(crate) const PDF_PREVIEW_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of text that is handed to the window to show.
pub(crate) const TEXT_PREVIEW_BYTES: usize = 256 * 1024;
