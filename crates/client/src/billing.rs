//! What a provider pays for: read, and kept with the time of reading (protocol.md §5.9). Payments are made in the web
//! vault.

use portico_estate::{ProviderRights, SeatPool};
use portico_profile::{BillingRead, Unlocked};
use portico_protocol::provider::billing::{
    ProviderInvoicesResponse, ProviderPlanResponse, ProviderSubscriptionResponse, ProviderWarningsResponse,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::actions::{Acting, ActionError, LOOK, look};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::http::ApiClient;
use crate::refresh::Authorized;
use crate::sync::ends_everything;

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
    let invoices = ProviderRights::of(&membership).may_read_billing.is_ok();
    let (read, outcome) = read_bill(acting.asking, provider, invoices, acting.stop).await;
    if let Err(error) = aside(|| unlocked.keep_billing(provider, read)) {
        tracing::warn!(%error, "what a provider pays for is not kept");
    }
    Ok(outcome?)
}

/// Reads a bill, with its invoices where they are for the person to see. What could be read, and why not all of it.
pub(crate) async fn read_bill(
    asking: Authorized<'_>,
    provider: Uuid,
    invoices: bool,
    stop: &CancellationToken,
) -> (Vec<BillingRead>, Result<(), ApiError>) {
    let at = format!("/providers/{provider}/billing");
    let (subscription_at, warnings_at, invoices_at) =
        (format!("{at}/subscription"), format!("{at}/vnext/warnings"), format!("{at}/invoices"));
    let (subscription, warnings, invoices) = tokio::join!(
        look::<ProviderSubscriptionResponse>(asking, &subscription_at, stop),
        look::<ProviderWarningsResponse>(asking, &warnings_at, stop),
        async {
            match invoices {
                true => Some(look::<ProviderInvoicesResponse>(asking, &invoices_at, stop).await),
                false => None,
            }
        },
    );
    let mut read = Vec::new();
    let mut outcome = Ok(());
    let mut take = |part: Result<BillingRead, ApiError>, is_needed: bool| match part {
        Ok(part) => read.push(part),
        Err(error) if is_needed || ends_everything(&error) => {
            outcome = std::mem::replace(&mut outcome, Ok(())).and(Err(error));
        }
        Err(error) => tracing::info!(%provider, %error, "no warnings"),
    };
    take(subscription.map(|read| BillingRead::Subscription(Box::new(read))), true);
    take(warnings.map(BillingRead::Warnings), false);
    if let Some(invoices) = invoices {
        take(invoices.map(|read| BillingRead::Invoices(read.invoices)), true);
    }
    (read, outcome)
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
