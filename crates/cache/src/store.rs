//! Opening a cache and reading from it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, MAIN_DB, OptionalExtension, params};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::address::{Kind, Ref};
use crate::cell::CellName;
use crate::header::{self, ClearHeader, HeaderFault};
use crate::keys::{DataKey, KeyRing, RandomnessError};
use crate::lock::WriterLock;
use crate::object::{self, OpenedObject, SealedObject};
use crate::private_file;
use crate::schema::{self, LayoutFault};
use crate::slot::{BoxedUserKey, SessionKey, SessionParameters, Slot, SlotContent, SlotKind, SlotSecret};
use crate::time::UnixSeconds;
use crate::writer::WriteError;

/// A cache file whose clear header was read; nothing sealed is open yet.
pub struct ClosedCache {
    pub(crate) path: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) header: ClearHeader,
}

/// An unlocked cache, for reading. Dropping it forgets the keys. Writing goes through [`Cache::writer`].
pub struct Cache {
    pub(crate) path: PathBuf,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) data_key: DataKey,
    connection: Mutex<Connection>,
}

/// Why a cache file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenCacheError {
    #[error("there is no cache at this place")]
    NotFound,
    #[error("the cache was written by a newer program (format {found})")]
    Newer { found: u64 },
    #[error("the cache file is damaged")]
    Damaged,
    #[error("the cache file is in use")]
    Busy,
    #[error("the cache file cannot be read")]
    Database(#[source] rusqlite::Error),
}

/// Why a cache was not unlocked.
#[derive(Debug, thiserror::Error)]
pub enum UnlockCacheError {
    /// No slot of the kind asked for.
    #[error("this cache has no such key slot")]
    NoSuchSlot,
    /// The slot is there and does not open under this key: for a user key that the header's wrapped user key gave, the
    /// slot is damaged or of another user key; for a session key, it is not this session's.
    #[error("the key does not open the slot")]
    WrongKey,
    #[error("the session has expired")]
    SessionExpired,
}

/// Why a cache was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateCacheError {
    #[error("there is a cache at this place already")]
    AlreadyThere,
    #[error("the cache file cannot be made")]
    Io(#[from] std::io::Error),
    #[error("the cache file cannot be written")]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

/// Why something kept cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Something is missing, does not open, or opens to something else. Names what was being read.
    #[error("the cache is damaged ({0})")]
    Damaged(&'static str),
    #[error("the cache file is in use")]
    Busy,
    #[error("the cache file cannot be read")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::Busy,
            _ if schema::is_corruption(&error) => Self::Damaged("database"),
            _ => Self::Database(error),
        }
    }
}

/// Of a file that was opened: a newer header was refused then.
impl From<HeaderFault> for ReadError {
    fn from(fault: HeaderFault) -> Self {
        match fault {
            HeaderFault::Database(error) => error.into(),
            HeaderFault::Damaged | HeaderFault::Newer(_) => Self::Damaged("header"),
        }
    }
}

impl From<ReadError> for OpenCacheError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Damaged(_) => Self::Damaged,
            ReadError::Busy => Self::Busy,
            ReadError::Database(error) => Self::Database(error),
        }
    }
}

impl ClosedCache {
    /// Reads the clear header.
    ///
    /// # Errors
    /// See [`OpenCacheError`]; a header of which both copies fail their checksum is `Damaged`.
    pub fn open(path: &Path) -> Result<Self, OpenCacheError> {
        if !path.exists() {
            return Err(OpenCacheError::NotFound);
        }
        // A folder of this name, say: whatever it is, it is no cache, and may be set aside.
        if !path.is_file() {
            return Err(OpenCacheError::Damaged);
        }
        let connection = schema::open_for_reading(path).map_err(|fault| match fault {
            LayoutFault::NotOurs => OpenCacheError::Damaged,
            LayoutFault::Newer(found) => OpenCacheError::Newer { found },
            LayoutFault::Database(error) => ReadError::from(error).into(),
        })?;
        let header = header::read(&connection).map_err(|fault| match fault {
            HeaderFault::Damaged => OpenCacheError::Damaged,
            HeaderFault::Newer(found) => OpenCacheError::Newer { found },
            HeaderFault::Database(error) => ReadError::from(error).into(),
        })?;
        Ok(Self { path: path.to_owned(), connection, header })
    }

    /// What stands in clear.
    pub fn header(&self) -> &ClearHeader {
        &self.header
    }

    /// Whether there is a head, as far as can be told without a key: whether something was ever read.
    pub fn has_head(&self) -> bool {
        self.connection.prepare("SELECT 1 FROM head").and_then(|mut any| any.exists([])).unwrap_or(false)
    }

    /// Opens with the account slot's secret, which the user key gives ([`SlotSecret::from_user_key`]).
    ///
    /// # Errors
    /// [`UnlockCacheError::WrongKey`] when the slot belongs to another user key or was changed.
    pub fn unlock_with_account(self, secret: &SlotSecret) -> Result<Cache, UnlockCacheError> {
        let data_key = self.open_slot(SlotKind::ACCOUNT, secret, |_| Ok(()))?.data_key;
        Ok(Cache::new(self.path, data_key, self.header.account, self.connection))
    }

    /// Opens with a session key that has not expired at `now`.
    ///
    /// # Errors
    /// See [`UnlockCacheError`].
    pub fn unlock_with_session(self, key: &SessionKey, now: UnixSeconds) -> Result<Cache, UnlockCacheError> {
        let secret = key.slot_secret(self.header.account);
        // The expiry is bound into the sealed data: who lengthens it in the file makes the slot useless.
        let unexpired = |slot: &Slot| match serde_json::from_str::<SessionParameters>(&slot.parameters) {
            Ok(parameters) if now < parameters.expires => Ok(()),
            _ => Err(UnlockCacheError::SessionExpired),
        };
        let data_key = self.open_slot(SlotKind::SESSION, &secret, unexpired)?.data_key;
        Ok(Cache::new(self.path, data_key, self.header.account, self.connection))
    }

    /// Opens with a device or PIN slot, which gives the account's user key too.
    ///
    /// # Errors
    /// [`UnlockCacheError::WrongKey`]: another secret, for a PIN slot mostly another PIN.
    pub fn unlock_with_keychain_slot(
        self,
        kind: SlotKind,
        secret: &SlotSecret,
    ) -> Result<(Cache, BoxedUserKey), UnlockCacheError> {
        let content = self.open_slot(kind, secret, |_| Ok(()))?;
        let user_key = content.user_key.ok_or(UnlockCacheError::NoSuchSlot)?;
        Ok((Cache::new(self.path, content.data_key, self.header.account, self.connection), user_key))
    }

    /// Removes all slots of these kinds, which needs no key. `_lock`: of this cache.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn remove_slots(&self, kinds: &[SlotKind], lock: &WriterLock) -> Result<(), WriteError> {
        self.keep_slots(|kind| !kinds.contains(&kind), lock)
    }

    pub(crate) fn keep_slots(
        &self,
        stays: impl Fn(SlotKind) -> bool,
        _lock: &WriterLock,
    ) -> Result<(), WriteError> {
        let transaction = self.connection.unchecked_transaction()?;
        // As it stands now: another process may have written since this file was opened.
        let mut header = header::read(&transaction).map_err(ReadError::from)?;
        header.slots.retain(|slot| stays(slot.kind));
        header::write(&transaction, &header)?;
        Ok(transaction.commit()?)
    }

    /// Removes all cells but those of `kept`, which needs no key: for signing out. `_lock`: of this cache.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn clear_cells(&self, kept: &[CellName], _lock: &WriterLock) -> Result<(), WriteError> {
        let names: Vec<u16> = {
            let mut statement = self.connection.prepare("SELECT name FROM cell WHERE name >= 0")?;
            statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for name in names.into_iter().filter(|name| !kept.contains(&CellName(*name))) {
            self.connection.execute("DELETE FROM cell WHERE name = ?1", params![name])?;
        }
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    fn open_slot(
        &self,
        kind: SlotKind,
        secret: &SlotSecret,
        may_open: impl Fn(&Slot) -> Result<(), UnlockCacheError>,
    ) -> Result<SlotContent, UnlockCacheError> {
        let mut outcome = Err(UnlockCacheError::NoSuchSlot);
        for slot in self.header.slots.iter().filter(|slot| slot.kind == kind) {
            match slot.unwrap(&self.header, secret) {
                Ok(content) => return may_open(slot).map(|()| content),
                Err(_) => outcome = Err(UnlockCacheError::WrongKey),
            }
        }
        outcome
    }
}

impl Cache {
    /// Makes a cache with a new data key and an account slot. The file appears complete or not at all.
    ///
    /// # Errors
    /// [`CreateCacheError::AlreadyThere`] rather than replacing anything.
    pub fn create(
        path: &Path,
        header: ClearHeader,
        account_secret: &SlotSecret,
    ) -> Result<Self, CreateCacheError> {
        if path.exists() {
            return Err(CreateCacheError::AlreadyThere);
        }
        let data_key = DataKey::generate()?;
        let fresh = path.with_extension("new");
        create_file(&fresh, header, account_secret, &data_key)?;
        std::fs::rename(&fresh, path)?;
        match ClosedCache::open(path) {
            Ok(closed) => Ok(Self::new(closed.path, data_key, closed.header.account, closed.connection)),
            Err(OpenCacheError::Database(error)) => Err(error.into()),
            Err(_) => Err(std::io::Error::from(std::io::ErrorKind::InvalidData).into()),
        }
    }

    pub(crate) fn new(path: PathBuf, data_key: DataKey, account: Uuid, connection: Connection) -> Self {
        let keys = KeyRing::new(&data_key, account);
        Self { path, keys, data_key, connection: Mutex::new(connection) }
    }

    /// The clear header as it stands in the file now.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when both copies are.
    pub fn header(&self) -> Result<ClearHeader, ReadError> {
        Ok(header::read(&self.connection())?)
    }

    /// Reads and opens one object.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when it is missing or is not what the reference names.
    pub fn object(&self, target: Ref) -> Result<OpenedObject, ReadError> {
        let sealed = sealed_in(&self.connection(), target)?;
        self.open_sealed(target, sealed)
    }

    /// Reads the sealed bytes of many objects, in one look at the file: SQLite takes and leaves its locks once and not for
    /// each. With [`Cache::open_sealed`], for opening them on all cores.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when one is missing.
    pub fn sealed(&self, targets: &[Ref]) -> Result<Vec<SealedObject>, ReadError> {
        self.snapshot(|connection| targets.iter().map(|target| sealed_in(connection, *target)).collect())
    }

    /// Opens sealed bytes; does no I/O.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when they are not what the reference names.
    pub fn open_sealed(&self, target: Ref, sealed: SealedObject) -> Result<OpenedObject, ReadError> {
        object::open(&self.keys, target, sealed).map_err(|_| ReadError::Damaged("object"))
    }

    /// Whether everything below `root` is there and opens. Objects of the kind `except` are not looked at, nor what is
    /// below them.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn is_whole(&self, root: Ref, except: Option<Kind>) -> Result<bool, ReadError> {
        let mut seen = HashSet::new();
        let mut open = vec![root];
        while let Some(target) = open.pop() {
            if Some(target.kind) == except || !seen.insert(target.address) {
                continue;
            }
            match self.object(target) {
                Ok(object) => open.extend(object.refs()),
                Err(ReadError::Damaged(_)) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Bytes of the file and its journal.
    pub fn size_on_disk(&self) -> u64 {
        let len = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
        len(&self.path) + len(&self.journal())
    }

    /// Where SQLite keeps what is not in the file yet.
    pub(crate) fn journal(&self) -> PathBuf {
        let mut journal = self.path.clone().into_os_string();
        journal.push("-wal");
        journal.into()
    }

    /// Whose cache this is.
    pub fn account(&self) -> Uuid {
        self.keys.account()
    }

    /// Names the file and its copies, of whatever age, and no other: one that begins anew, or that was sealed anew under
    /// another data key, has another id. Says nothing of the key.
    pub fn file_id(&self) -> [u8; 16] {
        self.keys.file_id()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the connection back; the keys are forgotten.
    pub(crate) fn close(self) -> Connection {
        self.connection.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads several tables as they were at one moment: another process may be moving the head.
    pub(crate) fn snapshot<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let connection = self.connection();
        let transaction = connection.unchecked_transaction()?;
        read(&transaction)
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic while holding the connection leaves no half-done state: a reader's transaction ends with it.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For whoever is about to write: read as a file that nobody changes, it would go on showing what was there before.
    pub(crate) fn reopen_where_it_could_not_be_written(&self) -> Result<(), LayoutFault> {
        let mut connection = self.connection();
        if connection.is_readonly(MAIN_DB)? {
            // Where it still cannot be written, what is read stays in reach.
            drop(schema::open(&self.path)?);
            // Closed first: that gives up every lock that this process holds on the file.
            *connection = Connection::open_in_memory()?;
            *connection = schema::open_for_reading(&self.path)?;
        }
        Ok(())
    }
}

fn sealed_in(connection: &Connection, target: Ref) -> Result<SealedObject, ReadError> {
    read_sealed(connection, target)?.ok_or(ReadError::Damaged("missing object"))
}

pub(crate) fn read_sealed(connection: &Connection, target: Ref) -> Result<Option<SealedObject>, ReadError> {
    let mut statement = connection.prepare_cached("SELECT sealed FROM object WHERE address = ?1")?;
    let bytes = statement.query_row(params![target.address.as_bytes()], |row| row.get(0)).optional()?;
    Ok(bytes.map(SealedObject))
}

/// Lays out a complete cache at `path`, replacing what an interrupted attempt left.
pub(crate) fn create_file(
    path: &Path,
    mut header: ClearHeader,
    account_secret: &SlotSecret,
    data_key: &DataKey,
) -> Result<(), CreateCacheError> {
    header.slots.retain(|slot| slot.kind != SlotKind::ACCOUNT);
    let slot = Slot::wrap(&header, SlotKind::ACCOUNT, String::from("{}"), account_secret, data_key, None)?;
    header.slots.push(slot);
    create_file_as_is(path, &header)
}

/// As [`create_file`], with the slots that the header has.
pub(crate) fn create_file_as_is(path: &Path, header: &ClearHeader) -> Result<(), CreateCacheError> {
    private_file::create(path)?;
    let mut connection = schema::create(path)?;
    let transaction = connection.transaction()?;
    header::write(&transaction, header)?;
    transaction.commit()?;
    // Closing the last connection moves the journal into the file, so that the rename takes everything along.
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// What a sealed thing outside the tree opened to.
pub(crate) type Plain = Zeroizing<Vec<u8>>;
