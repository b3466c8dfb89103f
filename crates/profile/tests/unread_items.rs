//! Entries among the items that are not read as items: none vanishes in silence.
#![allow(clippy::unwrap_used)]

mod support;

use portico_profile::*;
use portico_vault::MAX_ITEM_BYTES;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::*;
use uuid::Uuid;

/// Takes in `sync`, locks, and says why the name of each item does not open; nothing for one that opens.
fn kept(world: &World, sync: &Value) -> (Machine, Unlocked, BTreeMap<Uuid, Option<String>>) {
    let (machine, unlocked) = Machine::with_account(world);
    let mut intake = unlocked.begin_intake().unwrap();
    let taken = intake.vault(&bytes(sync), None).unwrap();
    intake.commit().unwrap();
    let shown_at_once = unlocked.picture();
    drop(unlocked);
    let unlocked = machine.unlock();
    let picture = unlocked.picture();
    assert_eq!(picture.items(), shown_at_once.items());
    assert_eq!(taken.items, picture.items().len());
    let reasons: BTreeMap<_, _> = picture
        .items()
        .iter()
        .map(|item| (item.id, item.name.unreadable().map(|reason| reason.to_string())))
        .collect();
    assert_eq!(reasons.len(), picture.items().len(), "no id twice");
    assert_eq!(taken.unreadable, reasons.values().flatten().count());
    (machine, unlocked, reasons)
}

#[test]
fn an_item_that_is_too_large_is_in_the_list_and_says_so() {
    let mut world = World::new();
    let small = world.add_login(1, "Orchard Bank", None);
    let large = world.add_login(2, "Large Item", None);
    let larger = world.add_login(3, "Larger Item", None);
    world.items[1]["notes"] = json!("A".repeat(MAX_ITEM_BYTES));
    world.items[1]["folderId"] = json!(FOLDER);
    // More than the account's file takes in one piece.
    world.items[2]["notes"] = json!("A".repeat(70 << 20));
    let (_machine, unlocked, reasons) = kept(&world, &world.sync());
    let too_large = Some("it is too large".to_owned());
    assert_eq!(reasons, BTreeMap::from([(small, None), (large, too_large.clone()), (larger, too_large)]));
    let picture = unlocked.picture();
    let (_, row) = picture.overview(large).unwrap();
    assert_eq!((row.folder_id, row.kind.0, row.revision_date.is_some()), (Some(FOLDER), 1, true));
    let item = picture.item(large).unwrap();
    assert!(item.fields().next().is_none() && item.has_unreadable_parts());
}

#[test]
fn entries_without_a_usable_id_are_in_the_list_under_the_same_id_every_time() {
    let mut world = World::new();
    let good = world.add_login(1, "Orchard Bank", None);
    for id in [json!(null), json!(5), json!("not-an-id")] {
        world.add_login(2, "Odd Item", None);
        world.items.last_mut().unwrap()["id"] = id;
    }
    world.items.push(json!(null));
    world.items.push(json!({"no": "item"}));
    let sync = world.sync();
    let (_machine, unlocked, reasons) = kept(&world, &sync);
    assert_eq!(reasons.len(), 6);
    assert_eq!(reasons[&good], None);
    let odd: Vec<Uuid> = reasons.keys().copied().filter(|id| *id != good).collect();
    for id in &odd {
        assert_eq!(reasons[id].as_deref(), Some("the server gave it no usable id"));
        assert!(unlocked.picture().item(*id).unwrap().has_unreadable_parts());
    }
    let (.., again) = kept(&world, &sync);
    assert_eq!(reasons, again);
}

#[test]
fn of_two_items_with_one_id_both_are_in_the_list() {
    let mut world = World::new();
    let id = world.add_login(1, "First", None);
    world.add_login(1, "Second", None);
    let third = world.items[1].clone();
    world.items.push(third);
    let (_machine, unlocked, reasons) = kept(&world, &world.sync());
    assert_eq!(reasons.len(), 2, "what came twice alike is one item");
    assert_eq!(reasons[&id], None);
    let name = unlocked.picture().overview(id).unwrap().1.name.clone();
    assert_eq!(name, portico_vault::Opened::Value("Second".to_owned()));
    let other = reasons.iter().find(|(other, _)| **other != id).unwrap();
    assert_eq!(other.1.as_deref(), Some("another item has the same id"));
}

#[test]
fn an_item_of_an_organization_that_the_profile_does_not_name_stays_in_the_list() {
    let mut world = World::new();
    let key = copy(&world.north.key);
    let left = Uuid::from_u128(0xdead);
    let id = world.add_login(1, "Shared Login", Some((left, &key)));
    let (_machine, unlocked, reasons) = kept(&world, &world.sync());
    assert_eq!(reasons, BTreeMap::from([(id, Some("the key of its owner is missing".to_owned()))]));
    let picture = unlocked.picture();
    assert_eq!(picture.overview(id).unwrap().1.organization_id, Some(left));
    assert!(matches!(picture.item(id), Err(ItemError::Key(NoKey::NotThere))));
}

/// Where the item does not say whether its hidden values may be seen, its collections do.
#[test]
fn a_collection_that_hides_passwords_hides_them_where_the_item_does_not_say() {
    use portico_vault::{FieldId, RevealError};
    let mut world = World::new();
    let club = Uuid::from_u128(0xc1b);
    let organization =
        portico_crypto::ceremony::make_organization_with(pair().public_key(), "Shared", pair());
    let collection = |id: u128, hides: Value| {
        json!({"object": "collectionDetails", "id": Uuid::from_u128(id), "organizationId": club,
            "name": organization.collection_name, "readOnly": true, "hidePasswords": hides})
    };
    let cases: [(&[u128], bool); 5] =
        [(&[0xc0], false), (&[0xc1], true), (&[0xc0, 0xc1], true), (&[0xc2], false), (&[0xc2, 0xc1], true)];
    let mut ids = Vec::new();
    for (n, untold) in [json!(null), json!("yes"), json!("absent")].iter().enumerate() {
        for (place, (collections, may_see)) in cases.iter().enumerate() {
            let id = world.add_login((n * 10 + place) as u128, "Shared", Some((club, &organization.key)));
            let item = world.items.last_mut().unwrap().as_object_mut().unwrap();
            let collections: Vec<_> = collections.iter().map(|id| Uuid::from_u128(*id)).collect();
            item.insert("collectionIds".to_owned(), json!(collections));
            item.insert("viewPassword".to_owned(), untold.clone());
            if untold == "absent" {
                item.remove("viewPassword");
            }
            ids.push((id, *may_see));
        }
    }
    let mut sync = world.sync();
    sync["profile"]["organizations"] = json!([{"object": "profileOrganization", "id": club, "name": "The Club",
        "enabled": true, "key": organization.wrapped_key, "status": 2, "type": 2}]);
    sync["collections"] = json!([
        collection(0xc0, json!(true)),
        collection(0xc1, json!(false)),
        // Does not say either.
        collection(0xc2, json!(null)),
    ]);
    let (_machine, unlocked, _) = kept(&world, &sync);
    for (id, may_see) in ids {
        assert_eq!(unlocked.picture().overview(id).unwrap().1.view_password, may_see);
        let item = unlocked.picture().item(id).unwrap();
        let password = item.reveal(&FieldId::from("login.password"));
        assert_eq!(password.err(), (!may_see).then_some(RevealError::Withheld));
    }
}
