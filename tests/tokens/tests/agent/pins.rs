//! PINs in the window: wrong ones, the last try, locks, PIN pads, changing and unblocking.

use crate::{
    choosing::{assert_signed, basics, labelled},
    desk::{Desk, PIN, Window, desk, token},
    world::{GOST512, one},
};
use mock_pkcs11::script::{Pad, Script, Token};
use serde_json::json;
use window_messages::{
    FromWindow, KeyProblem, KeyState, KeyView, PasswordText, PinView, ToWindow, TokensView,
};

fn script(change: impl FnOnce(&mut Token)) -> Script {
    let mut token = labelled("KAZTOKEN", GOST512);
    change(&mut token);
    let mut script = one(token);
    script.exact_tries = true;
    script
}

/// The only row as soon as its PIN is as wished.
async fn row(window: &mut Window, wish: impl Fn(&PinView) -> bool) -> KeyView {
    let fits = |keys: &[KeyView]| keys.iter().any(|key| wish(&token(key).pin));
    window.list(fits).await.pop().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_are_counted_the_last_try_wants_a_yes_and_then_the_token_is_locked() {
    let mut desk = desk(&script(|_| {}));
    let pending = desk.ask(&basics(None));
    let (mut window, view) = desk.shown().await;
    let key = window.usable().await;
    for left in [2, 1] {
        window.sign(&key, Some("999999")).await;
        let shown = row(&mut window, |pin| pin.tries_left == Some(left)).await;
        assert_eq!(token(&shown).pin.last_try, left == 1);
        let problem = KeyProblem::WrongPin {
            tries_left: Some(left),
        };
        assert_eq!(window.refused().await, problem);
    }
    let calls = desk.world.count("C_Login");
    window.sign(&key, Some(PIN)).await;
    assert_eq!(window.refused().await, KeyProblem::LastTry);
    assert_eq!(desk.world.count("C_Login"), calls, "nothing was sent");
    window.sign_with(&key, Some("999999"), true).await;
    let shown = row(&mut window, |pin| pin.locked).await;
    let problem = KeyProblem::TokenLocked;
    assert_eq!(shown.state, KeyState::Unusable { problem });
    window.refused().await;
    window
        .say(FromWindow::Cancel {
            request: view.request,
        })
        .await;
    pending.reply().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_pin_after_a_wrong_one_signs() {
    let mut desk = desk(&script(|_| {}));
    let pending = desk.ask(&basics(None));
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window.sign(&key, Some("1")).await;
    let length = KeyProblem::PinLength { min: 4, max: 16 };
    assert_eq!(window.refused().await, length);
    assert_eq!(desk.world.count("C_Login"), 0);
    window.sign(&key, Some("999999")).await;
    window.refused().await;
    window.sign(&key, Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_typed_on_the_reader_signs_without_one_from_the_window() {
    let pad = |milliseconds| {
        script(|token| {
            token.pad = Some(Pad {
                milliseconds,
                answer: 0,
            });
        })
    };
    let mut quick = desk(&pad(100));
    let pending = quick.ask(&basics(None));
    let (mut window, _) = quick.shown().await;
    let key = window.usable().await;
    assert!(token(&key).pin.pin_pad);
    window.sign(&key, None).await;
    window.done().await;
    assert_signed(&pending.reply().await);

    // A person who leaves does not type there any more.
    let mut slow = desk(&pad(60_000));
    let pending = slow.ask(&basics(None));
    let (mut window, view) = slow.shown().await;
    let key = window.usable().await;
    window.sign(&key, None).await;
    while slow.world.count("C_Login") == 0 {
        tokio::task::yield_now().await;
    }
    let request = view.request;
    window.say(FromWindow::Cancel { request }).await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"], json!({}), "{reply}");
    let again = slow.ask(&basics(None));
    let (mut window, view) = slow.shown().await;
    // The module is there again at once.
    window.usable().await;
    let request = view.request;
    window.say(FromWindow::Cancel { request }).await;
    again.reply().await;
}

async fn tokens(window: &mut Window, wish: impl Fn(&TokensView) -> bool) -> TokensView {
    loop {
        if let ToWindow::Tokens(view) = window.next().await
            && wish(&view)
        {
            return view;
        }
    }
}

/// The settings are open, and the tokens over them.
async fn open_tokens(desk: &mut Desk) -> (Window, String) {
    let show =
        json!({ "module": "kz.gov.pki.ncalayerservices.accessory", "method": "showSettings" });
    desk.ask(&show).reply().await;
    let mut window = desk.window().await;
    assert!(matches!(window.next().await, ToWindow::Settings(_)));
    window.say(FromWindow::OpenTokens).await;
    let view = tokens(&mut window, |view| {
        !view.searching && !view.tokens.is_empty()
    })
    .await;
    (window, view.tokens[0].id.clone())
}

/// How an act at the PIN ended.
async fn ended(window: &mut Window) -> Option<KeyProblem> {
    loop {
        if let ToWindow::PinDone { problem, .. } = window.next().await {
            return problem;
        }
    }
}

fn text(pin: &str) -> Option<PasswordText> {
    Some(PasswordText::new(pin.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_is_changed_from_the_tokens_screen() {
    let mut desk = desk(&script(|_| {}));
    let (mut window, id) = open_tokens(&mut desk).await;
    let change = |old, new| FromWindow::ChangePin {
        token: id.clone(),
        old: text(old),
        new: text(new),
        last_try: false,
    };
    window.say(change("999999", "654321")).await;
    let problem = KeyProblem::WrongPin {
        tries_left: Some(2),
    };
    assert_eq!(ended(&mut window).await, Some(problem));
    window.say(change(PIN, "1")).await;
    let problem = KeyProblem::PinLength { min: 4, max: 16 };
    assert_eq!(ended(&mut window).await, Some(problem));
    window.say(change(PIN, "654321")).await;
    assert_eq!(ended(&mut window).await, None);
    window.say(FromWindow::Left).await;

    let pending = desk.ask(&basics(None));
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window.sign(&key, Some("654321")).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_token_is_unblocked_while_the_request_waits() {
    let mut desk = desk(&script(|token| token.tries = 1));
    let pending = desk.ask(&basics(None));
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window.sign_with(&key, Some("999999"), true).await;
    window
        .list(|keys| keys.iter().all(|key| token(key).pin.locked))
        .await;
    window.say(FromWindow::OpenTokens).await;
    let id = token(&key).id.clone();
    tokens(&mut window, |view| {
        view.tokens.iter().any(|it| it.id == id && it.pin.locked)
    })
    .await;
    window
        .say(FromWindow::UnblockPin {
            token: id.clone(),
            puk: text("87654321"),
            new: text("777777"),
        })
        .await;
    assert_eq!(ended(&mut window).await, None);
    window.say(FromWindow::LeftTokens).await;
    let key = window.usable().await;
    // One try is all that this token has.
    window.sign_with(&key, Some("777777"), true).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_tokens_does_not_type_on_the_pad_any_more_and_the_next_request_does_not_wait()
 {
    let mut desk = desk(&script(|token| {
        token.pad = Some(Pad {
            milliseconds: 60_000,
            answer: 0,
        });
    }));
    let (window, id) = open_tokens(&mut desk).await;
    window
        .say(FromWindow::ChangePin {
            token: id,
            old: None,
            new: None,
            last_try: false,
        })
        .await;
    while desk.world.count("C_SetPIN") == 0 {
        tokio::task::yield_now().await;
    }
    window.say(FromWindow::Left).await;
    desk.world.play(&script(|_| {}));
    let pending = desk.ask(&basics(None));
    let (mut window, _) = desk.shown().await;
    let key = row(&mut window, |pin| !pin.pin_pad).await;
    window.sign(&key, Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}
