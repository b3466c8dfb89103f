//! What people made (tags, pins, saved filters) is read, changed and written as a whole: by one process after the other, or the change
//! of one would be lost behind that of another.

use std::time::Duration;

use portico_cache::WriterLock;

use crate::unlocked::Unlocked;

/// A change takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

impl Unlocked {
    /// Held from the reading to the writing. None where the folder takes no lock, which then takes no change either, or where
    /// somebody holds it for longer than any change takes.
    pub(crate) fn turn_to_change(&self) -> Option<WriterLock> {
        let lock = WriterLock::acquire(&self.opened.cache.path().with_file_name("own.lock"), PATIENCE);
        lock.inspect_err(|error| tracing::debug!(%error, "a change goes on without its turn")).ok()
    }
}
