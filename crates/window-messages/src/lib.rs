//! What the agent and its window say to each other.
//!
//! One JSON object a line: [`ToWindow`] on the window's standard input, [`FromWindow`] on its standard output.
//! The agent decides everything; the window shows and asks. Words are the window's business: messages carry
//! reasons and figures, never sentences, so that one window speaks three languages.
//!
//! TypeScript types are generated from these by `cargo test -p window-messages` into `ui/src/messages`.

mod document;
mod file;
mod key;
mod notice;
mod question;
mod secret;
mod settings;
mod site;
mod token;

pub use document::{DocumentName, DocumentView, Preview, SignatureForm};
pub use file::{FileKind, FileView};
pub use key::{
    Caution, CertificateStatus, KeyOwner, KeyPlace, KeyProblem, KeyPurpose, KeyRole, KeyState,
    KeyView, RevokedFor, StatusUnknown,
};
pub use notice::NoticeView;
pub use question::{NoTimeStamp, Question};
pub use secret::PasswordText;
pub use settings::{Language, ModulesView, NetworkView, NetworkWay, SettingsView};
pub use site::{Caller, SiteView};
pub use token::{
    ModuleProblem, ModuleTrouble, PinView, ReaderService, ReadersView, TokenView, TokensView,
};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Number of a request, unique while the agent runs. Messages about another request than the one shown are dropped.
pub type RequestId = u32;

/// A line from the agent to the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[ts(export)]
pub enum ToWindow {
    /// Show this request and bring the window up.
    Request(Box<RequestView>),
    /// The key list changed: a search ended, a file was opened, a token came or went, the person pressed Refresh.
    Keys {
        /// The request whose list it is.
        request: RequestId,
        /// The whole list, in the order to show.
        keys: Vec<KeyView>,
        /// The key to select, when the agent knows better than what is selected now.
        selected: Option<String>,
        /// True while the search goes on, in folders or on tokens.
        searching: bool,
        /// The way to tokens.
        readers: ReadersView,
    },
    /// One row of the list changed, where it stands: its certificate is being checked, or has been.
    Key {
        /// The request whose list it is.
        request: RequestId,
        /// The row, known by its [`KeyView::id`].
        key: Box<KeyView>,
    },
    /// The key is open, and something has to be decided before the request can go on. [`FromWindow::Answer`] answers.
    Question {
        /// The request.
        request: RequestId,
        /// What the person is asked.
        question: Question,
    },
    /// The content of one document, as asked by [`FromWindow::View`].
    Preview {
        /// The request.
        request: RequestId,
        /// Index of the document in the request, from 0.
        document: u32,
        /// What can be shown of it.
        preview: Preview,
    },
    /// The key could not be used; the window stays open and says why.
    Refused {
        /// The request.
        request: RequestId,
        /// The key's [`KeyView::id`].
        key: String,
        /// Why.
        problem: KeyProblem,
    },
    /// The password was right, signing goes on.
    Progress {
        /// The request.
        request: RequestId,
        /// What is being done.
        step: Step,
        /// Documents signed, or signatures stamped, so far.
        done: u32,
        /// Documents in all.
        total: u32,
    },
    /// The request ended well: hide.
    Done {
        /// The request.
        request: RequestId,
    },
    /// The request is no more: the page left or the agent stops. Nothing was signed.
    Withdrawn {
        /// The request.
        request: RequestId,
    },
    /// Signing failed after the password; nothing was sent to the page but an error.
    Failed {
        /// The request.
        request: RequestId,
        /// Index of the document that could not be signed, from 0; absent when it is the only one or none is at fault.
        document: Option<u32>,
    },
    /// Show the settings.
    Settings(SettingsView),
    /// Show the tokens, or what has changed about them.
    Tokens(TokensView),
    /// How changing or unblocking a PIN ended; a list of the tokens as they are now comes before it.
    PinDone {
        /// The token's [`TokenView::id`].
        token: String,
        /// Why it did not work; absent: it did.
        problem: Option<KeyProblem>,
    },
    /// Tell that a page asked for something that it does not get. No answer is needed.
    Notice(NoticeView),
    /// The person closed the window itself: forget what it showed and what was typed. The program around the page says
    /// it, the agent does not.
    Closed,
    /// Leave.
    Quit,
}

/// A line from the window to the agent.
#[derive(Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum FromWindow {
    /// The window program runs and can show a request.
    Ready,
    /// The request is on the screen: painted, not just built.
    Painted {
        /// The request.
        request: RequestId,
    },
    /// The person's act of consent: sign with this key.
    Sign {
        /// The request.
        request: RequestId,
        /// The key's [`KeyView::id`].
        key: String,
        /// What the person typed; absent when the PIN is typed on the token.
        password: Option<PasswordText>,
        /// The token has one try left, and the person wants to use it.
        last_try: bool,
    },
    /// The PIN once more, as asked by [`Question::PinAgain`].
    Pin {
        /// The request.
        request: RequestId,
        /// What the person typed.
        pin: PasswordText,
        /// The token has one try left, and the person wants to use it.
        last_try: bool,
    },
    /// The person's act of consent to a request that needs no key: [`Verb::AddTimeStamp`], [`Verb::ReadFile`].
    Agree {
        /// The request.
        request: RequestId,
    },
    /// The person's answer to [`ToWindow::Question`].
    Answer {
        /// The request.
        request: RequestId,
        /// To go on, or to try again. No: another key is chosen, or the request ends.
        yes: bool,
    },
    /// The person chose a row: its certificate is worth checking.
    Selected {
        /// The request.
        request: RequestId,
        /// The key's [`KeyView::id`].
        key: String,
    },
    /// Ask once more whether this key's certificate is revoked.
    CheckAgain {
        /// The request.
        request: RequestId,
        /// The key's [`KeyView::id`].
        key: String,
    },
    /// The person said no, or closed the window.
    Cancel {
        /// The request.
        request: RequestId,
    },
    /// The person wants to see a document.
    View {
        /// The request.
        request: RequestId,
        /// Index of the document, from 0.
        document: u32,
    },
    /// The person picked a key file in the system's chooser.
    OpenFile {
        /// The request.
        request: RequestId,
        /// Absolute path.
        path: String,
    },
    /// The person picked a file or a folder in the system's chooser, for [`Verb::ChooseFile`]. The program around the
    /// page says it, the page cannot.
    Chose {
        /// The request.
        request: RequestId,
        /// Absolute path.
        path: String,
    },
    /// Look for keys again.
    Refresh {
        /// The request.
        request: RequestId,
    },
    /// The person switched the language; it is remembered.
    SetLanguage {
        /// The new language.
        language: Language,
    },
    /// The person changed the settings.
    SaveSettings {
        /// All of them.
        settings: SettingsView,
        /// A new password for the proxy; absent: it stays as it is.
        proxy_password: Option<PasswordText>,
    },
    /// The person wants to see the settings, from a notice.
    OpenSettings,
    /// The person wants to see the tokens, or to have them looked for again.
    OpenTokens,
    /// The person sets another PIN.
    ChangePin {
        /// The token's [`TokenView::id`].
        token: String,
        /// The PIN as it is; absent when it is typed on the token.
        old: Option<PasswordText>,
        /// The new one; absent like the old one.
        new: Option<PasswordText>,
        /// The token has one try left, and the person wants to use it.
        last_try: bool,
    },
    /// The person sets a PIN with the unblocking code.
    UnblockPin {
        /// The token's [`TokenView::id`].
        token: String,
        /// The unblocking code (PUK); absent when it is typed on the token.
        puk: Option<PasswordText>,
        /// The new PIN; absent like the code.
        new: Option<PasswordText>,
    },
    /// The person does not want to wait any longer for [`ToWindow::PinDone`].
    CancelPin,
    /// The person closed the tokens, and a request or the settings under them are shown again. A
    /// [`ToWindow::Tokens`] would be dropped until [`FromWindow::OpenTokens`] comes.
    LeftTokens,
    /// The person closed the settings, the tokens or a notice: nothing is shown any more.
    Left,
}

/// A request as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RequestView {
    /// Number of the request.
    pub request: RequestId,
    /// What the page asks for.
    pub verb: Verb,
    /// Who asks.
    pub site: SiteView,
    /// What will be signed, in order. Empty where nothing is signed.
    pub documents: Vec<DocumentView>,
    /// The file that is asked about: for [`Verb::ChooseFile`] and [`Verb::ReadFile`] only.
    pub file: Option<FileView>,
    /// A picture that the page sent: PNG or JPEG, base64. Only the window decodes it.
    pub logo: Option<String>,
    /// The form of the signature; absent where nothing is signed.
    pub form: Option<SignatureForm>,
    /// True when the signature gets a time stamp from a server.
    pub time_stamp: bool,
    /// What the person should mind.
    pub warnings: Vec<Warning>,
    /// True while test certificates are taken for real ones: a banner says so.
    pub test_certificates: bool,
    /// The keys found so far.
    pub keys: Vec<KeyView>,
    /// The key to select first: the one last used on this site.
    pub selected: Option<String>,
    /// True while the search for keys goes on; a [`ToWindow::Keys`] follows.
    pub searching: bool,
    /// True when the site takes keys from tokens and cards only.
    pub tokens_only: bool,
    /// The way to tokens.
    pub readers: ReadersView,
    /// The language to speak.
    pub language: Language,
}

/// What a page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Verb {
    /// Log in: one signature with an authentication key over a challenge.
    LogIn,
    /// Sign the documents.
    Sign,
    /// Hand the certificate's data (name, IIN, organisation) to the page; nothing is signed.
    ShowCertificate,
    /// Have a server put a time stamp on signatures that the page already has. No key is needed.
    AddTimeStamp,
    /// Pick a file or a folder in the system's chooser; the page gets its path, not its content.
    ChooseFile,
    /// Read the file that the page names, so that it can be shown and signed. Nothing is read before the yes.
    ReadFile,
}

/// What is being done after the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Step {
    /// The key signs.
    Signing,
    /// A server puts time stamps on the signatures.
    Stamping,
}

/// What the person should mind before agreeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Warning {
    /// The page asked that any certificate be accepted, whoever issued it (`chain: []`).
    AnyIssuer,
    /// The page asked that expired certificates be accepted.
    ExpiredAllowed,
    /// The page asked that revoked certificates be accepted.
    RevokedAllowed,
    /// Only a digest came: what it stands for cannot be shown.
    DigestOnly,
}
