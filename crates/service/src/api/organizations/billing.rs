//! What an organization would pay (protocol.md §4.7): figures from its seats, no payments.

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::{OrganizationResponse, OrganizationStatus, ProductTier};
use portico_protocol::provider::ProviderType;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::find;
use crate::api::members::occupied_seats;
use crate::api::plan::features;
use crate::api::plans;
use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;

/// `organizationSubscription`: the organization, and what it pays.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    #[serde(flatten)]
    organization: OrganizationResponse,
    storage_name: Option<String>,
    storage_gb: Option<f64>,
    customer_discount: Option<Value>,
    subscription: Option<Value>,
    upcoming_invoice: Option<Value>,
    expiration: Option<String>,
    expiration_without_grace_period: Option<String>,
    pending_annual_upgrade: Option<Value>,
    sm_service_accounts_grace: Option<i32>,
    exempt_from_billing_automation: bool,
}

/// Owners do not see it where a provider pays (protocol.md §5.3).
pub(crate) async fn subscription(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<Subscription>, ApiError> {
    app.store
        .read(move |connection| {
            let provider = provider_type(connection, access.organization)?;
            let provider_pays = provider.is_some_and(|kind| kind != ProviderType::RESELLER);
            if provider_pays && access.provider.is_none() {
                return Err(ApiError::NotFound);
            }
            let mut organization = find(connection, access.organization)?.ok_or(ApiError::NotFound)?;
            organization.object = "organizationSubscription".into();
            let pays = features(organization.plan_type).tier != ProductTier::FREE && !provider_pays;
            Ok(Json(Subscription {
                subscription: pays.then(|| own_subscription(&organization)),
                organization,
                storage_name: None,
                storage_gb: None,
                customer_discount: None,
                upcoming_invoice: None,
                expiration: None,
                expiration_without_grace_period: None,
                pending_annual_upgrade: None,
                sm_service_accounts_grace: None,
                exempt_from_billing_automation: false,
            }))
        })
        .await
}

/// `GET /organizations/{id}/billing/metadata`, for banners about seats.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    is_eligible_for_self_host: bool,
    is_managed: bool,
    is_on_secrets_manager_standalone: bool,
    is_subscription_unpaid: bool,
    has_subscription: bool,
    has_open_invoice: bool,
    invoice_due_date: Option<String>,
    invoice_created_date: Option<String>,
    sub_period_end_date: Option<String>,
    is_subscription_canceled: bool,
    organization_occupied_seats: i64,
}

pub(crate) async fn metadata(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<Metadata>, ApiError> {
    app.store
        .read(move |connection| {
            let organization = find(connection, access.organization)?.ok_or(ApiError::NotFound)?;
            let features = features(organization.plan_type);
            let status: i32 = connection
                .prepare_cached("SELECT status FROM organizations WHERE id = ?")?
                .query_row([access.organization], |row| row.get(0))?;
            let managed = OrganizationStatus(status) == OrganizationStatus::MANAGED;
            Ok(Json(Metadata {
                is_eligible_for_self_host: false,
                is_managed: managed,
                is_on_secrets_manager_standalone: false,
                is_subscription_unpaid: false,
                has_subscription: features.paid && !managed,
                has_open_invoice: false,
                invoice_due_date: None,
                invoice_created_date: None,
                sub_period_end_date: None,
                is_subscription_canceled: false,
                organization_occupied_seats: occupied_seats(connection, access.organization)?,
            }))
        })
        .await
}

fn own_subscription(organization: &OrganizationResponse) -> Value {
    let plan = organization.plan_type;
    let offer = plans::offer(plan);
    let (amount, quantity) = if offer.has_more_seats() {
        (offer.seat_price, organization.seats.unwrap_or(0))
    } else {
        (offer.base_price, 1)
    };
    json!({
        "trialStartDate": null,
        "trialEndDate": null,
        "periodStartDate": null,
        "periodEndDate": null,
        "cancelledAt": null,
        "cancelledDate": null,
        "cancelAtEndDate": false,
        "status": "active",
        "cancelled": false,
        "items": [{
            "productId": null,
            "name": plan.display_name(),
            "amount": amount,
            "quantity": quantity,
            "interval": if plans::is_annual(plan) { "year" } else { "month" },
            "sponsoredSubscriptionItem": false,
            "addonSubscriptionItem": false,
            "productName": plan.display_name(),
        }],
        "collectionMethod": "send_invoice",
        "suspensionDate": null,
        "unpaidPeriodEndDate": null,
        "gracePeriod": null,
    })
}

fn provider_type(
    connection: &Connection,
    organization: Uuid,
) -> Result<Option<ProviderType>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT p.type FROM provider_organizations l JOIN providers p ON p.id = l.provider_id
             WHERE l.organization_id = ?",
        )?
        .query_row([organization], |row| row.get(0).map(ProviderType))
        .optional()
}
