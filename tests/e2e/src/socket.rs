//! A page's side of the socket, without a browser.

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message, client::IntoClientRequest as _, http::HeaderValue, protocol::WebSocketConfig,
    },
};

/// The greeting of NCALayer 1.4.
pub const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;

/// An open connection to the agent, past the greeting.
pub struct Socket(WebSocketStream<TlsStream<TcpStream>>);

impl Socket {
    /// Connects as a page of `origin` would, trusting only the agent's own CA, and takes the greeting.
    ///
    /// # Errors
    /// When the agent does not answer, is not trusted, or greets otherwise.
    pub async fn connect(port: u16, ca: &Path, origin: Option<&str>) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(
            CertificateDer::from_pem_slice(&fs::read(ca)?)
                .context("the CA file holds no certificate")?,
        )?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
        tcp.set_nodelay(true)?;
        let stream = TlsConnector::from(Arc::new(tls))
            .connect(ServerName::try_from("127.0.0.1")?, tcp)
            .await?;
        let mut request = format!("wss://127.0.0.1:{port}/").into_client_request()?;
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("Origin", HeaderValue::from_str(origin)?);
        }
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let (stream, _) = client_async_with_config(request, stream, Some(config)).await?;
        let mut socket = Self(stream);
        let greeting = socket.receive().await?;
        if greeting != GREETING {
            bail!("greeted with {greeting}");
        }
        Ok(socket)
    }

    /// Sends a text.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(Message::text(text)).await?)
    }

    /// The next text.
    ///
    /// # Errors
    /// When the connection ends or something else than text comes.
    pub async fn receive(&mut self) -> Result<String> {
        loop {
            match self
                .0
                .next()
                .await
                .context("the agent closed the connection")??
            {
                Message::Text(text) => return Ok(text.to_string()),
                Message::Ping(_) | Message::Pong(_) => {}
                other => bail!("not a text: {other:?}"),
            }
        }
    }

    /// Asks and gives the reply as it came.
    ///
    /// # Errors
    /// As [`Socket::send`] and [`Socket::receive`].
    pub async fn ask_text(&mut self, request: &str) -> Result<String> {
        self.send(request).await?;
        self.receive().await
    }

    /// Asks and parses the reply.
    ///
    /// # Errors
    /// As [`Socket::ask_text`]; when the reply is not JSON.
    pub async fn ask(&mut self, request: &Value) -> Result<Value> {
        let reply = self.ask_text(&request.to_string()).await?;
        serde_json::from_str(&reply).with_context(|| format!("not JSON: {reply}"))
    }

    /// Leaves as a closed tab does.
    pub async fn close(mut self) {
        let _ = self.0.close(None).await;
    }
}
