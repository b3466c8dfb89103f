//! Whether ids in a request are the organization's own.

use rusqlite::Connection;
use uuid::Uuid;

use crate::error::ApiError;

/// What the ids name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// organizationUserIds.
    Members,
    Groups,
    /// Shared ones: "My items" are granted to nobody.
    Collections,
}

/// Refuses ids that do not exist in `organization` as if nothing were there: another tenant's are none of its business.
pub(super) fn all_belong(
    connection: &Connection,
    organization: Uuid,
    part: Part,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<(), ApiError> {
    for id in ids {
        if !belongs(connection, organization, part, id)? {
            return Err(ApiError::NotFound);
        }
    }
    Ok(())
}

pub(super) fn belongs(
    connection: &Connection,
    organization: Uuid,
    part: Part,
    id: Uuid,
) -> Result<bool, rusqlite::Error> {
    let mut statement = connection.prepare_cached(match part {
        Part::Members => "SELECT 1 FROM members WHERE id = ? AND organization_id = ?",
        Part::Groups => "SELECT 1 FROM groups WHERE id = ? AND organization_id = ?",
        Part::Collections => "SELECT 1 FROM collections WHERE id = ? AND organization_id = ? AND type = 0",
    })?;
    statement.exists((id, organization))
}
