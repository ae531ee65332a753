//! What the window shows without a request: the settings, and notices of what a page misses.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, task, time};
use window_messages::{FromWindow, NoticeView, ToWindow};

use crate::{
    agent::Shared, caller::Caller, consent::Queue, notices::Notices, protocol::Missing,
    screen::ScreenLink, tokens::PinDesk,
};

/// How long a page has for the request that usually follows: a notice would only flash up before it.
const FIRST: Duration = Duration::from_millis(1500);
/// How often it is looked whether the window has become free, and how many times.
const LOOK: Duration = Duration::from_secs(1);
const LOOKS: usize = 300;

/// The window as long as no request has it.
#[derive(Debug, Default)]
pub(crate) struct Home {
    /// The way into the conversation about settings and notices, while there is one.
    open: Mutex<Option<mpsc::Sender<ToWindow>>>,
    notices: Mutex<Notices>,
}

impl Home {
    /// Shows the settings, unless a request waits or is shown: that one has the window.
    pub(crate) fn show_settings(self: &Arc<Self>, shared: Arc<Shared>, queue: &Queue) {
        if queue.is_empty() {
            let settings = ToWindow::Settings(shared.settings_view());
            task::spawn(self.clone().show(shared, settings));
        }
    }

    /// Tells the person which site misses what, as soon as no request has the window. Not more than a person can bear:
    /// see [`Notices`].
    pub(crate) fn notice(
        self: &Arc<Self>,
        shared: Arc<Shared>,
        queue: Queue,
        caller: &Caller,
        missing: Missing,
    ) {
        let may = self
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .may_tell(&caller.origin, &missing.name, Instant::now());
        if !may {
            return;
        }
        let notice = NoticeView {
            site: caller
                .origin
                .view(!shared.memory.knows_site(&caller.origin)),
            module: missing.name,
            switched_off: missing.switched_off,
            language: shared.language(caller.connection),
        };
        let home = self.clone();
        task::spawn(async move {
            time::sleep(FIRST).await;
            for _ in 0..LOOKS {
                if queue.is_empty() {
                    home.show(shared, ToWindow::Notice(notice)).await;
                    return;
                }
                time::sleep(LOOK).await;
            }
        });
    }

    /// Shows this in the conversation that is open, else in a new one.
    async fn show(self: Arc<Self>, shared: Arc<Shared>, message: ToWindow) {
        let open = self.lock().clone();
        let message = match open {
            Some(open) => match open.try_send(message) {
                Ok(()) => return,
                Err(refused) => refused.into_inner(),
            },
            None => message,
        };
        let Ok(mut window) = shared.screen.open() else {
            return;
        };
        if window.to.send(message).await.is_err() {
            return;
        }
        *self.lock() = Some(window.to.clone());
        converse(&shared, &mut window).await;
        let mut open = self.lock();
        if open
            .as_ref()
            .is_some_and(|open| open.same_channel(&window.to))
        {
            *open = None;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<ToWindow>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears the person out. Ends when the window closes or a request takes it over, and when the person has done with it.
async fn converse(shared: &Arc<Shared>, window: &mut ScreenLink) {
    let mut desk = PinDesk::new(shared.plugged.clone(), shared.own_language());
    loop {
        let news = tokio::select! {
            message = window.from.recv() => match message {
                None | Some(FromWindow::Left) => return,
                Some(message) => {
                    let other = desk.hear(message);
                    other.and_then(|message| heard(shared, message)).into_iter().collect()
                }
            },
            news = desk.next() => news,
        };
        for message in news {
            if window.to.send(message).await.is_err() {
                return;
            }
        }
    }
}

/// Does what the person wants; gives what the window is to show then.
fn heard(shared: &Arc<Shared>, message: FromWindow) -> Option<ToWindow> {
    match message {
        FromWindow::SaveSettings {
            settings,
            proxy_password,
        } => shared.save_settings(settings, proxy_password),
        FromWindow::SetLanguage { language } => shared.save_language(language),
        FromWindow::OpenSettings => return Some(ToWindow::Settings(shared.settings_view())),
        _ => {}
    }
    None
}
