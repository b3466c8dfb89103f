//! What a person's organizations demand of the master password (protocol.md §1.4, §4.8 policy 1).

use portico_protocol::identity::MasterPasswordPolicy;
use rusqlite::Connection;
use uuid::Uuid;

/// The demands of all organizations together: the strictest of each.
pub(crate) fn demanded_of(
    connection: &Connection,
    user: Uuid,
) -> Result<MasterPasswordPolicy, rusqlite::Error> {
    let mut demanded = MasterPasswordPolicy { object: "masterPasswordPolicy".into(), ..Default::default() };
    let mut statement = connection.prepare_cached(
        "SELECT p.data FROM policies p
         JOIN members m ON m.organization_id = p.organization_id AND m.user_id = ? AND m.status = 2
         JOIN organizations o ON o.id = p.organization_id AND o.enabled
         WHERE p.type = 1 AND p.enabled AND p.data IS NOT NULL",
    )?;
    let mut rows = statement.query([user])?;
    while let Some(row) = rows.next()? {
        // Settings that cannot be read demand nothing: refusing the sign-in would lock everybody out.
        let Ok(data) = serde_json::from_str::<MasterPasswordPolicy>(row.get_ref(0)?.as_str()?) else {
            continue;
        };
        demanded.min_complexity = demanded.min_complexity.max(data.min_complexity);
        demanded.min_length = demanded.min_length.max(data.min_length);
        for (all, one) in [
            (&mut demanded.require_lower, data.require_lower),
            (&mut demanded.require_upper, data.require_upper),
            (&mut demanded.require_numbers, data.require_numbers),
            (&mut demanded.require_special, data.require_special),
            (&mut demanded.enforce_on_login, data.enforce_on_login),
        ] {
            *all = (*all).max(one);
        }
    }
    Ok(demanded)
}
