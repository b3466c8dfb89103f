//! Everything that asks a Bitwarden server: HTTP, sign-in, keeping the session, taking in a sync.
//!
//! The only crate of the house with an HTTP client, and the lowest one that is async. A request goes through one
//! place ([`ApiClient`]), which bounds what it reads, follows no redirect and keeps the server's pace; what comes
//! back is handed to `portico-profile`, which alone touches the disk. Tokens and hashes are in no error, log or
//! address.

mod api_error;
mod claims;
mod device;
mod http;
mod pace;
mod refresh;
mod sign_in;
mod sync;

pub use api_error::{ApiError, NotBitwarden, ServerMessage};
pub use device::{CLIENT_VERSION, Device};
pub use http::{ApiClient, ConnectError, ConnectOptions, Patience};
pub use pace::PaceLimits;
pub use sign_in::{SignInError, SignInRequest, TwoFactorAnswer};
pub use sync::{FailedClient, SyncPhase, SyncProgress};

#[cfg(test)]
#[path = "../tests/hostile/mod.rs"]
mod hostile;
