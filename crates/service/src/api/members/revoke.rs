//! Taking access away for a while, and giving it back (protocol.md §4.6).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{BulkMemberResult, IdsRequest};
use portico_protocol::organization::{PolicyType, RevocationReason};
use rusqlite::Connection;
use uuid::Uuid;

use super::accept::would_run_two_for_free;
use super::bulk::{each, each_who_goes, result};
use super::confirm::my_items;
use super::roles::check_owner_stays;
use super::row::{self, ADMIN, CONFIRMED, MemberRow, OWNER, REVOKED};
use super::seats;
use crate::api::fields;
use crate::api::path::MemberId;
use crate::api::policies::{Obstacle, give_my_items, in_force, is_exempt, obstacles};
use crate::app::App;
use crate::authorize::Acting;
use crate::body::{Body, OptionalBody};
use crate::error::ApiError;
use crate::moment::Moment;
use crate::{events, revision};

pub(crate) async fn revoke(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let member = row::find(transaction, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
            check_somebody_else(&acting, &member, "revoke")?;
            check_may_revoke(&acting, &member)?;
            check_owner_stays(transaction, acting.organization(), &[id])?;
            set_revoked(transaction, &acting, id, RevocationReason::MANUAL, EventType::MEMBER_REVOKED)
        })
        .await
}

pub(crate) async fn revoke_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    let (reason, event) = (RevocationReason::MANUAL, EventType::MEMBER_REVOKED);
    app.store
        .write(move |transaction| {
            each_who_goes(transaction, acting.organization(), ids, |member| {
                check_may_revoke(&acting, member)?;
                set_revoked(transaction, &acting, member.id, reason, event)
            })
        })
        .await
}

/// A member who does not want to hand over what the data ownership policy asks for.
pub(crate) async fn revoke_self(State(app): State<App>, acting: Acting) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let own = row::of_user(transaction, organization, acting.caller.user)?.ok_or(ApiError::NotFound)?;
            let bound = in_force(transaction, organization, PolicyType::ORGANIZATION_DATA_OWNERSHIP)?
                && !is_exempt(transaction, organization, acting.caller.user, own.kind)?;
            if !bound || own.status != CONFIRMED {
                return Err(ApiError::refused(
                    "User is not eligible for self-revocation. The organization data ownership policy must be enabled \
                     and the user must be a confirmed member.",
                ));
            }
            let reason = RevocationReason::ORGANIZATION_DATA_OWNERSHIP;
            set_revoked(transaction, &acting, own.id, reason, EventType::MEMBER_REVOKED_SELF)
        })
        .await
}

pub(crate) async fn restore(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
    OptionalBody(request): OptionalBody<IdsRequest>,
) -> Result<(), ApiError> {
    let my_items = my_items(request.and_then(|request| request.default_user_collection_name))?;
    app.store
        .write(move |transaction| {
            let member = row::find(transaction, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
            check_somebody_else(&acting, &member, "restore")?;
            restore_one(transaction, &acting, &member, my_items.as_deref())
        })
        .await
}

pub(crate) async fn restore_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    let my_items = my_items(request.default_user_collection_name)?;
    app.store
        .write(move |transaction| {
            each(ids, |id| {
                let member = row::find(transaction, acting.organization(), id)?.ok_or(ApiError::NotFound);
                let restored =
                    member.and_then(|member| restore_one(transaction, &acting, &member, my_items.as_deref()));
                result(id, restored)
            })
        })
        .await
}

/// Marks a member as revoked; groups, grants and keys stay for when access is given back.
pub(in crate::api) fn set_revoked(
    connection: &Connection,
    acting: &Acting,
    id: Uuid,
    reason: RevocationReason,
    event: EventType,
) -> Result<(), ApiError> {
    connection.execute(
        "UPDATE members SET status = ?, revocation_reason = ?, revised = ? WHERE id = ?",
        (REVOKED, reason.0, Moment::now(), id),
    )?;
    revision::of_member(connection, id)?;
    Ok(events::about_member(connection, acting, event, id)?)
}

fn check_may_revoke(acting: &Acting, member: &MemberRow) -> Result<(), ApiError> {
    if member.status == REVOKED {
        return Err(ApiError::refused("Already revoked."));
    }
    check_rank(acting, member, "revoke")
}

/// Said before anything else to who names one member, and to who names several only after what that member is: so the
/// official servers have it.
fn check_somebody_else(acting: &Acting, member: &MemberRow, do_it: &str) -> Result<(), ApiError> {
    if member.user == Some(acting.caller.user) {
        return Err(ApiError::refused(format!("You cannot {do_it} yourself.")));
    }
    Ok(())
}

/// Whether the caller stands high enough to `do_it` to this member, who is somebody else.
fn check_rank(acting: &Acting, member: &MemberRow, do_it: &str) -> Result<(), ApiError> {
    check_somebody_else(acting, member, do_it)?;
    if member.kind == OWNER && !acting.access.owns() {
        Err(ApiError::refused(format!("Only owners can {do_it} other owners.")))
    } else if member.kind == ADMIN && !acting.access.administers() {
        Err(ApiError::refused("Custom users can not manage Admins or Owners."))
    } else {
        Ok(())
    }
}

fn restore_one(
    connection: &Connection,
    acting: &Acting,
    member: &MemberRow,
    my_items: Option<&str>,
) -> Result<(), ApiError> {
    let (organization, id) = (acting.organization(), member.id);
    if member.status != REVOKED {
        return Err(ApiError::refused("Already active."));
    }
    check_rank(acting, member, "restore")?;
    if let Some(user) = member.user {
        check_compliance(connection, organization, user, member)?;
    }
    seats::make_room(connection, organization, 1)?;
    let status = member.status_when_restored();
    connection.execute(
        "UPDATE members SET status = ?, revocation_reason = NULL, revised = ? WHERE id = ?",
        (status, Moment::now(), id),
    )?;
    if status == CONFIRMED {
        give_my_items(connection, organization, id, my_items)?;
    }
    revision::of_member(connection, id)?;
    Ok(events::about_member(connection, acting, EventType::MEMBER_RESTORED, id)?)
}

fn check_compliance(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
    member: &MemberRow,
) -> Result<(), ApiError> {
    let obstacles = obstacles(connection, organization, user, member.kind)?;
    let has = |obstacle| obstacles.contains(&obstacle);
    let problem = match (has(Obstacle::NoTwoStep), has(Obstacle::OtherOrganizations)) {
        (true, true) => "is not compliant with the single organization and two-step login policy",
        (true, false) => "is not compliant with the two-step login policy",
        (false, true) => "is not compliant with the single organization policy",
        (false, false) if has(Obstacle::ForbiddenElsewhere) => {
            "belongs to an organization that doesn't allow them to join multiple organizations"
        }
        (false, false) if would_run_two_for_free(connection, organization, user, member.kind)? => {
            return Err(ApiError::refused(
                "User is an owner/admin of another free organization. Please have them upgrade to a paid plan to \
                 restore their account.",
            ));
        }
        (false, false) => return Ok(()),
    };
    Err(ApiError::refused(format!("{} {problem}", member.email)))
}
