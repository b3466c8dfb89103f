//! Event logs of the provider and of organizations.

use std::collections::HashMap;

use portico_estate::{
    ClientRow, EventLine, EventList, EventPlace, EventQuery, EventWord, NamedPerson, SortName, StaleReason,
    SubjectKind as Kind,
};
use portico_profile::{EventStream, FailedLog};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::{count, date};
use crate::dto::{
    OrganizationRef,
    error::{AppError, ErrorCode},
    events::{
        self as dto, ClientCount, EventActor, EventRow, EventSubject, EventsFilter, EventsPage, KindCount,
        PersonCount, SubjectKind,
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
    let people: HashMap<Uuid, &NamedPerson> = list
        .lines
        .iter()
        .filter_map(|line| Some((line.event.acting_user_id?, line.actor.as_ref()?)))
        .collect();
    let clients: HashMap<Uuid, Option<&str>> =
        list.lines.iter().filter_map(|line| Some((line.client?, line.client_name.as_deref()))).collect();
    let mut people: Vec<PersonCount> = facets
        .actors
        .iter()
        .map(|(id, events)| {
            let person = people.get(id).copied();
            PersonCount {
                id: id.to_string(),
                name: person.map(|person| person.name.clone()),
                email: person.and_then(|person| person.email.clone()),
                count: count(*events),
            }
        })
        .collect();
    people.sort_by_cached_key(|person| {
        (person.name.is_none(), person.name.as_deref().map(SortName::new), person.id.clone())
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
        (one.client.name.is_empty(), SortName::new(&one.client.name), one.client.id.clone())
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
        read_at: None,
        damaged: count(damaged),
        failed_logs: Vec::new(),
    }
}

/// Of the logs that could not be read those of a provider: its own first, then those of its clients by name.
pub fn failed_logs(known: &[FailedLog], provider: Uuid, clients: &[ClientRow]) -> Vec<dto::FailedLog> {
    let whose = |stream: &EventStream| match stream {
        EventStream::Provider(id) => (*id == provider).then_some(None),
        EventStream::Organization(id) => {
            let row = clients.iter().find(|row| row.organization_id == *id)?;
            Some(Some(organization(*id, Some(&row.name))))
        }
    };
    let mut failed: Vec<dto::FailedLog> = known
        .iter()
        .filter_map(|log| {
            let client = whose(&log.stream)?;
            Some(dto::FailedLog { client, failure: failure(log), failed_at: date(log.failed_at) })
        })
        .collect();
    failed.sort_by_cached_key(|log| log.client.as_ref().map(|client| SortName::new(&client.name)));
    failed
}

/// That of one organization, if it could not be read.
pub fn failed_log(known: &[FailedLog], organization_id: Uuid, name: Option<&str>) -> Vec<dto::FailedLog> {
    let own = known.iter().filter(|log| log.stream == EventStream::Organization(organization_id));
    own.map(|log| dto::FailedLog {
        client: Some(organization(organization_id, name)),
        failure: failure(log),
        failed_at: date(log.failed_at),
    })
    .collect()
}

/// Why a log could not be read, as the page words it.
fn failure(log: &FailedLog) -> AppError {
    let code = match log.reason {
        StaleReason::Forbidden | StaleReason::NotFound | StaleReason::ServerError => ErrorCode::Refused,
        StaleReason::Unreachable | StaleReason::TimedOut | StaleReason::NotReached => ErrorCode::Unreachable,
        // In which way is not kept; `said` tells it.
        StaleReason::Untrusted => ErrorCode::NoEncryption,
        StaleReason::Throttled => ErrorCode::RateLimited,
        StaleReason::BadAnswer => ErrorCode::NotBitwarden,
        StaleReason::Damaged => ErrorCode::DamagedPart,
        StaleReason::Other => ErrorCode::Internal,
    };
    AppError { code, detail: Some(log.said.clone()).filter(|said| !said.is_empty()) }
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
            email: line.actor.as_ref().and_then(|person| person.email.clone()),
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

#[cfg(test)]
mod tests {
    use portico_estate::Freshness;
    use serde_json::json;

    use super::*;

    fn client(number: u128, name: &str) -> ClientRow {
        let link = json!({
            "object": "providerOrganizationOrganizationDetail", "id": Uuid::from_u128(number + 100),
            "organizationId": Uuid::from_u128(number), "organizationName": name, "userCount": 0,
        });
        let link = serde_json::from_value(link).unwrap_or_else(|error| panic!("{error}"));
        ClientRow::new(&link, Freshness::default())
    }

    fn failed(stream: EventStream, reason: StaleReason, said: &str) -> FailedLog {
        FailedLog { stream, reason, said: said.to_owned(), failed_at: OffsetDateTime::UNIX_EPOCH }
    }

    #[test]
    fn failed_logs_are_those_of_this_provider_its_own_first() {
        let (own, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let known = [
            EventStream::Organization(Uuid::from_u128(1)),
            EventStream::Organization(Uuid::from_u128(2)),
            EventStream::Organization(Uuid::from_u128(3)),
            EventStream::Provider(own),
            EventStream::Provider(other),
        ]
        .map(|stream| failed(stream, StaleReason::ServerError, "vault.example answered 500"));
        let shown = failed_logs(&known, own, &[client(1, "Zephyr"), client(2, "École")]);
        let names: Vec<Option<&str>> =
            shown.iter().map(|log| log.client.as_ref().map(|client| client.name.as_str())).collect();
        assert_eq!(names, [None, Some("École"), Some("Zephyr")], "the third is somebody else's client");
    }

    #[test]
    fn a_kept_reason_is_told_as_the_failure_that_it_was() {
        let own = EventStream::Provider(Uuid::from_u128(7));
        for (reason, code) in [
            (StaleReason::ServerError, ErrorCode::Refused),
            (StaleReason::TimedOut, ErrorCode::Unreachable),
            (StaleReason::Throttled, ErrorCode::RateLimited),
            (StaleReason::Untrusted, ErrorCode::NoEncryption),
            (StaleReason::BadAnswer, ErrorCode::NotBitwarden),
        ] {
            let told = failure(&failed(own, reason, "vault.example answered 500"));
            assert_eq!((told.code, told.detail.as_deref()), (code, Some("vault.example answered 500")));
        }
        assert_eq!(failure(&failed(own, StaleReason::Other, "")).detail, None);
    }
}
