//! `POST /identity/connect/token` (protocol.md §1.3–1.5): the grants.

mod device;
mod form;
mod grants;
mod new_device;
mod organization;
mod refusal;
mod roles;
mod send_access;
mod two_factor;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use portico_protocol::identity::TokenResponse;

use crate::app::App;
use crate::authorize::device_type;
use crate::body::unreadable;
use crate::connections::Peer;
use crate::events::Actor;
use form::Form;
use refusal::Refused;

pub(crate) async fn issue(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<TokenResponse>, Refused> {
    let form = Form::parse(&body.map_err(unreadable)?);
    let origin = Origin {
        actor: Actor { device_type: device_type(&headers), ip: Some(peer.0.ip().to_string()) },
        version: headers
            .get("Bitwarden-Client-Version")
            .and_then(|version| version.to_str().ok())
            .is_some_and(is_version),
    };
    let outcome = match form.text("grant_type") {
        Some("password") => grants::password(&app, form, origin).await,
        Some("refresh_token") => grants::refresh(&app, form).await,
        Some("client_credentials") => {
            let client = form.text("client_id").and_then(|client| client.strip_prefix("organization."));
            match client.map(|id| id.parse().ok()) {
                Some(organization) => organization::client_credentials(&app, form, organization).await,
                None => grants::client_credentials(&app, form, origin).await,
            }
        }
        Some("send_access") => send_access::send_access(&app, form).await,
        _ => Err(Refused::plain("unsupported_grant_type")),
    };
    if outcome.as_ref().is_err_and(Refused::costs_the_delay) {
        tokio::time::sleep(app.config.login_delay).await;
    }
    outcome.map(Json)
}

/// What the request says besides its form.
struct Origin {
    actor: Actor,
    /// Whether there is a client version that can be read.
    version: bool,
}

/// As .NET's `Version`: two to four numbers with dots between them.
fn is_version(text: &str) -> bool {
    let numbers: Vec<&str> = text.trim().split('.').collect();
    (2..=4).contains(&numbers.len())
        && numbers.iter().all(|number| {
            !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<i32>().is_ok()
        })
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_have_two_to_four_numbers() {
        for good in ["2026.8.0", "1.15.0", "1.0", "1.2.3.4", " 2024.12.0"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", "2026", "1.2.3.4.5", "2026.8.0-beta", "1..2", "-1.0", "99999999999.1"] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
