//! Why a disk did not take, or give, what it was asked for.

use std::error::Error;
use std::io;

use rusqlite::ffi;

/// What a person can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageFault {
    /// No space left, a quota or a limit is reached, or the disk does not take it.
    Full,
    /// The folder or the file may be read and not written.
    ReadOnly,
    /// There is something of this name that is no file, or the disk cannot be read.
    Unusable,
}

impl StorageFault {
    /// Looks for the system's or SQLite's own reason behind an error. `None`: the disk is not to blame.
    pub fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let found = match (error.downcast_ref::<io::Error>(), error.downcast_ref::<rusqlite::Error>()) {
                (Some(error), _) => of_system(error),
                (_, Some(error)) => of_database(error),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
            cause = error.source();
        }
        None
    }
}

fn of_system(error: &io::Error) -> Option<StorageFault> {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge | Kind::WriteZero => {
            Some(StorageFault::Full)
        }
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Some(StorageFault::ReadOnly),
        Kind::IsADirectory | Kind::NotADirectory | Kind::NotSeekable => Some(StorageFault::Unusable),
        _ => None,
    }
}

fn of_database(error: &rusqlite::Error) -> Option<StorageFault> {
    let code = error.sqlite_error()?.extended_code;
    match (code, code & 0xff) {
        (
            ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            // The index of the journal, which also a reader needs.
            | ffi::SQLITE_IOERR_SHMSIZE,
            _,
        )
        | (_, ffi::SQLITE_FULL) => Some(StorageFault::Full),
        (_, ffi::SQLITE_READONLY | ffi::SQLITE_PERM | ffi::SQLITE_AUTH) => Some(StorageFault::ReadOnly),
        (_, ffi::SQLITE_CANTOPEN | ffi::SQLITE_IOERR) => Some(StorageFault::Unusable),
        _ => None,
    }
}
