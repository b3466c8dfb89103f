//! Bulk routes: each row fares for itself (protocol.md §4.6, "Bulk").

use axum::Json;
use portico_protocol::ListResponse;
use portico_protocol::organization::requests::BulkMemberResult;
use rusqlite::Connection;
use uuid::Uuid;

use super::roles::check_owner_stays;
use super::row::{self, MemberRow};
use crate::api::people::bulk_row;
use crate::error::ApiError;

/// How every row fared.
pub(super) fn each<T>(
    rows: Vec<T>,
    mut one: impl FnMut(T) -> Result<BulkMemberResult, ApiError>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let results = rows.into_iter().map(&mut one).collect::<Result<_, _>>()?;
    Ok(Json(ListResponse::complete(results)))
}

/// Does something that takes members away from `organization`: whether an owner stays is asked once, for all of them
/// together.
pub(super) fn each_who_goes(
    connection: &Connection,
    organization: Uuid,
    ids: Vec<Uuid>,
    one: impl Fn(&MemberRow) -> Result<(), ApiError>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    check_owner_stays(connection, organization, &ids)?;
    each(ids, |id| {
        let outcome = match row::find(connection, organization, id)? {
            None => Err(ApiError::NotFound),
            Some(member) => one(&member),
        };
        result(id, outcome)
    })
}

/// How the row `id` fared.
pub(super) fn result(id: Uuid, outcome: Result<(), ApiError>) -> Result<BulkMemberResult, ApiError> {
    let outcome = outcome.map_err(|error| match error {
        ApiError::NotFound => ApiError::refused("User invalid."),
        other => other,
    });
    bulk_row(id, "OrganizationBulkConfirmResponseModel", outcome)
}
