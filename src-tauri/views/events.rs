//! Provider Portal → Manage → Event logs.

use std::collections::HashMap;

use portico_estate::{
    EventLine, EventList, EventPlace, EventQuery, EventWord, NamedPerson, SubjectKind as Kind, fold,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::{count, date};
use crate::dto::{
    OrganizationRef,
    events::{
        ClientCount, EventActor, EventRow, EventSubject, EventsFilter, EventsPage, KindCount, PersonCount,
        SubjectKind,
    },
};

/// Words, kinds and ids of one search; more come from no page.
const MOST_CHOICES: usize = 1000;

/// One window of the log.
pub fn page(list: &EventList, filter: &EventsFilter, offset: u32, limit: u32, damaged: usize) -> EventsPage {
    let query = query(filter);
    let places = list.select(&query);
    let facets = list.facets(&query);
    let events = places.iter().filter(|place| matches!(place, EventPlace::Line(_))).count();
    let numbers = (0..).take(places.len()).collect::<Vec<u32>>();
    let people: HashMap<Uuid, Option<&NamedPerson>> = list
        .lines
        .iter()
        .filter_map(|line| Some((line.event.acting_user_id?, line.actor.as_ref())))
        .collect();
    let clients: HashMap<Uuid, Option<&str>> =
        list.lines.iter().filter_map(|line| Some((line.client?, line.client_name.as_deref()))).collect();
    let mut people: Vec<PersonCount> = facets
        .actors
        .iter()
        .map(|(id, events)| {
            let person = people.get(id).copied().flatten();
            PersonCount {
                id: id.to_string(),
                name: person.map(|person| person.name.clone()),
                email: person.map(|person| person.email.clone()),
                count: count(*events),
            }
        })
        .collect();
    people.sort_by_cached_key(|person| {
        (person.name.is_none(), person.name.as_deref().map(fold), person.id.clone())
    });
    let mut clients: Vec<ClientCount> = facets
        .clients
        .iter()
        .map(|(id, events)| ClientCount {
            client: organization(*id, clients.get(id).copied().flatten()),
            count: count(*events),
        })
        .collect();
    clients.sort_by_cached_key(|one| {
        (one.client.name.is_empty(), fold(&one.client.name), one.client.id.clone())
    });
    EventsPage {
        total: count(places.len()),
        rows: super::window(&numbers, offset, limit)
            .iter()
            .filter_map(|place| row(list, places[*place as usize]))
            .collect(),
        events: count(events),
        kinds: counts(facets.kinds),
        people,
        clients,
        devices: counts(facets.devices),
        known_from: list.known_from.and_then(date),
        damaged: count(damaged),
    }
}

/// The query that a filter of the page asks. What cannot be read narrows nothing.
pub fn query(filter: &EventsFilter) -> EventQuery {
    let ids =
        |texts: &[String]| texts.iter().take(MOST_CHOICES).filter_map(|text| text.parse().ok()).collect();
    EventQuery {
        from: filter.from.as_deref().and_then(moment),
        to: filter.to.as_deref().and_then(moment),
        words: filter
            .words
            .iter()
            .take(20)
            .map(|word| EventWord {
                text: word.text.clone(),
                kinds: word.kinds.clone(),
                devices: word.devices.clone(),
            })
            .collect(),
        kinds: filter.kinds.clone(),
        actors: ids(&filter.people),
        clients: ids(&filter.clients),
        devices: filter.devices.clone(),
    }
}

/// A moment from the page.
pub fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

fn counts(of: impl IntoIterator<Item = (i32, usize)>) -> Vec<KindCount> {
    of.into_iter().map(|(number, events)| KindCount { number, count: count(events) }).collect()
}

/// Nothing for a moment that cannot be written, which no log holds.
fn row(list: &EventList, place: EventPlace) -> Option<EventRow> {
    Some(match place {
        EventPlace::Line(id) => event(id, list.lines.get(id as usize)?)?,
        EventPlace::Gap { from, to } => EventRow::Gap { from: date(from)?, to: date(to)? },
        EventPlace::Unread { before } => EventRow::Unread { before: date(before)? },
    })
}

fn event(id: u32, line: &EventLine) -> Option<EventRow> {
    let event = &line.event;
    let actor = match (event.acting_user_id, event.system_user) {
        (Some(id), _) => EventActor::Person {
            id: id.to_string(),
            name: line.actor.as_ref().map(|person| person.name.clone()),
            email: line.actor.as_ref().map(|person| person.email.clone()),
        },
        (None, Some(number)) => EventActor::System { number },
        (None, None) => EventActor::Nobody,
    };
    Some(EventRow::Event {
        id,
        date: date(line.at)?,
        kind: event.kind.0,
        actor,
        subject: line.subject.as_ref().map(|subject| EventSubject {
            kind: kind(subject.kind),
            id: subject.id.map(|id| id.to_string()),
            name: subject.name.clone(),
        }),
        client: line.client.map(|id| organization(id, line.client_name.as_deref())),
        device: event.device_type,
        address: event.ip_address.clone().filter(|address| !address.is_empty()),
    })
}

/// An organization without a name is one that the provider has no more.
fn organization(id: Uuid, name: Option<&str>) -> OrganizationRef {
    OrganizationRef { id: id.to_string(), name: name.unwrap_or_default().to_owned() }
}

fn kind(kind: Kind) -> SubjectKind {
    match kind {
        Kind::Item => SubjectKind::Item,
        Kind::Collection => SubjectKind::Collection,
        Kind::Group => SubjectKind::Group,
        Kind::Member => SubjectKind::Member,
        Kind::Policy => SubjectKind::Policy,
        Kind::ProviderMember => SubjectKind::ProviderMember,
        Kind::Client => SubjectKind::Client,
        Kind::Domain => SubjectKind::Domain,
        Kind::Secret => SubjectKind::Secret,
        Kind::Project => SubjectKind::Project,
        Kind::MachineAccount => SubjectKind::MachineAccount,
        Kind::Send => SubjectKind::Send,
    }
}
