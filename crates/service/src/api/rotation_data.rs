//! What a client needs besides its own vault to make a new user key: the public keys of those for whom the old one is
//! sealed. Clients of the summer of 2026 ask here first.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::authorize::Caller;
use crate::error::ApiError;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RotationData {
    object: &'static str,
    organization_password_reset_key_data: Vec<RecoveringOrganization>,
    /// Emergency access, trusted devices and passkeys that unlock do not exist here.
    emergency_access_key_data: [(); 0],
    trusted_device_key_data: [(); 0],
    passkey_key_data: [(); 0],
}

/// One that may recover the account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecoveringOrganization {
    organization_id: Uuid,
    organization_name: String,
    organization_public_key: Option<String>,
}

pub(crate) async fn read(State(app): State<App>, caller: Caller) -> Result<Json<RotationData>, ApiError> {
    let organizations = app
        .store
        .read::<_, ApiError>(move |connection| {
            // As the rotation wants them: what an organization holds that revoked the person goes then.
            let mut statement = connection.prepare_cached(
                "SELECT o.id, o.name, o.public_key FROM members m JOIN organizations o ON o.id = m.organization_id
                 WHERE m.user_id = ? AND m.status <> -1 AND m.reset_password_key IS NOT NULL ORDER BY o.name, o.id",
            )?;
            let rows = statement.query_map([caller.user], |row| {
                Ok(RecoveringOrganization {
                    organization_id: row.get(0)?,
                    organization_name: row.get(1)?,
                    organization_public_key: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await?;
    Ok(Json(RotationData {
        object: "keyRotationData",
        organization_password_reset_key_data: organizations,
        emergency_access_key_data: [],
        trusted_device_key_data: [],
        passkey_key_data: [],
    }))
}
