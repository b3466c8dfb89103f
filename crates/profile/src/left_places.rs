//! Where the person was in the program, to begin there again: a text of the host's own, which this crate keeps sealed and
//! does not read. It may hold what was searched for.

use portico_cache::WriteError;

use crate::errors::{ReadError, read_round};
use crate::kinds::LEFT_PLACES_CELL;
use crate::unlocked::Unlocked;

/// In bytes. A place has some hundred.
const LONGEST: usize = 64 << 10;

/// Where the person was is not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepPlacesError {
    #[error("this is longer than any place")]
    TooLong,
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
}

impl Unlocked {
    /// As it was last kept; `None` where nothing was, and where it is lost to damage: then one begins at the beginning.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn left_places(&self) -> Result<Option<String>, ReadError> {
        let (kept, _) = read_round(self.opened.cache.cell(LEFT_PLACES_CELL).map_err(ReadError::from))?;
        Ok(kept.and_then(|bytes| std::str::from_utf8(&bytes).ok().map(str::to_owned)))
    }

    /// Keeps where the person is, in place of what was kept.
    ///
    /// # Errors
    /// See [`KeepPlacesError`]; then what was kept stays.
    pub fn keep_places(&self, places: &str) -> Result<(), KeepPlacesError> {
        if places.len() > LONGEST {
            return Err(KeepPlacesError::TooLong);
        }
        Ok(self.opened.cache.set_cell(LEFT_PLACES_CELL, places.as_bytes())?)
    }
}
