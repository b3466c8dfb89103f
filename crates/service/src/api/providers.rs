//! Providers: the provider itself, its members and its clients (protocol.md §5.5–5.7).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::organization::{Permissions, PlanType};
use portico_protocol::provider::{
    ProviderOrganizationDetails, ProviderResponse, ProviderType, ProviderUserDetails, ProviderUserStatus,
    ProviderUserType,
};
use rusqlite::OptionalExtension;

use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;
use crate::moment::Moment;

pub(crate) async fn read(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ProviderResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let provider = connection
                .prepare_cached(
                    "SELECT id, name, business_name, business_address1, business_address2, business_address3,
                         business_country, business_tax_number, billing_email, created, type
                     FROM providers WHERE id = ?",
                )?
                .query_row([access.provider], |row| {
                    Ok(ProviderResponse {
                        id: row.get(0)?,
                        object: "provider".into(),
                        name: row.get(1)?,
                        business_name: row.get(2)?,
                        business_address1: row.get(3)?,
                        business_address2: row.get(4)?,
                        business_address3: row.get(5)?,
                        business_country: row.get(6)?,
                        business_tax_number: row.get(7)?,
                        billing_email: row.get(8)?,
                        creation_date: Some(row.get::<_, Moment>(9)?.into()),
                        kind: ProviderType(row.get(10)?),
                        ..ProviderResponse::default()
                    })
                })
                .optional()?;
            Ok(Json(provider.ok_or(ApiError::NotFound)?))
        })
        .await
}

pub(crate) async fn users(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ListResponse<ProviderUserDetails>>, ApiError> {
    app.store
        .read(move |connection| {
            let users = connection
                .prepare_cached(
                    "SELECT p.id, p.user_id, p.type, p.status, u.name, coalesce(u.email, p.email, '')
                     FROM provider_users p LEFT JOIN users u ON u.id = p.user_id
                     WHERE p.provider_id = ? ORDER BY coalesce(u.email, p.email), p.id",
                )?
                .query_map([access.provider], |row| {
                    Ok(ProviderUserDetails {
                        id: row.get(0)?,
                        object: "providerUserUserDetails".into(),
                        user_id: row.get(1)?,
                        role: ProviderUserType(row.get(2)?),
                        status: ProviderUserStatus(row.get(3)?),
                        permissions: Some(Permissions::default()),
                        name: row.get(4)?,
                        email: row.get(5)?,
                        ..ProviderUserDetails::default()
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(Json(ListResponse::complete(users)))
        })
        .await
}

pub(crate) async fn organizations(
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
