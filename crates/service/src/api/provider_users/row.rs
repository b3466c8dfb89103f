//! One row of a provider's list of people, as the routes that change it need it.

use portico_protocol::provider::{ProviderUserStatus, ProviderUserType};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::error::ApiError;

/// Somebody who works for a provider, or is invited to.
#[derive(Clone, Debug)]
pub(super) struct ProviderUserRow {
    pub(super) provider: Uuid,
    pub(super) user: Option<Uuid>,
    /// Where the invitation went; gone once somebody accepted it.
    pub(super) invited_email: Option<String>,
    /// The person's address, or where the invitation went.
    pub(super) email: String,
    pub(super) status: ProviderUserStatus,
    pub(super) role: ProviderUserType,
}

/// The row `id`, of whatever provider.
pub(super) fn find(connection: &Connection, id: Uuid) -> Result<Option<ProviderUserRow>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT p.provider_id, p.user_id, p.email, coalesce(u.email, p.email, ''), p.status, p.type
             FROM provider_users p LEFT JOIN users u ON u.id = p.user_id WHERE p.id = ?",
        )?
        .query_row([id], |row| {
            Ok(ProviderUserRow {
                provider: row.get(0)?,
                user: row.get(1)?,
                invited_email: row.get(2)?,
                email: row.get(3)?,
                status: ProviderUserStatus(row.get(4)?),
                role: ProviderUserType(row.get(5)?),
            })
        })
        .optional()
}

/// The row `id`, if it is one of `provider`'s.
pub(super) fn find_in(
    connection: &Connection,
    provider: Uuid,
    id: Uuid,
) -> Result<Option<ProviderUserRow>, rusqlite::Error> {
    Ok(find(connection, id)?.filter(|row| row.provider == provider))
}

/// # Errors
/// Nobody would be left to run the provider without `without`.
pub(super) fn check_admin_stays(
    connection: &Connection,
    provider: Uuid,
    without: &[Uuid],
) -> Result<(), ApiError> {
    let admins: Vec<Uuid> = connection
        .prepare_cached("SELECT id FROM provider_users WHERE provider_id = ? AND type = ? AND status = ?")?
        .query_map((provider, ProviderUserType::PROVIDER_ADMIN.0, ProviderUserStatus::CONFIRMED.0), |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    if admins.iter().any(|admin| !without.contains(admin)) {
        return Ok(());
    }
    Err(ApiError::refused("Provider must have at least one confirmed ProviderAdmin."))
}
