//! Random names that nobody guesses.

/// 256 random bits as 64 hexadecimal digits.
///
/// # Errors
/// The operating system gives no randomness.
pub(crate) fn token() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
