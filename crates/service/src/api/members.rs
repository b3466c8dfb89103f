//! Members of an organization (protocol.md §4.6).

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use portico_protocol::ListResponse;
use portico_protocol::organization::{MemberStatus, MemberType, OrganizationUserDetails, RevocationReason};
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::access::{Grants, grants};
use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::permissions::Permissions;

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
            let mut members = members(connection, access.organization)?;
            if with_collections {
                let mut granted = grants(connection, access.organization, Grants::CollectionsOfMembers)?;
                for member in &mut members {
                    member.collections = granted.remove(&member.id).unwrap_or_default();
                }
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
            let members = members(connection, access.organization)?
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

fn members(connection: &Connection, organization: Uuid) -> Result<Vec<OrganizationUserDetails>, ApiError> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.user_id, m.type, m.status, m.external_id, m.access_secrets_manager, m.permissions,
             m.reset_password_key IS NOT NULL, coalesce(u.user_key IS NOT NULL, 0), u.name,
             coalesce(u.email, m.email, ''), u.avatar_color, coalesce(u.two_step, 0),
             m.revocation_reason, m.created
         FROM members m LEFT JOIN users u ON u.id = m.user_id
         WHERE m.organization_id = ? ORDER BY coalesce(u.email, m.email), m.id",
    )?;
    let mut members = Vec::new();
    let mut rows = statement.query([organization])?;
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
