//! No process of ours holds in memory what it has no business with: after a lock the window and its web processes no
//! password, key, token, name or hidden field; the service nothing that it keeps sealed; a listing no password.
//!
//! The needles come from a second client that reads the same account in this process, which is not looked into; nor is
//! the driver, which types for the person.
#![allow(clippy::unwrap_used)] // A test may panic.

#[path = "../demo/mod.rs"]
mod demo;

mod keys;
mod needles;
mod porticoctl;
mod window;
