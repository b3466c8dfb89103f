//! Organizations that the person administers as a member: kept beside the clients, and gone with the membership.
#![allow(clippy::unwrap_used)]

mod support;

use portico_crypto::ceremony::{NewOrganization, make_organization_with};
use portico_estate::{OpenedName, StaleReason, search};
use portico_profile::*;
use serde_json::{Value, json};
use support::*;
use uuid::Uuid;

const CLUB: Uuid = Uuid::from_u128(0xc1b);

fn club() -> NewOrganization {
    make_organization_with(pair().public_key(), "Club house", pair())
}

/// The sync of a person who is a member of the club, in this role and state, and belongs to no provider.
fn member_of(world: &World, club: &NewOrganization, role: i32, status: i32) -> Value {
    let mut sync = world.sync_of(&[]);
    sync["profile"]["providers"] = json!([]);
    sync["profile"]["organizations"] = json!([membership(club, role, status)]);
    sync
}

fn membership(club: &NewOrganization, role: i32, status: i32) -> Value {
    json!({"object": "profileOrganization", "id": CLUB, "name": "Rowing Club", "enabled": true, "useGroups": true,
        "key": club.wrapped_key, "status": status, "type": role, "permissions": {}})
}

fn structure(world: &World, club: &NewOrganization, members: u128) -> ClientPicture {
    let mut picture = world.client_picture(CLUB, "Rowing Club", members);
    picture.collections[0].name = Some(club.collection_name.clone());
    picture
}

/// Takes in the vault and the club.
fn take(unlocked: &Unlocked, sync: Option<&Value>, club: Option<ClientOutcome>) -> HeadNumber {
    let mut intake = unlocked.begin_intake().unwrap();
    if let Some(sync) = sync {
        intake.vault(&bytes(sync), Some("1")).unwrap();
    }
    if let Some(club) = club {
        intake.client(CLUB, club).unwrap();
    }
    intake.commit().unwrap()
}

fn members(picture: &Picture) -> Option<usize> {
    picture.client(CLUB).unwrap().map(|club| club.members.len())
}

#[test]
fn an_owner_without_a_provider_reads_the_structure_after_locking() {
    let (world, club) = (World::new(), club());
    let (machine, unlocked) = Machine::with_account(&world);
    let sync = member_of(&world, &club, 0, 2);
    let head = take(&unlocked, Some(&sync), Some(read(structure(&world, &club, 30))));
    drop(unlocked);

    let unlocked = machine.unlock();
    let picture = unlocked.picture();
    assert!(picture.providers().unwrap().is_empty());
    let kept = picture.client(CLUB).unwrap().unwrap();
    assert_eq!((kept.members.len(), kept.groups.len()), (30, 1));
    assert_eq!(kept.collections[0].name, OpenedName::Text("Club house".into()), "by the membership's key");
    assert_eq!(picture.freshness(CLUB).read_at.unwrap().unix_timestamp(), 1_800_000_000);
    let texts = picture.search_texts().unwrap();
    for text in ["antinous 7", "bookkeeping", "club house", "rowing"] {
        assert_eq!(search(texts, text, 5)[0].hits[0].organization_id, CLUB, "{text}");
    }
    assert_eq!(texts.len(), 1);

    // A later sync without news keeps the head, one that fails keeps the structure.
    machine.clock.advance(3600);
    assert_eq!(take(&unlocked, None, Some(read(structure(&world, &club, 30)))), head);
    assert_eq!(take(&unlocked, None, Some(ClientOutcome::Failed(StaleReason::Unreachable))), head);
    let freshness = unlocked.picture().freshness(CLUB);
    assert_eq!(freshness.read_at.unwrap().unix_timestamp(), 1_800_003_600);
    assert_eq!((freshness.stale, members(&unlocked.picture())), (Some(StaleReason::Unreachable), Some(30)));
    assert!(take(&unlocked, None, Some(read(structure(&world, &club, 31)))) > head);
    assert_eq!(members(&unlocked.picture()), Some(31));
}

#[test]
fn an_intake_that_is_dropped_leaves_the_last_structure() {
    let (world, club) = (World::new(), club());
    let (machine, unlocked) = Machine::with_account(&world);
    let sync = member_of(&world, &club, 0, 2);
    take(&unlocked, Some(&sync), Some(read(structure(&world, &club, 30))));
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(&member_of(&world, &club, 2, 2)), Some("2")).unwrap();
    intake.client(CLUB, read(structure(&world, &club, 1))).unwrap();
    drop(intake);
    for unlocked in [unlocked, machine.unlock()] {
        assert_eq!(members(&unlocked.picture()), Some(30));
    }
}

#[test]
fn it_goes_with_the_membership_or_the_right_to_administer() {
    for (role, status) in [(2, 2), (0, 1), (4, 2)] {
        let (world, club) = (World::new(), club());
        let (machine, unlocked) = Machine::with_account(&world);
        let owner = member_of(&world, &club, 0, 2);
        take(&unlocked, Some(&owner), Some(read(structure(&world, &club, 30))));
        machine.clock.advance(3600);
        // What is handed over all the same is not kept either.
        let sync = member_of(&world, &club, role, status);
        take(&unlocked, Some(&sync), Some(read(structure(&world, &club, 30))));
        let picture = unlocked.picture();
        assert_eq!(members(&picture), None, "role {role}, status {status}");
        assert!(picture.freshness(CLUB).read_at.is_none() && picture.search_texts().unwrap().is_empty());
        assert_eq!(unlocked.heads().unwrap().len(), 2, "and the day before is kept");
    }
    let (world, club) = (World::new(), club());
    let (_machine, unlocked) = Machine::with_account(&world);
    let owner = member_of(&world, &club, 0, 2);
    take(&unlocked, Some(&owner), Some(read(structure(&world, &club, 30))));
    let mut left = owner;
    left["profile"]["organizations"] = json!([]);
    take(&unlocked, Some(&left), None);
    assert_eq!(members(&unlocked.picture()), None);
}

#[test]
fn one_that_was_never_read_is_found_by_its_name() {
    let (world, club) = (World::new(), club());
    let (_machine, unlocked) = Machine::with_account(&world);
    let sync = member_of(&world, &club, 1, 2);
    take(&unlocked, Some(&sync), Some(ClientOutcome::Failed(StaleReason::Forbidden)));
    let picture = unlocked.picture();
    assert_eq!(members(&picture), None);
    assert_eq!(picture.freshness(CLUB).stale, Some(StaleReason::Forbidden));
    assert_eq!(search(picture.search_texts().unwrap(), "rowing", 5)[0].total, 1);
}

#[test]
fn what_is_also_a_client_counts_once_and_keeps_its_structure_on_the_way() {
    let (world, club) = (World::new(), club());
    let (_machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    // Own first, beside the clients.
    let mut own = world.sync();
    own["profile"]["organizations"] = json!([membership(&club, 0, 2)]);
    take(&unlocked, Some(&own), Some(read(structure(&world, &club, 30))));
    let texts = |picture: &Picture| picture.search_texts().unwrap().len();
    let picture = unlocked.picture();
    assert_eq!((members(&picture), texts(&picture)), (Some(30), 3));
    assert_eq!(picture.client(NORTH).unwrap().unwrap().members.len(), 40);

    // Then the provider takes it on, and the first reading as a client fails.
    let client = ("Rowing Club", &world.south);
    let clients = [(NORTH, "Northwind Traders", &world.north), (CLUB, client.0, client.1)];
    let mut both = world.sync_of(&clients);
    both["profile"]["organizations"] = own["profile"]["organizations"].clone();
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(&both), None).unwrap();
    let mut provider = world.provider_picture();
    provider.clients[1] = world.client_row(CLUB, client.0, client.1, 3);
    intake.provider(provider);
    intake.client(CLUB, ClientOutcome::Failed(StaleReason::ServerError)).unwrap();
    intake.commit().unwrap();
    let picture = unlocked.picture();
    assert_eq!((members(&picture), texts(&picture)), (Some(30), 2));
    let row = &picture.providers().unwrap()[0].rows[1];
    assert_eq!((row.organization_id, row.freshness.stale), (CLUB, Some(StaleReason::ServerError)));
    assert!(picture.estate(PROVIDER).unwrap().unwrap().client(CLUB).unwrap().structure.is_some());

    // And gives it back.
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(&own), None).unwrap();
    intake.provider(world.provider_picture());
    intake.commit().unwrap();
    assert_eq!(members(&unlocked.picture()), Some(30));
}

#[test]
fn what_is_sealed_with_either_of_two_differing_keys_opens() {
    let (mut world, member) = (World::new(), club());
    let client = copy(&world.north.key);
    let by_either = [
        world.add_login(1, "Sealed by the provider", Some((NORTH, &client))),
        world.add_login(2, "Sealed by a member", Some((NORTH, &member.key))),
    ];
    let lost = world.add_login(3, "Sealed by nobody", Some((NORTH, &world.user_key())));
    let collection = |n: u128, name: String| json!({"object": "collectionDetails", "id": Uuid::from_u128(n), "organizationId": NORTH, "name": name});
    let mut sync = world.sync();
    sync["collections"] = json!([
        collection(1, client.seal_text("Of the provider")),
        collection(2, member.key.seal_text("Of a member")),
    ]);
    sync["profile"]["organizations"] = json!([membership(&member, 0, 2)]);
    sync["profile"]["organizations"][0]["id"] = json!(NORTH);
    let mut structure = world.client_picture(NORTH, "Northwind Traders", 3);
    let other = from(json!({"object": "collection", "id": Uuid::from_u128(0x7001), "organizationId": NORTH,
        "name": member.key.seal_text("Cellar")}));
    structure.collections.push(other);

    let (machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(&sync), None).unwrap();
    intake.provider(world.provider_picture());
    intake.client(NORTH, read(structure)).unwrap();
    intake.commit().unwrap();
    for picture in [unlocked.picture(), {
        drop(unlocked);
        machine.unlock().picture()
    }] {
        for id in by_either {
            let (_, row) = picture.overview(id).unwrap();
            assert!(row.name.value().unwrap().starts_with("Sealed by"));
            let item = picture.item(id).unwrap();
            assert!(
                item.fields().all(|field| !matches!(field.shown, portico_vault::Shown::Unreadable(_))),
                "{:?}",
                row.name
            );
        }
        assert!(picture.overview(lost).unwrap().1.name.value().is_none());
        let names: Vec<_> =
            picture.names().unwrap().collections.iter().map(|one| one.name.value().cloned()).collect();
        assert_eq!(names, ["Of the provider", "Of a member"].map(|name| Some(name.to_owned())));
        let kept = picture.client(NORTH).unwrap().unwrap();
        let names = kept.collections.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        assert_eq!(names, ["Northern offices", "Cellar"].map(|name| OpenedName::Text(name.into())));
        for text in ["northern offices", "cellar"] {
            assert_eq!(search(picture.search_texts().unwrap(), text, 5)[0].hits.len(), 1, "{text}");
        }
        assert!(
            *picture.organization_key(NORTH).unwrap().unwrap() == client,
            "the provider's is the one that counts"
        );
    }
}
