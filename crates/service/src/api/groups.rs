//! Groups (protocol.md §4.5).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::organization::GroupDetailsResponse;
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::access::{Grants, grants};
use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;

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
            let groups = groups(connection, access.organization)?
                .into_iter()
                .map(|group| GroupDetailsResponse {
                    id: group.id,
                    organization_id: group.organization_id,
                    object: "groupDetails".into(),
                    name: group.name,
                    external_id: group.external_id,
                    collections: granted.remove(&group.id).unwrap_or_default(),
                    ..GroupDetailsResponse::default()
                })
                .collect();
            Ok(Json(ListResponse::complete(groups)))
        })
        .await
}

fn groups(connection: &Connection, organization: Uuid) -> Result<Vec<Group>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id, name, external_id FROM groups WHERE organization_id = ? ORDER BY name, id",
        )?
        .query_map([organization], |row| {
            Ok(Group {
                object: "group",
                id: row.get(0)?,
                organization_id: organization,
                name: row.get(1)?,
                external_id: row.get(2)?,
            })
        })?
        .collect()
}
