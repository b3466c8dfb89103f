//! Logs: what is only ever appended, sealed, beside the tree. Part of no head and of no difference; old segments go by a
//! retention of their own.
//!
//! A stream is named by its owner. It has segments, which are appended together with a head or not at all, and one
//! state, which each append replaces. In clear stand the day on which a segment was written, and which segments are of
//! one stream.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

use crate::address::Address;
use crate::history::ABSENCE;
use crate::keys::{FORMAT, KeyRing, RandomnessError, SealingCipher};
use crate::store::{Cache, Plain, ReadError};
use crate::time::UnixSeconds;
use crate::writer::{WriteError, Writer};

/// Made by the next writer in files from before logs, which have none and are read all the same.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS log       (id INTEGER PRIMARY KEY, stream BLOB NOT NULL, written INTEGER NOT NULL,
                                      sealed BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS log_of    ON log (stream);
CREATE TABLE IF NOT EXISTS log_state (id INTEGER PRIMARY KEY, stream BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL);
";
/// Larger segments are refused when opened; ten thousand events of a log stay below.
const MAX_SEGMENT: usize = 64 << 20;

/// How reading a log went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogRead {
    /// Segments that do not open any more, or are known to be missing; the others were read.
    pub damaged: usize,
}

/// What waits to be appended.
pub(crate) struct SealedLog {
    stream: Address,
    written: i64,
    segment: Option<Vec<u8>>,
    state: Vec<u8>,
}

impl SealedLog {
    pub(crate) fn len(&self) -> usize {
        self.state.len() + self.segment.as_ref().map_or(0, Vec::len)
    }
}

impl Cache {
    /// Hands the segments of a stream to `visit`, newest first, until it breaks. One that does not open is counted and
    /// left out.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn read_log(
        &self,
        stream: &[u8],
        visit: impl FnMut(Plain) -> ControlFlow<()>,
    ) -> Result<LogRead, ReadError> {
        let connection = self.connection();
        if !has_tables(&connection)? {
            return Ok(LogRead::default());
        }
        let (_, damaged) = self.visit_segments(&connection, stream, visit)?;
        Ok(LogRead { damaged })
    }

    /// As [`Cache::read_log`] to the end, and counts too what the table has and its index does not find: a flipped bit in an
    /// index hides a segment without SQLite noticing. Looks at the segments of all streams.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn read_whole_log(&self, stream: &[u8], mut visit: impl FnMut(Plain)) -> Result<LogRead, ReadError> {
        let connection = self.connection();
        if !has_tables(&connection)? {
            return Ok(LogRead::default());
        }
        // Both of the same moment: another process may append or thin out.
        let moment = connection.unchecked_transaction()?;
        let (found, damaged) = self.visit_segments(&moment, stream, |plain| {
            visit(plain);
            ControlFlow::Continue(())
        })?;
        let sql = "SELECT count(*) FROM log NOT INDEXED WHERE stream = ?1";
        let address = stream_address(&self.keys, stream);
        let kept: i64 =
            moment.prepare_cached(sql)?.query_row(params![address.as_bytes()], |row| row.get(0))?;
        Ok(LogRead { damaged: damaged + usize::try_from(kept).unwrap_or(0).saturating_sub(found) })
    }

    /// How many segments were found, and how many of those do not open.
    pub(crate) fn visit_segments(
        &self,
        connection: &Connection,
        stream: &[u8],
        mut visit: impl FnMut(Plain) -> ControlFlow<()>,
    ) -> Result<(usize, usize), ReadError> {
        let (mut found, mut damaged) = (0, 0);
        let address = stream_address(&self.keys, stream);
        let sql = "SELECT written, sealed FROM log WHERE stream = ?1 ORDER BY id DESC";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![address.as_bytes()])?;
        while let Some(row) = rows.next()? {
            found += 1;
            match open(&self.keys, &address, Part::Segment(row.get(0)?), row.get(1)?) {
                Some((name, plain)) if name == stream => {
                    if visit(plain).is_break() {
                        break;
                    }
                }
                _ => damaged += 1,
            }
        }
        Ok((found, damaged))
    }

    /// The state of a stream; `None` when nothing was appended yet.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when it does not open.
    pub fn log_state(&self, stream: &[u8]) -> Result<Option<Plain>, ReadError> {
        let connection = self.connection();
        if !has_tables(&connection)? {
            return Ok(None);
        }
        let address = stream_address(&self.keys, stream);
        let mut statement = connection.prepare_cached("SELECT sealed FROM log_state WHERE stream = ?1")?;
        let sealed: Option<Vec<u8>> =
            statement.query_row(params![address.as_bytes()], |row| row.get(0)).optional()?;
        let Some(sealed) = sealed else { return Ok(None) };
        match open(&self.keys, &address, Part::State, sealed) {
            Some((name, plain)) if name == stream => Ok(Some(plain)),
            _ => Err(ReadError::Damaged("state of a log")),
        }
    }
}

impl Writer<'_> {
    /// Appends a segment to a stream, if there is one, and replaces the stream's state: at the next commit, or never.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn append_log(
        &mut self,
        stream: &[u8],
        segment: Option<&[u8]>,
        state: &[u8],
        now: UnixSeconds,
    ) -> Result<(), WriteError> {
        let (address, written) = (stream_address(self.keys(), stream), now.day());
        if segment.is_some_and(|segment| segment.len() > MAX_SEGMENT) {
            return Err(WriteError::TooLarge(MAX_SEGMENT));
        }
        let seal = |part, plain: &[u8]| seal(self.keys(), &address, part, stream, plain);
        let segment = segment.map(|segment| seal(Part::Segment(written), segment)).transpose()?;
        let state = seal(Part::State, state)?;
        self.log_waits(SealedLog { stream: address, written, segment, state });
        Ok(())
    }

    /// Removes the segments of all streams that are older than `days`. Returns how many. As with heads, nothing grows
    /// older by a gap of more than a month: it is an absence, or a clock that was set wrong.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn trim_logs(&mut self, days: u32, now: UnixSeconds) -> Result<usize, WriteError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT DISTINCT written FROM log ORDER BY written DESC")?;
        let written = statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
        let (mut age, mut later) = (0, now.day());
        for day in written {
            let between = later.saturating_sub(day);
            if (0..=ABSENCE / UnixSeconds::DAY).contains(&between) {
                age += between;
            }
            later = day;
            if age > i64::from(days) {
                return Ok(connection.execute("DELETE FROM log WHERE written <= ?1", params![day])?);
            }
        }
        Ok(0)
    }
}

pub(crate) fn make_tables(connection: &Connection) -> Result<(), rusqlite::Error> {
    if has_tables(connection)? { Ok(()) } else { connection.execute_batch(TABLES) }
}

pub(crate) fn has_tables(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.prepare_cached("SELECT 1 FROM sqlite_master WHERE name = 'log_state'")?.exists([])
}

pub(crate) fn insert_all(connection: &Connection, all: &[SealedLog]) -> Result<(), rusqlite::Error> {
    let mut append =
        connection.prepare_cached("INSERT INTO log (stream, written, sealed) VALUES (?1, ?2, ?3)")?;
    let mut replace =
        connection.prepare_cached("INSERT OR REPLACE INTO log_state (stream, sealed) VALUES (?1, ?2)")?;
    for log in all {
        if let Some(segment) = &log.segment {
            append.execute(params![log.stream.as_bytes(), log.written, segment])?;
        }
        replace.execute(params![log.stream.as_bytes(), log.state])?;
    }
    Ok(())
}

/// Segments and their streams as the index knows them, which lies on other pages than the table.
pub(crate) fn log_by_index(connection: &Connection) -> Result<Vec<(i64, Vec<u8>)>, rusqlite::Error> {
    let mut all = connection.prepare("SELECT id, stream FROM log INDEXED BY log_of ORDER BY stream")?;
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Seals all logs of `old` anew for another data key. What does not open is left behind.
pub(crate) fn copy_all(old: &Cache, writer: &Writer<'_>) -> Result<(), WriteError> {
    let connection = old.connection();
    if !has_tables(&connection)? {
        return Ok(());
    }
    let address_of = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).ok().map(Address);
    let mut all = connection.prepare("SELECT stream, written, sealed FROM log ORDER BY id")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let Some(address) = address_of(row.get(0)?) else { continue };
        let part = Part::Segment(row.get(1)?);
        let Some((name, plain)) = open(&old.keys, &address, part, row.get(2)?) else { continue };
        let address = stream_address(writer.keys(), &name);
        let sealed = seal(writer.keys(), &address, part, &name, &plain)?;
        let sql = "INSERT INTO log (stream, written, sealed) VALUES (?1, ?2, ?3)";
        writer.connection().prepare_cached(sql)?.execute(params![
            address.as_bytes(),
            row.get::<_, i64>(1)?,
            sealed
        ])?;
    }
    let mut all = connection.prepare("SELECT stream, sealed FROM log_state")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let Some(address) = address_of(row.get(0)?) else { continue };
        let Some((name, plain)) = open(&old.keys, &address, Part::State, row.get(1)?) else { continue };
        let address = stream_address(writer.keys(), &name);
        let sealed = seal(writer.keys(), &address, Part::State, &name, &plain)?;
        let sql = "INSERT OR REPLACE INTO log_state (stream, sealed) VALUES (?1, ?2)";
        writer.connection().prepare_cached(sql)?.execute(params![address.as_bytes(), sealed])?;
    }
    Ok(())
}

/// What a sealed row is; bound into it, so that neither passes for the other, nor for one of another day.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    State,
    Segment(i64),
}

pub(crate) fn stream_address(keys: &KeyRing, stream: &[u8]) -> Address {
    keys.keyed_address(&[b"log/1", stream])
}

fn key_of(keys: &KeyRing, stream: &Address, part: Part) -> (SealingCipher, Vec<u8>) {
    let (tag, written) = match part {
        Part::State => (0u8, 0),
        Part::Segment(written) => (1, written),
    };
    let binding =
        [&[FORMAT, tag], keys.account().as_bytes().as_slice(), stream.as_bytes(), &written.to_le_bytes()]
            .concat();
    (keys.sealing_key(b"log/1", &[stream.as_bytes()]), binding)
}

/// Plain: length of the stream's name u16, the name, length u32, lengths of the compressed bytes u32, those, padding.
/// The name is inside because another data key needs it to find the stream's new address.
fn seal(
    keys: &KeyRing,
    address: &Address,
    part: Part,
    stream: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, RandomnessError> {
    let compressed = Zeroizing::new(lz4_flex::compress(plain));
    let mut padded = Plain::new(Vec::with_capacity(compressed.len() + stream.len() + 64));
    padded.extend_from_slice(&(stream.len() as u16).to_le_bytes());
    padded.extend_from_slice(stream);
    padded.extend_from_slice(&(plain.len() as u32).to_le_bytes());
    padded.extend_from_slice(&(compressed.len() as u32).to_le_bytes());
    padded.extend_from_slice(&compressed);
    let len = crate::object::padded_len(padded.len());
    padded.resize(len, 0);
    let (key, binding) = key_of(keys, address, part);
    key.seal(&binding, &padded)
}

pub(crate) fn open(
    keys: &KeyRing,
    address: &Address,
    part: Part,
    sealed: Vec<u8>,
) -> Option<(Vec<u8>, Plain)> {
    let (key, binding) = key_of(keys, address, part);
    let padded = key.open(&binding, sealed).ok()?;
    let (name_len, rest) = padded.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*name_len)))?;
    let (plain_len, rest) = rest.split_first_chunk::<4>()?;
    let (stored_len, rest) = rest.split_first_chunk::<4>()?;
    let plain_len = u32::from_le_bytes(*plain_len) as usize;
    let stored = rest.get(..u32::from_le_bytes(*stored_len) as usize)?;
    if plain_len > MAX_SEGMENT {
        return None;
    }
    let plain = lz4_flex::decompress(stored, plain_len).ok()?;
    Some((name.to_vec(), Plain::new(plain)))
}
