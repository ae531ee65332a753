use std::time::Duration;

use pki::FetchError;
use reqwest::{Client, ClientBuilder, Proxy, redirect::Policy};

use crate::{Network, tls};

const USER_AGENT: &str = concat!("Tanba/", env!("CARGO_PKG_VERSION"));

/// A client for one exchange.
///
/// It is made anew each time, which takes microseconds: the system's proxy settings are read as they are now, the
/// proxy's password is not kept in a second place, and nothing stays when nobody asks.
pub(crate) fn build(network: &Network, timeout: Duration) -> Result<Client, FetchError> {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .tls_backend_preconfigured(tls::client_config()?)
        // Redirects are followed by the exchange itself.
        .redirect(Policy::none())
        .referer(false)
        .pool_max_idle_per_host(0)
        // Shared among a host's addresses, so that a dead first one leaves time for the second.
        .connect_timeout(timeout);
    with_network(builder, network)?
        .build()
        .map_err(|_| FetchError::Tls)
}

fn with_network(builder: ClientBuilder, network: &Network) -> Result<ClientBuilder, FetchError> {
    Ok(match network {
        Network::System => builder,
        Network::Direct => builder.no_proxy(),
        Network::Proxy(proxy) => {
            let all = Proxy::all(proxy.url().clone()).map_err(|_| FetchError::Proxy)?;
            builder.no_proxy().proxy(match proxy.credentials() {
                None => all,
                Some(credentials) => all.basic_auth(&credentials.user, &credentials.password),
            })
        }
        Network::Offline => return Err(FetchError::Offline),
    })
}
