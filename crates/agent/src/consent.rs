//! Whose turn it is: one window at a time, across all connections, first come first served.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{caller::Origin, limits};

/// Everyone who wants the window.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    window: Arc<Semaphore>,
    waiting: Arc<Mutex<HashMap<Origin, usize>>>,
}

/// A place in the queue, given up when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    queue: Queue,
    origin: Origin,
}

/// The window is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _window: OwnedSemaphorePermit,
    _place: Place,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self {
            window: Arc::new(Semaphore::new(1)),
            waiting: Arc::default(),
        }
    }

    /// Takes a place; none when this origin has too many already, or all origins together have.
    pub(crate) fn enter(&self, origin: &Origin) -> Option<Place> {
        let mut waiting = self.lock();
        let all: usize = waiting.values().sum();
        let own = waiting.get(origin).copied().unwrap_or_default();
        if all >= limits::QUEUE || own >= limits::QUEUE_PER_ORIGIN {
            return None;
        }
        waiting.insert(origin.clone(), own + 1);
        Some(Place {
            queue: self.clone(),
            origin: origin.clone(),
        })
    }

    /// True when nobody waits for the window or has it.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Origin, usize>> {
        // A count is whole at every moment.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Waits for the window; nothing when the page is gone before.
    pub(crate) async fn turn(self, gone: &CancellationToken) -> Option<Turn> {
        let window = self.queue.window.clone().acquire_owned();
        let window = gone.run_until_cancelled(window).await?.ok()?;
        (!gone.is_cancelled()).then_some(Turn {
            _window: window,
            _place: self,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.queue.lock();
        match waiting.get_mut(&self.origin) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                waiting.remove(&self.origin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(name: &str) -> Origin {
        Origin::parse(Some(&format!("https://{name}.example"))).unwrap()
    }

    #[test]
    fn an_origin_has_three_places_and_all_origins_have_ten() {
        let queue = Queue::new();
        let mut places: Vec<_> = (0..3).map(|_| queue.enter(&origin("a")).unwrap()).collect();
        assert!(queue.enter(&origin("a")).is_none());
        for name in ["b", "c"] {
            places.extend((0..3).map(|_| queue.enter(&origin(name)).unwrap()));
        }
        places.push(queue.enter(&origin("d")).unwrap());
        assert!(queue.enter(&origin("e")).is_none());
        places.remove(0);
        assert!(queue.enter(&origin("a")).is_some());
        drop(places);
        assert!(queue.is_empty());
    }

    #[tokio::test]
    async fn turns_come_one_at_a_time_in_the_order_of_arrival() {
        let queue = Queue::new();
        let here = CancellationToken::new();
        let first = queue
            .enter(&origin("a"))
            .unwrap()
            .turn(&here)
            .await
            .unwrap();
        let (order, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
        for name in ["b", "c", "d"] {
            let (place, here, order) = (
                queue.enter(&origin(name)).unwrap(),
                here.clone(),
                order.clone(),
            );
            tokio::spawn(async move {
                let turn = place.turn(&here).await.unwrap();
                order.send(name).unwrap();
                drop(turn);
            });
            tokio::task::yield_now().await;
        }
        assert!(arrivals.try_recv().is_err());
        drop(first);
        for name in ["b", "c", "d"] {
            assert_eq!(arrivals.recv().await, Some(name));
        }
    }

    #[tokio::test]
    async fn a_page_that_leaves_gives_its_place_up() {
        let queue = Queue::new();
        let here = CancellationToken::new();
        let first = queue
            .enter(&origin("a"))
            .unwrap()
            .turn(&here)
            .await
            .unwrap();
        let gone = CancellationToken::new();
        let waiting = queue.enter(&origin("b")).unwrap();
        gone.cancel();
        assert!(waiting.turn(&gone).await.is_none());
        drop(first);
        assert!(queue.is_empty());
    }
}
