//! One window for each profile, also where one start cannot find the other by its name: under another name of the folder, or
//! in another session of the desktop.

use std::time::Duration;

use portico_cache::{LockError, WriterLock};

use crate::folder::Profile;

/// Held by the window of a profile, and given back when its process ends.
pub struct WindowLock {
    _held: WriterLock,
}

/// Why a window does not hold its profile.
#[derive(Debug, thiserror::Error)]
pub enum HoldWindowError {
    /// Its process id where it is known.
    #[error("another window has this profile open{}", of_process(*process))]
    Open { process: Option<u32> },
    #[error("the profile folder cannot be used")]
    Io(#[source] std::io::Error),
}

fn of_process(process: Option<u32>) -> String {
    process.map(|id| format!(" (process {id})")).unwrap_or_default()
}

impl Profile {
    /// Holds the profile for a window, waiting up to `patience` for another that may be ending.
    ///
    /// # Errors
    /// See [`HoldWindowError`].
    pub fn hold_for_window(&self, patience: Duration) -> Result<WindowLock, HoldWindowError> {
        match WriterLock::acquire(&self.folder().join("window.lock"), patience) {
            Ok(held) => Ok(WindowLock { _held: held }),
            Err(LockError::Busy { process }) => Err(HoldWindowError::Open { process }),
            Err(LockError::Io(error)) => Err(HoldWindowError::Io(error)),
        }
    }
}
