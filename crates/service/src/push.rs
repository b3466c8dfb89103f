//! What a write changed for whom, gathered while it happens and told once it is committed (protocol.md §6.1).
//!
//! Gathered by triggers of the writing connection, so that no handler can forget it: whatever moves somebody's account
//! revision, membership or security stamp concerns that person; whatever changes a provider, its people, or the people,
//! groups, collections and policies of its clients concerns everybody who works for it. That last part is an extension:
//! official servers push nothing to providers (protocol.md §5.12).
//!
//! Where a write changed one item or one folder and nothing else, clients are told which, and read that alone.
//!
//! A process that changes the file beside the one that serves it leaves there what it gathered.

use rusqlite::Connection;
use uuid::Uuid;

use crate::moment::Moment;

/// What is told to one person. The numbers of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Read everything again.
    SyncVault = 5,
    /// Places and keys changed: a fresh token, then read everything again.
    SyncOrgKeys = 6,
    /// The sessions are over.
    LogOut = 11,
}

/// What was done to the one item or folder that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OneKind {
    /// An item. Official servers tell of its end by the older of the two numbers.
    CipherUpdate = 0,
    CipherCreate = 1,
    LoginDelete = 2,
    FolderDelete = 3,
    FolderCreate = 7,
    FolderUpdate = 8,
}

impl OneKind {
    /// Whether it is about an item.
    pub(crate) fn is_item(self) -> bool {
        matches!(self, OneKind::CipherUpdate | OneKind::CipherCreate | OneKind::LoginDelete)
    }
}

/// The one item or folder that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct One {
    pub(crate) kind: OneKind,
    pub(crate) id: Uuid,
    /// Of what belongs to one person.
    pub(crate) owner: Option<Uuid>,
    pub(crate) organization: Option<Uuid>,
    /// Where an item of an organization lies now.
    pub(crate) collections: Vec<Uuid>,
    pub(crate) revised: Moment,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Push {
    /// To one person, about what is theirs.
    User { user: Uuid, kind: Kind },
    /// To one person, of one thing of theirs.
    One { user: Uuid, one: One },
    /// To everybody who works for the provider: something of it, or of these clients.
    Provider { provider: Uuid, people: Vec<Uuid>, organizations: Vec<Uuid> },
}

tokio::task_local! {
    /// The device that the request under way came from, which is not told what it did itself.
    pub(crate) static ACTING_DEVICE: Option<String>;
}

/// More clients than that are not named one by one.
const MOST_NAMED: usize = 50;

/// Gathers from here on, for as long as `connection` lives.
pub(crate) fn watch(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.execute_batch(
        "CREATE TEMP TABLE told_users (user_id BLOB NOT NULL, kind INTEGER NOT NULL);
         CREATE TEMP TABLE told_organizations (id BLOB NOT NULL);
         CREATE TEMP TABLE told_providers (id BLOB NOT NULL);
         CREATE TEMP TABLE told_things (is_item INTEGER NOT NULL, id BLOB NOT NULL, done INTEGER NOT NULL,
             user_id BLOB, organization_id BLOB, revised INTEGER NOT NULL);
         CREATE TEMP TRIGGER told_revision AFTER UPDATE OF account_revised ON users BEGIN
             INSERT INTO told_users VALUES (new.id, 5);
         END;
         CREATE TEMP TRIGGER told_stamp AFTER UPDATE OF security_stamp ON users
         WHEN new.security_stamp <> old.security_stamp BEGIN
             INSERT INTO told_users VALUES (new.id, 11);
         END;
         CREATE TEMP TRIGGER told_end AFTER DELETE ON users BEGIN
             INSERT INTO told_users VALUES (old.id, 11);
         END;",
    )?;
    // What became of it in the order of 0 made, 1 changed, 2 ended; 3 is a change that no date says.
    for (is_item, table, organization) in [(1, "ciphers", "organization_id"), (0, "folders", "NULL")] {
        for (event, row, done) in [
            ("INSERT", "new", "0"),
            ("UPDATE", "new", "iif(new.revised > old.revised, 1, 3)"),
            ("DELETE", "old", "2"),
        ] {
            let organization = match organization {
                "NULL" => "NULL".to_owned(),
                column => format!("{row}.{column}"),
            };
            connection.execute_batch(&format!(
                "CREATE TEMP TRIGGER told_{table}_{event} AFTER {event} ON {table} BEGIN
                     INSERT INTO told_things
                     VALUES ({is_item}, {row}.id, {done}, {row}.user_id, {organization}, {row}.revised);
                 END;"
            ))?;
        }
    }
    // Who has a place where, whatever became of it.
    for (table, place, told) in [
        ("members", "organization_id", "told_organizations"),
        ("provider_users", "provider_id", "told_providers"),
    ] {
        for (event, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
            connection.execute_batch(&format!(
                "CREATE TEMP TRIGGER told_{table}_{event} AFTER {event} ON {table} BEGIN
                     INSERT INTO told_users SELECT {row}.user_id, 6 WHERE {row}.user_id IS NOT NULL;
                     INSERT INTO {told} VALUES ({row}.{place});
                 END;"
            ))?;
        }
    }
    // What hangs from an organization or a provider by a column of its own.
    for (table, place, told) in [
        ("organizations", "id", "told_organizations"),
        ("groups", "organization_id", "told_organizations"),
        ("collections", "organization_id", "told_organizations"),
        ("policies", "organization_id", "told_organizations"),
        ("providers", "id", "told_providers"),
        ("provider_organizations", "provider_id", "told_providers"),
    ] {
        for (event, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
            connection.execute_batch(&format!(
                "CREATE TEMP TRIGGER told_{table}_{event} AFTER {event} ON {table} BEGIN
                     INSERT INTO {told} VALUES ({row}.{place});
                 END;"
            ))?;
        }
    }
    // What hangs from a member, who is told of below.
    for (table, by) in [("group_members", "member_id"), ("collection_members", "member_id")] {
        for (event, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
            connection.execute_batch(&format!(
                "CREATE TEMP TRIGGER told_{table}_{event} AFTER {event} ON {table} BEGIN
                     INSERT INTO told_organizations SELECT organization_id FROM members WHERE id = {row}.{by};
                 END;"
            ))?;
        }
    }
    for (event, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
        connection.execute_batch(&format!(
            "CREATE TEMP TRIGGER told_collection_groups_{event} AFTER {event} ON collection_groups BEGIN
                 INSERT INTO told_organizations SELECT organization_id FROM collections WHERE id = {row}.collection_id;
             END;"
        ))?;
    }
    Ok(())
}

/// What was gathered in the transaction that `connection` is in, each once; the next one begins with nothing.
pub(crate) fn take(connection: &Connection) -> Result<Vec<Push>, rusqlite::Error> {
    let mut pushes = Vec::new();
    let one = one_thing(connection)?;
    let mut users =
        connection.prepare_cached("SELECT user_id, max(kind) FROM told_users GROUP BY user_id")?;
    let mut rows = users.query([])?;
    while let Some(row) = rows.next()? {
        let user = row.get(0)?;
        let kind = match (row.get::<_, i64>(1)?, &one) {
            (11, _) => Kind::LogOut,
            (6, _) => Kind::SyncOrgKeys,
            (_, None) => Kind::SyncVault,
            (_, Some(one)) => {
                pushes.push(Push::One { user, one: one.clone() });
                continue;
            }
        };
        pushes.push(Push::User { user, kind });
    }
    // Whatever changed of clients, and providers of which something else changed.
    let mut providers = connection.prepare_cached(
        "SELECT l.provider_id, t.id FROM (SELECT DISTINCT id FROM told_organizations) t
         JOIN provider_organizations l ON l.organization_id = t.id
         UNION SELECT id, NULL FROM told_providers ORDER BY 1",
    )?;
    let mut people = connection
        .prepare_cached("SELECT user_id FROM provider_users WHERE provider_id = ? AND status = 2")?;
    let mut rows = providers.query([])?;
    while let Some(row) = rows.next()? {
        let (id, client): (Uuid, Option<Uuid>) = (row.get(0)?, row.get(1)?);
        match pushes.last_mut() {
            Some(Push::Provider { provider, organizations, .. }) if *provider == id => {
                organizations.extend(client);
            }
            _ => {
                let people = people
                    .query_map([id], |row| row.get::<_, Option<Uuid>>(0))?
                    .filter_map(Result::transpose)
                    .collect::<Result<_, _>>()?;
                let organizations = client.into_iter().collect();
                pushes.push(Push::Provider { provider: id, people, organizations });
            }
        }
    }
    for push in &mut pushes {
        if let Push::Provider { organizations, .. } = push
            && organizations.len() > MOST_NAMED
        {
            organizations.clear();
        }
    }
    if !pushes.is_empty() || has_rows(connection)? {
        connection.execute_batch(
            "DELETE FROM told_users; DELETE FROM told_organizations; DELETE FROM told_providers; DELETE FROM told_things;",
        )?;
    }
    Ok(pushes)
}

/// The only item or folder that changed, if nothing changed besides that is told of.
fn one_thing(connection: &Connection) -> Result<Option<One>, rusqlite::Error> {
    let is_alone = connection
        .prepare_cached(
            "SELECT count(DISTINCT id) = 1 AND NOT EXISTS (SELECT 1 FROM told_organizations)
             AND NOT EXISTS (SELECT 1 FROM told_providers) FROM told_things",
        )?
        .query_row([], |row| row.get::<_, bool>(0))?;
    if !is_alone {
        return Ok(None);
    }
    // The last change says where it is now; an end counts more, and being new more than being changed.
    let mut things = connection.prepare_cached(
        "SELECT is_item, id, user_id, organization_id, revised, EXISTS (SELECT 1 FROM told_things WHERE done = 2),
             EXISTS (SELECT 1 FROM told_things WHERE done = 0), EXISTS (SELECT 1 FROM told_things WHERE done = 1)
         FROM told_things ORDER BY rowid DESC LIMIT 1",
    )?;
    let mut one = things.query_row([], |row| {
        let kind = match (row.get(0)?, row.get(5)?, row.get(6)?, row.get(7)?) {
            (true, true, _, _) => OneKind::LoginDelete,
            (true, _, true, _) => OneKind::CipherCreate,
            (true, _, _, true) => OneKind::CipherUpdate,
            (false, true, _, _) => OneKind::FolderDelete,
            (false, _, true, _) => OneKind::FolderCreate,
            (false, _, _, true) => OneKind::FolderUpdate,
            (_, false, false, false) => return Ok(None),
        };
        Ok(Some(One {
            kind,
            id: row.get(1)?,
            owner: row.get(2)?,
            organization: row.get(3)?,
            collections: Vec::new(),
            revised: row.get(4)?,
        }))
    })?;
    if let Some(one) = &mut one
        && one.organization.is_some()
    {
        let mut places =
            connection.prepare_cached("SELECT collection_id FROM collection_ciphers WHERE cipher_id = ?")?;
        one.collections = places.query_map([one.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    }
    Ok(one)
}

/// Leaves what was gathered in the transaction that `connection` is in to the process that serves the file.
pub(crate) fn leave(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.execute_batch(
        "INSERT INTO untold SELECT 'user', user_id, max(kind) FROM told_users GROUP BY user_id;
         INSERT INTO untold SELECT DISTINCT 'organization', id, NULL FROM told_organizations;
         INSERT INTO untold SELECT DISTINCT 'provider', id, NULL FROM told_providers;
         DELETE FROM told_users; DELETE FROM told_organizations; DELETE FROM told_providers; DELETE FROM told_things;",
    )
}

/// Whether another process left something.
pub(crate) fn is_left(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.prepare_cached("SELECT 1 FROM untold")?.exists([])
}

/// Takes up what others left, as if the transaction that `connection` is in had done it.
pub(crate) fn take_up(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.execute_batch(
        "INSERT INTO told_users SELECT id, kind FROM untold WHERE what = 'user';
         INSERT INTO told_organizations SELECT id FROM untold WHERE what = 'organization';
         INSERT INTO told_providers SELECT id FROM untold WHERE what = 'provider';
         DELETE FROM untold;",
    )
}

/// Something was told of nobody: an organization without a provider, an item that nobody reaches.
fn has_rows(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached("SELECT 1 FROM told_organizations UNION ALL SELECT 1 FROM told_things")?
        .exists([])
}
