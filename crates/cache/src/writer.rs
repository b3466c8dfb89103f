//! Writing: objects first, in small transactions that nothing refers to yet; then the head, in one.

mod put;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use crate::address::{Address, Ref};
use crate::cell::SealedCell;
use crate::derived::{self, SealedDerived};
use crate::head::{self, HeadDraft, HeadNumber, HeadWriteFault};
use crate::header::{self, ClearHeader};
use crate::keys::{KeyRing, RandomnessError};
use crate::lock::{LockError, WriterLock};
use crate::log::{self, SealedLog};
use crate::log_mend;
use crate::object::{SealError, SealedObject};
use crate::page::EntryId;
use crate::pins::{self, PinHolder};
use crate::schema::{self, LayoutFault};
use crate::slot::{SessionKey, SessionParameters, Slot, SlotKind, SlotSecret};
use crate::store::{Cache, ReadError};
use crate::time::UnixSeconds;

/// Sealed objects wait in memory up to this many bytes before they are written in one transaction.
const FLUSH_AT: usize = 4 * 1024 * 1024;
/// Syncs within this many seconds share one head.
const SHARED_HEAD: i64 = 10 * UnixSeconds::MINUTE;

/// The one writer of a file. Dropping it without [`Writer::commit`] changes nothing that a reader sees; objects
/// already written are found again by the next sync or removed by the next sweep.
pub struct Writer<'cache> {
    cache: &'cache Cache,
    connection: Connection,
    /// What this writer put or met, and what each refers to.
    known: HashMap<Address, Vec<Ref>>,
    /// Whether there was no object when it began: what is not known is not there, then.
    began_empty: bool,
    waiting: Vec<(Address, SealedObject)>,
    waiting_derived: Vec<SealedDerived>,
    waiting_bytes: usize,
    /// Appended with the head, or not at all.
    waiting_log: Vec<SealedLog>,
    /// Streams of which what does not open is given up with the head, or not at all.
    mended_logs: Vec<Address>,
    /// Replaced with the head, or not at all.
    waiting_cells: Vec<SealedCell>,
    /// Told in clear with the head, or not at all.
    waiting_read_at: Option<UnixSeconds>,
    bytes_written: u64,
    lock: WriterLock,
}

/// A head to be committed.
pub struct NewHead {
    /// Root of the structure.
    pub structure: Option<Ref>,
    /// Root of the vault.
    pub vault: Option<Ref>,
    /// The owner's note beside it.
    pub freshness: Vec<u8>,
    /// The present time.
    pub now: UnixSeconds,
}

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A reference to something that is not in the store.
    #[error("an object refers to one that is not there")]
    MissingObject(Ref),
    #[error("two entries of one list have the same id")]
    DuplicateEntry(EntryId),
    #[error("an object of a leaf kind cannot refer to others")]
    RefsInLeaf,
    #[error("an object of {0} bytes is larger than the store takes")]
    TooLarge(usize),
    #[error("this head is not kept")]
    NoSuchHead(HeadNumber),
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    #[error("the cache cannot be read")]
    Read(#[from] ReadError),
    #[error("the cache file cannot be written")]
    Database(#[source] rusqlite::Error),
}

impl WriteError {
    /// Whether what is there already is damaged.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Read(ReadError::Damaged(_)))
    }
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        if schema::is_corruption(&error) { ReadError::from(error).into() } else { Self::Database(error) }
    }
}

impl From<SealError> for WriteError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::RefsInLeaf => Self::RefsInLeaf,
            SealError::TooLarge(len) => Self::TooLarge(len),
            SealError::Randomness(error) => Self::Randomness(error),
        }
    }
}

impl From<HeadWriteFault> for WriteError {
    fn from(fault: HeadWriteFault) -> Self {
        match fault {
            HeadWriteFault::Randomness(error) => Self::Randomness(error),
            HeadWriteFault::Encode(_) => Self::Read(ReadError::Damaged("head")),
            HeadWriteFault::Database(error) => error.into(),
            HeadWriteFault::Read(error) => error.into(),
        }
    }
}

/// Becoming the writer failed.
#[derive(Debug, thiserror::Error)]
pub enum BeginWriteError {
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("the cache file cannot be opened for writing")]
    Open(#[source] rusqlite::Error),
    #[error("the cache file is damaged")]
    Damaged,
}

impl Cache {
    /// Becomes the one writer, waiting for another up to `patience`.
    ///
    /// # Errors
    /// [`LockError::Busy`] when somebody else writes.
    pub fn writer(&self, patience: Duration) -> Result<Writer<'_>, BeginWriteError> {
        self.writer_under(WriterLock::acquire(&self.lock_path(), patience)?)
    }

    /// Becomes the writer under a lock that is held already.
    pub(crate) fn writer_under(&self, lock: WriterLock) -> Result<Writer<'_>, BeginWriteError> {
        let refused = |fault| match fault {
            LayoutFault::Database(error) if !schema::is_corruption(&error) => BeginWriteError::Open(error),
            LayoutFault::Database(_) | LayoutFault::NotOurs | LayoutFault::Newer(_) => {
                BeginWriteError::Damaged
            }
        };
        self.reopen_where_it_could_not_be_written().map_err(refused)?;
        let connection = schema::open(&self.path).map_err(refused)?;
        if schema::is_read_only_by_damage(&connection, &self.path) {
            return Err(BeginWriteError::Damaged);
        }
        log::make_tables(&connection).map_err(BeginWriteError::Open)?;
        header::mend(&connection);
        // Once, when the head has moved: pages that are written again and again would go into the file each time.
        connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(BeginWriteError::Open)?;
        // One that cannot even be looked for is looked for again when it matters.
        let has_objects = connection.prepare("SELECT 1 FROM object").and_then(|mut any| any.exists([]));
        Ok(Writer {
            cache: self,
            connection,
            known: HashMap::new(),
            began_empty: matches!(has_objects, Ok(false)),
            waiting: Vec::new(),
            waiting_derived: Vec::new(),
            waiting_bytes: 0,
            waiting_log: Vec::new(),
            mended_logs: Vec::new(),
            waiting_cells: Vec::new(),
            waiting_read_at: None,
            bytes_written: 0,
            lock,
        })
    }

    pub(crate) fn lock_path(&self) -> PathBuf {
        self.path.with_extension("lock")
    }
}

impl Writer<'_> {
    /// Whether an object is in the store, and with it everything that it refers to.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn holds(&self, target: Ref) -> Result<bool, WriteError> {
        Ok(self.known.contains_key(&target.address) || is_stored(&self.connection, target.address)?)
    }

    /// Sealed bytes that this writer handed to the file so far: objects, derived ones, logs, heads and their notes. What
    /// the database adds to them (pages, its journal) is not counted.
    pub fn bytes_written(&self) -> u64 {
        self.bytes_written
    }

    /// Moves the head. In one transaction: what waits is written, every object that this writer put and the new head
    /// reaches is checked present, the head is inserted. When neither root changed, only the freshness note is
    /// replaced. A head within ten minutes of the last, or with the same structure, takes its place.
    ///
    /// # Errors
    /// [`WriteError::MissingObject`] when something is not there; then the old head stays.
    pub fn commit(&mut self, new: NewHead) -> Result<HeadNumber, WriteError> {
        let keys = self.keys_handle();
        let (waiting, derived) = self.take_waiting();
        let (log, cells) = (std::mem::take(&mut self.waiting_log), std::mem::take(&mut self.waiting_cells));
        let mended = std::mem::take(&mut self.mended_logs);
        self.bytes_written += crate::object::padded_len(new.freshness.len()) as u64;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert_all(&transaction, &waiting)?;
        derived::insert_all(&transaction, &derived)?;
        log_mend::mend_all(&keys, &transaction, &mended)?;
        log::insert_all(&transaction, &log)?;
        cells.iter().try_for_each(|cell| cell.put(&transaction))?;
        check_present(&transaction, &self.known, [new.structure, new.vault])?;
        // Of a damaged header nothing is told; a head is not held up by it.
        if let Some(read_at) = self.waiting_read_at.take()
            && let Ok(header) = header::read(&transaction)
        {
            header::write(&transaction, &ClearHeader { read_at: Some(read_at), ..header })?;
        }
        let newest = head::newest(&keys, &transaction)?;
        let number = match &newest {
            Some(head) if head.structure == new.structure && head.vault == new.vault => {
                head::set_beside(&keys, &transaction, head, new.vault, &new.freshness)?;
                head.number
            }
            _ => move_head(&keys, &transaction, newest.as_ref(), &new)?,
        };
        transaction.commit()?;
        self.checkpoint()?;
        Ok(number)
    }

    /// Says in the clear header when what the next head shows was read, in the transaction that moves the head: the date
    /// is never of another picture.
    pub fn set_read_at_with_head(&mut self, read_at: UnixSeconds) {
        self.waiting_read_at = Some(read_at);
    }

    /// Changes the clear header (KDF parameters, salt, wrapped user key after a password change elsewhere).
    ///
    /// # Errors
    /// See [`WriteError`]. Account and server cannot be changed here, they are bound into the slots:
    /// [`Writer::change_server`].
    pub fn update_header(&mut self, change: impl FnOnce(&mut ClearHeader)) -> Result<(), WriteError> {
        let mut header = self.cache.header()?;
        let (account, server) = (header.account, header.server.clone());
        change(&mut header);
        (header.account, header.server) = (account, server);
        self.write_header(&header)
    }

    /// Puts `header` in the place of the clear one, with another server address. The account slot, which
    /// `account_secret` opens, is wrapped anew under that address; every other slot is bound to the old one and goes.
    /// In one transaction.
    ///
    /// # Errors
    /// See [`WriteError`]. The account stays: it is in every key.
    pub fn change_server(
        &mut self,
        mut header: ClearHeader,
        account_secret: &SlotSecret,
    ) -> Result<(), WriteError> {
        let before = self.cache.header()?;
        (header.account, header.read_at, header.extra) = (before.account, before.read_at, before.extra);
        let (kind, data_key) = (SlotKind::ACCOUNT, &self.cache.data_key);
        header.slots = vec![Slot::wrap(&header, kind, String::from("{}"), account_secret, data_key, None)?];
        self.write_header(&header)
    }

    /// Adds a slot that `key` opens until `expires`.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn add_session_slot(&mut self, key: &SessionKey, expires: UnixSeconds) -> Result<(), WriteError> {
        let mut header = self.cache.header()?;
        let parameters = serde_json::json!(SessionParameters { expires }).to_string();
        let secret = key.slot_secret(header.account);
        let slot = Slot::wrap(&header, SlotKind::SESSION, parameters, &secret, &self.cache.data_key, None)?;
        header.slots.push(slot);
        self.write_header(&header)
    }

    /// Puts a device or PIN slot, which gives the user key too, in the place of the one of its kind.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn set_keychain_slot(
        &mut self,
        kind: SlotKind,
        parameters: String,
        secret: &SlotSecret,
        user_key: &[u8; 64],
    ) -> Result<(), WriteError> {
        let mut header = self.cache.header()?;
        let slot = Slot::wrap(&header, kind, parameters, secret, &self.cache.data_key, Some(user_key))?;
        header.slots.retain(|slot| slot.kind != kind);
        header.slots.push(slot);
        self.write_header(&header)
    }

    /// Removes all slots of these kinds.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn remove_slots(&mut self, kinds: &[SlotKind]) -> Result<(), WriteError> {
        let mut header = self.cache.header()?;
        header.slots.retain(|slot| !kinds.contains(&slot.kind));
        self.write_header(&header)
    }

    fn write_header(&mut self, header: &ClearHeader) -> Result<(), WriteError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        header::write(&transaction, header)?;
        transaction.commit()?;
        self.checkpoint()
    }

    /// Writes the objects that wait in memory. Nothing refers to them before a commit.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn flush(&mut self) -> Result<(), WriteError> {
        let (waiting, derived) = self.take_waiting();
        without_waiting_for_the_disk(&mut self.connection, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            insert_all(&transaction, &waiting)?;
            derived::insert_all(&transaction, &derived)?;
            Ok(transaction.commit()?)
        })
    }

    pub(crate) fn flush_if_much(&mut self) -> Result<(), WriteError> {
        if self.waiting_bytes >= FLUSH_AT { self.flush() } else { Ok(()) }
    }

    fn take_waiting(&mut self) -> (Vec<(Address, SealedObject)>, Vec<SealedDerived>) {
        self.waiting_bytes = 0;
        (std::mem::take(&mut self.waiting), std::mem::take(&mut self.waiting_derived))
    }

    fn waits(&mut self, bytes: usize) {
        self.waiting_bytes += bytes;
        self.bytes_written += bytes as u64;
    }

    pub(crate) fn derived_waits(&mut self, derived: SealedDerived) {
        self.waits(derived.sealed.len());
        self.waiting_derived.push(derived);
    }

    pub(crate) fn cell_waits(&mut self, cell: SealedCell) {
        self.waiting_cells.push(cell);
    }

    pub(crate) fn log_waits(&mut self, log: SealedLog) {
        self.bytes_written += log.len() as u64;
        self.waiting_log.push(log);
    }

    pub(crate) fn log_is_mended(&mut self, stream: Address) {
        self.mended_logs.push(stream);
    }

    /// Empties the journal into the file: a flipped bit in a journal would silently show an older head. A reader at
    /// work may postpone it; that is no error.
    pub(crate) fn checkpoint(&self) -> Result<(), WriteError> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        &self.cache.keys
    }

    pub(crate) fn keys_handle(&self) -> Arc<KeyRing> {
        Arc::clone(&self.cache.keys)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Stops writing and hands the lock on.
    pub(crate) fn into_lock(self) -> WriterLock {
        self.lock
    }

    /// After a sweep, what was written may be gone.
    pub(crate) fn forget_written(&mut self) {
        self.known.clear();
        self.began_empty = false;
    }
}

/// For transactions that nothing refers to yet: the commit that will waits for the disk, and the journal reaches it in its
/// order.
fn without_waiting_for_the_disk(
    connection: &mut Connection,
    write: impl FnOnce(&mut Connection) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    flushing(connection, "NORMAL", write)
}

/// Writes with another setting of SQLite's `synchronous` than FULL.
pub(crate) fn flushing<T>(
    connection: &mut Connection,
    how: &str,
    write: impl FnOnce(&mut Connection) -> Result<T, WriteError>,
) -> Result<T, WriteError> {
    connection.pragma_update(None, "synchronous", how)?;
    let written = write(connection);
    connection.pragma_update(None, "synchronous", "FULL")?;
    written
}

fn insert_all(connection: &Connection, objects: &[(Address, SealedObject)]) -> Result<(), rusqlite::Error> {
    let sql = "INSERT INTO object (address, sealed) VALUES (?1, ?2) \
               ON CONFLICT (address) DO UPDATE SET sealed = excluded.sealed WHERE object.address = excluded.address";
    let mut insert = connection.prepare_cached(sql)?;
    for (address, sealed) in objects {
        if insert.execute(params![address.as_bytes(), sealed.0])? == 0 {
            return Err(schema::another_row());
        }
    }
    Ok(())
}

fn is_stored(connection: &Connection, address: Address) -> Result<bool, rusqlite::Error> {
    connection.prepare_cached("SELECT 1 FROM object WHERE address = ?1")?.exists(params![address.as_bytes()])
}

/// Walks from the roots through what this writer put; older objects have their references by the store's invariant.
fn check_present(
    connection: &Connection,
    known: &HashMap<Address, Vec<Ref>>,
    roots: [Option<Ref>; 2],
) -> Result<(), WriteError> {
    let mut open: Vec<Ref> = roots.into_iter().flatten().collect();
    let mut seen = std::collections::HashSet::new();
    while let Some(target) = open.pop() {
        if !seen.insert(target.address) {
            continue;
        }
        if !is_stored(connection, target.address)? {
            return Err(WriteError::MissingObject(target));
        }
        open.extend(known.get(&target.address).into_iter().flatten().copied());
    }
    Ok(())
}

fn move_head(
    keys: &KeyRing,
    transaction: &Connection,
    newest: Option<&head::Head>,
    new: &NewHead,
) -> Result<HeadNumber, WriteError> {
    let number = HeadNumber(newest.map_or(1, |head| head.number.0 + 1));
    let draft = |taken_at, window, previous, superseded| HeadDraft {
        number,
        taken_at,
        window,
        structure: new.structure,
        previous,
        superseded,
    };
    let Some(newest) = newest else {
        head::insert(
            keys,
            transaction,
            &draft(new.now, new.now, None, Vec::new()),
            new.vault,
            &new.freshness,
        )?;
        return Ok(number);
    };
    let same_structure = newest.structure == new.structure;
    let age = new.now.since(newest.window);
    let pins = pins::holding(keys, transaction, new.now)?;
    let mut holders = pins.iter().filter(|pin| pin.head == newest.number).map(|pin| pin.holder);
    let is_read = holders.clone().any(|holder| matches!(holder, PinHolder::Window { .. }));
    let is_reviewed = holders.any(|holder| holder == PinHolder::Review);
    let takes_its_place = !is_reviewed && (same_structure || (0..SHARED_HEAD).contains(&age));
    let taken_at = if same_structure { newest.taken_at } else { new.now };
    if takes_its_place {
        let mut superseded = newest.superseded.clone();
        if is_read {
            // A sweep takes it away when the window has closed.
            superseded.push(newest.number);
        } else {
            head::remove(keys, transaction, newest.number)?;
        }
        let draft = draft(taken_at, newest.window, newest.previous, superseded);
        head::insert(keys, transaction, &draft, new.vault, &new.freshness)?;
    } else {
        let draft = draft(taken_at, new.now, Some((newest.number, newest.address)), Vec::new());
        head::insert(keys, transaction, &draft, new.vault, &new.freshness)?;
        if !is_read {
            head::set_beside(keys, transaction, newest, None, &newest.freshness)?;
        }
    }
    Ok(number)
}
