//! Event logs as they were read: what was done at the provider and in its clients (protocol.md §4.9, §5.10).
//!
//! They are not part of the tree: events only ever come, and are kept for as long as the settings say. An event has no
//! id; two are the same when all of their members are. What lies between two readings and was not fetched is known as a
//! gap. Moments are the server's own, so that a wrong clock here opens no gap.

use std::collections::HashSet;
use std::ops::ControlFlow;

use portico_protocol::events::EventResponse;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::errors::ReadError;
use crate::intake::{Intake, IntakeError};
use crate::kinds::to_json;
use crate::recovery::mark_damaged;
use crate::unlocked::Unlocked;

/// Whose log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventStream {
    /// A provider's: its own events, and what its staff did in clients.
    Provider(Uuid),
    /// An organization's: everything that anybody did in it.
    Organization(Uuid),
}

/// What a reading of a log brought.
#[derive(Debug, Clone, PartialEq)]
pub struct EventsRead {
    /// Newest first, as they came.
    pub events: Vec<EventResponse>,
    /// Why no further page was asked for.
    pub reached: EventsReached,
}

/// How far back a reading went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventsReached {
    /// There are no older ones within this many days.
    End {
        /// As far as was asked for.
        days: u32,
    },
    /// Those that were known already.
    Known,
    /// Enough for one time: what lies between is not known.
    Limit,
    /// There are no others in this range, ends included: it was asked for by itself.
    Range {
        /// The oldest.
        from: OffsetDateTime,
        /// The newest.
        to: OffsetDateTime,
    },
    /// Some of the log, chosen by who did it: between them there may be others.
    Parts,
}

impl EventsReached {
    /// Whether what was known before did not matter: then what is damaged of the log was read anew, as far as it goes.
    fn is_anew(self) -> bool {
        matches!(self, Self::End { .. } | Self::Limit)
    }

    /// Whether everything up to `now` was read, or as much of it as one time takes; in microseconds since 1970.
    fn is_up_to(self, now: i64) -> bool {
        match self {
            Self::End { .. } | Self::Known | Self::Limit => true,
            Self::Range { to, .. } => micros(to).is_some_and(|to| to.saturating_add(HOUR) >= now),
            Self::Parts => false,
        }
    }
}

/// A log as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventLog {
    /// Newest first.
    pub events: Vec<EventResponse>,
    /// Complete from here on, but for the gaps.
    pub from: Option<OffsetDateTime>,
    /// From and to, oldest first: here more may have happened.
    pub gaps: Vec<(OffsetDateTime, OffsetDateTime)>,
    /// Parts of the log that do not open any more.
    pub damaged: usize,
    /// When it was last read up to the moment, by this machine's clock, to the second.
    pub read_at: Option<OffsetDateTime>,
}

/// How far a log is known. Microseconds since 1970, by the server's clock where nothing else is said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct State {
    newest: Option<i64>,
    from: Option<i64>,
    gaps: Vec<(i64, i64)>,
    /// By this machine's clock: what an event says of its time is the server's.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Segment {
    newest: i64,
    events: Vec<EventResponse>,
    /// Of a range or of parts: out of the order in which segments come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    out_of_order: bool,
}

/// Bytes of JSON in one segment, and no more than one event over: far below what the cache refuses to seal or to open.
const SEGMENT: usize = 4 << 20;
/// Bytes of JSON of one event. An honest one has a kilobyte.
const MAX_EVENT: usize = 256 << 10;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// More gaps than this are one.
const MOST_GAPS: usize = 50;

impl Unlocked {
    /// A log, as far as it was read.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn events(&self, stream: EventStream) -> Result<EventLog, ReadError> {
        let (state, state_lost) = self.event_state(stream)?;
        let mut events = Vec::new();
        let mut unreadable = usize::from(state_lost);
        let read = self.opened.cache.read_whole_log(&name(stream), |bytes| {
            match serde_json::from_slice::<Segment>(&bytes) {
                Ok(segment) => events.extend(segment.events),
                Err(_) => unreadable += 1,
            }
        })?;
        events.sort_by_cached_key(|event| std::cmp::Reverse(micros_of(event)));
        let gaps = state.gaps.iter().filter_map(|(from, to)| Some((moment(*from)?, moment(*to)?))).collect();
        let (from, read_at) = (state.from.and_then(moment), state.read_at.and_then(moment));
        Ok(EventLog { events, from, gaps, damaged: read.damaged + unreadable, read_at })
    }

    /// How far a log is known, and whether that was kept and does not open any more: then the log is read anew, as far
    /// as the server has it.
    fn event_state(&self, stream: EventStream) -> Result<(State, bool), ReadError> {
        let kept = match self.opened.cache.log_state(&name(stream)) {
            Ok(None) => return Ok((State::default(), false)),
            Ok(Some(bytes)) => serde_json::from_slice(&bytes).ok(),
            Err(portico_cache::ReadError::Damaged(_)) => None,
            Err(error) => return Err(error.into()),
        };
        Ok((kept.clone().unwrap_or_default(), kept.is_none()))
    }
}

impl Intake<'_> {
    /// The newest event that is known of a log: what is older than an hour before it need not be read again. Of a log that
    /// is damaged none counts as known.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn newest_event(&self, stream: EventStream) -> Result<Option<OffsetDateTime>, ReadError> {
        let newest = || {
            let (state, is_whole) = self.log_state(stream)?;
            Ok(if is_whole { state.newest.and_then(moment) } else { None })
        };
        newest().inspect_err(|error: &ReadError| {
            if error.is_damage() {
                mark_damaged(&self.unlocked.opened.cache);
            }
        })
    }

    /// What is known of a log, and whether nothing of it is damaged.
    fn log_state(&self, stream: EventStream) -> Result<(State, bool), ReadError> {
        let (state, is_damaged) = self.unlocked.event_state(stream)?;
        if is_damaged {
            return Ok((state, false));
        }
        let cache = &self.unlocked.opened.cache;
        let counts = match self.segment_counts.get() {
            Some(counts) => counts,
            None => {
                let counts = cache.count_segments()?;
                self.segment_counts.get_or_init(|| counts)
            }
        };
        Ok((state, cache.is_log_whole(&name(stream), counts)?))
    }

    /// Takes in what a reading brought, and returns what of it was not known. An event without a date that can be read
    /// has no place in a log and is left out; so is one that is no event by its size. What is damaged of a log that was
    /// read anew goes.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub fn events(
        &mut self,
        stream: EventStream,
        read: EventsRead,
    ) -> Result<Vec<EventResponse>, IntakeError> {
        let taken = self.take_events(stream, read);
        self.marking(taken)
    }

    fn take_events(
        &mut self,
        stream: EventStream,
        read: EventsRead,
    ) -> Result<Vec<EventResponse>, IntakeError> {
        let (mut before, is_whole) = self.log_state(stream)?;
        let is_mended = !is_whole && read.reached.is_anew();
        if is_mended {
            // How far back it was complete is not known any more, only what this reading says.
            before = State::default();
        }
        let dated: Vec<(i64, EventResponse)> =
            read.events.into_iter().filter_map(|event| Some((micros_of(&event)?, event))).collect();
        let oldest = dated.iter().map(|(at, _)| *at).min();
        let mut known = match oldest {
            Some(_) if !is_whole => self.known_at_all(stream)?,
            Some(oldest) => self.known_since(stream, oldest)?,
            None => HashSet::new(),
        };
        let now = self.now().0.saturating_mul(SECOND);
        let mut after = before.after(&dated, read.reached, now);
        if read.reached.is_up_to(now) {
            after.read_at = Some(now);
            self.logs.was_read(stream);
        }
        let out_of_order = matches!(read.reached, EventsReached::Range { .. } | EventsReached::Parts);
        let mut fresh = Fresh { segments: Vec::new(), len: 0, out_of_order };
        for (at, event) in dated {
            let json = to_json(&event);
            if json.len() <= MAX_EVENT && !known.contains(&json) {
                fresh.add(at, event, json.len());
                known.insert(json);
            }
        }
        let (name, state, now) = (name(stream), to_json(&after), self.now());
        if is_mended {
            self.writer.mend_log(&name);
        }
        // What is newest is appended last: a log is read from its end.
        for segment in fresh.segments.iter().rev() {
            self.writer.append_log(&name, Some(&to_json(segment)), &state, now)?;
        }
        if fresh.segments.is_empty() && (is_mended || after != before) {
            self.writer.append_log(&name, None, &state, now)?;
        }
        Ok(fresh.segments.into_iter().flat_map(|segment| segment.events).collect())
    }

    /// The kept events that may be among those of a reading which went back to `oldest`.
    fn known_since(&self, stream: EventStream, oldest: i64) -> Result<HashSet<Vec<u8>>, ReadError> {
        let mut known = HashSet::new();
        self.unlocked.opened.cache.read_log(&name(stream), |bytes| {
            let Ok(segment) = serde_json::from_slice::<Segment>(&bytes) else {
                return ControlFlow::Continue(());
            };
            // Clients report some events late: a segment may hold older ones than the segment before it.
            if !segment.out_of_order && segment.newest < oldest.saturating_sub(DAY) {
                return ControlFlow::Break(());
            }
            known.extend(segment.events.iter().map(to_json));
            ControlFlow::Continue(())
        })?;
        Ok(known)
    }

    /// All kept events that can be read of a damaged log.
    fn known_at_all(&self, stream: EventStream) -> Result<HashSet<Vec<u8>>, ReadError> {
        let mut known = HashSet::new();
        self.unlocked.opened.cache.read_log_without_index(&name(stream), |bytes| {
            let segment = serde_json::from_slice::<Segment>(&bytes);
            known.extend(segment.iter().flat_map(|segment| &segment.events).map(to_json));
        })?;
        Ok(known)
    }
}

/// What was not known, newest first, cut into segments of a size that can be sealed.
struct Fresh {
    segments: Vec<Segment>,
    /// Bytes of the last one.
    len: usize,
    out_of_order: bool,
}

impl Fresh {
    fn add(&mut self, at: i64, event: EventResponse, len: usize) {
        if self.segments.is_empty() || self.len > SEGMENT {
            let out_of_order = self.out_of_order;
            self.segments.push(Segment { newest: at, events: Vec::new(), out_of_order });
            self.len = 0;
        }
        if let Some(segment) = self.segments.last_mut() {
            segment.newest = segment.newest.max(at);
            segment.events.push(event);
            self.len += len;
        }
    }
}

impl State {
    fn after(&self, dated: &[(i64, EventResponse)], reached: EventsReached, now: i64) -> Self {
        let mut after = self.clone();
        let oldest = dated.iter().map(|(at, _)| *at).min();
        // A date in the far future would make everything that comes look old.
        let newest = dated.iter().map(|(at, _)| *at).filter(|at| *at < now.saturating_add(DAY)).max();
        match (reached, oldest) {
            (EventsReached::End { days }, _) => {
                let from = now.saturating_sub(DAY.saturating_mul(days.into()));
                after.gaps.retain(|(gap_from, _)| *gap_from < from);
                for gap in &mut after.gaps {
                    gap.1 = gap.1.min(from);
                }
                // Where the last reading ended before this one began, what lies between is gone for good.
                match self.newest.filter(|known| *known < from) {
                    Some(known) => after.gaps.push((known, from)),
                    None => after.from = Some(after.from.map_or(from, |known| known.min(from))),
                }
            }
            (EventsReached::Limit, Some(oldest)) => match self.newest {
                Some(known) if known < oldest => after.gaps.push((known, oldest)),
                Some(_) => {}
                None => after.from = Some(oldest),
            },
            (EventsReached::Range { from, to }, _) => {
                let (Some(from), Some(to)) = (micros(from), micros(to)) else { return after };
                let reaches_now = reached.is_up_to(now);
                after.complete(from, to, reaches_now);
                if !reaches_now {
                    // What is newer than the range is not known by it.
                    return after.in_order();
                }
                if let Some(known) = self.newest.filter(|known| *known < from) {
                    after.gaps.push((known, from));
                }
            }
            (EventsReached::Parts, _) => return after,
            (EventsReached::Limit, None) | (EventsReached::Known, _) => {}
        }
        after.newest = after.newest.max(newest);
        after.in_order()
    }

    /// Nothing is missing between these.
    fn complete(&mut self, from: i64, to: i64, reaches_now: bool) {
        let gaps = std::mem::take(&mut self.gaps);
        for (gap_from, gap_to) in gaps {
            self.gaps.push((gap_from, gap_to.min(from)));
            self.gaps.push((gap_from.max(to), gap_to));
        }
        match self.from {
            Some(known) if to < known => {
                self.gaps.push((to, known));
                self.from = Some(from);
            }
            Some(known) => self.from = Some(known.min(from)),
            None if reaches_now => self.from = Some(from),
            None => {}
        }
    }

    fn in_order(self) -> Self {
        let mut after = self;
        after.gaps.retain(|(from, to)| from < to);
        after.gaps.sort_unstable();
        while after.gaps.len() > MOST_GAPS {
            let first = after.gaps.remove(0);
            after.gaps[0].0 = first.0;
        }
        after
    }
}

fn name(stream: EventStream) -> Vec<u8> {
    let (kind, id) = match stream {
        EventStream::Provider(id) => (b"events of provider ".as_slice(), id),
        EventStream::Organization(id) => (b"events of organization ".as_slice(), id),
    };
    [kind, id.as_bytes()].concat()
}

fn micros_of(event: &EventResponse) -> Option<i64> {
    micros(event.date.parse().ok()?)
}

fn micros(moment: OffsetDateTime) -> Option<i64> {
    i64::try_from(moment.unix_timestamp_nanos() / 1000).ok()
}

fn moment(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()
}
