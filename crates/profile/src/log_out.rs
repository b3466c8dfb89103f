//! Signing an account out, with its sealed archive kept or with everything removed.

use std::io;
use std::path::Path;

use portico_cache::{BeginWriteError, ClosedCache, OpenCacheError, SlotKind, WriterLock, private_file};
use uuid::Uuid;

use crate::folder::{PATIENCE, Profile, ProfileError, SIGNED_OUT};
use crate::kinds::KEPT_CELLS;

/// What a folder is called between its removal and its end: no account any more.
const REMOVED: &str = "removed-";

impl Profile {
    /// Whether [`Profile::remove`] can do its work now: nobody writes to the account, and its folder can be written.
    /// To be asked while the account is still open, when there is still a page to say it on.
    ///
    /// # Errors
    /// What [`Profile::remove`] would fail with.
    pub fn check_removable(&self, id: Uuid, keep_archive: bool) -> Result<(), ProfileError> {
        let _lock = self.lock_for_removal(id)?;
        if keep_archive {
            ClosedCache::open(&self.cache_path(id)).map_err(of_open)?;
        }
        let probe = self.account_folder(id).join("removable");
        private_file::write(&probe, b"")?;
        Ok(std::fs::remove_file(probe)?)
    }

    /// Removes an account from this machine. With `keep_archive` the sealed file stays, without tokens and sessions:
    /// signing in again finds the history, pins, tags and saved filters.
    ///
    /// # Errors
    /// [`ProfileError::Busy`] while another process writes; [`ProfileError::NoSuchAccount`]; [`ProfileError::Io`] when
    /// the folder cannot be written. Then the account is as it was, or gone from every list with files left over, which
    /// the next start of the program removes.
    pub fn remove(&self, id: Uuid, keep_archive: bool) -> Result<(), ProfileError> {
        let lock = self.lock_for_removal(id)?;
        let folder = self.account_folder(id);
        if keep_archive {
            let closed = ClosedCache::open(&self.cache_path(id)).map_err(of_open)?;
            self.forget_slots(id);
            closed.remove_slots(&[SlotKind::SESSION, SlotKind::DEVICE, SlotKind::PIN], &lock)?;
            // What the person chose is theirs, and comes back with the next sign-in.
            closed.clear_cells(&KEPT_CELLS, &lock)?;
            return Ok(private_file::write(&folder.join(SIGNED_OUT), b"")?);
        }
        drop(lock);
        // First out of sight, in one step: a removal that stops half-way leaves no half of an account.
        let gone = folder.with_file_name(format!("{REMOVED}{id}"));
        if gone.exists() {
            std::fs::remove_dir_all(&gone)?;
        }
        let server = self.accounts()?.into_iter().find(|account| account.id == id).map(|one| one.server);
        std::fs::rename(&folder, &gone)?;
        self.forget(id, server.as_ref());
        self.forget_slots(id);
        self.forget_head(id);
        match std::fs::remove_dir_all(gone) {
            // Another process that starts just now removes it too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    fn lock_for_removal(&self, id: Uuid) -> Result<WriterLock, ProfileError> {
        if !self.account_folder(id).exists() {
            return Err(ProfileError::NoSuchAccount);
        }
        let path = self.cache_path(id).with_extension("lock");
        Ok(WriterLock::acquire(&path, PATIENCE).map_err(BeginWriteError::Lock)?)
    }
}

fn of_open(error: OpenCacheError) -> ProfileError {
    match error {
        OpenCacheError::NotFound => ProfileError::NoSuchAccount,
        OpenCacheError::Busy => ProfileError::Busy,
        other => ProfileError::Cache(other),
    }
}

/// Ends removals that were interrupted. What cannot be removed now is tried again at the next start.
pub(crate) fn finish_removals(accounts: &Path) {
    let left_over = |entry: io::Result<std::fs::DirEntry>| {
        let entry = entry.ok()?;
        entry.file_name().to_str()?.starts_with(REMOVED).then(|| entry.path())
    };
    for folder in std::fs::read_dir(accounts).into_iter().flatten().filter_map(left_over) {
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(%error, "what is left of a removed account could not be removed");
        }
    }
}
