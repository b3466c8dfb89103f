//! What changes organizations (protocol.md §4.4–4.9).

mod arrival;
mod collections;
mod confirming;
pub mod desk;
mod groups;
mod life;
mod members;
mod policies;
mod races;
mod recovery;
mod revision;
