//! Provider Portal → Manage → Event logs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OrganizationRef, error::AppError};

/// Whose log.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "of", rename_all = "camelCase")]
#[ts(export)]
pub enum EventLog {
    /// What the provider's people did.
    Provider { id: String },
    /// What happened in an organization, whoever did it.
    Organization { id: String },
}

/// Which window of a log. The log is read from what is kept; nothing is asked of the server.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventsQuery {
    pub filter: EventsFilter,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventsFilter {
    /// Nothing older; ISO-8601.
    pub from: Option<String>,
    /// Nothing newer; ISO-8601.
    pub to: Option<String>,
    /// Words that must all occur.
    pub words: Vec<EventWord>,
    /// Event numbers; none for all.
    pub kinds: Vec<i32>,
    /// User ids of those who acted; none for everybody.
    pub people: Vec<String>,
    /// Organizations; none for all.
    pub clients: Vec<String>,
    /// Device types; none for all.
    pub devices: Vec<i32>,
}

/// A word of the search. Sentences and device names are the page's: it says which numbers hold the word.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventWord {
    pub text: String,
    pub kinds: Vec<i32>,
    pub devices: Vec<i32>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventsPage {
    /// Rows, gaps among them, of which `rows` is the window asked for.
    pub total: u32,
    pub rows: Vec<EventRow>,
    /// Events among the rows.
    pub events: u32,
    /// Choices of the filters with their counts, over the date range alone.
    pub kinds: Vec<KindCount>,
    pub people: Vec<PersonCount>,
    pub clients: Vec<ClientCount>,
    pub devices: Vec<KindCount>,
    /// Events are known back to here; none when none were ever read.
    pub known_from: Option<String>,
    /// When the log was last read up to the moment; none where it never was.
    pub read_at: Option<String>,
    /// Parts of the kept log that do not open any more.
    pub damaged: u32,
    /// Logs of the provider and of its clients, or of the organization, that the last attempt could not read.
    pub failed_logs: Vec<FailedLog>,
}

/// A log that could not be read: what happened since is not known here.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FailedLog {
    /// Whose; none for the provider's own.
    pub client: Option<OrganizationRef>,
    pub failure: AppError,
    pub failed_at: Option<String>,
}

/// One row of the log: an event, or a place where more may have happened.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "row", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum EventRow {
    Event {
        /// Place in the whole log, stable until it is read again.
        id: u32,
        date: String,
        /// Event number.
        kind: i32,
        actor: EventActor,
        subject: Option<EventSubject>,
        client: Option<OrganizationRef>,
        /// Device type.
        device: Option<i32>,
        address: Option<String>,
    },
    /// Between these two the log was not read.
    Gap { from: String, to: String },
    /// What happened before was not read.
    Unread { before: String },
}

/// Who did something.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum EventActor {
    Person {
        id: String,
        /// None for somebody who is not known here (any more).
        name: Option<String>,
        email: Option<String>,
    },
    /// A system by its number: 1 SCIM, 2 domain verification, 3 public API, 4 two-step login turned off, 5 the vendor's portal.
    System { number: i32 },
    /// The server told nobody.
    Nobody,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventSubject {
    pub kind: SubjectKind,
    pub id: Option<String>,
    /// None for something that is not known here (any more).
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SubjectKind {
    Item,
    Collection,
    Group,
    Member,
    Policy,
    ProviderMember,
    Client,
    Domain,
    Secret,
    Project,
    MachineAccount,
    Send,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KindCount {
    pub number: i32,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PersonCount {
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientCount {
    pub client: OrganizationRef,
    pub count: u32,
}

/// A range that is read from the server into the log.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventsRange {
    /// ISO-8601.
    pub from: String,
    pub to: String,
}

/// What a reading brought.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventsTaken {
    /// Events that were not known before.
    pub fresh: u32,
    /// Entries that could not be read: left out, or carried in part.
    pub odd: u32,
    /// The range holds older ones yet.
    pub more: bool,
}

/// The list as it is shown, in a file where the person wants it. Sentences and device names come from the page.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventsExport {
    pub filter: EventsFilter,
    pub format: ExportFormat,
    /// By event number; `…` stands for what it was done to.
    #[ts(type = "Record<number, string>")]
    pub kinds: BTreeMap<i32, String>,
    /// Those of them that read otherwise before a name which begins with one of `vowels`.
    #[ts(type = "Record<number, string>")]
    pub elided: BTreeMap<i32, String>,
    /// Small letters, with their accents.
    pub vowels: String,
    /// By device type.
    #[ts(type = "Record<number, string>")]
    pub devices: BTreeMap<i32, String>,
    /// Heads of the CSV in the words of the screen, by the members of the JSON.
    #[ts(type = "Record<string, string>")]
    pub heads: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ExportFormat {
    Csv,
    Json,
}

/// A file was written, or not.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Exported {
    /// None when the person changed their mind.
    pub file_name: Option<String>,
    /// Events in it.
    pub rows: u32,
}
