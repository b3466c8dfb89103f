//! Event logs as they were read: `provider events`, `clients events`.

use portico_estate::{EventNames, event_name};
use portico_profile::{EventResponse, EventStream, Unlocked, read_round};
use serde::Serialize;
use uuid::Uuid;

use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventRow {
    /// As the server wrote it where that is no date.
    date: String,
    /// `null`: not told.
    #[serde(rename = "type")]
    kind: Option<i32>,
    /// Words for the number, where this version has some.
    name: Option<String>,
    /// Name or e-mail of who did it, where that is known here; of a provider's people, the provider's name.
    actor: Option<String>,
    acting_user_id: Option<Uuid>,
    /// Name of the client organization; the last one of one that left.
    client: Option<String>,
    /// `null` for one that left where the event names its link alone.
    organization_id: Option<Uuid>,
    device_type: Option<i32>,
    ip_address: Option<String>,
}

impl Row for EventRow {
    const COLUMNS: &'static [&'static str] = &["Date", "Event", "Who", "Client", "Address"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.date.clone(),
            self.name.clone().unwrap_or_else(|| output::or_dash(self.kind)),
            output::or_dash(self.actor.as_ref()),
            output::or_dash(self.client.as_ref()),
            output::or_dash(self.ip_address.as_ref()),
        ]
    }
}

/// Which events are printed; all where nothing is said.
#[derive(Default)]
pub(crate) struct Only {
    /// Who did it, by user id.
    pub(crate) person: Option<Uuid>,
    /// Where: an organization, and its link to the provider.
    pub(crate) client: Option<(Uuid, Uuid)>,
}

impl Only {
    fn shows(&self, event: &EventResponse) -> bool {
        let person = self.person.is_none_or(|person| event.acting_user_id == Some(person));
        let client = self.client.is_none_or(|(organization, link)| {
            event.organization_id == Some(organization) || event.provider_organization_id == Some(link)
        });
        person && client
    }
}

/// Prints logs, newest first. What they do not show is told on the standard error.
///
/// # Errors
/// [`Failure::LogIncomplete`], after the rest was printed, when a part of a log does not open.
pub(crate) fn print(
    format: Format,
    unlocked: &Unlocked,
    streams: &[EventStream],
    only: &Only,
    names: &EventNames,
) -> Result<(), Failure> {
    let mut events = Vec::new();
    let mut damaged = 0;
    for stream in streams {
        let log = unlocked.events(*stream)?;
        events.extend(log.events.into_iter().filter(|event| only.shows(event)));
        for (from, to) in log.gaps {
            eprintln!("porticoctl: not read: from {} to {}", words::date(from), words::date(to));
        }
        if let Some(from) = log.from {
            eprintln!("porticoctl: read back to {}", words::date(from));
        }
        damaged += log.damaged;
    }
    tell_failed(unlocked, streams)?;
    events.sort_by_cached_key(|event| std::cmp::Reverse(event.date.parse().ok()));
    let rows: Vec<EventRow> = events.iter().map(|event| row(event, names)).collect();
    output::list(format, &rows)?;
    if damaged > 0 {
        eprintln!("porticoctl: {damaged} parts of the log are damaged and left out");
        return Err(Failure::LogIncomplete);
    }
    Ok(())
}

/// Whether nothing is kept of these logs.
pub(crate) fn are_none(unlocked: &Unlocked, streams: &[EventStream]) -> Result<bool, Failure> {
    for stream in streams {
        let log = unlocked.events(*stream)?;
        if !log.events.is_empty() || log.damaged > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What happened since the last attempt to read a log failed may be missing.
fn tell_failed(unlocked: &Unlocked, streams: &[EventStream]) -> Result<(), Failure> {
    let (failed, lost) = read_round(unlocked.failed_logs())?;
    if let Some(error) = lost {
        eprintln!("porticoctl: whether the last sync could read the log is not known: {error}");
    }
    for log in failed.iter().filter(|log| streams.contains(&log.stream)) {
        eprintln!("porticoctl: the log could not be read on {}: {}", words::date(log.failed_at), log.said);
    }
    Ok(())
}

fn row(event: &EventResponse, names: &EventNames) -> EventRow {
    EventRow {
        date: event.date.parse().map_or_else(|_| event.date.as_str().to_owned(), words::date),
        kind: event.kind.is_told().then_some(event.kind.0),
        name: event_name(event.kind),
        actor: names.actor(event).map(|person| person.name.clone()),
        acting_user_id: event.acting_user_id,
        client: names.client_name(event).map(str::to_owned),
        organization_id: names.client(event),
        device_type: event.device_type,
        ip_address: event.ip_address.clone(),
    }
}
