//! One SQLite file that holds everything the service knows.

mod migrations;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::authorize::Standing;
use crate::files::Files;
use crate::hub::Hub;
use crate::push;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

/// The service's data. Cheap to clone: all clones are the same file.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    /// `None`: everything lives in memory, in the one connection `writer`.
    path: Option<PathBuf>,
    writer: Mutex<Connection>,
    /// Connections that nobody reads with at the moment.
    readers: Mutex<Vec<Connection>>,
    password_rounds: AtomicU32,
    files: Files,
    hub: Hub,
    /// Whether what is written is gathered for those who listen.
    gathers: AtomicBool,
    /// Whether they listen here; otherwise at another process, if at any.
    serves: AtomicBool,
}

/// Why a [`Store`] did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// The file was written by a newer version of the service; it was not touched.
    #[error("the file has format {found}, this program knows formats up to {known}")]
    Newer {
        /// Format number found in the file.
        found: u32,
        /// Newest format number that this program knows.
        known: u32,
    },
    /// SQLite could not open, read or upgrade the file.
    #[error("the service's database")]
    Database(#[from] rusqlite::Error),
}

impl OpenStoreError {
    /// Whether the file is broken, or none of ours.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Database(error) if says_damage(error))
    }
}

fn says_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// Why a read or a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the service's database")]
    Database(#[from] rusqlite::Error),
    /// While the request waited, its caller became somebody else to the place that it is about: nothing was written.
    #[error("the caller's rights have changed")]
    Overtaken,
    /// The worker thread ended before it answered: it panicked, or the program is shutting down.
    #[error("the worker thread ended")]
    Worker(#[source] tokio::task::JoinError),
}

impl StoreError {
    /// Whether the file is broken.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Database(error) if says_damage(error))
    }
}

/// ASP.NET Core Identity's default since .NET 7.
const PASSWORD_ROUNDS: NonZeroU32 = NonZeroU32::new(100_000).expect("not zero");

impl Store {
    /// Opens the file at `path`, making or upgrading it as needed.
    ///
    /// # Errors
    /// [`OpenStoreError::Newer`] for a file of a later version, which is left untouched.
    pub fn open(path: impl Into<PathBuf>) -> Result<Store, OpenStoreError> {
        let path = path.into();
        let mut writer = connect(&path)?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        migrations::migrate(&mut writer)?;
        Ok(Store::around(Some(path), writer))
    }

    /// The folder of attached files that belongs to the file at `path`; it is there once there are files.
    #[must_use]
    pub fn files_folder(path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push("-files");
        name.into()
    }

    /// A store that is gone when its last clone is dropped.
    ///
    /// # Errors
    /// When SQLite cannot allocate.
    pub fn in_memory() -> Result<Store, OpenStoreError> {
        let mut writer = Connection::open_in_memory()?;
        tune(&writer)?;
        migrations::migrate(&mut writer)?;
        Ok(Store::around(None, writer))
    }

    /// Hashes the passwords that arrive from now on with `rounds` instead of 100,000. What is hashed is the
    /// client's own slow hash, so that few rounds cost a demo or a test nothing.
    pub fn set_password_rounds(&self, rounds: NonZeroU32) {
        self.0.password_rounds.store(rounds.get(), Ordering::Relaxed);
    }

    fn around(path: Option<PathBuf>, writer: Connection) -> Store {
        Store(Arc::new(Shared {
            files: Files::new(path.as_deref().map(Store::files_folder)),
            path,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            password_rounds: AtomicU32::new(PASSWORD_ROUNDS.get()),
            hub: Hub::default(),
            gathers: AtomicBool::new(false),
            serves: AtomicBool::new(false),
        }))
    }

    /// What people attach to items.
    pub(crate) fn files(&self) -> &Files {
        &self.0.files
    }

    /// Who hears of what is written.
    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Tells those who listen of what this process writes from here on.
    pub(crate) fn serve(&self) -> Result<(), StoreError> {
        self.gather()?;
        self.0.serves.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// As [`Store::serve`] where the service may run in another process: what is written from here on is left in the
    /// file for that one to tell.
    pub(crate) fn gather(&self) -> Result<(), StoreError> {
        let writer = held(&self.0.writer);
        if !self.0.gathers.load(Ordering::Relaxed) {
            push::watch(&writer)?;
            self.0.gathers.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    pub(crate) fn password_rounds(&self) -> NonZeroU32 {
        NonZeroU32::new(self.0.password_rounds.load(Ordering::Relaxed)).unwrap_or(PASSWORD_ROUNDS)
    }

    /// Runs `work` over one consistent picture of the data, off the async threads.
    pub(crate) async fn read<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        off_the_async_threads(move || store.read_now(work)).await
    }

    /// Runs `work` in one transaction, off the async threads; it is committed if `work` succeeds. Within a request that a
    /// guard has let in, only if its caller still is what the guard saw.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        let device = push::ACTING_DEVICE.try_with(Clone::clone).ok().flatten();
        let standing = Standing::of_request();
        off_the_async_threads(move || {
            store.write_and_tell(device.as_deref(), |transaction| {
                match standing.map(|standing| standing.holds(transaction)).transpose() {
                    Ok(None | Some(true)) => work(transaction),
                    Ok(Some(false)) => Err(StoreError::Overtaken.into()),
                    Err(error) => Err(StoreError::from(error).into()),
                }
            })
        })
        .await
    }

    pub(crate) fn read_now<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(path) = &self.0.path else {
            return work(&held(&self.0.writer));
        };
        // Bound here: inside a `match` the guard of the list would live on while a file opens.
        let idle = held(&self.0.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(path).map_err(StoreError::from)?,
        };
        let outcome = {
            // A deferred transaction: every statement of `work` sees the same moment.
            let picture = connection.unchecked_transaction().map_err(StoreError::from)?;
            work(&picture)
        };
        held(&self.0.readers).push(connection);
        outcome
    }

    pub(crate) fn write_now<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_and_tell(None, work)
    }

    /// `device`: where the request came from.
    fn write_and_tell<T, E: From<StoreError>>(
        &self,
        device: Option<&str>,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = held(&self.0.writer);
        let transaction =
            writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let outcome = work(&transaction)?;
        let told = match (self.0.serves.load(Ordering::Relaxed), self.0.gathers.load(Ordering::Relaxed)) {
            (true, _) => push::take(&transaction).map_err(StoreError::from)?,
            (false, gathers) => {
                if gathers {
                    push::leave(&transaction).map_err(StoreError::from)?;
                }
                Vec::new()
            }
        };
        transaction.commit().map_err(StoreError::from)?;
        // Under the lock: in the order in which it was written.
        self.0.hub.tell(&told, device);
        Ok(outcome)
    }
}

async fn off_the_async_threads<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(ended) => Err(StoreError::Worker(ended).into()),
    }
}

/// A panic while a lock was held rolled its transaction back: the connection itself is sound.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    // Without SQLITE_OPEN_URI: a path is a path, whatever it begins with.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    tune(&connection)?;
    Ok(connection)
}

fn tune(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
