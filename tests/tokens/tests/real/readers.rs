//! Readers and cards as the watch tells them, with a real service.

use crate::watch::{Watch, watch};
use std::{fs, time::Duration};
use virtual_cards::{ATR_HEX, Card, Pcscd, READERS};

fn line(first: &str) -> String {
    format!("Running; {} = {first}; {} = Empty", READERS[0], READERS[1])
}

#[test]
fn a_card_is_told_when_it_comes_and_when_it_goes() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let mut watch = watch(&pcscd);
    watch.expect(&line("Empty"));
    let card = Card::fresh();
    let inserted = pcscd.insert(&card);
    let came = watch.expect(&line(ATR_HEX));
    watch.is_quiet(Duration::from_millis(500));
    drop(inserted);
    let went = watch.expect(&line("Empty"));
    println!("came after {came:?}, went after {went:?}");
    assert!(came < Duration::from_secs(2) && went < Duration::from_secs(2));
    assert!(watch.end() < Duration::from_secs(1));
}

#[test]
fn each_state_of_the_service_is_told() {
    let Some(mut pcscd) = Pcscd::new() else {
        return;
    };
    let mut watch = watch(&pcscd);
    watch.expect("Stopped");
    pcscd.start();
    watch.expect(&line("Empty"));
    pcscd.stop();
    watch.expect("Stopped");
    pcscd.start();
    watch.expect(&line("Empty"));
    pcscd.stop();
    watch.expect("Stopped");
    assert!(
        watch.end() < Duration::from_secs(1),
        "it is ended while it waits for the service"
    );
}

#[test]
fn a_watch_that_waits_uses_no_time() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let watch = watch(&pcscd);
    watch.expect(&line("Empty"));
    let ticks = |watch: &Watch| -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", watch.process.id())).unwrap();
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = ticks(&watch);
    watch.is_quiet(Duration::from_secs(5));
    assert!(
        ticks(&watch) - before <= 1,
        "hundredths of a second in five seconds"
    );
}

/// Threads, open files and resident kilobytes of the watch.
fn footprint(watch: &Watch) -> (usize, usize, u64) {
    let folder = format!("/proc/{}", watch.process.id());
    let count = |name: &str| fs::read_dir(format!("{folder}/{name}")).unwrap().count();
    let status = fs::read_to_string(format!("{folder}/status")).unwrap();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap();
    (count("task"), count("fd"), resident)
}

fn cycles(count: usize) {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let watch = watch(&pcscd);
    watch.expect(&line("Empty"));
    let card = Card::fresh();
    let cycle = || {
        let inserted = pcscd.insert(&card);
        watch.expect(&line(ATR_HEX));
        drop(inserted);
        watch.expect(&line("Empty"));
    };
    for _ in 0..5 {
        cycle();
    }
    let before = footprint(&watch);
    for _ in 0..count {
        cycle();
    }
    let after = footprint(&watch);
    println!("threads, files, kB resident after {count}: {before:?} -> {after:?}");
    assert_eq!((before.0, before.1), (after.0, after.1));
    assert!(after.2 <= before.2 + 512);
}

#[test]
fn twenty_insertions_leave_nothing_behind() {
    cycles(20);
}

#[test]
#[ignore = "takes a quarter of an hour: the virtual reader looks for its card twice a second"]
fn a_thousand_insertions_leave_nothing_behind() {
    cycles(1000);
}
