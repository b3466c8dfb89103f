//! An event log as a list: filters with counts, search, and the places where more may have happened.
//!
//! The sentences are the host's, in the language of the person. A search in them comes here as the event numbers whose
//! sentences hold the word.

use std::collections::{BTreeMap, HashMap, HashSet};

use portico_protocol::events::EventResponse;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::event_names::{EventNames, NamedPerson};
use portico_collation::fold;

/// One event with what its ids stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct EventLine {
    /// As the server sent it.
    pub event: EventResponse,
    /// When it happened, by the server's clock.
    pub at: OffsetDateTime,
    /// Who did it, where that is known here.
    pub actor: Option<NamedPerson>,
    /// What it was done to, beside the client.
    pub subject: Option<EventSubject>,
    /// The client it happened in, or was done to.
    pub client: Option<Uuid>,
    /// Its name; of one that left, its last one.
    pub client_name: Option<String>,
    folded: String,
}

/// What an event was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSubject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its id; a domain has its name only, and a client that left the id of the link that it had.
    pub id: Option<Uuid>,
    /// Its name, where that is known here.
    pub name: Option<String>,
}

/// Kinds of things that events are about (protocol.md §4.9, by family of numbers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// An item of a vault.
    Item,
    /// A collection.
    Collection,
    /// A group.
    Group,
    /// A member of an organization.
    Member,
    /// A policy.
    Policy,
    /// A member of the provider.
    ProviderMember,
    /// A client organization.
    Client,
    /// A claimed domain.
    Domain,
    /// A secret of Secrets Manager.
    Secret,
    /// A project of Secrets Manager.
    Project,
    /// A machine account of Secrets Manager.
    MachineAccount,
    /// A Send.
    Send,
}

/// A log as far as it is known: its lines, newest first, and where it has gaps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventList {
    /// Newest first.
    pub lines: Vec<EventLine>,
    /// From and to: here more may have happened.
    pub gaps: Vec<(OffsetDateTime, OffsetDateTime)>,
    /// Older events were not read.
    pub known_from: Option<OffsetDateTime>,
}

/// What a list of events shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventQuery {
    /// Nothing older.
    pub from: Option<OffsetDateTime>,
    /// Nothing newer.
    pub to: Option<OffsetDateTime>,
    /// Words that must all occur.
    pub words: Vec<EventWord>,
    /// Event numbers; none for all.
    pub kinds: Vec<i32>,
    /// User ids of those who did it; none for everybody.
    pub actors: Vec<Uuid>,
    /// Organizations; none for all.
    pub clients: Vec<Uuid>,
    /// Device types (protocol.md §1.7); none for all.
    pub devices: Vec<i32>,
}

/// A word of a search. It is found in names, addresses and ids, and in sentences and device names by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventWord {
    /// As typed.
    pub text: String,
    /// Event numbers whose sentence holds it.
    pub kinds: Vec<i32>,
    /// Device types whose name holds it.
    pub devices: Vec<i32>,
}

/// One row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventPlace {
    /// A line, by its place.
    Line(u32),
    /// Between these two moments the log was not read.
    Gap { from: OffsetDateTime, to: OffsetDateTime },
    /// What happened before this moment was not read.
    Unread { before: OffsetDateTime },
}

/// How many events of a range there are of each choice of a filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventFacets {
    /// Event numbers.
    pub kinds: BTreeMap<i32, usize>,
    /// User ids of those who acted.
    pub actors: HashMap<Uuid, usize>,
    /// Organizations.
    pub clients: HashMap<Uuid, usize>,
    /// Device types.
    pub devices: BTreeMap<i32, usize>,
}

impl EventList {
    /// Puts names to a log. Events without a date that can be read have no place in it.
    pub fn new(
        events: Vec<EventResponse>,
        gaps: Vec<(OffsetDateTime, OffsetDateTime)>,
        known_from: Option<OffsetDateTime>,
        names: &EventNames,
    ) -> Self {
        let mut lines: Vec<EventLine> = events.into_iter().filter_map(|event| line(event, names)).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.at));
        Self { lines, gaps, known_from }
    }

    /// The rows that `query` shows, newest first. Gaps are shown whatever is filtered: what one looks for may lie there.
    pub fn select(&self, query: &EventQuery) -> Vec<EventPlace> {
        let wanted = Wanted::new(query);
        let mut gaps: Vec<_> = self.gaps.iter().filter(|(from, to)| query.overlaps(*from, *to)).collect();
        gaps.sort_by_key(|(_, to)| *to);
        let mut places = Vec::new();
        for (place, line) in (0..).zip(&self.lines) {
            if !query.covers(line.at) || !wanted.shows(line) {
                continue;
            }
            while let Some((from, to)) = gaps.pop_if(|(_, to)| *to > line.at) {
                places.push(EventPlace::Gap { from: *from, to: *to });
            }
            places.push(EventPlace::Line(place));
        }
        places.extend(gaps.iter().rev().map(|(from, to)| EventPlace::Gap { from: *from, to: *to }));
        let unread = self.known_from.filter(|known| query.from.is_none_or(|from| from < *known));
        places.extend(unread.map(|before| EventPlace::Unread { before }));
        places
    }

    /// Counts for the filters, over the range of `query` and nothing else of it.
    pub fn facets(&self, query: &EventQuery) -> EventFacets {
        let mut facets = EventFacets::default();
        for line in self.lines.iter().filter(|line| query.covers(line.at)) {
            *facets.kinds.entry(line.event.kind.0).or_default() += 1;
            line.event.acting_user_id.into_iter().for_each(|id| *facets.actors.entry(id).or_default() += 1);
            line.client.into_iter().for_each(|id| *facets.clients.entry(id).or_default() += 1);
            line.event.device_type.into_iter().for_each(|id| *facets.devices.entry(id).or_default() += 1);
        }
        facets
    }
}

impl EventQuery {
    fn covers(&self, at: OffsetDateTime) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }

    fn overlaps(&self, from: OffsetDateTime, to: OffsetDateTime) -> bool {
        self.from.is_none_or(|start| start < to) && self.to.is_none_or(|end| from < end)
    }
}

/// A query, prepared for many lines.
struct Wanted<'q> {
    query: &'q EventQuery,
    words: Vec<(String, HashSet<i32>, HashSet<i32>)>,
    clients: HashSet<Uuid>,
}

impl<'q> Wanted<'q> {
    fn new(query: &'q EventQuery) -> Self {
        let words = query.words.iter().map(|word| {
            (fold(&word.text), word.kinds.iter().copied().collect(), word.devices.iter().copied().collect())
        });
        Self { query, words: words.collect(), clients: query.clients.iter().copied().collect() }
    }

    fn shows(&self, line: &EventLine) -> bool {
        let event = &line.event;
        let device =
            |devices: &HashSet<i32>| event.device_type.is_some_and(|device| devices.contains(&device));
        (self.query.kinds.is_empty() || self.query.kinds.contains(&event.kind.0))
            && (self.query.actors.is_empty()
                || event.acting_user_id.is_some_and(|actor| self.query.actors.contains(&actor)))
            && (self.clients.is_empty() || line.client.is_some_and(|client| self.clients.contains(&client)))
            && (self.query.devices.is_empty()
                || event.device_type.is_some_and(|device| self.query.devices.contains(&device)))
            && self.words.iter().all(|(text, kinds, devices)| {
                line.folded.contains(text.as_str()) || kinds.contains(&event.kind.0) || device(devices)
            })
    }
}

fn line(event: EventResponse, names: &EventNames) -> Option<EventLine> {
    let at = event.date.parse().ok()?;
    let actor = names.actor(&event).cloned();
    let client = names.client(&event);
    let client_name = names.client_name(&event).map(str::to_owned);
    let subject = subject(&event, client, names);
    let texts = [
        actor.as_ref().map(|person| person.name.as_str()),
        actor.as_ref().and_then(|person| person.email.as_deref()),
        subject.as_ref().and_then(|subject| subject.name.as_deref()),
        client_name.as_deref(),
        event.ip_address.as_deref(),
        event.domain_name.as_deref(),
    ];
    let ids = [event.acting_user_id, subject.as_ref().and_then(|subject| subject.id)];
    let mut folded = String::new();
    for text in
        texts.into_iter().flatten().map(fold).chain(ids.into_iter().flatten().map(|id| id.to_string()))
    {
        folded.push_str(&text);
        folded.push('\n');
    }
    Some(EventLine { event, at, actor, subject, client, client_name, folded })
}

/// By the family of the number: an event may carry more ids than the one it is about.
fn subject(event: &EventResponse, client: Option<Uuid>, names: &EventNames) -> Option<EventSubject> {
    let person = |id: Uuid| names.person(id).map(|person| person.name.clone());
    let thing = |id: Uuid| names.thing(id).map(str::to_owned);
    let (kind, id, name) = match event.kind.0 {
        1100..=1199 => (SubjectKind::Item, event.cipher_id, None),
        1300..=1399 => (SubjectKind::Collection, event.collection_id, event.collection_id.and_then(thing)),
        1400..=1499 => (SubjectKind::Group, event.group_id, event.group_id.and_then(thing)),
        1500..=1599 => {
            (SubjectKind::Member, event.organization_user_id, event.organization_user_id.and_then(person))
        }
        1700..=1799 => (SubjectKind::Policy, event.policy_id, None),
        1800..=1899 => {
            (SubjectKind::ProviderMember, event.provider_user_id, event.provider_user_id.and_then(person))
        }
        1900..=1999 => {
            let id = client.or(event.provider_organization_id);
            (SubjectKind::Client, id, names.client_name(event).map(str::to_owned))
        }
        2000..=2099 => (SubjectKind::Domain, None, event.domain_name.clone()),
        2100..=2199 => (SubjectKind::Secret, event.secret_id, None),
        2200..=2299 => (SubjectKind::Project, event.project_id, None),
        2300..=2399 => {
            let account = event.granted_service_account_id.or(event.service_account_id);
            (SubjectKind::MachineAccount, account, None)
        }
        2500..=2599 => (SubjectKind::Send, event.send_id, None),
        _ => return None,
    };
    (id.is_some() || name.is_some()).then_some(EventSubject { kind, id, name })
}
