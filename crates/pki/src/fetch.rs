use std::{
    fmt,
    io::{self, Read},
    time::Duration,
};

/// One exchange with a server of the PKI: an OCSP responder, a time-stamping authority, a store of lists.
#[derive(Clone, Copy, Debug)]
pub struct FetchRequest<'a> {
    /// An `http` or `https` address, as a certificate or the settings give it: it may be no address at all.
    pub url: &'a str,
    /// What is sent; without it the request is a GET.
    pub body: Option<FetchBody<'a>>,
    /// The greatest number of bytes of an answer.
    pub max_bytes: u64,
    /// How long the whole exchange may take, redirects and the last byte of the answer included.
    pub timeout: Duration,
}

/// What a POST carries.
#[derive(Clone, Copy, Debug)]
pub struct FetchBody<'a> {
    /// The media type, such as `application/ocsp-request`.
    pub content_type: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// The way to the network; this crate has none of its own.
///
/// An implementation follows redirects within limits, sends no cookies, and answers within
/// [`FetchRequest::timeout`] whatever the server does.
pub trait Fetch: Send + Sync {
    /// Asks, and gives the body of a `200` answer as a stream.
    ///
    /// Errors that happen while the stream is read come as an [`io::Error`] that holds a [`FetchError`]; see
    /// [`FetchError::from_io`].
    ///
    /// # Errors
    /// [`FetchError`], when there is no answer, or another one than `200`.
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError>;

    /// Asks, and gives the whole body.
    ///
    /// # Errors
    /// As [`Fetch::fetch`], and what befalls the stream.
    fn fetch_all(&self, request: &FetchRequest<'_>) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        // An implementation keeps to the limit itself; one that does not must not fill the memory either.
        self.fetch(request)?
            .take(request.max_bytes.saturating_add(1))
            .read_to_end(&mut body)
            .map_err(FetchError::from_io)?;
        if body.len() as u64 > request.max_bytes {
            return Err(FetchError::TooLarge);
        }
        Ok(body)
    }
}

/// Why a server of the PKI gave no answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The settings say to stay off the network.
    #[error("working offline")]
    Offline,
    /// Not an `http` or `https` address.
    #[error("not a web address")]
    BadUrl,
    /// The host's name has no address.
    #[error("no such host")]
    UnknownHost,
    /// There is no way to the host, or nothing listens there.
    #[error("cannot connect")]
    CannotConnect,
    /// The proxy cannot be reached, refused, or wants another name and password.
    #[error("no way through the proxy")]
    Proxy,
    /// The host's TLS certificate is not to be trusted, or TLS failed otherwise.
    #[error("no secure connection")]
    Tls,
    /// The time is up.
    #[error("no answer in time")]
    Timeout,
    /// Another status than 200.
    #[error("status {0}")]
    Status(u16),
    /// More redirects than anybody needs, or one to something that is no web address.
    #[error("too many redirects")]
    Redirects,
    /// The answer is larger than the limit.
    #[error("the answer is too large")]
    TooLarge,
    /// The connection broke off, or the answer is not HTTP.
    #[error("the connection broke off")]
    Broken,
}

impl FetchError {
    /// The reason that an error of the stream holds.
    #[must_use]
    pub fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::Timeout,
            _ => error
                .get_ref()
                .and_then(|inner| inner.downcast_ref())
                .copied()
                .unwrap_or(Self::Broken),
        }
    }
}

impl From<FetchError> for io::Error {
    fn from(error: FetchError) -> Self {
        Self::other(error)
    }
}

/// Whether a text can be an address at all: certificates of the national authority give `http://pki.gov.kz/cert/*.cer` and
/// `http://crl.pki.gov.kz/*.crl` too, those of others `ldap:` addresses.
pub(crate) fn is_address(url: &str) -> bool {
    const MAX_BYTES: usize = 2048;
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
        && !rest.is_empty()
        && !rest.starts_with('/')
        && url.len() <= MAX_BYTES
        && url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'*')
}

impl fmt::Debug for dyn Fetch + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetch")
    }
}
