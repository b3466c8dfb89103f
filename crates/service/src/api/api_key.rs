//! The personal API key (protocol.md §1.3, §1.8).

use axum::Json;
use axum::extract::State;
use portico_protocol::SecretText;
use serde::Serialize;

use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::verification::{Secret, unchanged, verified};
use crate::moment::Moment;
use crate::secrets::random_token;

/// `apiKey`: a person's or an organization's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKey {
    object: &'static str,
    api_key: SecretText,
    revision_date: Moment,
}

impl ApiKey {
    pub(super) fn new(key: impl Into<SecretText>, revised: Moment) -> ApiKey {
        ApiKey { object: "apiKey", api_key: key.into(), revision_date: revised }
    }
}

pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<Json<ApiKey>, ApiError> {
    let account = verified(&app, caller.user, secret).await?;
    let revised = account.created;
    app.store
        .read(move |connection| {
            let revision_date: Option<Moment> = connection.query_row(
                "SELECT api_key_revised FROM users WHERE id = ?",
                [account.id],
                |row| row.get(0),
            )?;
            Ok(Json(ApiKey::new(account.api_key, revision_date.unwrap_or(revised))))
        })
        .await
}

/// A new key; the old one signs in nobody any more. Sessions that it began go on until their token ends.
pub(crate) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<Json<ApiKey>, ApiError> {
    let account = verified(&app, caller.user, secret).await?;
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            let now = Moment::now();
            // 22 bytes come to the 30 characters that clients expect.
            let key = random_token::<22>()?;
            transaction.execute(
                "UPDATE users SET api_key = ?, api_key_revised = ? WHERE id = ?",
                (&key, now, account.id),
            )?;
            Ok(Json(ApiKey::new(key, now)))
        })
        .await
}
