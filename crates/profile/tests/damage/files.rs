//! Whole files that are not what they should be.

use portico_profile::*;

use crate::support::*;

fn synced() -> (World, Machine) {
    let mut world = World::new();
    world.add_login(1, "Orchard Bank", None);
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    drop(unlocked);
    (world, machine)
}

/// What an unlock says, and that a sign-in gets along with it: the old file is set aside, untouched.
fn told_and_set_aside(machine: &Machine, world: &World, is_told: impl Fn(&UnlockError) -> bool) {
    let before = std::fs::read(machine.cache_file()).ok();
    let outcome = machine.profile.unlock(ACCOUNT, PASSWORD).map(drop);
    assert!(outcome.as_ref().is_err_and(is_told), "{outcome:?}");
    assert_eq!(std::fs::read(machine.cache_file()).ok(), before, "an unlock changes nothing");
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    full_sync(world, &unlocked);
    assert_eq!(unlocked.picture().items().len(), 1);
    let aside = machine.profile.set_aside_files(ACCOUNT).unwrap();
    assert_eq!(aside.len(), 1);
    if let Some(before) = before {
        assert_eq!(std::fs::read(machine.cache_file().with_file_name(&aside[0].name)).unwrap(), before);
    }
}

fn is_damaged(error: &UnlockError) -> bool {
    matches!(error, UnlockError::Damaged)
}

#[test]
fn an_empty_file_is_damage_and_set_aside() {
    let (world, machine) = synced();
    std::fs::write(machine.cache_file(), b"").unwrap();
    told_and_set_aside(&machine, &world, is_damaged);
}

#[test]
fn a_truncated_file_is_damage_and_set_aside() {
    let (world, machine) = synced();
    let file = std::fs::read(machine.cache_file()).unwrap();
    std::fs::write(machine.cache_file(), &file[..5000]).unwrap();
    told_and_set_aside(&machine, &world, is_damaged);
}

#[test]
fn of_a_file_that_lost_its_end_the_beginning_is_taken_over() {
    let (_, machine) = synced();
    let file = std::fs::read(machine.cache_file()).unwrap();
    for share in [95, 80, 60] {
        std::fs::write(machine.cache_file(), &file[..file.len() * share / 100 / 4096 * 4096]).unwrap();
        match machine.profile.unlock(ACCOUNT, PASSWORD) {
            Ok(unlocked) => {
                for row in unlocked.picture().items() {
                    assert!(
                        matches!(&row.name, portico_vault::Opened::Value(name) if name == "Orchard Bank")
                    );
                }
                assert!(unlocked.recovered().is_some() || !unlocked.losses().is_empty() || share == 95);
            }
            Err(error) => assert!(is_damaged(&error), "{error:?}"),
        }
        for entry in std::fs::read_dir(machine.cache_file().parent().unwrap()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
}

#[test]
fn a_directory_in_its_place_is_damage_and_set_aside() {
    let (world, machine) = synced();
    std::fs::remove_file(machine.cache_file()).unwrap();
    std::fs::create_dir(machine.cache_file()).unwrap();
    told_and_set_aside(&machine, &world, is_damaged);
}

/// Read, and told when it is to be written; the next unlock makes it anew.
#[test]
fn a_file_that_sqlite_only_reads_for_damage_is_made_anew() {
    let (world, machine) = synced();
    let mut bytes = std::fs::read(machine.cache_file()).unwrap();
    bytes[18] |= 0x10;
    std::fs::write(machine.cache_file(), bytes).unwrap();
    let unlocked = machine.unlock();
    assert!(unlocked.recovered().is_none() && !unlocked.picture().items().is_empty());
    let refused = unlocked.begin_intake().map(drop);
    assert!(matches!(&refused, Err(BeginIntakeError::Read(error)) if error.is_damage()), "{refused:?}");
    drop(unlocked);
    let unlocked = machine.unlock();
    assert!(unlocked.recovered().is_some());
    full_sync(&world, &unlocked);
    assert!(unlocked.losses().is_empty());
}

#[test]
fn another_programs_database_is_damage_and_set_aside() {
    let (world, machine) = synced();
    std::fs::remove_file(machine.cache_file()).unwrap();
    let other = rusqlite::Connection::open(machine.cache_file()).unwrap();
    other.execute_batch("CREATE TABLE address_book (name TEXT)").unwrap();
    drop(other);
    told_and_set_aside(&machine, &world, is_damaged);
}

#[test]
fn a_file_of_another_account_is_called_that() {
    let (_, machine) = synced();
    let other = uuid::Uuid::from_u128(0xacc1);
    let place = machine.profile.folder().join("accounts").join(other.to_string());
    std::fs::create_dir(&place).unwrap();
    std::fs::copy(machine.cache_file(), place.join("cache.sqlite3")).unwrap();
    let outcome = machine.profile.unlock(other, PASSWORD).map(drop);
    assert!(matches!(outcome, Err(UnlockError::OtherAccount)), "{outcome:?}");
    assert!(!place.join("set-aside-2027-01-15.sqlite3").exists(), "it is left as it is");
    machine.unlock();
}

#[test]
fn a_newer_file_is_called_that_and_left_alone() {
    let (world, machine) = synced();
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let before = std::fs::read(machine.cache_file()).unwrap();
    let outcome = machine.profile.unlock(ACCOUNT, PASSWORD).map(drop);
    assert!(matches!(outcome, Err(UnlockError::Newer)), "{outcome:?}");
    let outcome = machine.profile.create_account(world.new_account(), world.user_key()).map(drop);
    assert!(matches!(outcome, Err(CreateAccountError::Newer { found: 2 })), "{outcome:?}");
    assert_eq!(std::fs::read(machine.cache_file()).unwrap(), before);
}

#[test]
fn without_its_journal_a_file_shows_the_last_picture_that_was_whole() {
    let (world, machine) = synced();
    let unlocked = machine.unlock();
    let head = unlocked.picture().head().unwrap().number;
    // What is in the journal only: tokens, and half of a sync.
    unlocked.set_session(tokens("in the journal")).unwrap();
    let mut intake = unlocked.begin_intake().unwrap();
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 50))).unwrap();
    let file = std::fs::read(machine.cache_file()).unwrap();
    drop(intake);
    drop(unlocked);
    for suffix in ["sqlite3-wal", "sqlite3-shm"] {
        let _ = std::fs::remove_file(machine.cache_file().with_extension(suffix));
    }
    std::fs::write(machine.cache_file(), file).unwrap();
    let unlocked = machine.unlock();
    assert!(unlocked.recovered().is_none());
    assert_eq!(unlocked.picture().head().unwrap().number, head);
    assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
}

#[test]
fn a_journal_of_nonsense_changes_nothing() {
    let (_, machine) = synced();
    std::fs::write(machine.cache_file().with_extension("sqlite3-wal"), vec![0x5a; 8000]).unwrap();
    let unlocked = machine.unlock();
    assert_eq!(unlocked.picture().items().len(), 1);
}

#[test]
fn two_processes_do_not_write_at_once_and_both_read() {
    let (world, machine) = synced();
    let (one, other) = (machine.unlock(), machine.unlock());
    let writing = one.begin_intake().unwrap();
    let Err(BeginIntakeError::Busy { process }) = other.begin_intake() else { panic!("two wrote at once") };
    assert_eq!(process, Some(std::process::id()));
    assert_eq!(other.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
    drop(writing);
    machine.clock.advance(3600);
    let mut intake = other.begin_intake().unwrap();
    intake.provider(world.provider_picture());
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 50))).unwrap();
    intake.commit().unwrap();
    assert_eq!(one.picture().client(NORTH).unwrap().unwrap().members.len(), 40, "what is shown stays whole");
    assert!(one.refresh().unwrap());
    assert_eq!(one.picture().client(NORTH).unwrap().unwrap().members.len(), 50);
}

#[test]
fn a_clock_that_is_off_by_a_year_loses_nothing_and_fools_nobody() {
    const YEAR: i64 = 365 * 24 * 3600;
    for jump in [YEAR, -YEAR] {
        let (world, machine) = synced();
        let unlocked = machine.unlock();
        let begun = unlocked.heads().unwrap().len();
        for members in 41..44 {
            machine.clock.advance(3600);
            let mut intake = unlocked.begin_intake().unwrap();
            intake.provider(world.provider_picture());
            intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", members))).unwrap();
            intake.commit().unwrap();
        }
        assert_eq!(unlocked.heads().unwrap().len(), begun + 3);
        machine.clock.advance(jump);
        // What was read under another clock has no age that could be believed.
        let now = time::OffsetDateTime::from(machine.clock.now());
        assert!(unlocked.picture().freshness(NORTH).is_stale(now), "{jump}");
        full_sync(&world, &unlocked);
        machine.clock.advance(-jump);
        full_sync(&world, &unlocked);
        machine.clock.advance(3600);
        let mut intake = unlocked.begin_intake().unwrap();
        intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 60))).unwrap();
        intake.commit().unwrap();
        assert!(unlocked.heads().unwrap().len() > begun + 3, "{jump}");
        drop(unlocked);
        assert_eq!(machine.unlock().picture().client(NORTH).unwrap().unwrap().members.len(), 60);
    }
}

#[test]
fn settings_of_garbage_are_set_aside_and_the_accounts_are_there() {
    for garbage in [&b"not json"[..], b"", b"[1, 2]", b"{\"requestsInFlight\": \"many\"}", b"\xff\xfe\x00"] {
        let (_, machine) = synced();
        let file = machine.profile.folder().join("settings.json");
        std::fs::write(&file, garbage).unwrap();
        let profile = Profile::open_with_clock(machine.profile.folder(), machine.clock.clone()).unwrap();
        let aside = profile.settings_set_aside().unwrap();
        assert!(aside.starts_with("settings-set-aside-2027-01-15") && aside.ends_with(".json"), "{aside}");
        assert_eq!(std::fs::read(machine.profile.folder().join(aside)).unwrap(), garbage);
        assert_eq!(profile.settings().requests_in_flight, Settings::default().requests_in_flight);
        assert_eq!(profile.accounts().unwrap().len(), 1);
        profile.unlock(ACCOUNT, PASSWORD).unwrap();
        let again = Profile::open(machine.profile.folder()).unwrap();
        assert!(again.settings_set_aside().is_none(), "said once");
    }
}
