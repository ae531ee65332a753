//! How often the person is told that a page misses something. A hostile page can ask for a thousand modules.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::caller::Origin;

/// Within this time an origin has one notice, and all origins together have [`AT_MOST`].
const SPAN: Duration = Duration::from_secs(15 * 60);
const AT_MOST: usize = 3;

/// So many are remembered as told already; the oldest are forgotten first.
const REMEMBERED: usize = 64;

/// What has been told.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    recent: Vec<(Origin, Instant)>,
    told: VecDeque<(Origin, String)>,
}

impl Notices {
    /// Whether the person is to be told now; then it counts as told. The same is not told twice while the agent runs.
    pub(crate) fn may_tell(&mut self, origin: &Origin, module: &str, now: Instant) -> bool {
        self.recent
            .retain(|(_, at)| now.saturating_duration_since(*at) < SPAN);
        let told = self
            .told
            .iter()
            .any(|(known, name)| known == origin && name == module);
        if told
            || self.recent.len() >= AT_MOST
            || self.recent.iter().any(|(known, _)| known == origin)
        {
            return false;
        }
        self.recent.push((origin.clone(), now));
        self.told.truncate(REMEMBERED - 1);
        self.told.push_front((origin.clone(), module.to_owned()));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(name: &str) -> Origin {
        Origin::parse(Some(&format!("https://{name}.example"))).unwrap()
    }

    #[test]
    fn a_page_that_asks_for_a_thousand_modules_makes_one_notice() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        let told = (0..1000)
            .filter(|number| notices.may_tell(&origin("a"), &format!("module{number}"), now))
            .count();
        assert_eq!(told, 1);
    }

    #[test]
    fn a_thousand_origins_make_three_and_some_more_later() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        let tell = |notices: &mut Notices, now| {
            (0..1000)
                .filter(|number| notices.may_tell(&origin(&format!("a{number}")), "module", now))
                .count()
        };
        assert_eq!(tell(&mut notices, now), 3);
        assert_eq!(tell(&mut notices, now + SPAN), 3);
        assert!(notices.told.len() <= REMEMBERED && notices.recent.len() <= AT_MOST);
    }

    #[test]
    fn the_same_is_told_once_and_something_else_later() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        assert!(notices.may_tell(&origin("a"), "module", now));
        assert!(!notices.may_tell(&origin("a"), "module", now + 2 * SPAN));
        assert!(notices.may_tell(&origin("a"), "another", now + 2 * SPAN));
    }
}
