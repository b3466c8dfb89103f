//! Collections in the store.

use portico_protocol::organization::{
    CollectionAccessDetailsResponse, CollectionResponse, CollectionType, Selection,
};
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::rights::Rights;
use crate::api::access::{Grants, grants, grants_of};
use crate::moment::Moment;

pub(in crate::api) fn all(
    connection: &Connection,
    organization: Uuid,
) -> Result<Vec<CollectionResponse>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id, organization_id, name, external_id, type, default_user_email FROM collections
             WHERE organization_id = ? ORDER BY created, id",
        )?
        .query_map([organization], collection)?
        .collect()
}

pub(super) fn one(
    connection: &Connection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<CollectionResponse>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id, organization_id, name, external_id, type, default_user_email FROM collections
             WHERE organization_id = ? AND id = ?",
        )?
        .query_row((organization, id), collection)
        .optional()
}

pub(super) fn all_details(
    connection: &Connection,
    organization: Uuid,
    rights: &Rights,
) -> Result<Vec<CollectionAccessDetailsResponse>, rusqlite::Error> {
    let mut users = grants(connection, organization, Grants::MembersOfCollections)?;
    let mut groups = grants(connection, organization, Grants::GroupsOfCollections)?;
    let details = all(connection, organization)?.into_iter().map(|collection| {
        let users = users.remove(&collection.id).unwrap_or_default();
        let groups = groups.remove(&collection.id).unwrap_or_default();
        with_access(collection, users, groups, rights)
    });
    Ok(details.collect())
}

pub(super) fn details(
    connection: &Connection,
    organization: Uuid,
    id: Uuid,
    rights: &Rights,
) -> Result<Option<CollectionAccessDetailsResponse>, rusqlite::Error> {
    let Some(collection) = one(connection, organization, id)? else { return Ok(None) };
    let users = grants_of(connection, Grants::MembersOfCollections, id)?;
    let groups = grants_of(connection, Grants::GroupsOfCollections, id)?;
    Ok(Some(with_access(collection, users, groups, rights)))
}

/// A new collection that nobody reaches yet.
pub(in crate::api) fn insert(
    connection: &Connection,
    organization: Uuid,
    name: &str,
    external_id: Option<&str>,
    kind: CollectionType,
) -> Result<Uuid, rusqlite::Error> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    connection
        .prepare_cached(
            "INSERT INTO collections (id, organization_id, name, external_id, type, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((id, organization, name, external_id, kind.0, now, now))?;
    Ok(id)
}

fn with_access(
    collection: CollectionResponse,
    users: Vec<Selection>,
    groups: Vec<Selection>,
    rights: &Rights,
) -> CollectionAccessDetailsResponse {
    let own = rights.reached(collection.id);
    CollectionAccessDetailsResponse {
        id: collection.id,
        organization_id: collection.organization_id,
        object: "collectionAccessDetails".into(),
        name: collection.name,
        external_id: collection.external_id,
        kind: collection.kind,
        default_user_collection_email: collection.default_user_collection_email,
        unmanaged: !users.iter().chain(&groups).any(|selection| selection.manage),
        users,
        groups,
        assigned: own.is_some(),
        read_only: own.is_some_and(|own| own.read_only),
        hide_passwords: own.is_some_and(|own| own.hide_passwords),
        manage: own.is_some_and(|own| own.manage),
        ..CollectionAccessDetailsResponse::default()
    }
}

fn collection(row: &Row<'_>) -> Result<CollectionResponse, rusqlite::Error> {
    Ok(CollectionResponse {
        id: row.get(0)?,
        organization_id: row.get(1)?,
        object: "collection".into(),
        name: row.get(2)?,
        external_id: row.get(3)?,
        kind: CollectionType(row.get(4)?),
        default_user_collection_email: row.get(5)?,
        ..CollectionResponse::default()
    })
}
