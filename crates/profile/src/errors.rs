//! What can go wrong when reading what is kept.

use crate::keychain::NoKey;

/// A query could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The sealed store is damaged, busy or unreadable.
    #[error(transparent)]
    Store(#[from] portico_cache::ReadError),
    /// It opened, and what it holds cannot be understood. Names what was being read.
    #[error("what is kept as {0} cannot be understood")]
    Content(&'static str),
    /// It opened, and a later version of the program wrote it.
    #[error("a newer program wrote what is kept as {0}")]
    Newer(&'static str),
    /// A part of the newest picture is damaged, and the rest is not. The next sync reads it again.
    #[error("the copy of {name} on this computer is damaged; the next sync reads it again")]
    LostClient {
        /// As the list of clients names it.
        name: String,
    },
}

impl ReadError {
    /// Whether what was asked for is damaged. What else is kept may be whole.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Store(portico_cache::ReadError::Damaged(_)) | Self::Content(_) | Self::LostClient { .. }
        )
    }
}

/// What a person gave or chose, as far as it opens: nothing else is to fail for it. With the damage, where it was there and
/// is lost.
///
/// # Errors
/// Whatever is no damage.
pub fn read_round<T: Default>(kept: Result<T, ReadError>) -> Result<(T, Option<ReadError>), ReadError> {
    match kept {
        Err(error) if error.is_damage() => Ok((T::default(), Some(error))),
        kept => Ok((kept?, None)),
    }
}

/// An item's details could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    #[error("no such item")]
    NotFound,
    /// An organization's policy does not let this person see items of its kind (protocol.md §4.8, type 15).
    #[error("a policy hides items of this kind")]
    Restricted,
    /// The item has no file of that id, or the file's key does not open.
    #[error(transparent)]
    Attachment(#[from] portico_vault::AttachmentKeyError),
    /// The key of its organization is not here or does not open.
    #[error(transparent)]
    Key(#[from] NoKey),
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<portico_cache::ReadError> for ItemError {
    fn from(error: portico_cache::ReadError) -> Self {
        Self::Read(error.into())
    }
}
