//! A list of events as a file: for people as CSV, whose heads are the words of the screen, and for programs as JSON with the
//! same columns under names that are stable from version to version.
//!
//! They follow the columns of the log on the screen, which are the official ones: when, by which device, who, what. What
//! happened is told three times: by its number and its short name, which are the same in every language, and in words.

use std::collections::BTreeMap;

use portico_protocol::events::EventType;
use serde::Serialize;
use uuid::Uuid;

use crate::event_list::{EventLine, EventSubject};
use crate::spreadsheet::{heads, to_csv};

/// Words for numbers, in the language of the person.
#[derive(Debug, Clone, Default)]
pub struct EventWords {
    /// By event number; [`UNNAMED`] stands for what it was done to.
    pub events: BTreeMap<i32, String>,
    /// Those of them that read otherwise before a name which begins with one of `vowels`: `Invitation d’…`.
    pub elided: BTreeMap<i32, String>,
    /// Small letters, with their accents.
    pub vowels: String,
    /// By device type.
    pub devices: BTreeMap<i32, String>,
    /// Heads of the CSV, by the names of [`EVENT_COLUMNS`].
    pub heads: BTreeMap<String, String>,
}

/// Stands in a sentence for the thing that it is about.
pub const UNNAMED: &str = "…";

/// The short name of an event number, the same in every language: `member invited`. None for a number that is newer than
/// this version.
pub fn event_name(kind: EventType) -> Option<String> {
    kind.known_name().map(|name| name.to_lowercase().replace('_', " "))
}

/// One event. The wire's own names where they exist; moments in UTC as the server wrote them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported<'e> {
    date: &'e str,
    device_type: Option<i32>,
    device: Option<&'e str>,
    ip_address: Option<&'e str>,
    acting_user_id: Option<Uuid>,
    actor: Option<&'e str>,
    actor_email: Option<&'e str>,
    /// Nothing: not told.
    #[serde(rename = "type")]
    kind: Option<i32>,
    /// See [`event_name`].
    name: Option<String>,
    /// What happened, in words, whole.
    event: Option<String>,
    subject: Option<&'e str>,
    subject_id: Option<Uuid>,
    organization_id: Option<Uuid>,
    client: Option<&'e str>,
}

/// The members of the JSON, by which the heads of the CSV are asked for.
pub const EVENT_COLUMNS: [&str; 14] = [
    "date",
    "deviceType",
    "device",
    "ipAddress",
    "actingUserId",
    "actor",
    "actorEmail",
    "type",
    "name",
    "event",
    "subject",
    "subjectId",
    "organizationId",
    "client",
];

/// Events as JSON: one list of flat objects, newest first.
pub fn events_to_json<'e>(lines: impl IntoIterator<Item = &'e EventLine>, words: &'e EventWords) -> Vec<u8> {
    let rows: Vec<Exported<'e>> = lines.into_iter().map(|line| exported(line, words)).collect();
    serde_json::to_vec_pretty(&rows).unwrap_or_else(|_| unreachable!("rows are texts, numbers and ids"))
}

/// Events as CSV, newest first.
pub fn events_to_csv<'e>(lines: impl IntoIterator<Item = &'e EventLine>, words: &'e EventWords) -> Vec<u8> {
    to_csv(&heads(&EVENT_COLUMNS, &words.heads), lines.into_iter().map(|line| cells(&exported(line, words))))
}

fn exported<'e>(line: &'e EventLine, words: &'e EventWords) -> Exported<'e> {
    let event = &line.event;
    Exported {
        date: event.date.as_str(),
        device_type: event.device_type,
        device: event.device_type.and_then(|device| words.devices.get(&device)).map(String::as_str),
        ip_address: event.ip_address.as_deref(),
        acting_user_id: event.acting_user_id,
        actor: line.actor.as_ref().map(|person| person.name.as_str()),
        actor_email: line.actor.as_ref().and_then(|person| person.email.as_deref()),
        kind: event.kind.is_told().then_some(event.kind.0),
        name: event_name(event.kind),
        event: words.sentence(event.kind.0, line.subject.as_ref()),
        subject: line.subject.as_ref().and_then(|subject| subject.name.as_deref()),
        subject_id: line.subject.as_ref().and_then(|subject| subject.id),
        organization_id: line.client,
        client: line.client_name.as_deref(),
    }
}

impl EventWords {
    /// A sentence with what it is about in its place; of a thing without a name, the id.
    fn sentence(&self, kind: i32, subject: Option<&EventSubject>) -> Option<String> {
        let plain = self.events.get(&kind)?;
        let name = subject.and_then(|subject| subject.name.as_deref());
        let sentence = match name {
            Some(name) if self.elide_before(name) => self.elided.get(&kind).unwrap_or(plain),
            _ => plain,
        };
        let id = || subject.and_then(|subject| subject.id).map(|id| id.to_string());
        Some(match name.map(str::to_owned).or_else(id) {
            Some(called) => sentence.replacen(UNNAMED, &called, 1),
            None => sentence.clone(),
        })
    }

    fn elide_before(&self, name: &str) -> bool {
        name.chars()
            .next()
            .is_some_and(|first| first.to_lowercase().any(|letter| self.vowels.contains(letter)))
    }
}

fn cells(row: &Exported<'_>) -> [String; 14] {
    fn written<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    [
        row.date.to_owned(),
        written(row.device_type),
        written(row.device),
        written(row.ip_address),
        written(row.acting_user_id),
        written(row.actor),
        written(row.actor_email),
        written(row.kind),
        written(row.name.as_deref()),
        written(row.event.as_deref()),
        written(row.subject),
        written(row.subject_id),
        written(row.organization_id),
        written(row.client),
    ]
}
