//! Cells: few sealed values that are replaced in place and keep no history (the session's tokens, say).

use rusqlite::{Connection, OptionalExtension, params};

use crate::keys::{FORMAT, KeyRing, RandomnessError, SealingCipher};
use crate::store::{Cache, Plain, ReadError};
use crate::writer::{WriteError, Writer};

/// Which cell; numbered by the store's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellName(pub u16);

impl Cache {
    /// # Errors
    /// [`ReadError::Damaged`] when the cell does not open.
    pub fn cell(&self, name: CellName) -> Result<Option<Plain>, ReadError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT sealed FROM cell WHERE name = ?1")?;
        let sealed: Option<Vec<u8>> = statement.query_row(params![name.0], |row| row.get(0)).optional()?;
        let Some(sealed) = sealed else { return Ok(None) };
        let (key, binding) = key_of(&self.keys, name);
        let mut plain = key.open(&binding, sealed).map_err(|_| ReadError::Damaged("cell"))?;
        let len = plain.iter().rposition(|byte| *byte == 1).ok_or(ReadError::Damaged("cell"))?;
        plain.truncate(len);
        Ok(Some(plain))
    }

    /// Replaces a cell in one transaction. Needs no writer lock: a token may be refreshed while another process syncs.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn set_cell(&self, name: CellName, plain: &[u8]) -> Result<(), WriteError> {
        Ok(SealedCell::of(&self.keys, name, plain)?.put(&self.connection())?)
    }

    /// Removes a cell; nothing happens when it is not there.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn clear_cell(&self, name: CellName) -> Result<(), WriteError> {
        self.connection().execute("DELETE FROM cell WHERE name = ?1", params![name.0])?;
        Ok(())
    }
}

impl Writer<'_> {
    /// Replaces a cell together with the next head, or not at all.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn set_cell_with_head(&mut self, name: CellName, plain: &[u8]) -> Result<(), WriteError> {
        let cell = SealedCell::of(self.keys(), name, plain)?;
        self.cell_waits(cell);
        Ok(())
    }
}

/// A cell's new content.
pub(crate) struct SealedCell {
    name: CellName,
    sealed: Vec<u8>,
}

impl SealedCell {
    fn of(keys: &KeyRing, name: CellName, plain: &[u8]) -> Result<Self, RandomnessError> {
        let (key, binding) = key_of(keys, name);
        // A one and zeros up to the padded length.
        let mut padded = Plain::new(Vec::with_capacity(crate::object::padded_len(plain.len() + 1)));
        padded.extend_from_slice(plain);
        padded.push(1);
        let len = crate::object::padded_len(padded.len());
        padded.resize(len, 0);
        Ok(Self { name, sealed: key.seal(&binding, &padded)? })
    }

    pub(crate) fn put(&self, connection: &Connection) -> Result<(), rusqlite::Error> {
        let sql = "INSERT OR REPLACE INTO cell (name, sealed) VALUES (?1, ?2)";
        connection.execute(sql, params![self.name.0, self.sealed]).map(drop)
    }
}

pub(crate) fn key_of(keys: &KeyRing, name: CellName) -> (SealingCipher, Vec<u8>) {
    let name = name.0.to_le_bytes();
    let binding = [&[FORMAT], keys.account().as_bytes().as_slice(), &name].concat();
    (keys.sealing_key(b"cell/1", &[&name]), binding)
}
