//! Other people's public keys (protocol.md §1.8).

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::account::UserKeyResponse;
use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::error::ApiError;
use crate::identity::by_id;

/// The newer form, which has room for the keys of a signature that no account here has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicKeys {
    object: &'static str,
    public_key: Option<String>,
    signed_public_key: Option<String>,
    verifying_key: Option<String>,
}

pub(crate) async fn public_keys(app: State<App>, user: Path<String>) -> Result<Json<PublicKeys>, ApiError> {
    let Json(UserKeyResponse { public_key, .. }) = public_key(app, user).await?;
    Ok(Json(PublicKeys { object: "publicKeys", public_key, signed_public_key: None, verifying_key: None }))
}

pub(crate) async fn public_key(
    State(app): State<App>,
    Path(user): Path<String>,
) -> Result<Json<UserKeyResponse>, ApiError> {
    let user: Uuid = user.parse().map_err(|_| ApiError::NotFound)?;
    app.store
        .read(move |connection| {
            let account = by_id(connection, user)?.ok_or(ApiError::NotFound)?;
            Ok(Json(UserKeyResponse {
                user_id: user,
                object: "userKey".into(),
                public_key: account.public_key,
                ..UserKeyResponse::default()
            }))
        })
        .await
}
