//! Everything that asks a Bitwarden server: HTTP, sign-in, keeping the session, taking in a sync.
//!
//! The only crate of the house with an HTTP client, and the lowest one that is async. A request goes through one
//! place ([`ApiClient`]), which bounds what it reads, follows no redirect and keeps the server's pace; what comes
//! back is handed to `portico-profile`, which alone touches the disk. Tokens and hashes are in no error, log or
//! address.
//!
//! ```text
//! connect(&profile, &server, …) ──▶ ApiClient
//! sign_in(&client, &profile, &request, …) ──▶ SignInOutcome: SignedIn(Unlocked), or a code is asked for
//! sync(&client, &unlocked, &options, &progress, &stop) ──▶ SyncReport
//! open_collections(&client, &unlocked, organization, &stop) ──▶ who reaches what; the one call that is logged
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod api_error;
mod aside;
mod claims;
mod collections;
mod connect;
mod device;
mod http;
mod pace;
mod refresh;
mod session;
mod sign_in;
mod sync;

pub use api_error::{ApiError, JsonFault, NotBitwarden, ServerMessage};
pub use claims::ClaimsError;
pub use collections::open_collections;
pub use connect::connect;
pub use device::{CLIENT_VERSION, Device};
pub use http::{ApiClient, ConnectError, ConnectOptions, Patience};
pub use pace::PaceLimits;
pub use sign_in::{SignInError, SignInOutcome, SignInRequest, TwoFactorAnswer, sign_in};
pub use sync::{
    FailedClient, SyncError, SyncOptions, SyncPhase, SyncProgress, SyncReport, SyncScope, stale_reason, sync,
};
pub use tokio_util::sync::CancellationToken;

/// The wire types that stand in this crate's own, so that a host needs no other crate to sign in.
pub use portico_protocol::{
    SecretText,
    identity::TwoFactorProvider,
    server::{AddressError, ServerAddress, ServerUrls},
};

#[cfg(test)]
#[path = "../tests/hostile/mod.rs"]
mod hostile;
