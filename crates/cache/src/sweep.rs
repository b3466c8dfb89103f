//! Thinning heads out and removing what none of the kept ones reaches.

use std::collections::HashSet;

use rusqlite::{Transaction, TransactionBehavior, params};

use crate::address::{Address, Ref};
use crate::head;
use crate::history::{Retention, kept};
use crate::keys::KeyRing;
use crate::object;
use crate::pins::{self, PinHolder};
use crate::store::{ReadError, read_sealed};
use crate::time::UnixSeconds;
use crate::writer::{WriteError, Writer};

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Thinned out, or no longer read by a window.
    pub heads_removed: usize,
    /// Reached from no head.
    pub objects_removed: usize,
    /// Reached from some head.
    pub objects_kept: usize,
}

impl Writer<'_> {
    /// Thins heads out by `retention` and removes every object that no kept or pinned head reaches, in one
    /// transaction.
    ///
    /// # Errors
    /// When a reachable object does not open, nothing is removed: what it refers to is not known.
    pub fn sweep(&mut self, retention: Retention, now: UnixSeconds) -> Result<SweepReport, WriteError> {
        self.flush()?;
        let keys = self.keys_handle();
        let transaction = self.connection_mut().transaction_with_behavior(TransactionBehavior::Immediate)?;
        let heads_removed = thin_out(&keys, &transaction, retention, now)?;
        let roots: Vec<Ref> = head::all(&keys, &transaction)?
            .iter()
            .flat_map(|head| [head.structure, head.vault].into_iter().flatten())
            .collect();
        let reached = mark(&keys, &transaction, roots)?;
        let objects_removed = remove_unreached(&transaction, &reached)?;
        transaction.commit()?;
        self.forget_written();
        if objects_removed > 0 {
            give_space_back(self.connection())?;
        }
        self.checkpoint()?;
        Ok(SweepReport { heads_removed, objects_removed, objects_kept: reached.len() })
    }
}

/// Removes heads and, from older ones, the vault's root: items keep no history. Pinned heads stay; one that an open
/// window reads keeps its vault too.
fn thin_out(
    keys: &KeyRing,
    transaction: &Transaction<'_>,
    retention: Retention,
    now: UnixSeconds,
) -> Result<usize, WriteError> {
    let heads = head::all(keys, transaction)?;
    let superseded = head::superseded(&heads);
    let history: Vec<_> = heads.iter().filter(|head| !superseded.contains(&head.number)).cloned().collect();
    let kept = kept(&history, retention, now);
    let pins = pins::holding(transaction, now)?;
    let mut removed = 0;
    for head in heads.iter().rev().skip(1) {
        let mut holders = pins.iter().filter(|pin| pin.head == head.number).map(|pin| pin.holder);
        if !kept.contains(&head.number) && holders.clone().next().is_none() {
            removed +=
                transaction.execute("DELETE FROM head WHERE number = ?1", params![head.number.0 as i64])?;
        } else if head.vault.is_some() && !holders.any(|holder| matches!(holder, PinHolder::Window { .. })) {
            head::set_beside(keys, transaction, head, None, &head.freshness)?;
        }
    }
    transaction.execute("DELETE FROM pin WHERE expires <= ?1", params![now.0])?;
    transaction.execute("DELETE FROM pin WHERE head NOT IN (SELECT number FROM head)", [])?;
    Ok(removed)
}

fn mark(
    keys: &KeyRing,
    transaction: &Transaction<'_>,
    roots: Vec<Ref>,
) -> Result<HashSet<Address>, ReadError> {
    let mut reached: HashSet<Address> = roots.iter().map(|root| root.address).collect();
    let mut open = roots;
    while let Some(target) = open.pop() {
        if target.kind.is_leaf() {
            continue;
        }
        let sealed = read_sealed(transaction, target)?.ok_or(ReadError::Damaged("missing object"))?;
        let opened = object::open(keys, target, sealed).map_err(|_| ReadError::Damaged("object"))?;
        open.extend(opened.refs().iter().filter(|child| reached.insert(child.address)));
    }
    Ok(reached)
}

fn remove_unreached(
    transaction: &Transaction<'_>,
    reached: &HashSet<Address>,
) -> Result<usize, rusqlite::Error> {
    let is_reached =
        |bytes: &[u8]| <[u8; 32]>::try_from(bytes).is_ok_and(|bytes| reached.contains(&Address(bytes)));
    let mut removed = 0;
    for (select, delete, counts) in [
        ("SELECT id, address FROM object", "DELETE FROM object WHERE id = ?1", true),
        ("SELECT id, owner FROM derived", "DELETE FROM derived WHERE id = ?1", false),
    ] {
        let mut doomed = Vec::new();
        let mut statement = transaction.prepare(select)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !is_reached(row.get_ref(1)?.as_blob().unwrap_or_default()) {
                doomed.push(row.get::<_, i64>(0)?);
            }
        }
        let mut delete = transaction.prepare(delete)?;
        for id in &doomed {
            delete.execute(params![id])?;
        }
        removed += if counts { doomed.len() } else { 0 };
    }
    Ok(removed)
}

/// Each step of this statement frees one page, so it is run to its end.
fn give_space_back(connection: &rusqlite::Connection) -> Result<(), rusqlite::Error> {
    let mut statement = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
