//! Policies that decide whether an item may be saved (protocol.md §4.8).

use portico_protocol::organization::{PlanType, PolicyType};
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use crate::api::{features, settings_binding};
use crate::error::ApiError;

/// Whether `user` may put new items into the own vault: not where an organization owns what its members save. Owners,
/// admins and the provider's staff are exempt.
pub(crate) fn check_personal_saving(connection: &Connection, user: Uuid) -> Result<(), ApiError> {
    if !settings_binding(connection, user, PolicyType::ORGANIZATION_DATA_OWNERSHIP)?.is_empty() {
        return Err(ApiError::refused(
            "Due to an Enterprise Policy, you are restricted from saving items to your personal vault.",
        ));
    }
    Ok(())
}

/// Whether an item of type `kind` may be made: in `organization`, by its own policy; in somebody's own vault, by those of
/// all their organizations. Nobody is exempt: such items are hidden from everybody.
pub(crate) fn check_type(
    connection: &Connection,
    user: Uuid,
    organization: Option<Uuid>,
    kind: i32,
) -> Result<(), ApiError> {
    let mut statement = connection.prepare_cached(
        "SELECT p.data, o.plan_type FROM policies p JOIN organizations o ON o.id = p.organization_id AND o.enabled
         WHERE p.enabled AND p.type = ?1 AND (p.organization_id = ?2 OR ?2 IS NULL AND p.organization_id IN (
             SELECT organization_id FROM members WHERE user_id = ?3 AND status IN (1, 2)))",
    )?;
    let mut rows = statement.query((PolicyType::RESTRICTED_ITEM_TYPES.0, organization, user))?;
    while let Some(row) = rows.next()? {
        let data: Option<String> = row.get(0)?;
        let types: Value = data.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
        let restricted = types.as_array().is_some_and(|types| types.iter().any(|one| *one == kind));
        if restricted && has_policies(row.get(1)?) {
            return Err(ApiError::refused(
                "Due to an Enterprise Policy, you are restricted from saving items of this type.",
            ));
        }
    }
    Ok(())
}

fn has_policies(plan: i32) -> bool {
    features(PlanType(plan)).enterprise
}
