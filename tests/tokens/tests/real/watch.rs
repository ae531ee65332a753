//! Our watch of readers, in a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};
use virtual_cards::Pcscd;

/// Watches with our own watch, in a process of its own.
pub(crate) fn watch(pcscd: &Pcscd) -> Watch {
    let (name, socket) = pcscd.variable();
    let mut process = Command::new(env!("CARGO_BIN_EXE_reader-watch"))
        .env(name, socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = process.stdin.take();
    let output = BufReader::new(process.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in output.lines() {
            let _ = sender.send(line.unwrap());
        }
    });
    Watch {
        process,
        input,
        lines,
    }
}

/// Our watch, and what it prints.
pub(crate) struct Watch {
    pub(crate) process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Watch {
    /// Waits for a line that says this, and how long that took.
    pub(crate) fn expect(&self, wanted: &str) -> Duration {
        let begun = Instant::now();
        let mut seen = Vec::new();
        while begun.elapsed() < Duration::from_secs(15) {
            if let Ok(line) = self.lines.recv_timeout(Duration::from_secs(15)) {
                if line == wanted {
                    return begun.elapsed();
                }
                seen.push(line);
            }
        }
        panic!("waited for «{wanted}», saw {seen:?}");
    }

    /// Nothing is printed for this long.
    pub(crate) fn is_quiet(&self, time: Duration) {
        if let Ok(line) = self.lines.recv_timeout(time) {
            panic!("{line}");
        }
    }

    /// Ends it, and says how long that took.
    pub(crate) fn end(&mut self) -> Duration {
        let begun = Instant::now();
        drop(self.input.take());
        self.expect("ended");
        assert!(self.process.wait().unwrap().success());
        begun.elapsed()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
