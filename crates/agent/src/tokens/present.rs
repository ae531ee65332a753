//! Which kinds of tokens are plugged in, by NCALayer's names.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use keystore::{
    TokenModel,
    pcsc::{InsertedCard, same_reader},
};
use tokio::time;

use super::{Now, Plugged, lock};

/// Kinds of tokens that are plugged in, by NCALayer's names, each with the readers that hold one.
pub(crate) type Kinds = BTreeMap<&'static str, Vec<String>>;

/// A page that asks for what is plugged in waits no longer than this: its clients show nothing meanwhile.
const AT_ONCE: Duration = Duration::from_millis(150);

impl Plugged {
    /// The kinds that are there, as far as that can be told at once. Asks for no PIN.
    pub(crate) async fn kinds(self: &Arc<Self>) -> Kinds {
        if self.reach.is_none() {
            return Kinds::new();
        }
        let _look = self.look();
        let (readers, listed) = tokio::join!(
            time::timeout(AT_ONCE, self.cards()),
            time::timeout(AT_ONCE, self.listed()),
        );
        let readers = readers.unwrap_or_default();
        let listed = listed.unwrap_or_else(|_| self.now());
        let of_readers = readers
            .iter()
            .map(|card| (TokenModel::of_card(card), card.reader.as_str()));
        let of_modules = listed
            .stores
            .iter()
            .map(|store| (store.model(), store.reader()));
        let mut kinds = Kinds::new();
        for (model, reader) in of_readers.chain(of_modules) {
            let Some(kind) = model.store_name() else {
                continue;
            };
            let readers: &mut Vec<String> = kinds.entry(kind).or_default();
            if !readers.iter().any(|known| same_reader(known, reader)) {
                readers.push(reader.to_owned());
            }
        }
        kinds
    }

    /// Whether a token of this kind is there. Waits for modules only when its reader does not tell.
    pub(crate) async fn has_kind(self: &Arc<Self>, kind: &str) -> bool {
        if self.kinds().await.contains_key(kind) {
            return true;
        }
        let listed = self.listed().await;
        let kind_of = |store: &Arc<keystore::TokenStore>| store.model().store_name();
        listed
            .stores
            .iter()
            .any(|store| kind_of(store) == Some(kind))
    }

    /// The cards that are in the readers, as soon as events have told: never while the service for readers hangs.
    async fn cards(&self) -> Vec<InsertedCard> {
        loop {
            let heard = self.heard.notified();
            if let Some(seen) = &lock(&self.listing).seen {
                return seen.cards();
            }
            heard.await;
        }
    }

    /// What is there when no listing runs any more.
    async fn listed(&self) -> Now {
        let mut now = self.follow();
        let settled = now.wait_for(|now| !now.searching).await;
        settled.map_or_else(|_| Now::default(), |now| now.clone())
    }
}
