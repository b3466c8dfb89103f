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
use crate::take_over;
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
    /// Reached from some head, and damaged or gone, which a recovery has not settled yet. Then nothing was removed: a
    /// recovery may still find what lies below.
    pub objects_lost: usize,
}

impl Writer<'_> {
    /// Thins heads out by `retention` and removes every object that no kept or pinned head reaches, in one
    /// transaction. While a reachable object does not open, no object is removed: what it refers to is not known.
    ///
    /// # Errors
    /// See [`WriteError`]; a damaged history among them.
    pub fn sweep(&mut self, retention: Retention, now: UnixSeconds) -> Result<SweepReport, WriteError> {
        self.flush()?;
        let keys = self.keys_handle();
        let transaction = self.connection_mut().transaction_with_behavior(TransactionBehavior::Immediate)?;
        let heads_removed = thin_out(&keys, &transaction, retention, now)?;
        let roots: Vec<Ref> = head::all(&keys, &transaction)?
            .iter()
            .flat_map(|head| [head.structure, head.vault].into_iter().flatten())
            .collect();
        let Marked { reached, lost } = mark(&keys, &transaction, roots)?;
        let given_up =
            if lost.is_empty() { HashSet::new() } else { take_over::given_up(&keys, &transaction)? };
        let objects_lost = lost.difference(&given_up).count();
        let objects_removed = if objects_lost == 0 { remove_unreached(&transaction, &reached)? } else { 0 };
        transaction.commit()?;
        self.forget_written();
        if objects_removed > 0 {
            give_space_back(self.connection())?;
        }
        self.checkpoint()?;
        Ok(SweepReport {
            heads_removed,
            objects_removed,
            objects_kept: reached.len() - lost.len(),
            objects_lost,
        })
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
    let pins = pins::holding(keys, transaction, now)?;
    let mut removed = 0;
    for head in heads.iter().rev().skip(1) {
        let mut holders = pins.iter().filter(|pin| pin.head == head.number).map(|pin| pin.holder);
        if !kept.contains(&head.number) && holders.clone().next().is_none() {
            removed += head::remove(keys, transaction, head.number)?;
        } else if head.vault.is_some() && !holders.any(|holder| matches!(holder, PinHolder::Window { .. })) {
            head::set_beside(keys, transaction, head, None, &head.freshness)?;
        }
    }
    transaction.execute("DELETE FROM pin WHERE expires <= ?1", params![now.0])?;
    transaction.execute("DELETE FROM pin WHERE head NOT IN (SELECT number FROM head)", [])?;
    Ok(removed)
}

/// What the heads reach, the lost ones included.
struct Marked {
    reached: HashSet<Address>,
    lost: HashSet<Address>,
}

fn mark(keys: &KeyRing, transaction: &Transaction<'_>, roots: Vec<Ref>) -> Result<Marked, ReadError> {
    let mut marked =
        Marked { reached: roots.iter().map(|root| root.address).collect(), lost: HashSet::new() };
    let mut open = roots;
    while let Some(target) = open.pop() {
        if target.kind.is_leaf() {
            continue;
        }
        let opened = match read_sealed(transaction, target) {
            Ok(sealed) => sealed.and_then(|sealed| object::open(keys, target, sealed).ok()),
            Err(ReadError::Damaged(_)) => None,
            Err(error) => return Err(error),
        };
        match opened {
            Some(opened) => {
                open.extend(opened.refs().iter().filter(|child| marked.reached.insert(child.address)));
            }
            None => {
                marked.lost.insert(target.address);
            }
        }
    }
    Ok(marked)
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
