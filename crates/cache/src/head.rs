//! Heads: what was complete at a moment. Each names the root of the structure and the head before it; beside it lie the
//! root of the vault and the freshness note.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::address::{Address, Ref};
use crate::keys::{KeyRing, RandomnessError};
use crate::roster;
use crate::store::{Cache, ReadError};
use crate::time::UnixSeconds;

/// Counts upwards, never reused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HeadNumber(pub u64);

/// One head, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its number, the highest of all for the newest.
    pub number: HeadNumber,
    /// When this structure was first taken in.
    pub taken_at: UnixSeconds,
    /// The root of the structure.
    pub structure: Option<Ref>,
    /// Only the newest head has one: items keep no history.
    pub vault: Option<Ref>,
    /// The owner's note on when each part was read; never part of a difference.
    pub freshness: Vec<u8>,
    /// The head before, as it was then; it may have been thinned out since.
    pub previous: Option<(HeadNumber, Address)>,
    /// What the next head names it by.
    pub address: Address,
    /// Start of the span within which syncs share one head.
    pub(crate) window: UnixSeconds,
    /// Heads whose place this one took and that an open window still read then.
    pub(crate) superseded: Vec<HeadNumber>,
}

/// Sealed under the head key. Postcard; later versions append fields.
#[derive(Serialize, Deserialize)]
struct HeadRecord {
    number: u64,
    taken_at: UnixSeconds,
    window: UnixSeconds,
    structure: Option<Vec<u8>>,
    previous: Option<(u64, [u8; 32])>,
    superseded: Vec<HeadNumber>,
}

/// Sealed under the head key, bound to the head's address: what may change without a new head.
#[derive(Serialize, Deserialize)]
struct BesideRecord {
    vault: Option<Vec<u8>>,
    freshness: Vec<u8>,
}

/// A head about to be written.
pub(crate) struct HeadDraft {
    pub(crate) number: HeadNumber,
    pub(crate) taken_at: UnixSeconds,
    pub(crate) window: UnixSeconds,
    pub(crate) structure: Option<Ref>,
    pub(crate) previous: Option<(HeadNumber, Address)>,
    pub(crate) superseded: Vec<HeadNumber>,
}

impl Cache {
    /// The newest head; `None` before the first sync.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when it does not open: an older one is never passed off as the newest.
    pub fn newest_head(&self) -> Result<Option<Head>, ReadError> {
        self.snapshot(|connection| newest(&self.keys, connection))
    }

    /// Whether the history has no gaps. Costs little.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when a head does not open or is gone.
    pub fn check_history(&self) -> Result<(), ReadError> {
        self.snapshot(|connection| check(&self.keys, connection))
    }

    /// A kept head.
    ///
    /// # Errors
    /// As [`Cache::newest_head`].
    pub fn head(&self, number: HeadNumber) -> Result<Option<Head>, ReadError> {
        by_number(&self.keys, &self.connection(), number)
    }

    /// All kept heads, oldest first. Each that names a kept predecessor is checked to name it rightly.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when one does not open or is gone, or the chain does not hold.
    pub fn heads(&self) -> Result<Vec<Head>, ReadError> {
        let heads = self.snapshot(|connection| all(&self.keys, connection))?;
        let superseded = superseded(&heads);
        Ok(heads.into_iter().filter(|head| !superseded.contains(&head.number)).collect())
    }
}

/// Every head that should be there is, and opens; what lies beside them is not looked at, it may be large.
fn check(keys: &KeyRing, connection: &Connection) -> Result<(), ReadError> {
    let mut statement = connection.prepare_cached("SELECT number, sealed FROM head ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        found.insert(open_alone(keys, row.get(0)?, row.get(1)?)?.number);
    }
    match roster::read(keys, connection)?.and_then(|roster| roster.named) {
        Some(named) if named.heads != found => Err(ReadError::Damaged("history")),
        _ => Ok(()),
    }
}

/// Heads that are there only because an open window reads them.
pub(crate) fn superseded(heads: &[Head]) -> HashSet<HeadNumber> {
    heads.iter().flat_map(|head| head.superseded.iter().copied()).collect()
}

pub(crate) fn all(keys: &KeyRing, connection: &Connection) -> Result<Vec<Head>, ReadError> {
    let mut statement =
        connection.prepare_cached("SELECT number, sealed, beside FROM head ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut heads = Vec::<Head>::new();
    let mut addresses = HashMap::new();
    while let Some(row) = rows.next()? {
        let head = open(keys, row.get(0)?, row.get(1)?, row.get(2)?)?;
        if let Some((number, address)) = head.previous
            && addresses.get(&number).is_some_and(|found| *found != address)
        {
            return Err(ReadError::Damaged("chain of heads"));
        }
        addresses.insert(head.number, head.address);
        heads.push(head);
    }
    let named = roster::read(keys, connection)?.and_then(|roster| roster.named);
    if named.is_some_and(|named| !named.heads.iter().eq(heads.iter().map(|head| &head.number))) {
        return Err(ReadError::Damaged("history"));
    }
    Ok(heads)
}

/// The row with the highest number, if it is the one that was written last: a damaged database page can make rows
/// vanish without SQLite noticing, and an older head must not pass for the newest.
pub(crate) fn newest(keys: &KeyRing, connection: &Connection) -> Result<Option<Head>, ReadError> {
    let last_written = roster::read(keys, connection)?.map(|roster| roster.newest);
    let head = highest(keys, connection)?;
    if head.as_ref().map(|head| head.number) != last_written {
        return Err(ReadError::Damaged("newest head"));
    }
    Ok(head)
}

fn highest(keys: &KeyRing, connection: &Connection) -> Result<Option<Head>, ReadError> {
    one(keys, connection, "SELECT number, sealed, beside FROM head ORDER BY number DESC LIMIT 1", &[])
}

pub(crate) fn by_number(
    keys: &KeyRing,
    connection: &Connection,
    number: HeadNumber,
) -> Result<Option<Head>, ReadError> {
    let number = number.0 as i64;
    one(keys, connection, "SELECT number, sealed, beside FROM head WHERE number = ?1", &[&number])
}

fn one(
    keys: &KeyRing,
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn rusqlite::ToSql],
) -> Result<Option<Head>, ReadError> {
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row(parameters, |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?))
    });
    match row.optional()? {
        Some((number, sealed, beside)) => Ok(Some(open(keys, number, sealed, beside)?)),
        None => Ok(None),
    }
}

pub(crate) fn open(keys: &KeyRing, number: i64, sealed: Vec<u8>, beside: Vec<u8>) -> Result<Head, ReadError> {
    let head = open_alone(keys, number, sealed)?;
    let beside = keys
        .head_key()
        .open(&beside_binding(keys, head.number, &head.address), beside)
        .map_err(|_| DAMAGED)?;
    let (beside, _) = postcard::take_from_bytes::<BesideRecord>(&beside).map_err(|_| DAMAGED)?;
    Ok(Head { vault: reference(beside.vault)?, freshness: beside.freshness, ..head })
}

/// A head without what lies beside it.
pub(crate) fn open_alone(keys: &KeyRing, number: i64, sealed: Vec<u8>) -> Result<Head, ReadError> {
    let number = HeadNumber(u64::try_from(number).map_err(|_| DAMAGED)?);
    let plain = keys.head_key().open(&head_binding(keys, number), sealed).map_err(|_| DAMAGED)?;
    let (record, _) = postcard::take_from_bytes::<HeadRecord>(&plain).map_err(|_| DAMAGED)?;
    let address = head_address(keys, number, &plain);
    if record.number != number.0 {
        return Err(DAMAGED);
    }
    Ok(Head {
        number,
        taken_at: record.taken_at,
        structure: reference(record.structure)?,
        vault: None,
        freshness: Vec::new(),
        previous: record.previous.map(|(number, address)| (HeadNumber(number), Address(address))),
        address,
        window: record.window,
        superseded: record.superseded,
    })
}

fn reference(bytes: Option<Vec<u8>>) -> Result<Option<Ref>, ReadError> {
    match bytes {
        Some(bytes) => Ref::from_bytes(&bytes).map(Some).ok_or(DAMAGED),
        None => Ok(None),
    }
}

const DAMAGED: ReadError = ReadError::Damaged("head");

/// Inserts a head, the newest from now on, with what lies beside it.
pub(crate) fn insert(
    keys: &KeyRing,
    connection: &Connection,
    draft: &HeadDraft,
    vault: Option<Ref>,
    freshness: &[u8],
) -> Result<(), HeadWriteFault> {
    let record = HeadRecord {
        number: draft.number.0,
        taken_at: draft.taken_at,
        window: draft.window,
        structure: draft.structure.map(|root| root.to_bytes().to_vec()),
        previous: draft.previous.map(|(number, address)| (number.0, address.0)),
        superseded: draft.superseded.clone(),
    };
    let plain = postcard::to_allocvec(&record)?;
    let sealed = keys.head_key().seal(&head_binding(keys, draft.number), &plain)?;
    let address = head_address(keys, draft.number, &plain);
    let beside = seal_beside(keys, draft.number, &address, vault, freshness)?;
    connection.execute(
        "INSERT INTO head (number, sealed, beside) VALUES (?1, ?2, ?3)",
        params![draft.number.0 as i64, sealed, beside],
    )?;
    roster::change(keys, connection, |roster, named| {
        roster.newest = draft.number;
        named.heads.insert(draft.number);
    })
}

/// Removes a head from the history. Returns how many there were of this number.
pub(crate) fn remove(
    keys: &KeyRing,
    connection: &Connection,
    number: HeadNumber,
) -> Result<usize, HeadWriteFault> {
    let removed = connection.execute("DELETE FROM head WHERE number = ?1", params![number.0 as i64])?;
    roster::change(keys, connection, |_, named| {
        named.heads.remove(&number);
        named.reviewed.remove(&number);
    })?;
    Ok(removed)
}

/// Replaces what lies beside a head.
pub(crate) fn set_beside(
    keys: &KeyRing,
    connection: &Connection,
    head: &Head,
    vault: Option<Ref>,
    freshness: &[u8],
) -> Result<(), HeadWriteFault> {
    let beside = seal_beside(keys, head.number, &head.address, vault, freshness)?;
    connection
        .execute("UPDATE head SET beside = ?2 WHERE number = ?1", params![head.number.0 as i64, beside])?;
    Ok(())
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadWriteFault {
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    #[error(transparent)]
    Encode(#[from] postcard::Error),
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The note is padded to steps of 256 bytes, so that its length does not count clients.
pub(crate) fn seal_beside(
    keys: &KeyRing,
    number: HeadNumber,
    address: &Address,
    vault: Option<Ref>,
    freshness: &[u8],
) -> Result<Vec<u8>, HeadWriteFault> {
    let record =
        BesideRecord { vault: vault.map(|root| root.to_bytes().to_vec()), freshness: freshness.to_vec() };
    let mut plain = postcard::to_allocvec(&record)?;
    plain.resize(crate::object::padded_len(plain.len()), 0);
    Ok(keys.head_key().seal(&beside_binding(keys, number, address), &plain)?)
}

fn head_address(keys: &KeyRing, number: HeadNumber, plain: &[u8]) -> Address {
    keys.keyed_address(&[b"head/1", &number.0.to_le_bytes(), plain])
}

fn head_binding(keys: &KeyRing, number: HeadNumber) -> Vec<u8> {
    [b"head/1".as_slice(), keys.account().as_bytes(), &number.0.to_le_bytes()].concat()
}

fn beside_binding(keys: &KeyRing, number: HeadNumber, address: &Address) -> Vec<u8> {
    [b"beside/1".as_slice(), keys.account().as_bytes(), &number.0.to_le_bytes(), address.as_bytes()].concat()
}
