//! What pages learn of tokens without a window.

use crate::{
    choosing::{common_utils, empty, labelled},
    desk::desk,
    world::{GOST512, RSA, one},
};
use mock_pkcs11::script::{Fault, Slot, What};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub(crate) fn active_tokens() -> Value {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "getActiveTokens" })
}

#[tokio::test(flavor = "multi_thread")]
async fn active_tokens_are_listed_by_the_names_of_ncalayer_without_a_pin() {
    let mut script = one(labelled("aKey", RSA));
    for (id, label) in [(2, "KAZTOKEN"), (3, "nameless"), (4, "KAZTOKEN 2")] {
        script.slots.push(Slot {
            id,
            reader: format!("Reader 0{id} 00"),
            token: Some(labelled(label, GOST512)),
        });
    }
    let desk = desk(&script);
    desk.agent.page_connected();
    let expected = json!({ "code": "200", "responseObject": ["AKKaztokenStore", "AKAKEYStore"] });
    // The module may still be loading when the page asks at once: then it asks again.
    let begun = Instant::now();
    loop {
        let reply = desk.ask(&active_tokens()).reply().await;
        if reply == expected {
            break;
        }
        assert_eq!(reply["responseObject"], json!([]));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    assert_eq!(desk.world.count("C_Login"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_hangs_does_not_hold_up_a_page() {
    let mut script = one(labelled("KAZTOKEN", GOST512));
    script.faults = vec![Fault {
        call: "C_GetSlotList".to_owned(),
        after: 0,
        times: None,
        what: What::Hang,
    }];
    let desk = desk(&script);
    desk.agent.page_connected();
    let begun = Instant::now();
    let reply = desk.ask(&active_tokens()).reply().await;
    assert_eq!(reply, json!({ "code": "200", "responseObject": [] }));
    // Far less than the ten seconds that the module has.
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_not_plugged_in_is_empty_and_no_window_comes_up() {
    let there = one(labelled("KAZTOKEN", GOST512));
    for (script, store, message) in [
        (there.clone(), "AKJaCartaStore", "storage.empty"),
        (empty(&there), "AKKaztokenStore", "storage.empty"),
        (there.clone(), "ABSIMCardStore", "storage.empty"),
        (there.clone(), "ABCloudServiceStore", "storage.empty"),
        (there.clone(), "AKNothingStore", "storage.unknown"),
        (there.clone(), "", "storageName.param.empty"),
    ] {
        let desk = desk(&script);
        let reply = desk.ask(&common_utils(store)).reply().await;
        assert_eq!(
            reply,
            json!({ "code": "500", "message": message }),
            "{store}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_a_kind_are_told_to_the_tax_cabinet() {
    let desk = desk(&one(labelled("KAZTOKEN", GOST512)));
    desk.agent.page_connected();
    let ask = |storage: &str| {
        json!({ "module": "kz.inessoft.kgd.knp.ncalayer.KNPModuleService",
                "command": "getStorageDevicesByType", "storage": storage, "requestId": "1" })
    };
    let begun = Instant::now();
    loop {
        let reply = desk.ask(&ask("KAZTOKEN")).reply().await;
        if reply["tokenTerminals"] == json!(["Reader 00 00"]) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{reply}");
    }
    let reply = desk.ask(&ask("JACARTA")).reply().await;
    assert_eq!(reply["tokenTerminals"], json!([]));
}
