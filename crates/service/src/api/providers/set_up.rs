//! Setting up a provider that the server's staff made (protocol.md §5.5).

use axum::Json;
use axum::extract::State;
use portico_protocol::provider::requests::ProviderSetupRequest;
use portico_protocol::provider::{ProviderResponse, ProviderStatus, ProviderUserType};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::change::Names;
use super::find;
use crate::api::billing::{self, Payment};
use crate::api::{fields, provider_users};
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::account_of;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::revision;

/// The provider key is made by the caller's client and comes wrapped for the caller. Any text is a payment token here:
/// nobody is ever charged.
pub(crate) async fn set_up(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<ProviderSetupRequest>,
) -> Result<Json<ProviderResponse>, ApiError> {
    let names = Names::of(request.name.as_deref(), request.business_name, request.billing_email.as_deref())?;
    let token = request.token.ok_or_else(|| fields::missing("Token"))?;
    let key = fields::wrapped_key("Key", request.key)?;
    let payment = Payment::of(request.payment_method)?;
    let address = billing::address_of(request.billing_address)?;
    let store = app.store.clone();
    store
        .write(move |transaction| {
            let (provider, now) = (acting.provider(), Moment::now());
            let account = account_of(transaction, acting.caller.user)?;
            let own = admin_row(transaction, provider, acting.caller.user)?
                .ok_or_else(|| ApiError::refused("Invalid owner."))?;
            if status(transaction, provider)? != ProviderStatus::PENDING {
                return Err(ApiError::refused("Provider is already setup."));
            }
            let purpose = Purpose::SetUpProvider;
            if !invitation::is_valid(&app.answers, purpose, provider, &account.email, token.expose(), now) {
                return Err(ApiError::refused("Invalid token."));
            }
            provider_users::check_may_join(transaction, acting.caller.user)?;
            transaction.execute(
                "UPDATE providers SET name = ?, business_name = ?, billing_email = ?, payment_method = ?,
                     billing_address = ?, status = ?, billed_until = ?, revised = ? WHERE id = ?",
                (
                    names.name,
                    names.business_name,
                    names.billing_email,
                    serde_json::to_string(&payment.method())?,
                    serde_json::to_string(&address)?,
                    ProviderStatus::BILLABLE.0,
                    now,
                    now,
                    provider,
                ),
            )?;
            transaction.execute(
                "UPDATE provider_users SET provider_key = ?, revised = ? WHERE id = ?",
                (key, now, own),
            )?;
            revision::of_provider(transaction, provider)?;
            Ok(Json(find(transaction, provider)?))
        })
        .await
}

/// The row that makes `user` an admin of `provider`.
fn admin_row(connection: &Connection, provider: Uuid, user: Uuid) -> Result<Option<Uuid>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id FROM provider_users WHERE provider_id = ? AND user_id = ? AND type = ? AND status = 2",
        )?
        .query_row((provider, user, ProviderUserType::PROVIDER_ADMIN.0), |row| row.get(0))
        .optional()
}

/// Refuses what only a provider that is set up may do. Until then somebody is its admin by nothing but an address, and the
/// mailed token alone proves more than that.
pub(crate) fn require_set_up(connection: &Connection, provider: Uuid) -> Result<(), ApiError> {
    if status(connection, provider)? == ProviderStatus::PENDING {
        return Err(ApiError::refused("The provider is not set up yet."));
    }
    Ok(())
}

fn status(connection: &Connection, provider: Uuid) -> Result<ProviderStatus, ApiError> {
    let status = connection
        .prepare_cached("SELECT status FROM providers WHERE id = ?")?
        .query_row([provider], |row| row.get(0).map(ProviderStatus))
        .optional()?;
    status.ok_or(ApiError::NotFound)
}
