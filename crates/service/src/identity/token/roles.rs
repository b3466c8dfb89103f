//! What an access token says of a person's roles.

use portico_protocol::organization::MemberType;
use portico_protocol::provider::ProviderUserType;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::permissions::{Permission, Permissions};

/// The role claims of a user, rebuilt on every issue (protocol.md §1.6, §5.3).
pub(super) fn role_claims(
    connection: &Connection,
    user: Uuid,
) -> Result<Map<String, Value>, rusqlite::Error> {
    let mut values: Vec<(&'static str, Uuid)> = Vec::new();

    let mut members = connection.prepare_cached(
        "SELECT m.organization_id, m.type, m.permissions, m.access_secrets_manager AND o.use_secrets_manager
         FROM members m
         JOIN organizations o ON o.id = m.organization_id AND o.enabled
         WHERE m.user_id = ? AND m.status = 2 ORDER BY m.organization_id",
    )?;
    let mut rows = members.query([user])?;
    while let Some(row) = rows.next()? {
        let organization = row.get(0)?;
        let permissions: Permissions = row.get(2)?;
        if row.get(3)? {
            values.push(("accesssecretsmanager", organization));
        }
        match MemberType(row.get(1)?) {
            MemberType::OWNER => values.push(("orgowner", organization)),
            MemberType::ADMIN => values.push(("orgadmin", organization)),
            MemberType::CUSTOM => {
                values.push(("orgcustom", organization));
                for (permission, claim) in Permission::ALL {
                    if permissions.contains(permission) {
                        values.push((claim, organization));
                    }
                }
            }
            _ => values.push(("orguser", organization)),
        }
    }

    let mut providers = connection.prepare_cached(
        "SELECT provider_id, type FROM provider_users WHERE user_id = ? AND status = 2 ORDER BY provider_id",
    )?;
    let mut rows = providers.query([user])?;
    while let Some(row) = rows.next()? {
        let is_admin = ProviderUserType(row.get(1)?) == ProviderUserType::PROVIDER_ADMIN;
        let claim = if is_admin { "providerprovideradmin" } else { "providerserviceuser" };
        values.push((claim, row.get(0)?));
    }

    let mut claims = Map::new();
    for (claim, id) in values {
        match claims.get_mut(claim) {
            None => {
                claims.insert(claim.to_owned(), json!(id));
            }
            Some(Value::Array(ids)) => ids.push(json!(id)),
            Some(one) => *one = json!([one.take(), id]),
        }
    }
    Ok(claims)
}
