//! Mutexes of the shell: a task that panicked does not keep everybody else out.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What `mutex` guards, also after its holder panicked: every value here is whole between two statements.
pub fn held<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
