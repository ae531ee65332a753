//! The process in which one module lives.
//!
//! It reads requests from stdin and answers on stdout, one after the other, until stdin ends; then it gives the module two
//! seconds to end, and goes. What the module itself prints goes to stderr.

use super::{
    keys::Keys,
    listing,
    raw::{LoadError, Module},
    wire::{self, Reply, Request, Secrets},
};
use crate::TokenError;
use std::{
    fs::File,
    io,
    path::Path,
    process::ExitCode,
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

/// What a module has for C_Finalize, which is known to hang.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves one PKCS#11 module to the process that started this one, until that closes our stdin.
///
/// Call this at the very start of the program, under a sub-command that people do not see: nothing else may use stdin and
/// stdout. `module` is an absolute path.
#[must_use]
pub fn serve_module(module: &Path) -> ExitCode {
    match run(module) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(path: &Path) -> io::Result<()> {
    let mut out = take_stdout()?;
    let requests = requests(take_stdin()?);
    let mut module = match load(path) {
        Ok(module) => module,
        Err(error) => return wire::write(&mut out, &Reply::Failed(error), &[]),
    };
    wire::write(&mut out, &Reply::Ready, &[])?;
    let mut slots = module.slots().ok();
    let mut keys = Keys::default();
    for (request, secrets) in requests {
        let reply = match request {
            Request::Close { key } => {
                keys.close(&module, key);
                continue;
            }
            Request::List => {
                let before = module.slots().unwrap_or_default();
                let tokens = listing::tokens(&module);
                let after = module.slots().unwrap_or_default();
                // What came or went meanwhile is news for the next question.
                slots = (before == after).then_some(after);
                tokens.map(Reply::Tokens).map_err(TokenError::from)
            }
            Request::Changed => {
                let now = module.slots().unwrap_or_default();
                let event = module.slot_event().unwrap_or(false);
                let changed = event || slots.as_ref() != Some(&now);
                slots = Some(now);
                Ok(Reply::Changed(changed))
            }
            other => keys.answer(&module, other, &secrets),
        };
        // PINs are wiped before the answer goes out.
        drop(secrets);
        wire::write(&mut out, &reply.unwrap_or_else(Reply::Failed), &[])?;
    }
    keys.close_all(&module);
    module.finalize();
    Ok(())
}

fn load(path: &Path) -> Result<Module, TokenError> {
    Module::load(path).map_err(|error| match error {
        LoadError::NotALibrary | LoadError::NotPkcs11 => TokenError::NotAModule,
        LoadError::Initialize(rv) => rv.into(),
    })
}

/// Reads requests on a thread of its own, so that the end of stdin is noticed while the module hangs.
fn requests(mut input: File) -> Receiver<(Request, Secrets)> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(Some(request)) = wire::read(&mut input) {
            if sender.send(request).is_err() {
                break;
            }
        }
        drop(sender);
        thread::sleep(FAREWELL);
        // Not exit: that would call into the module again, which hangs.
        die();
    });
    receiver
}

#[cfg(unix)]
fn die() {
    use rustix::process::{Signal, getpid, kill_process};
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort();
}

#[cfg(not(unix))]
fn die() {
    std::process::abort();
}

/// Our stdin without the buffer of the standard library, which would keep PINs.
#[cfg(unix)]
fn take_stdin() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Our stdout for us alone; what the module prints goes to stderr from now on.
#[cfg(unix)]
fn take_stdout() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    let ours = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(ours.into())
}

/// Our stdin without the buffer of the standard library, which would keep PINs. Written for Windows, not run there.
#[cfg(windows)]
fn take_stdin() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}

/// Our stdout for us alone; what the module prints goes to stderr from now on. Written for Windows, not run there.
#[cfg(windows)]
fn take_stdout() -> io::Result<File> {
    use std::{
        ffi::c_void,
        os::windows::io::{AsHandle as _, AsRawHandle as _},
    };
    unsafe extern "system" {
        fn SetStdHandle(which: u32, handle: *mut c_void) -> i32;
    }
    const STD_OUTPUT_HANDLE: u32 = -11_i32 as u32;
    let ours = io::stdout().as_handle().try_clone_to_owned()?;
    // SAFETY: the function of kernel32 with its documented type; stderr's handle stays open as long as the process.
    let set = unsafe { SetStdHandle(STD_OUTPUT_HANDLE, io::stderr().as_raw_handle().cast()) };
    if set == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(ours.into())
}
