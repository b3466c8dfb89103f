//! Taking over: what still opens of a cache goes into a new file under the same keys, byte for byte.
//!
//! An object that the index does not find is looked for in the table. What is lost for good is written down in the new
//! file, so that a sweep there knows that nothing more is to be hoped for.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use crate::address::{Address, Ref};
use crate::cell::{self, CellName};
use crate::head::{self, Head, HeadNumber, HeadWriteFault};
use crate::header::{self, ClearHeader};
use crate::keys::KeyRing;
use crate::log;
use crate::object::{self, SealedObject};
use crate::recover::{RecoverError, Recovery};
use crate::reseal::leave_alone;
use crate::roster::{self, Named};
use crate::store::{Cache, ClosedCache, ReadError, create_file_as_is, read_sealed};

impl Cache {
    /// Writes what still opens of this cache, which is a copy ([`ClosedCache::open_copy`]), into a new file at `fresh`:
    /// the clear header with its slots, heads with all that they reach, reviews, derived objects, cells.
    ///
    /// # Errors
    /// See [`RecoverError`].
    pub fn copy_what_opens(self, fresh: &Path) -> Result<Recovery, RecoverError> {
        let header = self.header()?;
        create_file_as_is(fresh, &header)?;
        let closed = ClosedCache::open(fresh).map_err(|_| ReadError::Damaged("new file"))?;
        let mut target = closed.connection;
        let recovery = {
            let transaction = target.transaction()?;
            let old = self.connection();
            let (heads, mut recovery) = copy_heads(&self.keys, &old, &transaction)?;
            if recovery.newest_lost && header.read_at.is_some() {
                header::write(&transaction, &ClearHeader { read_at: None, ..header })?;
            }
            let mut trees = Trees::new(&self.keys, &old, &transaction);
            for root in heads.iter().rev().flat_map(|head| [head.structure, head.vault]).flatten() {
                trees.copy(root)?;
            }
            recovery.objects_lost = trees.lost.len();
            write_given_up(&self.keys, &transaction, &trees.lost)?;
            copy_derived(&old, &transaction)?;
            copy_logs(&old, &transaction)?;
            copy_cells(&self.keys, &old, &transaction)?;
            transaction.commit()?;
            recovery
        };
        leave_alone(target)?;
        Ok(recovery)
    }
}

/// Copies every head that opens, with what lies beside it, or with nothing beside it where only that is lost.
fn copy_heads(
    keys: &KeyRing,
    old: &Connection,
    new: &Connection,
) -> Result<(Vec<Head>, Recovery), RecoverError> {
    let roster = roster::read(keys, old).ok().flatten();
    let named = roster.as_ref().and_then(|roster| roster.named.clone());
    let mut numbers: Vec<i64> = ids(old, "head", "number");
    numbers.extend(named.iter().flat_map(|named| &named.heads).map(|number| number.0 as i64));
    numbers.sort_unstable();
    numbers.dedup();
    let mut heads = Vec::new();
    let mut recovery = Recovery::default();
    for number in numbers {
        match copy_head(keys, old, new, number)? {
            Some(head) => heads.push(head),
            None => recovery.heads_lost.push(HeadNumber(number.unsigned_abs())),
        }
    }
    recovery.heads_kept = heads.len();
    let newest = heads.last().map(|head| head.number);
    recovery.newest_lost = match &roster {
        Some(roster) => Some(roster.newest) != newest,
        // Before the first head there is no roster.
        None => !recovery.heads_lost.is_empty() || newest.is_some(),
    };
    if let Some(newest) = newest {
        let kept: Vec<HeadNumber> = heads.iter().map(|head| head.number).collect();
        let reviewed = match named {
            Some(named) => named.reviewed,
            None => ids(old, "pin", "id").into_iter().filter_map(|id| reviewed_by_table(old, id)).collect(),
        };
        let reviewed = reviewed.into_iter().filter(|head| kept.contains(head)).collect();
        roster::write(keys, new, newest, &Named { heads: kept.into_iter().collect(), reviewed })?;
    }
    Ok((heads, recovery))
}

fn copy_head(
    keys: &KeyRing,
    old: &Connection,
    new: &Connection,
    number: i64,
) -> Result<Option<Head>, RecoverError> {
    let row = old.query_row("SELECT sealed, beside FROM head WHERE number = ?1", [number], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
    });
    let Ok((sealed, mut beside)) = row else { return Ok(None) };
    let head = match head::open(keys, number, sealed.clone(), beside.clone()) {
        Ok(head) => head,
        Err(_) => {
            let Ok(head) = head::open_alone(keys, number, sealed.clone()) else { return Ok(None) };
            beside = head::seal_beside(keys, head.number, &head.address, None, &[])?;
            head
        }
    };
    new.execute(
        "INSERT INTO head (number, sealed, beside) VALUES (?1, ?2, ?3)",
        params![number, sealed, beside],
    )?;
    Ok(Some(head))
}

fn reviewed_by_table(old: &Connection, id: i64) -> Option<HeadNumber> {
    let sql = "SELECT head FROM pin WHERE id = ?1 AND window IS NULL";
    old.query_row(sql, [id], |row| row.get::<_, i64>(0)).ok().map(|head| HeadNumber(head.unsigned_abs()))
}

/// Copies trees, each object once.
struct Trees<'a> {
    keys: &'a KeyRing,
    old: &'a Connection,
    new: &'a Connection,
    copied: HashSet<Address>,
    lost: HashSet<Address>,
    /// Rows by what they say themselves; made when the index fails for the first time.
    rows: Option<HashMap<Address, i64>>,
}

impl<'a> Trees<'a> {
    fn new(keys: &'a KeyRing, old: &'a Connection, new: &'a Connection) -> Self {
        Self { keys, old, new, copied: HashSet::new(), lost: HashSet::new(), rows: None }
    }

    fn copy(&mut self, root: Ref) -> Result<(), RecoverError> {
        let mut open = vec![root];
        while let Some(target) = open.pop() {
            if self.copied.contains(&target.address) || self.lost.contains(&target.address) {
                continue;
            }
            let Some((sealed, children)) = self.find(target) else {
                self.lost.insert(target.address);
                continue;
            };
            self.new
                .prepare_cached("INSERT INTO object (address, sealed) VALUES (?1, ?2)")?
                .execute(params![target.address.as_bytes(), sealed])?;
            self.copied.insert(target.address);
            open.extend(children);
        }
        Ok(())
    }

    /// The sealed bytes if they open, and what they refer to.
    fn find(&mut self, target: Ref) -> Option<(Vec<u8>, Vec<Ref>)> {
        let by_index = read_sealed(self.old, target).ok().flatten().map(|sealed| sealed.0);
        if let Some(found) = by_index.and_then(|sealed| opens(self.keys, target, sealed)) {
            return Some(found);
        }
        let rows = self.rows.get_or_insert_with(|| rows_by_address(self.old));
        let row = rows.get(&target.address)?;
        let sealed = self.old.query_row("SELECT sealed FROM object WHERE id = ?1", [row], |row| row.get(0));
        opens(self.keys, target, sealed.ok()?)
    }
}

fn opens(keys: &KeyRing, target: Ref, sealed: Vec<u8>) -> Option<(Vec<u8>, Vec<Ref>)> {
    let opened = object::open(keys, target, SealedObject(sealed.clone())).ok()?;
    Some((sealed, opened.refs().to_vec()))
}

fn rows_by_address(old: &Connection) -> HashMap<Address, i64> {
    let address = |id: &i64| {
        let bytes: Vec<u8> =
            old.query_row("SELECT address FROM object WHERE id = ?1", [id], |row| row.get(0)).ok()?;
        Some((Address(bytes.try_into().ok()?), *id))
    };
    ids(old, "object", "id").iter().filter_map(address).collect()
}

/// Row of the table of cells that the store keeps for itself: addresses that a recovery did not find.
const GIVEN_UP: i32 = -2;

/// Addresses that no sweep need hope for.
pub(crate) fn given_up(keys: &KeyRing, connection: &Connection) -> Result<HashSet<Address>, ReadError> {
    let mut statement = connection.prepare_cached("SELECT sealed FROM cell WHERE name = ?1")?;
    let sealed: Option<Vec<u8>> = statement.query_row(params![GIVEN_UP], |row| row.get(0)).optional()?;
    let Some(sealed) = sealed else { return Ok(HashSet::new()) };
    // A list that does not open is no list: then the sweep waits for the next recovery.
    let plain = keys.head_key().open(&binding(keys), sealed);
    let chunks = plain.iter().flat_map(|plain| plain.chunks_exact(32));
    Ok(chunks.filter_map(|chunk| Some(Address(chunk.try_into().ok()?))).collect())
}

fn write_given_up(
    keys: &KeyRing,
    transaction: &Connection,
    lost: &HashSet<Address>,
) -> Result<(), HeadWriteFault> {
    if lost.is_empty() {
        return Ok(());
    }
    let plain: Vec<u8> = lost.iter().flat_map(|address| address.0).collect();
    let sealed = keys.head_key().seal(&binding(keys), &plain)?;
    transaction
        .execute("INSERT OR REPLACE INTO cell (name, sealed) VALUES (?1, ?2)", params![GIVEN_UP, sealed])?;
    Ok(())
}

fn binding(keys: &KeyRing) -> Vec<u8> {
    [b"given up/1".as_slice(), keys.account().as_bytes()].concat()
}

/// As they are: whoever reads a derived object finds out whether it opens, and makes it again.
fn copy_derived(old: &Connection, new: &Connection) -> Result<(), rusqlite::Error> {
    type Row = (Vec<u8>, Vec<u8>, Vec<u8>);
    for id in ids(old, "derived", "id") {
        let sql = "SELECT key, owner, sealed FROM derived WHERE id = ?1";
        let row = old.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let Ok((key, owner, sealed)): Result<Row, _> = row else { continue };
        new.execute(
            "INSERT OR IGNORE INTO derived (key, owner, sealed) VALUES (?1, ?2, ?3)",
            params![key, owner, sealed],
        )?;
    }
    Ok(())
}

/// As they are, too: a segment that does not open is counted when the log is read. A segment that cannot be copied would
/// be missed by nobody: in the place of its stream's state stands one that does not open, by which the log is told to be
/// damaged until it was read anew.
fn copy_logs(old: &Connection, new: &Connection) -> Result<(), rusqlite::Error> {
    log::make_tables(new)?;
    let (numbers, mut all_there) = walk(old, "log", "id");
    let mut copied: HashSet<(i64, Vec<u8>)> = HashSet::new();
    for id in numbers {
        let sql = "SELECT stream, written, sealed FROM log WHERE id = ?1";
        let row = old.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let Ok((stream, written, sealed)): Result<(Vec<u8>, i64, Vec<u8>), _> = row else {
            all_there = false;
            continue;
        };
        new.execute(
            "INSERT INTO log (id, stream, written, sealed) VALUES (?1, ?2, ?3, ?4)",
            params![id, stream, written, sealed],
        )?;
        copied.insert((id, stream));
    }
    let mut states: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for id in ids(old, "log_state", "id") {
        let sql = "SELECT stream, sealed FROM log_state WHERE id = ?1";
        let row = old.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)));
        let Ok((stream, sealed)): Result<(Vec<u8>, Vec<u8>), _> = row else { continue };
        states.entry(stream).or_insert(sealed);
    }
    // Whatever has a segment has a state.
    for (_, stream) in &copied {
        states.entry(stream.clone()).or_default();
    }
    match log::log_by_index(old) {
        Ok(known) => {
            for (_, stream) in known.into_iter().filter(|segment| !copied.contains(segment)) {
                states.insert(stream, Vec::new());
            }
        }
        Err(_) if all_there => {}
        Err(_) => states.values_mut().for_each(Vec::clear),
    }
    for (stream, sealed) in states {
        new.execute("INSERT INTO log_state (stream, sealed) VALUES (?1, ?2)", params![stream, sealed])?;
    }
    Ok(())
}

fn copy_cells(keys: &KeyRing, old: &Connection, new: &Connection) -> Result<(), rusqlite::Error> {
    for id in ids(old, "cell", "name") {
        let Ok(name) = u16::try_from(id) else { continue };
        let sealed = old.query_row("SELECT sealed FROM cell WHERE name = ?1", [name], |row| row.get(0));
        let Ok(sealed): Result<Vec<u8>, _> = sealed else { continue };
        let (key, binding) = cell::key_of(keys, CellName(name));
        if key.open(&binding, sealed.clone()).is_ok() {
            new.execute("INSERT INTO cell (name, sealed) VALUES (?1, ?2)", params![name, sealed])?;
        }
    }
    Ok(())
}

/// How many numbers are tried one by one between the two ends of a table that cannot be walked through.
const MOST_TRIED: i64 = 1_000_000;

/// The row ids of a table as far as they can be told: from both ends up to where it is damaged, and in between every
/// number, since each row is looked up for itself anyway.
fn ids(connection: &Connection, table: &str, id: &str) -> Vec<i64> {
    walk(connection, table, id).0
}

/// The same, and whether the table could be walked through.
fn walk(connection: &Connection, table: &str, id: &str) -> (Vec<i64>, bool) {
    let in_order = |order: &str| {
        let mut found = Vec::new();
        let sql = format!("SELECT {id} FROM {table} ORDER BY {id} {order}");
        let Ok(mut statement) = connection.prepare(&sql) else { return (found, false) };
        let Ok(mut rows) = statement.query([]) else { return (found, false) };
        loop {
            match rows.next().map(|row| row.map(|row| row.get::<_, i64>(0))) {
                Ok(Some(Ok(id))) => found.push(id),
                Ok(None) => return (found, true),
                Ok(Some(Err(_))) | Err(_) => return (found, false),
            }
        }
    };
    let (mut found, whole) = in_order("ASC");
    if !whole {
        let (from_the_end, _) = in_order("DESC");
        let first = found.last().map_or(1, |last| last.saturating_add(1));
        if let Some(last) = from_the_end.last() {
            found.extend(first..(*last).min(first.saturating_add(MOST_TRIED)));
        }
        found.extend(from_the_end);
    }
    found.sort_unstable();
    found.dedup();
    (found, whole)
}
