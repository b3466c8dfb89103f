//! Confirming members: giving them the organization's key (protocol.md §4.6).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{
    BulkConfirmRequest, BulkMemberResult, ConfirmRequest, IdsRequest, MemberPublicKey,
};
use rusqlite::Connection;
use uuid::Uuid;

use super::accept::would_run_two_for_free;
use super::bulk::{each, result};
use super::row::{self, ACCEPTED, CONFIRMED, MemberRow};
use crate::api::path::MemberId;
use crate::api::policies::{Obstacle, give_my_items, obstacles};
use crate::api::{fields, organizations, people};
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, post};
use crate::{events, revision};

pub(crate) async fn public_keys(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<MemberPublicKey>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    app.store
        .read(move |connection| {
            let waiting = |id| {
                let member = row::find(connection, acting.organization(), id)?;
                Ok(member.filter(|member| member.status == ACCEPTED).and_then(|member| member.user))
            };
            people::public_keys(connection, ids, "organizationUserPublicKeyResponseModel", waiting).map(Json)
        })
        .await
}

pub(crate) async fn confirm(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
    Body(request): Body<ConfirmRequest>,
) -> Result<(), ApiError> {
    let key = fields::wrapped_key("Key", request.key)?;
    let my_items = my_items(request.default_user_collection_name)?;
    app.store.write(move |transaction| confirm_one(transaction, &acting, id, &key, my_items.as_deref())).await
}

pub(crate) async fn confirm_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<BulkConfirmRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let keys = fields::confirmed_keys(request.keys)?;
    let my_items = my_items(request.default_user_collection_name)?;
    app.store
        .write(move |transaction| {
            each(keys, |(id, key)| {
                result(id, confirm_one(transaction, &acting, id, &key, my_items.as_deref()))
            })
        })
        .await
}

pub(super) fn my_items(name: Option<String>) -> Result<Option<String>, ApiError> {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => fields::encrypted("DefaultUserCollectionName", Some(name)).map(Some),
        None => Ok(None),
    }
}

fn confirm_one(
    connection: &Connection,
    acting: &Acting,
    id: Uuid,
    key: &str,
    my_items: Option<&str>,
) -> Result<(), ApiError> {
    let organization = acting.organization();
    let member = row::find(connection, organization, id)?;
    let Some(MemberRow { user: Some(user), status: ACCEPTED, kind, email, .. }) = member else {
        return Err(ApiError::refused("User not valid."));
    };
    if would_run_two_for_free(connection, organization, user, kind)? {
        return Err(ApiError::refused("User can only be an admin of one free organization."));
    }
    let problem = match obstacles(connection, organization, user, kind)?.first() {
        None => None,
        Some(Obstacle::NoTwoStep) => Some("User does not have two-step login enabled."),
        Some(Obstacle::OtherOrganizations) => Some(
            "Cannot confirm this member to the organization until they leave or remove all other organizations.",
        ),
        Some(Obstacle::ForbiddenElsewhere) => Some(
            "Cannot confirm this member to the organization because they are in another organization which forbids \
             it.",
        ),
    };
    if let Some(problem) = problem {
        return Err(ApiError::refused(problem));
    }
    let now = Moment::now();
    connection.execute(
        "UPDATE members SET status = ?, member_key = ?, email = NULL, revised = ? WHERE id = ?",
        (CONFIRMED, key, now, id),
    )?;
    give_my_items(connection, organization, id, my_items)?;
    events::about_member(connection, acting, EventType::MEMBER_CONFIRMED, id)?;
    revision::of_user(connection, user)?;

    let name = organizations::name(connection, organization)?;
    let letter = Letter {
        kind: MailKind::MemberConfirmed,
        to: &email,
        subject: &format!("You have been confirmed to {name}"),
        fields: &[
            ("organizationId", &organization.to_string()),
            ("organizationUserId", &id.to_string()),
            ("organizationName", &name),
        ],
        body: &format!("You are a member of {name} now. Its items are in your vault after the next sync.\n"),
    };
    Ok(post(connection, &letter, now)?)
}
