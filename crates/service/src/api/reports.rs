//! Reports about a whole organization (protocol.md §4.10): who reaches which items, and by which way. What is said of items
//! is their ids; the trash is not counted.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use rusqlite::{Connection, Row};
use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::authorize::OrganizationAccess;
use crate::error::ApiError;

/// One way by which one member reaches one collection; a member without any has one row as well.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberAccess {
    #[serde(flatten)]
    member: Member,
    two_factor_enabled: bool,
    account_recovery_enabled: bool,
    collection_id: Option<Uuid>,
    group_id: Option<Uuid>,
    group_name: Option<String>,
    collection_name: Option<String>,
    read_only: Option<bool>,
    hide_passwords: Option<bool>,
    manage: Option<bool>,
    cipher_ids: Vec<Uuid>,
}

/// Every item that one member reaches, by whatever way.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberCiphers {
    #[serde(flatten)]
    member: Member,
    cipher_ids: BTreeSet<Uuid>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    /// The organizationUserId, whatever the name: clients open the member by it.
    user_guid: Uuid,
    user_name: Option<String>,
    email: String,
    uses_key_connector: bool,
}

/// No list object: a bare array.
pub(crate) async fn member_access(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<Vec<MemberAccess>>, ApiError> {
    app.store.read(move |connection| Ok(Json(ways(connection, access.organization)?))).await
}

/// The same by member.
pub(crate) async fn member_ciphers(
    State(app): State<App>,
    access: OrganizationAccess,
) -> Result<Json<Vec<MemberCiphers>>, ApiError> {
    app.store
        .read(move |connection| {
            let mut members: Vec<MemberCiphers> = Vec::new();
            for way in ways(connection, access.organization)? {
                match members.last_mut() {
                    Some(last) if last.member.user_guid == way.member.user_guid => {
                        last.cipher_ids.extend(way.cipher_ids);
                    }
                    _ => members.push(MemberCiphers {
                        member: way.member,
                        cipher_ids: way.cipher_ids.into_iter().collect(),
                    }),
                }
            }
            Ok(Json(members))
        })
        .await
}

/// Of everybody who is not revoked, invitations included: member by member. Of an organization that is suspended nobody
/// reaches anything.
fn ways(connection: &Connection, organization: Uuid) -> Result<Vec<MemberAccess>, rusqlite::Error> {
    let ciphers = ciphers_of_collections(connection, organization)?;
    let mut statement = connection.prepare_cached(
        "WITH granted AS (
             SELECT a.member_id, a.collection_id, NULL AS group_id, a.read_only, a.hide_passwords, a.manage
             FROM collections c JOIN collection_members a ON a.collection_id = c.id WHERE c.organization_id = ?1
             UNION ALL
             SELECT g.member_id, a.collection_id, a.group_id, a.read_only, a.hide_passwords, a.manage
             FROM collections c JOIN collection_groups a ON a.collection_id = c.id
             JOIN group_members g ON g.group_id = a.group_id WHERE c.organization_id = ?1)
         SELECT m.id, u.name, coalesce(u.email, m.email, ''), coalesce(u.two_step, 0),
             m.reset_password_key IS NOT NULL, c.id, w.group_id, g.name, c.name, w.read_only, w.hide_passwords,
             w.manage
         FROM members m JOIN organizations o ON o.id = m.organization_id AND o.enabled
         LEFT JOIN users u ON u.id = m.user_id
         LEFT JOIN granted w ON w.member_id = m.id
         LEFT JOIN collections c ON c.id = w.collection_id
         LEFT JOIN groups g ON g.id = w.group_id
         WHERE m.organization_id = ?1 AND m.status IN (0, 1, 2)
         ORDER BY coalesce(u.email, m.email), m.id, c.id, w.group_id",
    )?;
    statement.query_map([organization], |row| way(row, &ciphers))?.collect()
}

fn way(row: &Row<'_>, ciphers: &HashMap<Uuid, Vec<Uuid>>) -> Result<MemberAccess, rusqlite::Error> {
    let collection_id: Option<Uuid> = row.get(5)?;
    Ok(MemberAccess {
        member: Member {
            user_guid: row.get(0)?,
            user_name: row.get(1)?,
            email: row.get(2)?,
            uses_key_connector: false,
        },
        two_factor_enabled: row.get(3)?,
        account_recovery_enabled: row.get(4)?,
        collection_id,
        group_id: row.get(6)?,
        group_name: row.get(7)?,
        collection_name: row.get(8)?,
        read_only: row.get(9)?,
        hide_passwords: row.get(10)?,
        manage: row.get(11)?,
        cipher_ids: collection_id.and_then(|id| ciphers.get(&id)).cloned().unwrap_or_default(),
    })
}

fn ciphers_of_collections(
    connection: &Connection,
    organization: Uuid,
) -> Result<HashMap<Uuid, Vec<Uuid>>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT x.collection_id, x.cipher_id FROM collections c
         JOIN collection_ciphers x ON x.collection_id = c.id
         JOIN ciphers i ON i.id = x.cipher_id AND i.deleted IS NULL
         WHERE c.organization_id = ? ORDER BY x.collection_id, x.cipher_id",
    )?;
    let mut ciphers: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut rows = statement.query([organization])?;
    while let Some(row) = rows.next()? {
        ciphers.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(ciphers)
}
