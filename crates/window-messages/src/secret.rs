use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroizing;

/// A password on its way from the window to the agent.
///
/// No `Debug`, `Display` or `Clone`; wiped when dropped. The only way to the text is [`PasswordText::into_inner`].
#[derive(Serialize, Deserialize, TS)]
#[ts(export, as = "String")]
pub struct PasswordText(Zeroizing<String>);

impl PasswordText {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Gives the text on, still wiped when dropped.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}
