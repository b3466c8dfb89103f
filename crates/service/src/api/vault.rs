//! Items as one person sees them (protocol.md §3.5).

use std::collections::HashMap;

use rusqlite::{Connection, Row};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::access::{Access, reached_by};
use super::plan::features;
use crate::error::ApiError;
use crate::moment::Moment;

/// `cipherDetails`. What people wrote goes out as it was stored, without being taken apart.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cipher {
    object: &'static str,
    id: Uuid,
    organization_id: Option<Uuid>,
    folder_id: Option<Uuid>,
    #[serde(rename = "type")]
    kind: i32,
    /// The newer form of the members below; the structured one is enough (protocol.md §3.5).
    data: Option<String>,
    name: Option<String>,
    notes: Option<String>,
    login: Option<Box<RawValue>>,
    secure_note: Option<Box<RawValue>>,
    card: Option<Box<RawValue>>,
    identity: Option<Box<RawValue>>,
    ssh_key: Option<Box<RawValue>>,
    bank_account: Option<Box<RawValue>>,
    drivers_license: Option<Box<RawValue>>,
    passport: Option<Box<RawValue>>,
    fields: Option<Box<RawValue>>,
    password_history: Option<Box<RawValue>>,
    attachments: Option<Box<RawValue>>,
    organization_use_totp: bool,
    revision_date: Moment,
    creation_date: Moment,
    deleted_date: Option<Moment>,
    archived_date: Option<Moment>,
    reprompt: i32,
    key: Option<String>,
    favorite: bool,
    edit: bool,
    view_password: bool,
    permissions: CipherPermissions,
    collection_ids: Vec<Uuid>,
}

#[derive(Serialize)]
struct CipherPermissions {
    delete: bool,
    restore: bool,
}

/// Which types of item a client can read (protocol.md §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReadableTypes {
    pub(super) ssh_keys: bool,
    /// Bank accounts, driving licences and passports.
    pub(super) newest: bool,
}

impl ReadableTypes {
    fn contains(self, kind: i32) -> bool {
        match kind {
            5 => self.ssh_keys,
            6..=8 => self.newest,
            _ => true,
        }
    }
}

const COLUMNS: &str = "c.id, c.organization_id, c.type, c.name, c.notes, c.content, c.fields, c.password_history,
    c.attachments, c.cipher_key, c.reprompt, c.created, c.revised, c.deleted, m.folder_id, coalesce(m.favorite, 0),
    m.archived";

/// Everything that `user` can reach: the own vault, and organizations' items by way of collections. Trash and
/// archive are part of it.
pub(super) fn of(
    connection: &Connection,
    user: Uuid,
    readable: ReadableTypes,
) -> Result<Vec<Cipher>, ApiError> {
    let mut ciphers = Vec::new();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ciphers c LEFT JOIN cipher_marks m ON m.cipher_id = c.id AND m.user_id = ?1
         WHERE c.user_id = ?1 ORDER BY c.created, c.id"
    ))?;
    let mut rows = statement.query([user])?;
    while let Some(row) = rows.next()? {
        ciphers.push(cipher(row, &Reach::own())?);
    }

    let mut reached: Vec<(Uuid, Reach)> = reach(connection, user)?.into_iter().collect();
    reached.sort_unstable_by_key(|(id, _)| *id);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ciphers c LEFT JOIN cipher_marks m ON m.cipher_id = c.id AND m.user_id = ?1
         WHERE c.id = ?2"
    ))?;
    for (id, reach) in &reached {
        ciphers.push(statement.query_row((user, id), |row| Ok(cipher(row, reach)))??);
    }
    ciphers.retain(|cipher| readable.contains(cipher.kind));
    Ok(ciphers)
}

/// How one person reaches one item.
struct Reach {
    collections: Vec<Uuid>,
    access: Access,
    can_delete: bool,
    totp: bool,
}

impl Reach {
    fn own() -> Reach {
        let access = Access { read_only: false, hide_passwords: false, manage: true };
        Reach { collections: Vec::new(), access, can_delete: true, totp: false }
    }
}

fn reach(connection: &Connection, user: Uuid) -> Result<HashMap<Uuid, Reach>, rusqlite::Error> {
    let mut reached: HashMap<Uuid, Reach> = HashMap::new();
    let mut contents = connection.prepare_cached(
        "SELECT x.cipher_id, o.limit_item_deletion, o.plan_type FROM collection_ciphers x
         JOIN collections c ON c.id = x.collection_id
         JOIN organizations o ON o.id = c.organization_id
         WHERE x.collection_id = ?",
    )?;
    for (collection, access) in reached_by(connection, user)? {
        let mut rows = contents.query([collection])?;
        while let Some(row) = rows.next()? {
            let only_managers_delete: bool = row.get(1)?;
            let plan = portico_protocol::organization::PlanType(row.get(2)?);
            let reach = reached.entry(row.get(0)?).or_insert_with(|| Reach {
                collections: Vec::new(),
                access,
                can_delete: false,
                totp: features(plan).paid,
            });
            reach.collections.push(collection);
            reach.access = reach.access.or(access);
            reach.can_delete = reach.access.manage || (!reach.access.read_only && !only_managers_delete);
        }
    }
    for reach in reached.values_mut() {
        reach.collections.sort_unstable();
    }
    Ok(reached)
}

fn cipher(row: &Row<'_>, reach: &Reach) -> Result<Cipher, ApiError> {
    let raw = |column: usize| -> Result<Option<Box<RawValue>>, ApiError> {
        match row.get::<_, Option<String>>(column)? {
            Some(json) => Ok(Some(RawValue::from_string(json)?)),
            None => Ok(None),
        }
    };
    let kind = row.get(2)?;
    let content = |of: i32| if kind == of { raw(5) } else { Ok(None) };
    Ok(Cipher {
        object: "cipherDetails",
        id: row.get(0)?,
        organization_id: row.get(1)?,
        folder_id: row.get(14)?,
        kind,
        data: None,
        name: row.get(3)?,
        notes: row.get(4)?,
        login: content(1)?,
        secure_note: content(2)?,
        card: content(3)?,
        identity: content(4)?,
        ssh_key: content(5)?,
        bank_account: content(6)?,
        drivers_license: content(7)?,
        passport: content(8)?,
        fields: raw(6)?,
        password_history: raw(7)?,
        attachments: raw(8)?,
        organization_use_totp: reach.totp,
        revision_date: row.get(12)?,
        creation_date: row.get(11)?,
        deleted_date: row.get(13)?,
        archived_date: row.get(16)?,
        reprompt: row.get(10)?,
        key: row.get(9)?,
        favorite: row.get(15)?,
        edit: !reach.access.read_only,
        view_password: !reach.access.hide_passwords,
        permissions: CipherPermissions { delete: reach.can_delete, restore: reach.can_delete },
        collection_ids: reach.collections.clone(),
    })
}
