//! The list of keys and what is known of each.

use window_messages::{CertificateStatus, KeyState, ToWindow};

use super::Ceremony;
use crate::{
    certificates::Verdict,
    error::Error,
    keys::{self, Found},
};

/// Rows whose certificates are checked unasked: those that are seen without scrolling.
const IN_SIGHT: usize = 6;

impl Ceremony {
    /// A file that the person opened comes into the list, unless its content is there already. Gives its row.
    pub(super) fn add_opened(&mut self, key: Found) -> String {
        let same = |known: &&Found| {
            known.id == key.id || (known.sha256.is_some() && known.sha256 == key.sha256)
        };
        if let Some(known) = self.keys.iter().find(same) {
            return known.id.clone();
        }
        let id = key.id.clone();
        self.opened.push(key.clone());
        self.keys.push(key);
        id
    }

    pub(super) fn put_back(&mut self, key: &Found) {
        for known in self
            .keys
            .iter_mut()
            .chain(&mut self.opened)
            .filter(|known| known.id == key.id)
        {
            known.clone_from(key);
        }
    }

    /// Fills in what is remembered and what has been found out, and has the certificates in sight checked.
    pub(super) fn recall(&mut self) {
        self.shared
            .memory
            .recall(&mut self.keys, &self.caller.origin);
        self.fill_in();
        let rows = keys::views(&self.keys, &self.plan.filter, keys::now());
        let in_sight: Vec<_> = rows
            .into_iter()
            .take(IN_SIGHT)
            .filter(|row| row.state == KeyState::Usable)
            .filter_map(|row| self.certificate_of(&row.id))
            .collect();
        for certificate in in_sight {
            if !self
                .verdicts
                .contains_key(&certificate.fingerprint_sha256())
            {
                self.check(&certificate);
            }
        }
        self.fill_in();
    }

    fn fill_in(&mut self) {
        for key in self.keys.iter_mut().chain(&mut self.opened) {
            let fingerprint = key
                .certificate
                .as_ref()
                .map(pki::Certificate::fingerprint_sha256);
            key.verdict = fingerprint
                .and_then(|fingerprint| self.verdicts.get(&fingerprint))
                .cloned()
                .unwrap_or_default();
        }
    }

    fn certificate_of(&self, id: &str) -> Option<pki::Certificate> {
        let key = self.keys.iter().find(|key| key.id == id)?;
        key.certificate.clone()
    }

    /// Has a certificate checked, or joins the check that runs; gives what is known now.
    pub(super) fn check(&mut self, certificate: &pki::Certificate) -> Verdict {
        let fingerprint = certificate.fingerprint_sha256();
        let check = self.shared.certificates.check(
            certificate,
            self.plan.filter.issuers.as_ref(),
            self.shared.how(),
        );
        let verdict = check.borrow().clone();
        if !verdict.is_settled() {
            self.jobs.follow(fingerprint, check);
        }
        self.verdicts.insert(fingerprint, verdict.clone());
        verdict
    }

    /// The person wants to know about this row, for the first time or again.
    pub(super) async fn check_row(&mut self, id: &str) -> Result<(), Error> {
        let Some(certificate) = self.certificate_of(id) else {
            return Ok(());
        };
        let fingerprint = certificate.fingerprint_sha256();
        let known = self.verdicts.get(&fingerprint).map(|known| &known.status);
        let open = matches!(known, None | Some(CertificateStatus::Unknown { .. }));
        if !open {
            return Ok(());
        }
        let verdict = self.check(&certificate);
        self.learned(fingerprint, verdict).await
    }

    /// More is known of a certificate: its rows say so.
    pub(super) async fn learned(
        &mut self,
        certificate: [u8; 32],
        verdict: Verdict,
    ) -> Result<(), Error> {
        self.verdicts.insert(certificate, verdict);
        let now = keys::now();
        let row = |key: &Found| keys::row(key, &self.plan.filter, now);
        let before: Vec<_> = self.keys.iter().map(row).collect();
        self.fill_in();
        let row = |key: &Found| keys::row(key, &self.plan.filter, now);
        let after: Vec<_> = self.keys.iter().map(row).collect();
        for (before, after) in before.into_iter().zip(after) {
            if before != after {
                self.tell(ToWindow::Key {
                    request: self.request,
                    key: Box::new(after),
                })
                .await?;
            }
        }
        Ok(())
    }

    pub(super) fn selected(&self) -> Option<String> {
        keys::selected(&keys::views(&self.keys, &self.plan.filter, keys::now()))
    }

    pub(super) async fn tell_keys(&mut self, selected: Option<String>) -> Result<(), Error> {
        let keys = keys::views(&self.keys, &self.plan.filter, keys::now());
        if selected.is_some() {
            self.chosen.clone_from(&selected);
        }
        self.tell(ToWindow::Keys {
            request: self.request,
            keys,
            selected,
            searching: self.is_searching(),
            readers: self.readers(),
        })
        .await
    }

    /// After the signature, and not before: a site that was refused stays new.
    pub(super) fn remember(&self, key: Option<&Found>) {
        let remembered = self.shared.settings.get().remember_keys;
        let key = key.and_then(|key| match (&key.sha256, &key.certificate) {
            (Some(file), Some(certificate)) if remembered => Some((*file, key.path(), certificate)),
            _ => None,
        });
        self.shared
            .memory
            .signed(&self.caller.origin, key, keys::now());
    }
}
