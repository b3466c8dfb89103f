//! The client organizations of a provider as they are read (protocol.md §5.7).

mod addable;
mod change;
mod create;
mod existing;
mod link;
mod plan_rule;
mod seats;
mod unlink;

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::organization::PlanType;
use portico_protocol::provider::ProviderOrganizationDetails;

use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;
use crate::moment::Moment;

pub(crate) use addable::addable;
pub(crate) use change::update;
pub(crate) use create::{create, create_legacy};
pub(crate) use existing::{add_legacy, existing};
pub(super) use seats::{PlanSeats, is_billable, plans_of};
pub(crate) use unlink::unlink;

pub(crate) async fn list(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ListResponse<ProviderOrganizationDetails>>, ApiError> {
    app.store
        .read(move |connection| {
            let clients = connection
                .prepare_cached(
                    "SELECT p.id, p.organization_id, o.name, p.organization_key, p.settings, p.created, p.revised,
                         o.seats, o.plan_type,
                         (SELECT count(*) FROM members m WHERE m.organization_id = o.id AND m.status = 2),
                         (SELECT count(*) FROM members m WHERE m.organization_id = o.id AND m.status IN (0, 1, 2))
                     FROM provider_organizations p JOIN organizations o ON o.id = p.organization_id
                     WHERE p.provider_id = ? ORDER BY o.name, p.id",
                )?
                .query_map([access.provider], |row| {
                    let seats: Option<i32> = row.get(7)?;
                    let occupied: i32 = row.get(10)?;
                    Ok(ProviderOrganizationDetails {
                        id: row.get(0)?,
                        organization_id: row.get(1)?,
                        object: "providerOrganizationOrganizationDetail".into(),
                        provider_id: Some(access.provider),
                        organization_name: row.get(2)?,
                        key: row.get(3)?,
                        settings: row.get(4)?,
                        creation_date: Some(row.get::<_, Moment>(5)?.into()),
                        revision_date: Some(row.get::<_, Moment>(6)?.into()),
                        user_count: row.get(9)?,
                        seats,
                        occupied_seats: Some(occupied),
                        remaining_seats: seats.map(|seats| seats - occupied),
                        plan: PlanType(row.get(8)?).display_name().map(str::to_owned),
                        ..ProviderOrganizationDetails::default()
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(Json(ListResponse::complete(clients)))
        })
        .await
}
