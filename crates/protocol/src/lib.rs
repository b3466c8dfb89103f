//! What travels on the wire of the Bitwarden server API, as types, and nothing more.
//!
//! Requests and responses carry the names of `protocol.md`, in snake case. Three invariants hold for every
//! response that Portico keeps: a member that is absent or null is tolerated where the protocol allows it, a
//! member that this version does not know survives a round trip (`extra`), and a number that this version does
//! not know stays that number (every enum of the wire is an open newtype over `i32`). [`enc_string`] knows the
//! *syntax* of encrypted strings; this crate opens none of them and depends on no cryptography.

#[macro_use]
mod wire;

pub mod account;
pub mod bounds;
pub mod casing;
pub mod cipher;
pub mod config;
mod date;
mod email;
pub mod enc_string;
pub mod error;
pub mod events;
pub mod identity;
pub mod invitation_link;
mod list;
pub mod organization;
pub mod provider;
mod secret_text;
pub mod server;
pub mod sync;

pub use date::{Date, DateError};
pub use email::{MOST_INVITED, email_address};
pub use list::ListResponse;
pub use secret_text::SecretText;
pub use wire::Extra;
