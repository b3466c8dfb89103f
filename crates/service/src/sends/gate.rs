//! Who may open a Send: not disabled, not expired, not opened often enough, and what it asks for.

use portico_protocol::SecretText;

use super::{Content, Send};
use crate::app::App;
use crate::error::ApiError;
use crate::identity::verification::matches_kept;
use crate::moment::Moment;

/// What a Send asks of who opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    /// The link is enough.
    Nothing,
    /// The password that this was made from: ASP.NET Identity v3.
    Password(Vec<u8>),
    /// A code that was mailed to one of these addresses, which commas separate.
    Emails(String),
}

impl Protection {
    /// AuthType (protocol.md §2.10).
    pub(crate) fn auth_type(&self) -> i32 {
        match self {
            Protection::Emails(_) => 0,
            Protection::Password(_) => 1,
            Protection::Nothing => 2,
        }
    }
}

impl Send {
    /// Whether anybody at all may open it at `now`.
    pub(crate) fn is_open(&self, now: Moment) -> bool {
        let exhausted = self.max_access_count.is_some_and(|most| self.access_count >= most);
        let expired = self.expires.is_some_and(|expires| expires <= now);
        let arrived = match &self.content {
            Content::Text { .. } => true,
            Content::File(file) => file.place.is_some(),
        };
        !self.disabled && !exhausted && !expired && arrived && self.deletes > now
    }
}

/// How a password fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Right,
    Wrong,
    /// It was needed and there was none.
    Missing,
}

/// Whether `given`, the client's hash of a password, opens what `hash` protects. Slow on purpose: not for async threads
/// alone, and never under the lock for writing.
pub(crate) async fn passes(hash: Vec<u8>, given: Option<&str>) -> Result<Proof, ApiError> {
    let Some(given) = given.filter(|given| !given.trim().is_empty()) else { return Ok(Proof::Missing) };
    let right = matches_kept(SecretText::new(given.to_owned()), hash).await?;
    Ok(if right { Proof::Right } else { Proof::Wrong })
}

/// Lets through who shows the password that `send` asks for, in the older form, which knows no other proof.
///
/// # Errors
/// 404 for a Send that nobody may open now, 401 where a proof is missing, 400 after the delay for a wrong password.
pub(crate) async fn admit(app: &App, send: &Send, password: Option<&str>) -> Result<(), ApiError> {
    if !send.is_open(Moment::now()) {
        return Err(ApiError::NotFound);
    }
    let proof = match &send.protection {
        Protection::Nothing => Proof::Right,
        Protection::Emails(_) => Proof::Missing,
        Protection::Password(hash) => passes(hash.clone(), password).await?,
    };
    match proof {
        Proof::Right => Ok(()),
        Proof::Missing => Err(ApiError::Unauthorized),
        Proof::Wrong => {
            tokio::time::sleep(app.config.login_delay).await;
            Err(ApiError::refused("Invalid password."))
        }
    }
}
