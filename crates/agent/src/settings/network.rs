use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use window_messages::{NetworkView, NetworkWay};
use zeroize::Zeroizing;

/// The national authority's own.
const TIME_STAMPING_AUTHORITY: &str = "http://tsp.pki.gov.kz";

/// How the servers of the certification authority are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Network {
    way: NetworkWay,
    /// Kept while another way is chosen.
    #[serde(skip_serializing_if = "String::is_empty")]
    proxy: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    proxy_user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_password: Option<ProxyPassword>,
}

/// Servers to ask instead of those that certificates name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Services {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ocsp_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) crl_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tsa_url: Option<String>,
}

/// The way to the network that the settings choose.
#[derive(Debug, Clone, Copy)]
pub enum NetworkChoice<'a> {
    /// As the system is set up.
    System,
    /// Straight to the servers.
    Direct,
    /// Through this proxy and no other way.
    Proxy {
        /// As the person wrote it; perhaps no address at all.
        address: &'a str,
        /// The name that the proxy wants; empty when it wants none.
        user: &'a str,
        /// Its password.
        password: Option<&'a ProxyPassword>,
    },
    /// Not at all.
    Offline,
}

/// A proxy's password: in the settings file, which only its owner can read, and in memory that is wiped. Never shown.
#[derive(Clone)]
pub struct ProxyPassword(Arc<Zeroizing<String>>);

impl ProxyPassword {
    /// The password itself, for the proxy and nobody else.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Network {
    pub(crate) fn choice(&self) -> NetworkChoice<'_> {
        match self.way {
            NetworkWay::System => NetworkChoice::System,
            NetworkWay::Direct => NetworkChoice::Direct,
            NetworkWay::Proxy => NetworkChoice::Proxy {
                address: &self.proxy,
                user: &self.proxy_user,
                password: self.proxy_password.as_ref(),
            },
            NetworkWay::Offline => NetworkChoice::Offline,
        }
    }

    pub(super) fn view(&self) -> NetworkView {
        NetworkView {
            way: self.way,
            proxy: self.proxy.clone(),
            proxy_user: self.proxy_user.clone(),
            has_proxy_password: self.proxy_password.is_some(),
        }
    }

    pub(super) fn apply(&mut self, view: NetworkView, password: Option<Zeroizing<String>>) {
        self.way = view.way;
        self.proxy = view.proxy;
        self.proxy_user = view.proxy_user;
        if let Some(password) = password {
            self.proxy_password = Some(ProxyPassword(Arc::new(password)));
        }
        // A password without a name is nobody's.
        if self.proxy_user.is_empty() {
            self.proxy_password = None;
        }
    }
}

impl Services {
    pub(crate) fn tsa_url(&self) -> &str {
        self.tsa_url.as_deref().unwrap_or(TIME_STAMPING_AUTHORITY)
    }
}

impl fmt::Debug for ProxyPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyPassword(..)")
    }
}

impl PartialEq for ProxyPassword {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for ProxyPassword {}

impl Serialize for ProxyPassword {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl<'de> Deserialize<'de> for ProxyPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The reader's own words would repeat what stands there.
        let text = String::deserialize(deserializer)
            .map_err(|_| serde::de::Error::custom("the password must be text"))?;
        let text = Zeroizing::new(text);
        Ok(Self(Arc::new(text)))
    }
}
