use portico_protocol::enc_string::SyntaxError;
use thiserror::Error;

/// Why a value did not open. Each reason asks for different words to a person, so none is folded into another.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OpenError {
    /// Not an encrypted string at all.
    #[error("not an encrypted string: {0}")]
    Syntax(#[from] SyntaxError),
    /// A type that this version cannot open: 7 of the newer account encryption, the removed 1, or one unknown.
    #[error("encryption type {kind} needs a newer format")]
    NeedsNewerFormat {
        /// The number in front of the text.
        kind: u16,
    },
    /// A key longer than 64 bytes: that of an account with the newer encryption (protocol.md §2.9).
    #[error("the key is of the newer account encryption")]
    NewerKey,
    /// Type 0 has no MAC and is opened on explicit request only.
    #[error("encrypted without authentication")]
    Unauthenticated,
    /// An asymmetric text where a symmetric one belongs, or the other way round.
    #[error("encrypted for another kind of key")]
    WrongKindOfKey,
    /// The MAC does not fit: another key, or the text was changed.
    #[error("the message authentication code does not fit")]
    Mac,
    /// The MAC fits and the padding does not: its writer was broken.
    #[error("the padding is broken")]
    Padding,
    /// RSA refused: another key, or the text was changed.
    #[error("the RSA key does not open this")]
    Rsa,
    /// Opened, and not UTF-8.
    #[error("opened, but not text")]
    NotUtf8,
    /// Opened, and not the length of a key.
    #[error("opened to {length} bytes where a key of 64 belongs")]
    KeyLength {
        /// Bytes.
        length: usize,
    },
    /// Opened, and not an RSA-2048 private key in PKCS#8.
    #[error("opened, but not an RSA-2048 private key")]
    NotAPrivateKey,
}

impl OpenError {
    /// Whether a newer version of Portico could open it: to be told as such, not as damage.
    pub fn needs_newer_format(self) -> bool {
        matches!(self, Self::NeedsNewerFormat { .. } | Self::NewerKey)
    }
}
