//! Derived objects: what can be made again from a part of the tree, kept because making it costs time. Found by rule
//! and owner, never part of a difference, swept together with their owner.

use rusqlite::{Connection, OptionalExtension, params};

use crate::address::{Address, Ref};
use crate::keys::{FORMAT, KeyRing};
use crate::schema;
use crate::store::{Cache, Plain, ReadError};
use crate::writer::{WriteError, Writer};

/// What makes a derived object, and which version of it: a raised version finds nothing of the older ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rule {
    /// What it makes.
    pub name: &'static str,
    /// Raised when it makes something else.
    pub version: u32,
}

impl Cache {
    /// What a rule made of `owner`; `None` when it was not made or does not open, since it can be made again.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn derived(&self, rule: Rule, owner: Ref) -> Result<Option<Plain>, ReadError> {
        let key = derived_key(&self.keys, rule, owner);
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT sealed FROM derived WHERE key = ?1")?;
        let sealed: Option<Vec<u8>> =
            match statement.query_row(params![key.as_bytes()], |row| row.get(0)).optional() {
                // Nor does a row of which not even SQLite can make anything.
                Err(error) if schema::is_corruption(&error) => None,
                found => found?,
            };
        Ok(sealed.and_then(|sealed| open(&self.keys, &key, sealed)))
    }
}

impl Writer<'_> {
    /// Keeps what a rule made of `owner`, an object of this store. Not compressed: it may mix texts of many origins.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn put_derived(&mut self, rule: Rule, owner: Ref, plain: &[u8]) -> Result<(), WriteError> {
        let key = derived_key(self.keys(), rule, owner);
        let mut padded = zeroize::Zeroizing::new(Vec::with_capacity(plain.len() + 16));
        padded.extend_from_slice(&(plain.len() as u64).to_le_bytes());
        padded.extend_from_slice(plain);
        let len = crate::object::padded_len(padded.len());
        padded.resize(len, 0);
        let sealed = self.keys().sealing_key(b"derived/1", &[key.as_bytes()]).seal(&[FORMAT], &padded)?;
        self.derived_waits(SealedDerived { key, owner: owner.address, sealed });
        self.flush_if_much()
    }
}

impl Writer<'_> {
    /// Whether a rule made something of `owner` already.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_derived(&self, rule: Rule, owner: Ref) -> Result<bool, WriteError> {
        let key = derived_key(self.keys(), rule, owner);
        let mut statement = self.connection().prepare_cached("SELECT 1 FROM derived WHERE key = ?1")?;
        Ok(statement.exists(params![key.as_bytes()])?)
    }
}

/// A derived object that waits to be written together with others: one by one, each would wait for the disk.
pub(crate) struct SealedDerived {
    key: Address,
    owner: Address,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) fn insert_all(connection: &Connection, all: &[SealedDerived]) -> Result<(), rusqlite::Error> {
    let sql = "INSERT OR REPLACE INTO derived (key, owner, sealed) VALUES (?1, ?2, ?3)";
    let mut insert = connection.prepare_cached(sql)?;
    for derived in all {
        insert.execute(params![derived.key.as_bytes(), derived.owner.as_bytes(), derived.sealed])?;
    }
    Ok(())
}

fn open(keys: &KeyRing, key: &Address, sealed: Vec<u8>) -> Option<Plain> {
    let mut plain = keys.sealing_key(b"derived/1", &[key.as_bytes()]).open(&[FORMAT], sealed).ok()?;
    let (len, body) = plain.split_first_chunk::<8>()?;
    let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
    body.get(..len)?;
    plain.copy_within(8..8 + len, 0);
    plain.truncate(len);
    Some(plain)
}

fn derived_key(keys: &KeyRing, rule: Rule, owner: Ref) -> Address {
    keys.keyed_address(&[
        b"derived/1",
        &(rule.name.len() as u64).to_le_bytes(),
        rule.name.as_bytes(),
        &rule.version.to_le_bytes(),
        &owner.to_bytes(),
    ])
}
