//! The provider itself: its name and address, and its end (protocol.md §5.5).

use portico_profile::{Profile, Unlocked};
use portico_protocol::provider::requests::{ProviderDeleteRequest, ProviderUpdateRequest};
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderResponse};
use portico_protocol::{ListResponse, SecretText};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::fate::Fate;
use super::{Acted, Acting, ActionError, Touched};
use crate::api_error::ApiError;
use crate::http::{ApiClient, Call, Change, Payload, Service, wiped_json};
use crate::sign_in::{SignInError, SignInRequest, hash_for, normal_email};

/// What a provider is called, and where its invoices go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSettings {
    /// At most 50 characters.
    pub name: String,
    /// At most 50 characters.
    pub business_name: Option<String>,
    /// At most 256 characters.
    pub billing_email: String,
}

/// Why a provider was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteProviderError {
    /// The server does not know this master password.
    #[error("the master password is wrong")]
    WrongPassword,
    /// All clients have to be let go first. The server would not say so (ui.md (b)).
    #[error("the provider has {clients} clients; unlink them first")]
    HasClients {
        /// As the server counts them now.
        clients: usize,
    },
    /// The master password could not be put to the server.
    #[error(transparent)]
    Verify(SignInError),
    /// As for any action.
    #[error(transparent)]
    Action(#[from] ActionError),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VerifyPassword<'a> {
    master_password_hash: &'a str,
}

/// The provider as the server has it now; as it was last read it is in the picture. One without a name waits to be set
/// up.
///
/// # Errors
/// See [`ActionError`].
pub async fn provider_settings(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    stop: &CancellationToken,
) -> Result<ProviderResponse, ActionError> {
    Acting::new(client, unlocked, stop).provider_now(provider).await
}

/// Changes name, business name and billing address.
///
/// # Errors
/// See [`ActionError`].
pub async fn update_provider(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    settings: &ProviderSettings,
    stop: &CancellationToken,
) -> Result<Acted<()>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let touched = Touched::provider(provider).and_profile();
    let body = ProviderUpdateRequest {
        name: Some(settings.name.trim().to_owned()),
        business_name: settings.business_name.as_deref().map(|name| name.trim().to_owned()),
        billing_email: Some(settings.billing_email.trim().to_lowercase()),
        ..ProviderUpdateRequest::default()
    };
    let path = format!("/providers/{provider}");
    let fate = acting.send(Change::Put, &path, Some(&body)).await;
    let is_so = || async {
        let now: ProviderResponse = acting.look(&path).await?;
        Ok(Some(&now.name) == body.name.as_ref()
            && now.business_name.as_deref().unwrap_or_default()
                == body.business_name.as_deref().unwrap_or_default()
            && now.billing_email == body.billing_email)
    };
    acting.settle(fate, &touched, is_so).await?;
    Ok(acting.acted((), touched).await)
}

/// Deletes a provider that has no clients, once the server knows the master password. One that is gone counts as deleted.
///
/// # Errors
/// See [`DeleteProviderError`].
pub async fn delete_provider(
    client: &ApiClient,
    profile: &Profile,
    unlocked: &Unlocked,
    provider: Uuid,
    password: &SecretText,
    stop: &CancellationToken,
) -> Result<Acted<()>, DeleteProviderError> {
    let acting = Acting::new(client, unlocked, stop);
    let touched = Touched::profile().and_token();
    let path = format!("/providers/{provider}");
    match acting.look::<ListResponse<ProviderOrganizationDetails>>(&format!("{path}/organizations")).await {
        Ok(clients) if !clients.data.is_empty() => {
            return Err(DeleteProviderError::HasClients { clients: clients.data.len() });
        }
        Ok(_) => {}
        Err(error) if error.status().is_some() && acting.is_no_member(provider).await.unwrap_or(false) => {
            return Ok(acting.acted((), touched).await);
        }
        Err(error) => return Err(acting.refused(error).await.into()),
    }
    verify(&acting, profile, password).await?;
    let fate = acting.send(Change::Delete, &path, None::<&()>).await;
    acting.settle(fate, &touched, || acting.is_no_member(provider)).await?;
    Ok(acting.acted((), touched).await)
}

/// Deletes a provider by the token of a mailed link, without a sign-in. One that is gone counts as deleted.
///
/// # Errors
/// See [`ApiError`]: a token that is wrong or too old is refused with a status of 400.
pub async fn delete_provider_with_token(
    client: &ApiClient,
    provider: Uuid,
    token: &SecretText,
    stop: &CancellationToken,
) -> Result<(), ApiError> {
    let body = ProviderDeleteRequest { token: token.copy() };
    let json = wiped_json(&body);
    let path = format!("/providers/{provider}/delete-recover-token");
    let call = Call::unsigned(Service::Api, &path, Payload::Change(Change::Post, Some(&json)));
    match Fate::of(client.send(&call, stop).await) {
        Fate::Done(_) | Fate::Refused(ApiError::Status { code: 404, .. }) => Ok(()),
        Fate::Refused(error) | Fate::Unknown(error) => Err(error),
    }
}

impl Acting<'_> {
    async fn is_no_member(&self, provider: Uuid) -> Result<bool, ApiError> {
        Ok(!self.profile_now().await?.providers.iter().any(|own| own.id == provider))
    }
}

/// Has the server check the master password (protocol.md §1.8). It is not sent.
async fn verify(
    acting: &Acting<'_>,
    profile: &Profile,
    password: &SecretText,
) -> Result<(), DeleteProviderError> {
    let Acting { asking, unlocked, stop } = *acting;
    let request = SignInRequest::new(unlocked.server().clone(), unlocked.email().to_owned(), password.copy());
    let email = normal_email(&request.email).map_err(DeleteProviderError::Verify)?;
    let known = profile.kdf(unlocked.account()).ok();
    let hash = hash_for(asking.client, &request, &email, known, stop).await;
    let hash = hash.map_err(|error| match error {
        SignInError::Api(error) => ActionError::from(error).into(),
        error => DeleteProviderError::Verify(error),
    })?;
    let hash = hash.to_base64();
    let body = VerifyPassword { master_password_hash: hash.expose() };
    match acting.send(Change::Post, "/accounts/verify-password", Some(&body)).await {
        Fate::Done(_) => Ok(()),
        Fate::Refused(ApiError::Status { code: 400, .. }) => Err(DeleteProviderError::WrongPassword),
        Fate::Refused(error) | Fate::Unknown(error) => Err(ActionError::from(error).into()),
    }
}
