//! Replies byte for byte, one file a module: `request` → `reply`. `window` says what the person does: nothing (no window
//! may open), `cancel`, or sees the settings.

use std::sync::atomic::Ordering;

use serde::Deserialize;
use window_messages::{FromWindow, ToWindow};

use crate::window::{Desk, desk};

#[derive(Deserialize)]
struct Exchange {
    about: String,
    window: Option<String>,
    request: String,
    reply: Option<String>,
}

async fn replay(golden: &str) {
    for line in golden.lines() {
        let exchange: Exchange = serde_json::from_str(line).unwrap();
        let mut desk = desk(&[]);
        let reply = match exchange.window.as_deref() {
            None => {
                let reply = desk.ask(&exchange.request).await;
                assert_eq!(
                    desk.opened.load(Ordering::SeqCst),
                    0,
                    "{}: a window opened",
                    exchange.about
                );
                reply
            }
            Some("cancel") => cancelled(&mut desk, &exchange.request).await,
            Some("settings") => {
                let reply = desk.ask(&exchange.request).await;
                assert!(
                    matches!(desk.window().await.next().await, ToWindow::Settings(_)),
                    "{}",
                    exchange.about
                );
                reply
            }
            Some(other) => panic!("{other}"),
        };
        assert_eq!(reply, exchange.reply, "{}", exchange.about);
    }
}

async fn cancelled(desk: &mut Desk, request: &str) -> Option<String> {
    let pending = desk.ask_in_background(request);
    let mut window = desk.window().await;
    let view = window.request().await;
    window
        .say(FromWindow::Cancel {
            request: view.request,
        })
        .await;
    pending.reply().await
}

#[tokio::test]
async fn common_utils_replies_as_ncalayer_does() {
    replay(include_str!("../golden/common-utils.jsonl")).await;
}

#[tokio::test]
async fn basics_replies_as_ncalayer_does() {
    replay(include_str!("../golden/basics.jsonl")).await;
}

#[tokio::test]
async fn accessory_replies_as_ncalayer_does() {
    replay(include_str!("../golden/accessory.jsonl")).await;
}

#[tokio::test]
async fn everything_else_is_routed_as_ncalayer_does() {
    replay(include_str!("../golden/routing.jsonl")).await;
}
