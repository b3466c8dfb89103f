//! The API (protocol.md §3–§6), one file per resource.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod api_key;
mod belonging;
pub(crate) mod billing;
pub(crate) mod ciphers;
pub(crate) mod clients;
pub(crate) mod collections;
pub(crate) mod config;
pub(crate) mod devices;
pub(crate) mod domains;
pub(crate) mod download;
pub(crate) mod event_log;
mod fields;
pub(crate) mod folders;
pub(crate) mod groups;
pub(crate) mod key_rotation;
pub(crate) mod master_password;
pub(crate) mod members;
pub(crate) mod not_kept;
pub(crate) mod notifications;
pub(crate) mod organizations;
mod path;
mod plan;
pub(crate) mod plans;
pub(crate) mod policies;
mod profile;
pub(crate) mod provider_users;
pub(crate) mod providers;
pub(crate) mod sends;
pub(crate) mod sync;
pub(crate) mod two_factor;
pub(crate) mod user_key_id;
pub(crate) mod users;

pub(crate) use plan::features;
pub(crate) use policies::settings_binding;
