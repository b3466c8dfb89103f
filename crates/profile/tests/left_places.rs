//! Where the person was: known after a lock, to nobody else, and no more after a sign-out.

#![allow(clippy::unwrap_used)]

mod support;

use portico_profile::KeepPlacesError;
use support::{ACCOUNT, Machine, PASSWORD, World, files_with};

const PLACES: &str = r#"{"place":{"page":"vaults","search":"Zwischenraum"}}"#;

#[test]
fn they_are_there_again_after_a_lock_and_nowhere_in_clear() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    assert_eq!(unlocked.left_places().unwrap(), None);
    unlocked.keep_places("something else").unwrap();
    unlocked.keep_places(PLACES).unwrap();
    let too_long = unlocked.keep_places(&"x".repeat((64 << 10) + 1));
    assert!(matches!(too_long, Err(KeepPlacesError::TooLong)));
    drop(unlocked);
    let unlocked = machine.unlock();
    assert_eq!(unlocked.left_places().unwrap().as_deref(), Some(PLACES));
    assert!(files_with(machine.profile.folder(), "Zwischenraum").is_empty(), "sealed like everything");
}

#[test]
fn whoever_signs_out_begins_at_the_beginning() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    unlocked.keep_places(PLACES).unwrap();
    drop(unlocked);
    machine.profile.remove(ACCOUNT, true).unwrap();
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert_eq!(unlocked.left_places().unwrap(), None);
}

#[test]
fn damage_to_them_is_no_harm() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    unlocked.keep_places(PLACES).unwrap();
    drop(unlocked);
    let file = rusqlite::Connection::open(machine.cache_file()).unwrap();
    assert_eq!(file.execute("UPDATE cell SET sealed = zeroblob(600) WHERE name = 10", []).unwrap(), 1);
    drop(file);
    let unlocked = machine.profile.unlock(ACCOUNT, PASSWORD).unwrap();
    assert_eq!(unlocked.left_places().unwrap(), None);
    unlocked.keep_places(PLACES).unwrap();
    assert_eq!(unlocked.left_places().unwrap().as_deref(), Some(PLACES));
}
