//! Who reaches which collection, as the rows have it.

use std::collections::HashMap;

use portico_protocol::organization::Selection;
use rusqlite::{Connection, Row};
use uuid::Uuid;

/// The grants of one organization, by the column that `by` names.
#[derive(Clone, Copy)]
pub(super) enum Grants {
    /// Direct ones; the selection's id is the collection, the key the organizationUserId.
    CollectionsOfMembers,
    /// Those of groups; the selection's id is the collection, the key the group.
    CollectionsOfGroups,
    /// The same as the first, turned around.
    MembersOfCollections,
    /// The same as the second, turned around.
    GroupsOfCollections,
}

impl Grants {
    /// The column of the key, the column of the selection's id, and the table.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Grants::CollectionsOfMembers => ("a.member_id", "a.collection_id", "collection_members"),
            Grants::CollectionsOfGroups => ("a.group_id", "a.collection_id", "collection_groups"),
            Grants::MembersOfCollections => ("a.collection_id", "a.member_id", "collection_members"),
            Grants::GroupsOfCollections => ("a.collection_id", "a.group_id", "collection_groups"),
        }
    }
}

/// The grants of one key alone.
pub(super) fn grants_of(
    connection: &Connection,
    which: Grants,
    key: Uuid,
) -> Result<Vec<Selection>, rusqlite::Error> {
    let (by, id, table) = which.names();
    connection
        .prepare_cached(&format!(
            "SELECT {id}, a.read_only, a.hide_passwords, a.manage FROM {table} a WHERE {by} = ? ORDER BY {id}"
        ))?
        .query_map([key], |row| selection(row, 0))?
        .collect()
}

/// Gives one key exactly the grants `selections` and takes the others away.
pub(super) fn set_grants(
    connection: &Connection,
    which: Grants,
    key: Uuid,
    selections: &[Selection],
) -> Result<(), rusqlite::Error> {
    let (by, _, table) = which.names();
    connection.prepare_cached(&format!("DELETE FROM {table} AS a WHERE {by} = ?"))?.execute([key])?;
    selections.iter().try_for_each(|one| put_grant(connection, which, key, one))
}

/// Adds one grant, or changes it where it stands already.
pub(super) fn put_grant(
    connection: &Connection,
    which: Grants,
    key: Uuid,
    one: &Selection,
) -> Result<(), rusqlite::Error> {
    let (by, id, table) = which.names();
    let column = |name: &'static str| name.trim_start_matches("a.");
    connection
        .prepare_cached(&format!(
            "INSERT INTO {table} ({}, {}, read_only, hide_passwords, manage) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET read_only = excluded.read_only, hide_passwords = excluded.hide_passwords,
                 manage = excluded.manage",
            column(by),
            column(id)
        ))?
        .execute((key, one.id, one.read_only, one.hide_passwords, one.manage))?;
    Ok(())
}

/// All grants of `organization`, gathered by their key.
pub(super) fn grants(
    connection: &Connection,
    organization: Uuid,
    which: Grants,
) -> Result<HashMap<Uuid, Vec<Selection>>, rusqlite::Error> {
    let (key, id, table) = which.names();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {key}, {id}, a.read_only, a.hide_passwords, a.manage FROM collections c
         JOIN {table} a ON a.collection_id = c.id WHERE c.organization_id = ? ORDER BY {key}, {id}"
    ))?;
    let mut gathered: HashMap<Uuid, Vec<Selection>> = HashMap::new();
    let mut rows = statement.query([organization])?;
    while let Some(row) = rows.next()? {
        gathered.entry(row.get(0)?).or_default().push(selection(row, 1)?);
    }
    Ok(gathered)
}

/// What one user may do in a collection, over all paths that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) read_only: bool,
    pub(crate) hide_passwords: bool,
    pub(crate) manage: bool,
}

impl Access {
    pub(crate) fn or(self, other: Access) -> Access {
        Access {
            read_only: self.read_only && other.read_only,
            hide_passwords: self.hide_passwords && other.hide_passwords,
            manage: self.manage || other.manage,
        }
    }
}

/// Every collection that `user` reaches as a confirmed member of an enabled organization. A direct grant stands in place
/// of those of groups (ui.md (c): "member permissions override group ones"); several groups add up.
pub(crate) fn reached_by(
    connection: &Connection,
    user: Uuid,
) -> Result<HashMap<Uuid, Access>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT a.collection_id, a.read_only, a.hide_passwords, a.manage
         FROM members m
         JOIN organizations o ON o.id = m.organization_id AND o.enabled
         JOIN collection_members a ON a.member_id = m.id
         WHERE m.user_id = ?1 AND m.status = 2
         UNION ALL
         SELECT a.collection_id, a.read_only, a.hide_passwords, a.manage
         FROM members m
         JOIN organizations o ON o.id = m.organization_id AND o.enabled
         JOIN group_members g ON g.member_id = m.id
         JOIN collection_groups a ON a.group_id = g.group_id
         WHERE m.user_id = ?1 AND m.status = 2
           AND NOT EXISTS (SELECT 1 FROM collection_members d
                           WHERE d.member_id = m.id AND d.collection_id = a.collection_id)",
    )?;
    let mut reached: HashMap<Uuid, Access> = HashMap::new();
    let mut rows = statement.query([user])?;
    while let Some(row) = rows.next()? {
        let one = Access { read_only: row.get(1)?, hide_passwords: row.get(2)?, manage: row.get(3)? };
        reached.entry(row.get(0)?).and_modify(|all| *all = all.or(one)).or_insert(one);
    }
    Ok(reached)
}

fn selection(row: &Row<'_>, first: usize) -> Result<Selection, rusqlite::Error> {
    Ok(Selection {
        id: row.get(first)?,
        read_only: row.get(first + 1)?,
        hide_passwords: row.get(first + 2)?,
        manage: row.get(first + 3)?,
    })
}
