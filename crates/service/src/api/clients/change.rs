//! Renaming a client and giving it seats (protocol.md §5.8).

use axum::extract::State;
use portico_protocol::organization::{OrganizationStatus, PlanType};
use portico_protocol::provider::requests::ClientUpdateRequest;

use super::create::absent;
use super::link;
use super::seats::{Billable, plan_of};
use crate::api::organizations::MOST_SEATS;
use crate::api::path::ProviderOrganizationId;
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;

/// Service users move seats inside what is paid for already; admins buy more.
pub(crate) async fn update(
    State(app): State<App>,
    acting: ActingForProvider,
    ProviderOrganizationId(id): ProviderOrganizationId,
    Body(request): Body<ClientUpdateRequest>,
) -> Result<(), ApiError> {
    let name = request.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| absent("Name", "'name'"))?.to_owned();
    at_most("Name", &name, 50)?;
    let seats = request.assigned_seats.ok_or_else(|| absent("AssignedSeats", "'assignedSeats'"))?;
    if seats < 0 {
        return Err(ApiError::refused("You cannot assign negative seats to a client organization."));
    }
    if seats > MOST_SEATS {
        return Err(ApiError::refused("Selected plan allows a maximum of 1000000 additional users."));
    }
    app.store
        .write(move |transaction| {
            let provider = acting.provider();
            Billable::find(transaction, provider)?;
            let link = link::find(transaction, provider, id)?.ok_or(ApiError::NotFound)?;
            let (plan, status, before): (i32, i32, Option<i64>) = transaction
                .prepare_cached("SELECT plan_type, status, seats FROM organizations WHERE id = ?")?
                .query_row([link.organization], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            if OrganizationStatus(status) != OrganizationStatus::MANAGED {
                return Err(ApiError::Billing("the client pays for itself"));
            }
            let more = i64::from(seats) - before.unwrap_or(0);
            let plan = plan_of(transaction, provider, PlanType(plan))?;
            if plan.needs_purchase(more) && !acting.access.is_admin {
                return Err(ApiError::UnauthorizedBecause("Service users cannot purchase additional seats."));
            }
            let now = Moment::now();
            transaction.execute(
                "UPDATE organizations SET name = ?, seats = ?, revised = ? WHERE id = ?",
                (name, seats, now, link.organization),
            )?;
            revision::of_organization(transaction, link.organization)?;
            Ok(revision::of_provider(transaction, provider)?)
        })
        .await
}
