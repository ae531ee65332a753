//! The window of Tanba: a thin shell around the page in `ui`.
//!
//! The agent starts it, says what to show on standard input and hears what the person does on standard output,
//! one JSON object a line ([`window_messages`]). No key, no certificate store and no network is here.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod automation;
mod commands;
mod page;
mod pipe;
mod window;

use std::io;

use serde::Serialize;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};
use window_messages::{FromWindow, ToWindow};

use crate::commands::Agent;
use crate::page::Page;

/// Who started the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Started {
    /// The agent, which holds the other end of the pipe.
    ByAgent,
    /// A person: the window says how to start the agent.
    ByHand,
}

fn main() {
    automation::close_doors();
    let started = if pipe::agent_is_there() {
        Started::ByAgent
    } else {
        Started::ByHand
    };

    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(Page::default())
        .manage(Agent::new(io::stdout()))
        .manage(started)
        .invoke_handler(tauri::generate_handler![
            commands::connect,
            commands::say,
            commands::raise,
            commands::appear,
            commands::settle,
            commands::hide,
            commands::choose_key_file,
            commands::choose_file,
            commands::choose_folder,
            commands::choose_module,
        ])
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                closed(window.app_handle());
            }
        })
        .setup(move |app| {
            window::create(app)?;
            if started == Started::ByAgent {
                let app = app.handle().clone();
                std::thread::Builder::new()
                    .name("agent".to_owned())
                    .spawn(move || listen(&app))?;
            }
            Ok(())
        })
        .build(tauri::generate_context!());

    match app {
        Ok(app) => app.run(|_, event| {
            if let RunEvent::ExitRequested {
                code: None, api, ..
            } = event
            {
                api.prevent_exit();
            }
        }),
        Err(error) => {
            eprintln!("tanba-window: cannot show a window: {error}");
            std::process::exit(1);
        }
    }
}

/// Hears the agent out; leaves when it says so or is gone, at once: there is nothing to finish, and taking a web engine
/// apart in order lasts a second.
fn listen(app: &AppHandle) {
    let page = app.state::<Page>();
    let each = |message| match message {
        ToWindow::Quit => std::process::exit(0),
        message => page.tell(message),
    };
    let complain =
        |error| eprintln!("tanba-window: a line from the agent was passed over: {error}");
    if let Err(error) = pipe::read_messages(io::stdin().lock(), each, complain) {
        eprintln!("tanba-window: the pipe from the agent broke: {error}");
    }
    std::process::exit(0);
}

/// The person closed the window: that says no to the request and forgets it.
fn closed(app: &AppHandle) {
    let page = app.state::<Page>();
    if let Some(request) = page.take_request() {
        if let Err(error) = app.state::<Agent>().say(&FromWindow::Cancel { request }) {
            eprintln!("tanba-window: the agent is gone: {error}");
        }
        // To the page a closed request is as good as a finished one: it forgets it and what was typed.
        page.tell(ToWindow::Done { request });
    } else if *app.state::<Started>() == Started::ByAgent
        && let Err(error) = app.state::<Agent>().say(&FromWindow::Left)
    {
        eprintln!("tanba-window: the agent is gone: {error}");
    }
    // Settings, tokens and notices are forgotten too, with PINs that were typed.
    page.tell(ToWindow::Closed);
    if let Some(window) = app.webview_windows().into_values().next()
        && let Err(error) = window::hide(&window, *app.state::<Started>())
    {
        eprintln!("tanba-window: the window does not hide: {error}");
    }
}
