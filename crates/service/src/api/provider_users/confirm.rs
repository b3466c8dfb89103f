//! Confirming people: giving them the provider's key (protocol.md §5.6).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{BulkMemberResult, IdsRequest, MemberPublicKey};
use portico_protocol::provider::ProviderUserStatus;
use portico_protocol::provider::requests::{ProviderUserBulkConfirmRequest, ProviderUserConfirmRequest};
use rusqlite::Connection;
use uuid::Uuid;

use super::row::{self, ProviderUserRow};
use super::{check_may_join, each, swallowed};
use crate::api::path::ProviderUserId;
use crate::api::{fields, people, providers};
use crate::app::App;
use crate::authorize::{ActingForProvider, ProviderAccess};
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, post};
use crate::{events, revision};

pub(crate) async fn public_keys(
    State(app): State<App>,
    access: ProviderAccess,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<MemberPublicKey>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    app.store
        .read(move |connection| {
            let waiting = |id| {
                let user = row::find_in(connection, access.provider, id)?;
                Ok(user.filter(|user| user.status == ProviderUserStatus::ACCEPTED).and_then(|user| user.user))
            };
            people::public_keys(connection, ids, "providerUserPublicKeyResponseModel", waiting).map(Json)
        })
        .await
}

/// 200 whatever is wrong with the row (protocol.md §5.6).
pub(crate) async fn confirm(
    State(app): State<App>,
    acting: ActingForProvider,
    ProviderUserId(id): ProviderUserId,
    Body(request): Body<ProviderUserConfirmRequest>,
) -> Result<(), ApiError> {
    let key = fields::wrapped_key("Key", request.key)?;
    app.store
        .write(move |transaction| match confirm_one(transaction, &acting, id, &key)? {
            Some(outcome) => swallowed(outcome),
            None => Ok(()),
        })
        .await
}

pub(crate) async fn confirm_many(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<ProviderUserBulkConfirmRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let keys = fields::confirmed_keys(request.keys)?;
    app.store
        .write(move |transaction| {
            each(keys, |(id, _)| *id, |(id, key)| confirm_one(transaction, &acting, id, &key))
        })
        .await
}

/// `None` where nobody stands behind the row, of which nothing is said (protocol.md §5.6).
fn confirm_one(
    connection: &Connection,
    acting: &ActingForProvider,
    id: Uuid,
    key: &str,
) -> Result<Option<Result<(), ApiError>>, ApiError> {
    let Some(ProviderUserRow { provider, user: Some(user), status, email, .. }) = row::find(connection, id)?
    else {
        return Ok(None);
    };
    if provider != acting.provider() || status != ProviderUserStatus::ACCEPTED {
        return Ok(Some(Err(ApiError::refused("Invalid user."))));
    }
    if let Err(refused) = check_may_join(connection, user) {
        return Ok(Some(Err(refused)));
    }
    let now = Moment::now();
    connection.execute(
        "UPDATE provider_users SET status = ?, provider_key = ?, email = NULL, revised = ? WHERE id = ?",
        (ProviderUserStatus::CONFIRMED.0, key, now, id),
    )?;
    events::about_provider_user(connection, acting, EventType::PROVIDER_USER_CONFIRMED, id)?;
    revision::of_user(connection, user)?;

    let name = providers::name(connection, provider)?;
    let letter = Letter {
        kind: MailKind::ProviderUserConfirmed,
        to: &email,
        subject: &format!("You have been confirmed to {name}"),
        fields: &[
            ("providerId", &provider.to_string()),
            ("providerUserId", &id.to_string()),
            ("providerName", &name),
        ],
        body: &format!("You work for the provider {name} now. Its clients are there after the next sync.\n"),
    };
    post(connection, &letter, now)?;
    Ok(Some(Ok(())))
}
