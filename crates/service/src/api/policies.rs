//! Policies as they are read (protocol.md §4.8).

mod compliance;
mod enforce;
mod my_items;
mod rules;
mod set;

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use portico_protocol::ListResponse;
use portico_protocol::organization::{PlanType, PolicyResponse, PolicyStatusResponse, PolicyType};
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::Value;
use uuid::Uuid;

use super::members::{INVITED, MemberRow, find_row, of_user};
use super::path::{OrganizationId, PolicyNumber};
use super::plan::features;
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess};
use crate::error::ApiError;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;

pub(super) use compliance::{Obstacle, memberships_elsewhere, obstacles, settings_in_force};
pub(crate) use compliance::{in_force, is_exempt, settings_binding};
pub(super) use my_items::give_my_items;
pub(crate) use set::set;

/// Every type of policy there is, set or not.
const TYPES: std::ops::RangeInclusive<i32> = 0..=PolicyType::FILL_ASSIST.0;

pub(crate) async fn list(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<ListResponse<PolicyStatusResponse>>, ApiError> {
    app.store
        .read(move |connection| {
            let states = TYPES.map(|kind| status(connection, access.organization, PolicyType(kind)));
            Ok(Json(ListResponse::complete(states.collect::<Result<_, _>>()?)))
        })
        .await
}

pub(crate) async fn read(
    State(app): State<App>,
    access: OrganizationAccess,
    PolicyNumber(kind): PolicyNumber,
) -> Result<Json<PolicyStatusResponse>, ApiError> {
    app.store.read(move |connection| Ok(Json(status(connection, access.organization, kind)?))).await
}

/// What binds somebody who has not accepted yet: the token from the invitation is the leave to know.
pub(crate) async fn by_invitation(
    State(app): State<App>,
    OrganizationId(organization): OrganizationId,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<ListResponse<PolicyResponse>>, ApiError> {
    let given =
        |name: &str| query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let member: Option<Uuid> = given("organizationUserId").and_then(|id| id.parse().ok());
    let (Some(member), Some(email), Some(token)) = (member, given("email"), given("token")) else {
        return Err(ApiError::NotFound);
    };
    if !invitation::is_valid(&app.answers, Purpose::JoinOrganization, member, email, token, Moment::now()) {
        return Err(ApiError::NotFound);
    }
    app.store
        .read(move |connection| match find_row(connection, organization, member)? {
            Some(MemberRow { status: INVITED, .. }) => {
                Ok(Json(ListResponse::complete(enabled(connection, organization)?)))
            }
            _ => Err(ApiError::NotFound),
        })
        .await
}

/// What the organization demands of master passwords, for everybody in its list who was not revoked.
pub(crate) async fn master_password(
    State(app): State<App>,
    caller: Caller,
    OrganizationId(organization): OrganizationId,
) -> Result<Json<PolicyResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let own = of_user(connection, organization, caller.user)?.filter(|own| own.status >= INVITED);
            own.ok_or(ApiError::NotFound)?;
            let policies = enabled(connection, organization)?;
            let policy = policies.into_iter().find(|policy| policy.kind == PolicyType::MASTER_PASSWORD);
            Ok(Json(policy.ok_or(ApiError::NotFound)?))
        })
        .await
}

fn status(
    connection: &Connection,
    organization: Uuid,
    kind: PolicyType,
) -> Result<PolicyStatusResponse, ApiError> {
    let stored = stored(connection, organization, kind)?;
    Ok(PolicyStatusResponse {
        organization_id: organization,
        kind,
        object: "policy".into(),
        data: stored.as_ref().and_then(|policy| policy.data.clone()),
        enabled: Some(stored.is_some_and(|policy| policy.is_on())),
        can_toggle_state: true,
        ..PolicyStatusResponse::default()
    })
}

/// The policy as it was set last, if it ever was.
fn stored(
    connection: &Connection,
    organization: Uuid,
    kind: PolicyType,
) -> Result<Option<PolicyResponse>, ApiError> {
    connection
        .prepare_cached(
            "SELECT id, organization_id, type, data, enabled, revised FROM policies
             WHERE organization_id = ? AND type = ?",
        )?
        .query_row((organization, kind.0), |row| Ok(policy(row)))
        .optional()?
        .transpose()
}

/// The policies that are on, if the plan has any.
fn enabled(connection: &Connection, organization: Uuid) -> Result<Vec<PolicyResponse>, ApiError> {
    let plan: Option<i32> = connection
        .prepare_cached("SELECT plan_type FROM organizations WHERE id = ? AND enabled")?
        .query_row([organization], |row| row.get(0))
        .optional()?;
    if !plan.is_some_and(|plan| features(PlanType(plan)).enterprise) {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "SELECT id, organization_id, type, data, enabled, revised FROM policies
         WHERE organization_id = ? AND enabled ORDER BY type",
    )?;
    let mut rows = statement.query([organization])?;
    let mut policies = Vec::new();
    while let Some(row) = rows.next()? {
        policies.push(policy(row)?);
    }
    Ok(policies)
}

fn policy(row: &Row<'_>) -> Result<PolicyResponse, ApiError> {
    let data: Option<String> = row.get(3)?;
    Ok(PolicyResponse {
        id: row.get(0)?,
        organization_id: row.get(1)?,
        kind: PolicyType(row.get(2)?),
        object: "policy".into(),
        data: data.as_deref().map(serde_json::from_str::<Value>).transpose()?,
        enabled: row.get(4)?,
        revision_date: Some(row.get::<_, Moment>(5)?.into()),
        ..PolicyResponse::default()
    })
}
