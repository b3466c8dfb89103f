//! The file: tables, settings, versions.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use crate::log;

/// "Prtc": tells our files from other SQLite files.
const APPLICATION_ID: i32 = 0x5072_7463;
/// The newest layout that this program reads; in `user_version`.
pub(crate) const LAYOUT: i32 = 1;
const NEWER: i32 = LAYOUT + 1;
/// Layouts are counted one by one: a number beyond this is a damaged one and no newer program's.
const MOST_LAYOUTS: i32 = 999;

/// Rowid tables with a unique index: `WITHOUT ROWID` with blobs of 1 KiB under random keys was 5 times slower to fill
/// and 3 times larger. Vacuuming is incremental so that a sweep gives space back without rewriting the file.
const TABLES: &str = "
CREATE TABLE header_a (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL);
CREATE TABLE header_b (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL);
CREATE TABLE object   (id INTEGER PRIMARY KEY, address BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL);
CREATE TABLE head     (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL, beside BLOB NOT NULL);
CREATE TABLE derived  (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, owner BLOB NOT NULL, sealed BLOB NOT NULL);
CREATE TABLE cell     (name INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE pin      (id INTEGER PRIMARY KEY, head INTEGER NOT NULL, window INTEGER, expires INTEGER);
";

#[derive(Debug)]
pub(crate) enum LayoutFault {
    NotOurs,
    Newer(u64),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for LayoutFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Lays out an empty file.
pub(crate) fn create(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    be_patient(&connection)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    configure(&connection)?;
    connection.execute_batch(TABLES)?;
    log::make_tables(&connection)?;
    connection.pragma_update(None, "user_version", LAYOUT)?;
    Ok(connection)
}

/// Opens an existing file and looks at its versions before anything else.
pub(crate) fn open(path: &Path) -> Result<Connection, LayoutFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    be_patient(&connection)?;
    check_versions(&connection)?;
    configure(&connection)?;
    Ok(connection)
}

/// As [`open`], and also where nothing can be written: on a full disk or in a folder that is only read. SQLite keeps an
/// index beside a file with a journal and opens neither without it; the file alone, whose journal was emptied into it, is
/// read as one that nobody changes. Such a connection is read-only ([`Connection::is_readonly`]).
pub(crate) fn open_for_reading(path: &Path) -> Result<Connection, LayoutFault> {
    match open(path) {
        Err(LayoutFault::Database(error)) if is_unwritable(&error) && has_no_journal(path) => {
            as_it_stands(path).map_err(|_| LayoutFault::Database(error))
        }
        opened => opened,
    }
}

fn is_unwritable(error: &rusqlite::Error) -> bool {
    use ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
    matches!(error.sqlite_error_code(), Some(CannotOpen | DiskFull | ReadOnly | SystemIoFailure))
}

/// What a journal holds would be missing.
fn has_no_journal(path: &Path) -> bool {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-wal");
    std::fs::metadata(journal)
        .map_or_else(|error| error.kind() == ErrorKind::NotFound, |file| file.len() == 0)
}

fn as_it_stands(path: &Path) -> Result<Connection, LayoutFault> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(immutable(path), flags)?;
    be_patient(&connection)?;
    check_versions(&connection)?;
    harden(&connection)?;
    Ok(connection)
}

/// The address of a file that nobody changes (sqlite.org, "Uniform Resource Identifiers"). A path that is no text has none:
/// what comes of it is not found.
fn immutable(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let path = if cfg!(windows) { format!("/{}", path.replace('\\', "/")) } else { path };
    format!("file://{path}?immutable=1")
}

/// How long a connection waits for another that is writing: before anything is asked of it.
fn be_patient(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(Duration::from_secs(10))
}

fn check_versions(connection: &Connection) -> Result<(), LayoutFault> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(LayoutFault::NotOurs);
    }
    let layout: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match layout {
        1..=LAYOUT => Ok(()),
        NEWER..=MOST_LAYOUTS => Err(LayoutFault::Newer(u64::from(layout.unsigned_abs()))),
        _ => Err(LayoutFault::NotOurs),
    }
}

/// SQLite reads a file and never writes it whose byte 18 is no number that it knows: a flipped bit there would refuse every
/// sync from then on. A file that may not be written for other reasons is not damaged.
pub(crate) fn is_read_only_by_damage(connection: &Connection, path: &Path) -> bool {
    const ROLLBACK_JOURNAL_OR_WAL: RangeInclusive<u8> = 1..=2;
    // Of a file that is written, no other handle may be closed: on Unix that gives up the locks that SQLite holds.
    if !connection.is_readonly(MAIN_DB).unwrap_or(false) {
        return false;
    }
    let mut beginning = [0; 19];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut beginning));
    read.is_ok() && !ROLLBACK_JOURNAL_OR_WAL.contains(&beginning[18])
}

fn configure(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS a plain fsync leaves the data in the drive's cache; elsewhere these change nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    harden(connection)
}

fn harden(connection: &Connection) -> Result<(), rusqlite::Error> {
    // Corrupt pages must be errors, not wrong rows.
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// For an index that leads to a row with another key. SQLite itself would not notice, and replace the row that it finds: an
/// object that nobody had reported as lost.
pub(crate) fn another_row() -> rusqlite::Error {
    let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT_INDEX);
    rusqlite::Error::SqliteFailure(error, Some("an index leads to another row".to_owned()))
}

/// Whether SQLite says that the file itself is broken.
pub(crate) fn is_corruption(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::FromSqlConversionFailure(..) => true,
        // Our statements are what they are: one that is refused, or breaks a check, met tables that are not ours any
        // more. A missing column comes as the second, with the place in the statement.
        rusqlite::Error::SqliteFailure(error, _) | rusqlite::Error::SqlInputError { error, .. } => {
            matches!(error.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                || error.extended_code == rusqlite::ffi::SQLITE_ERROR
                || error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_CHECK
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_waits_for_whoever_writes() -> Result<(), LayoutFault> {
        let folder = tempfile::tempdir().map_err(|_| LayoutFault::NotOurs)?;
        let path = folder.path().join("cache.sqlite3");
        let waits =
            |connection: Connection| connection.pragma_query_value(None, "busy_timeout", |row| row.get(0));
        assert_eq!(waits(create(&path)?), Ok(10_000));
        assert_eq!(waits(open(&path)?), Ok(10_000));
        assert_eq!(waits(as_it_stands(&path)?), Ok(10_000));
        Ok(())
    }
}
