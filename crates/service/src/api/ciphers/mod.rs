//! Items (protocol.md §4.1, §4.2), one file for each thing that is done with them.
//!
//! The table of routes says what right a route needs, and its guard has checked that for the item in the path. What
//! stands in a body is checked here, inside the transaction that acts on it.

pub(crate) mod archive;
pub(crate) mod attachments;
pub(crate) mod collections;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod purge;
pub(crate) mod read;
pub(crate) mod save;
pub(crate) mod share;
pub(crate) mod trash;
pub(crate) mod upload;

use axum::Json;
use portico_protocol::ListResponse;
use rusqlite::Connection;
use serde::Deserialize;
use uuid::Uuid;

use crate::authorize::Caller;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;
use crate::vault::{Item, blank_is_none};

/// How many items one request may name.
pub(super) const MANY: usize = 500;

/// A body that names items.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ids {
    pub(super) ids: Vec<Uuid>,
    #[serde(default, deserialize_with = "blank_is_none")]
    organization_id: Option<Uuid>,
}

type ItemList = Json<ListResponse<Item>>;

/// Refuses more than [`MANY`] at once; `done` is what would be done to them.
fn check_count(ids: &[Uuid], done: &str) -> Result<(), ApiError> {
    if ids.len() > MANY {
        return Err(ApiError::refused(format!("You can only {done} up to {MANY} items at a time.")));
    }
    Ok(())
}

/// Writes what happened to an item into its organization's log; own items have none.
fn record(
    connection: &Connection,
    caller: &Caller,
    organization: Option<Uuid>,
    kind: i32,
    cipher: Uuid,
) -> Result<(), rusqlite::Error> {
    let Some(organization) = organization else { return Ok(()) };
    let event = BulkEvent { kind, cipher_id: Some(cipher), ..BulkEvent::default() };
    events::record_in_organization(connection, caller, organization, event)
}

/// The numbers of the events (protocol.md §4.9).
mod event {
    pub(super) const CREATED: i32 = 1100;
    pub(super) const UPDATED: i32 = 1101;
    pub(super) const DELETED: i32 = 1102;
    pub(super) const ATTACHMENT_CREATED: i32 = 1103;
    pub(super) const ATTACHMENT_DELETED: i32 = 1104;
    pub(super) const SHARED: i32 = 1105;
    pub(super) const COLLECTIONS_UPDATED: i32 = 1106;
    pub(super) const SOFT_DELETED: i32 = 1115;
    pub(super) const RESTORED: i32 = 1116;
    pub(super) const ORGANIZATION_PURGED: i32 = 1601;
}
