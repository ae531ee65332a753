use reqwest::Url;
use zeroize::Zeroizing;

/// Which way the network is reached.
#[derive(Default)]
pub enum Network {
    /// As the system says: its settings on Windows and macOS; `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`
    /// in the environment everywhere.
    #[default]
    System,
    /// Without a proxy, whatever the system says.
    Direct,
    /// Through this proxy, whatever the system says.
    Proxy(Proxy),
    /// Not at all: every request fails, and no socket is opened.
    Offline,
}

/// An HTTP proxy: `https` goes through it by CONNECT, `http` by naming the whole address.
pub struct Proxy {
    url: Url,
    credentials: Option<Credentials>,
}

/// What a proxy asks for (Basic, RFC 7617). The password is wiped when dropped and never shown.
pub struct Credentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
}

/// Why a proxy's address cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// Neither `host:port` nor `http://host:port`.
    #[error("write the proxy's address as host:port")]
    Address,
    /// The address itself holds a name or a password; they have places of their own.
    #[error("write the proxy's name and password into their own fields, not into its address")]
    CredentialsInAddress,
}

impl Proxy {
    /// The proxy at `host:port` or `http://host:port`; `https://…` speaks TLS to the proxy itself.
    ///
    /// # Errors
    /// [`ProxyError`], when `address` is neither.
    pub fn new(address: &str, credentials: Option<Credentials>) -> Result<Self, ProxyError> {
        let address = address.trim();
        let url = if address.contains("://") {
            Url::parse(address)
        } else {
            Url::parse(&format!("http://{address}"))
        };
        let url = url.map_err(|_| ProxyError::Address)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ProxyError::CredentialsInAddress);
        }
        if !matches!(url.scheme(), "http" | "https")
            || url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(ProxyError::Address);
        }
        Ok(Self { url, credentials })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }
}
