//! An organization itself, as it is read (protocol.md §4.7).

mod api_key;
mod billing;
mod change;
mod create;
mod new;

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::ListResponse;
use portico_protocol::organization::{
    MemberStatus, OrganizationPublicKeyResponse, OrganizationResponse, PlanType, PolicyType,
    ProfileOrganization,
};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use uuid::Uuid;

use super::path::OrganizationId;
use super::plan::{features, set_features};
use super::policies::settings_in_force;
use super::{plans, profile};
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess};
use crate::error::ApiError;

pub(crate) use api_key::{api_key, rotate_api_key};
pub(crate) use billing::{metadata, subscription};
pub(crate) use change::{collection_management, delete, set_keys, update};
pub(crate) use create::create;
pub(super) use new::{MOST_SEATS, NewOrganization};

/// Those of which the caller is a confirmed member, as the profile has them.
pub(crate) async fn of_caller(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ListResponse<ProfileOrganization>>, ApiError> {
    app.store
        .read(move |connection| {
            let mut all = profile::memberships(connection, caller.user)?;
            all.retain(|organization| organization.status == MemberStatus::CONFIRMED);
            Ok(Json(ListResponse::complete(all)))
        })
        .await
}

pub(crate) async fn read(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<OrganizationResponse>, ApiError> {
    app.store
        .read(move |connection| Ok(Json(find(connection, access.organization)?.ok_or(ApiError::NotFound)?)))
        .await
}

/// `GET /organizations/{id or identifier}/auto-enroll-status`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AutoEnrolStatus {
    object: &'static str,
    id: Uuid,
    reset_password_enabled: bool,
}

/// Whether accepting an invitation enrols in account recovery; asked by people who are not members yet.
pub(crate) async fn auto_enrol_status(
    State(app): State<App>,
    Path(identifier): Path<String>,
) -> Result<Json<AutoEnrolStatus>, ApiError> {
    app.store
        .read(move |connection| {
            let id = connection
                .prepare_cached("SELECT id FROM organizations WHERE id = ? OR identifier = ?")?
                .query_row((identifier.parse::<Uuid>().unwrap_or_default(), &identifier), |row| row.get(0))
                .optional()?
                .ok_or(ApiError::NotFound)?;
            let settings = settings_in_force(connection, id, PolicyType::RESET_PASSWORD)?;
            Ok(Json(AutoEnrolStatus {
                object: "organizationAutoEnrollStatus",
                id,
                reset_password_enabled: settings.is_some_and(|data| data["autoEnrollEnabled"] == true),
            }))
        })
        .await
}

/// Anybody may wrap something for an organization.
pub(crate) async fn public_key(
    State(app): State<App>,
    OrganizationId(organization): OrganizationId,
) -> Result<Json<OrganizationPublicKeyResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let key: Option<Option<String>> = connection
                .prepare_cached("SELECT public_key FROM organizations WHERE id = ?")?
                .query_row([organization], |row| row.get(0))
                .optional()?;
            Ok(Json(OrganizationPublicKeyResponse {
                object: "organizationPublicKey".into(),
                public_key: key.ok_or(ApiError::NotFound)?,
                ..OrganizationPublicKeyResponse::default()
            }))
        })
        .await
}

/// The organization `id` with everything that its plan says of it.
fn find(connection: &Connection, id: Uuid) -> Result<Option<OrganizationResponse>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT id, name, business_name, billing_email, plan_type, seats, max_autoscale_seats,
                 max_collections, max_storage_gb, use_secrets_manager, public_key IS NOT NULL,
                 limit_collection_creation, limit_collection_deletion, limit_item_deletion,
                 allow_admin_access_to_all_collection_items
             FROM organizations WHERE id = ?",
        )?
        .query_row([id], |row| {
            let plan_type = PlanType(row.get(4)?);
            let features = features(plan_type);
            let mut organization = OrganizationResponse {
                id: row.get(0)?,
                object: "organization".into(),
                name: row.get(1)?,
                business_name: row.get(2)?,
                billing_email: row.get(3)?,
                plan: Some(plans::plan(plan_type)),
                plan_type,
                seats: row.get(5)?,
                max_autoscale_seats: row.get(6)?,
                max_collections: row.get(7)?,
                max_storage_gb: row.get(8)?,
                use_secrets_manager: row.get(9)?,
                has_public_and_private_keys: row.get(10)?,
                limit_collection_creation: row.get(11)?,
                limit_collection_deletion: row.get(12)?,
                limit_item_deletion: row.get(13)?,
                allow_admin_access_to_all_collection_items: row.get(14)?,
                ..OrganizationResponse::default()
            };
            set_features!(organization, features);
            // Clients made from the official server's own description know it by this name.
            let same = organization.use_disable_sm_ads_for_users;
            organization.extra.insert("useDisableSmAdsForUsers".into(), same.into());
            Ok(organization)
        })
        .optional()
}

/// What the organization is called.
pub(super) fn name(connection: &Connection, id: Uuid) -> Result<String, rusqlite::Error> {
    connection
        .prepare_cached("SELECT name FROM organizations WHERE id = ?")?
        .query_row([id], |row| row.get(0))
}
