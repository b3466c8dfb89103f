//! The row that makes an organization a provider's client.

use portico_protocol::events::EventType;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::authorize::ActingForProvider;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;
use crate::moment::Moment;

/// A link of the acting provider.
pub(super) struct Link {
    pub(super) organization: Uuid,
}

/// Makes `organization` a client and writes the line of the log that says so.
pub(super) fn insert(
    connection: &Connection,
    acting: &ActingForProvider,
    organization: Uuid,
    key: &str,
    kind: EventType,
) -> Result<Uuid, ApiError> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    connection.execute(
        "INSERT INTO provider_organizations (id, provider_id, organization_id, organization_key, created, revised)
         VALUES (?, ?, ?, ?, ?, ?)",
        (id, acting.provider(), organization, key, now, now),
    )?;
    record(connection, acting, id, kind)?;
    Ok(id)
}

/// The link `id`, if it is one of `provider`'s.
pub(super) fn find(
    connection: &Connection,
    provider: Uuid,
    id: Uuid,
) -> Result<Option<Link>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT organization_id FROM provider_organizations WHERE id = ? AND provider_id = ?",
        )?
        .query_row((id, provider), |row| Ok(Link { organization: row.get(0)? }))
        .optional()
}

/// Whether any provider has `organization`.
pub(super) fn exists(connection: &Connection, organization: Uuid) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached("SELECT 1 FROM provider_organizations WHERE organization_id = ?")?
        .exists([organization])
}

pub(super) fn record(
    connection: &Connection,
    acting: &ActingForProvider,
    link: Uuid,
    kind: EventType,
) -> Result<(), rusqlite::Error> {
    let about = BulkEvent { provider_organization_id: Some(link), ..BulkEvent::default() };
    events::record_for_provider(connection, &acting.caller, acting.provider(), kind, about)
}
