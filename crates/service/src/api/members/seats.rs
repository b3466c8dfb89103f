//! Seats: invited, accepted and confirmed members each take one (protocol.md §5.7).

use portico_protocol::organization::{PlanType, ProductTier};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::api::plan::features;
use crate::error::ApiError;

/// How many seats of `organization` are taken.
pub(in crate::api) fn occupied(connection: &Connection, organization: Uuid) -> Result<i64, rusqlite::Error> {
    connection
        .prepare_cached("SELECT count(*) FROM members WHERE organization_id = ? AND status IN (0, 1, 2)")?
        .query_row([organization], |row| row.get(0))
}

/// Makes room for `more` members. An organization that pays for itself grows by what is missing, up to the limit that
/// it set; one whose seats its provider buys does not.
///
/// # Errors
/// There is no room.
pub(super) fn make_room(connection: &Connection, organization: Uuid, more: i64) -> Result<(), ApiError> {
    let (plan, seats, most): (i32, Option<i64>, Option<i64>) = connection
        .prepare_cached("SELECT plan_type, seats, max_autoscale_seats FROM organizations WHERE id = ?")?
        .query_row([organization], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let Some(seats) = seats else { return Ok(()) };
    let needed = occupied(connection, organization)? + more;
    if needed <= seats {
        return Ok(());
    }
    if most.is_some_and(|most| needed > most) {
        return Err(ApiError::refused("Seat limit has been reached."));
    }
    // (type, status, enabled) of its provider. One that buys the seats does so when it is suspended too: nobody grows at its
    // cost.
    let provider: Option<(i32, i32, bool)> = connection
        .prepare_cached(
            "SELECT p.type, p.status, p.enabled FROM provider_organizations l JOIN providers p ON p.id = l.provider_id
             WHERE l.organization_id = ?",
        )?
        .query_row([organization], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match provider {
        Some((0 | 2, 2, _)) => {
            let problem = "Seat limit has been reached. Please contact your provider to add more seats.";
            return Err(ApiError::refused(problem));
        }
        Some((1, _, true)) => {
            let problem = "Seat limit has been reached. Contact your provider to purchase additional seats.";
            return Err(ApiError::refused(problem));
        }
        _ => {}
    }
    let tier = features(PlanType(plan)).tier;
    if tier != ProductTier::TEAMS && tier != ProductTier::ENTERPRISE {
        return Err(ApiError::refused("Plan does not allow additional seats."));
    }
    connection.execute("UPDATE organizations SET seats = ? WHERE id = ?", (needed, organization))?;
    Ok(())
}
