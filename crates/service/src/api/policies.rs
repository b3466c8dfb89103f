//! Policies (protocol.md §4.8).

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::organization::{PolicyStatusResponse, PolicyType};
use serde_json::Value;

use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;

/// Every type of policy there is, set or not.
const TYPES: std::ops::RangeInclusive<i32> = 0..=PolicyType::FILL_ASSIST.0;

pub(crate) async fn list(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<ListResponse<PolicyStatusResponse>>, ApiError> {
    app.store
        .read(move |connection| {
            let mut set: HashMap<i32, (bool, Option<Value>)> = HashMap::new();
            let mut statement = connection
                .prepare_cached("SELECT type, enabled, data FROM policies WHERE organization_id = ?")?;
            let mut rows = statement.query([access.organization])?;
            while let Some(row) = rows.next()? {
                let data: Option<String> = row.get(2)?;
                set.insert(
                    row.get(0)?,
                    (row.get(1)?, data.as_deref().map(serde_json::from_str).transpose()?),
                );
            }
            let policies = TYPES
                .map(|kind| {
                    let (enabled, data) = set.remove(&kind).unwrap_or_default();
                    PolicyStatusResponse {
                        organization_id: access.organization,
                        kind: PolicyType(kind),
                        object: "policy".into(),
                        data,
                        enabled,
                        can_toggle_state: true,
                        ..PolicyStatusResponse::default()
                    }
                })
                .collect();
            Ok(Json(ListResponse::complete(policies)))
        })
        .await
}
