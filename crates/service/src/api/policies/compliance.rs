//! Which policies hold, and whom they keep out (protocol.md §4.8).

use portico_protocol::organization::{PlanType, PolicyType};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use uuid::Uuid;

use crate::api::plan::features;
use crate::error::ApiError;

/// What keeps a person from being an active member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Obstacle {
    /// The organization wants two-step login.
    NoTwoStep,
    /// The organization wants to be the only one.
    OtherOrganizations,
    /// Another one, of which the person is a member already, wants that.
    ForbiddenElsewhere,
}

/// Everything that keeps `user` from being active in `organization` with the role `kind`. Owners, admins and the staff
/// of its provider are exempt from what it wants itself.
pub(in crate::api) fn obstacles(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
    kind: i32,
) -> Result<Vec<Obstacle>, ApiError> {
    let mut obstacles = Vec::new();
    if !is_exempt(connection, organization, user, kind)? {
        let wanted = |policy| in_force(connection, organization, policy);
        if wanted(PolicyType::TWO_FACTOR_AUTHENTICATION)? && !has_two_step(connection, user)? {
            obstacles.push(Obstacle::NoTwoStep);
        }
        if wanted(PolicyType::SINGLE_ORG)?
            && !memberships_elsewhere(connection, organization, user)?.is_empty()
        {
            obstacles.push(Obstacle::OtherOrganizations);
        }
    }
    for (elsewhere, kind) in memberships_elsewhere(connection, organization, user)? {
        if in_force(connection, elsewhere, PolicyType::SINGLE_ORG)?
            && !is_exempt(connection, elsewhere, user, kind)?
        {
            obstacles.push(Obstacle::ForbiddenElsewhere);
            break;
        }
    }
    Ok(obstacles)
}

/// Whether `policy` is on in an organization that is enabled and whose plan has policies.
pub(crate) fn in_force(
    connection: &Connection,
    organization: Uuid,
    policy: PolicyType,
) -> Result<bool, ApiError> {
    Ok(settings_in_force(connection, organization, policy)?.is_some())
}

/// The settings of `policy` where it is on; null where it has none.
pub(in crate::api) fn settings_in_force(
    connection: &Connection,
    organization: Uuid,
    policy: PolicyType,
) -> Result<Option<Value>, ApiError> {
    let row: Option<(i32, Option<String>)> = connection
        .prepare_cached(
            "SELECT o.plan_type, p.data FROM policies p
             JOIN organizations o ON o.id = p.organization_id AND o.enabled
             WHERE p.organization_id = ? AND p.type = ? AND p.enabled",
        )?
        .query_row((organization, policy.0), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match row {
        Some((plan, data)) if features(PlanType(plan)).enterprise => {
            Ok(Some(data.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default()))
        }
        _ => Ok(None),
    }
}

/// The settings of `policy` in every organization where it is on and binds `user`.
pub(crate) fn settings_binding(
    connection: &Connection,
    user: Uuid,
    policy: PolicyType,
) -> Result<Vec<Value>, ApiError> {
    let mut statement = connection
        .prepare_cached("SELECT organization_id, type FROM members WHERE user_id = ? AND status IN (1, 2)")?;
    let mut rows = statement.query([user])?;
    let mut binding = Vec::new();
    while let Some(row) = rows.next()? {
        let organization = row.get(0)?;
        if let Some(settings) = settings_in_force(connection, organization, policy)?
            && !is_exempt(connection, organization, user, row.get(1)?)?
        {
            binding.push(settings);
        }
    }
    Ok(binding)
}

/// Whether an organization's policies do not bind somebody of role `kind` there.
pub(crate) fn is_exempt(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
    kind: i32,
) -> Result<bool, rusqlite::Error> {
    let staff = connection
        .prepare_cached(
            "SELECT 1 FROM provider_organizations l
             JOIN provider_users u ON u.provider_id = l.provider_id AND u.user_id = ? AND u.status = 2
             WHERE l.organization_id = ?",
        )?
        .exists((user, organization))?;
    Ok(staff || matches!(kind, 0 | 1))
}

pub(in crate::api) fn has_two_step(connection: &Connection, user: Uuid) -> Result<bool, rusqlite::Error> {
    connection.prepare_cached("SELECT 1 FROM users WHERE id = ? AND two_step")?.exists([user])
}

/// The other organizations in which `user` is at least accepted, with the role there.
pub(in crate::api) fn memberships_elsewhere(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
) -> Result<Vec<(Uuid, i32)>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT organization_id, type FROM members
             WHERE user_id = ? AND organization_id <> ? AND status IN (1, 2)",
        )?
        .query_map((user, organization), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
