//! What people made (tags, pins, saved filters) is read, changed and written as a whole: by one process after the other, or the change
//! of one would be lost behind that of another.

use std::path::Path;
use std::time::Duration;

use portico_cache::{LockError, WriterLock};

use crate::unlocked::Unlocked;

/// A change takes milliseconds, and up to ten seconds where the file itself is waited for: then the next one gives up rather
/// than write over it.
const PATIENCE: Duration = Duration::from_secs(12);

/// Another program is changing what this one wanted to change, and was not waited for any longer.
#[derive(Debug, thiserror::Error)]
#[error("another process is changing this; try again")]
pub struct ChangingElsewhere;

impl Unlocked {
    /// Held from the reading to the writing. None where the folder takes no lock: that is no reason to take no change.
    pub(crate) fn turn_to_change(&self) -> Result<Option<WriterLock>, ChangingElsewhere> {
        turn(&self.opened.cache.path().with_file_name("own.lock"), PATIENCE)
    }
}

fn turn(file: &Path, patience: Duration) -> Result<Option<WriterLock>, ChangingElsewhere> {
    match WriterLock::acquire(file, patience) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Busy { .. }) => Err(ChangingElsewhere),
        Err(LockError::Io(error)) => {
            tracing::debug!(%error, "a change goes on without its turn");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_changes_what_another_is_changing_and_a_folder_without_locks_takes_changes()
    -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("own.lock");
        let held = turn(&file, Duration::ZERO);
        assert!(matches!(held, Ok(Some(_))));
        assert!(matches!(turn(&file, Duration::ZERO), Err(ChangingElsewhere)));
        drop(held);
        assert!(matches!(turn(&file, Duration::ZERO), Ok(Some(_))));
        // No file can be made here, and none locked.
        assert!(matches!(turn(&folder.path().join("none/own.lock"), Duration::ZERO), Ok(None)));
        Ok(())
    }
}
