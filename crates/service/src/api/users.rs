//! Other people's public keys (protocol.md §1.8).

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::account::UserKeyResponse;
use uuid::Uuid;

use crate::app::App;
use crate::error::ApiError;
use crate::identity::by_id;

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
