//! Device and PIN slots: opt-in, counted, removed for good; and the number that tells an older file.
#![allow(clippy::unwrap_used)]

mod support;

use portico_profile::*;
use support::*;

const PIN: &str = "4096";

fn machine() -> (World, Machine, Unlocked) {
    let world = World::new();
    let mut machine = Machine::new();
    machine.profile = Profile::open_with_clock(machine.profile.folder(), machine.clock.clone())
        .unwrap()
        .with_keychain(machine.keychain.clone());
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    full_sync(&world, &unlocked);
    (world, machine, unlocked)
}

fn ways(device: bool, pin: bool) -> UnlockWays {
    UnlockWays { device, pin }
}

#[test]
fn nothing_but_the_password_unlocks_until_somebody_asks_for_it() {
    let (_, machine, unlocked) = machine();
    assert_eq!(unlocked.unlock_ways().unwrap(), ways(false, false));
    assert_eq!(machine.profile.unlock_ways(ACCOUNT), ways(false, false));
    drop(unlocked);
    assert!(matches!(machine.profile.unlock_with_device(ACCOUNT), Err(UnlockError::NoSlot)));
    assert!(matches!(machine.profile.unlock_with_pin(ACCOUNT, PIN), Err(UnlockError::NoSlot)));
    assert!(machine.keychain.is_empty());
}

#[test]
fn the_device_slot_unlocks_everything_until_it_is_removed() {
    let (world, machine, unlocked) = machine();
    unlocked.allow_device().unwrap();
    drop(unlocked);
    assert_eq!(machine.profile.unlock_ways(ACCOUNT), ways(true, false));
    let unlocked = machine.profile.unlock_with_device(ACCOUNT).unwrap();
    assert!(*unlocked.user_key() == world.account.user_key);
    assert!(unlocked.picture().client(NORTH).unwrap().is_some());
    let older_copy = std::fs::read(machine.cache_file()).unwrap();

    unlocked.remove_device().unwrap();
    assert_eq!(unlocked.unlock_ways().unwrap(), ways(false, false));
    assert!(machine.keychain.is_empty(), "the secret is destroyed");
    drop(unlocked);
    assert!(matches!(machine.profile.unlock_with_device(ACCOUNT), Err(UnlockError::NoSlot)));
    // Nor does a copy of the file from when the slot was there.
    std::fs::write(machine.cache_file(), older_copy).unwrap();
    assert!(matches!(machine.profile.unlock_with_device(ACCOUNT), Err(UnlockError::NoSlot)));
    drop(machine.unlock());
}

#[test]
fn a_pin_unlocks_and_wrong_ones_are_counted_across_restarts() {
    let (world, machine, unlocked) = machine();
    unlocked.set_pin(PIN).unwrap();
    drop(unlocked);
    assert_eq!(machine.profile.unlock_ways(ACCOUNT), ways(false, true));
    let wrong = |left| {
        let restarted = Profile::open_with_clock(machine.profile.folder(), machine.clock.clone()).unwrap();
        let restarted = restarted.with_keychain(machine.keychain.clone());
        let outcome = restarted.unlock_with_pin(ACCOUNT, "4095").map(drop);
        assert!(
            matches!(outcome, Err(UnlockError::WrongPin { tries_left }) if tries_left == left),
            "{outcome:?}"
        );
    };
    wrong(4);
    wrong(3);
    let unlocked = machine.profile.unlock_with_pin(ACCOUNT, PIN).unwrap();
    assert!(*unlocked.user_key() == world.account.user_key);
    drop(unlocked);
    // The right one gives all tries back; then five wrong ones in a row take it away.
    [4, 3, 2, 1].into_iter().for_each(wrong);
    let last = machine.profile.unlock_with_pin(ACCOUNT, "0000");
    assert!(matches!(last, Err(UnlockError::PinRemoved)));
    assert!(matches!(machine.profile.unlock_with_pin(ACCOUNT, PIN), Err(UnlockError::NoSlot)));
    assert_eq!(machine.profile.unlock_ways(ACCOUNT), ways(false, false));
    assert!(machine.keychain.is_empty());
    drop(machine.unlock());
}

/// Somebody puts the file from before the fifth try back, or lets two programs try at once.
#[test]
fn a_copy_of_the_file_gives_no_tries_back() {
    let (_, machine, unlocked) = machine();
    unlocked.set_pin(PIN).unwrap();
    drop(unlocked);
    let copy = std::fs::read(machine.cache_file()).unwrap();
    for n in 0..PIN_TRIES {
        std::fs::write(machine.cache_file(), &copy).unwrap();
        assert!(machine.profile.unlock_with_pin(ACCOUNT, &format!("wrong {n}")).is_err());
    }
    std::fs::write(machine.cache_file(), &copy).unwrap();
    assert!(matches!(machine.profile.unlock_with_pin(ACCOUNT, PIN), Err(UnlockError::NoSlot)));
}

#[test]
fn a_try_counts_before_it_is_made() {
    let (_, machine, unlocked) = machine();
    unlocked.set_pin(PIN).unwrap();
    drop(unlocked);
    // A keychain that cannot be written counts nothing: then nothing is tried either, not even the right one.
    machine.keychain.refuse_writing(true);
    assert!(matches!(machine.profile.unlock_with_pin(ACCOUNT, PIN), Err(UnlockError::Keychain(_))));
    machine.keychain.refuse_writing(false);
    drop(machine.profile.unlock_with_pin(ACCOUNT, PIN).unwrap());
}

#[test]
fn changing_the_pin_ends_the_old_one() {
    let (_, machine, unlocked) = machine();
    unlocked.set_pin(PIN).unwrap();
    unlocked.set_pin("a longer one").unwrap();
    for unfit in ["", "123", &"1".repeat(65)] {
        assert!(matches!(unlocked.set_pin(unfit), Err(SlotError::PinLength)));
    }
    drop(unlocked);
    assert!(machine.profile.unlock_with_pin(ACCOUNT, PIN).is_err());
    drop(machine.profile.unlock_with_pin(ACCOUNT, "a longer one").unwrap());
}

#[test]
fn without_a_keychain_there_is_nothing_to_set_up() {
    let (_, machine, unlocked) = machine();
    unlocked.allow_device().unwrap();
    unlocked.set_pin(PIN).unwrap();
    machine.keychain.obstruct(Some(KeychainObstacle::Locked));
    assert_eq!(machine.profile.unlock_ways(ACCOUNT), ways(false, false), "not offered on the lock screen");
    let without = Profile::open(machine.profile.folder()).unwrap();
    assert_eq!(without.keychain().obstacle(), Some(KeychainObstacle::NotOffered));
    drop(unlocked);
    let unlocked = without.unlock(ACCOUNT, PASSWORD).unwrap();
    assert!(matches!(unlocked.allow_device(), Err(SlotError::Keychain(_))));
    assert!(matches!(unlocked.set_pin(PIN), Err(SlotError::Keychain(_))));
}

#[test]
fn signing_out_takes_the_slots_away_and_keeps_the_archive() {
    let (world, machine, unlocked) = machine();
    unlocked.allow_device().unwrap();
    unlocked.set_pin(PIN).unwrap();
    drop(unlocked);
    let copy = std::fs::read(machine.cache_file()).unwrap();
    machine.profile.remove(ACCOUNT, true).unwrap();
    assert!(machine.keychain.is_empty());
    assert!(matches!(machine.profile.unlock_with_device(ACCOUNT), Err(UnlockError::SignedOut)));
    drop(machine.profile.create_account(world.new_account(), world.user_key()).unwrap());
    std::fs::write(machine.cache_file(), copy).unwrap();
    assert!(matches!(machine.profile.unlock_with_device(ACCOUNT), Err(UnlockError::NoSlot)));
    assert!(matches!(machine.profile.unlock_with_pin(ACCOUNT, PIN), Err(UnlockError::NoSlot)));
}

#[test]
fn a_new_password_leaves_the_slots_and_a_new_user_key_ends_them() {
    let (mut world, machine, unlocked) = machine();
    unlocked.allow_device().unwrap();
    drop(unlocked);
    let kdf = portico_crypto::Kdf::pbkdf2(6000).unwrap();
    let master_key = portico_crypto::MasterKey::derive("another password", SALT, &kdf);
    world.account.wrapped_user_key = master_key.seal_user_key(&world.account.user_key);
    world.kdf = kdf;
    drop(machine.profile.create_account(world.new_account(), world.user_key()).unwrap());
    drop(machine.profile.unlock_with_device(ACCOUNT).unwrap());

    let rotated = World::new();
    let carried = machine
        .profile
        .carry_over(rotated.new_account(), rotated.user_key(), &world.account.user_key)
        .unwrap();
    assert_eq!(carried.unlock_ways().unwrap(), ways(false, false));
    drop(carried);
    assert!(matches!(machine.profile.unlock_with_device(ACCOUNT), Err(UnlockError::NoSlot)));
    assert!(machine.keychain.is_empty());
}

#[test]
fn a_policy_forbids_pins_and_takes_one_away_at_the_next_sync() {
    let (world, machine, unlocked) = machine();
    unlocked.set_pin(PIN).unwrap();
    unlocked.allow_device().unwrap();
    let mut sync = world.sync();
    sync["policies"] = serde_json::json!([{"object": "policy", "id": uuid::Uuid::from_u128(1),
        "organizationId": uuid::Uuid::from_u128(2), "type": 14, "data": null, "enabled": true}]);
    full_sync_of(&world, &sync, &unlocked);
    assert_eq!(unlocked.unlock_ways().unwrap(), ways(true, false), "the policy says nothing about devices");
    assert!(matches!(unlocked.set_pin(PIN), Err(SlotError::ForbiddenByPolicy)));
    drop(unlocked);
    assert!(matches!(machine.profile.unlock_with_pin(ACCOUNT, PIN), Err(UnlockError::NoSlot)));
}

/// A history that lacks its first picture, which only a recovery settles.
fn lose_the_first_picture(machine: &Machine) {
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    assert_eq!(
        connection.execute("DELETE FROM head WHERE number = (SELECT MIN(number) FROM head)", []).unwrap(),
        1
    );
}

fn sync_once_more(world: &World, machine: &Machine, unlocked: &Unlocked) {
    machine.clock.advance(3600);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.provider(world.provider_picture());
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 41))).unwrap();
    intake.commit().unwrap();
}

fn mark(machine: &Machine) -> std::path::PathBuf {
    machine.cache_file().with_file_name("damaged")
}

#[test]
fn the_keychain_and_a_pin_recover_a_damaged_file_as_the_password_does() {
    let (world, machine, unlocked) = machine();
    unlocked.allow_device().unwrap();
    unlocked.set_pin(PIN).unwrap();
    sync_once_more(&world, &machine, &unlocked);
    drop(unlocked);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    let by_device = || machine.profile.unlock_with_device(ACCOUNT);
    let by_pin = || machine.profile.unlock_with_pin(ACCOUNT, PIN);
    let unlocks: [&dyn Fn() -> Result<Unlocked, UnlockError>; 2] = [&by_device, &by_pin];
    for unlock in unlocks {
        std::fs::write(machine.cache_file(), &whole).unwrap();
        // Noticed while the account is opened ...
        lose_the_first_picture(&machine);
        let unlocked = unlock().unwrap();
        assert_eq!(unlocked.recovered().unwrap().recovery.heads_lost.len(), 1);
        assert!(*unlocked.user_key() == world.account.user_key);
        assert_eq!(unlocked.unlock_ways().unwrap(), ways(true, true), "both are set up as before");
        drop(unlocked);
        assert!(unlock().unwrap().recovered().is_none(), "once is enough");
        // ... or by an earlier sync.
        std::fs::write(mark(&machine), b"").unwrap();
        assert!(unlock().unwrap().recovered().is_some());
        assert!(!mark(&machine).exists());
    }
}

#[test]
fn damage_costs_no_tries_and_gives_none() {
    let (_, machine, unlocked) = machine();
    unlocked.set_pin(PIN).unwrap();
    drop(unlocked);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    let try_pin = |pin: &str| machine.profile.unlock_with_pin(ACCOUNT, pin).map(drop);
    let left = |pin: &str| match try_pin(pin) {
        Err(UnlockError::WrongPin { tries_left }) => tries_left,
        other => panic!("{other:?}"),
    };
    assert_eq!(left("0000"), 4);
    // Nothing can be compared in a file of garbage: neither does that count.
    std::fs::write(machine.cache_file(), vec![7; 9000]).unwrap();
    for _ in 0..=PIN_TRIES {
        assert!(matches!(try_pin(PIN), Err(UnlockError::Damaged)));
    }
    std::fs::write(machine.cache_file(), &whole).unwrap();
    assert_eq!(left("0000"), 3);
    // The right one counts as right on a file that is recovered from.
    std::fs::write(mark(&machine), b"").unwrap();
    try_pin(PIN).unwrap();
    assert_eq!(left("0000"), 4);
    // A wrong one counts on a file that says it is damaged, and on one of which only a copy opens.
    for expected in [3, 2, 1] {
        std::fs::write(mark(&machine), b"").unwrap();
        let mut file = whole.clone();
        if expected < 3 {
            file[..16].fill(0);
        }
        std::fs::write(machine.cache_file(), &file).unwrap();
        let told = try_pin("0000");
        assert!(
            matches!(told, Err(UnlockError::WrongPin { .. } | UnlockError::Damaged)),
            "{told:?} with {expected} left"
        );
    }
    assert!(matches!(try_pin("0000"), Err(UnlockError::PinRemoved)));
    std::fs::write(machine.cache_file(), &whole).unwrap();
    assert!(matches!(try_pin(PIN), Err(UnlockError::NoSlot)));
    assert!(machine.keychain.is_empty());
}

#[test]
fn a_recovered_file_is_no_older_one() {
    let (world, machine, unlocked) = machine();
    unlocked.allow_device().unwrap();
    sync_once_more(&world, &machine, &unlocked);
    let newest = unlocked.picture().head().unwrap().number;
    unlocked.keep_head_number().unwrap();
    drop(unlocked);
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    connection.execute("UPDATE head SET sealed = zeroblob(80) WHERE number = ?1", [newest.0 as i64]).unwrap();
    drop(connection);
    let unlocked = machine.profile.unlock_with_device(ACCOUNT).unwrap();
    assert!(unlocked.recovered().unwrap().recovery.newest_lost);
    assert!(unlocked.picture().head().unwrap().number < newest);
    assert_eq!(unlocked.older_file().unwrap(), None);
}

#[test]
fn a_file_that_begins_anew_is_no_older_one_whoever_removed_the_one_before() {
    let by_hand = |machine: &Machine| {
        std::fs::remove_dir_all(machine.cache_file().parent().unwrap()).unwrap();
    };
    // `porticoctl logout`: it knows of no keychain, and leaves the number behind.
    let without_keychain = |machine: &Machine| {
        Profile::open(machine.profile.folder()).unwrap().remove(ACCOUNT, false).unwrap();
    };
    for remove in [&by_hand as &dyn Fn(&Machine), &without_keychain] {
        let (world, machine, unlocked) = machine();
        sync_once_more(&world, &machine, &unlocked);
        unlocked.keep_head_number().unwrap();
        drop(unlocked);
        remove(&machine);
        let anew = Profile::open_with_clock(machine.profile.folder(), machine.clock.clone()).unwrap();
        let unlocked = anew.create_account(world.new_account(), world.user_key()).unwrap();
        full_sync(&world, &unlocked);
        let first = unlocked.picture().head().unwrap().number;
        drop(unlocked);

        let unlocked = machine.unlock();
        assert_eq!(unlocked.older_file().unwrap(), None);
        // From here on it is as ever.
        unlocked.keep_head_number().unwrap();
        let older = std::fs::read(machine.cache_file()).unwrap();
        sync_once_more(&world, &machine, &unlocked);
        let second = unlocked.picture().head().unwrap().number;
        unlocked.keep_head_number().unwrap();
        drop(unlocked);
        std::fs::write(machine.cache_file(), older).unwrap();
        let told = machine.unlock().older_file().unwrap();
        assert_eq!(told, Some(OlderFile { seen: second, found: Some(first) }));
    }
}

#[test]
fn an_older_file_is_told() {
    let (world, machine, unlocked) = machine();
    unlocked.keep_head_number().unwrap();
    let older = std::fs::read(machine.cache_file()).unwrap();
    assert_eq!(unlocked.older_file().unwrap(), None);
    let first = unlocked.picture().head().unwrap().number;
    machine.clock.advance(86_400);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 41))).unwrap();
    let second = intake.commit().unwrap();
    assert!(second > first);
    unlocked.keep_head_number().unwrap();
    assert_eq!(unlocked.older_file().unwrap(), None);
    drop(unlocked);

    std::fs::write(machine.cache_file(), older).unwrap();
    let unlocked = machine.unlock();
    assert_eq!(unlocked.older_file().unwrap(), Some(OlderFile { seen: second, found: Some(first) }));
    drop(unlocked);
    // A file that begins anew after a rotation is no older one.
    let rotated = World::new();
    let unlocked = machine.profile.create_account(rotated.new_account(), rotated.user_key()).unwrap();
    assert_eq!(unlocked.older_file().unwrap(), None);
}
