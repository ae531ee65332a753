use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Wrong passwords that cost nothing.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);

/// Wrong passwords for key files: after five in a row each further try has to wait, twice as long each time.
///
/// Whoever has the file guesses faster elsewhere; this keeps a program that drives the window from doing it here.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<HashMap<[u8; 32], Wrong>>);

#[derive(Debug, Clone, Copy)]
struct Wrong {
    count: u32,
    last: Instant,
}

impl Tries {
    /// Seconds to wait before the next try for this file (by its SHA-256); none when it may be now.
    pub(crate) fn wait(&self, file: [u8; 32], now: Instant) -> Option<u32> {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = tries.get(&file).filter(|wrong| wrong.count >= FREE)?;
        let pause = Duration::from_secs(1 << (wrong.count - FREE).min(6)).min(LONGEST);
        let left = (wrong.last + pause).checked_duration_since(now)?;
        u32::try_from(left.as_millis().div_ceil(1000))
            .ok()
            .filter(|seconds| *seconds > 0)
    }

    pub(crate) fn wrong(&self, file: [u8; 32], now: Instant) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = tries
            .get(&file)
            .map_or(0, |wrong| wrong.count)
            .saturating_add(1);
        tries.insert(file, Wrong { count, last: now });
    }

    pub(crate) fn right(&self, file: [u8; 32]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_passwords_each_further_one_waits_longer() {
        let tries = Tries::default();
        let file = [7; 32];
        let mut now = Instant::now();
        for _ in 0..5 {
            assert_eq!(tries.wait(file, now), None);
            tries.wrong(file, now);
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(tries.wait(file, now), Some(seconds));
            assert_eq!(tries.wait([8; 32], now), None);
            now += Duration::from_secs(u64::from(seconds));
            assert_eq!(tries.wait(file, now), None);
            tries.wrong(file, now);
        }
        tries.right(file);
        assert_eq!(tries.wait(file, now), None);
    }
}
