//! Mending logs: what does not open any more of a stream that was read anew goes, so that it is not told for ever.
//!
//! Both tables are filled again from what they hold, which makes their indexes anew as well. What is lost of other streams
//! stays told: as a segment that does not open, or by a state that does not.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use rusqlite::{Connection, params};

use crate::address::Address;
use crate::keys::KeyRing;
use crate::log::{Part, has_tables, log_by_index, open, stream_address};
use crate::store::{Cache, Plain, ReadError};
use crate::writer::Writer;

/// How many segments the table has of each stream: counted once, for asking after many streams.
pub struct SegmentCounts(HashMap<Vec<u8>, usize>);

impl Cache {
    /// Counts the segments of all streams.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn count_segments(&self) -> Result<SegmentCounts, ReadError> {
        let connection = self.connection();
        if !has_tables(&connection)? {
            return Ok(SegmentCounts(HashMap::new()));
        }
        let mut counts = HashMap::new();
        let mut all = connection.prepare("SELECT stream FROM log NOT INDEXED")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            // One that cannot be read is missing where the index has it.
            if let Ok(stream) = row.get::<_, Vec<u8>>(0) {
                *counts.entry(stream).or_default() += 1;
            }
        }
        Ok(SegmentCounts(counts))
    }

    /// Whether [`Cache::read_whole_log`] would tell of no damage.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn is_log_whole(&self, stream: &[u8], counts: &SegmentCounts) -> Result<bool, ReadError> {
        let connection = self.connection();
        if !has_tables(&connection)? {
            return Ok(true);
        }
        let kept = counts.0.get(stream_address(&self.keys, stream).as_bytes().as_slice()).copied();
        match self.visit_segments(&connection, stream, |_| ControlFlow::Continue(())) {
            Ok((found, damaged)) => Ok(damaged == 0 && kept.unwrap_or(0) <= found),
            Err(ReadError::Damaged(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Hands every segment of a stream that opens to `visit`, oldest first, and uses no index, which may be what is damaged.
    /// Looks at the segments of all streams.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn read_log_without_index(
        &self,
        stream: &[u8],
        mut visit: impl FnMut(Plain),
    ) -> Result<(), ReadError> {
        let connection = self.connection();
        if !has_tables(&connection)? {
            return Ok(());
        }
        let address = stream_address(&self.keys, stream);
        let mut all = connection.prepare("SELECT written, sealed FROM log NOT INDEXED ORDER BY id")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let (Ok(written), Ok(sealed)) = (row.get(0), row.get(1)) else { continue };
            match open(&self.keys, &address, Part::Segment(written), sealed) {
                Some((name, plain)) if name == stream => visit(plain),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Writer<'_> {
    /// Gives up what does not open of a stream: at the next commit, or never. For one that was read anew.
    pub fn mend_log(&mut self, stream: &[u8]) {
        let address = stream_address(self.keys(), stream);
        self.log_is_mended(address);
    }
}

/// A stored segment: its stream, the day on which it was written, the sealed bytes.
type Row = (Vec<u8>, i64, Vec<u8>);

/// Fills both tables again without what does not open of `mended` streams.
pub(crate) fn mend_all(
    keys: &KeyRing,
    connection: &Connection,
    mended: &[Address],
) -> Result<(), rusqlite::Error> {
    if mended.is_empty() {
        return Ok(());
    }
    let is_mended = |stream: &[u8]| mended.iter().any(|address| address.as_bytes() == stream);
    // An index that cannot be read has nothing to say of a table that can.
    let known: HashMap<i64, Vec<u8>> = log_by_index(connection).unwrap_or_default().into_iter().collect();
    let (mut segments, mut there) = (Vec::<Row>::new(), HashSet::new());
    {
        let mut all =
            connection.prepare("SELECT id, stream, written, sealed FROM log NOT INDEXED ORDER BY id")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let (Ok(stream), Ok(written), Ok(sealed)) = (row.get(1), row.get(2), row.get(3)) else {
                continue;
            };
            let (stream, sealed): (Vec<u8>, Vec<u8>) = (stream, sealed);
            let of_index = known.get(&id);
            // Where only the name of its stream was hit, the index still has it.
            let owner = [Some(&stream), of_index].into_iter().flatten();
            let owner = owner.into_iter().find(|owner| opens(keys, owner, written, &sealed)).cloned();
            let is_given_up =
                owner.is_none() && (is_mended(&stream) || of_index.is_some_and(|of| is_mended(of)));
            if !is_given_up {
                let stream = owner.unwrap_or(stream);
                there.insert((id, stream.clone()));
                segments.push((stream, written, sealed));
            }
        }
    }
    let mut states = states(connection)?;
    for lost in known.into_iter().filter(|segment| !there.contains(segment)) {
        if !is_mended(&lost.1) {
            states.insert(lost.1, Vec::new());
        }
    }
    connection.execute_batch("DELETE FROM log; DELETE FROM log_state;")?;
    let sql = "INSERT INTO log (stream, written, sealed) VALUES (?1, ?2, ?3)";
    let mut insert = connection.prepare(sql)?;
    for (stream, written, sealed) in segments {
        insert.execute(params![stream, written, sealed])?;
    }
    let mut insert = connection.prepare("INSERT INTO log_state (stream, sealed) VALUES (?1, ?2)")?;
    for (stream, sealed) in states {
        insert.execute(params![stream, sealed])?;
    }
    Ok(())
}

fn opens(keys: &KeyRing, stream: &[u8], written: i64, sealed: &[u8]) -> bool {
    let Ok(address) = <[u8; 32]>::try_from(stream).map(Address) else { return false };
    open(keys, &address, Part::Segment(written), sealed.to_vec())
        .is_some_and(|(name, _)| stream_address(keys, &name).as_bytes() == address.as_bytes())
}

/// Of two of one stream, which an index that hid the first has let in, the later.
fn states(connection: &Connection) -> Result<HashMap<Vec<u8>, Vec<u8>>, rusqlite::Error> {
    let mut all = connection.prepare("SELECT stream, sealed FROM log_state NOT INDEXED ORDER BY id")?;
    let mut rows = all.query([])?;
    let mut states = HashMap::new();
    while let Some(row) = rows.next()? {
        if let (Ok(stream), Ok(sealed)) = (row.get(0), row.get(1)) {
            states.insert(stream, sealed);
        }
    }
    Ok(states)
}
