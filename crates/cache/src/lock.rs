//! One writer per file: an operating-system lock that dies with its process.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::private_file;

/// Held for a whole sync, sweep or slot change; given back when dropped or when the process ends, however it ends.
pub struct WriterLock {
    // Closing the file gives the lock back.
    _file: File,
}

/// Why the writer lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another writer is at work; its process id where it is known.
    #[error("another writer is at work on this file")]
    Busy { process: Option<u32> },
    #[error("the lock file cannot be used")]
    Io(#[from] std::io::Error),
}

impl WriterLock {
    /// Takes the lock, or says at once that somebody has it.
    ///
    /// # Errors
    /// [`LockError::Busy`], also within one process; [`LockError::Io`] when the file cannot be made, or is a link.
    pub fn try_acquire(path: &Path) -> Result<Self, LockError> {
        let mut file = private_file::open_lasting(path)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.rewind()?;
                write!(file, "{}", std::process::id())?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // On systems with mandatory locks the holder's note cannot be read; then it is simply not named.
                let _ = file.take(16).read_to_string(&mut holder);
                Err(LockError::Busy { process: holder.trim().parse().ok() })
            }
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Takes the lock, waiting for another writer up to `patience`.
    ///
    /// # Errors
    /// As [`WriterLock::try_acquire`], after the wait.
    pub fn acquire(path: &Path, patience: Duration) -> Result<Self, LockError> {
        let deadline = Instant::now() + patience;
        loop {
            match Self::try_acquire(path) {
                Err(LockError::Busy { .. }) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                outcome => return outcome,
            }
        }
    }
}
