//! The embedded provider service: the server side of the Bitwarden protocol on one SQLite file.
//!
//! Identity, accounts, sync, vaults, Sends, organizations and providers in full, over HTTP or HTTPS.
//! Three invariants: who may call what is one table ([`rules`]), and a handler learns who calls only from the
//! guard that the table put before it; nothing here can open an encrypted string (of Portico's crates it knows
//! `portico-protocol` alone); an answer is one consistent picture of the data, a write one transaction.
//!
//! It is not a production server: one process, one file, no payments, and mails that stay in its outbox unless it is
//! given a mail account ([`Smtp`]). What its staff do stands beside the API ([`Store::create_provider`] and its like).
//! Whoever listens at its hub hears of what this process writes, and of what those staff do in another one.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may panic"))]

mod api;
mod app;
mod authorize;
mod beside;
mod body;
pub mod bulk;
mod config;
mod connections;
mod delivery;
mod device_types;
mod early;
mod error;
mod events;
mod files;
mod hub;
mod identity;
mod invitation;
mod jwt;
mod lock_file;
mod moment;
mod multipart;
mod origins;
mod outbox;
mod password;
mod permissions;
mod push;
mod revision;
mod routes;
pub mod running;
mod secrets;
mod sends;
mod serve;
mod signalr;
mod staff;
mod store;
mod target;
pub mod tls;
mod vault;

pub use api::billing::provider_seat_price;
pub use authorize::{ClientItems, Refusal, Role, Rule};
pub use config::Config;
pub use delivery::{Smtp, SmtpAuthority, SmtpCredentials, SmtpEncryption};
pub use lock_file::{ServedFolder, ServedFolderError, open_lock_file};
pub use outbox::Mail;
pub use password::RandomSourceFailed;
pub use permissions::{Permission, Permissions};
pub use routes::{RouteRule, rules};
pub use running::Running;
pub use secrets::SecretsError;
pub use serve::{ServeError, serve, serve_and_tell};
pub use staff::{CreatedProvider, NewProvider, ProviderKind, StaffError};
pub use store::{OpenStoreError, Store, StoreError};
