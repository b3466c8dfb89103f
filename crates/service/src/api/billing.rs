//! Consolidated billing: figures computed from seats (protocol.md §5.9). Nothing is ever charged.

mod invoices;
mod payment;
mod report;
mod warnings;

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::{PlanType, ProductTier};
use portico_protocol::provider::billing::{
    BillingAddress, Decimal, ProviderPlanResponse, ProviderSubscriptionResponse, SubscriptionSuspension,
    TaxInformation,
};
use portico_protocol::provider::{ProviderStatus, ProviderType};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::clients::{PlanSeats, is_billable, plans_of};
use super::plans::is_annual;
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;
use crate::moment::Moment;

pub(crate) use invoices::{insert as insert_invoice, invoices};
use invoices::{period_end, period_start};
pub(super) use payment::{Payment, address_of};
pub(crate) use payment::{address, credit, pay_by_bitcoin, payment_method, set_address, set_payment_method};
pub(crate) use report::report;
pub(crate) use warnings::warnings;

/// Days that an unpaid subscription goes on.
const GRACE_PERIOD: i32 = 30;

/// A provider as billing sees it.
struct Billed {
    kind: ProviderType,
    enabled: bool,
    payment: Option<Payment>,
    address: Option<BillingAddress>,
    /// Cents.
    credit: i64,
    /// Up to when invoices were written.
    billed_until: Option<Moment>,
}

impl Billed {
    /// # Errors
    /// 404 where there is none, 401 where it is not billable (protocol.md §5.9).
    fn find(connection: &Connection, provider: Uuid) -> Result<Billed, ApiError> {
        type Row = (i32, i32, bool, Option<String>, Option<String>, i64, Option<Moment>);
        let found: Option<Row> = connection
            .prepare_cached(
                "SELECT type, status, enabled, payment_method, billing_address, account_credit, billed_until
                 FROM providers WHERE id = ?",
            )?
            .query_row([provider], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                ))
            })
            .optional()?;
        let (kind, status, enabled, payment, address, credit, billed_until) =
            found.ok_or(ApiError::NotFound)?;
        let kind = ProviderType(kind);
        if !is_billable(kind, ProviderStatus(status)) {
            return Err(ApiError::Unauthorized);
        }
        let payment = payment.as_deref().map(serde_json::from_str).transpose()?.map(Payment::stored);
        let address = address.as_deref().map(serde_json::from_str).transpose()?;
        Ok(Billed { kind, enabled, payment, address, credit, billed_until })
    }
}

/// `GET /providers/{id}/billing/subscription`: service users read it as well, for the arithmetic of seats.
pub(crate) async fn subscription(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ProviderSubscriptionResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let billed = Billed::find(connection, access.provider)?;
            let now = Moment::now();
            let until = period_end(now);
            // Who does not pay for a month is suspended with its end, and after the days of grace the subscription ends.
            let suspension = (!billed.enabled).then(|| SubscriptionSuspension {
                suspension_date: Some(period_start(now).into()),
                unpaid_period_end_date: Some(period_start(now).into()),
                grace_period: GRACE_PERIOD,
                ..SubscriptionSuspension::default()
            });
            Ok(Json(ProviderSubscriptionResponse {
                status: if billed.enabled { "active" } else { "unpaid" }.into(),
                current_period_end_date: Some(until.into()),
                collection_method: match billed.payment {
                    Some(_) => "charge_automatically",
                    None => "send_invoice",
                }
                .into(),
                plans: plans_of(connection, access.provider)?.into_iter().map(plan).collect(),
                account_credit: Decimal::from_hundredths(billed.credit),
                tax_information: billed.address.map(tax_information),
                cancel_at: suspension.as_ref().map(|_| cancelled_at(now).into()),
                suspension,
                provider_type: billed.kind,
                payment_source: billed.payment.as_ref().map(Payment::source),
                ..ProviderSubscriptionResponse::default()
            }))
        })
        .await
}

/// When the subscription of a suspended provider ends.
fn cancelled_at(now: Moment) -> Moment {
    period_end(now).plus_seconds(i64::from(GRACE_PERIOD) * 86_400)
}

fn plan(seats: PlanSeats) -> ProviderPlanResponse {
    let paid = seats.minimum + seats.purchased();
    let narrow = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    ProviderPlanResponse {
        plan_name: seats.plan.display_name().unwrap_or_default().into(),
        kind: seats.plan,
        product_tier: seats.plan.product_tier().unwrap_or(ProductTier::ENTERPRISE),
        seat_minimum: narrow(seats.minimum),
        purchased_seats: narrow(seats.purchased()),
        assigned_seats: narrow(seats.assigned),
        cost: Decimal::from_hundredths(paid * provider_seat_price(seats.plan)),
        cadence: if is_annual(seats.plan) { "Annual" } else { "Monthly" }.into(),
        ..ProviderPlanResponse::default()
    }
}

fn tax_information(address: BillingAddress) -> TaxInformation {
    let tax = address.tax_id;
    TaxInformation {
        country: address.country,
        postal_code: address.postal_code,
        tax_id: tax.as_ref().map(|tax| tax.value.clone()),
        tax_id_type: tax.map(|tax| tax.code),
        line1: address.line1,
        line2: address.line2,
        city: address.city,
        state: address.state,
        ..TaxInformation::default()
    }
}

/// Made-up prices of a seat for a period of the plan, in cents, so that a demo's figures add up.
pub fn provider_seat_price(plan: PlanType) -> i64 {
    match plan {
        PlanType::TEAMS_MONTHLY => 400,
        PlanType::ENTERPRISE_ANNUALLY => 6_000,
        _ => 600,
    }
}
