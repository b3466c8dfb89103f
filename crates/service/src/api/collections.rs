//! Collections (protocol.md §4.4).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::{CollectionAccessDetailsResponse, CollectionResponse, CollectionType};
use rusqlite::Connection;
use uuid::Uuid;

use super::access::{Access, Grants, grants, reached_by};
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess};
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;
use crate::permissions::{Permission, Permissions};

/// Custom members with one of these see every collection, others only what they manage.
const READ_ALL: Permissions = Permissions::of(&[
    Permission::EditAnyCollection,
    Permission::DeleteAnyCollection,
    Permission::CreateNewCollections,
    Permission::ManageUsers,
    Permission::ManageGroups,
    Permission::AccessImportExport,
]);

/// Custom members with one of these see who reaches every collection, too.
const READ_ALL_WITH_ACCESS: Permissions = Permissions::of(&[
    Permission::EditAnyCollection,
    Permission::DeleteAnyCollection,
    Permission::ManageUsers,
    Permission::ManageGroups,
]);

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    access: OrganizationAccess,
) -> Result<Json<ListResponse<CollectionResponse>>, ApiError> {
    app.store
        .read(move |connection| {
            let mut collections = collections(connection, access.organization)?;
            if !access.administers() && !access.has_custom(READ_ALL) {
                let reached = reached_by(connection, caller.user)?;
                collections.retain(|collection| reached.get(&collection.id).is_some_and(|a| a.manage));
            }
            Ok(Json(ListResponse::complete(collections)))
        })
        .await
}

/// The call that opens a client's vault: made by the provider's staff it is written into the client's log and
/// the provider's (protocol.md §5.3). Nothing else writes these two events.
pub(crate) async fn details(
    State(app): State<App>,
    caller: Caller,
    access: OrganizationAccess,
) -> Result<Json<ListResponse<CollectionAccessDetailsResponse>>, ApiError> {
    app.store
        .write(move |transaction| {
            let reached = reached_by(transaction, caller.user)?;
            let mut details = collection_details(transaction, access.organization, &reached)?;
            if !access.administers() && !access.has_custom(READ_ALL_WITH_ACCESS) {
                details.retain(|collection| collection.manage);
            }
            record_vault_access(transaction, &caller, &access)?;
            Ok(Json(ListResponse::complete(details)))
        })
        .await
}

fn collection_details(
    connection: &Connection,
    organization: Uuid,
    reached: &std::collections::HashMap<Uuid, Access>,
) -> Result<Vec<CollectionAccessDetailsResponse>, rusqlite::Error> {
    let mut users = grants(connection, organization, Grants::MembersOfCollections)?;
    let mut groups = grants(connection, organization, Grants::GroupsOfCollections)?;
    let details = collections(connection, organization)?.into_iter().map(|collection| {
        let users = users.remove(&collection.id).unwrap_or_default();
        let groups = groups.remove(&collection.id).unwrap_or_default();
        let own = reached.get(&collection.id);
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
    });
    Ok(details.collect())
}

fn record_vault_access(
    connection: &Connection,
    caller: &Caller,
    access: &OrganizationAccess,
) -> Result<(), rusqlite::Error> {
    // Who is a member as well acts as that member.
    let (None, Some(link)) = (&access.member, &access.provider) else { return Ok(()) };
    let event = |kind: EventType| BulkEvent {
        kind: kind.0,
        provider_id: Some(link.provider),
        acting_user_id: Some(caller.user),
        device_type: caller.device_type,
        ip_address: caller.ip.clone(),
        ..BulkEvent::default()
    };
    if events::organization_records(connection, access.organization)? {
        let of_client = BulkEvent {
            organization_id: Some(access.organization),
            ..event(EventType::ORGANIZATION_VAULT_ACCESSED)
        };
        events::record(connection, &of_client)?;
    }
    if events::provider_records(connection, link.provider)? {
        let of_provider = BulkEvent {
            provider_organization_id: Some(link.provider_organization),
            ..event(EventType::PROVIDER_ORGANIZATION_VAULT_ACCESSED)
        };
        events::record(connection, &of_provider)?;
    }
    Ok(())
}

fn collections(
    connection: &Connection,
    organization: Uuid,
) -> Result<Vec<CollectionResponse>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id, name, external_id, type, default_user_email FROM collections
             WHERE organization_id = ? ORDER BY created, id",
        )?
        .query_map([organization], |row| {
            Ok(CollectionResponse {
                id: row.get(0)?,
                organization_id: organization,
                object: "collection".into(),
                name: row.get(1)?,
                external_id: row.get(2)?,
                kind: CollectionType(row.get(3)?),
                default_user_collection_email: row.get(4)?,
                ..CollectionResponse::default()
            })
        })?
        .collect()
}
