//! The way to the page: messages wait until it listens.

use std::sync::{Mutex, PoisonError};

use tauri::ipc::Channel;
use window_messages::{RequestId, ToWindow};

/// What the window knows of the page: its ear, once it has one, and the request on the screen.
#[derive(Default)]
pub(crate) struct Page(Mutex<State>);

#[derive(Default)]
struct State {
    ear: Option<Channel<ToWindow>>,
    waiting: Vec<ToWindow>,
    request: Option<RequestId>,
}

impl Page {
    /// The page listens: everything that waited goes to it, in order.
    pub(crate) fn listens(&self, ear: Channel<ToWindow>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for message in state.waiting.drain(..) {
            send(&ear, message);
        }
        state.ear = Some(ear);
    }

    /// Gives the page a message, now or when it listens.
    pub(crate) fn tell(&self, message: ToWindow) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &message {
            ToWindow::Request(view) => state.request = Some(view.request),
            ToWindow::Done { request }
            | ToWindow::Withdrawn { request }
            | ToWindow::Failed { request, .. }
                if state.request == Some(*request) =>
            {
                state.request = None;
            }
            _ => {}
        }
        match &state.ear {
            Some(ear) => send(ear, message),
            None => state.waiting.push(message),
        }
    }

    /// Takes the unanswered request off, so that it is answered once.
    pub(crate) fn take_request(&self) -> Option<RequestId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .request
            .take()
    }
}

fn send(ear: &Channel<ToWindow>, message: ToWindow) {
    if let Err(error) = ear.send(message) {
        eprintln!("tanba-window: the page does not take messages: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tauri::ipc::InvokeResponseBody;
    use window_messages::Step;

    fn ear() -> (Channel<ToWindow>, Arc<Mutex<Vec<String>>>) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let copy = Arc::clone(&heard);
        let channel = Channel::new(move |body| {
            if let InvokeResponseBody::Json(text) = body {
                copy.lock().unwrap().push(text);
            }
            Ok(())
        });
        (channel, heard)
    }

    #[test]
    fn keeps_messages_until_the_page_listens() {
        let page = Page::default();
        page.tell(ToWindow::Progress {
            request: 1,
            step: Step::Signing,
            done: 0,
            total: 2,
        });
        let (channel, heard) = ear();
        page.listens(channel);
        page.tell(ToWindow::Done { request: 1 });
        assert_eq!(
            *heard.lock().unwrap(),
            [
                "{\"type\":\"progress\",\"request\":1,\"step\":\"signing\",\"done\":0,\"total\":2}",
                "{\"type\":\"done\",\"request\":1}"
            ]
        );
    }

    #[test]
    fn an_ended_request_is_not_answered_again() {
        let page = Page(Mutex::new(State {
            request: Some(5),
            ..State::default()
        }));
        page.tell(ToWindow::Done { request: 4 });
        assert_eq!(page.take_request(), Some(5));
        assert_eq!(page.take_request(), None);
    }
}
