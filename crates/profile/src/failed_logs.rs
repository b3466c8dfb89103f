//! Event logs that could not be read: which, when and why. Told beside the events until they were read, because what is
//! missing looks like nothing having happened.
//!
//! In a cell, so that they are known after an unlock without a server too. What is lost here comes again: a log that
//! still cannot be read fails once more.

use std::collections::{BTreeMap, BTreeSet};

use portico_cache::WriteError;
use portico_estate::StaleReason;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::errors::ReadError;
use crate::event_log::EventStream;
use crate::intake::Intake;
use crate::kept;
use crate::kinds::FAILED_LOGS_CELL;
use crate::note::{Note, code_of, moment, reason_of};
use crate::unlocked::Unlocked;

/// One log that is not known any further than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedLog {
    /// Whose.
    pub stream: EventStream,
    /// Why it could not be read.
    pub reason: StaleReason,
    /// The same as it was told then, for a person to read; at most 400 characters.
    pub said: String,
    /// When it was last tried, by this machine's clock, to the second.
    pub failed_at: OffsetDateTime,
}

/// In characters: a server's sentence has at most 300, and a host stands before it.
const LONGEST: usize = 400;

impl Unlocked {
    /// The logs that could not be read, those of providers first.
    ///
    /// # Errors
    /// See [`ReadError`]. Damage says that some may be missing, no more; the next sync writes them anew.
    pub fn failed_logs(&self) -> Result<Vec<FailedLog>, ReadError> {
        let Some(bytes) = self.opened.cache.cell(FAILED_LOGS_CELL)? else { return Ok(Vec::new()) };
        decode(&bytes)
    }
}

impl Intake<'_> {
    /// A log could not be read. It counts from the commit on, or from [`Intake::keep_for_next`]. A log is read along with
    /// its client: say so after [`Intake::client`].
    pub fn log_failed(&mut self, stream: EventStream, reason: StaleReason, said: &str) {
        let said = said.chars().filter(|symbol| !symbol.is_control()).take(LONGEST).collect();
        let failed_at = self.unlocked.now().into();
        self.logs.failed.insert(stream, FailedLog { stream, reason, said, failed_at });
    }

    /// Writes what came of the logs. Nothing depends on it that could not wait for the next sync, so that a failure is
    /// noted and no more.
    pub(crate) fn keep_failed_logs(&self) {
        let (before, is_lost) = match self.unlocked.failed_logs() {
            Ok(before) => (before, false),
            // What a later version wrote is that version's to change.
            Err(ReadError::Newer(_)) => return,
            Err(error) => {
                tracing::warn!(%error, "which logs could not be read before is not known any more");
                (Vec::new(), true)
            }
        };
        let after = self.logs.after(&before, &self.note);
        if after == before && !is_lost {
            return;
        }
        let cache = &self.unlocked.opened.cache;
        if let Err(error) = encode(&after).and_then(|bytes| cache.set_cell(FAILED_LOGS_CELL, &bytes)) {
            tracing::warn!(%error, "which logs could not be read is not kept");
        }
    }
}

/// What came of the logs in one intake.
#[derive(Default)]
pub(crate) struct LogsTaken {
    failed: BTreeMap<EventStream, FailedLog>,
    read: BTreeSet<EventStream>,
    /// Every provider's log was asked for, if it may be read at all.
    pub(crate) all_providers: bool,
}

impl LogsTaken {
    /// A log was read up to now, or the client whose log it is was read without one.
    pub(crate) fn was_read(&mut self, stream: EventStream) {
        self.failed.remove(&stream);
        self.read.insert(stream);
    }

    /// Those of before that were not tried again, and those that failed now; none of whom is in the picture no more.
    fn after(&self, before: &[FailedLog], note: &Note) -> Vec<FailedLog> {
        let is_open = |stream: &EventStream| {
            let asked = self.all_providers && matches!(stream, EventStream::Provider(_));
            !asked && !self.read.contains(stream)
        };
        let mut all: BTreeMap<EventStream, FailedLog> =
            before.iter().filter(|log| is_open(&log.stream)).map(|log| (log.stream, log.clone())).collect();
        all.extend(self.failed.iter().map(|(stream, log)| (*stream, log.clone())));
        all.retain(|stream, _| match stream {
            EventStream::Provider(id) => note.providers_read_at.contains_key(id),
            EventStream::Organization(id) => note.clients.contains_key(id),
        });
        all.into_values().collect()
    }
}

const VERSION: u8 = 1;
const OF_PROVIDER: u8 = 0;
const OF_ORGANIZATION: u8 = 1;

/// The sealed form. Of each log: whose it is by kind and id, the number of the reason as in the freshness note, what was
/// told, seconds since 1970.
type Kept<'k> = Vec<(u8, Uuid, u8, &'k str, i64)>;

fn encode(logs: &[FailedLog]) -> Result<Vec<u8>, WriteError> {
    fn line(log: &FailedLog) -> (u8, Uuid, u8, &str, i64) {
        let (kind, id) = match log.stream {
            EventStream::Provider(id) => (OF_PROVIDER, id),
            EventStream::Organization(id) => (OF_ORGANIZATION, id),
        };
        (kind, id, code_of(log.reason), log.said.as_str(), log.failed_at.unix_timestamp())
    }
    let kept: Kept<'_> = logs.iter().map(line).collect();
    kept::encode(VERSION, &kept)
}

fn decode(bytes: &[u8]) -> Result<Vec<FailedLog>, ReadError> {
    const UNREADABLE: ReadError = ReadError::Content("failed logs");
    let kept: Kept<'_> = kept::decode(VERSION, bytes, "failed logs")?;
    kept.into_iter()
        .map(|(kind, id, code, said, at)| {
            let stream = match kind {
                OF_PROVIDER => EventStream::Provider(id),
                OF_ORGANIZATION => EventStream::Organization(id),
                _ => return Err(UNREADABLE),
            };
            let failed_at = moment(at).ok_or(UNREADABLE)?;
            Ok(FailedLog { stream, reason: reason_of(code), said: said.to_owned(), failed_at })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_form_is_told_and_nonsense_is_damage() {
        assert!(matches!(decode(&[VERSION + 1, 0]), Err(ReadError::Newer(_))));
        let kept = |kind, code, at| vec![(kind, Uuid::nil(), code, "why", at)];
        let of = |kept: &Kept<'_>| decode(&kept::encode(VERSION, kept).unwrap());
        let [log] = &of(&kept(OF_PROVIDER, 200, 5)).unwrap()[..] else { panic!("one log") };
        assert_eq!((log.reason, log.said.as_str()), (StaleReason::Other, "why"), "a reason of tomorrow");
        for nonsense in [kept(7, 1, 5), kept(OF_ORGANIZATION, 1, i64::MAX)] {
            assert!(of(&nonsense).unwrap_err().is_damage());
        }
        assert!(decode(&[VERSION, 9]).unwrap_err().is_damage());
    }
}
