//! Groups as they are read (protocol.md §4.5).

mod write;

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::organization::GroupDetailsResponse;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use uuid::Uuid;

use super::access::{Grants, grants, grants_of};
use super::path::GroupId;
use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;

pub(crate) use write::{create, remove, remove_many, remove_member, update};

/// A group without its grants.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    object: &'static str,
    id: Uuid,
    organization_id: Uuid,
    name: String,
    external_id: Option<String>,
}

pub(crate) async fn list(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<ListResponse<Group>>, ApiError> {
    app.store
        .read(move |connection| Ok(Json(ListResponse::complete(groups(connection, access.organization)?))))
        .await
}

pub(crate) async fn details(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<ListResponse<GroupDetailsResponse>>, ApiError> {
    app.store
        .read(move |connection| {
            let mut granted = grants(connection, access.organization, Grants::CollectionsOfGroups)?;
            let groups = groups(connection, access.organization)?.into_iter().map(|group| {
                let collections = granted.remove(&group.id).unwrap_or_default();
                with_collections(group, collections)
            });
            Ok(Json(ListResponse::complete(groups.collect())))
        })
        .await
}

pub(crate) async fn read(
    State(app): State<App>,
    access: OrganizationAccess,
    GroupId(id): GroupId,
) -> Result<Json<Group>, ApiError> {
    app.store
        .read(move |connection| {
            Ok(Json(group(connection, access.organization, id)?.ok_or(ApiError::NotFound)?))
        })
        .await
}

pub(crate) async fn one_with_details(
    State(app): State<App>,
    access: OrganizationAccess,
    GroupId(id): GroupId,
) -> Result<Json<GroupDetailsResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let group = group(connection, access.organization, id)?.ok_or(ApiError::NotFound)?;
            let collections = grants_of(connection, Grants::CollectionsOfGroups, id)?;
            Ok(Json(with_collections(group, collections)))
        })
        .await
}

/// organizationUserIds, as a bare array.
pub(crate) async fn users(
    State(app): State<App>,
    access: OrganizationAccess,
    GroupId(id): GroupId,
) -> Result<Json<Vec<Uuid>>, ApiError> {
    app.store
        .read(move |connection| {
            group(connection, access.organization, id)?.ok_or(ApiError::NotFound)?;
            Ok(Json(members(connection, id)?))
        })
        .await
}

fn groups(connection: &Connection, organization: Uuid) -> Result<Vec<Group>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id, organization_id, name, external_id FROM groups WHERE organization_id = ? ORDER BY name, id",
        )?
        .query_map([organization], read_group)?
        .collect()
}

fn group(connection: &Connection, organization: Uuid, id: Uuid) -> Result<Option<Group>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id, organization_id, name, external_id FROM groups WHERE organization_id = ? AND id = ?",
        )?
        .query_row((organization, id), read_group)
        .optional()
}

fn members(connection: &Connection, group: Uuid) -> Result<Vec<Uuid>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT member_id FROM group_members WHERE group_id = ? ORDER BY member_id")?
        .query_map([group], |row| row.get(0))?
        .collect()
}

fn read_group(row: &Row<'_>) -> Result<Group, rusqlite::Error> {
    Ok(Group {
        object: "group",
        id: row.get(0)?,
        organization_id: row.get(1)?,
        name: row.get(2)?,
        external_id: row.get(3)?,
    })
}

fn with_collections(
    group: Group,
    collections: Vec<portico_protocol::organization::Selection>,
) -> GroupDetailsResponse {
    GroupDetailsResponse {
        id: group.id,
        organization_id: group.organization_id,
        object: "groupDetails".into(),
        name: group.name,
        external_id: group.external_id,
        collections,
        ..GroupDetailsResponse::default()
    }
}
