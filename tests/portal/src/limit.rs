//! How often one visitor may ask.

use std::collections::HashMap;

/// A bucket of requests for each visitor, refilled at a steady rate.
#[derive(Debug)]
pub(crate) struct RateLimit {
    burst: f64,
    per_second: f64,
    buckets: HashMap<String, (f64, i64)>,
}

impl RateLimit {
    /// At most `burst` requests at once and `per_minute` on average.
    #[must_use]
    pub(crate) fn new(burst: u32, per_minute: u32) -> Self {
        Self {
            burst: f64::from(burst),
            per_second: f64::from(per_minute) / 60.0,
            buckets: HashMap::new(),
        }
    }

    /// May this visitor ask once more at `now` (seconds UTC)?
    pub(crate) fn allows(&mut self, visitor: &str, now: i64) -> bool {
        let (burst, per_second) = (self.burst, self.per_second);
        let filled = |tokens: f64, since: i64| {
            let seconds = u32::try_from(now - since).unwrap_or(0);
            (tokens + f64::from(seconds) * per_second).min(burst)
        };
        if self.buckets.len() > 10_000 {
            self.buckets
                .retain(|_, (tokens, since)| filled(*tokens, *since) < burst);
        }
        let (tokens, since) = self
            .buckets
            .entry(visitor.to_owned())
            .or_insert((burst, now));
        *tokens = filled(*tokens, *since);
        *since = now;
        if *tokens < 1.0 {
            return false;
        }
        *tokens -= 1.0;
        true
    }
}
