//! A scene with OpenSC's module and a card for its virtual reader.

use std::fs;

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{judges, scene::Scene};
use pki::Signer as _;
use serde_json::{Value, json};
use virtual_cards::{Card, Inserted, OPENSC, Pcscd, SIGNATURE, fixture, installed};

pub(crate) const PIN: &str = "123456";

pub(crate) struct Real {
    pub(crate) scene: Scene,
    pub(crate) card: Card,
    pcscd: Pcscd,
}

impl Real {
    /// `None` where the programs for cards are missing.
    pub(crate) async fn start() -> Result<Option<Self>> {
        let Some(pcscd) = Pcscd::started().filter(|_| installed(&[OPENSC])) else {
            return Ok(None);
        };
        let module = (OPENSC, pcscd.variable());
        Ok(Some(Self {
            scene: Scene::start("tokens", &[], Some(module)).await?,
            card: Card::fresh(),
            pcscd,
        }))
    }

    pub(crate) fn insert(&self) -> Inserted {
        self.pcscd.insert(&self.card)
    }

    /// The page asks for signatures over so many documents, with any key.
    pub(crate) async fn ask(&mut self, documents: usize) -> Result<()> {
        let request = json!({
            "module": "kz.gov.pki.knca.basics",
            "method": "sign",
            "args": {
                "format": "cms",
                "data": (0..documents).map(|at| BASE64_STANDARD.encode(content(at))).collect::<Vec<_>>(),
                "signingParams": {"decode": true, "encapsulate": false, "digested": false},
                "signerParams": {"extKeyUsageOids": []},
                "locale": "en",
            },
        });
        self.scene.ask(&request).await
    }

    /// The reply holds the card's signatures over the documents.
    pub(crate) async fn signed(&mut self, documents: usize) -> Result<()> {
        let reply = self.scene.reply().await?;
        let result = reply.pointer("/body/result").and_then(Value::as_array);
        let result = result.with_context(|| reply.to_string())?;
        ensure!(result.len() == documents, "{reply}");
        let signer = fixture(SIGNATURE).certificate().to_pem();
        for (at, pem) in result.iter().enumerate() {
            cms_holds(pem.as_str().context("a text")?, &content(at), &signer)?;
        }
        Ok(())
    }

    /// Chooses the card's key for signatures.
    pub(crate) async fn choose(&self) -> Result<()> {
        self.scene.choose("signing").await
    }
}

fn content(number: usize) -> Vec<u8> {
    format!("The agreement of both sides, part {number}\n").into_bytes()
}

/// OpenSSL finds that this certificate (PEM) signed the content.
pub(crate) fn cms_holds(pem: &str, content: &[u8], signer: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    fs::write(at("cms"), pem)?;
    fs::write(at("content"), content)?;
    fs::write(at("signer"), signer)?;
    judges::openssl_cms(&at("cms"), Some(&at("content")), Some(&at("signer")))
}
