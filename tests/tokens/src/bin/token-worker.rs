//! Serves one PKCS#11 module, as the agent's hidden sub-command does.

use std::{path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(module) => keystore::serve_module(&PathBuf::from(module)),
        None => ExitCode::FAILURE,
    }
}
