//! A damaged file of an account: what still opens goes into a new one, the old one is set aside under a name with the
//! date. Nothing is deleted.

use std::path::PathBuf;

use portico_cache::{
    Cache, ClosedCache, LockError, OpenCacheError, RecoverError, Recovery, WriterLock, private_file,
    remove_file_and_journal, replace_recovered,
};
use uuid::Uuid;

use crate::folder::{PATIENCE, Profile, ProfileError};

/// A recovery that was just made, for telling the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Name of the damaged file in the account's folder.
    pub set_aside: String,
    /// What was taken over and what is lost.
    pub recovery: Recovery,
}

/// A file that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Its name in the account's folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// Why a damaged file was not recovered; it is where it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecoverAccountError<E> {
    /// It cannot be opened, for this reason.
    #[error("the damaged file does not open")]
    Open(#[source] E),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Recover(#[from] RecoverError),
}

/// Beside a cache in which damage was noticed that only a recovery settles.
const MARK: &str = "damaged";

impl Profile {
    /// Files of the account that were set aside, by name.
    ///
    /// # Errors
    /// [`ProfileError::Io`] when the folder cannot be listed.
    pub fn set_aside_files(&self, account: Uuid) -> Result<Vec<SetAside>, ProfileError> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(self.account_folder(account))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(SET_ASIDE) && name.ends_with(SUFFIX) {
                files.push(SetAside { name, size: entry.metadata()?.len() });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// Makes the account's file anew from what still opens of it. `open` opens the copy, second argument, of the file,
    /// first argument.
    pub(crate) fn recover<E>(
        &self,
        account: Uuid,
        open: impl FnOnce(&std::path::Path, &std::path::Path) -> Result<Cache, E>,
    ) -> Result<Recovered, RecoverAccountError<E>> {
        let path = self.cache_path(account);
        let _lock = WriterLock::acquire(&path.with_extension("lock"), PATIENCE)?;
        let (copy, fresh) = (path.with_extension("salvage"), path.with_extension("recovered"));
        let outcome = (|| {
            let cache = open(&path, &copy).map_err(RecoverAccountError::Open)?;
            let recovery = cache.copy_what_opens(&fresh)?;
            let (aside, name) = self.free_name_aside(account);
            replace_recovered(&fresh, &path, &aside).map_err(RecoverError::from)?;
            tracing::warn!(%account, ?recovery, file = name, "a damaged cache file was recovered and set aside");
            Ok(Recovered { set_aside: name, recovery })
        })();
        for left_over in [copy, fresh] {
            // What cannot be removed now is replaced by the next attempt.
            let _ = remove_file_and_journal(&left_over);
        }
        if outcome.is_ok() {
            let _ = std::fs::remove_file(self.account_folder(account).join(MARK));
            // Its newest picture may be lost: that makes no older file of it. The next sync keeps a number again.
            self.forget_head(account);
        }
        outcome
    }

    /// Where a file goes that is set aside today: `set-aside-2026-08-20.sqlite3`, with a number from the second on.
    pub(crate) fn free_name_aside(&self, account: Uuid) -> (PathBuf, String) {
        let today = time::OffsetDateTime::from(self.clock().now()).date();
        let name = |n: u32| match n {
            1 => format!("{SET_ASIDE}{today}{SUFFIX}"),
            n => format!("{SET_ASIDE}{today}-{n}{SUFFIX}"),
        };
        let folder = self.account_folder(account);
        let free = (1..u32::MAX).map(name).find(|name| !folder.join(name).exists()).unwrap_or_default();
        (folder.join(&free), free)
    }

    pub(crate) fn is_marked_damaged(&self, account: Uuid) -> bool {
        self.account_folder(account).join(MARK).exists()
    }
}

const SET_ASIDE: &str = "set-aside-";
const SUFFIX: &str = ".sqlite3";

/// Has the next unlock make the file anew.
pub(crate) fn mark_damaged(cache: &Cache) {
    if let Err(error) = private_file::write(&cache.path().with_file_name(MARK), b"") {
        tracing::warn!(%error, "damage could not be marked");
    }
}

/// A copy of the account's file, unless it is another account's.
pub(crate) fn open_copy(
    path: &std::path::Path,
    copy: &std::path::Path,
    account: Uuid,
) -> Result<ClosedCache, OpenCacheError> {
    let closed = ClosedCache::open_copy(path, copy)?;
    if closed.header().account == account { Ok(closed) } else { Err(OpenCacheError::Damaged) }
}
