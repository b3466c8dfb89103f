//! Members who go, and members who are sent away (protocol.md §4.6).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{BulkMemberResult, IdsRequest};
use rusqlite::Connection;

use super::bulk::each_who_goes;
use super::roles::check_owner_stays;
use super::row::{self, ADMIN, MemberRow, OWNER};
use crate::api::fields;
use crate::api::path::MemberId;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::error::ApiError;
use crate::{events, revision};

pub(crate) async fn remove(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let member = row::find(transaction, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
            check_may_remove(&acting, &member)?;
            check_owner_stays(transaction, acting.organization(), &[id])?;
            delete(transaction, &acting, &member, EventType::MEMBER_REMOVED)
        })
        .await
}

pub(crate) async fn remove_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    app.store
        .write(move |transaction| {
            each_who_goes(transaction, acting.organization(), ids, |member| {
                check_may_remove(&acting, member)?;
                delete(transaction, &acting, member, EventType::MEMBER_REMOVED)
            })
        })
        .await
}

/// An organization deletes the accounts that it has claimed by their domains, and here nothing can be claimed: members
/// can be removed, their accounts stay theirs.
pub(crate) async fn delete_account(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
) -> Result<(), ApiError> {
    app.store
        .read(move |connection| {
            row::find(connection, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
            Err(ApiError::refused("Cannot delete member accounts that are not claimed by the organization."))
        })
        .await
}

/// `POST /organizations/{id}/leave`.
pub(crate) async fn leave(State(app): State<App>, acting: Acting) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let own =
                row::of_user(transaction, organization, acting.caller.user)?.ok_or(ApiError::NotFound)?;
            check_owner_stays(transaction, organization, &[own.id])?;
            delete(transaction, &acting, &own, EventType::MEMBER_LEFT)
        })
        .await
}

fn check_may_remove(acting: &Acting, member: &MemberRow) -> Result<(), ApiError> {
    if member.user == Some(acting.caller.user) {
        return Err(ApiError::refused("You cannot remove yourself."));
    }
    if acting.access.owns() {
        return Ok(());
    }
    match member.kind {
        OWNER => Err(ApiError::refused("Only owners can remove other owners.")),
        ADMIN if !acting.access.administers() => {
            Err(ApiError::refused("Custom users can not remove admins."))
        }
        _ => Ok(()),
    }
}

fn delete(
    connection: &Connection,
    acting: &Acting,
    member: &MemberRow,
    kind: EventType,
) -> Result<(), ApiError> {
    row::leave_my_items(connection, member.id, &member.email)?;
    revision::of_member(connection, member.id)?;
    // While the row is there: leaving is the act of a member.
    events::about_member(connection, acting, kind, member.id)?;
    connection.execute("DELETE FROM members WHERE id = ?", [member.id])?;
    Ok(())
}
