//! Sending people of a provider away, and withdrawing invitations (protocol.md §5.6).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{BulkMemberResult, IdsRequest};
use rusqlite::Connection;
use uuid::Uuid;

use super::row::{self, ProviderUserRow, check_admin_stays};
use super::{each, swallowed};
use crate::api::path::ProviderUserId;
use crate::api::{fields, providers};
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, post};
use crate::{events, revision};

/// 200 also where nobody is (any more), and whatever is wrong with the row (protocol.md §5.6).
pub(crate) async fn remove(
    State(app): State<App>,
    acting: ActingForProvider,
    ProviderUserId(id): ProviderUserId,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            check_admin_stays(transaction, acting.provider(), &[id])?;
            match row::find(transaction, id)? {
                Some(found) => swallowed(delete(transaction, &acting, id, &found)),
                None => Ok(()),
            }
        })
        .await
}

/// Whether an admin stays is asked once, for all of them together.
pub(crate) async fn remove_many(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    app.store
        .write(move |transaction| {
            check_admin_stays(transaction, acting.provider(), &ids)?;
            each(
                ids,
                |id| *id,
                |id| Ok(row::find(transaction, id)?.map(|found| delete(transaction, &acting, id, &found))),
            )
        })
        .await
}

fn delete(
    connection: &Connection,
    acting: &ActingForProvider,
    id: Uuid,
    found: &ProviderUserRow,
) -> Result<(), ApiError> {
    if found.provider != acting.provider() {
        return Err(ApiError::refused("Invalid user."));
    }
    if found.user == Some(acting.caller.user) {
        return Err(ApiError::refused("You cannot remove yourself."));
    }
    connection.execute("DELETE FROM provider_users WHERE id = ?", [id])?;
    events::about_provider_user(connection, acting, EventType::PROVIDER_USER_REMOVED, id)?;
    let Some(user) = found.user else { return Ok(()) };
    revision::of_user(connection, user)?;
    let name = providers::name(connection, found.provider)?;
    let letter = Letter {
        kind: MailKind::ProviderUserRemoved,
        to: &found.email,
        subject: &format!("You have been removed from {name}"),
        fields: &[("providerId", &found.provider.to_string()), ("providerName", &name)],
        body: &format!("You do not work for the provider {name} any more.\n"),
    };
    Ok(post(connection, &letter, Moment::now())?)
}
