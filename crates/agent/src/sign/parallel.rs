//! The same work on many things, on several threads.

use std::{
    panic::resume_unwind,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

/// Does `work` for each index below `count`, on this thread and `threads - 1` others; gives what came out in the order of
/// the indices, or the failure with the lowest one, which is where one thread would have ended. None when it was stopped.
///
/// `done` hears on this thread how many are done. Where no thread can be had, this one does what is left.
pub(super) fn in_order<T: Send, E: Send>(
    count: usize,
    threads: usize,
    stop: &AtomicBool,
    work: impl Fn(usize) -> Result<T, E> + Sync,
    done: impl Fn(usize),
) -> Option<Result<Vec<T>, (usize, E)>> {
    let row = Row {
        count,
        stop,
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        failed: AtomicBool::new(false),
        work,
    };
    let mut worked = thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads)
            .filter_map(|_| {
                let helper = thread::Builder::new().name("signing".into());
                helper.spawn_scoped(scope, || row.work_off(|_| {})).ok()
            })
            .collect();
        let mut worked = row.work_off(done);
        for helper in helpers {
            match helper.join() {
                Ok(theirs) => worked.extend(theirs),
                Err(panic) => resume_unwind(panic),
            }
        }
        worked
    });
    worked.sort_unstable_by_key(|(index, _)| *index);
    let all = worked.len() == count;
    let outcome: Result<Vec<T>, _> = worked
        .into_iter()
        .map(|(index, outcome)| outcome.map_err(|error| (index, error)))
        .collect();
    (all || outcome.is_err()).then_some(outcome)
}

/// What is to be done, and how far it is.
struct Row<'a, W> {
    count: usize,
    stop: &'a AtomicBool,
    next: AtomicUsize,
    done: AtomicUsize,
    failed: AtomicBool,
    work: W,
}

impl<W> Row<'_, W> {
    /// Takes one after another until there are no more, or one failed, or it was stopped.
    fn work_off<T, E>(&self, done: impl Fn(usize)) -> Vec<(usize, Result<T, E>)>
    where
        W: Fn(usize) -> Result<T, E>,
    {
        let mut worked = Vec::new();
        while !self.stop.load(Ordering::Relaxed) && !self.failed.load(Ordering::Relaxed) {
            // What is taken is done: when one fails, all before it are done too, so the lowest failure is known.
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.count {
                break;
            }
            let outcome = (self.work)(index);
            if outcome.is_err() {
                self.failed.store(true, Ordering::Relaxed);
            }
            worked.push((index, outcome));
            done(self.done.fetch_add(1, Ordering::Relaxed) + 1);
        }
        worked
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::{Barrier, Mutex},
        thread::ThreadId,
    };

    use super::*;

    fn never() -> AtomicBool {
        AtomicBool::new(false)
    }

    #[test]
    fn what_comes_out_stands_in_order_and_every_thread_works() {
        let both = Barrier::new(2);
        let threads = Mutex::new(HashSet::<ThreadId>::new());
        let work = |index: usize| {
            // Neither the first nor the second is done before both have been taken.
            if index < 2 {
                both.wait();
            }
            threads.lock().unwrap().insert(thread::current().id());
            Ok::<_, ()>(index * 3)
        };
        let outcome = in_order(1000, 2, &never(), work, |_| {}).unwrap().unwrap();
        assert_eq!(outcome, (0..1000).map(|at| at * 3).collect::<Vec<_>>());
        assert_eq!(threads.lock().unwrap().len(), 2);
    }

    #[test]
    fn this_thread_alone_does_what_is_for_one() {
        let ours = thread::current().id();
        let work = |_| (thread::current().id() == ours).then_some(()).ok_or(());
        let outcome = in_order(100, 1, &never(), work, |_| {}).unwrap();
        assert_eq!(outcome.unwrap().len(), 100);
        assert!(in_order(0, 1, &never(), work, |_| {}).unwrap().is_ok());
    }

    #[test]
    fn of_several_failures_the_first_is_told_whichever_comes_first() {
        let both = Barrier::new(2);
        let work = |index: usize| match index {
            3 | 4 => {
                both.wait();
                Err(index)
            }
            _ => Ok(index),
        };
        for _ in 0..500 {
            let outcome = in_order(50, 2, &never(), work, |_| {}).unwrap();
            assert_eq!(outcome.unwrap_err(), (3, 3));
        }
    }

    #[test]
    fn nothing_comes_out_of_what_was_stopped() {
        let stop = never();
        let work = |index: usize| {
            if index == 10 {
                stop.store(true, Ordering::Relaxed);
            }
            Ok::<_, ()>(index)
        };
        assert_eq!(in_order(1000, 2, &stop, work, |_| {}), None);
    }

    #[test]
    fn the_count_that_is_heard_only_grows() {
        let heard = Mutex::new(Vec::new());
        let work = |index: usize| Ok::<_, ()>(index);
        in_order(5000, 4, &never(), work, |done| {
            heard.lock().unwrap().push(done);
        });
        let heard = heard.into_inner().unwrap();
        assert!(heard.is_sorted() && heard.last().is_none_or(|most| *most <= 5000));
    }

    #[test]
    #[should_panic = "inside"]
    fn a_panic_on_another_thread_is_one_here() {
        let both = Barrier::new(2);
        let ours = thread::current().id();
        let work = |_| {
            both.wait();
            assert_eq!(thread::current().id(), ours, "inside");
            Ok::<_, ()>(())
        };
        in_order(2, 2, &never(), work, |_| {});
    }
}
