//! The official command-line client as judge of the embedded service: what it reads is what was sealed, what it writes
//! our own client reads, and what ours writes it reads (protocol.md §8.1).
#![allow(clippy::unwrap_used)] // A test may panic.

mod attachments;
mod bw;
mod kinds;
mod organization;
mod reading;
mod sends;
mod world;
mod writing;
