//! The identity service (protocol.md §1).

mod account;
mod password_policy;
pub(crate) mod prelogin;
pub(crate) mod register;
pub(crate) mod token;
mod totp;

pub(crate) use account::{Account, by_email, by_id};
pub(crate) use password_policy::demanded_of;
