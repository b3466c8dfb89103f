//! What a client was called that left: told in the provider's log for as long as there is one.

#![allow(clippy::unwrap_used)]

mod support;

use portico_profile::{FormerClient, Unlocked};
use portico_protocol::events::EventResponse;
use serde_json::json;
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
    assert!(unlocked.former_clients().unwrap().is_empty(), "nobody left");
    listed(&world, &unlocked, "Southridge & Daughters", false);
    let north = FormerClient { link: NORTH_LINK, name: "Northwind Traders".to_owned() };
    let is_kept = |unlocked: &Unlocked| unlocked.former_clients().unwrap() == std::slice::from_ref(&north);
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
    assert!(unlocked.former_clients().unwrap().is_empty());
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
        assert!(unlocked.former_clients().unwrap_err().is_damage());
        assert_eq!(named(&unlocked, NORTH_LINK), None);
        assert_eq!(named(&unlocked, SOUTH_LINK).as_deref(), Some("Southridge Video"));
    }
    // Whoever leaves next is known again.
    let unlocked = machine.unlock();
    full_sync(&world, &unlocked);
    listed(&world, &unlocked, "Southridge Video", false);
    assert_eq!(named(&unlocked, NORTH_LINK).as_deref(), Some("Northwind Traders"));
}
