//! Members of an organization as they are read (protocol.md §4.6).

mod accept;
mod accept_init;
mod bulk;
mod confirm;
mod edit;
mod invite;
mod recovery;
mod remove;
mod revoke;
mod roles;
mod row;
mod seats;

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{Query, State};
use portico_protocol::ListResponse;
use portico_protocol::organization::{
    CollectionType, MemberStatus, MemberType, OrganizationUserDetails, RevocationReason,
};
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::access::{Grants, grants, grants_of};
use super::path::MemberId;
use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::permissions::{Permission, Permissions};

pub(crate) use accept::accept;
pub(super) use accept::runs_free_organization;
pub(crate) use accept_init::accept_init;
pub(crate) use confirm::{confirm, confirm_many, public_keys};
pub(crate) use edit::update;
pub(super) use invite::{insert_invited_owner, send_mail as mail_invitation};
pub(crate) use invite::{invite, reinvite, reinvite_many};
pub(crate) use recovery::{
    details as recovery_details, details_of_many as recovery_details_of_many, enrol, recover,
};
pub(crate) use remove::{delete_account, leave, remove, remove_many};
pub(super) use revoke::set_revoked;
pub(crate) use revoke::{restore, restore_many, revoke, revoke_many, revoke_self};
pub(super) use row::{
    ACCEPTED, CONFIRMED, INVITED, MemberRow, OWNER, all as all_rows, find as find_row, leave_my_items,
    of_user,
};
pub(super) use seats::occupied as occupied_seats;

/// Who may recover accounts, and nothing else of this, sees those whose account can be.
const SEE_ALL: Permissions = Permissions::of(&[Permission::ManageUsers, Permission::ManageGroups]);

pub(crate) async fn list(
    State(app): State<App>,
    access: OrganizationAccess,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<ListResponse<OrganizationUserDetails>>, ApiError> {
    let asked = |name: &str| {
        query.iter().any(|(key, value)| key.eq_ignore_ascii_case(name) && value.eq_ignore_ascii_case("true"))
    };
    let (with_collections, with_groups) = (asked("includeCollections"), asked("includeGroups"));
    app.store
        .read(move |connection| {
            let mut members = members(connection, access.organization, None)?;
            if !access.administers() && !access.has_custom(SEE_ALL) {
                members.retain(|one| one.status == MemberStatus::CONFIRMED && one.reset_password_enrolled);
            }
            if with_collections {
                let mut granted = grants(connection, access.organization, Grants::CollectionsOfMembers)?;
                for member in &mut members {
                    member.collections = granted.remove(&member.id).unwrap_or_default();
                }
                keep_shared(connection, access.organization, &mut members)?;
            }
            if with_groups {
                let mut groups = groups_of_members(connection, access.organization)?;
                for member in &mut members {
                    member.groups = groups.remove(&member.id).unwrap_or_default();
                }
            }
            Ok(Json(ListResponse::complete(members)))
        })
        .await
}

/// One member with groups and direct grants.
pub(crate) async fn read(
    State(app): State<App>,
    access: OrganizationAccess,
    MemberId(id): MemberId,
) -> Result<Json<OrganizationUserDetails>, ApiError> {
    app.store
        .read(move |connection| {
            let member = members(connection, access.organization, Some(id))?.pop();
            let mut member = member.ok_or(ApiError::NotFound)?;
            member.object = "organizationUserDetails".into();
            member.extra.insert("ssoExternalId".into(), serde_json::Value::Null);
            member.collections = grants_of(connection, Grants::CollectionsOfMembers, id)?;
            member.groups = connection
                .prepare_cached("SELECT group_id FROM group_members WHERE member_id = ? ORDER BY group_id")?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            keep_shared(connection, access.organization, std::slice::from_mut(&mut member))?;
            Ok(Json(member))
        })
        .await
}

/// `organizationUserUserMiniDetails`: what any member may know of the others.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MiniDetails {
    object: &'static str,
    id: Uuid,
    user_id: Option<Uuid>,
    #[serde(rename = "type")]
    role: MemberType,
    status: MemberStatus,
    name: Option<String>,
    email: String,
}

pub(crate) async fn mini_list(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<ListResponse<MiniDetails>>, ApiError> {
    app.store
        .read(move |connection| {
            let members = members(connection, access.organization, None)?
                .into_iter()
                .map(|member| MiniDetails {
                    object: "organizationUserUserMiniDetails",
                    id: member.id,
                    user_id: member.user_id,
                    role: member.role,
                    status: member.status,
                    name: member.name,
                    email: member.email,
                })
                .collect();
            Ok(Json(ListResponse::complete(members)))
        })
        .await
}

/// Those of `organization`, or `only` one of them.
fn members(
    connection: &Connection,
    organization: Uuid,
    only: Option<Uuid>,
) -> Result<Vec<OrganizationUserDetails>, ApiError> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.user_id, m.type, m.status, m.external_id, m.access_secrets_manager, m.permissions,
             m.reset_password_key IS NOT NULL, coalesce(u.user_key IS NOT NULL, 0), u.name,
             coalesce(u.email, m.email, ''), u.avatar_color, coalesce(u.two_step, 0),
             m.revocation_reason, m.created
         FROM members m LEFT JOIN users u ON u.id = m.user_id
         WHERE m.organization_id = ?1 AND (?2 IS NULL OR m.id = ?2) ORDER BY coalesce(u.email, m.email), m.id",
    )?;
    let mut members = Vec::new();
    let mut rows = statement.query((organization, only))?;
    while let Some(row) = rows.next()? {
        members.push(OrganizationUserDetails {
            id: row.get(0)?,
            object: "organizationUserUserDetails".into(),
            user_id: row.get(1)?,
            role: MemberType(row.get(2)?),
            status: MemberStatus(row.get(3)?),
            external_id: row.get(4)?,
            access_secrets_manager: row.get(5)?,
            permissions: row.get::<_, Permissions>(6)?.into(),
            reset_password_enrolled: row.get(7)?,
            has_master_password: row.get(8)?,
            name: row.get(9)?,
            email: row.get(10)?,
            avatar_color: row.get(11)?,
            two_factor_enabled: row.get(12)?,
            revocation_reason: row.get::<_, Option<i32>>(13)?.map(RevocationReason),
            creation_date: Some(row.get::<_, Moment>(14)?.into()),
            ..OrganizationUserDetails::default()
        });
    }
    Ok(members)
}

/// Leaves out "My items", which the lists of collections do not show either: nobody changes who reaches them.
fn keep_shared(
    connection: &Connection,
    organization: Uuid,
    members: &mut [OrganizationUserDetails],
) -> Result<(), rusqlite::Error> {
    let shared: HashSet<Uuid> = connection
        .prepare_cached("SELECT id FROM collections WHERE organization_id = ? AND type <> ?")?
        .query_map((organization, CollectionType::DEFAULT_USER_COLLECTION.0), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for member in members {
        member.collections.retain(|one| shared.contains(&one.id));
    }
    Ok(())
}

fn groups_of_members(
    connection: &Connection,
    organization: Uuid,
) -> Result<HashMap<Uuid, Vec<Uuid>>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT gm.member_id, gm.group_id FROM groups g JOIN group_members gm ON gm.group_id = g.id
         WHERE g.organization_id = ? ORDER BY gm.member_id, gm.group_id",
    )?;
    let mut groups: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut rows = statement.query([organization])?;
    while let Some(row) = rows.next()? {
        groups.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(groups)
}
