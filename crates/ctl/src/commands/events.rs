//! Event logs as they were read: `provider events`, `clients events`.

use std::collections::HashMap;

use portico_estate::Person;
use portico_profile::{EventResponse, EventStream, Picture, Unlocked};
use serde::Serialize;
use uuid::Uuid;

use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventRow {
    /// As the server wrote it.
    date: String,
    #[serde(rename = "type")]
    kind: i32,
    /// Words for the number, where this version has some.
    name: Option<String>,
    /// Name or e-mail of who did it, where that is known here.
    actor: Option<String>,
    acting_user_id: Option<Uuid>,
    /// Name of the client organization.
    client: Option<String>,
    organization_id: Option<Uuid>,
    device_type: Option<i32>,
    ip_address: Option<String>,
}

impl Row for EventRow {
    const COLUMNS: &'static [&'static str] = &["Date", "Event", "Who", "Client", "Address"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.date.clone(),
            self.name.clone().unwrap_or_else(|| self.kind.to_string()),
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
/// [`Failure::Incomplete`], after the rest was printed, when a part of a log does not open.
pub(crate) fn print(
    format: Format,
    unlocked: &Unlocked,
    streams: &[EventStream],
    only: &Only,
) -> Result<(), Failure> {
    let names = Names::of(&unlocked.picture())?;
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
    let rows: Vec<EventRow> = events.iter().map(|event| names.row(event)).collect();
    output::list(format, &rows)?;
    if damaged > 0 {
        eprintln!("porticoctl: {damaged} parts of the log are damaged and left out");
        return Err(Failure::Incomplete("events"));
    }
    Ok(())
}

/// What happened since the last attempt to read a log failed may be missing.
fn tell_failed(unlocked: &Unlocked, streams: &[EventStream]) -> Result<(), Failure> {
    let failed = match unlocked.failed_logs() {
        Err(error) if error.is_damage() => {
            eprintln!("porticoctl: whether the last sync could read the log is not known: {error}");
            return Ok(());
        }
        failed => failed?,
    };
    for log in failed.iter().filter(|log| streams.contains(&log.stream)) {
        eprintln!("porticoctl: the log could not be read on {}: {}", words::date(log.failed_at), log.said);
    }
    Ok(())
}

/// What ids stand for, as far as the picture tells.
struct Names {
    people: HashMap<Uuid, String>,
    clients: HashMap<Uuid, String>,
}

impl Names {
    fn of(picture: &Picture) -> Result<Self, Failure> {
        let mut names = Self { people: HashMap::new(), clients: HashMap::new() };
        for view in picture.providers()? {
            names.clients.extend(view.rows.iter().map(|row| (row.organization_id, row.name.clone())));
            for member in view.team.iter().flatten() {
                let name = member.name().unwrap_or(member.email());
                names.people.extend(member.user_id.map(|id| (id, name.to_owned())));
            }
        }
        if let Some(profile) = picture.profile()? {
            let name = profile.name.clone().filter(|name| !name.trim().is_empty());
            names.people.entry(profile.id).or_insert_with(|| name.unwrap_or_else(|| profile.email.clone()));
        }
        Ok(names)
    }

    fn row(&self, event: &EventResponse) -> EventRow {
        let client = event.organization_id.and_then(|id| self.clients.get(&id));
        EventRow {
            date: event.date.as_str().to_owned(),
            kind: event.kind.0,
            name: event.kind.known_name().map(in_words),
            actor: event.acting_user_id.and_then(|id| self.people.get(&id).cloned()),
            acting_user_id: event.acting_user_id,
            client: client.cloned(),
            organization_id: event.organization_id,
            device_type: event.device_type,
            ip_address: event.ip_address.clone(),
        }
    }
}

/// `MEMBER_INVITED` → `member invited`.
fn in_words(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}
