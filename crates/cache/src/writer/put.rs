//! Objects on their way into the store: named, looked for, sealed, and kept until the next flush.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::*;
use rusqlite::{Connection, TransactionBehavior};
use zeroize::Zeroizing;

use super::{FLUSH_AT, WriteError, Writer, insert_all, is_stored, without_waiting_for_the_disk};
use crate::address::{Address, Ref};
use crate::keys::KeyRing;
use crate::object::{self, Object, SealError, SealedObject};
use crate::store::{Cache, ReadError, read_sealed};

/// Objects that are sealed side by side before the next are taken: a page of items may hold a megabyte.
const PUT_AT_ONCE: usize = 64;
/// So many times as many may be sealed and not yet inserted.
const AHEAD: usize = 2;

impl Writer<'_> {
    /// Writes an object unless it is there already and opens, and names it: what was damaged is whole again once it is
    /// put again. (Opening costs as much as the hash that names it: little beside a request to a server.)
    ///
    /// # Errors
    /// [`WriteError::MissingObject`] when it refers to something that is not in the store: children come first.
    pub fn put(&mut self, object: Object) -> Result<Ref, WriteError> {
        let keys = self.keys_handle();
        let named = Named::of(&keys, object)?;
        let target = named.target;
        if self.store().lacks(&named)? {
            let sealed = named.sealed(&keys)?;
            self.waits(sealed.0.len());
            self.waiting.push((target.address, sealed));
        }
        self.known.insert(target.address, named.refs);
        self.flush_if_much()?;
        Ok(target)
    }

    /// As [`Writer::put`] for objects that do not refer to each other, made by their number: made, named and sealed on all
    /// cores, while those before are inserted. Nearly all that a first sync writes are pages.
    ///
    /// # Errors
    /// See [`Writer::put`].
    pub(crate) fn put_all(
        &mut self,
        count: usize,
        object: impl Fn(usize) -> Object + Sync,
    ) -> Result<Vec<Ref>, WriteError> {
        if count <= PUT_AT_ONCE {
            return (0..count).map(|at| self.put(object(at))).collect();
        }
        let keys = self.keys_handle();
        let Self { cache, known, began_empty, connection, bytes_written, .. } = self;
        let mut store = Stored { cache, known, is_empty: *began_empty };
        let (inserting, sealed) = sync_channel(AHEAD);
        std::thread::scope(|scope| {
            let inserter = scope.spawn(move || insert_as_they_come(connection, &sealed));
            let mut targets = Vec::with_capacity(count);
            for first in (0..count).step_by(PUT_AT_ONCE) {
                let some = first..count.min(first + PUT_AT_ONCE);
                let batch = store.seal_missing(&keys, some, &object, &mut targets)?;
                *bytes_written += batch.iter().map(|(_, sealed)| sealed.0.len() as u64).sum::<u64>();
                if inserting.send(batch).is_err() {
                    break;
                }
            }
            drop(inserting);
            // A panic there is a panic here, as it would be without the thread.
            inserter.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok(targets)
        })
    }

    fn store(&mut self) -> Stored<'_> {
        Stored { cache: self.cache, known: &mut self.known, is_empty: self.began_empty }
    }
}

/// What is in the store, as far as a writer has to know: looked up by way of the cache's own connection, since the
/// writer's may be inserting.
struct Stored<'w> {
    cache: &'w Cache,
    known: &'w mut HashMap<Address, Vec<Ref>>,
    /// There was nothing before what is known: nothing has to be looked for.
    is_empty: bool,
}

impl Stored<'_> {
    /// Whether an object has to be written. What it refers to is there, or else it is an error.
    fn lacks(&self, named: &Named) -> Result<bool, WriteError> {
        let is_known = |target: &Ref| self.known.contains_key(&target.address);
        if is_known(&named.target) || (!self.is_empty && self.has_whole(named.target)?) {
            return Ok(false);
        }
        for child in &named.refs {
            if !is_known(child) && (self.is_empty || !is_stored(&self.cache.connection(), child.address)?) {
                return Err(WriteError::MissingObject(*child));
            }
        }
        Ok(true)
    }

    fn has_whole(&self, target: Ref) -> Result<bool, ReadError> {
        let sealed = read_sealed(&self.cache.connection(), target)?;
        Ok(sealed.is_some_and(|sealed| object::open(&self.cache.keys, target, sealed).is_ok()))
    }

    /// Makes and names some objects, and seals those that have to be written.
    fn seal_missing(
        &mut self,
        keys: &KeyRing,
        some: std::ops::Range<usize>,
        object: &(impl Fn(usize) -> Object + Sync),
        targets: &mut Vec<Ref>,
    ) -> Result<Vec<(Address, SealedObject)>, WriteError> {
        let named: Vec<Named> =
            some.into_par_iter().map(|at| Named::of(keys, object(at))).collect::<Result<_, _>>()?;
        let missing: Vec<bool> = named.iter().map(|named| self.lacks(named)).collect::<Result<_, _>>()?;
        let sealed: Vec<_> = named
            .par_iter()
            .zip(missing)
            .filter_map(|(named, is_missing)| is_missing.then_some(named))
            .map(|named| Ok((named.target.address, named.sealed(keys)?)))
            .collect::<Result<_, SealError>>()?;
        for named in named {
            targets.push(named.target);
            self.known.insert(named.target.address, named.refs);
        }
        Ok(sealed)
    }
}

/// Inserts what comes, in transactions that nothing refers to yet, and moves it from the journal into the file.
fn insert_as_they_come(
    connection: &mut Connection,
    sealed: &Receiver<Vec<(Address, SealedObject)>>,
) -> Result<(), WriteError> {
    without_waiting_for_the_disk(connection, |connection| {
        while let Ok(batch) = sealed.recv() {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (mut next, mut bytes) = (Some(batch), 0);
            while let Some(batch) = next {
                insert_all(&transaction, &batch)?;
                bytes += batch.iter().map(|(_, sealed)| sealed.0.len()).sum::<usize>();
                next = if bytes < FLUSH_AT { sealed.recv().ok() } else { None };
            }
            transaction.commit()?;
            // While the next are sealed: the commit that refers to them finds a short journal.
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        }
        Ok(())
    })
}

/// An object with its name, before it is known whether it has to be written.
struct Named {
    target: Ref,
    canonical: Zeroizing<Vec<u8>>,
    refs: Vec<Ref>,
}

impl Named {
    fn of(keys: &KeyRing, object: Object) -> Result<Self, SealError> {
        let kind = object.kind;
        let (canonical, refs) = object::canonical_bytes(object)?;
        Ok(Self { target: object::reference(keys, kind, &canonical), canonical, refs })
    }

    fn sealed(&self, keys: &KeyRing) -> Result<SealedObject, SealError> {
        object::seal(keys, self.target, &self.canonical)
    }
}
