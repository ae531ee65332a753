//! The report as lines for people.

use std::fmt::{self, Write};

use window_messages::Language;

use super::{
    view::{Anchor, Revocation, Signature, Signer, Timestamp, Verification},
    words::{self, Words},
};

impl Verification {
    /// The report in a person's language: a block of lines for each signature, then the files of an archive.
    ///
    /// Bidi controls and the like in names are written as escapes: a certificate must not rearrange the report.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let words = words::of(language);
        let mut page = Page(String::new());
        if self.signatures.is_empty() {
            page.heading(words.no_signature);
        }
        for signature in &self.signatures {
            page.signature(signature, words);
        }
        for file in &self.files {
            let states = [
                "signed",
                "changed",
                "missing",
                "not-signed",
                "unknown-digest",
            ];
            let state = word(&states, file.state, &words.files);
            page.line(words.file, &format!("{}: {state}", file.name));
        }
        page.0
    }
}

/// The lines about the owner of a certificate, in English.
impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut page = Page(String::new());
        page.signer(self, words::of(Language::En));
        f.write_str(&page.0)
    }
}

struct Page(String);

impl Page {
    fn heading(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn line(&mut self, label: &str, value: &str) {
        // Width by characters: Kazakh and Russian words are two bytes a letter.
        let _ = writeln!(self.0, "  {label:<16} {}", plain(value));
    }

    fn signature(&mut self, signature: &Signature, words: &Words) {
        self.heading(verdict(signature.verdict, &words.headline));
        if let Some(signer) = &signature.signer {
            self.signer(signer, words);
        }
        for covered in &signature.covers {
            let names = [
                "content-inside",
                "content-beside",
                "whole-document",
                "element",
                "listed-files",
                "nothing",
            ];
            let what = word(&names, covered.what, &words.coverage);
            let path = covered.path.as_deref().unwrap_or_default();
            self.line(words.covers, format!("{what} {path}").trim_end());
        }
        let basis = word(
            &["stamped", "claimed", "now"],
            signature.reference_basis,
            &words.basis,
        );
        let time = &signature.reference_time;
        self.line(words.signed_at, &format!("{time} ({basis})"));

        let check = &signature.signature;
        self.check(words.signature, check.verdict, &check.problems, words);
        let chain = &signature.chain;
        let evidence = chain.anchor.iter().map(|anchor| named(anchor, words));
        let evidence: Vec<_> = evidence.chain(chain.problem.clone()).collect();
        self.check(words.chain, chain.verdict, &evidence, words);
        self.validity(signature, words);
        let revocation = &signature.revocation;
        self.check(
            words.revocation,
            revocation.verdict,
            &revoked(revocation, words),
            words,
        );
        for timestamp in &signature.timestamps {
            self.timestamp(timestamp, words);
        }
        if !signature.warnings.is_empty() {
            self.line(words.warning, words.outdated);
        }
    }

    fn signer(&mut self, signer: &Signer, words: &Words) {
        self.line(words.signed_by, &signer.name);
        for (label, value) in [
            (words.iin, &signer.iin),
            (words.bin, &signer.bin),
            (words.organisation, &signer.organisation),
        ] {
            if let Some(value) = value {
                self.line(label, value);
            }
        }
        let roles: Vec<&str> = signer
            .roles
            .iter()
            .filter_map(|role| words.roles.iter().find(|(name, _)| name == role))
            .map(|(_, text)| *text)
            .collect();
        if !roles.is_empty() {
            self.line(words.role, &roles.join(", "));
        }
        self.line(words.issuer, &signer.issuer);
        self.line(words.serial, &signer.serial_number);
        self.line(words.algorithm, signer.algorithm);
    }

    fn validity(&mut self, signature: &Signature, words: &Words) {
        let Some(signer) = &signature.signer else {
            return;
        };
        let mut evidence = vec![format!("{} – {}", signer.not_before, signer.not_after)];
        let findings = [
            "valid-by-claim",
            "expired-since",
            "expired",
            "not-yet-valid",
        ];
        let finding = signature.validity.finding.unwrap_or_default();
        if findings.contains(&finding) {
            evidence.push(word(&findings, finding, &words.period).to_owned());
        }
        self.check(words.validity, signature.validity.verdict, &evidence, words);
    }

    fn timestamp(&mut self, timestamp: &Timestamp, words: &Words) {
        let anchor = timestamp.anchor.as_ref().map(|anchor| named(anchor, words));
        let revoked = match &timestamp.problem {
            Some(problem) => vec![problem.clone()],
            None => revoked(&timestamp.revocation, words),
        };
        let mut evidence: Vec<String> = timestamp.time.iter().cloned().collect();
        evidence.extend(timestamp.authority.clone());
        evidence.extend(anchor);
        evidence.extend(revoked);
        self.check(words.timestamp, timestamp.verdict, &evidence, words);
        if !timestamp.warnings.is_empty() {
            self.line(words.warning, words.outdated);
        }
    }

    fn check(&mut self, label: &str, name: &str, evidence: &[String], words: &Words) {
        let mut value = verdict(name, &words.verdict).to_owned();
        if !evidence.is_empty() {
            value.push_str(": ");
            value.push_str(&evidence.join("; "));
        }
        self.line(label, &value);
    }
}

fn named(anchor: &Anchor, words: &Words) -> String {
    let kind = word(
        &["national", "national-test", "added"],
        anchor.kind,
        &words.anchor,
    );
    format!("{} ({kind})", anchor.name)
}

fn revoked(revocation: &Revocation, words: &Words) -> Vec<String> {
    let findings = ["good", "revoked", "revoked-later", "unknown", "not-checked"];
    let mut evidence = vec![word(&findings, revocation.finding, &words.revoked).to_owned()];
    evidence.extend(revocation.revoked_at.clone());
    evidence.extend(revocation.reason.clone());
    if let (Some(source), Some(url)) = (revocation.source, &revocation.url) {
        let of = revocation.this_update.as_deref().unwrap_or_default();
        evidence.push(format!("{} {url}, {of}", source.to_uppercase()));
    }
    evidence.extend(revocation.problems.iter().cloned());
    evidence
}

fn verdict<'a>(name: &str, texts: &[&'a str; 3]) -> &'a str {
    word(&["holds", "undetermined", "broken"], name, texts)
}

/// The text that stands where the name stands.
fn word<'a>(names: &[&str], name: &str, texts: &[&'a str]) -> &'a str {
    let pairs = names.iter().zip(texts);
    let mut found = pairs.filter(|(its, _)| **its == name);
    found.next().map(|(_, text)| *text).unwrap_or_default()
}

/// Nothing in it steers the terminal or turns the direction of writing round.
pub(in super::super) fn plain(text: &str) -> String {
    let hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .flat_map(|c| {
            if hidden(c) {
                c.escape_unicode().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}
