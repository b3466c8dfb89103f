//! A copy of a cache file to be kept elsewhere: everything sealed in it, as it is, in one file.

use std::path::Path;

use crate::cell::CellName;
use crate::lock::WriterLock;
use crate::private_file;
use crate::recover::remove_file_and_journal;
use crate::reseal::leave_alone;
use crate::slot::SlotKind;
use crate::store::ClosedCache;
use crate::writer::WriteError;

/// Why a copy was not made.
#[derive(Debug, thiserror::Error)]
pub enum CopyCacheError {
    #[error("the copy cannot be made")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<rusqlite::Error> for CopyCacheError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Write(error.into())
    }
}

impl ClosedCache {
    /// Copies the cache as it is at this moment, whoever writes to it meanwhile, into a new file at `to`, without a
    /// journal. Of the key slots only that of the account goes along, of the cells those of `kept`: what lets this
    /// machine in, and nobody else, has no business elsewhere. `lock`: of `to`.
    ///
    /// # Errors
    /// See [`CopyCacheError`]; a damaged file is recovered first, not copied.
    pub fn copy_to(&self, to: &Path, kept: &[CellName], lock: &WriterLock) -> Result<(), CopyCacheError> {
        remove_file_and_journal(to)?;
        private_file::create(to)?;
        let name = to.to_str().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidFilename))?;
        self.connection.execute("VACUUM INTO ?1", [name])?;
        let copy = match Self::open(to) {
            Ok(copy) => copy,
            Err(error) => return Err(std::io::Error::other(error).into()),
        };
        copy.keep_only(kept, lock)?;
        Ok(leave_alone(copy.connection)?)
    }

    /// Leaves the account's own slot, and of the cells those of `kept`; what goes is overwritten. `lock`: of this cache.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn keep_only(&self, kept: &[CellName], lock: &WriterLock) -> Result<(), WriteError> {
        self.connection.pragma_update(None, "secure_delete", true)?;
        self.keep_slots(|slot| slot == SlotKind::ACCOUNT, lock)?;
        self.clear_cells(kept, lock)
    }
}
