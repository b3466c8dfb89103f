//! Recovery: a damaged file is looked at through a private copy, from which what still opens is taken over
//! ([`Cache::copy_what_opens`]) into a new file, and the new one takes its place. The first database page of the copy may
//! be made anew: that page is the same in every file of a layout but for some counters.

use std::path::{Path, PathBuf};

use crate::head::{HeadNumber, HeadWriteFault};
use crate::header::{self, ClearHeader};
use crate::reseal::replace;
use crate::schema;
use crate::slot::{Slot, SlotKind, SlotSecret};
use crate::store::{Cache, ClosedCache, CreateCacheError, OpenCacheError, ReadError};
use crate::writer::WriteError;

/// What a recovery took over and what is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Heads that were taken over.
    pub heads_kept: usize,
    /// Heads that were kept and do not open any more, as far as they are known.
    pub heads_lost: Vec<HeadNumber>,
    /// Whether the newest head is among the lost, or cannot be told.
    pub newest_lost: bool,
    /// Objects that heads refer to and that do not open any more. The owner's next reading brings back those of the
    /// newest head.
    pub objects_lost: usize,
}

/// Why a file was not recovered. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    #[error("the damaged file cannot be read")]
    Read(#[from] ReadError),
    #[error("the new file cannot be made")]
    Create(#[from] CreateCacheError),
    #[error("the new file cannot be written")]
    Write(#[from] WriteError),
    #[error("the files cannot be moved")]
    Io(#[from] std::io::Error),
}

impl From<rusqlite::Error> for RecoverError {
    fn from(error: rusqlite::Error) -> Self {
        WriteError::from(error).into()
    }
}

impl From<HeadWriteFault> for RecoverError {
    fn from(fault: HeadWriteFault) -> Self {
        WriteError::from(fault).into()
    }
}

impl ClosedCache {
    /// Opens a private copy of a file that may be damaged, its first database page made anew where that helps. Removing
    /// the copy afterwards is the caller's.
    ///
    /// # Errors
    /// As [`ClosedCache::open`]: when neither copy of the clear header holds, for one.
    pub fn open_copy(path: &Path, copy: &Path) -> Result<Self, OpenCacheError> {
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => OpenCacheError::NotFound,
            _ => OpenCacheError::Damaged,
        };
        remove_file_and_journal(copy).map_err(unreadable)?;
        std::fs::copy(path, copy).map_err(unreadable)?;
        match std::fs::copy(beside(path, "-wal"), beside(copy, "-wal")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unreadable(error)),
            _ => {}
        }
        match Self::open(copy).map(drop) {
            Ok(()) | Err(OpenCacheError::Damaged) => {}
            Err(error) => return Err(error),
        }
        // Also where the header can be read: the tables' own descriptions may be what is damaged.
        renew_first_page(copy).map_err(unreadable)?;
        match Self::open(copy) {
            Err(OpenCacheError::Damaged) => {
                std::fs::copy(path, copy).map_err(unreadable)?;
                Self::open(copy)
            }
            outcome => outcome,
        }
    }

    /// For a file of which both copies of the clear header are damaged: opens a private copy with the account slot of
    /// whichever copy still has one that `secret` opens, and puts `header` in the place of the damaged ones. Nothing but
    /// the slot is believed of them, and a slot is sealed.
    ///
    /// # Errors
    /// [`OpenCacheError::Damaged`] when no slot opens.
    pub fn unlock_copy(
        path: &Path,
        copy: &Path,
        header: ClearHeader,
        secret: &SlotSecret,
    ) -> Result<Cache, OpenCacheError> {
        match Self::open_copy(path, copy) {
            Ok(closed) => return closed.unlock_with_account(secret).map_err(|_| OpenCacheError::Damaged),
            Err(OpenCacheError::Damaged) => {}
            Err(error) => return Err(error),
        }
        let connection = schema::open(copy).map_err(|_| OpenCacheError::Damaged)?;
        let key_of = |old: ClearHeader| {
            let mut slots = old.slots.iter().filter(|slot| slot.kind == SlotKind::ACCOUNT);
            slots
                .find_map(|slot| slot.unwrap(&old, secret).or_else(|_| slot.unwrap(&header, secret)).ok())
                .map(|content| content.data_key)
        };
        let damaged = |_| OpenCacheError::Damaged;
        let data_key = header::unchecked(&connection).into_iter().find_map(key_of);
        let data_key = data_key.ok_or(OpenCacheError::Damaged)?;
        let slot = Slot::wrap(&header, SlotKind::ACCOUNT, String::from("{}"), secret, &data_key, None);
        let header = ClearHeader { slots: vec![slot.map_err(|_| OpenCacheError::Damaged)?], ..header };
        let transaction = connection.unchecked_transaction().map_err(damaged)?;
        header::write(&transaction, &header).map_err(damaged)?;
        transaction.commit().map_err(damaged)?;
        Ok(Cache::new(copy.to_owned(), data_key, header.account, connection))
    }
}

/// Puts `fresh` in the place of `path`, whose file and journal are kept at `aside`. Killed at any moment, one of the two
/// is at `path`, and nothing is lost.
///
/// # Errors
/// When the folder cannot be written to.
pub fn replace_recovered(fresh: &Path, path: &Path, aside: &Path) -> Result<(), std::io::Error> {
    std::fs::hard_link(path, aside).or_else(|_| std::fs::copy(path, aside).map(drop))?;
    match std::fs::rename(beside(path, "-wal"), beside(aside, "-wal")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Whoever still has the old file open goes on with it under its new name; its index of the journal is his.
    match std::fs::remove_file(beside(path, "-shm")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    replace(fresh, path)
}

/// Removes a cache file with its journal; nothing happens where there is none.
///
/// # Errors
/// When one is there and cannot be removed.
pub fn remove_file_and_journal(path: &Path) -> Result<(), std::io::Error> {
    for suffix in ["-wal", "-shm", ""] {
        match std::fs::remove_file(beside(path, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Where SQLite keeps the size of the database in pages, and behind it the list of free pages.
const SIZE_AT: usize = 28;
const FREE_LIST_AT: std::ops::Range<usize> = 32..40;

fn renew_first_page(copy: &Path) -> Result<(), std::io::Error> {
    use std::io::{Read, Seek, Write};
    let template = copy.with_extension("template");
    remove_file_and_journal(&template)?;
    // Tables that a file of before logs lacks do no harm here: nothing in their place opens.
    let made = schema::create(&template).and_then(|made| made.close().map_err(|(_, error)| error));
    made.map_err(std::io::Error::other)?;
    let mut page = vec![0; PAGE];
    std::fs::File::open(&template)?.read_exact(&mut page)?;
    remove_file_and_journal(&template)?;
    let pages = u32::try_from(std::fs::metadata(copy)?.len() / PAGE as u64).unwrap_or(u32::MAX);
    page[SIZE_AT..SIZE_AT + 4].copy_from_slice(&pages.to_be_bytes());
    page[FREE_LIST_AT].fill(0);
    let mut file = std::fs::OpenOptions::new().write(true).open(copy)?;
    file.rewind()?;
    file.write_all(&page)
}

/// Bytes of a database page: SQLite's own choice, which no layout so far changed.
const PAGE: usize = 4096;
