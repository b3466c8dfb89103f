//! Since when a server is waited for: a person who looks on wants to know.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When the requests were sent whose answers have not begun.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Vec<Instant>>);

/// Waits until it is dropped.
pub(super) struct Waits<'a>(&'a Waiting, Instant);

impl Waiting {
    pub(super) fn begin(&self) -> Waits<'_> {
        let now = Instant::now();
        self.all().push(now);
        Waits(self, now)
    }

    /// For how long the first of them has waited.
    pub(super) fn longest(&self) -> Option<Duration> {
        self.all().iter().min().map(Instant::elapsed)
    }

    fn all(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let mut all = self.0.all();
        if let Some(at) = all.iter().position(|begun| *begun == self.1) {
            all.swap_remove(at);
        }
    }
}
