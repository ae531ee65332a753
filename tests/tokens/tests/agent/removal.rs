//! Tokens that are taken out while a request is shown, and put back.

use crate::{
    choosing::{assert_signed, basics, empty, labelled},
    desk::{PIN, desk},
    world::{GOST512, one},
};
use mock_pkcs11::script::{Fault, What};
use window_messages::{FromWindow, KeyProblem, KeyState, ToWindow};

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_token_that_is_taken_out_costs_no_try_and_is_chosen_again_when_it_is_back() {
    let there = one(labelled("KAZTOKEN", GOST512));
    let mut desk = desk(&there);
    let pending = desk.ask(&basics(None));
    let (mut window, view) = desk.shown().await;
    let key = window.usable().await;
    window
        .say(FromWindow::Selected {
            request: view.request,
            key: key.id.clone(),
        })
        .await;
    desk.world.play(&empty(&there));
    assert_eq!(window.refused().await, KeyProblem::TokenRemoved);
    // Whoever presses in that moment loses nothing either.
    window.sign(&key, Some(PIN)).await;
    assert_eq!(window.refused().await, KeyProblem::TokenRemoved);
    assert_eq!(desk.world.count("C_Login"), 0);
    desk.world.play(&there);
    let back = loop {
        if let ToWindow::Keys {
            keys,
            selected: Some(selected),
            ..
        } = window.next().await
        {
            assert_eq!(selected, key.id);
            break keys;
        }
    };
    assert!(!matches!(back[0].state, KeyState::Unusable { .. }));
    window.sign(&back[0], Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_taken_out_while_it_signs_can_be_put_back_and_sign() {
    let there = one(labelled("KAZTOKEN", GOST512));
    let mut pulled = there.clone();
    // CKR_DEVICE_REMOVED.
    pulled.faults = vec![Fault {
        call: "C_Sign".to_owned(),
        after: 0,
        times: None,
        what: What::Answer(0x32),
    }];
    let mut desk = desk(&pulled);
    let pending = desk.ask(&basics(None));
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    assert_eq!(window.refused().await, KeyProblem::TokenRemoved);
    desk.world.play(&there);
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_signs_wrongly_gives_nothing_to_the_page() {
    let mut script = one(labelled("KAZTOKEN", GOST512));
    if let Some(token) = &mut script.slots[0].token {
        token.objects[0].corrupt = true;
    }
    let mut desk = desk(&script);
    let pending = desk.ask(&basics(None));
    let (mut window, view) = desk.shown().await;
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    assert_eq!(window.refused().await, KeyProblem::TokenWrongSignature);
    let request = view.request;
    window.say(FromWindow::Cancel { request }).await;
    let reply = pending.reply().await;
    assert!(!reply.to_string().contains("BEGIN"), "{reply}");
}
