//! A standard output that was closed before the program began, as `>&-` does: nobody reads the answer, and that is no success.
//!
//! Rust opens `/dev/null` in its place before `main`, which cannot be told from one that was meant: it is looked at before
//! that.

#![allow(unsafe_code)] // What runs before `main` can be named in no other way.

use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicBool, Ordering};

static IS_CLOSED: AtomicBool = AtomicBool::new(false);

#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

/// Asks the kernel one thing, and needs nothing of Rust's that is not there yet.
extern "C" fn look() {
    // SAFETY: the number is only asked about; that it may be closed is the question.
    let output = unsafe { BorrowedFd::borrow_raw(1) };
    IS_CLOSED.store(rustix::io::fcntl_getfd(output).is_err(), Ordering::Relaxed);
}

/// Whether it was.
pub(crate) fn is_closed() -> bool {
    IS_CLOSED.load(Ordering::Relaxed)
}
