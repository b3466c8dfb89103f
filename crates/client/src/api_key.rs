//! The token endpoint, asked with a personal API key (protocol.md §1.3, client credentials): no password hash, no second
//! step, no new-device code, and no refresh token.

use portico_profile::ApiKey;
use tokio_util::sync::CancellationToken;

use crate::api_error::ApiError;
use crate::http::{ApiClient, Call, Reply, form};

/// Asks for a token. Repeating it is harmless.
pub(crate) async fn ask_for_token(
    client: &ApiClient,
    key: &ApiKey,
    tries: u32,
    stop: &CancellationToken,
) -> Result<Reply, ApiError> {
    let device = client.device();
    let (id, identifier, name) = (key.client_id(), device.identifier.to_string(), device.name());
    let form = form([
        ("grant_type", "client_credentials"),
        ("client_id", id.as_str()),
        ("client_secret", key.secret.expose()),
        ("scope", "api"),
        ("deviceType", device.kind()),
        ("deviceIdentifier", &identifier),
        ("deviceName", &name),
    ]);
    client.send(&Call::for_token(&form, tries), stop).await
}
