//! From the settings to the way to the network.

use agent::NetworkChoice;
use fetch::{Credentials, Network, Proxy};

/// The way to the network that the settings choose. A proxy that cannot be used never means another way.
pub(crate) fn way(choice: NetworkChoice<'_>) -> Network {
    match choice {
        NetworkChoice::System => Network::System,
        NetworkChoice::Direct => Network::Direct,
        NetworkChoice::Offline => Network::Offline,
        NetworkChoice::Proxy {
            address,
            user,
            password,
        } => {
            let credentials = (!user.is_empty()).then(|| Credentials {
                user: user.to_owned(),
                password: password
                    .map(|password| password.text().to_owned())
                    .unwrap_or_default()
                    .into(),
            });
            match Proxy::new(address, credentials) {
                Ok(proxy) => Network::Proxy(proxy),
                Err(error) => {
                    tracing::warn!(%error, "the proxy of the settings cannot be used: working offline");
                    Network::Offline
                }
            }
        }
    }
}
