//! Taking in pictures: all or nothing, stale clients, history, key changes, and nothing readable on disk.
#![allow(clippy::unwrap_used)]

mod support;

use portico_estate::{OpenedName, StaleReason, search};
use portico_profile::*;
use portico_vault::{FieldId, ItemFilter, Opened};
use serde_json::json;
use support::*;
use uuid::Uuid;

#[test]
fn what_was_taken_in_is_there_after_locking() {
    let mut world = World::new();
    let id = world.add_login(1, "Orchard Bank", None);
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let shown_at_once = unlocked.picture();
    drop(unlocked);

    let unlocked = machine.unlock();
    let picture = unlocked.picture();
    assert_eq!(picture.head(), shown_at_once.head());
    assert_eq!(picture.items(), shown_at_once.items());
    assert_eq!(picture.revision(), Some("2026-08-20T14:16:19.1234567Z"));

    // The vault.
    let overview = &picture.items()[0];
    assert_eq!((overview.id, &overview.name), (id, &Opened::Value("Orchard Bank".to_owned())));
    assert_eq!(overview.hosts, ["orchard-bank.example.com"]);
    let item = picture.item(id).unwrap();
    assert_eq!(
        item.reveal(&FieldId::from("login.password")).ok().unwrap().expose(),
        "password of Orchard Bank"
    );
    let found = picture
        .item_index()
        .unwrap()
        .select(picture.items(), &ItemFilter { text: "orch".into(), ..ItemFilter::default() });
    assert_eq!(found, [0]);
    assert_eq!(picture.names().unwrap().folders, [(FOLDER, Opened::Value("Household/Bills".to_owned()))]);

    // The provider and its clients.
    let providers = picture.providers().unwrap();
    assert_eq!(providers.len(), 1);
    assert_eq!(providers[0].provider.name, "Hadrian Managed Services");
    assert_eq!(providers[0].team.as_ref().unwrap().len(), 1);
    let names: Vec<_> = providers[0].rows.iter().map(|row| (row.name.as_str(), row.used)).collect();
    assert_eq!(names, [("Northwind Traders", Some(12)), ("Southridge Video", Some(5))]);
    assert_eq!(providers[0].rows[0].freshness.read_at.unwrap().unix_timestamp(), 1_800_000_000);

    // A client, with members of tomorrow kept.
    let client = picture.client(NORTH).unwrap().unwrap();
    assert_eq!(client.members.len(), 40);
    assert_eq!(client.collections[0].name, OpenedName::Text("Northern offices".into()));
    assert_eq!(client.organization.extra["aMemberOfTomorrow"], json!([1, 2]));
    assert_eq!(client.members[0].extra["somethingNew"], json!(1));
    assert_eq!(
        picture.profile().unwrap().unwrap().provider_organizations[0].extra["novelty"],
        json!({"a": 1})
    );
    assert!(picture.client(Uuid::from_u128(0xdead)).unwrap().is_none());
    let counts = picture.client_counts(NORTH).unwrap().unwrap();
    assert_eq!(
        (counts.groups, counts.collections),
        (client.groups.len() as u64, client.collections.len() as u64)
    );
    assert!(counts.collections > 0);
    assert_eq!(picture.client_counts(Uuid::from_u128(0xdead)).unwrap(), None);

    // Search over everything, and the whole estate.
    let hits = search(picture.search_texts().unwrap(), "bookkeeping", 10);
    assert_eq!((hits.len(), hits[0].total), (1, 2));
    let hits = search(picture.search_texts().unwrap(), "southern", 10);
    assert_eq!(hits[0].hits[0].organization_id, SOUTH);
    let estate = picture.estate(PROVIDER).unwrap().unwrap();
    assert_eq!(estate.client(NORTH).unwrap().structure.as_ref(), Some(&client));
    assert!(picture.estate(Uuid::from_u128(1)).unwrap().is_none());
}

#[test]
fn names_stand_in_order_at_once_after_a_lock_and_after_a_change() {
    let mut world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let shown = |unlocked: &Unlocked| -> Vec<String> {
        let picture = unlocked.picture();
        let places = picture.item_index().unwrap().select(picture.items(), &ItemFilter::default());
        let name = |place: &u32| picture.items()[*place as usize].name.value().unwrap().clone();
        places.iter().map(name).collect()
    };
    world.add_login(1, "Orchard Bank", None);
    world.add_login(2, "abbey", None);
    world.add_login(3, "Évora", None);
    full_sync(&world, &unlocked);
    assert_eq!(shown(&unlocked), ["abbey", "Évora", "Orchard Bank"]);
    // One more between two others, by id and by name, and one that is called otherwise now.
    machine.clock.advance(3600);
    world.items.remove(0);
    world.add_login(1, "Aalto", None);
    world.add_login(0, "Farm 10", None);
    world.add_login(4, "farm 9", None);
    full_sync(&world, &unlocked);
    drop(unlocked);
    assert_eq!(shown(&machine.unlock()), ["Aalto", "abbey", "Évora", "farm 9", "Farm 10"]);
}

#[test]
fn an_intake_that_is_dropped_changes_nothing() {
    let mut world = World::new();
    world.add_login(1, "Orchard Bank", None);
    let (machine, unlocked) = Machine::with_account(&world);
    let head = full_sync(&world, &unlocked);
    machine.clock.advance(3600);
    world.add_login(2, "Second Item", None);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(&world.sync()), Some("later")).unwrap();
    let mut shrunk = world.provider_picture();
    shrunk.clients.truncate(1);
    intake.provider(shrunk);
    intake.client(NORTH, read(world.client_picture(NORTH, "Renamed", 3))).unwrap();
    drop(intake);

    for unlocked in [unlocked, machine.unlock()] {
        let picture = unlocked.picture();
        assert_eq!(picture.head().unwrap().number, head);
        assert_eq!(picture.items().len(), 1);
        assert_eq!(picture.revision(), Some("2026-08-20T14:16:19.1234567Z"));
        assert_eq!(picture.providers().unwrap()[0].rows.len(), 2);
        assert_eq!(picture.client(NORTH).unwrap().unwrap().members.len(), 40);
        assert_eq!(picture.freshness(NORTH).read_at.unwrap().unix_timestamp(), 1_800_000_000);
    }
}

#[test]
fn a_client_that_failed_keeps_its_last_picture() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let first = full_sync(&world, &unlocked);
    machine.clock.advance(3600);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.provider(world.provider_picture());
    intake.client(NORTH, ClientOutcome::Failed(StaleReason::Forbidden)).unwrap();
    // An answer about another organization is a bad answer.
    intake.client(SOUTH, read(world.client_picture(NORTH, "Northwind Traders", 1))).unwrap();
    let second = intake.commit().unwrap();
    assert_eq!(first, second, "only dates changed, so there is no new head");

    let unlocked = machine.unlock();
    let picture = unlocked.picture();
    for (client, members, reason) in [(NORTH, 40, StaleReason::Forbidden), (SOUTH, 5, StaleReason::BadAnswer)]
    {
        assert_eq!(picture.client(client).unwrap().unwrap().members.len(), members);
        let freshness = picture.freshness(client);
        assert_eq!(
            (freshness.stale, freshness.read_at.unwrap().unix_timestamp()),
            (Some(reason), 1_800_000_000)
        );
    }
    let mut intake = unlocked.begin_intake().unwrap();
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 40))).unwrap();
    intake.commit().unwrap();
    let freshness = unlocked.picture().freshness(NORTH);
    assert_eq!((freshness.stale, freshness.read_at.unwrap().unix_timestamp()), (None, 1_800_003_600));
}

#[test]
fn clients_come_and_go_with_the_providers_list() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    machine.clock.advance(3600);
    let mut intake = unlocked.begin_intake().unwrap();
    let mut picture = world.provider_picture();
    let newcomer = Uuid::from_u128(0xc3);
    picture.clients[1] = world.client_row(newcomer, "Newcomer Limited", &world.south, 1);
    intake.provider(picture);
    intake.client(newcomer, ClientOutcome::Failed(StaleReason::Unreachable)).unwrap();
    intake.commit().unwrap();
    let picture = unlocked.picture();
    let rows: Vec<_> = picture.providers().unwrap()[0].rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(rows, ["Northwind Traders", "Newcomer Limited"]);
    assert!(picture.client(SOUTH).unwrap().is_none());
    assert!(picture.client(newcomer).unwrap().is_none(), "never read");
    assert!(picture.freshness(newcomer).read_at.is_none());
    assert_eq!(search(picture.search_texts().unwrap(), "newcomer", 5)[0].total, 1, "found by its name");
    assert_eq!(unlocked.heads().unwrap().len(), 2, "and the day before is kept");
}

#[test]
fn a_provider_that_the_profile_no_longer_names_leaves() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    machine.clock.advance(3600);
    let mut sync = world.sync();
    sync["profile"]["providers"] = json!([]);
    sync["profile"]["providerOrganizations"] = json!([]);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(&sync), None).unwrap();
    intake.commit().unwrap();
    assert!(unlocked.picture().providers().unwrap().is_empty());
    assert!(unlocked.picture().client(NORTH).unwrap().is_none());
}

#[test]
fn items_of_clients_reached_only_as_provider_are_not_kept() {
    let mut world = World::new();
    let own = world.add_login(1, "Orchard Bank", None);
    let north_key = copy(&world.north.key);
    let foreign = world.add_login(2, "Clients Secret", Some((NORTH, &north_key)));
    let (_machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    let taken = intake.vault(&bytes(&world.sync()), None).unwrap();
    assert_eq!((taken.items, taken.left_out), (1, 1));
    intake.commit().unwrap();
    let picture = unlocked.picture();
    assert_eq!(picture.items().iter().map(|item| item.id).collect::<Vec<_>>(), [own]);
    assert!(matches!(picture.item(foreign), Err(ItemError::NotFound)));
}

#[test]
fn items_of_a_membership_open_with_its_key_and_say_so_when_they_do_not() {
    let mut world = World::new();
    let club = Uuid::from_u128(0xc1b);
    let no_key = Uuid::from_u128(0xc1c);
    let organization =
        portico_crypto::ceremony::make_organization_with(pair().public_key(), "Shared", pair());
    let shared = world.add_login(1, "Shared Login", Some((club, &organization.key)));
    let closed = world.add_login(2, "Closed Login", Some((no_key, &organization.key)));
    let broken = world.add_login(3, "Broken Login", None);
    let foreign_key = portico_crypto::SymmetricKey::generate();
    world.items[2]["key"] = json!(null);
    world.items[2]["name"] = json!(foreign_key.seal_text("not ours"));
    let mut sync = world.sync();
    sync["ciphers"].as_array_mut().unwrap().push(json!({"no": "item"}));
    sync["profile"]["organizations"] = json!([
        {"object": "profileOrganization", "id": club, "name": "The Club", "enabled": true, "key": organization.wrapped_key,
            "status": 2, "type": 2},
        {"object": "profileOrganization", "id": no_key, "name": "Not Confirmed", "enabled": true, "key": null,
            "status": 1, "type": 2},
    ]);
    let collection = |id, left_by: Option<&str>| {
        json!({"object": "collectionDetails", "id": Uuid::from_u128(id), "organizationId": club,
            "name": organization.collection_name, "readOnly": true, "defaultUserCollectionEmail": left_by})
    };
    sync["collections"] = json!([collection(0xc0, None), collection(0xc1, Some("gone@example.org"))]);
    let (machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    let taken = intake.vault(&bytes(&sync), None).unwrap();
    assert_eq!((taken.items, taken.unreadable, taken.oddities, taken.left_out), (4, 3, 1, 0));
    intake.commit().unwrap();
    drop(unlocked);

    let unlocked = machine.unlock();
    let picture = unlocked.picture();
    let name_of = |id| picture.items().iter().find(|item| item.id == id).unwrap().name.clone();
    assert_eq!(name_of(shared), Opened::Value("Shared Login".to_owned()));
    assert!(name_of(closed).value().is_none() && name_of(broken).value().is_none());
    let item = picture.item(shared).unwrap();
    assert_eq!(
        item.reveal(&FieldId::from("login.password")).ok().unwrap().expose(),
        "password of Shared Login"
    );
    assert!(matches!(picture.item(closed), Err(ItemError::Key(NoKey::NotThere))));
    assert!(picture.item_json(broken).unwrap().unwrap().contains(world.items[2]["name"].as_str().unwrap()));
    let names = picture.names().unwrap();
    let collections: Vec<_> = names.collections.iter().map(|one| one.name.clone()).collect();
    let expected = ["Shared", "gone@example.org"].map(|name| Opened::Value(name.to_owned()));
    assert_eq!(collections, expected, "what somebody who left kept goes by their address");
    assert_eq!(names.organizations.len(), 2);
}

/// How servers differ where nothing changed: the salt is read in lower case, and PBKDF2 has no memory.
#[test]
fn the_same_key_told_otherwise_asks_for_nothing() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let unlock = |member: &str, told: serde_json::Value| {
        let mut sync = world.sync();
        sync["userDecryption"]["masterPasswordUnlock"][member] = told;
        unlocked.begin_intake().unwrap().vault(&bytes(&sync), None).map(drop)
    };
    unlock("salt", json!(format!(" {} ", SALT.to_uppercase()))).unwrap();
    unlock("salt", json!("")).unwrap();
    unlock("kdf", json!({"kdfType": 0, "iterations": 5000, "memory": 64, "parallelism": 4})).unwrap();
    unlock("masterKeyWrappedUserKey", json!(world.account.wrapped_user_key)).unwrap();
    let another = unlock("salt", json!("somebody.else@example.org"));
    assert!(matches!(another, Err(IntakeError::SignInAgain(ChangedElsewhere::Kdf))));
}

#[test]
fn a_key_change_elsewhere_asks_to_sign_in_again() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    let head = full_sync(&world, &unlocked);
    let take =
        |sync: &serde_json::Value| unlocked.begin_intake().unwrap().vault(&bytes(sync), None).map(drop);

    // Another password: the same user key, wrapped anew.
    let mut sync = world.sync();
    let rewrapped =
        portico_crypto::MasterKey::derive("new", SALT, &world.kdf).seal_user_key(&world.account.user_key);
    sync["profile"]["key"] = json!(rewrapped);
    sync["userDecryption"]["masterPasswordUnlock"]["masterKeyEncryptedUserKey"] = json!(rewrapped);
    assert!(matches!(take(&sync), Err(IntakeError::SignInAgain(ChangedElsewhere::Password))));
    // Another KDF.
    let mut sync = world.sync();
    sync["userDecryption"]["masterPasswordUnlock"]["kdf"]["iterations"] = json!(700_000);
    assert!(matches!(take(&sync), Err(IntakeError::SignInAgain(ChangedElsewhere::Kdf))));
    // Another wrapping, by a server that does not tell the KDF.
    let mut sync = world.sync();
    sync["profile"]["key"] = json!(rewrapped);
    sync["userDecryption"] = json!(null);
    assert!(matches!(take(&sync), Err(IntakeError::SignInAgain(ChangedElsewhere::Kdf))));
    // Another user key.
    assert!(matches!(take(&World::new().sync()), Err(IntakeError::SignInAgain(ChangedElsewhere::UserKey))));
    // Keys that are none: nobody changed them, the answer is broken.
    for broken in ["", "2.abc", "not a key", "2.AAAA|BBBB"] {
        let mut sync = world.sync();
        sync["userDecryption"]["masterPasswordUnlock"]["masterKeyEncryptedUserKey"] = json!(broken);
        assert!(matches!(take(&sync), Err(IntakeError::NotAVault(_))), "{broken}");
        let mut sync = world.sync();
        sync["userDecryption"] = json!(null);
        sync["profile"]["key"] = json!(broken);
        assert!(matches!(take(&sync), Err(IntakeError::NotAVault(_))), "{broken}");
        sync["profile"]["key"] = json!(rewrapped);
        sync["profile"]["privateKey"] = json!(broken);
        sync["profile"]["accountKeys"] = json!(null);
        assert!(matches!(take(&sync), Err(IntakeError::NotAVault(_))), "{broken}");
    }
    // A key of a type that nobody knows yet, or that is gone, is no other key; nor is one for somebody's key pair.
    for (strange, kind) in [("7.AAAA", 7), ("9.AAAA|BBBB", 9), ("1.AA|BB|CC", 1), ("AA|BB|CC", 1)] {
        let newer = |sync: &serde_json::Value| {
            let taken = take(sync);
            assert!(
                matches!(taken, Err(IntakeError::NewerKey { kind: told }) if told == kind),
                "{strange}: {taken:?}"
            );
        };
        let mut sync = world.sync();
        sync["userDecryption"]["masterPasswordUnlock"]["masterKeyEncryptedUserKey"] = json!(strange);
        newer(&sync);
        sync["userDecryption"] = json!(null);
        sync["profile"]["key"] = json!(strange);
        newer(&sync);
        let profile = unlocked.begin_intake().unwrap().profile(&bytes(&sync["profile"]));
        assert!(matches!(profile, Err(IntakeError::NewerKey { .. })), "{strange}: {profile:?}");
        sync["profile"]["key"] = json!(rewrapped);
        sync["profile"]["privateKey"] = json!(strange);
        sync["profile"]["accountKeys"] = json!(null);
        newer(&sync);
    }
    let mut sync = world.sync();
    sync["profile"]["key"] = sync["profile"]["providers"][0]["key"].clone();
    sync["userDecryption"] = json!(null);
    assert!(matches!(take(&sync), Err(IntakeError::NotAVault(_))));
    // What is shared under such keys does not open; the account's own key is what it was.
    let mut sync = world.sync();
    sync["profile"]["providers"][0]["key"] = json!("9.AAAA");
    sync["profile"]["providerOrganizations"][0]["key"] = json!("9.AAAA");
    take(&sync).unwrap();
    // Another account.
    let mut sync = world.sync();
    sync["profile"]["id"] = json!(Uuid::from_u128(5));
    assert!(matches!(take(&sync), Err(IntakeError::OtherAccount)));
    for not_a_vault in ["", "null", "[]", "<html>", "{\"profile\":{}}"] {
        let mut intake = unlocked.begin_intake().unwrap();
        assert!(matches!(intake.vault(not_a_vault.as_bytes(), None), Err(IntakeError::NotAVault(_))));
    }
    // No list is not an empty one.
    let (mut null, mut absent) = (world.sync(), world.sync());
    null["ciphers"] = json!(null);
    absent.as_object_mut().unwrap().remove("ciphers");
    for no_items in [null, absent] {
        assert!(matches!(take(&no_items), Err(IntakeError::NotAVault(_))));
    }
    assert_eq!(unlocked.picture().head().unwrap().number, head, "what is here stays");
}

#[test]
fn one_intake_at_a_time_and_others_see_the_new_head() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let other = machine.unlock();
    let intake = unlocked.begin_intake().unwrap();
    assert!(matches!(other.begin_intake(), Err(BeginIntakeError::Busy { process: Some(_) })));
    drop(intake);
    full_sync(&world, &unlocked);
    assert!(other.picture().head().is_none());
    assert!(other.refresh().unwrap());
    assert!(!other.refresh().unwrap());
    assert_eq!(other.picture().client(SOUTH).unwrap().unwrap().members.len(), 5);
}

#[test]
fn a_window_goes_on_reading_while_another_process_syncs() {
    let mut world = World::new();
    let id = world.add_login(1, "Orchard Bank", None);
    let (machine, window) = Machine::with_account(&world);
    full_sync(&world, &window);
    let other = machine.unlock();
    for round in 2..5 {
        machine.clock.advance(60);
        world.items.clear();
        world.add_login(round, "Another Item", None);
        full_sync(&world, &other);
    }
    let picture = window.picture();
    assert_eq!(picture.items().len(), 1);
    assert_eq!(
        picture.item(id).unwrap().fields().count(),
        window.picture().item(id).unwrap().fields().count()
    );
    assert_eq!(picture.search_texts().unwrap().len(), 2);
    assert!(window.refresh().unwrap());
    assert!(matches!(window.picture().item(id), Err(ItemError::NotFound)));
    assert_eq!(window.heads().unwrap().len(), 1);
}

#[test]
fn an_unchanged_sync_writes_no_new_head_and_little_else() {
    let mut world = World::new();
    (0..200).for_each(|n| {
        world.add_login(n, &format!("Login {n}"), None);
    });
    let (machine, unlocked) = Machine::with_account(&world);
    let sync = world.sync();
    let first = full_sync_of(&world, &sync, &unlocked);
    let size = unlocked.size_on_disk();
    machine.clock.advance(24 * 3600);
    assert_eq!(full_sync_of(&world, &sync, &unlocked), first);
    assert!(unlocked.size_on_disk() <= size + 16 * 1024);
    assert_eq!(unlocked.picture().freshness(NORTH).read_at.unwrap().unix_timestamp(), 1_800_086_400);
}

#[test]
fn nothing_readable_is_on_disk() {
    let mut world = World::new();
    let item = world.add_login(1, "Orchard Bank", None);
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    unlocked.picture().search_texts().unwrap();
    unlocked.picture().item(item).unwrap();
    // While the account is open, so that journals are looked at too.
    let texts = [
        "Orchard",
        "orchard",
        "user of",
        "password of",
        "a note",
        "Household",
        "Yourcenar",
        "Hadrian",
        "Northwind",
        "northwind",
        "Southridge",
        "Antinous",
        "antinous1@",
        "Bookkeeping",
        "bookkeeping",
        "Northern",
        "access token",
        "refresh token",
        PASSWORD,
        "providerOrganization",
        "2026-08-20",
    ];
    for text in texts {
        assert_eq!(
            files_with(machine.folder.path(), text),
            [] as [&std::path::Path; 0],
            "{text:?} stands on disk"
        );
    }
    assert!(!files_with(machine.folder.path(), EMAIL).is_empty(), "the scan finds what is in clear");
}

#[test]
fn sessions_ended_elsewhere_are_told_until_the_next_sign_in() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let stamped = |stamp: &str| {
        let mut sync = world.sync();
        sync["profile"]["securityStamp"] = stamp.into();
        sync
    };
    let head = full_sync_of(&world, &stamped("one"), &unlocked);
    full_sync_of(&world, &stamped("one"), &unlocked);
    // A server that says nothing of it ends nothing.
    full_sync_of(&world, &world.sync(), &unlocked);
    let mut intake = unlocked.begin_intake().unwrap();
    let outcome = intake.vault(&bytes(&stamped("two")), None);
    assert!(matches!(outcome, Err(IntakeError::SignInAgain(ChangedElsewhere::Sessions))), "{outcome:?}");
    drop(intake);
    assert!(unlocked.picture().client(NORTH).unwrap().is_some(), "what is here stays readable");
    drop(unlocked);
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert!(unlocked.heads().unwrap().iter().any(|kept| kept.number >= head));
    full_sync_of(&world, &stamped("two"), &unlocked);
    full_sync_of(&world, &stamped("two"), &unlocked);
}

#[test]
fn premium_comes_from_the_account_or_an_organization() {
    let world = World::new();
    for (own, from_organization, has) in [
        (json!(true), json!(false), true),
        (json!(false), json!(true), true),
        (json!(null), json!(true), true),
        (json!(false), json!(false), false),
        (json!(false), json!(null), false),
        (json!(null), json!(null), false),
    ] {
        let mut sync = world.sync();
        sync["profile"]["premium"] = own.clone();
        sync["profile"]["premiumFromOrganization"] = from_organization.clone();
        let (_machine, unlocked) = Machine::with_account(&world);
        full_sync_of(&world, &sync, &unlocked);
        assert_eq!(unlocked.picture().has_premium().unwrap(), has, "{own}, {from_organization}");
    }
}
