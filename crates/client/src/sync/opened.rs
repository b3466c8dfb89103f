//! The organization that a person has opened, or has come back to: it is read again by itself (design §3).

use std::time::Duration;

use portico_profile::{ReadError, Unlocked};
use time::OffsetDateTime;
use uuid::Uuid;

use super::plan::Memberships;
use crate::http::ApiClient;

/// Whether an organization that a person opens is to be read again: not where that was tried less than `fresh_for` ago, nor
/// one that the picture does not know, nor while the server wants to be left alone.
///
/// # Errors
/// See [`ReadError`].
pub fn is_opened_due(
    client: &ApiClient,
    unlocked: &Unlocked,
    organization: Uuid,
    fresh_for: Duration,
) -> Result<bool, ReadError> {
    let picture = unlocked.picture();
    let Some(profile) = picture.profile()? else { return Ok(false) };
    if client.is_left_alone() || Memberships::of(profile).known_jobs(&[organization]).is_empty() {
        return Ok(false);
    }
    let tried_at = picture.freshness(organization).tried_at();
    // A moment that lies far ahead was of another clock.
    let age = |tried_at: OffsetDateTime| (OffsetDateTime::now_utc() - tried_at).unsigned_abs();
    Ok(tried_at.is_none_or(|tried_at| age(tried_at) >= fresh_for))
}
