//! What will be done if the person agrees: fixed here, before any window exists.

use std::sync::Arc;

use pki::Certificate;
use signing::xml::Layout;
use window_messages::{DocumentView, Language, SignatureForm, Verb, Warning};

use crate::{
    ask::{Ask, Input, Issuers, Stance, Stores, Wanted, What, XmlLayout},
    certificates::Trust,
    documents::Document,
    error::Error,
    keys::Filter,
    limits,
    streamed::Arrived,
};

/// The plan of one request.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) verb: Verb,
    pub(crate) act: Act,
    pub(crate) documents: Vec<Document>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) filter: Filter,
    /// True when digests that do not fit the key are signed all the same.
    pub(crate) any_digest_length: bool,
    /// True when each CMS gets a time stamp.
    pub(crate) time_stamp: bool,
    /// A picture for the window: PNG or JPEG, base64.
    pub(crate) logo: Option<String>,
    /// The language that the page named.
    pub(crate) language: Option<Language>,
}

/// What is done to each document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    ShowCertificate,
    /// On the page's own CMS; no key is used.
    AddTimeStamp,
    Xml(Layout),
    CmsAttached,
    CmsDetached,
    CmsOfDigest,
    Raw,
    RawOfDigest,
}

impl Plan {
    /// Reads and checks all that the page sent.
    pub(crate) fn make(ask: Ask<'_>) -> Result<Self, Error> {
        let (act, documents) = match ask.what {
            What::ShowCertificate => (Act::ShowCertificate, Vec::new()),
            What::Xml {
                documents,
                layout,
                element,
            } => (
                Act::Xml(layout.into()),
                read(documents, |input| Document::xml(input, element.as_ref()))?,
            ),
            What::Cms {
                documents,
                attached,
                cosign: false,
            } => (cms(attached), read(documents, Document::bytes)?),
            What::Cms {
                documents,
                attached,
                cosign: true,
            } => cosigned(cms(attached), read(documents, Document::cosigned)?),
            What::CmsOfDigest { digests } => (Act::CmsOfDigest, read(digests, Document::digest)?),
            What::Raw {
                documents,
                digested: true,
            } => (Act::RawOfDigest, read(documents, Document::digest)?),
            What::Raw {
                documents,
                digested: false,
            } => (Act::Raw, read(documents, Document::raw)?),
            What::AddTimeStamp { cms } => (Act::AddTimeStamp, read(vec![cms], Document::cms)?),
            What::File { file, attached } => cosigned(cms(attached), vec![Document::file(file)?]),
            What::Streamed(arrived) => {
                let act = match &arrived {
                    Arrived::Whole(_) => Act::CmsAttached,
                    Arrived::Hashed(_) => Act::CmsDetached,
                };
                (act, vec![Document::streamed(arrived)])
            }
        };
        check_stores(&ask.stores)?;
        let time_stamp = ask.time_stamp || act == Act::AddTimeStamp;
        if time_stamp && !act.makes_cms() {
            return Err(Error::TimeStampOnCmsOnly);
        }
        Ok(Self {
            verb: verb(act, &ask.wanted, &documents),
            warnings: warnings(act, &ask.wanted, &documents),
            filter: filter(act, ask.wanted, ask.stores, &documents)?,
            any_digest_length: false,
            time_stamp,
            logo: ask.logo,
            language: ask.language,
            act,
            documents,
        })
    }

    /// The settings want what NCALayer does: digests of any length go into a CMS.
    pub(crate) fn take_any_digest_length(&mut self) {
        if self.act == Act::CmsOfDigest {
            self.any_digest_length = true;
            self.filter.digest_lengths.clear();
        }
    }

    /// Whether some key could sign the digests. `any_length`: as far as the settings are concerned, see
    /// [`Plan::take_any_digest_length`].
    pub(crate) fn check_digests(&self, any_length: bool) -> Result<(), Error> {
        const LENGTHS: [usize; 2] = [32, 64];
        if any_length && self.act == Act::CmsOfDigest {
            return Ok(());
        }
        let lengths = &self.filter.digest_lengths;
        match lengths.iter().find(|length| !LENGTHS.contains(length)) {
            Some(length) => Err(Error::DigestLength(*length)),
            None if lengths.len() > 1 => Err(Error::DigestLengths),
            None => Ok(()),
        }
    }

    /// The documents as lines in the window.
    pub(crate) fn document_views(&self) -> Vec<DocumentView> {
        self.documents
            .iter()
            .map(|document| document.view(self.verb == Verb::LogIn))
            .collect()
    }

    /// True when the time stamp goes on the new signature alone, because others stand beside it.
    pub(crate) fn stamps_last_only(&self) -> bool {
        self.act != Act::AddTimeStamp
    }

    pub(crate) fn form(&self) -> Option<SignatureForm> {
        match self.act {
            Act::ShowCertificate | Act::AddTimeStamp => None,
            Act::Xml(_) => Some(SignatureForm::Xml),
            Act::CmsAttached => Some(SignatureForm::CmsAttached),
            Act::CmsDetached | Act::CmsOfDigest => Some(SignatureForm::CmsDetached),
            Act::Raw | Act::RawOfDigest => Some(SignatureForm::Raw),
        }
    }
}

impl Act {
    fn makes_cms(self) -> bool {
        matches!(
            self,
            Self::CmsAttached | Self::CmsDetached | Self::CmsOfDigest | Self::AddTimeStamp
        )
    }
}

impl From<XmlLayout> for Layout {
    fn from(layout: XmlLayout) -> Self {
        match layout {
            XmlLayout::LineBreaks => Self::LineBreaks,
            XmlLayout::Compact => Self::Compact,
        }
    }
}

fn cms(attached: bool) -> Act {
    if attached {
        Act::CmsAttached
    } else {
        Act::CmsDetached
    }
}

/// A document that is a signed message gets another signature beside those that it has, and stays of its form.
fn cosigned(act: Act, documents: Vec<Document>) -> (Act, Vec<Document>) {
    let act = match documents.as_slice() {
        [document] => document.act_beside_signatures().unwrap_or(act),
        _ => act,
    };
    (act, documents)
}

/// Whether there can be a key in the stores that the page names.
pub(crate) fn check_stores(stores: &Stores) -> Result<(), Error> {
    match stores {
        Stores::Jks => Err(Error::JksUnsupported),
        _ => Ok(()),
    }
}

fn read<'a>(
    inputs: Vec<Input<'a>>,
    document: impl Fn(Input<'a>) -> Result<Document, Error>,
) -> Result<Vec<Document>, Error> {
    match inputs.len() {
        0 => Err(Error::NoDocuments),
        count if count > limits::DOCUMENTS => Err(Error::TooManyDocuments),
        count => inputs
            .into_iter()
            .enumerate()
            .map(|(index, input)| document(input).map_err(|error| error.of_document(index, count)))
            .collect(),
    }
}

/// "Log in" is said only for one short challenge and a key for logging in. Keys issued since 2024 also sign documents,
/// so a page must not be able to have a contract signed under the milder word.
fn verb(act: Act, wanted: &Wanted<'_>, documents: &[Document]) -> Verb {
    match (act, documents) {
        (Act::ShowCertificate, _) => Verb::ShowCertificate,
        (Act::AddTimeStamp, _) => Verb::AddTimeStamp,
        (_, [document])
            if wanted.authentication && !wanted.signing && document.could_be_log_in() =>
        {
            Verb::LogIn
        }
        _ => Verb::Sign,
    }
}

fn warnings(act: Act, wanted: &Wanted<'_>, documents: &[Document]) -> Vec<Warning> {
    [
        (matches!(wanted.issuers, Issuers::Any), Warning::AnyIssuer),
        (wanted.expired == Stance::Allow, Warning::ExpiredAllowed),
        (wanted.revoked == Stance::Allow, Warning::RevokedAllowed),
        (
            matches!(act, Act::CmsOfDigest | Act::RawOfDigest)
                || documents.iter().any(Document::is_digest),
            Warning::DigestOnly,
        ),
    ]
    .into_iter()
    .filter_map(|(applies, warning)| applies.then_some(warning))
    .collect()
}

fn filter(
    act: Act,
    wanted: Wanted<'_>,
    stores: Stores,
    documents: &[Document],
) -> Result<Filter, Error> {
    let issuers = match wanted.issuers {
        Issuers::Ours | Issuers::Any => None,
        Issuers::These(pems) => {
            let certificates = pems
                .into_iter()
                .map(|pem| Certificate::from_pem(pem).map_err(|_| Error::IssuerUnreadable))
                .collect::<Result<Vec<_>, _>>()?;
            Some(Arc::new(Trust::only(certificates)))
        }
    };
    let mut digest_lengths: Vec<usize> = match act {
        Act::CmsOfDigest | Act::RawOfDigest => documents
            .iter()
            .map(|digest| digest.covered().len())
            .collect(),
        _ => documents
            .iter()
            .filter_map(Document::only_digest_length)
            .collect(),
    };
    digest_lengths.sort_unstable();
    digest_lengths.dedup();
    // A page may be shown whatever certificate there is: that is how it tells its owner what is wrong with it.
    let unless_shown = |stance| match act {
        Act::ShowCertificate => Stance::Allow,
        _ => stance,
    };
    Ok(Filter {
        authentication: wanted.authentication,
        signing: wanted.signing,
        rights: wanted.rights,
        iin: wanted.iin.map(Into::into),
        bin: wanted.bin.map(Into::into),
        serial_number: wanted.serial_number.map(Into::into),
        issuers,
        expired: unless_shown(wanted.expired),
        unknown_issuer: unless_shown(wanted.unknown_issuer),
        revoked: unless_shown(wanted.revoked),
        stores,
        digest_lengths,
    })
}
