//! The organization's own API key (protocol.md §4.7): the secret of `organization.{id}`.

use axum::Json;
use axum::extract::State;
use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;
use uuid::Uuid;

use crate::api::api_key::ApiKey;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::verification::{Secret, verified};
use crate::moment::Moment;
use crate::secrets::random_token;

#[derive(Deserialize)]
pub(crate) struct Request {
    /// 0 is the only kind that this server has.
    #[serde(rename = "type", default)]
    kind: Option<i32>,
    #[serde(flatten)]
    secret: Secret,
}

/// The key that there is, made on the first call.
pub(crate) async fn api_key(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<Request>,
) -> Result<Json<ApiKey>, ApiError> {
    answer(app, acting, request, false).await
}

/// A new one; the old one is nothing any more.
pub(crate) async fn rotate_api_key(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<Request>,
) -> Result<Json<ApiKey>, ApiError> {
    answer(app, acting, request, true).await
}

async fn answer(app: App, acting: Acting, request: Request, rotate: bool) -> Result<Json<ApiKey>, ApiError> {
    verified(&app, acting.caller.user, request.secret).await?;
    if request.kind.is_some_and(|kind| kind != 0) {
        return Err(ApiError::refused("This kind of API key does not exist on this server."));
    }
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            match kept(transaction, organization)? {
                Some(key) if !rotate => Ok(Json(key)),
                _ => Ok(Json(make(transaction, organization)?)),
            }
        })
        .await
}

fn kept(connection: &Connection, organization: Uuid) -> Result<Option<ApiKey>, rusqlite::Error> {
    connection
        .query_row(
            "SELECT secret, revised FROM organization_api_keys WHERE organization_id = ?",
            [organization],
            |row| Ok(ApiKey::new(row.get::<_, String>(0)?, row.get(1)?)),
        )
        .optional()
}

fn make(connection: &Connection, organization: Uuid) -> Result<ApiKey, ApiError> {
    let (key, revised) = (random_token::<22>()?, Moment::now());
    connection.execute(
        "INSERT INTO organization_api_keys (organization_id, secret, revised) VALUES (?, ?, ?)
         ON CONFLICT (organization_id) DO UPDATE SET secret = excluded.secret, revised = excluded.revised",
        (organization, &key, revised),
    )?;
    Ok(ApiKey::new(key, revised))
}
