//! Collections as they are read (protocol.md §4.4).

mod bulk;
mod merge;
mod rights;
mod rows;
mod write;

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::{
    CollectionAccessDetailsResponse, CollectionResponse, CollectionType, Selection,
};
use portico_protocol::sync::CollectionDetailsResponse;
use rusqlite::Connection;
use uuid::Uuid;

use super::access::{Grants, grants_of};
use super::path::CollectionId;
use super::sync;
use crate::app::App;
use crate::authorize::{Acting, Caller};
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;

pub(crate) use bulk::{bulk_access, remove_many};
pub(super) use merge::merged;
pub(super) use rights::{Rights, Settings};
pub(super) use rows::{all, insert};
pub(super) use write::check_room;
pub(crate) use write::{create, remove, update};

/// Those that the caller reaches, in every organization.
pub(crate) async fn of_caller(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ListResponse<CollectionDetailsResponse>>, ApiError> {
    app.store
        .read(move |connection| Ok(Json(ListResponse::complete(sync::collections(connection, caller.user)?))))
        .await
}

pub(crate) async fn list(
    State(app): State<App>,
    acting: Acting,
) -> Result<Json<ListResponse<CollectionResponse>>, ApiError> {
    app.store
        .read(move |connection| {
            let rights = Rights::of(connection, &acting)?;
            let mut collections = rows::all(connection, acting.organization())?;
            collections.retain(|one| is_listed(&rights, one.id, one.kind, rights.lists_all()));
            Ok(Json(ListResponse::complete(collections)))
        })
        .await
}

pub(crate) async fn read(
    State(app): State<App>,
    acting: Acting,
    CollectionId(id): CollectionId,
) -> Result<Json<CollectionResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let collection = rows::one(connection, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
            if Rights::of(connection, &acting)?.may_read(id) {
                Ok(Json(collection))
            } else {
                Err(ApiError::NotFound)
            }
        })
        .await
}

/// The call that opens a client's vault: made by the provider's staff it is written into the client's log and
/// the provider's (protocol.md §5.3). Nothing else writes these two events.
pub(crate) async fn details(
    State(app): State<App>,
    acting: Acting,
) -> Result<Json<ListResponse<CollectionAccessDetailsResponse>>, ApiError> {
    app.store
        .write(move |transaction| {
            let rights = Rights::of(transaction, &acting)?;
            let mut details = rows::all_details(transaction, acting.organization(), &rights)?;
            details.retain(|one| is_listed(&rights, one.id, one.kind, rights.lists_all_with_access()));
            record_vault_access(transaction, &acting)?;
            Ok(Json(ListResponse::complete(details)))
        })
        .await
}

pub(crate) async fn one_with_details(
    State(app): State<App>,
    acting: Acting,
    CollectionId(id): CollectionId,
) -> Result<Json<CollectionAccessDetailsResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let rights = Rights::of(connection, &acting)?;
            if !rights.may_read_access(id) {
                return Err(ApiError::NotFound);
            }
            let details = rows::details(connection, acting.organization(), id, &rights)?;
            Ok(Json(details.ok_or(ApiError::NotFound)?))
        })
        .await
}

/// Direct grants, as a bare array.
pub(crate) async fn users(
    State(app): State<App>,
    acting: Acting,
    CollectionId(id): CollectionId,
) -> Result<Json<Vec<Selection>>, ApiError> {
    app.store
        .read(move |connection| {
            rows::one(connection, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
            if !Rights::of(connection, &acting)?.may_read_access(id) {
                return Err(ApiError::NotFound);
            }
            Ok(Json(grants_of(connection, Grants::MembersOfCollections, id)?))
        })
        .await
}

/// Whether the lists of an organization's collections show one: what the caller manages, and to who may see all of them
/// those that are shared. "My items" are their member's, like what is in them (protocol.md §5.3).
fn is_listed(rights: &Rights, id: Uuid, kind: CollectionType, lists_all: bool) -> bool {
    rights.manages(id) || lists_all && kind != CollectionType::DEFAULT_USER_COLLECTION
}

fn record_vault_access(connection: &Connection, acting: &Acting) -> Result<(), rusqlite::Error> {
    // Who is a member as well acts as that member.
    let (None, Some(link)) = (&acting.access.member, &acting.access.provider) else { return Ok(()) };
    events::in_organization(
        connection,
        acting,
        EventType::ORGANIZATION_VAULT_ACCESSED,
        BulkEvent::default(),
    )?;
    let kind = EventType::PROVIDER_ORGANIZATION_VAULT_ACCESSED;
    let about =
        BulkEvent { provider_organization_id: Some(link.provider_organization), ..BulkEvent::default() };
    events::record_for_provider(connection, &acting.caller, link.provider, kind, about)
}
