//! The service over real HTTP. Expectations are written by hand from protocol.md, never printed by our types.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

mod account;
mod administration;
mod attachments;
mod authorization;
mod bodies;
mod ciphers;
mod client_organization;
mod events;
mod foreign_ids;
mod golden;
mod hostile;
mod hub;
mod item_rights;
mod kept_out;
mod key_rotation;
mod killed;
mod killed_writes;
mod lifetimes;
mod limits;
mod master_password;
mod new_device;
mod official_apps;
mod on_disk;
mod organizations;
mod provider;
mod providers;
mod registration;
mod reports;
mod secret_types;
mod sends;
mod sharing;
mod sign_in;
mod smtp;
mod sync;
mod tls;
mod trash;
mod trickling;
mod two_step;
mod wire;
