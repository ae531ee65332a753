//! What the agent remembers of a connection while it lasts: the language.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;
use window_messages::Language;

/// The connections that named a language.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<HashMap<u64, Connection>>);

#[derive(Debug)]
struct Connection {
    language: Language,
    /// True when the person chose it, not the page: then the page has no say any more.
    by_person: bool,
    gone: CancellationToken,
}

impl Connections {
    /// The language of the connection's next window, if anybody named one.
    pub(crate) fn language(&self, connection: u64) -> Option<Language> {
        self.lock()
            .get(&connection)
            .map(|connection| connection.language)
    }

    /// The page names a language.
    pub(crate) fn page_speaks(
        &self,
        connection: u64,
        language: Language,
        gone: &CancellationToken,
    ) {
        let mut connections = self.lock();
        if !connections
            .get(&connection)
            .is_some_and(|known| known.by_person)
        {
            connections.insert(
                connection,
                Connection {
                    language,
                    by_person: false,
                    gone: gone.clone(),
                },
            );
        }
        connections.retain(|_, connection| !connection.gone.is_cancelled());
    }

    /// The person switches to a language in this connection's window.
    pub(crate) fn person_speaks(
        &self,
        connection: u64,
        language: Language,
        gone: &CancellationToken,
    ) {
        self.lock().insert(
            connection,
            Connection {
                language,
                by_person: true,
                gone: gone.clone(),
            },
        );
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_chooses_until_the_person_does() {
        let connections = Connections::default();
        let here = CancellationToken::new();
        assert_eq!(connections.language(1), None);
        connections.page_speaks(1, Language::Ru, &here);
        connections.page_speaks(1, Language::En, &here);
        assert_eq!(connections.language(1), Some(Language::En));
        assert_eq!(connections.language(2), None);
        connections.person_speaks(1, Language::Kk, &here);
        connections.page_speaks(1, Language::Ru, &here);
        assert_eq!(connections.language(1), Some(Language::Kk));
    }

    #[test]
    fn closed_connections_are_forgotten() {
        let connections = Connections::default();
        let gone = CancellationToken::new();
        connections.page_speaks(1, Language::Ru, &gone);
        gone.cancel();
        connections.page_speaks(2, Language::Ru, &CancellationToken::new());
        assert_eq!(connections.lock().len(), 1);
    }
}
