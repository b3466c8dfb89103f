//! The identity service (protocol.md §1).

mod account;
pub(crate) mod codes;
pub(crate) mod email_session;
mod password_policy;
pub(crate) mod prelogin;
pub(crate) mod register;
pub(crate) mod token;
pub(crate) mod totp;
pub(crate) mod two_step;
pub(crate) mod verification;

pub(crate) use account::{Account, account_of, by_email, by_id, normal_email};
pub(crate) use password_policy::demanded_of;
