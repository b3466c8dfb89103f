use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret that travels as text: a token, a password hash, a two-step code.
///
/// It can be read and written as JSON because travelling is its purpose; it has neither `Debug` nor `Display` nor
/// `Clone`, and it is overwritten when dropped.
#[derive(Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Takes over the text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// A second owner of the secret. Not `Clone`, which derives and generic code call without anybody seeing it: where a
    /// secret is doubled, the word stands.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// The text itself: for the request that sends it, and for sealing it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}
