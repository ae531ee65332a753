//! Programs that end when they are dropped.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A running program: asked to end by SIGTERM when dropped, made to after two seconds.
pub struct Program {
    child: Child,
    name: String,
    log: PathBuf,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts it; standard error goes to `NAME.log` in `folder`, standard output is read by [`Program::line`].
    ///
    /// # Errors
    /// When the program does not start.
    pub fn start(name: &str, folder: &Path, command: &mut Command) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .with_context(|| {
                format!(
                    "{name} ({}) does not start",
                    command.get_program().to_string_lossy()
                )
            })?;
        let stdout = child.stdout.take().map(BufReader::new);
        Ok(Self {
            child,
            name: name.to_owned(),
            log,
            stdout,
        })
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line of standard output.
    ///
    /// # Errors
    /// When the program ends without one; the message carries the end of its log.
    pub fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        let stdout = self.stdout.as_mut().context("the output was taken")?;
        if stdout.read_line(&mut line)? == 0 {
            bail!("{} ended without a word:\n{}", self.name, self.log());
        }
        Ok(line.trim_end().to_owned())
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks it to end and waits.
    ///
    /// # Errors
    /// When it is still there after ten seconds.
    pub fn end(mut self) -> Result<std::process::ExitStatus> {
        signal(self.child.id(), "TERM");
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if start.elapsed() > Duration::from_secs(10) {
                bail!("{} did not end within ten seconds of SIGTERM", self.name);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        signal(self.child.id(), "TERM");
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(2) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal by the system's `kill`.
fn signal(process: u32, name: &str) {
    let _ = Command::new("kill")
        .args([&format!("-{name}"), &process.to_string()])
        .stderr(Stdio::null())
        .status();
}

/// Runs a program to its end and gives its standard output.
///
/// # Errors
/// When it does not start or ends with a failure; the message carries what it said.
pub fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{name} does not start"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!(
            "{name} ended with {}:\n{text}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(text)
}

/// A port that was free a moment ago.
///
/// # Errors
/// When the system gives none.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

/// Waits until somebody listens on the port.
///
/// # Errors
/// When nobody does within `limit`.
pub fn wait_for_port(port: u16, limit: Duration) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("nobody listens on port {port} after {} s", limit.as_secs())
}
