//! Reading a log further than a sync does: a range that a person asks for, in pages (protocol.md §4.9, §5.10).

use portico_profile::{EventStream, EventsReached, EventsRead, Unlocked};
use portico_protocol::Date;
use portico_protocol::events::EventResponse;
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::actions::take_in::begin;
use crate::actions::{Acting, ActionError};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::http::ApiClient;
use crate::mend::Mended;
use crate::sync::{EVENTS_PAGE, MOST_DAYS, SyncError, events_page, events_query};

/// From when to when, both included, and as long as it likes: it is asked for in parts that servers do not refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventRange {
    /// The oldest.
    pub from: OffsetDateTime,
    /// The newest.
    pub to: OffsetDateTime,
}

/// What a reading brought into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventsTaken {
    /// Events that were not known.
    pub fresh: usize,
    /// Entries that could not be read, for want of a date or otherwise: left out, or carried without the member that is odd.
    pub odd: u32,
    /// Where the reading stopped: there are older ones in the range. Ask for the range up to there to go on.
    pub more_before: Option<OffsetDateTime>,
}

/// Why a range was not read, or is not in the log.
#[derive(Debug, thiserror::Error)]
pub enum ReadEventsError {
    /// As for any action: a service user may not read the provider's log.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// Read, and not kept.
    #[error(transparent)]
    Keep(#[from] SyncError),
}

/// Reads a log in a range, newest first and at most `pages` of fifty, into the kept log: what was a gap there is one no
/// more.
///
/// # Errors
/// See [`ReadEventsError`].
pub async fn read_events_in(
    client: &ApiClient,
    unlocked: &Unlocked,
    stream: EventStream,
    range: EventRange,
    pages: u32,
    stop: &CancellationToken,
) -> Result<EventsTaken, ReadEventsError> {
    let path = match stream {
        EventStream::Provider(id) => format!("/providers/{id}/events"),
        EventStream::Organization(id) => format!("/organizations/{id}/events"),
    };
    read_pages(&Acting::new(client, unlocked, stop), &path, stream, range, pages, true).await
}

/// As [`read_events_in`], only what one member of the provider did (protocol.md §5.10): it comes into the provider's log,
/// of whose gaps it closes none. `member`: providerUserId.
///
/// # Errors
/// See [`ReadEventsError`].
pub async fn read_events_of_member(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    member: Uuid,
    range: EventRange,
    pages: u32,
    stop: &CancellationToken,
) -> Result<EventsTaken, ReadEventsError> {
    let path = format!("/providers/{provider}/users/{member}/events");
    let stream = EventStream::Provider(provider);
    read_pages(&Acting::new(client, unlocked, stop), &path, stream, range, pages, false).await
}

async fn read_pages(
    acting: &Acting<'_>,
    path: &str,
    stream: EventStream,
    range: EventRange,
    pages: u32,
    is_whole_log: bool,
) -> Result<EventsTaken, ReadEventsError> {
    let (from, to) = (range.from.min(range.to), range.from.max(range.to));
    let mut events: Vec<EventResponse> = Vec::new();
    let mut part = newest_part(from, to);
    let mut token: Option<String> = None;
    let (mut more_before, mut odd) = (None, 0);
    for _ in 0..pages.max(1) {
        let asked = (Date::from(part.from), Date::from(part.to));
        let query = events_query(Some(&asked), token.as_deref());
        let page = acting
            .asking
            .get_by_role(&format!("{path}{query}"), EVENTS_PAGE, acting.stop)
            .await
            .and_then(|reply| events_page(path, reply));
        let Mended { read: page, odd: of_it } = match page {
            Ok(page) => page,
            // Whoever may not read a log gets a 404 (protocol.md §5.10).
            Err(ApiError::Status { code: 404, message, .. }) => {
                return Err(ActionError::NotAllowed { message }.into());
            }
            Err(error) => return Err(acting.refused(error).await.into()),
        };
        odd += of_it;
        token = page.continuation_token.filter(|token| !token.is_empty());
        more_before = match token {
            Some(_) => {
                let oldest = page.data.iter().filter_map(|event| event.date.parse().ok()).min();
                let read_to = oldest.map_or(part.to, |oldest| oldest.clamp(part.from, part.to));
                Some(more_before.map_or(read_to, |before| read_to.min(before)))
            }
            None => (part.from > from).then_some(part.from),
        };
        events.extend(page.data);
        match (more_before, &token) {
            (None, _) => break,
            (Some(before), None) => part = newest_part(from, before),
            (Some(_), Some(_)) => {}
        }
    }
    let reached = match (is_whole_log, more_before) {
        (true, None) => EventsReached::Range { from, to },
        (true, Some(oldest)) => EventsReached::Range { from: oldest, to },
        (false, _) => EventsReached::Parts,
    };
    let mut intake = begin(acting.unlocked, acting.stop).await?;
    let fresh = aside(|| intake.events(stream, EventsRead { events, reached })).map_err(SyncError::from)?;
    aside(|| intake.commit()).map_err(SyncError::from)?;
    Ok(EventsTaken { fresh: fresh.len(), odd, more_before })
}

/// Of a range the newest that a server shows at one time.
fn newest_part(from: OffsetDateTime, to: OffsetDateTime) -> EventRange {
    let longest = to.checked_sub(Duration::days(MOST_DAYS.into()));
    EventRange { from: longest.map_or(from, |longest| longest.max(from)), to }
}
