//! `GET /devices/knowndevice` (protocol.md §1.7): asked before a sign-in.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::error::ApiError;
use crate::identity::by_email;

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
