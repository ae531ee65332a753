//! A pcscd of the test's own: its own socket, its own readers, ended by its number.

use std::{
    fs,
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{installed, piv::Card};

const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// Names of the two readers.
pub const READERS: [&str; 2] = ["Test reader 00 00", "Test reader 00 01"];

/// A pcscd with two virtual readers.
pub struct Pcscd {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Pcscd {
    /// A place for it, with nothing running; `None` where the programs are missing.
    pub fn new() -> Option<Self> {
        if !installed(&["/usr/sbin/pcscd", DRIVER, "/usr/bin/unshare"]) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = two_free_ports();
        fs::create_dir(folder.path().join("run")).unwrap();
        fs::create_dir(folder.path().join("readers")).unwrap();
        let reader = format!(
            "FRIENDLYNAME \"Test reader\"\nDEVICENAME /dev/null:{port:#X}\nLIBPATH {DRIVER}\nCHANNELID {port:#X}\n"
        );
        fs::write(folder.path().join("readers/test"), reader).unwrap();
        Some(Self {
            folder,
            port,
            process: None,
        })
    }

    /// The same, running.
    pub fn started() -> Option<Self> {
        let mut pcscd = Self::new()?;
        pcscd.start();
        Some(pcscd)
    }

    /// Starts it in a view of the file system in which its fixed folder is ours.
    pub fn start(&mut self) {
        let script = "mkdir -p /run/pcscd && mount --bind \"$0/run\" /run/pcscd && exec pcscd --foreground --critical --config \"$0/readers\"";
        let process = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", script])
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        wait_for(|| self.socket().exists());
    }

    /// Ends it as a crash does.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
        for file in ["run/pcscd.comm", "run/pcscd.pid"] {
            let _ = fs::remove_file(self.folder.path().join(file));
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// The environment variable by which programs reach it.
    pub fn variable(&self) -> (&'static str, PathBuf) {
        ("PCSCLITE_CSOCK_NAME", self.socket())
    }

    /// Puts a card into the first reader, where it stays until this is dropped.
    pub fn insert(&self, card: &Card) -> Inserted {
        let begun = Instant::now();
        let stream = loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => break stream,
                Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{error}"),
            }
            thread::sleep(Duration::from_millis(20));
        };
        let (card, served) = (card.clone(), stream.try_clone().unwrap());
        let thread = thread::spawn(move || card.serve(served));
        Inserted {
            stream,
            thread: Some(thread),
        }
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A card in a reader.
pub struct Inserted {
    stream: TcpStream,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for Inserted {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Two free ports side by side: the driver listens on one for each of its two readers.
fn two_free_ports() -> u16 {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
    panic!("no two free ports");
}

fn wait_for(mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(10), "waited in vain");
        thread::sleep(Duration::from_millis(20));
    }
}
