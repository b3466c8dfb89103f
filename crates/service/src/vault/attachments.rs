//! Files that are kept with items: how they are told of and how much of them there may be (protocol.md §3.5, §4.2).

use std::collections::HashMap;

use portico_protocol::organization::PlanType;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use uuid::Uuid;

use crate::api::features;
use crate::error::ApiError;

/// `attachment`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attachment {
    object: &'static str,
    pub(crate) id: Uuid,
    /// Without a token in lists, where it must not change from one answer to the next.
    pub(crate) url: String,
    file_name: String,
    key: Option<String>,
    size: String,
    size_name: String,
    #[serde(skip)]
    pub(crate) has_arrived: bool,
}

/// The files of some items, by item. What was announced and has not arrived is not among them.
pub(crate) struct Attachments(HashMap<Uuid, Vec<Attachment>>);

const SELECT: &str =
    "SELECT a.cipher_id, a.id, a.name, a.file_key, a.size, a.file IS NOT NULL FROM attachments a
    JOIN ciphers c ON c.id = a.cipher_id";
const ORDER: &str = "AND a.file IS NOT NULL ORDER BY a.created, a.id";

impl Attachments {
    pub(super) fn of_user(
        connection: &Connection,
        base: &str,
        user: Uuid,
    ) -> Result<Attachments, rusqlite::Error> {
        let reachable = "(c.user_id = ?1 OR c.organization_id IN (
            SELECT organization_id FROM members WHERE user_id = ?1 AND status = 2))";
        Attachments::read(connection, base, reachable, user)
    }

    pub(super) fn of_organization(
        connection: &Connection,
        base: &str,
        organization: Uuid,
    ) -> Result<Attachments, rusqlite::Error> {
        Attachments::read(connection, base, "c.organization_id = ?1", organization)
    }

    pub(super) fn of_item(
        connection: &Connection,
        base: &str,
        cipher: Uuid,
    ) -> Result<Attachments, rusqlite::Error> {
        Attachments::read(connection, base, "c.id = ?1", cipher)
    }

    fn read(
        connection: &Connection,
        base: &str,
        which: &str,
        id: Uuid,
    ) -> Result<Attachments, rusqlite::Error> {
        let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE {which} {ORDER}"))?;
        let mut rows = statement.query([id])?;
        let mut all: HashMap<Uuid, Vec<Attachment>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let attachment = attachment(row, base)?;
            all.entry(row.get(0)?).or_default().push(attachment);
        }
        Ok(Attachments(all))
    }

    /// `None` for an item without any, as the wire has it.
    pub(super) fn take(&mut self, cipher: Uuid) -> Option<Vec<Attachment>> {
        self.0.remove(&cipher)
    }
}

/// One file of `cipher`, whether it has arrived or not.
pub(crate) fn attachment_of(
    connection: &Connection,
    base: &str,
    cipher: Uuid,
    id: Uuid,
) -> Result<Option<Attachment>, rusqlite::Error> {
    connection
        .prepare_cached(&format!("{SELECT} WHERE a.cipher_id = ? AND a.id = ?"))?
        .query_row((cipher, id), |row| attachment(row, base))
        .optional()
}

fn attachment(row: &Row<'_>, base: &str) -> Result<Attachment, rusqlite::Error> {
    let (cipher, id, size): (Uuid, Uuid, i64) = (row.get(0)?, row.get(1)?, row.get(4)?);
    Ok(Attachment {
        object: "attachment",
        id,
        url: format!("{base}/attachments/{cipher}/{id}"),
        file_name: row.get(2)?,
        key: row.get(3)?,
        size: size.to_string(),
        size_name: size_name(size),
        has_arrived: row.get(5)?,
    })
}

/// `1.21 KB`.
pub(crate) fn size_name(bytes: i64) -> String {
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit < 4 {
        size /= 1024.0;
        unit += 1;
    }
    let text = format!("{size:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} {}", ["Bytes", "KB", "MB", "GB", "TB"][unit])
}

/// Whose storage a file takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quota {
    User(Uuid),
    /// The same storage, for what a person sends.
    Sender(Uuid),
    Organization(Uuid),
}

const GIB: i64 = 1 << 30;

impl Quota {
    pub(crate) fn of(connection: &Connection, cipher: Uuid) -> Result<Quota, rusqlite::Error> {
        connection.prepare_cached("SELECT user_id, organization_id FROM ciphers WHERE id = ?")?.query_row(
            [cipher],
            |row| {
                Ok(match row.get::<_, Option<Uuid>>(1)? {
                    Some(organization) => Quota::Organization(organization),
                    None => Quota::User(row.get(0)?),
                })
            },
        )
    }
}

/// Bytes that may still be stored. Announced files count, so that two uploads cannot share the last byte.
pub(crate) fn remaining(connection: &Connection, quota: Quota) -> Result<i64, ApiError> {
    let (owner, id, limit) = match quota {
        Quota::User(user) | Quota::Sender(user) => {
            if !has_premium(connection, user)? {
                return Err(ApiError::refused(match quota {
                    Quota::Sender(_) => "You must have premium status to use file Sends.",
                    _ => "You must have premium status to use attachments.",
                }));
            }
            ("user_id", user, GIB)
        }
        Quota::Organization(organization) => {
            let gigabytes: Option<i64> = connection
                .prepare_cached("SELECT max_storage_gb FROM organizations WHERE id = ?")?
                .query_row([organization], |row| row.get(0))?;
            let Some(gigabytes) = gigabytes else {
                return Err(ApiError::refused("This organization cannot use attachments."));
            };
            ("organization_id", organization, gigabytes.saturating_mul(GIB))
        }
    };
    let kept: i64 = connection
        .prepare_cached(&format!(
            "SELECT coalesce(sum(a.size), 0) FROM attachments a JOIN ciphers c ON c.id = a.cipher_id
             WHERE c.{owner} = ?"
        ))?
        .query_row([id], |row| row.get(0))?;
    let sent: i64 = connection
        .prepare_cached("SELECT coalesce(sum(file_size), 0) FROM sends WHERE user_id = ?")?
        .query_row([id], |row| row.get(0))?;
    Ok(limit - kept - sent)
}

/// Bought, or lent by an organization whose plan does.
fn has_premium(connection: &Connection, user: Uuid) -> Result<bool, rusqlite::Error> {
    let own: bool = connection
        .prepare_cached("SELECT premium FROM users WHERE id = ?")?
        .query_row([user], |row| row.get(0))?;
    let mut plans = connection.prepare_cached(
        "SELECT o.plan_type FROM members m JOIN organizations o ON o.id = m.organization_id AND o.enabled
         WHERE m.user_id = ? AND m.status = 2",
    )?;
    let mut plans = plans.query_map([user], |row| row.get::<_, i32>(0))?;
    Ok(own || plans.any(|plan| plan.is_ok_and(|plan| features(PlanType(plan)).paid)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_named_as_people_read_them() {
        let names = [
            (0, "0 Bytes"),
            (1023, "1023 Bytes"),
            (1024, "1 KB"),
            (1234, "1.21 KB"),
            (5 << 20, "5 MB"),
            (3 << 29, "1.5 GB"),
        ];
        for (bytes, name) in names {
            assert_eq!(size_name(bytes), name);
        }
    }
}
