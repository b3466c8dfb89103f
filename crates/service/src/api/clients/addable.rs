//! The caller's own organizations that a provider could take on (protocol.md §5.8, "Addable").

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::{OrganizationStatus, PlanType, ProductTier};
use portico_protocol::provider::{AddableOrganization, ProviderType};
use rusqlite::Connection;
use uuid::Uuid;

use super::seats::{Billable, PlanSeats, plans_of};
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::error::ApiError;

/// No list object: a bare array.
pub(crate) async fn addable(
    State(app): State<App>,
    acting: ActingForProvider,
) -> Result<Json<Vec<AddableOrganization>>, ApiError> {
    app.store
        .read(move |connection| {
            let provider = Billable::find(connection, acting.provider())?;
            let plans = plans_of(connection, acting.provider())?;
            let found = candidates(connection, acting.caller.user, provider.kind, &plans)?;
            let rows = found.into_iter().map(|one| AddableOrganization {
                id: one.id,
                name: one.name,
                plan: match provider.kind {
                    ProviderType::MSP if one.plan.product_tier() == Some(ProductTier::TEAMS) => {
                        "Teams".into()
                    }
                    ProviderType::MSP => "Enterprise".into(),
                    _ => one.plan.display_name().unwrap_or_default().to_owned(),
                },
                seats: one.seats,
                disabled: !acting.access.is_admin && one.into.needs_purchase(one.seats.into()),
                ..AddableOrganization::default()
            });
            Ok(Json(rows.collect()))
        })
        .await
}

/// An organization that could be taken on.
pub(super) struct Candidate {
    pub(super) id: Uuid,
    name: String,
    plan: PlanType,
    seats: i32,
    /// The provider's plan that it would come under.
    pub(super) into: PlanSeats,
}

/// Those that `user` owns and that pay for themselves; a provider takes them on under a plan that it has.
pub(super) fn candidates(
    connection: &Connection,
    user: Uuid,
    provider: ProviderType,
    plans: &[PlanSeats],
) -> Result<Vec<Candidate>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT o.id, o.name, o.plan_type, o.seats FROM members m
         JOIN organizations o ON o.id = m.organization_id
         WHERE m.user_id = ?1 AND m.type = 0 AND m.status = 2 AND o.enabled AND o.status = ?2 AND o.seats > 0
           AND NOT o.use_secrets_manager
           AND NOT EXISTS (SELECT 1 FROM provider_organizations l WHERE l.organization_id = o.id)
         ORDER BY o.name, o.id",
    )?;
    let mut rows = statement.query((user, OrganizationStatus::CREATED.0))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let plan = PlanType(row.get(2)?);
        if let Some(into) = managed_plan(provider, plan, plans) {
            found.push(Candidate { id: row.get(0)?, name: row.get(1)?, plan, seats: row.get(3)?, into });
        }
    }
    Ok(found)
}

/// The plan of the provider that an organization on `plan` would come under.
fn managed_plan(provider: ProviderType, plan: PlanType, plans: &[PlanSeats]) -> Option<PlanSeats> {
    let tier = plan.product_tier()?;
    let is_fit = |one: &&PlanSeats| match (provider, tier) {
        (ProviderType::MSP, ProductTier::TEAMS) => one.plan == PlanType::TEAMS_MONTHLY,
        (ProviderType::MSP, ProductTier::ENTERPRISE) => one.plan == PlanType::ENTERPRISE_MONTHLY,
        // A business unit has one plan.
        (ProviderType::BUSINESS_UNIT, ProductTier::ENTERPRISE) => true,
        _ => false,
    };
    plans.iter().find(is_fit).copied()
}
