//! Devices (protocol.md §1.7).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_protocol::ListResponse;
use rusqlite::{OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::authorize::Caller;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::identity::by_email;
use crate::moment::Moment;

/// `device`. No device of this service is trusted, and none waits for its sign-in to be approved.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Device {
    object: &'static str,
    id: Uuid,
    name: String,
    #[serde(rename = "type")]
    kind: i32,
    identifier: String,
    creation_date: Moment,
    last_activity_date: Moment,
    is_trusted: bool,
    encrypted_user_key: Option<String>,
    encrypted_public_key: Option<String>,
    device_pending_auth_request: Option<Value>,
}

const COLUMNS: &str = "id, name, type, identifier, created, last_seen";

impl Device {
    fn read(row: &Row<'_>) -> Result<Device, rusqlite::Error> {
        Ok(Device {
            object: "device",
            id: row.get(0)?,
            name: row.get(1)?,
            kind: row.get(2)?,
            identifier: row.get(3)?,
            creation_date: row.get(4)?,
            last_activity_date: row.get(5)?,
            is_trusted: false,
            encrypted_user_key: None,
            encrypted_public_key: None,
            device_pending_auth_request: None,
        })
    }
}

/// From where the caller has signed in.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ListResponse<Device>>, ApiError> {
    app.store
        .read(move |connection| {
            let devices = connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM devices WHERE user_id = ? ORDER BY created, identifier"
                ))?
                .query_map([caller.user], Device::read)?
                .collect::<Result<_, _>>()?;
            Ok(Json(ListResponse::complete(devices)))
        })
        .await
}

pub(crate) async fn by_identifier(
    State(app): State<App>,
    caller: Caller,
    Path(identifier): Path<String>,
) -> Result<Json<Device>, ApiError> {
    app.store
        .read(move |connection| {
            let device = connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM devices WHERE user_id = ? AND identifier = ?"
                ))?
                .query_row((caller.user, identifier), Device::read)
                .optional()?;
            device.map(Json).ok_or(ApiError::NotFound)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushToken {
    #[serde(default)]
    push_token: Option<String>,
}

/// Keeps the push token of one of the caller's devices; nothing is pushed to it.
pub(crate) async fn set_token(
    State(app): State<App>,
    caller: Caller,
    Path(identifier): Path<String>,
    Body(body): Body<PushToken>,
) -> Result<(), ApiError> {
    at_most("PushToken", body.push_token.as_deref().unwrap_or_default(), 255)?;
    app.store
        .write(move |transaction| {
            let changed = transaction.execute(
                "UPDATE devices SET push_token = ? WHERE user_id = ? AND identifier = ?",
                (body.push_token, caller.user, identifier),
            )?;
            if changed == 0 { Err(ApiError::NotFound) } else { Ok(()) }
        })
        .await
}

/// A device that signed out is to hear of nothing any more. Whoever knows its identifier may say so: what is known of it
/// is not told.
pub(crate) async fn clear_token(
    State(app): State<App>,
    Path(identifier): Path<String>,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            transaction.execute("UPDATE devices SET push_token = NULL WHERE identifier = ?", [identifier])?;
            Ok(())
        })
        .await
}

/// `GET /devices/knowndevice`: asked before a sign-in.
pub(crate) async fn known(State(app): State<App>, headers: HeaderMap) -> Result<Json<bool>, ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let email = text("X-Request-Email")
        .and_then(|coded| URL_SAFE_NO_PAD.decode(coded.trim_end_matches('=')).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let (Some(email), Some(device)) = (email, text("X-Device-Identifier").map(str::to_owned)) else {
        return Ok(Json(false));
    };
    app.store
        .read(move |connection| {
            let Some(account) = by_email(connection, &email)? else { return Ok(Json(false)) };
            let known = connection
                .prepare_cached("SELECT 1 FROM devices WHERE user_id = ? AND identifier = ?")?
                .exists((account.id, device))?;
            Ok(Json(known))
        })
        .await
}
