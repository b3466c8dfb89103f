//! What a provider pays for: read, and kept with the time of reading (protocol.md §5.9). Payments are made in the web
//! vault.

use portico_estate::{ProviderRights, SeatPool};
use portico_profile::{BillingRead, Unlocked};
use portico_protocol::provider::billing::{
    ProviderInvoicesResponse, ProviderPlanResponse, ProviderSubscriptionResponse, ProviderWarningsResponse,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::actions::{Acting, ActionError, LOOK};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::http::ApiClient;

/// Reads the subscription and the warnings, for provider admins the invoices too, and keeps them. A server without
/// warnings (they are of the cloud) has none. A provider without consolidated billing has no bill, and nothing is asked.
///
/// # Errors
/// See [`ActionError`]; what could be read before it is kept.
pub async fn refresh_billing(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    stop: &CancellationToken,
) -> Result<(), ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    match read_and_keep(&acting, provider).await {
        Err(ActionError::Api(error)) => Err(acting.refused(error).await),
        outcome => outcome,
    }
}

async fn read_and_keep(acting: &Acting<'_>, provider: Uuid) -> Result<(), ActionError> {
    let unlocked = acting.unlocked;
    let membership = acting.membership(provider)?;
    if !portico_estate::is_billable(&membership) {
        return Ok(());
    }
    let at = format!("/providers/{provider}/billing");
    let keep = |read: BillingRead| {
        if let Err(error) = aside(|| unlocked.keep_billing(provider, vec![read])) {
            tracing::warn!(%error, "what a provider pays for is not kept");
        }
    };
    let subscription: ProviderSubscriptionResponse = acting.look(&format!("{at}/subscription")).await?;
    keep(BillingRead::Subscription(Box::new(subscription)));
    match acting.look::<ProviderWarningsResponse>(&format!("{at}/vnext/warnings")).await {
        Ok(warnings) => keep(BillingRead::Warnings(warnings)),
        Err(error @ (ApiError::Cancelled | ApiError::SignedOut)) => return Err(error.into()),
        Err(error) => tracing::info!(%provider, %error, "no warnings"),
    }
    if ProviderRights::of(&membership).may_read_billing.is_ok() {
        let invoices: ProviderInvoicesResponse = acting.look(&format!("{at}/invoices")).await?;
        keep(BillingRead::Invoices(invoices.invoices));
    }
    Ok(())
}

/// As [`refresh_billing`], beside something that does not depend on it: what cannot be read now is read the next time.
pub(crate) async fn refresh_beside(acting: &Acting<'_>, provider: Uuid) {
    if let Err(error) = read_and_keep(acting, provider).await {
        tracing::info!(%provider, %error, "what a provider pays for was not read");
    }
}

/// One invoice by client, as the server's CSV. It is not kept.
///
/// # Errors
/// See [`ActionError`]: 404 where nothing is on the invoice.
pub async fn invoice_csv(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    invoice: &str,
    stop: &CancellationToken,
) -> Result<String, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    // An id is opaque, and comes from a server: as one segment of a path it can name nothing else.
    let invoice: String = url::form_urlencoded::byte_serialize(invoice.as_bytes()).collect();
    if matches!(invoice.as_str(), "" | "." | "..") {
        return Err(ActionError::NotRead);
    }
    let path = format!("/providers/{provider}/billing/invoices/{invoice}");
    let reply = acting.asking.get_reply(&path, LOOK, stop).await?;
    match reply.success() {
        Ok(body) => String::from_utf8(body).map_err(|_| acting.nonsense().into()),
        Err(error) => Err(acting.refused(error).await),
    }
}

/// The seats of one plan, for the arithmetic of seats.
pub fn seat_pool(plan: &ProviderPlanResponse) -> SeatPool {
    SeatPool {
        minimum: plan.seat_minimum.into(),
        purchased: plan.purchased_seats.into(),
        assigned: plan.assigned_seats.into(),
    }
}
