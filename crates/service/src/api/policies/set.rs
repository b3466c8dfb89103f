//! Turning policies on and off (protocol.md §4.8).

use axum::Json;
use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::PolicyRequest;
use portico_protocol::organization::{PlanType, PolicyResponse, PolicyType};
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use super::{enforce, my_items, rules, stored};
use crate::api::fields;
use crate::api::path::PolicyNumber;
use crate::api::plan::features;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::{events, revision};

/// Takes the wrapped body and the flat one of before.
pub(crate) async fn set(
    State(app): State<App>,
    acting: Acting,
    PolicyNumber(kind): PolicyNumber,
    Body(request): Body<PolicyRequest>,
) -> Result<Json<PolicyResponse>, ApiError> {
    let (enabled, data) = match request.policy {
        Some(wrapped) => (wrapped.enabled, wrapped.data),
        None => (request.enabled, request.data),
    };
    let enabled = enabled.ok_or_else(|| fields::missing("Enabled"))?;
    rules::check_data(kind, data.as_ref())?;
    let name = request.metadata.and_then(|metadata| metadata.default_user_collection_name);
    let name = match name.filter(|name| !name.is_empty()) {
        Some(name) => Some(fields::encrypted("DefaultUserCollectionName", Some(name))?),
        None => None,
    };
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            check_plan(transaction, organization)?;
            let before = stored(transaction, organization, kind)?;
            let was_enabled = before.is_some_and(|policy| policy.is_on());
            rules::check_dependencies(transaction, organization, kind, was_enabled, enabled)?;
            let id = store(transaction, organization, kind, enabled, data.as_ref())?;
            if enabled && !was_enabled {
                enforce::on_enabling(transaction, &acting, kind)?;
            }
            if enabled && kind == PolicyType::ORGANIZATION_DATA_OWNERSHIP {
                my_items::give_everybody(transaction, organization, name.as_deref())?;
            }
            revision::of_organization(transaction, organization)?;
            let about = BulkEvent { policy_id: Some(id), ..BulkEvent::default() };
            events::in_organization(transaction, &acting, EventType::POLICY_UPDATED, about)?;
            Ok(Json(stored(transaction, organization, kind)?.ok_or(ApiError::NotFound)?))
        })
        .await
}

fn check_plan(connection: &Connection, organization: Uuid) -> Result<(), ApiError> {
    let plan =
        connection.query_row("SELECT plan_type FROM organizations WHERE id = ?", [organization], |row| {
            row.get(0)
        })?;
    if features(PlanType(plan)).enterprise {
        Ok(())
    } else {
        Err(ApiError::refused("This organization cannot use policies."))
    }
}

fn store(
    connection: &Connection,
    organization: Uuid,
    kind: PolicyType,
    enabled: bool,
    data: Option<&Value>,
) -> Result<Uuid, rusqlite::Error> {
    connection
        .prepare_cached(
            "INSERT INTO policies (id, organization_id, type, enabled, data, revised) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (organization_id, type) DO UPDATE SET enabled = excluded.enabled, data = excluded.data,
                 revised = excluded.revised
             RETURNING id",
        )?
        .query_row(
            (Uuid::new_v4(), organization, kind.0, enabled, data.map(Value::to_string), Moment::now()),
            |row| row.get(0),
        )
}
