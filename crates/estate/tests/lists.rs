//! Lists of clients and people: numbers, toggles, order, policies.
#![allow(clippy::unwrap_used)]

mod facts;

use facts::{Member, id, member};
use portico_estate::{
    ClientQuery, ClientRow, ClientSort, ClientTags, ClientToggle, Freshness, PeopleCounts, PeopleQuery,
    PeopleSort, PeopleToggle, StaleReason, client_plans, client_totals, people_counts, plan_display,
    policy_lines, policy_name, select_clients, select_people,
};
use portico_protocol::{
    organization::{OrganizationUserDetails, PolicyStatusResponse},
    provider::{ProviderOrganizationDetails, ProviderUserDetails},
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

fn link(number: u128, name: &str, figures: Value) -> ProviderOrganizationDetails {
    let mut link = json!({
        "object": "providerOrganizationOrganizationDetail", "id": id(number + 100), "organizationId": id(number),
        "organizationName": name, "userCount": 0,
    });
    link.as_object_mut().unwrap().extend(figures.as_object().unwrap().clone());
    serde_json::from_value(link).unwrap()
}

fn read(ago: Duration) -> Freshness {
    Freshness { read_at: Some(NOW - ago), ..Freshness::default() }
}

fn rows() -> Vec<ClientRow> {
    let seats = |seats, used, plan| json!({"seats": seats, "occupiedSeats": used, "remainingSeats": seats - used, "userCount": used, "plan": plan});
    let since = |year, mut figures: Value| {
        figures["creationDate"] = json!(format!("{year}-08-20T14:16:19.1234567Z"));
        figures
    };
    let failed = Freshness {
        read_at: Some(NOW - Duration::days(3)),
        stale: Some(StaleReason::Forbidden),
        failed_at: Some(NOW),
    };
    vec![
        ClientRow::new(
            &link(1, "Juniper", since(2024, seats(15, 8, "Teams (Monthly)"))),
            read(Duration::minutes(4)),
        ),
        ClientRow::new(
            &link(2, "Alder", since(2026, seats(28, 28, "Teams (Monthly)"))),
            read(Duration::minutes(5)),
        ),
        ClientRow::new(&link(3, "École Sud", since(2025, seats(12, 13, "Enterprise (Monthly)"))), failed),
        ClientRow::new(&link(4, "Dunmore", json!({"userCount": 7})), read(Duration::hours(25))),
        ClientRow::new(&link(5, "eastgate", seats(96, 90, "Enterprise (Annually)")), Freshness::default()),
    ]
}

#[test]
fn seats_are_what_the_server_says_or_what_follows_from_it() {
    let figures = |figures: Value| {
        let row = ClientRow::new(&link(1, "x", figures), Freshness::default());
        (row.assigned, row.used, row.remaining)
    };
    assert_eq!(
        figures(json!({"seats": 45, "occupiedSeats": 41, "remainingSeats": 4})),
        (Some(45), Some(41), Some(4))
    );
    assert_eq!(figures(json!({"seats": 45, "occupiedSeats": 41})), (Some(45), Some(41), Some(4)));
    assert_eq!(figures(json!({"seats": 45, "remainingSeats": 4})), (Some(45), Some(41), Some(4)));
    assert_eq!(
        figures(json!({"seats": 45, "userCount": null})),
        (Some(45), None, None),
        "no figure is made up"
    );
    assert_eq!(figures(json!({"seats": null, "userCount": 3})), (None, Some(3), None));
    assert_eq!(
        figures(json!({"seats": i32::MIN, "userCount": i32::MAX})),
        (Some(i32::MIN), Some(i32::MAX), Some(i32::MIN))
    );
    let row = ClientRow::new(&link(1, "x", json!({"plan": "Enterprise (Monthly)"})), Freshness::default());
    assert_eq!((row.organization_id, row.provider_organization_id), (id(1), id(101)));
    assert_eq!(row.plan.as_deref(), Some("Enterprise"));
}

#[test]
fn plans_lose_the_word_that_says_nothing() {
    let cases = [
        ("Enterprise (Monthly)", "Enterprise"),
        ("Teams (Monthly) 2020", "Teams 2020"),
        ("Enterprise (Annually)", "Enterprise (Annually)"),
        ("Free", "Free"),
        ("", ""),
    ];
    for (plan, shown) in cases {
        assert_eq!(plan_display(plan), shown);
    }
}

#[test]
fn totals_add_up() {
    let totals = client_totals(&rows(), NOW);
    assert_eq!((totals.clients, totals.assigned, totals.used, totals.remaining), (5, 151, 146, 12));
    assert_eq!((totals.without_seats_left, totals.stale, totals.never_read), (2, 3, 1));
    assert_eq!(totals.oldest, Some((id(3), NOW - Duration::days(3))));
    let huge = vec![ClientRow { assigned: Some(i32::MAX), ..rows()[0].clone() }; 3];
    assert_eq!(client_totals(&huge, NOW).assigned, 3 * i64::from(i32::MAX));
    let plans = client_plans(&rows());
    assert_eq!(
        plans,
        [("Enterprise".to_owned(), 1), ("Enterprise (Annually)".to_owned(), 1), ("Teams".to_owned(), 2)]
    );
}

#[test]
fn clients_are_filtered_and_sorted() {
    let all = ClientQuery::default;
    let sorted = |sort, descending| ClientQuery { sort, descending, ..all() };
    let tagged =
        |tags: &[&str]| ClientQuery { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..all() };
    let cases: [(&str, ClientQuery, &[u128]); 21] = [
        ("by name without regard to case and accents", all(), &[2, 4, 5, 3, 1]),
        ("backwards", ClientQuery { descending: true, ..all() }, &[1, 3, 5, 4, 2]),
        (
            "no seats left, overdrawn included",
            ClientQuery { toggle: ClientToggle::NoSeatsLeft, ..all() },
            &[2, 3],
        ),
        ("stale, too old, never read", ClientQuery { toggle: ClientToggle::Stale, ..all() }, &[4, 5, 3]),
        ("text", ClientQuery { text: "ECOLE".to_owned(), ..all() }, &[3]),
        ("a plan", ClientQuery { plan: Some("Teams".to_owned()), ..all() }, &[2, 1]),
        (
            "a plan and a text",
            ClientQuery { plan: Some("Teams".to_owned()), text: "jun".to_owned(), ..all() },
            &[1],
        ),
        ("by seats", sorted(ClientSort::Assigned, false), &[3, 1, 2, 5, 4]),
        ("by seats taken, most first", sorted(ClientSort::Used, true), &[5, 2, 3, 1, 4]),
        ("by seats left, least first", sorted(ClientSort::Remaining, false), &[3, 2, 5, 1, 4]),
        ("by seats left, most first", sorted(ClientSort::Remaining, true), &[4, 1, 5, 2, 3]),
        ("by plan", sorted(ClientSort::Plan, false), &[4, 3, 5, 2, 1]),
        (
            "clients for the longest, of unknown age first",
            sorted(ClientSort::Created, false),
            &[4, 5, 1, 3, 2],
        ),
        ("oldest picture first", sorted(ClientSort::ReadAt, false), &[5, 3, 4, 2, 1]),
        ("a tag, however it is written", tagged(&["SANTE"]), &[3, 1]),
        ("two tags, which both have to be there", tagged(&["Santé", "mine"]), &[1]),
        ("a tag that nobody carries", tagged(&["gone"]), &[]),
        ("a text in a tag", ClientQuery { text: "sant".to_owned(), ..all() }, &[3, 1]),
        ("a text in name and tag", ClientQuery { text: "juni MIN".to_owned(), ..all() }, &[1]),
        ("no text across name and tag", ClientQuery { text: "junipermine".to_owned(), ..all() }, &[]),
        ("nothing", ClientQuery { text: "nobody".to_owned(), ..all() }, &[]),
    ];
    let rows = rows();
    let mut tags = ClientTags::default();
    for (client, tag) in [(1, "Santé"), (3, "santé"), (1, "mine"), (5, "mine")] {
        tags.add(id(client), tag);
    }
    for (what, query, expected) in cases {
        let shown = select_clients(&rows, &tags, &query, NOW).into_iter();
        let shown: Vec<u128> = shown.map(|place| rows[place as usize].organization_id.as_u128()).collect();
        assert_eq!(shown, expected, "{what}");
    }
}

#[test]
fn a_row_survives_being_stored() {
    for row in rows() {
        let stored = serde_json::to_string(&row).unwrap();
        assert_eq!(serde_json::from_str::<ClientRow>(&stored).unwrap(), row);
    }
}

fn people() -> Vec<OrganizationUserDetails> {
    let mut nameless = Member { status: 0, ..member(4, "Bo") }.wire();
    nameless.name = None;
    vec![
        Member { role: 0, ..member(1, "Zoë Adams") }.wire(),
        Member { status: 1, role: 1, ..member(2, "Camille Rousseau") }.wire(),
        Member { status: -1, ..member(3, "Lucy Ferrand") }.wire(),
        nameless,
        Member { status: 3, role: 4, ..member(5, "Aiko Tanaka") }.wire(),
        Member { status: 2, role: 77, ..member(6, "Future Role") }.wire(),
    ]
}

#[test]
fn people_are_counted_by_toggle() {
    let counts = people_counts(&people());
    // "All" counts active people, staged ones and roles of later servers among them (ui.md (b)).
    assert_eq!(counts, PeopleCounts { all: 5, invited: 1, needs_confirmation: 1, revoked: 1 });
    assert_eq!(people_counts::<OrganizationUserDetails>(&[]), PeopleCounts::default());
}

#[test]
fn numbers_in_names_stand_by_their_value() {
    let rows: Vec<ClientRow> = (1..)
        .zip(["Client 10", "Client 2", "client 1", "Client 2 b"])
        .map(|(number, name)| ClientRow::new(&link(number, name, json!({})), Freshness::default()))
        .collect();
    let mut tags = ClientTags::default();
    for tag in ["tier 10", "Tier 2", "tier 02"] {
        tags.add(id(1), tag);
    }
    assert_eq!(select_clients(&rows, &tags, &ClientQuery::default(), NOW), [2, 1, 3, 0]);
    assert_eq!(tags.of(id(1)).collect::<Vec<_>>(), ["tier 02", "Tier 2", "tier 10"]);
    assert!(tags.has_all(id(1), &["TIER 2".to_owned()]));
    tags.remove(id(1), "tier 2");
    assert_eq!(tags.of(id(1)).collect::<Vec<_>>(), ["tier 02", "tier 10"]);
}

#[test]
fn people_are_filtered_and_sorted() {
    let all = PeopleQuery::default;
    let by = |sort, descending| PeopleQuery { sort, descending, ..all() };
    let cases: [(&str, PeopleQuery, &[u128]); 11] = [
        ("by e-mail, without the revoked", all(), &[5, 4, 2, 6, 1]),
        ("by name, or e-mail where there is none", by(PeopleSort::Name, false), &[5, 4, 2, 6, 1]),
        ("by role, highest first, unknown last", by(PeopleSort::Role, false), &[1, 2, 5, 4, 6]),
        ("backwards", by(PeopleSort::Role, true), &[6, 4, 5, 2, 1]),
        ("invited", PeopleQuery { toggle: PeopleToggle::Invited, ..all() }, &[4]),
        ("needs confirmation", PeopleQuery { toggle: PeopleToggle::NeedsConfirmation, ..all() }, &[2]),
        ("revoked", PeopleQuery { toggle: PeopleToggle::Revoked, ..all() }, &[3]),
        ("a name without its accent", PeopleQuery { text: "zoe".to_owned(), ..all() }, &[1]),
        ("an e-mail", PeopleQuery { text: "bo@client".to_owned(), ..all() }, &[4]),
        ("an id", PeopleQuery { text: id(6).to_string(), ..all() }, &[6]),
        ("a revoked person is not under All", PeopleQuery { text: "lucy".to_owned(), ..all() }, &[]),
    ];
    let people = people();
    for (what, query, expected) in cases {
        let shown = select_people(&people, &query).into_iter();
        let shown: Vec<u128> = shown.map(|place| people[place as usize].id.as_u128()).collect();
        assert_eq!(shown, expected, "{what}");
    }
}

#[test]
fn the_team_of_a_provider_is_such_a_list_too() {
    let person = |number, name: &str, role, status| -> ProviderUserDetails {
        let email = format!("{name}@provider.example");
        serde_json::from_value(
            json!({"id": id(number), "name": name, "email": email, "type": role, "status": status}),
        )
        .unwrap()
    };
    let team =
        [person(1, "maya", 1, 2), person(2, "noor", 0, 2), person(3, "ola", 1, 0), person(4, "per", 0, 1)];
    assert_eq!(people_counts(&team), PeopleCounts { all: 4, invited: 1, needs_confirmation: 1, revoked: 0 });
    let query = PeopleQuery { sort: PeopleSort::Role, ..PeopleQuery::default() };
    assert_eq!(select_people(&team, &query), [1, 3, 0, 2]);
}

#[test]
fn policies_stand_in_the_order_of_the_product() {
    let policy = |kind: i32, enabled: bool| -> PolicyStatusResponse {
        serde_json::from_value(
            json!({"organizationId": id(1), "type": kind, "enabled": enabled, "data": {"minLength": kind}}),
        )
        .unwrap()
    };
    let policies: Vec<_> = [99, 0, 1, 2, 3, 5, 22, 50].map(|kind| policy(kind, kind == 3)).into();
    let lines = policy_lines(&policies);
    let order: Vec<i32> = lines.iter().map(|line| line.kind.0).collect();
    assert_eq!(order, [3, 5, 1, 0, 2, 22, 50, 99]);
    assert!((lines[0].is_on, lines[1].is_on) == (Some(true), Some(false)));
    assert_eq!(lines[2].data, Some(&json!({"minLength": 1})));
    assert_eq!(policy_name(lines[0].kind), Some("Single organization"));
    assert_eq!(policy_name(lines[7].kind), None);
    // Every type that the protocol knows has a name of its own.
    let mut names: Vec<_> =
        (0..=22).map(|kind| policy_name(portico_protocol::organization::PolicyType(kind)).unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 23);
}
