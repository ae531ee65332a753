use std::{
    io::Read,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use pki::{Fetch, FetchBody, FetchError, FetchRequest};
use reqwest::{Client, Response, StatusCode, Url, header};
use tokio::time::{Instant, timeout_at};

use crate::{
    Network,
    body::{Body, OwnRuntime},
    client, failure,
};

/// How often a server may send us elsewhere.
pub const MAX_REDIRECTS: usize = 5;

/// Asks servers of the PKI over HTTP, within the limits of each [`FetchRequest`].
///
/// - Redirects: at most [`MAX_REDIRECTS`], to `http` and `https` only and never from `https` to `http`. A request with
///   a body keeps it, save for status 303.
/// - Time: [`FetchRequest::timeout`] covers everything from the look-up of the host's name to the last byte, however
///   slowly bytes come.
/// - Size: an announced length over [`FetchRequest::max_bytes`] is refused unread; otherwise bytes are counted. The
///   answer is a stream, of which one piece is in memory at a time.
/// - Only `200` is an answer. Addresses with a name or a password in them are refused.
///
/// Making one costs nothing: no thread, no socket, no client. Calls block, so they belong on a thread where blocking is
/// allowed, as `tokio::task::spawn_blocking` gives; on one that drives asynchronous tasks tokio panics.
pub struct HttpFetch {
    network: RwLock<Arc<Network>>,
}

impl HttpFetch {
    /// Goes this way.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self {
            network: RwLock::new(Arc::new(network)),
        }
    }

    /// Goes another way from the next request on; what is under way goes on as it began.
    pub fn set(&self, network: Network) {
        *self.network.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(network);
    }

    fn network(&self) -> Arc<Network> {
        Arc::clone(&self.network.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for HttpFetch {
    /// As the system says.
    fn default() -> Self {
        Self::new(Network::default())
    }
}

impl Fetch for HttpFetch {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        let network = self.network();
        if matches!(*network, Network::Offline) {
            return Err(FetchError::Offline);
        }
        let url = web_address(Url::parse(request.url).ok()).ok_or(FetchError::BadUrl)?;
        let now = Instant::now();
        let deadline = now.checked_add(request.timeout).unwrap_or(now + LONG);

        let runtime = OwnRuntime::new()?;
        let client = client::build(&network, request.timeout)?;
        let exchange = Exchange {
            client,
            network: &network,
        };
        let response = runtime
            .block_on(async { timeout_at(deadline, exchange.run(url, request.body)).await })?
            .map_err(|_| FetchError::Timeout)??;
        if response
            .content_length()
            .is_some_and(|announced| announced > request.max_bytes)
        {
            return Err(FetchError::TooLarge);
        }
        Ok(Box::new(Body::new(
            response,
            runtime,
            deadline,
            request.max_bytes,
        )))
    }
}

/// What a time-out beyond the clock's end becomes.
const LONG: Duration = Duration::from_secs(365 * 24 * 60 * 60);

struct Exchange<'a> {
    client: Client,
    network: &'a Network,
}

impl Exchange<'_> {
    /// Asks, and follows where it is sent, up to an answer with status 200.
    async fn run(
        &self,
        mut url: Url,
        mut body: Option<FetchBody<'_>>,
    ) -> Result<Response, FetchError> {
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(url.clone(), body).await?;
            match response.status() {
                StatusCode::OK => return Ok(response),
                StatusCode::PROXY_AUTHENTICATION_REQUIRED => return Err(FetchError::Proxy),
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {}
                StatusCode::SEE_OTHER => body = None,
                other => return Err(FetchError::Status(other.as_u16())),
            }
            url = redirected(&url, &response)?;
        }
        Err(FetchError::Redirects)
    }

    async fn send(&self, url: Url, body: Option<FetchBody<'_>>) -> Result<Response, FetchError> {
        let secure = url.scheme() == "https";
        let request = match body {
            None => self.client.get(url),
            Some(body) => self
                .client
                .post(url)
                .header(header::CONTENT_TYPE, body.content_type)
                .body(body.bytes.to_vec()),
        };
        request
            .send()
            .await
            .map_err(|error| failure::of_request(&error, secure, self.network))
    }
}

/// Where the answer sends us.
fn redirected(from: &Url, response: &Response) -> Result<Url, FetchError> {
    let Some(location) = response.headers().get(header::LOCATION) else {
        return Err(FetchError::Status(response.status().as_u16()));
    };
    let target = location
        .to_str()
        .ok()
        .and_then(|location| from.join(location).ok());
    web_address(target)
        .filter(|target| from.scheme() == "http" || target.scheme() == "https")
        .ok_or(FetchError::Redirects)
}

/// The address, when it is one of the web and carries no name and password: nobody's server of the PKI wants one.
fn web_address(url: Option<Url>) -> Option<Url> {
    url.filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}
