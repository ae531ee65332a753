//! The window asks about a file: which one to give to the page, or whether the one that the page names may be read.

use std::{path::PathBuf, sync::Arc};

use tokio::time;
use tokio_util::sync::CancellationToken;
use window_messages::{FileView, FromWindow, ReadersView, RequestId, RequestView, ToWindow, Verb};

use crate::{
    agent::Shared,
    caller::Caller,
    ceremony::{PAINTED_WITHIN, TAKEN_WITHIN},
    error::Error,
    screen::ScreenLink,
};

/// What the person decided.
pub(crate) enum Answer {
    /// The page has left; nobody decided.
    Gone,
    No,
    /// The file may be read. The window still shows the question, until the next request takes its place.
    Yes(Open),
    Chosen(PathBuf),
}

/// A question that was answered with yes and is still on the screen.
pub(crate) struct Open {
    window: ScreenLink,
    request: RequestId,
}

impl Open {
    /// The file cannot be read: the window says so.
    pub(crate) async fn failed(self) {
        let request = self.request;
        // The request is over whether the window hears it or not.
        let failed = ToWindow::Failed {
            request,
            document: None,
        };
        let _ = tell(&self.window, failed).await;
    }
}

/// One question in its window.
pub(crate) struct FileQuestion {
    pub(crate) shared: Arc<Shared>,
    pub(crate) caller: Caller,
    pub(crate) gone: CancellationToken,
    pub(crate) request: RequestId,
    /// [`Verb::ChooseFile`] or [`Verb::ReadFile`].
    pub(crate) verb: Verb,
    pub(crate) file: FileView,
}

impl FileQuestion {
    /// Shows the question and waits for the answer.
    ///
    /// # Errors
    /// When there is no window to show it.
    pub(crate) async fn ask(self) -> Result<Answer, Error> {
        let mut window = self
            .shared
            .screen
            .open()
            .map_err(|error| Error::Window(error.kind()))?;
        tell(&window, ToWindow::Request(Box::new(self.view()))).await?;
        let request = self.request;
        Ok(match self.listen(&mut window).await? {
            Heard::Gone => {
                tell(&window, ToWindow::Withdrawn { request }).await?;
                Answer::Gone
            }
            // The window hid itself when the person said no.
            Heard::No => Answer::No,
            Heard::Yes => Answer::Yes(Open { window, request }),
            Heard::Chosen(path) => {
                tell(&window, ToWindow::Done { request }).await?;
                Answer::Chosen(path)
            }
        })
    }

    async fn listen(&self, window: &mut ScreenLink) -> Result<Heard, Error> {
        let late = time::sleep(PAINTED_WITHIN);
        tokio::pin!(late);
        let mut painted = false;
        loop {
            let message = tokio::select! {
                biased;
                () = self.gone.cancelled() => return Ok(Heard::Gone),
                message = window.from.recv() => message.ok_or(Error::WindowLost)?,
                () = &mut late, if !painted => return Err(Error::WindowLost),
            };
            match message {
                FromWindow::Painted { request } if request == self.request => painted = true,
                FromWindow::Cancel { request } if request == self.request => {
                    return Ok(Heard::No);
                }
                FromWindow::Agree { request }
                    if request == self.request && self.verb == Verb::ReadFile =>
                {
                    return Ok(Heard::Yes);
                }
                FromWindow::Chose { request, path }
                    if request == self.request && self.verb == Verb::ChooseFile =>
                {
                    let path = PathBuf::from(path);
                    if path.is_absolute() {
                        return Ok(Heard::Chosen(path));
                    }
                }
                FromWindow::SetLanguage { language } => {
                    self.shared.connections.person_speaks(
                        self.caller.connection,
                        language,
                        &self.gone,
                    );
                    self.shared.save_language(language);
                }
                // Of another request, or nothing to do.
                _ => {}
            }
        }
    }

    fn view(&self) -> RequestView {
        let origin = &self.caller.origin;
        RequestView {
            request: self.request,
            verb: self.verb,
            site: origin.view(!self.shared.memory.knows_site(origin)),
            documents: Vec::new(),
            file: Some(self.file.clone()),
            logo: None,
            form: None,
            time_stamp: false,
            warnings: Vec::new(),
            test_certificates: self.shared.how().test_ca,
            keys: Vec::new(),
            selected: None,
            searching: false,
            tokens_only: false,
            readers: ReadersView::default(),
            language: self.shared.language(self.caller.connection),
        }
    }
}

enum Heard {
    Gone,
    No,
    Yes,
    Chosen(PathBuf),
}

async fn tell(window: &ScreenLink, message: ToWindow) -> Result<(), Error> {
    match time::timeout(TAKEN_WITHIN, window.to.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Error::WindowLost),
    }
}
