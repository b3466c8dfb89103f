//! The roster: which heads there are, which of them is the newest and which are reviewed, sealed in one row.
//!
//! A damaged database page can make rows vanish, or change a number in a row that is not sealed, without SQLite
//! noticing. What the roster names and the tables lack is lost and said to be; an older head never passes for the newest,
//! and a reviewed head does not lose its pin.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::head::{HeadNumber, HeadWriteFault};
use crate::keys::KeyRing;
use crate::store::ReadError;

/// Row of the table of cells that the store keeps for itself; owners' names are not negative.
const ROW: i32 = -1;

/// What should be in the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roster {
    /// The head that was written last.
    pub(crate) newest: HeadNumber,
    /// `None` in a file that was last written before the roster named them.
    pub(crate) named: Option<Named>,
}

/// Postcard; later versions append.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) heads: BTreeSet<HeadNumber>,
    pub(crate) reviewed: BTreeSet<HeadNumber>,
}

/// `None` before the first head.
///
/// # Errors
/// [`ReadError::Damaged`] when it does not open.
pub(crate) fn read(keys: &KeyRing, connection: &Connection) -> Result<Option<Roster>, ReadError> {
    let mut statement = connection.prepare_cached("SELECT sealed FROM cell WHERE name = ?1")?;
    let sealed: Option<Vec<u8>> = statement.query_row(params![ROW], |row| row.get(0)).optional()?;
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = keys.head_key().open(&binding(keys), sealed).map_err(|_| DAMAGED)?;
    let (newest, rest) = plain.split_first_chunk::<8>().ok_or(DAMAGED)?;
    let newest = HeadNumber(u64::from_le_bytes(*newest));
    if rest.is_empty() {
        return Ok(Some(Roster { newest, named: None }));
    }
    let (named, _) = postcard::take_from_bytes::<Named>(rest).map_err(|_| DAMAGED)?;
    Ok(Some(Roster { newest, named: Some(named) }))
}

/// Changes the roster in the caller's transaction. One that names no heads yet takes over what the tables say.
pub(crate) fn change(
    keys: &KeyRing,
    transaction: &Connection,
    change: impl FnOnce(&mut Roster, &mut Named),
) -> Result<(), HeadWriteFault> {
    let mut roster = read(keys, transaction)?.unwrap_or_default();
    let mut named = match roster.named.take() {
        Some(named) => named,
        None => Named {
            heads: numbers(transaction, "SELECT number FROM head")?,
            reviewed: numbers(transaction, "SELECT head FROM pin WHERE window IS NULL")?,
        },
    };
    change(&mut roster, &mut named);
    write(keys, transaction, roster.newest, &named)
}

pub(crate) fn write(
    keys: &KeyRing,
    transaction: &Connection,
    newest: HeadNumber,
    named: &Named,
) -> Result<(), HeadWriteFault> {
    let mut plain = newest.0.to_le_bytes().to_vec();
    plain.extend_from_slice(&postcard::to_allocvec(named)?);
    let sealed = keys.head_key().seal(&binding(keys), &plain)?;
    transaction
        .execute("INSERT OR REPLACE INTO cell (name, sealed) VALUES (?1, ?2)", params![ROW, sealed])?;
    Ok(())
}

fn numbers(connection: &Connection, sql: &str) -> Result<BTreeSet<HeadNumber>, rusqlite::Error> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok(HeadNumber(row.get::<_, i64>(0)?.unsigned_abs())))?;
    rows.collect()
}

const DAMAGED: ReadError = ReadError::Damaged("newest head");

fn binding(keys: &KeyRing) -> Vec<u8> {
    [b"last/1".as_slice(), keys.account().as_bytes()].concat()
}
