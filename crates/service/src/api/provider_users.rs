//! The people of a provider as they are read (protocol.md §5.6).

mod accept;
mod change;
mod confirm;
mod invite;
mod remove;
mod row;

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::organization::Permissions;
use portico_protocol::organization::requests::BulkMemberResult;
use portico_protocol::provider::{
    ProviderUserDetails, ProviderUserResponse, ProviderUserStatus, ProviderUserType,
};
use uuid::Uuid;

use super::path::ProviderUserId;
use super::people::bulk_row;
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;

pub(crate) use accept::accept;
pub(super) use accept::check_may_join;
pub(crate) use change::update;
pub(crate) use confirm::{confirm, confirm_many, public_keys};
pub(crate) use invite::{invite, reinvite, reinvite_many};
pub(crate) use remove::{remove, remove_many};

pub(crate) async fn list(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ListResponse<ProviderUserDetails>>, ApiError> {
    app.store
        .read(move |connection| {
            let users = connection
                .prepare_cached(
                    "SELECT p.id, p.user_id, p.type, p.status, u.name, coalesce(u.email, p.email, '')
                     FROM provider_users p LEFT JOIN users u ON u.id = p.user_id
                     WHERE p.provider_id = ? ORDER BY coalesce(u.email, p.email), p.id",
                )?
                .query_map([access.provider], |row| {
                    Ok(ProviderUserDetails {
                        id: row.get(0)?,
                        object: "providerUserUserDetails".into(),
                        user_id: row.get(1)?,
                        role: ProviderUserType(row.get(2)?),
                        status: ProviderUserStatus(row.get(3)?),
                        permissions: Some(Permissions::default()),
                        name: row.get(4)?,
                        email: row.get(5)?,
                        ..ProviderUserDetails::default()
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(Json(ListResponse::complete(users)))
        })
        .await
}

pub(crate) async fn read(
    State(app): State<App>,
    access: ProviderAccess,
    ProviderUserId(id): ProviderUserId,
) -> Result<Json<ProviderUserResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let user = row::find_in(connection, access.provider, id)?.ok_or(ApiError::NotFound)?;
            Ok(Json(ProviderUserResponse {
                id,
                object: "providerUser".into(),
                user_id: user.user,
                role: user.role,
                status: user.status,
                permissions: Some(Permissions::default()),
                ..ProviderUserResponse::default()
            }))
        })
        .await
}

/// How every row of a bulk route fared, each for itself. Nothing is said of rows for which there is no outcome: they do not
/// exist (protocol.md §5.6).
fn each<T>(
    rows: Vec<T>,
    id: impl Fn(&T) -> Uuid,
    mut one: impl FnMut(T) -> Result<Option<Result<(), ApiError>>, ApiError>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let id = id(&row);
        if let Some(outcome) = one(row)? {
            results.push(bulk_row(id, "providerBulkConfirmResponseModel", outcome)?);
        }
    }
    Ok(Json(ListResponse::complete(results)))
}

/// The single forms of routes whose rows are checked one by one: what is wrong with the row is not told
/// (protocol.md §5.6).
fn swallowed(outcome: Result<(), ApiError>) -> Result<(), ApiError> {
    match outcome {
        Err(ApiError::Refused(_)) => Ok(()),
        outcome => outcome,
    }
}
