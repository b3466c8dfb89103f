//! Reading event logs: newest first, back to what is known, and not further at one time than a few pages (design §3).

use std::collections::{HashMap, HashSet};

use portico_profile::{EventsReached, EventsRead, KnownClients};
use portico_protocol::events::EventResponse;
use portico_protocol::{Date, ListResponse};
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::client_read::told;
use crate::api_error::ApiError;
use crate::http::Reply;
use crate::mend::{self, Mended};
use crate::refresh::{Authorized, Reading};

/// Pages of one client's log in one sync: 200 events.
pub(crate) const CLIENT_PAGES: u32 = 4;
/// Pages of a provider's log in one sync: one log tells of all clients.
pub(crate) const PROVIDER_PAGES: u32 = 20;
/// Fifty events of a kilobyte, and room for what tomorrow's servers add.
pub(crate) const EVENTS_PAGE: Reading = Reading { max_bytes: 1 << 20, tries: 2 };
/// Of a page with more, which no honest server sends, the newest are taken, and what follows is a gap.
const MOST_OF_A_PAGE: usize = 1000;
/// Clients report some events late, so that much is read again.
const LATE: Duration = Duration::HOUR;
/// What a server shows when it is asked for no range (protocol.md §4.9).
const DEFAULT_DAYS: u32 = 30;
/// With the day ahead that is asked for, too, 367 days; more is refused with `Range too large.`
pub(crate) const MOST_DAYS: u32 = 366;

/// How far a log is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventsWanted {
    /// The newest event that is known.
    pub known: Option<OffsetDateTime>,
    pub days: u32,
    pub pages: u32,
}

/// Reads the log at `path`, such as `/organizations/{id}/events`, and counts what in it is no event.
pub(crate) async fn read_events(
    asking: Authorized<'_>,
    path: &str,
    wanted: EventsWanted,
    stop: &CancellationToken,
) -> Result<Mended<EventsRead>, ApiError> {
    LogReading::begin(asking, path.to_owned(), wanted).read_to_end(stop).await
}

/// A log that is being read, page by page.
pub(super) struct LogReading<'a> {
    asking: Authorized<'a>,
    path: String,
    wanted: EventsWanted,
    days: u32,
    range: Option<(Date, Date)>,
    pages_read: u32,
    /// Where the next page begins.
    token: Option<String>,
    events: Vec<EventResponse>,
    odd: u32,
    /// `None` while there is more to read.
    reached: Option<EventsReached>,
}

impl<'a> LogReading<'a> {
    /// Asks for nothing yet.
    pub(super) fn begin(asking: Authorized<'a>, path: String, wanted: EventsWanted) -> Self {
        let days = wanted.days.clamp(1, MOST_DAYS);
        let range = (days != DEFAULT_DAYS).then(|| range(days, OffsetDateTime::now_utc()));
        let (token, events, reached) = (None, Vec::new(), None);
        Self { asking, path, wanted, days, range, pages_read: 0, token, events, odd: 0, reached }
    }

    /// Reads one page, if there is one to be read; the first is the newest.
    pub(super) async fn page(&mut self, stop: &CancellationToken) -> Result<(), ApiError> {
        if self.reached.is_some() {
            return Ok(());
        }
        let asked = format!("{}{}", self.path, events_query(self.range.as_ref(), self.token.as_deref()));
        let Mended { read: page, odd } =
            events_page(&self.path, self.asking.get_reply(&asked, EVENTS_PAGE, stop).await?)?;
        self.odd += odd;
        self.pages_read += 1;
        if page.data.len() > MOST_OF_A_PAGE {
            self.events.extend(page.data.into_iter().take(MOST_OF_A_PAGE));
            self.reached = Some(EventsReached::Limit);
            return Ok(());
        }
        let oldest = page.data.iter().filter_map(|event| event.date.parse().ok()).min();
        self.events.extend(page.data);
        self.token = page.continuation_token.filter(|token| !token.is_empty());
        if self.token.is_none() {
            self.reached = Some(EventsReached::End { days: self.days });
        } else if oldest.zip(self.wanted.known).is_some_and(|(oldest, known)| oldest < known - LATE) {
            self.reached = Some(EventsReached::Known);
        } else if self.pages_read >= self.wanted.pages {
            self.reached = Some(EventsReached::Limit);
        }
        Ok(())
    }

    /// Reads what is left to be read.
    pub(super) async fn read_to_end(
        mut self,
        stop: &CancellationToken,
    ) -> Result<Mended<EventsRead>, ApiError> {
        loop {
            if let Some(reached) = self.reached {
                return Ok(Mended { read: EventsRead { events: self.events, reached }, odd: self.odd });
            }
            self.page(stop).await?;
        }
    }
}

/// A page of the log at `path`. Without a date that can be read an event has no place in a log: it is left out and counted.
pub(crate) fn events_page(path: &str, reply: Reply) -> Result<Mended<ListResponse<EventResponse>>, ApiError> {
    let host = reply.host.clone();
    let page = mend::page::<EventResponse>(&reply.camel_case()?).map(|mut page| {
        let all = page.read.data.len();
        page.read.data.retain(|event| event.date.parse().is_ok());
        page.odd += u32::try_from(all - page.read.data.len()).unwrap_or(u32::MAX);
        page
    });
    told(path, page, host)
}

/// Asked for only where the server's own choice will not do: its clock may be another than ours.
fn range(days: u32, now: OffsetDateTime) -> (Date, Date) {
    (Date::from(now - Duration::days(days.into())), Date::from(now + Duration::DAY))
}

pub(crate) fn events_query(range: Option<&(Date, Date)>, token: Option<&str>) -> String {
    let mut query = Serializer::new(String::new());
    if let Some((start, end)) = range {
        query.append_pair("start", start.as_str()).append_pair("end", end.as_str());
    }
    if let Some(token) = token {
        query.append_pair("continuationToken", token);
    }
    let query = query.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

/// The clients in which something was done that their picture shows. A hint only: what a client's own admins do is not
/// in the provider's log. `links`: organizations by the id of their link to the provider.
pub(crate) fn hinted(
    events: &[EventResponse],
    links: &HashMap<Uuid, Uuid>,
    known: &KnownClients,
) -> HashSet<Uuid> {
    let linked = |event: &EventResponse| links.get(&event.provider_organization_id?).copied();
    events
        .iter()
        .filter(|event| changes_structure(event.kind.0))
        .filter_map(|event| Some((event.organization_id.or_else(|| linked(event))?, event)))
        // What an unfinished sync read after the event shows it already.
        .filter(|(id, event)| !(known.taken_up.contains(id) && is_before(event, *id, known)))
        .map(|(id, _)| id)
        .collect()
}

/// By two clocks, so that a few minutes are in doubt.
fn is_before(event: &EventResponse, id: Uuid, known: &KnownClients) -> bool {
    let read_at = known.freshness.get(&id).and_then(|freshness| freshness.read_at);
    event.date.parse().ok().zip(read_at).is_some_and(|(date, read_at)| date < read_at - Duration::minutes(5))
}

/// Collections, groups, members, settings, policies, and clients themselves (protocol.md §4.9). Not items, and neither
/// exports (1602) nor looks (1603, 1903).
fn changes_structure(kind: i32) -> bool {
    matches!(kind, 1300..=1799 | 1900..=1902) && !matches!(kind, 1602 | 1603)
}

#[cfg(test)]
mod tests {
    use portico_protocol::events::EventType;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn asks_for_a_range_only_where_the_usual_one_will_not_do() {
        assert_eq!(events_query(None, None), "");
        assert_eq!(events_query(None, Some("a+b/=")), "?continuationToken=a%2Bb%2F%3D");
        let range = range(90, datetime!(2026-08-20 12:00 UTC));
        assert_eq!(
            events_query(Some(&range), Some("x")),
            "?start=2026-05-22T12%3A00%3A00.0000000Z&end=2026-08-21T12%3A00%3A00.0000000Z&continuationToken=x"
        );
    }

    #[test]
    fn events_hint_at_clients_whose_picture_they_change() {
        let (client, link, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let event = |kind, organization_id, provider_organization_id| EventResponse {
            kind: EventType(kind),
            organization_id,
            provider_organization_id,
            date: Date::from(datetime!(2026-08-20 11:00 UTC)),
            ..EventResponse::default()
        };
        let links = HashMap::from([(link, other)]);
        for (kind, hints) in [
            (1107, false),
            (1300, true),
            (1401, true),
            (1502, true),
            (1600, true),
            (1602, false),
            (1603, false),
            (1700, true),
            (1801, false),
            (1903, false),
            (2000, false),
        ] {
            let hinted = hinted(&[event(kind, Some(client), None)], &links, &KnownClients::default());
            assert_eq!(hinted.contains(&client), hints, "{kind}");
        }
        let by_link = hinted(&[event(1901, None, Some(link))], &links, &KnownClients::default());
        assert_eq!(by_link, HashSet::from([other]));

        let mut known = KnownClients { taken_up: [client].into(), ..KnownClients::default() };
        for (read_at, hints) in
            [(datetime!(2026-08-20 11:03 UTC), true), (datetime!(2026-08-20 11:30 UTC), false)]
        {
            let freshness = portico_estate::Freshness { read_at: Some(read_at), ..Default::default() };
            known.freshness.insert(client, freshness);
            let hinted = hinted(&[event(1502, Some(client), None)], &links, &known);
            assert_eq!(hinted.contains(&client), hints);
        }
    }
}
