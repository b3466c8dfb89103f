//! Event logs as lists: who and what, filters, search, gaps in their places, exports.

use std::collections::BTreeMap;

use portico_estate::{
    ClientRow, EVENT_COLUMNS, EventList, EventNames, EventPlace, EventQuery, EventWord, EventWords,
    Freshness, ProviderUserDetails, SubjectKind, events_to_csv, events_to_json,
};
use portico_protocol::events::EventResponse;
use portico_protocol::provider::ProviderOrganizationDetails;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

const MAYA: Uuid = Uuid::from_u128(1);
const TOM: Uuid = Uuid::from_u128(2);
const TOM_MEMBERSHIP: Uuid = Uuid::from_u128(12);
const ALDER: Uuid = Uuid::from_u128(20);
const ALDER_LINK: Uuid = Uuid::from_u128(21);

fn event(value: Value) -> EventResponse {
    serde_json::from_value(value).expect("an event")
}

fn names() -> EventNames {
    let member = |id: Uuid, user: Uuid, name: &str, email: &str| -> ProviderUserDetails {
        serde_json::from_value(
            json!({"id": id, "userId": user, "name": name, "email": email, "type": 0, "status": 2}),
        )
        .expect("a member")
    };
    let link: ProviderOrganizationDetails = serde_json::from_value(json!({
        "id": ALDER_LINK, "organizationId": ALDER, "organizationName": "Alder Véterinaire"
    }))
    .expect("a link");
    let mut names = EventNames::default();
    names.add_team(&[
        member(Uuid::from_u128(11), MAYA, "Maya Okafor", "maya@brightwater.example"),
        member(TOM_MEMBERSHIP, TOM, "", "tom@brightwater.example"),
    ]);
    names.add_clients(&[ClientRow::new(&link, Freshness::default())]);
    names
}

/// Oldest first, to see them ordered.
fn list() -> EventList {
    let events = vec![
        event(
            json!({"date": "2026-11-01T08:00:00Z", "type": 1800, "actingUserId": MAYA, "providerUserId": TOM_MEMBERSHIP, "deviceType": 9, "ipAddress": "192.0.2.7"}),
        ),
        event(
            json!({"date": "2026-11-05T08:00:00Z", "type": 1901, "actingUserId": MAYA, "providerOrganizationId": ALDER_LINK, "deviceType": 8}),
        ),
        event(
            json!({"date": "2026-11-10T08:00:00Z", "type": 1501, "actingUserId": TOM, "organizationId": ALDER, "organizationUserId": Uuid::from_u128(99), "deviceType": 9}),
        ),
        event(json!({"date": "not a date", "type": 1800})),
        event(json!({"date": "2026-11-12T08:00:00Z", "type": 9999, "systemUser": 1})),
    ];
    let gaps = vec![
        (datetime!(2026-11-02 0:00 UTC), datetime!(2026-11-03 0:00 UTC)),
        (datetime!(2026-11-06 0:00 UTC), datetime!(2026-11-07 0:00 UTC)),
    ];
    EventList::new(events, gaps, Some(datetime!(2026-10-30 0:00 UTC)), &names())
}

/// Event numbers; `0` for a gap, `-1` for the end of what is known.
fn shown(query: &EventQuery) -> Vec<i32> {
    let list = list();
    let places = list.select(query);
    places
        .iter()
        .map(|place| match place {
            EventPlace::Line(line) => list.lines[*line as usize].event.kind.0,
            EventPlace::Gap { .. } => 0,
            EventPlace::Unread { .. } => -1,
        })
        .collect()
}

fn word(text: &str) -> EventQuery {
    EventQuery {
        words: vec![EventWord { text: text.to_owned(), ..EventWord::default() }],
        ..EventQuery::default()
    }
}

#[test]
fn newest_first_with_gaps_between_and_the_end_last() {
    assert_eq!(shown(&EventQuery::default()), [9999, 1501, 0, 1901, 0, 1800, -1]);
    let known = Some(datetime!(2026-11-04 0:00 UTC));
    let range = EventQuery { from: known, to: Some(datetime!(2026-11-11 0:00 UTC)), ..EventQuery::default() };
    assert_eq!(shown(&range), [1501, 0, 1901]);
    let inside_a_gap = EventQuery {
        from: Some(datetime!(2026-11-06 6:00 UTC)),
        to: Some(datetime!(2026-11-06 7:00 UTC)),
        ..EventQuery::default()
    };
    assert_eq!(shown(&inside_a_gap), [0]);
}

#[test]
fn ids_become_people_clients_and_subjects() {
    let list = list();
    let [unknown, confirmed, added, invited] = &list.lines[..] else { panic!("{:?}", list.lines) };
    assert_eq!((unknown.actor.as_ref(), unknown.subject.as_ref(), unknown.client), (None, None, None));
    assert_eq!(confirmed.actor.as_ref().map(|tom| tom.name.as_str()), Some("tom@brightwater.example"));
    let member = confirmed.subject.as_ref().expect("a member");
    assert_eq!((member.kind, member.name.as_deref()), (SubjectKind::Member, None));
    assert_eq!((added.client, added.client_name.as_deref()), (Some(ALDER), Some("Alder Véterinaire")));
    let tom = invited.subject.as_ref().expect("Tom");
    assert_eq!((tom.kind, tom.id), (SubjectKind::ProviderMember, Some(TOM_MEMBERSHIP)));
    assert_eq!(tom.name.as_deref(), Some("tom@brightwater.example"));
}

#[test]
fn who_acted_for_a_provider_is_called_by_its_name_where_the_own_is_not_known() {
    const BRIGHTWATER: Uuid = Uuid::from_u128(7);
    let acted = |user: Uuid, provider: Option<Uuid>| {
        event(
            json!({"date": "2026-11-05T08:00:00Z", "type": 1600, "actingUserId": user, "providerId": provider}),
        )
    };
    let mut names = names();
    names.add_provider(BRIGHTWATER, "Brightwater IT");
    names.add_provider(Uuid::from_u128(8), " ");
    let stranger = Uuid::from_u128(98);
    let called = |event: &EventResponse| names.actor(event).map(|one| (one.name.clone(), one.email.clone()));
    assert_eq!(called(&acted(stranger, Some(BRIGHTWATER))), Some(("Brightwater IT".to_owned(), None)));
    let maya = ("Maya Okafor".to_owned(), Some("maya@brightwater.example".to_owned()));
    assert_eq!(called(&acted(MAYA, Some(BRIGHTWATER))), Some(maya), "a name of one's own comes first");
    assert_eq!(called(&acted(stranger, None)), None);
    assert_eq!(called(&acted(stranger, Some(Uuid::from_u128(8)))), None, "a blank name is none");
    assert_eq!(called(&acted(stranger, Some(Uuid::from_u128(9)))), None, "another provider's person");

    let done = acted(stranger, Some(BRIGHTWATER));
    let list = EventList::new(vec![done], Vec::new(), None, &names);
    let word = EventWord { text: "brightwater".to_owned(), ..EventWord::default() };
    assert_eq!(
        list.select(&EventQuery { words: vec![word], ..EventQuery::default() }).len(),
        1,
        "it is found by it"
    );
}

/// The log of a provider names a client by its link alone (protocol.md §5.10), which is in no list once it is unlinked.
#[test]
fn a_client_that_left_is_told_by_its_last_name_or_else_by_its_link() {
    let (birch, unknown) = (Uuid::from_u128(31), Uuid::from_u128(41));
    let mut names = names();
    names.add_former_client(birch, None, "Birch & Co".to_owned());
    let of = |kind: i32, link: Uuid| {
        event(
            json!({"date": "2026-11-05T08:00:00Z", "type": kind, "actingUserId": MAYA, "providerOrganizationId": link}),
        )
    };
    let events = (1900..=1903).flat_map(|kind| [of(kind, birch), of(kind, unknown), of(kind, ALDER_LINK)]);
    let list = EventList::new(events.collect(), Vec::new(), None, &names);
    for line in &list.lines {
        let link = line.event.provider_organization_id;
        let subject = line.subject.as_ref().unwrap_or_else(|| panic!("of what? {line:?}"));
        let (client, id, name) = match link {
            Some(link) if link == birch => (None, birch, Some("Birch & Co")),
            Some(link) if link == unknown => (None, unknown, None),
            _ => (Some(ALDER), ALDER, Some("Alder Véterinaire")),
        };
        assert_eq!(subject.kind, SubjectKind::Client);
        assert_eq!((line.client, subject.id, subject.name.as_deref()), (client, Some(id), name));
        assert_eq!(names.client_name(&line.event), name);
    }
    let found = |text: &str| list.select(&word(text)).len();
    assert_eq!((found("birch"), found(&unknown.to_string())), (4, 4));
}

#[test]
fn every_filter_narrows_and_gaps_stay() {
    let lines = |query: &EventQuery| shown(query).into_iter().filter(|kind| *kind > 0).collect::<Vec<_>>();
    let none = EventQuery::default;
    assert_eq!(lines(&EventQuery { kinds: vec![1800, 1901], ..none() }), [1901, 1800]);
    assert_eq!(lines(&EventQuery { actors: vec![TOM], ..none() }), [1501]);
    assert_eq!(lines(&EventQuery { clients: vec![ALDER], ..none() }), [1501, 1901]);
    assert_eq!(lines(&EventQuery { devices: vec![8], ..none() }), [1901]);
    assert_eq!(lines(&word("veterinaire")), [1501, 1901]);
    assert_eq!(lines(&word("192.0.2")), [1800]);
    assert_eq!(lines(&word("nobody")), Vec::<i32>::new());
    assert_eq!(shown(&word("nobody")), [0, 0, -1]);
    let by_sentence = EventWord { text: "invited".into(), kinds: vec![1800], devices: vec![] };
    assert_eq!(lines(&EventQuery { words: vec![by_sentence], ..none() }), [1800]);
    let by_device = EventWord { text: "linux".into(), kinds: vec![], devices: vec![8] };
    assert_eq!(lines(&EventQuery { words: vec![by_device], ..none() }), [1901]);
}

#[test]
fn choices_are_counted_over_the_range_alone() {
    let list = list();
    let facets = list.facets(&word("nobody"));
    assert_eq!(facets.kinds, BTreeMap::from([(1501, 1), (1800, 1), (1901, 1), (9999, 1)]));
    assert_eq!((facets.actors[&MAYA], facets.actors[&TOM]), (2, 1));
    assert_eq!(facets.clients[&ALDER], 2);
    assert_eq!(facets.devices, BTreeMap::from([(8, 1), (9, 2)]));
    let day = |moment: OffsetDateTime| EventQuery { from: Some(moment), ..EventQuery::default() };
    assert_eq!(list.facets(&day(datetime!(2026-11-09 0:00 UTC))).kinds.len(), 2);
}

#[test]
fn both_exports_have_the_same_columns() {
    let list = list();
    let words = EventWords {
        events: BTreeMap::from([(1800, "Invited …".to_owned()), (1501, "=cmd; =1+1".to_owned())]),
        devices: BTreeMap::from([(9, "Chrome".to_owned())]),
        heads: BTreeMap::from([("date".to_owned(), "Horodatage".to_owned())]),
        ..EventWords::default()
    };
    let json: Value = serde_json::from_slice(&events_to_json(&list.lines, &words)).expect("JSON");
    let invited = &json[3];
    assert_eq!(invited["event"], "Invited tom@brightwater.example", "the whole sentence");
    assert_eq!((&invited["type"], &invited["name"]), (&json!(1800), &json!("provider user invited")));
    assert_eq!((&json[0]["type"], &json[0]["name"]), (&json!(9999), &Value::Null), "newer than this version");
    assert_eq!(invited["device"], "Chrome");
    assert_eq!(invited["date"], "2026-11-01T08:00:00Z");
    let members: Vec<&str> = invited.as_object().expect("an object").keys().map(String::as_str).collect();
    let mut columns = EVENT_COLUMNS.to_vec();
    columns.sort_unstable();
    let mut sorted = members.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, columns);

    let csv = String::from_utf8(events_to_csv(&list.lines, &words)).expect("text");
    let rows: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        rows[0],
        "Horodatage,deviceType,device,ipAddress,actingUserId,actor,actorEmail,type,name,event,subject,subjectId,organizationId,client"
    );
    assert_eq!(rows.len(), 5);
    assert!(rows[2].contains("'=cmd;' =1+1"), "{}", rows[2]);
}

#[test]
fn a_sentence_elides_before_the_name_that_asks_for_it() {
    let sentences = |texts: [(i32, &str); 3]| texts.map(|(kind, text)| (kind, text.to_owned())).into();
    let words = EventWords {
        events: sentences([(1800, "Invitation de …"), (1901, "Ajout de …"), (1501, "Retrait de …")]),
        elided: sentences([(1800, "Invitation d’…"), (1901, "Ajout d’…"), (1501, "Retrait d’…")]),
        vowels: "aeiouabcdef0123456789é".to_owned(),
        ..EventWords::default()
    };
    let json: Value = serde_json::from_slice(&events_to_json(&list().lines, &words)).expect("JSON");
    let said: Vec<&str> =
        json.as_array().expect("a list").iter().filter_map(|row| row["event"].as_str()).collect();
    let nobody = Uuid::from_u128(99);
    assert_eq!(
        said,
        [
            format!("Retrait de {nobody}").as_str(), // An id is no name.
            "Ajout d’Alder Véterinaire",
            "Invitation de tom@brightwater.example",
        ]
    );
}
