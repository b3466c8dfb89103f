//! Becoming a member of a provider: the first admin sets it up, the others accept an invitation (protocol.md §5.4–5.6).
//!
//! Nothing here is called before a person has agreed to the host and to the provider that the link names.

use portico_crypto::ceremony::make_provider_key;
use portico_profile::{NoKey, Unlocked};
use portico_protocol::SecretText;
use portico_protocol::provider::billing::BillingAddress;
use portico_protocol::provider::requests::{PaymentToken, ProviderSetupRequest, ProviderUserAcceptRequest};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::fate::Fate;
use super::{Acted, Acting, ActionError, Touched};
use crate::aside::aside;
use crate::http::{ApiClient, Change};

/// The key of one provider, wrapped for its first admin, made before the provider is set up: who asks twice with the same
/// draft sets it up once. No `Debug`, no `Clone`: it stands for a key.
pub struct SetUpDraft {
    provider: Uuid,
    wrapped_key: String,
}

/// A provider as its first admin describes it. No `Debug`: it holds tokens.
pub struct ProviderSetUp {
    /// Of the link.
    pub token: SecretText,
    /// At most 50 characters.
    pub name: String,
    /// At most 50 characters.
    pub business_name: Option<String>,
    /// At most 256 characters.
    pub billing_email: String,
    /// What the payment provider's page handed out.
    pub payment: PaymentToken,
    /// Country and postal code at least.
    pub billing_address: BillingAddress,
}

/// An invitation that was accepted. An admin of the provider confirms it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// It had been accepted before.
    pub already: bool,
}

impl SetUpDraft {
    /// Makes the provider's key, wrapped for the person's own public key.
    ///
    /// # Errors
    /// [`ActionError::NotRead`] before the first sync, [`ActionError::Key`] without the person's private key.
    pub fn new(unlocked: &Unlocked, provider: Uuid) -> Result<Self, ActionError> {
        let picture = unlocked.picture();
        let wrapped_key = aside(|| picture.with_own_public_key(|own| make_provider_key(own).wrapped_key))?;
        match wrapped_key {
            Ok(wrapped_key) => Ok(Self { provider, wrapped_key }),
            Err(NoKey::NotThere) => Err(ActionError::NotRead),
            Err(error) => Err(error.into()),
        }
    }

    /// Which provider it is for.
    pub fn provider(&self) -> Uuid {
        self.provider
    }
}

/// Sets a provider up. It is in the picture afterwards, with its key.
///
/// # Errors
/// See [`ActionError`].
pub async fn set_up_provider(
    client: &ApiClient,
    unlocked: &Unlocked,
    draft: &SetUpDraft,
    set_up: &ProviderSetUp,
    stop: &CancellationToken,
) -> Result<Acted<()>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let provider = draft.provider;
    // A provider that waits is not in the profile; the token's claims carry it, and its key comes with the profile.
    let touched = Touched::provider(provider).and_profile().and_token();
    let body = ProviderSetupRequest {
        name: Some(set_up.name.trim().to_owned()),
        business_name: set_up.business_name.as_deref().map(|name| name.trim().to_owned()),
        billing_email: Some(set_up.billing_email.trim().to_owned()),
        token: Some(set_up.token.copy()),
        key: Some(draft.wrapped_key.clone()),
        payment_method: Some(PaymentToken {
            kind: set_up.payment.kind.clone(),
            token: set_up.payment.token.copy(),
        }),
        billing_address: Some(set_up.billing_address.clone()),
    };
    let fate = acting.send(Change::Post, &format!("/providers/{provider}/setup"), Some(&body)).await;
    let is_set_up = || async {
        let profile = acting.profile_now().await?;
        let wrapped_key = Some(draft.wrapped_key.as_str());
        Ok(profile.providers.iter().any(|own| own.id == provider && own.key.as_deref() == wrapped_key))
    };
    acting.settle(fate, &touched, is_set_up).await?;
    Ok(acting.acted((), touched).await)
}

/// Accepts the invitation into a provider, as whoever is signed in. `member`: providerUserId.
///
/// # Errors
/// See [`ActionError`]: the server refuses a token that is too old, or of another address.
pub async fn accept_provider_invitation(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    member: Uuid,
    token: &SecretText,
    stop: &CancellationToken,
) -> Result<Accepted, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let path = format!("/providers/{provider}/users/{member}/accept");
    let body = ProviderUserAcceptRequest { token: token.copy() };
    let mut fate = acting.send(Change::Post, &path, Some(&body)).await;
    let mut heard_nothing = false;
    if matches!(fate, Fate::Unknown(_)) && !stop.is_cancelled() {
        // Whoever is invited cannot look at the team; asking again tells, and does nothing twice.
        heard_nothing = true;
        fate = acting.send(Change::Post, &path, Some(&body)).await;
    }
    match fate {
        Fate::Done(_) => Ok(Accepted { already: false }),
        Fate::Refused(error) => match ActionError::from(error) {
            error if error.message().is_some_and(|words| says_accepted(words.as_str())) => {
                Ok(Accepted { already: !heard_nothing })
            }
            ActionError::Api(error) => Err(acting.refused(error).await),
            error => Err(error),
        },
        Fate::Unknown(source) => {
            Err(ActionError::Uncertain { touched: Box::new(Touched::profile()), source })
        }
    }
}

/// The sentence of protocol.md §5.6, compared without regard to case and final dots.
fn says_accepted(words: &str) -> bool {
    words.trim().to_lowercase().starts_with("already accepted")
}
