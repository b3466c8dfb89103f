//! Pinned heads: their objects stay. What a review pins is neither thinned out nor replaced; a window's pin ends with its
//! time, and the head may be replaced meanwhile.

use std::io::ErrorKind;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::head::HeadNumber;
use crate::keys::KeyRing;
use crate::roster;
use crate::store::{Cache, ReadError};
use crate::time::UnixSeconds;
use crate::writer::{WriteError, flushing};

/// Who pins a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinHolder {
    /// A review: until it is taken back.
    Review,
    /// An open window that still reads this head: its objects stay, though another head may take its place in the
    /// history. `id` is the window's own choice.
    Window { id: u32, expires: UnixSeconds },
}

/// A pinned head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// Which head.
    pub head: HeadNumber,
    /// For whom.
    pub holder: PinHolder,
}

impl Cache {
    /// Pins a kept head, replacing an earlier pin of the same holder on it. Needs no writer lock: the head is checked
    /// and the pin set in one transaction.
    ///
    /// # Errors
    /// [`WriteError::NoSuchHead`] when the head is not kept any more.
    pub fn pin(&self, pin: Pin) -> Result<(), WriteError> {
        let mut connection = self.connection();
        if pin.holder == PinHolder::Review {
            return self.pin_if(&mut connection, pin, || true).map(drop);
        }
        if self.journal_is_empty() {
            // A window's pin need not outlive a power cut, and an unlock should not wait for the disk: what begins an empty
            // journal is flushed with whatever follows that matters. To move it into the file meanwhile would not be safe.
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
            let pinned = flushing(&mut connection, "OFF", |connection| {
                self.pin_if(connection, pin, || self.journal_is_empty())
            });
            connection.pragma_update(None, "wal_autocheckpoint", 1000)?;
            if pinned? {
                return Ok(());
            }
        }
        // What begins a journal anew that is not empty is flushed at once, or the old one could be played back over what is
        // newer; NORMAL does that and no more.
        flushing(&mut connection, "NORMAL", |connection| self.pin_if(connection, pin, || true)).map(drop)
    }

    /// Pins, unless `is_good` says no once nobody else can write; whether it did.
    fn pin_if(
        &self,
        connection: &mut Connection,
        pin: Pin,
        is_good: impl FnOnce() -> bool,
    ) -> Result<bool, WriteError> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if !is_good() {
            return Ok(false);
        }
        set_pin(&self.keys, &transaction, pin)?;
        transaction.commit()?;
        Ok(true)
    }

    fn journal_is_empty(&self) -> bool {
        match std::fs::metadata(self.journal()) {
            Ok(journal) => journal.len() == 0,
            Err(error) => error.kind() == ErrorKind::NotFound,
        }
    }
}

fn set_pin(keys: &KeyRing, transaction: &Transaction<'_>, pin: Pin) -> Result<(), WriteError> {
    let known = transaction
        .prepare_cached("SELECT 1 FROM head WHERE number = ?1")?
        .exists(params![pin.head.0 as i64])?;
    if !known {
        return Err(WriteError::NoSuchHead(pin.head));
    }
    let (window, expires) = match pin.holder {
        PinHolder::Review => (None, None),
        PinHolder::Window { id, expires } => (Some(id), Some(expires.0)),
    };
    transaction
        .execute("DELETE FROM pin WHERE head = ?1 AND window IS ?2", params![pin.head.0 as i64, window])?;
    transaction.execute(
        "INSERT INTO pin (head, window, expires) VALUES (?1, ?2, ?3)",
        params![pin.head.0 as i64, window, expires],
    )?;
    if pin.holder == PinHolder::Review {
        roster::change(keys, transaction, |_, named| {
            named.reviewed.insert(pin.head);
        })?;
    }
    Ok(())
}

impl Cache {
    /// Takes pins of a head back: the review's, or that of one window.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn unpin(&self, head: HeadNumber, window: Option<u32>) -> Result<(), WriteError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .execute("DELETE FROM pin WHERE head = ?1 AND window IS ?2", params![head.0 as i64, window])?;
        if window.is_none() {
            roster::change(&self.keys, &transaction, |_, named| {
                named.reviewed.remove(&head);
            })?;
        }
        Ok(transaction.commit()?)
    }

    /// Pins that hold at `now`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn pins(&self, now: UnixSeconds) -> Result<Vec<Pin>, ReadError> {
        self.snapshot(|connection| holding(&self.keys, connection, now))
    }
}

/// Windows by the table, which anybody may write to; reviews by the sealed roster, which outlives damage to the table.
pub(crate) fn holding(
    keys: &KeyRing,
    connection: &Connection,
    now: UnixSeconds,
) -> Result<Vec<Pin>, ReadError> {
    let named = roster::read(keys, connection)?.and_then(|roster| roster.named);
    let review = |head| Pin { head, holder: PinHolder::Review };
    let mut pins: Vec<Pin> =
        named.iter().flat_map(|named| &named.reviewed).map(|head| review(*head)).collect();
    let mut statement = connection.prepare_cached("SELECT head, window, expires FROM pin")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let head = HeadNumber(row.get::<_, i64>(0)?.unsigned_abs());
        match (row.get::<_, Option<u32>>(1)?, row.get::<_, Option<i64>>(2)?) {
            (Some(id), Some(expires)) if now.0 < expires => {
                let holder = PinHolder::Window { id, expires: UnixSeconds(expires) };
                pins.push(Pin { head, holder });
            }
            (Some(_), _) => {}
            (None, _) if named.is_none() => pins.push(review(head)),
            (None, _) => {}
        }
    }
    Ok(pins)
}
