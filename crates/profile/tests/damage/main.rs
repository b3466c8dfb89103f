//! What was changed on disk behind the program's back: told, read round, mended by the next sync, or recovered from.
#![allow(clippy::unwrap_used)] // A test may panic.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod files;
mod flipping;
mod flips;
mod parts;
