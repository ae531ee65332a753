//! What the system can do against others who look into our memory.

/// No core dumps, and no debugger of the same user (which would read passwords and keys). What fails is not told:
/// the program is no worse off than without.
#[cfg(unix)]
pub(crate) fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )
    .ok();
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).ok();
}

/// Windows keeps other users out, and administrators cannot be kept out.
#[cfg(not(unix))]
pub(crate) fn harden() {}
