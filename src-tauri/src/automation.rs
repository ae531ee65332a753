//! Test drivers may attach to a debug build, never to a release.

use std::env;

/// Tells Tauri to let a driver in.
const SWITCH: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Variables that open the web engine to other programs.
const DOORS: [&str; 3] = [
    SWITCH,
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
];

/// True when a driver may attach.
pub(crate) fn allowed() -> bool {
    cfg!(debug_assertions) && env::var_os(SWITCH).is_some()
}

/// Takes the doors out of a release's environment. Call it first, while there is one thread.
pub(crate) fn close_doors() {
    if cfg!(debug_assertions) {
        return;
    }
    for door in DOORS {
        // SAFETY: main calls this before any other thread exists, so nobody reads the environment meanwhile.
        unsafe { env::remove_var(door) };
    }
}
