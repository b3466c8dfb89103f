//! What clients and people were called that left: told in the provider's log for as long as there is one.

#![allow(clippy::unwrap_used)]

mod support;

use portico_estate::EventList;
use portico_profile::{EventStream, EventsReached, EventsRead, FormerClient, FormerNames, Unlocked};
use portico_protocol::events::EventResponse;
use serde_json::{Value, json};
use support::{Machine, NORTH, PASSWORD, PROVIDER, SOUTH, World, files_with, from, full_sync};
use uuid::Uuid;

const NORTH_LINK: Uuid = Uuid::from_u128(NORTH.as_u128() + 0x100);
const SOUTH_LINK: Uuid = Uuid::from_u128(SOUTH.as_u128() + 0x100);

/// Takes in a list with this name for South, and without North where it left.
fn listed(world: &World, unlocked: &Unlocked, south: &str, with_north: bool) {
    let mut picture = world.provider_picture();
    picture.clients.retain(|row| with_north || row.organization_id != NORTH);
    picture.clients.last_mut().unwrap().organization_name = south.to_owned();
    let mut intake = unlocked.begin_intake().unwrap();
    intake.provider(picture);
    intake.commit().unwrap();
}

fn named(unlocked: &Unlocked, link: Uuid) -> Option<String> {
    let event: EventResponse =
        from(json!({"type": 1902, "date": "2026-08-20T14:16:19Z", "providerOrganizationId": link}));
    unlocked.event_names().unwrap().client_name(&event).map(str::to_owned)
}

#[test]
fn the_last_name_of_a_client_is_known_after_it_left() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    listed(&world, &unlocked, "Southridge & Daughters", true);
    assert!(unlocked.former_names().unwrap() == FormerNames::default(), "nobody left");
    listed(&world, &unlocked, "Southridge & Daughters", false);
    let north =
        FormerClient { link: NORTH_LINK, organization: Some(NORTH), name: "Northwind Traders".to_owned() };
    let is_kept =
        |unlocked: &Unlocked| unlocked.former_names().unwrap().clients == std::slice::from_ref(&north);
    assert!(is_kept(&unlocked));
    assert_eq!(named(&unlocked, NORTH_LINK).as_deref(), Some("Northwind Traders"));
    assert_eq!(named(&unlocked, SOUTH_LINK).as_deref(), Some("Southridge & Daughters"), "it is there");
    assert_eq!(named(&unlocked, Uuid::from_u128(7)), None);

    drop(unlocked);
    let unlocked = machine.unlock();
    assert!(is_kept(&unlocked));
    assert!(files_with(machine.profile.folder(), "Northwind").is_empty(), "sealed like everything");
    // It comes back by the same link and leaves once more: once in the list.
    listed(&world, &unlocked, "Southridge & Daughters", true);
    assert_eq!(named(&unlocked, NORTH_LINK).as_deref(), Some("Northwind Traders"));
    listed(&world, &unlocked, "Southridge & Daughters", false);
    assert!(is_kept(&unlocked));
}

/// The log as it reads: who was meant, in which client, and whether a search finds the line.
fn lines(unlocked: &Unlocked, search: &str) -> Vec<(Option<String>, Option<String>)> {
    let log = unlocked.events(EventStream::Provider(PROVIDER)).unwrap();
    let list = EventList::new(log.events, log.gaps, log.from, &unlocked.event_names().unwrap());
    let word = portico_estate::EventWord { text: search.to_owned(), ..Default::default() };
    let query = portico_estate::EventQuery { words: vec![word], ..Default::default() };
    let line = |place| match place {
        portico_estate::EventPlace::Line(line) => Some(&list.lines[line as usize]),
        _ => None,
    };
    let lines = list.select(&query).into_iter().filter_map(line);
    lines
        .map(|line| (line.subject.as_ref().and_then(|one| one.name.clone()), line.client_name.clone()))
        .collect()
}

fn log(unlocked: &Unlocked, events: &[Value]) {
    let events = events.iter().zip(10..).map(|(event, minute)| {
        let mut event = event.clone();
        event["date"] = json!(format!("2026-08-20T14:{minute}:00Z"));
        from(event)
    });
    let mut intake = unlocked.begin_intake().unwrap();
    let read = EventsRead { events: events.collect(), reached: EventsReached::End { days: 30 } };
    intake.events(EventStream::Provider(PROVIDER), read).unwrap();
    intake.commit().unwrap();
}

#[test]
fn what_was_done_in_a_client_stays_readable_after_it_left() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let membership = Uuid::from_u128(30 << 64);
    log(
        &unlocked,
        &[
            json!({"type": 1500, "organizationId": NORTH, "organizationUserId": membership}),
            json!({"type": 1902, "providerOrganizationId": NORTH_LINK}),
        ],
    );
    let before = lines(&unlocked, "northwind");
    assert_eq!(before.len(), 2);
    listed(&world, &unlocked, "Southridge Video", false);
    assert_eq!(lines(&unlocked, "northwind"), before);
    let invited = (Some("Antinous 30".to_owned()), Some("Northwind Traders".to_owned()));
    assert!(before.contains(&invited), "{before:?}");
    let people = unlocked.former_names().unwrap().people;
    assert_eq!(people.len(), 1, "of its people the one whom the log names");
}

#[test]
fn a_removed_person_stays_readable_in_the_log() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let (membership, user) = (Uuid::from_u128(0xb2), Uuid::from_u128(0xacc2));
    let take = |with_ben: bool| {
        let mut picture = world.provider_picture();
        if with_ben {
            picture
                .members
                .as_mut()
                .unwrap()
                .push(from(json!({"object": "providerUserUserDetails", "id": membership,
                "userId": user, "type": 1, "status": 0, "email": "ben.b@example.net"})));
        }
        let mut intake = unlocked.begin_intake().unwrap();
        intake.provider(picture);
        intake.commit().unwrap();
    };
    take(true);
    log(
        &unlocked,
        &[
            json!({"type": 1800, "providerUserId": membership}),
            json!({"type": 1803, "providerUserId": membership}),
        ],
    );
    let before = lines(&unlocked, "ben.b");
    assert_eq!(before, vec![(Some("ben.b@example.net".to_owned()), None); 2]);
    take(false);
    assert_eq!(lines(&unlocked, "ben.b"), before);
    let names = unlocked.event_names().unwrap();
    assert_eq!(
        names.person(user).and_then(|ben| ben.email.as_deref()),
        Some("ben.b@example.net"),
        "as whoever did it, too"
    );
    drop(unlocked);
    assert_eq!(lines(&machine.unlock(), "ben.b"), before);
    assert!(files_with(machine.profile.folder(), "ben.b").is_empty(), "sealed like everything");
}

#[test]
fn whoever_leaves_the_provider_keeps_no_names_of_it() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let mut sync = world.sync_of(&[]);
    sync["profile"]["providers"] = json!([]);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&support::bytes(&sync), None).unwrap();
    intake.commit().unwrap();
    assert!(unlocked.picture().providers().unwrap().iter().all(|view| view.provider.id != PROVIDER));
    assert!(unlocked.former_names().unwrap() == FormerNames::default());
}

#[test]
fn names_that_are_damaged_are_links_again_and_stop_nothing() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    listed(&world, &unlocked, "Southridge Video", false);
    drop(unlocked);
    let file = rusqlite::Connection::open(machine.cache_file()).unwrap();
    let sealed: Vec<u8> =
        file.query_row("SELECT sealed FROM cell WHERE name = 9", [], |row| row.get(0)).unwrap();
    for harmed in [sealed[..sealed.len() - 1].to_vec(), vec![0; sealed.len()]] {
        assert_eq!(file.execute("UPDATE cell SET sealed = ?1 WHERE name = 9", [harmed]).unwrap(), 1);
        let unlocked = machine.profile.unlock(support::ACCOUNT, PASSWORD).unwrap();
        assert!(unlocked.former_names().unwrap_err().is_damage());
        assert_eq!(named(&unlocked, NORTH_LINK), None);
        assert_eq!(named(&unlocked, SOUTH_LINK).as_deref(), Some("Southridge Video"));
    }
    // Whoever leaves next is known again.
    let unlocked = machine.unlock();
    full_sync(&world, &unlocked);
    listed(&world, &unlocked, "Southridge Video", false);
    assert_eq!(named(&unlocked, NORTH_LINK).as_deref(), Some("Northwind Traders"));
}
