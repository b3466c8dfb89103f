//! One row of an organization's member list, as the routes that change it need it.

use portico_protocol::organization::{MemberStatus, MemberType};
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use crate::permissions::Permissions;

// The wire's numbers, as the tables hold them.
pub(in crate::api) const REVOKED: i32 = MemberStatus::REVOKED.0;
pub(in crate::api) const INVITED: i32 = MemberStatus::INVITED.0;
pub(in crate::api) const ACCEPTED: i32 = MemberStatus::ACCEPTED.0;
pub(in crate::api) const CONFIRMED: i32 = MemberStatus::CONFIRMED.0;

pub(in crate::api) const OWNER: i32 = MemberType::OWNER.0;
pub(in crate::api) const ADMIN: i32 = MemberType::ADMIN.0;
pub(in crate::api) const CUSTOM: i32 = MemberType::CUSTOM.0;

/// A member, whatever became of the invitation.
#[derive(Clone, Debug)]
pub(in crate::api) struct MemberRow {
    /// The organizationUserId.
    pub(in crate::api) id: Uuid,
    pub(in crate::api) user: Option<Uuid>,
    /// Where the invitation went; gone once somebody accepted it.
    pub(in crate::api) invited_email: Option<String>,
    /// The person's address, or where the invitation went.
    pub(in crate::api) email: String,
    pub(in crate::api) status: i32,
    pub(in crate::api) kind: i32,
    pub(in crate::api) permissions: Permissions,
    pub(in crate::api) has_key: bool,
    pub(in crate::api) is_enrolled: bool,
}

const COLUMNS: &str =
    "m.id, m.user_id, m.email, coalesce(u.email, m.email, ''), m.status, m.type, m.permissions,
    m.member_key IS NOT NULL, m.reset_password_key IS NOT NULL";

/// The row `id`, if it is one of `organization`'s.
pub(in crate::api) fn find(
    connection: &Connection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<MemberRow>, rusqlite::Error> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM members m LEFT JOIN users u ON u.id = m.user_id
             WHERE m.organization_id = ? AND m.id = ?"
        ))?
        .query_row((organization, id), MemberRow::read)
        .optional()
}

/// The row that makes `user` a member of `organization`, in whatever state.
pub(in crate::api) fn of_user(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
) -> Result<Option<MemberRow>, rusqlite::Error> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM members m JOIN users u ON u.id = m.user_id
             WHERE m.organization_id = ? AND m.user_id = ?"
        ))?
        .query_row((organization, user), MemberRow::read)
        .optional()
}

/// Every row of `organization`.
pub(in crate::api) fn all(
    connection: &Connection,
    organization: Uuid,
) -> Result<Vec<MemberRow>, rusqlite::Error> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM members m LEFT JOIN users u ON u.id = m.user_id WHERE m.organization_id = ?"
        ))?
        .query_map([organization], MemberRow::read)?
        .collect()
}

/// Before the row `member` goes: what was "My items" stays with the organization, under the address of who left
/// (protocol.md §3.4). As it was, nobody could change it, delete it or be let in.
pub(in crate::api) fn leave_my_items(
    connection: &Connection,
    member: Uuid,
    email: &str,
) -> Result<(), rusqlite::Error> {
    connection.execute(
        "UPDATE collections SET type = 0, default_user_email = ?
         WHERE type = 1 AND id IN (SELECT collection_id FROM collection_members WHERE member_id = ?)",
        (email, member),
    )?;
    Ok(())
}

impl MemberRow {
    fn read(row: &Row<'_>) -> Result<MemberRow, rusqlite::Error> {
        Ok(MemberRow {
            id: row.get(0)?,
            user: row.get(1)?,
            invited_email: row.get(2)?,
            email: row.get(3)?,
            status: row.get(4)?,
            kind: row.get(5)?,
            permissions: row.get(6)?,
            has_key: row.get(7)?,
            is_enrolled: row.get(8)?,
        })
    }

    /// What the row was before it was revoked (protocol.md §4.6).
    pub(in crate::api) fn status_when_restored(&self) -> i32 {
        match (self.user, self.has_key) {
            (None, _) => INVITED,
            (Some(_), false) => ACCEPTED,
            (Some(_), true) => CONFIRMED,
        }
    }
}
