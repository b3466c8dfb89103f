//! A backup of an account: its sealed file, to be kept elsewhere, and the way back.
//!
//! A backup is what is kept anyway, in one file: sealed, with nothing that lets a machine in without the master password,
//! and without tokens. Put back, it is the archive of an account that is signed out.

use std::ffi::OsStr;
use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portico_cache::{
    BeginWriteError, ClosedCache, CopyCacheError, LockError, OpenCacheError, WriteError, WriterLock,
    private_file, remove_file_and_journal,
};
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::folder::{PATIENCE, Profile, ProfileError, SIGNED_OUT, make_private_folder};
use crate::kinds::KEPT_CELLS;

/// What a folder is called while a backup is looked at: no account yet. The next start removes what is left.
const BEING_PUT_BACK: &str = "put-back-";
/// Beside an account's file, while its backup is made.
const BEING_MADE: &str = "backup.sqlite3";
/// Beside a backup's place, while it is carried there.
const BEING_CARRIED: &str = ".portico-backup-";
/// Beside the accounts, held while such a folder is there and by whoever removes one: a program that starts meanwhile
/// leaves the work of another alone.
const PUTTING_BACK: &str = "put-back.lock";
/// A backup is as large as its account, and is copied and looked through.
const PATIENCE_TO_PUT_BACK: Duration = Duration::from_secs(30);

/// An account that a backup brought back; it is signed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// The user id on the server.
    pub account: Uuid,
    /// Where it belongs, by what stands in the file in clear: whoever made the file wrote it.
    pub server: ServerAddress,
    /// As the person signed in.
    pub email: String,
}

/// Why a backup was not put back; nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum PutBackError {
    /// Not the file of an account, or damaged beyond telling whose.
    #[error("the file is no backup of an account")]
    NoBackup,
    #[error("a newer program wrote the backup (format {found})")]
    Newer { found: u64 },
    /// What is here may be newer than the backup. Who wants the backup removes it first.
    #[error("{email} is on this computer already")]
    AlreadyHere { email: String },
    #[error("the account is in use by another process")]
    Busy,
    #[error("the backup cannot be read, or the account's folder cannot be written")]
    Io(#[from] io::Error),
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
}

impl From<LockError> for PutBackError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Busy { .. } => Self::Busy,
            LockError::Io(error) => error.into(),
        }
    }
}

impl Profile {
    /// Copies an account's sealed file to `to`, in the place of a file that has the name. Needs no key, and disturbs
    /// nobody who reads or writes meanwhile. Returns its bytes.
    ///
    /// # Errors
    /// [`ProfileError::NoSuchAccount`]; [`ProfileError::Cache`] for a damaged file, which an unlock recovers first;
    /// [`ProfileError::Io`] and [`ProfileError::Write`], also of the place of `to`.
    pub fn back_up(&self, account: Uuid, to: &Path) -> Result<u64, ProfileError> {
        let closed = ClosedCache::open(&self.cache_path(account)).map_err(|error| match error {
            OpenCacheError::NotFound => ProfileError::NoSuchAccount,
            error => ProfileError::Cache(error),
        })?;
        // Made here, where the file system is known to suit a database, and then carried over.
        let made = self.account_folder(account).join(BEING_MADE);
        let lock =
            WriterLock::acquire(&made.with_extension("lock"), PATIENCE).map_err(BeginWriteError::Lock)?;
        let carried = match closed.copy_to(&made, &KEPT_CELLS, &lock) {
            Ok(()) => carry(&made, to).map_err(ProfileError::from),
            Err(CopyCacheError::Io(error)) => Err(error.into()),
            Err(CopyCacheError::Write(error)) if error.is_damage() => {
                Err(ProfileError::Cache(OpenCacheError::Damaged))
            }
            Err(CopyCacheError::Write(error)) => Err(error.into()),
        };
        remove_file_and_journal(&made)?;
        carried
    }

    /// Puts a backup in place as the archive of an account that is signed out: signing in finds everything that was kept.
    /// What the file says of itself in clear is as good as whoever gave it.
    ///
    /// # Errors
    /// See [`PutBackError`].
    pub fn put_back(&self, backup: &Path) -> Result<PutBack, PutBackError> {
        let accounts = self.folder().join("accounts");
        let staging = accounts.join(format!("{BEING_PUT_BACK}{}", Uuid::new_v4()));
        let _lock = WriterLock::acquire(&self.folder().join(PUTTING_BACK), PATIENCE_TO_PUT_BACK)?;
        make_private_folder(&staging)?;
        let put_back = self.put_back_by(&staging, backup);
        if let Err(error) = std::fs::remove_dir_all(&staging) {
            tracing::warn!(%error, "what is left of a backup that was looked at could not be removed");
        }
        put_back
    }

    fn put_back_by(&self, staging: &Path, backup: &Path) -> Result<PutBack, PutBackError> {
        let file = staging.join("cache.sqlite3");
        // Not from whatever else has a name: a pipe never ends.
        if !std::fs::metadata(backup)?.is_file() {
            return Err(PutBackError::NoBackup);
        }
        carry(backup, &file)?;
        let closed = ClosedCache::open(&file).map_err(|error| match error {
            OpenCacheError::Newer { found } => PutBackError::Newer { found },
            OpenCacheError::Busy => PutBackError::Busy,
            OpenCacheError::NotFound | OpenCacheError::Damaged | OpenCacheError::Database(_) => {
                PutBackError::NoBackup
            }
        })?;
        let header = closed.header();
        let server = ServerAddress::parse(&header.server).map_err(|_| PutBackError::NoBackup)?;
        let found = PutBack { account: header.account, server, email: header.email.clone() };
        // Whoever made the file may have left a way in for somebody else.
        let lock = WriterLock::acquire(&file.with_extension("lock"), PATIENCE)?;
        closed.keep_only(&KEPT_CELLS, &lock).map_err(|error| match error {
            error if error.is_damage() => PutBackError::NoBackup,
            error => error.into(),
        })?;
        drop(closed);

        let path = self.cache_path(found.account);
        let _turn = self.turn_to_arrive(found.account)?;
        let _lock = WriterLock::acquire(&path.with_extension("lock"), PATIENCE)?;
        if path.exists() {
            return Err(PutBackError::AlreadyHere { email: found.email });
        }
        remove_file_and_journal(&path)?;
        // First the mark: killed in between, this is a folder without an account, and never an account that is signed in.
        private_file::write(&self.account_folder(found.account).join(SIGNED_OUT), b"")?;
        std::fs::rename(&file, &path)?;
        // The person put an older file here, and knows.
        self.forget_head(found.account);
        self.list_last(found.account);
        Ok(found)
    }
}

/// Takes away backups that were not put back, unless one is being put back now.
pub(crate) fn remove_what_was_not_put_back(profile: &Path) {
    let is_left = |folder: &PathBuf| {
        folder.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with(BEING_PUT_BACK))
    };
    let accounts = std::fs::read_dir(profile.join("accounts")).into_iter().flatten().flatten();
    let left: Vec<PathBuf> = accounts.map(|entry| entry.path()).filter(is_left).collect();
    if left.is_empty() {
        return;
    }
    let lock = WriterLock::try_acquire(&profile.join(PUTTING_BACK));
    if matches!(lock, Err(LockError::Busy { .. })) {
        return;
    }
    for folder in left {
        match std::fs::remove_dir_all(&folder) {
            // Its own program was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "what is left of a backup could not be removed"),
            Ok(()) => {}
        }
    }
}

/// Takes away copies that a backup was making when its program was killed, unless one is being made now.
pub(crate) fn remove_unfinished_backups(profile: &Path) {
    for folder in std::fs::read_dir(profile.join("accounts")).into_iter().flatten().flatten() {
        let made = folder.path().join(BEING_MADE);
        if made.exists()
            && let Ok(_lock) = WriterLock::try_acquire(&made.with_extension("lock"))
            && let Err(error) = remove_file_and_journal(&made)
        {
            tracing::warn!(%error, "what is left of a backup could not be removed");
        }
    }
}

/// The same of the copies beside a backup's place. Whoever makes one holds a lock on it.
fn remove_uncarried(folder: &Path) {
    let is_ours = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with(BEING_CARRIED));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if !is_ours(&entry.file_name()) || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let left = std::fs::OpenOptions::new().write(true).open(entry.path());
        if let Ok(left) = left
            && left.try_lock().is_ok()
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::warn!(%error, "what is left of a backup could not be removed");
        }
    }
}

/// A new file beside the place, on which this holds a lock: nobody takes it for one that was left.
fn fresh_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    loop {
        let fresh = tempfile::Builder::new().prefix(BEING_CARRIED).tempfile_in(folder)?;
        match fresh.as_file().try_lock() {
            // Somebody cleared up between the two steps.
            Ok(()) if !fresh.path().exists() => {}
            Err(TryLockError::WouldBlock) => {}
            // Where the file system has no locks nobody else gets one either.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(fresh),
        }
    }
}

/// Copies a file. Whoever looks at `to` sees all of it, or what was there before.
fn carry(from: &Path, to: &Path) -> io::Result<u64> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    remove_uncarried(folder);
    let mut fresh = fresh_in(folder)?;
    let bytes = io::copy(&mut std::fs::File::open(from)?, fresh.as_file_mut())?;
    fresh.as_file().sync_all()?;
    fresh.persist(to).map_err(|error| error.error)?;
    Ok(bytes)
}
