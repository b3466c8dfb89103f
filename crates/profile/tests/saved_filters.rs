//! Filters with a name, and what policies do to a kept vault.

#![allow(clippy::unwrap_used)]

mod support;

use portico_profile::{ItemError, SaveFilterError, SavedFilter};
use portico_vault::{ItemFilter, ItemKind, ItemOrder, OrderBy, Place, Shelf, VaultChoice};
use serde_json::json;
use support::{ACCOUNT, Machine, PASSWORD, World, files_with, full_sync, full_sync_of};
use uuid::Uuid;

fn filters() -> Vec<ItemFilter> {
    let id = Uuid::from_u128(7);
    let order = ItemOrder { by: OrderBy::Edited, descending: true };
    vec![
        ItemFilter::default(),
        ItemFilter { vault: VaultChoice::Mine, favorites: true, order, ..ItemFilter::default() },
        ItemFilter {
            vault: VaultChoice::Organization(id),
            kind: Some(ItemKind(42)),
            ..ItemFilter::default()
        },
        ItemFilter {
            place: Place::Folder(id),
            text: "user:\"Maya Okafor\"".to_owned(),
            ..ItemFilter::default()
        },
        ItemFilter { place: Place::Collection(id), duplicates: true, ..ItemFilter::default() },
        ItemFilter {
            place: Place::NoFolder,
            unreadable: true,
            shelf: Shelf::Archive,
            ..ItemFilter::default()
        },
    ]
}

#[test]
fn filters_come_back_as_they_were_after_a_lock() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    assert!(unlocked.saved_filters().unwrap().is_empty());
    for (n, filter) in filters().iter().enumerate() {
        unlocked.save_filter(&format!("Filtre {n} étonnant"), filter).unwrap();
    }
    let before = unlocked.saved_filters().unwrap();
    drop(unlocked);
    let after = machine.unlock().saved_filters().unwrap();
    assert_eq!(after, before);
    let kept: Vec<ItemFilter> = after.into_iter().map(|saved| saved.filter).collect();
    assert_eq!(kept, filters());
    assert!(files_with(machine.profile.folder(), "étonnant").is_empty(), "sealed like everything");
}

#[test]
fn names_are_the_persons_own_and_each_there_once() {
    let (_machine, unlocked) = Machine::with_account(&World::new());
    let filter = ItemFilter::default();
    let first = unlocked.save_filter("  Zébra\n ", &filter).unwrap();
    assert_eq!(first.name, "Zébra");
    let second = unlocked.save_filter("alpha", &filter).unwrap();
    let names = || unlocked.saved_filters().unwrap().into_iter().map(|saved| saved.name).collect::<Vec<_>>();
    assert_eq!(names(), ["alpha", "Zébra"]);
    assert!(matches!(unlocked.save_filter("ZEBRA", &filter), Err(SaveFilterError::NameTaken)));
    assert!(matches!(unlocked.save_filter(" \n ", &filter), Err(SaveFilterError::NoName)));
    assert!(matches!(unlocked.rename_filter(second.id, "zébra"), Err(SaveFilterError::NameTaken)));
    assert!(matches!(unlocked.rename_filter(Uuid::from_u128(1), "x"), Err(SaveFilterError::NotFound)));
    unlocked.rename_filter(second.id, "ALPHA").unwrap();
    unlocked.remove_filter(first.id).unwrap();
    assert!(matches!(unlocked.remove_filter(first.id), Err(SaveFilterError::NotFound)));
    assert_eq!(names(), ["ALPHA"]);
    let long = unlocked.save_filter(&"é".repeat(500), &filter).unwrap();
    assert_eq!(long.name.chars().count(), SavedFilter::LONGEST_NAME);
}

#[test]
fn there_is_an_end_to_them() {
    let (_machine, unlocked) = Machine::with_account(&World::new());
    for n in 0..SavedFilter::MOST {
        unlocked.save_filter(&n.to_string(), &ItemFilter::default()).unwrap();
    }
    let one_more = unlocked.save_filter("one more", &ItemFilter::default());
    assert!(matches!(one_more, Err(SaveFilterError::TooMany(100))));
}

#[test]
fn they_follow_the_account_through_a_new_key_and_a_sign_out_that_keeps_the_archive() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    let saved = unlocked.save_filter("mine", &filters()[1]).unwrap();
    drop(unlocked);
    let rotated = World::new();
    let previous = machine.profile.previous_user_key(ACCOUNT, PASSWORD).unwrap();
    let unlocked = machine.profile.carry_over(rotated.new_account(), rotated.user_key(), &previous).unwrap();
    assert_eq!(unlocked.saved_filters().unwrap(), std::slice::from_ref(&saved));
    drop(unlocked);
    machine.profile.remove(ACCOUNT, true).unwrap();
    let again = machine.profile.create_account(rotated.new_account(), rotated.user_key()).unwrap();
    assert_eq!(again.saved_filters().unwrap(), [saved]);
}

#[test]
fn a_kind_that_a_policy_forbids_is_kept_and_shown_nowhere() {
    let mut world = World::new();
    let login = world.add_login(1, "Orchard gate", None);
    let card = world.add_login(2, "Orchard card", None);
    world.items[1]["type"] = json!(3);
    world.items[1]["card"] = json!({"number": null});
    let organization = Uuid::from_u128(0x0401);
    let mut sync = world.sync();
    sync["profile"]["organizations"] = json!([{
        "object": "profileOrganization", "id": organization, "name": "Strict", "enabled": true, "usePolicies": true,
        "status": 2, "type": 2, "key": null,
    }]);
    sync["policies"] = json!([{
        "object": "policy", "id": Uuid::from_u128(0x0402), "organizationId": organization, "type": 15,
        "enabled": true, "data": [3],
    }]);
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync_of(&world, &sync, &unlocked);
    let picture = unlocked.picture();
    let found = picture.item_index().unwrap().select(picture.items(), &ItemFilter::default());
    let ids: Vec<Uuid> = found.iter().map(|place| picture.items()[*place as usize].id).collect();
    assert_eq!(ids, [login]);
    assert_eq!(picture.shown_items().unwrap().map(|item| item.id).collect::<Vec<_>>(), [login]);
    assert_eq!(picture.overview(login).unwrap().1.id, login);
    assert!(matches!(picture.overview(card), Err(ItemError::Restricted)));
    assert!(matches!(picture.overview(organization), Err(ItemError::NotFound)));
    assert!(matches!(picture.item(card), Err(ItemError::Restricted)));
    assert!(matches!(picture.attachment(card, "a"), Err(ItemError::Restricted)));
    assert!(picture.item_json(card).unwrap().is_some(), "kept as it came: the policy may end");
    drop(picture);
    // The policy ends.
    full_sync(&world, &unlocked);
    assert!(unlocked.picture().item(card).is_ok() && unlocked.picture().overview(card).is_ok());
    drop((machine, unlocked));
}
