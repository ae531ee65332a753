//! What the page may ask of this program; nothing else is allowed to it.

use std::io::Stdout;

use serde::Serialize;
use tauri::ipc::{Channel, InvokeBody, Request};
use tauri::{State, WebviewWindow, Wry};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder};
use window_messages::{FileKind, FileView, FromWindow, RequestId, ToWindow};

use crate::Started;
use crate::page::Page;
use crate::pipe::Outgoing;
use crate::window;

/// The agent's end of the pipe.
pub(crate) type Agent = Outgoing<Stdout>;

/// Why a command did nothing. The page shows no words of it; they are for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The message is not one that a page may say.
    #[error("not a message of the page")]
    NotAMessage,
    /// The agent does not read any more.
    #[error("the agent is gone")]
    AgentGone,
    /// The desktop refused.
    #[error("the window system: {0}")]
    Desktop(#[from] tauri::Error),
}

impl Serialize for CommandError {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The page listens; from now on messages flow. Answers who started the program.
#[tauri::command]
pub(crate) fn connect(
    ear: Channel<ToWindow>,
    page: State<'_, Page>,
    agent: State<'_, Agent>,
    started: State<'_, Started>,
) -> Result<Started, CommandError> {
    page.listens(ear);
    if *started == Started::ByAgent {
        agent
            .say(&FromWindow::Ready)
            .map_err(|_| CommandError::AgentGone)?;
    }
    Ok(*started)
}

/// Passes one message of the page on to the agent: a [`FromWindow`] as JSON bytes.
///
/// Bytes, because they are turned into a message without another copy of a password on the way.
#[tauri::command]
pub(crate) fn say(
    request: Request<'_>,
    page: State<'_, Page>,
    agent: State<'_, Agent>,
) -> Result<(), CommandError> {
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(CommandError::NotAMessage);
    };
    let message = serde_json::from_slice(bytes).map_err(|_| CommandError::NotAMessage)?;
    match &message {
        // The program says these itself.
        FromWindow::Ready | FromWindow::OpenFile { .. } | FromWindow::Chose { .. } => {
            return Err(CommandError::NotAMessage);
        }
        FromWindow::Cancel { .. } => {
            page.take_request();
        }
        _ => {}
    }
    agent.say(&message).map_err(|_| CommandError::AgentGone)
}

/// Brings the window up with this title. The page calls it when what it shows is ready.
#[tauri::command]
pub(crate) fn raise(window: WebviewWindow, title: &str) -> Result<(), CommandError> {
    Ok(window::raise(&window, title)?)
}

/// Brings the window up with this title, behind whatever the person is at: for what can wait.
#[tauri::command]
pub(crate) fn appear(window: WebviewWindow, title: &str) -> Result<(), CommandError> {
    Ok(window::appear(&window, title)?)
}

/// The person has touched the window: it need not stay above others.
#[tauri::command]
pub(crate) fn settle(window: WebviewWindow) -> Result<(), CommandError> {
    Ok(window.set_always_on_top(false)?)
}

/// Takes the window off the screen.
#[tauri::command]
pub(crate) fn hide(window: WebviewWindow, started: State<'_, Started>) -> Result<(), CommandError> {
    Ok(window::hide(&window, *started)?)
}

/// Words of the chooser, in the person's language.
#[derive(serde::Deserialize)]
pub(crate) struct ChooserWords {
    title: String,
    key_files: String,
    all_files: String,
}

/// Lets the person pick a key file; its path goes to the agent, not to the page.
#[tauri::command]
pub(crate) async fn choose_key_file(
    window: WebviewWindow,
    agent: State<'_, Agent>,
    request: RequestId,
    words: ChooserWords,
) -> Result<(), CommandError> {
    let chosen = ask(|answer| {
        chooser(&window, words.title)
            .add_filter(words.key_files, &["p12", "P12", "pfx", "PFX"])
            .add_filter(words.all_files, &["*"])
            .pick_file(answer);
    })
    .await;
    match chosen {
        Some(path) => agent
            .say(&FromWindow::OpenFile { request, path })
            .map_err(|_| CommandError::AgentGone),
        None => Ok(()),
    }
}

/// Words of the chooser for a site's wish, in the person's language.
#[derive(serde::Deserialize)]
pub(crate) struct WishWords {
    title: String,
    files: String,
}

/// Lets the person pick the file or the folder that a site asks for; its path goes to the agent, not to the page.
/// Answers whether something was picked.
#[tauri::command]
pub(crate) async fn choose_file(
    window: WebviewWindow,
    agent: State<'_, Agent>,
    request: RequestId,
    file: FileView,
    words: WishWords,
) -> Result<bool, CommandError> {
    let chosen = ask(|answer| {
        let mut dialog = chooser(&window, words.title);
        if !file.path.is_empty() {
            dialog = dialog.set_directory(file.path);
        }
        match endings(file.kind) {
            None => dialog.pick_folder(answer),
            Some(endings) => dialog.add_filter(words.files, endings).pick_file(answer),
        }
    })
    .await;
    let picked = chosen.is_some();
    if let Some(path) = chosen {
        agent
            .say(&FromWindow::Chose { request, path })
            .map_err(|_| CommandError::AgentGone)?;
    }
    Ok(picked)
}

/// How the names of the files end that may be picked; none for a folder.
fn endings(kind: FileKind) -> Option<&'static [&'static str]> {
    Some(match kind {
        FileKind::Folder => return None,
        FileKind::Any => &["*"],
        FileKind::Certificates => &["cer", "CER", "crt", "CRT", "pem", "PEM"],
        FileKind::RevocationLists => &["crl", "CRL"],
        FileKind::KeyFiles => &["p12", "P12", "pfx", "PFX"],
        FileKind::JavaKeyStores => &["jks", "JKS", "keystore"],
    })
}

/// Lets the person pick a folder; answers its path, or nothing when they changed their mind.
#[tauri::command]
pub(crate) async fn choose_folder(
    window: WebviewWindow,
    title: String,
) -> Result<Option<String>, CommandError> {
    Ok(ask(|answer| {
        chooser(&window, title).pick_folder(answer);
    })
    .await)
}

/// Words of the chooser for a token's module, in the person's language.
#[derive(serde::Deserialize)]
pub(crate) struct ModuleWords {
    title: String,
    modules: String,
    all_files: String,
}

/// Lets the person pick the module (PKCS#11 library) of a token's maker; answers its path, or nothing when they
/// changed their mind.
#[tauri::command]
pub(crate) async fn choose_module(
    window: WebviewWindow,
    words: ModuleWords,
) -> Result<Option<String>, CommandError> {
    Ok(ask(|answer| {
        chooser(&window, words.title)
            .add_filter(words.modules, MODULE_ENDINGS)
            .add_filter(words.all_files, &["*"])
            .pick_file(answer);
    })
    .await)
}

/// How the names of libraries end; a framework's library on macOS and `lib.so.2` elsewhere are among all files.
const MODULE_ENDINGS: &[&str] = if cfg!(windows) {
    &["dll"]
} else if cfg!(target_os = "macos") {
    &["dylib", "so"]
} else {
    &["so"]
};

/// The system's chooser, over the window.
fn chooser(window: &WebviewWindow, title: String) -> FileDialogBuilder<Wry> {
    let dialog = window.dialog().file();
    dialog.set_parent(window).set_title(title)
}

/// What a chooser calls when the person has decided.
type Answer = Box<dyn FnOnce(Option<tauri_plugin_dialog::FilePath>) + Send>;

/// Waits for a chooser without holding a thread.
async fn ask(open: impl FnOnce(Answer)) -> Option<String> {
    let (answer, mut answered) = tauri::async_runtime::channel(1);
    open(Box::new(move |path| {
        let path = path.and_then(|path| path.into_path().ok());
        // The receiver waits right below; when it is gone, so is the window.
        let _ = answer.try_send(path.map(|path| path.to_string_lossy().into_owned()));
    }));
    answered.recv().await.flatten()
}
