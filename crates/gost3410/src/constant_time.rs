//! Where a condition on secrets becomes public on purpose.

use subtle::Choice;

/// Gives out a condition that the outcome tells anyway: whether a key is in range, whether a candidate nonce was
/// thrown away. No branch on secrets goes another way, and so memcheck can be told which ones are meant.
#[inline(always)]
pub(crate) fn declassify(condition: Choice) -> bool {
    #[cfg(gost3410_memcheck)]
    let condition = memcheck::declassified(condition);
    condition.into()
}

/// With `--cfg gost3410_memcheck`, which `examples/memcheck.rs` is built with.
#[cfg(gost3410_memcheck)]
pub mod memcheck {
    use subtle::Choice;

    static HOOK: once_cell::race::OnceBox<fn(u8) -> u8> = once_cell::race::OnceBox::new();

    /// Sets the function that marks a condition as defined.
    pub fn on_declassify(hook: fn(u8) -> u8) {
        let _ = HOOK.set(alloc::boxed::Box::new(hook));
    }

    pub(super) fn declassified(condition: Choice) -> Choice {
        HOOK.get()
            .map_or(condition, |hook| Choice::from(hook(condition.unwrap_u8())))
    }
}
