//! Text that only its owner may read.

use zeroize::Zeroizing;

/// An opened secret: a password, a number, a note, a seed.
///
/// Wiped when dropped. It has no `Debug`, `Display`, `Clone` or `Serialize`, so that it reaches neither a log nor the
/// page by accident: [`Secret::expose`] is the one door, and every use of it can be found by its name.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself. Copy it only to where the person asked for it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to hide (an encrypted empty string is a legal value, protocol.md §2.5).
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}
