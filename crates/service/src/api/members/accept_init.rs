//! The first owner of an organization that somebody set up for them: takes up the invitation, brings the keys, and is
//! confirmed at once, as there is nobody else who could do it (protocol.md §4.6, `accept-init`).

use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::AcceptInitRequest;
use portico_protocol::organization::{CollectionType, OrganizationStatus, Selection};
use rusqlite::Connection;
use uuid::Uuid;

use super::accept::taken_up;
use super::row::CONFIRMED;
use crate::api::access::{Grants, put_grant};
use crate::api::path::{MemberId, OrganizationId};
use crate::api::{collections, fields};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::identity::account_of;
use crate::identity::register::checked_pair;
use crate::moment::Moment;
use crate::{events, revision};

pub(crate) async fn accept_init(
    State(app): State<App>,
    caller: Caller,
    OrganizationId(organization): OrganizationId,
    MemberId(id): MemberId,
    Body(request): Body<AcceptInitRequest>,
) -> Result<(), ApiError> {
    let pair = checked_pair(request.keys)?;
    let key = fields::wrapped_key("Key", request.key)?;
    let collection = match request.collection_name.filter(|name| !name.is_empty()) {
        Some(name) => Some(fields::encrypted("CollectionName", Some(name))?),
        None => None,
    };
    let store = app.store.clone();
    store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            let now = Moment::now();
            taken_up(transaction, &app.answers, organization, id, &account, request.token.expose(), now)?;
            check_pending(transaction, organization)?;
            transaction.execute(
                "UPDATE organizations SET enabled = 1, status = ?, public_key = ?, private_key = ?, revised = ?
                 WHERE id = ?",
                (
                    OrganizationStatus::CREATED.0,
                    &pair.public_key,
                    &pair.encrypted_private_key,
                    now,
                    organization,
                ),
            )?;
            transaction.execute(
                "UPDATE members SET status = ?, user_id = ?, email = NULL, member_key = ?, revised = ? WHERE id = ?",
                (CONFIRMED, caller.user, key, now, id),
            )?;
            if let Some(name) = &collection {
                let shared = CollectionType::SHARED;
                let collection = collections::insert(transaction, organization, name, None, shared)?;
                let grant =
                    Selection { id: collection, read_only: false, hide_passwords: false, manage: true };
                put_grant(transaction, Grants::CollectionsOfMembers, id, &grant)?;
            }
            revision::of_user(transaction, caller.user)?;
            let kind = EventType::MEMBER_CONFIRMED.0;
            let event = BulkEvent { kind, organization_user_id: Some(id), ..BulkEvent::default() };
            Ok(events::record_in_organization(transaction, &caller, organization, event)?)
        })
        .await
}

/// Keys that are there are never replaced.
fn check_pending(connection: &Connection, organization: Uuid) -> Result<(), ApiError> {
    let (enabled, status, has_public, has_private): (bool, i32, bool, bool) = connection.query_row(
        "SELECT enabled, status, public_key IS NOT NULL, private_key IS NOT NULL FROM organizations WHERE id = ?",
        [organization],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let problem = if enabled {
        "Organization is already enabled."
    } else if status != OrganizationStatus::PENDING.0 {
        "Organization is not on a Pending status."
    } else if has_public {
        "Organization already has a Public Key."
    } else if has_private {
        "Organization already has a Private Key."
    } else {
        return Ok(());
    };
    Err(ApiError::refused(problem))
}
