//! Billing figures computed from seats; there are no payments (protocol.md §5.9).

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::{OrganizationStatus, PlanType};
use portico_protocol::provider::{ProviderStatus, ProviderType};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;

/// `GET /providers/{id}/billing/subscription`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    status: &'static str,
    current_period_end_date: Option<String>,
    discount_percentage: Option<f64>,
    collection_method: &'static str,
    plans: Vec<Plan>,
    account_credit: f64,
    tax_information: Option<Value>,
    cancel_at: Option<String>,
    suspension: Option<Value>,
    provider_type: ProviderType,
    payment_source: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    plan_name: Option<&'static str>,
    #[serde(rename = "type")]
    plan_type: PlanType,
    product_tier: Option<i32>,
    seat_minimum: i64,
    purchased_seats: i64,
    assigned_seats: i64,
    cost: f64,
    cadence: &'static str,
}

pub(crate) async fn subscription(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<Subscription>, ApiError> {
    app.store
        .read(move |connection| {
            let provider = connection
                .prepare_cached("SELECT type, status FROM providers WHERE id = ?")?
                .query_row([access.provider], |row| {
                    Ok((ProviderType(row.get(0)?), ProviderStatus(row.get(1)?)))
                })
                .optional()?;
            let (provider_type, status) = provider.ok_or(ApiError::NotFound)?;
            let billable = provider_type != ProviderType::RESELLER && status == ProviderStatus::BILLABLE;
            if !billable {
                return Err(ApiError::Unauthorized);
            }
            Ok(Json(Subscription {
                status: "active",
                current_period_end_date: None,
                discount_percentage: None,
                collection_method: "send_invoice",
                plans: plans(connection, access.provider)?,
                account_credit: 0.0,
                tax_information: None,
                cancel_at: None,
                suspension: None,
                provider_type,
                payment_source: None,
            }))
        })
        .await
}

fn plans(connection: &Connection, provider: Uuid) -> Result<Vec<Plan>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT p.plan_type, p.seat_minimum,
                 (SELECT coalesce(sum(o.seats), 0) FROM provider_organizations l
                  JOIN organizations o ON o.id = l.organization_id
                  WHERE l.provider_id = p.provider_id AND o.plan_type = p.plan_type AND o.status = ?2)
             FROM provider_plans p WHERE p.provider_id = ?1 ORDER BY p.plan_type",
        )?
        .query_map((provider, OrganizationStatus::MANAGED.0), |row| {
            let plan_type = PlanType(row.get(0)?);
            let (seat_minimum, assigned_seats): (i64, i64) = (row.get(1)?, row.get(2)?);
            let purchased_seats = (assigned_seats - seat_minimum).max(0);
            let yearly = plan_type == PlanType::ENTERPRISE_ANNUALLY;
            Ok(Plan {
                plan_name: plan_type.display_name(),
                plan_type,
                product_tier: plan_type.product_tier().map(|tier| tier.0),
                seat_minimum,
                purchased_seats,
                assigned_seats,
                cost: (seat_minimum + purchased_seats) as f64 * provider_seat_price(plan_type),
                cadence: if yearly { "Annual" } else { "Monthly" },
            })
        })?
        .collect()
}

/// Made-up prices of a seat, so that a demo's figures add up.
pub(super) fn provider_seat_price(plan: PlanType) -> f64 {
    match plan {
        PlanType::TEAMS_MONTHLY => 4.0,
        PlanType::ENTERPRISE_ANNUALLY => 60.0,
        _ => 6.0,
    }
}
