//! An organization itself (protocol.md §4.7).

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::organization::{OrganizationPublicKeyResponse, OrganizationResponse, PlanType};
use rusqlite::OptionalExtension;
use serde_json::{Value, json};
use uuid::Uuid;

use super::plan::{Features, features, set_features};
use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;

pub(crate) async fn read(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<OrganizationResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let organization = connection
                .prepare_cached(
                    "SELECT id, name, business_name, billing_email, plan_type, seats, max_autoscale_seats,
                         max_collections, max_storage_gb, use_secrets_manager, public_key IS NOT NULL,
                         limit_collection_creation, limit_collection_deletion, limit_item_deletion,
                         allow_admin_access_to_all_collection_items
                     FROM organizations WHERE id = ?",
                )?
                .query_row([access.organization], |row| {
                    let plan_type = PlanType(row.get(4)?);
                    let features = features(plan_type);
                    let mut organization = OrganizationResponse {
                        id: row.get(0)?,
                        object: "organization".into(),
                        name: row.get(1)?,
                        business_name: row.get(2)?,
                        billing_email: row.get(3)?,
                        plan: Some(plan(plan_type, features)),
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
                    Ok(organization)
                })
                .optional()?;
            Ok(Json(organization.ok_or(ApiError::NotFound)?))
        })
        .await
}

/// The part of the plan object that says what a plan is; prices have no place in a server without payments.
fn plan(plan: PlanType, features: Features) -> Value {
    json!({
        "object": "plan",
        "type": plan,
        "productTier": features.tier,
        "name": plan.display_name(),
        "isAnnual": plan.known_name().is_some_and(|name| name.contains("ANNUALLY") || name.contains("FAMILIES")),
        "canBeUsedByBusiness": features.teams,
        "hasPolicies": features.enterprise,
        "hasGroups": features.teams,
        "hasDirectory": features.teams,
        "hasEvents": features.teams,
        "hasTotp": features.paid,
        "has2fa": features.paid,
        "hasApi": features.teams,
        "hasSso": features.enterprise,
        "hasResetPassword": features.enterprise,
        "usersGetPremium": features.paid,
        "disabled": false,
    })
}

/// Anybody may wrap something for an organization.
pub(crate) async fn public_key(
    State(app): State<App>,
    Path(organization): Path<Uuid>,
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
