//! What became of a sealed value: its text, or the reason why there is none.

use crate::ParseItemError;
use portico_crypto::OpenError;

/// The result of opening one sealed value.
///
/// A value that does not open is shown as such and is never an empty string; the sealed form stays in the item's own
/// JSON, untouched. Not `Serialize`: opened values cross to the page only through the shell's own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Opened<T> {
    /// It opened.
    Value(T),
    /// It did not.
    Unreadable(UnreadableReason),
}

/// Why a value did not open. The numbers are part of the overview encoding: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[repr(u8)]
pub enum UnreadableReason {
    /// Not an encrypted string at all, or JSON of another type.
    #[error("it is not an encrypted value")]
    Malformed = 1,
    /// Encrypted in a way this version does not know (protocol.md §2.9).
    #[error("it needs a newer version")]
    NewerFormat = 2,
    /// The authentication code does not match: another key, or somebody changed it.
    #[error("it was changed, or encrypted with another key")]
    NotAuthentic = 3,
    /// The padding is wrong, which only values without an authentication code can show.
    #[error("it is damaged")]
    Damaged = 4,
    /// It opened, but into bytes that are no text.
    #[error("it is not text")]
    NotText = 5,
    /// The key of its owner is not here.
    #[error("the key of its owner is missing")]
    NoKey = 6,
    /// The server sent nothing where every item has a value.
    #[error("the server sent no value")]
    Missing = 7,
    /// The key of the item itself does not open.
    #[error("the key of the item does not open")]
    ItemKey = 8,
    /// A website that opens, but that the checksum beside it does not vouch for (protocol.md §2.7): it is not used.
    #[error("it was altered: its checksum does not fit")]
    Altered = 9,
    /// An item of more bytes than are read ([`crate::MAX_ITEM_BYTES`]).
    #[error("it is too large")]
    TooLarge = 10,
    /// An entry among the items that has nothing to name it by, or that is no item at all.
    #[error("the server gave it no usable id")]
    NoId = 11,
    /// Another item has its id, and is the one that is read.
    #[error("another item has the same id")]
    SameId = 12,
    /// Encrypted in an old way, without an authentication code, that nothing vouches for (protocol.md §2.5).
    #[error("it is encrypted in a way that is not supported")]
    Unsupported = 13,
    /// A website without the checksum that would vouch for it, which is no address besides.
    #[error("it has no checksum, and is no address")]
    NoChecksum = 14,
}

impl<T> Opened<T> {
    /// The value, if it opened.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unreadable(_) => None,
        }
    }

    /// The reason, if it did not open.
    pub fn unreadable(&self) -> Option<UnreadableReason> {
        match self {
            Self::Value(_) => None,
            Self::Unreadable(reason) => Some(*reason),
        }
    }

    /// Changes the value and leaves a reason alone.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Opened<U> {
        match self {
            Self::Value(value) => Opened::Value(change(value)),
            Self::Unreadable(reason) => Opened::Unreadable(reason),
        }
    }
}

impl From<OpenError> for UnreadableReason {
    fn from(error: OpenError) -> Self {
        match error {
            _ if error.needs_newer_format() => Self::NewerFormat,
            OpenError::Syntax(_) | OpenError::WrongKindOfKey => Self::Malformed,
            // Without an authentication code it may be anybody's: protocol.md §2.5 rejects it for items.
            OpenError::Unauthenticated => Self::Unsupported,
            OpenError::Mac => Self::NotAuthentic,
            OpenError::NotUtf8 => Self::NotText,
            _ => Self::Damaged,
        }
    }
}

impl From<&ParseItemError> for UnreadableReason {
    fn from(error: &ParseItemError) -> Self {
        match error {
            ParseItemError::TooLarge(_) => Self::TooLarge,
            ParseItemError::NotAnObject(_) | ParseItemError::NoId => Self::NoId,
        }
    }
}

impl UnreadableReason {
    /// The word for it in what scripts read, stable from version to version.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NewerFormat => "newerFormat",
            Self::NotAuthentic => "notAuthentic",
            Self::Damaged => "damaged",
            Self::NotText => "notText",
            Self::NoKey => "noKey",
            Self::Missing => "missing",
            Self::ItemKey => "itemKey",
            Self::Altered => "altered",
            Self::TooLarge => "tooLarge",
            Self::NoId => "noId",
            Self::SameId => "sameId",
            Self::Unsupported => "unsupported",
            Self::NoChecksum => "noChecksum",
        }
    }

    /// The reason that an overview page stores as `code`; reasons of later versions read as [`Self::NewerFormat`].
    pub(crate) fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Malformed,
            3 => Self::NotAuthentic,
            4 => Self::Damaged,
            5 => Self::NotText,
            6 => Self::NoKey,
            7 => Self::Missing,
            8 => Self::ItemKey,
            9 => Self::Altered,
            10 => Self::TooLarge,
            11 => Self::NoId,
            12 => Self::SameId,
            13 => Self::Unsupported,
            14 => Self::NoChecksum,
            _ => Self::NewerFormat,
        }
    }
}
