//! What a provider's admin changes, against the real service: each action is in the cache at once, in the log, and what it
//! wrapped opens on a second client, of the same person and of somebody else.
#![allow(clippy::unwrap_used)] // A test may panic.

#[path = "../demo/mod.rs"]
mod demo;

mod clients;
mod desk;
mod joining;
mod live;
mod reads;
mod team;
