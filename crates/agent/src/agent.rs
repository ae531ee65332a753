use std::{path::PathBuf, sync::Arc};

use tokio_util::sync::CancellationToken;

use crate::{
    caller::Caller,
    connections::Connections,
    consent::Queue,
    error::Error,
    json, log,
    protocol::{self, Action},
    screen::Screen,
    settings::SettingsFile,
};

/// What an agent needs to know at its start.
pub struct Config {
    /// Folder of the agent's own files: settings and memory. Made when missing.
    pub data_dir: PathBuf,
    /// Folders to look for keys in; when there are any, neither the usual folders nor those of the settings are used.
    pub key_folders: Vec<PathBuf>,
    /// The window.
    pub screen: Arc<dyn Screen>,
}

/// The agent: answers requests, one window at a time.
pub struct Agent {
    screen: Arc<dyn Screen>,
    settings: SettingsFile,
    connections: Connections,
    queue: Queue,
}

impl Agent {
    /// Reads settings and memory.
    ///
    /// # Errors
    ///
    /// When the settings file is there but cannot be read or understood: it may forbid something.
    pub fn new(config: Config) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            settings: SettingsFile::load(&config.data_dir)?,
            screen: config.screen,
            connections: Connections::default(),
            queue: Queue::new(),
        }))
    }

    /// Whether the settings of this computer admit such a caller: for the handshake. [`Agent::answer`] refuses others
    /// too, in the words of the module that they ask.
    pub fn admits(&self, caller: &Caller) -> bool {
        self.settings.get().policy.admits(caller.origin.kind())
    }

    /// A page has connected: the window and the list of keys get ready for its request.
    pub fn page_connected(&self) {
        self.screen.warm();
    }

    /// Answers the text of one frame; none when there is nothing to answer, or nobody to answer to.
    ///
    /// `gone` is cancelled when the connection ends: the window is withdrawn then, and nothing is signed.
    /// Frames of one connection are to be handed over one after the other.
    pub async fn answer(
        &self,
        caller: &Caller,
        text: &str,
        gone: CancellationToken,
    ) -> Option<String> {
        let entry = log::Entry::begin(text);
        let json = json::parse(text);
        let request = protocol::read(&json);
        let (reply, outcome) = match request.action {
            Action::Ignore => (None, "ignored"),
            Action::Reply(reply) => (Some(reply), "answered"),
            Action::ChangeLanguage { language, reply } => {
                if let Some(language) = language {
                    self.connections
                        .page_speaks(caller.connection, language, &gone);
                }
                (Some(reply), "answered")
            }
            Action::ShowSettings { reply } => (Some(reply), "answered"),
            Action::Ask(_, form) => (Some(form.render(&Err(Error::Busy))), "refused"),
            Action::Refuse(error, form) => (Some(form.render(&Err(error))), "refused"),
        };
        entry.end(
            &caller.origin,
            &request.label,
            outcome,
            None,
            reply.as_deref(),
        );
        reply
    }
}
