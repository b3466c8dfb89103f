//! Event logs (protocol.md §4.9 and §5.10).

use rusqlite::Connection;

use crate::bulk::BulkEvent;
use crate::moment::Moment;

/// Writes one line into the log.
pub(crate) fn record(connection: &Connection, event: &BulkEvent) -> Result<(), rusqlite::Error> {
    let date = event.date.map_or_else(Moment::now, Moment::from);
    connection
        .prepare_cached(
            "INSERT INTO events (date, type, user_id, organization_id, provider_id, cipher_id, collection_id, group_id,
                 policy_id, organization_user_id, provider_user_id, provider_organization_id, acting_user_id,
                 device_type, ip_address, system_user, domain_name)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(rusqlite::params![
            date,
            event.kind,
            event.user_id,
            event.organization_id,
            event.provider_id,
            event.cipher_id,
            event.collection_id,
            event.group_id,
            event.policy_id,
            event.organization_user_id,
            event.provider_user_id,
            event.provider_organization_id,
            event.acting_user_id,
            event.device_type,
            event.ip_address,
            event.system_user,
            event.domain_name,
        ])?;
    Ok(())
}
