//! Who may make whom what (protocol.md §4.6, "Role rules").

use portico_protocol::organization::PlanType;
use portico_protocol::organization::requests::{InviteRequest, MemberUpdateRequest};
use rusqlite::Connection;
use uuid::Uuid;

use super::row::{ADMIN, CONFIRMED, CUSTOM, OWNER};
use crate::api::fields;
use crate::api::plan::features;
use crate::authorize::Acting;
use crate::error::ApiError;
use crate::permissions::Permissions;

/// A role as somebody asks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewRole {
    pub(super) kind: i32,
    /// None but for the custom role.
    pub(super) permissions: Permissions,
}

impl NewRole {
    pub(super) fn invited(request: &InviteRequest) -> Result<NewRole, ApiError> {
        NewRole::of(request.role.map(|role| role.0), request.permissions.as_ref())
    }

    pub(super) fn updated(request: &MemberUpdateRequest) -> Result<NewRole, ApiError> {
        NewRole::of(request.role.map(|role| role.0), request.permissions.as_ref())
    }

    fn of(
        kind: Option<i32>,
        permissions: Option<&portico_protocol::organization::Permissions>,
    ) -> Result<NewRole, ApiError> {
        let kind = kind.ok_or_else(|| fields::missing("Type"))?;
        let permissions = match (kind, permissions) {
            (0..=2, _) | (CUSTOM, None) => Permissions::NONE,
            (CUSTOM, Some(asked)) => asked.into(),
            _ => return Err(ApiError::invalid("Type", "The field Type is invalid.")),
        };
        Ok(NewRole { kind, permissions })
    }
}

/// Whether the caller may give somebody the role `new` who has the role `old`, if any yet.
pub(super) fn check_grant(
    connection: &Connection,
    acting: &Acting,
    old: Option<i32>,
    new: NewRole,
) -> Result<(), ApiError> {
    let access = &acting.access;
    let either_is = |kind| old == Some(kind) || new.kind == kind;
    if !access.owns() {
        if either_is(OWNER) {
            return Err(ApiError::refused("Only an Owner can configure another Owner's account."));
        }
        if !access.is_member_of_kind(&[ADMIN]) {
            if either_is(ADMIN) {
                return Err(ApiError::refused("Custom users can not manage Admins or Owners."));
            }
            let own = access.member.as_ref().map_or(Permissions::NONE, |member| member.permissions);
            if new.kind == CUSTOM && !own.all_of(new.permissions) {
                return Err(ApiError::refused(
                    "Custom users can only grant the same custom permissions that they have.",
                ));
            }
        }
    }
    if new.kind == CUSTOM && !plan_has_custom_roles(connection, acting.organization())? {
        return Err(ApiError::refused(
            "To enable custom permissions the organization must be on an Enterprise plan.",
        ));
    }
    Ok(())
}

/// Whether the organization has a confirmed owner besides `without`. The staff of its provider count as such
/// (protocol.md §5.3).
pub(in crate::api) fn has_confirmed_owner_besides(
    connection: &Connection,
    organization: Uuid,
    without: &[Uuid],
) -> Result<bool, rusqlite::Error> {
    let owners: Vec<Uuid> = connection
        .prepare_cached("SELECT id FROM members WHERE organization_id = ? AND type = ? AND status = ?")?
        .query_map((organization, OWNER, CONFIRMED), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if owners.iter().any(|owner| !without.contains(owner)) {
        return Ok(true);
    }
    connection
        .prepare_cached(
            "SELECT 1 FROM provider_organizations l
             JOIN provider_users u ON u.provider_id = l.provider_id AND u.status = 2 WHERE l.organization_id = ?",
        )?
        .exists([organization])
}

/// # Errors
/// Nobody would be left to run the organization.
pub(in crate::api) fn check_owner_stays(
    connection: &Connection,
    organization: Uuid,
    without: &[Uuid],
) -> Result<(), ApiError> {
    if has_confirmed_owner_besides(connection, organization, without)? {
        Ok(())
    } else {
        Err(ApiError::refused("Organization must have at least one confirmed owner."))
    }
}

fn plan_has_custom_roles(connection: &Connection, organization: Uuid) -> Result<bool, rusqlite::Error> {
    let plan =
        connection.query_row("SELECT plan_type FROM organizations WHERE id = ?", [organization], |row| {
            row.get(0)
        })?;
    Ok(features(PlanType(plan)).enterprise)
}
