//! Whether the page holds what is not saved: then the person is asked before the window closes.

use std::sync::atomic::{AtomicBool, Ordering};

/// What the page said last, until it was asked.
#[derive(Default)]
pub struct Unsaved(AtomicBool);

impl Unsaved {
    pub fn set(&self, unsaved: bool) {
        self.0.store(unsaved, Ordering::SeqCst);
    }

    /// Whether closing waits for an answer. True once for each time that the page said so: who closes again while it asks means
    /// it, and a page that hangs keeps nobody.
    pub fn asks(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_close_is_meant() {
        let unsaved = Unsaved::default();
        assert!(!unsaved.asks());
        unsaved.set(true);
        assert_eq!([unsaved.asks(), unsaved.asks()], [true, false]);
        // Kept on the page: the next close asks anew.
        unsaved.set(true);
        assert!(unsaved.asks());
        unsaved.set(true);
        unsaved.set(false);
        assert!(!unsaved.asks());
    }
}
