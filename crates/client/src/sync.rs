//! Taking in a new picture of the person's vault, providers and client organizations.

mod client_read;
mod gather;
mod plan;
mod progress;
#[cfg(test)]
mod tests;

pub use progress::{FailedClient, SyncPhase, SyncProgress};
