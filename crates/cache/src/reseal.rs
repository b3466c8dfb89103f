//! A new data key: every kept head is sealed anew into a new file that replaces the old.
//!
//! For a user key that was rotated: who held the old one holds the old data key too. Addresses change with the key, so the tree is copied from its leaves to its roots and each reference rewritten. Derived objects are not
//! copied, they can be made again.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::address::{Address, Ref};
use crate::cell::CellName;
use crate::head::{self, HeadDraft, HeadNumber};
use crate::header::ClearHeader;
use crate::keys::DataKey;
use crate::lock::WriterLock;
use crate::log;
use crate::object::Object;
use crate::pins::PinHolder;
use crate::slot::SlotSecret;
use crate::store::{Cache, ClosedCache, CreateCacheError, ReadError, create_file};
use crate::time::UnixSeconds;
use crate::writer::{BeginWriteError, WriteError, Writer};

/// Why a cache was not sealed anew.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// Another process writes, or has the file open: it must not go on reading a file that is replaced.
    #[error("another process uses the cache")]
    InUse,
    #[error(transparent)]
    Begin(#[from] BeginWriteError),
    #[error("the new file cannot be made")]
    Create(#[from] CreateCacheError),
    #[error("the old file cannot be read")]
    Read(#[from] ReadError),
    #[error("the new file cannot be written")]
    Write(#[from] WriteError),
}

impl Cache {
    /// Seals everything kept anew under a new data key, whose account slot `account_secret` opens, and replaces the
    /// file. `header` takes the place of the clear part; all other slots are gone. Killed at any moment, either the
    /// old file or the new one is there, whole.
    ///
    /// # Errors
    /// See [`ResealError`]; then the old file is as it was.
    pub fn reseal(
        self,
        mut header: ClearHeader,
        account_secret: &SlotSecret,
        cells: &[CellName],
        now: UnixSeconds,
    ) -> Result<Self, ResealError> {
        header.read_at = self.header()?.read_at;
        let path = self.path.clone();
        let fresh = path.with_extension("resealed");
        let lock = WriterLock::try_acquire(&self.lock_path()).map_err(BeginWriteError::from)?;
        let outcome = seal_into(&fresh, self, header, account_secret, cells, lock, now).and_then(|lock| {
            replace(&fresh, &path).map_err(CreateCacheError::from)?;
            Ok(lock)
        });
        match outcome {
            Ok(lock) => drop(lock),
            Err(error) => {
                // Nobody has its key any more.
                let _ = std::fs::remove_file(&fresh);
                return Err(error);
            }
        }
        open_resealed(&path, account_secret)
    }
}

/// Writes the new file and closes both, so that nothing but the renaming is left to do.
fn seal_into(
    fresh: &Path,
    old: Cache,
    header: ClearHeader,
    account_secret: &SlotSecret,
    cells: &[CellName],
    lock: WriterLock,
    now: UnixSeconds,
) -> Result<WriterLock, ResealError> {
    let data_key = DataKey::generate().map_err(CreateCacheError::from)?;
    create_file(fresh, header, account_secret, &data_key)?;
    let new = open_resealed(fresh, account_secret)?;
    let lock = copy_all(&old, &new, cells, lock, now)?;
    leave_alone(old.close()).map_err(|_| ResealError::InUse)?;
    leave_alone(new.close()).map_err(|_| ResealError::InUse)?;
    Ok(lock)
}

fn open_resealed(path: &Path, account_secret: &SlotSecret) -> Result<Cache, ResealError> {
    let damaged = || ResealError::Read(ReadError::Damaged("new file"));
    let closed = ClosedCache::open(path).map_err(|_| damaged())?;
    closed.unlock_with_account(account_secret).map_err(|_| damaged())
}

fn copy_all(
    old: &Cache,
    new: &Cache,
    cells: &[CellName],
    lock: WriterLock,
    now: UnixSeconds,
) -> Result<WriterLock, ResealError> {
    for name in cells {
        if let Some(plain) = old.cell(*name)? {
            new.set_cell(*name, &plain)?;
        }
    }
    let mut writer = new.writer_under(lock)?;
    log::copy_all(old, &writer)?;
    let mut copied = HashMap::new();
    let mut addresses = HashMap::<HeadNumber, Address>::new();
    let heads = old.heads()?;
    let newest = heads.last().map(|head| head.number);
    for head in heads {
        // Older heads may still name a vault that an open window reads; no window does now.
        let vault = head.vault.filter(|_| Some(head.number) == newest);
        let structure = head.structure.map(|root| copy(old, &mut writer, root, &mut copied)).transpose()?;
        let vault = vault.map(|root| copy(old, &mut writer, root, &mut copied)).transpose()?;
        writer.flush()?;
        let keys = writer.keys_handle();
        let draft = HeadDraft {
            number: head.number,
            taken_at: head.taken_at,
            window: head.window,
            structure,
            previous: head.previous.and_then(|(number, _)| Some((number, *addresses.get(&number)?))),
            superseded: Vec::new(),
        };
        let transaction = writer
            .connection_mut()
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(WriteError::from)?;
        head::insert(&keys, &transaction, &draft, vault, &head.freshness).map_err(WriteError::from)?;
        transaction.commit().map_err(WriteError::from)?;
        if let Some(written) = head::by_number(&keys, writer.connection(), head.number)? {
            addresses.insert(head.number, written.address);
        }
    }
    for pin in old.pins(now)?.into_iter().filter(|pin| pin.holder == PinHolder::Review) {
        new.pin(pin)?;
    }
    Ok(writer.into_lock())
}

/// Copies an object after all that it refers to. As deep as the tree, which is shallow.
fn copy(
    old: &Cache,
    writer: &mut Writer<'_>,
    target: Ref,
    copied: &mut HashMap<Address, Ref>,
) -> Result<Ref, ResealError> {
    if let Some(known) = copied.get(&target.address) {
        return Ok(*known);
    }
    let opened = old.object(target)?;
    let mut refs = Vec::with_capacity(opened.refs().len());
    for child in opened.refs() {
        refs.push(copy(old, writer, *child, copied)?);
    }
    let payload = zeroize::Zeroizing::new(opened.payload().to_vec());
    let fresh = writer.put(Object { kind: target.kind, refs, payload })?;
    copied.insert(target.address, fresh);
    Ok(fresh)
}

/// Leaving WAL mode takes the journal into the file and succeeds only when nobody else has the file open: what is
/// renamed afterwards has no journal beside it that a new file of the same name would take for its own.
pub(crate) fn leave_alone(connection: Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(Duration::from_millis(200))?;
    let mode: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    if mode != "delete" {
        return Err(rusqlite::Error::ExecuteReturnedResults);
    }
    connection.close().map_err(|(_, error)| error)
}

/// The new file's content is on the disk before its name is.
pub(crate) fn replace(fresh: &Path, path: &Path) -> Result<(), std::io::Error> {
    // Windows writes out only what was opened for writing.
    std::fs::OpenOptions::new().write(true).open(fresh)?.sync_all()?;
    std::fs::rename(fresh, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
