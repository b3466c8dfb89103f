//! The embedded provider service: the server side of the Bitwarden protocol on one SQLite file.

pub mod bulk;
mod events;
mod moment;
mod password;
mod permissions;
mod store;

pub use password::RandomSourceFailed;
pub use permissions::{Permission, Permissions};
pub use store::{OpenStoreError, Store, StoreError};
