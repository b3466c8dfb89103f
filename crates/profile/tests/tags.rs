//! Tags on clients: what a person gives them stays with the account, sealed, whatever happens to its key or its session.

#![allow(clippy::unwrap_used)]

mod support;

use portico_profile::{LONGEST_TAG, MOST_TAGS, TagError, Unlocked};
use support::{ACCOUNT, Machine, NORTH, PASSWORD, SOUTH, World, files_with, full_sync};
use uuid::Uuid;

const ALDER: Uuid = Uuid::from_u128(0x0a);
const BIRCH: Uuid = Uuid::from_u128(0x0b);

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn change(unlocked: &Unlocked, clients: &[Uuid], add: &[&str], remove: &[&str]) -> Result<(), TagError> {
    unlocked.change_tags(clients, &words(add), &words(remove))
}

fn tags_of(unlocked: &Unlocked, client: Uuid) -> Vec<String> {
    unlocked.client_tags().unwrap().of(client).map(str::to_owned).collect()
}

#[test]
fn tags_are_there_again_after_a_lock_and_nowhere_in_clear() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    assert!(unlocked.client_tags().unwrap().is_empty());
    change(&unlocked, &[ALDER, BIRCH], &["Santé mentale", "mine"], &[]).unwrap();
    change(&unlocked, &[BIRCH], &["on-boarding"], &["MINE"]).unwrap();
    let before = unlocked.client_tags().unwrap();
    drop(unlocked);
    let unlocked = machine.unlock();
    assert_eq!(unlocked.client_tags().unwrap(), before);
    assert_eq!(tags_of(&unlocked, ALDER), ["mine", "Santé mentale"]);
    assert_eq!(tags_of(&unlocked, BIRCH), ["on-boarding", "Santé mentale"]);
    assert!(files_with(machine.profile.folder(), "mentale").is_empty(), "sealed like everything");
}

#[test]
fn a_tag_is_written_in_one_way_and_is_gone_with_its_last_client() {
    let (_machine, unlocked) = Machine::with_account(&World::new());
    change(&unlocked, &[ALDER], &["  Zébra\u{7} stripes\n "], &[]).unwrap();
    change(&unlocked, &[BIRCH, ALDER], &["ZEBRA STRIPES"], &[]).unwrap();
    assert_eq!(tags_of(&unlocked, BIRCH), ["Zébra stripes"]);
    assert!(matches!(change(&unlocked, &[ALDER], &[" \n "], &[]), Err(TagError::NoName)));
    change(&unlocked, &[ALDER], &[&"é".repeat(500)], &["zebra stripes"]).unwrap();
    let long = tags_of(&unlocked, ALDER);
    assert_eq!(long.iter().map(|tag| tag.chars().count()).collect::<Vec<_>>(), [LONGEST_TAG]);
    change(&unlocked, &[BIRCH], &[], &["zébra stripes", "never given"]).unwrap();
    assert_eq!(unlocked.client_tags().unwrap().len(), 1);
}

#[test]
fn a_tag_is_renamed_and_deleted_everywhere() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    change(&unlocked, &[ALDER, BIRCH], &["mine"], &[]).unwrap();
    change(&unlocked, &[BIRCH], &["Spring"], &[]).unwrap();
    // Only written otherwise, by a name that is written otherwise.
    assert_eq!(unlocked.rename_tag("MINE", "Mine ").unwrap(), 2);
    assert_eq!(tags_of(&unlocked, ALDER), ["Mine"]);
    assert_eq!(unlocked.client_tags().unwrap().carrying("mine"), 2);
    // Two become one, called as that one was.
    assert_eq!(unlocked.rename_tag("mine", "SPRING").unwrap(), 2);
    drop(unlocked);
    let unlocked = machine.unlock();
    assert_eq!(
        (tags_of(&unlocked, ALDER), tags_of(&unlocked, BIRCH)),
        (words(&["Spring"]), words(&["Spring"]))
    );
    assert!(matches!(unlocked.rename_tag("mine", "x"), Err(TagError::NotFound)));
    assert!(matches!(unlocked.rename_tag("spring", " \u{7} "), Err(TagError::NoName)));
    assert_eq!(unlocked.rename_tag("spring", &"é".repeat(500)).unwrap(), 2);
    assert_eq!(tags_of(&unlocked, ALDER)[0].chars().count(), LONGEST_TAG);
    assert_eq!(unlocked.delete_tag(&"É".repeat(LONGEST_TAG)).unwrap(), 2);
    assert!(unlocked.client_tags().unwrap().is_empty());
    assert!(matches!(unlocked.delete_tag("spring"), Err(TagError::NotFound)));
}

/// A damaged part that no server has: named, and of no harm to anything else.
#[test]
fn flipped_bits_in_them_are_told_and_stop_nothing() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    change(&unlocked, &[NORTH, SOUTH], &["mine"], &[]).unwrap();
    unlocked.set_pinned(NORTH, true).unwrap();
    drop(unlocked);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    let sealed = sealed_tags(&machine);
    // Nonce, text and authentication code, each at its ends.
    let bits =
        [0, 7, sealed.len() * 4, sealed.len() * 8 - 1].into_iter().chain((0..sealed.len() * 8).step_by(97));
    for bit in bits {
        std::fs::write(machine.cache_file(), &whole).unwrap();
        let mut harmed = sealed.clone();
        harmed[bit / 8] ^= 1 << (bit % 8);
        let file = rusqlite::Connection::open(machine.cache_file()).unwrap();
        assert_eq!(file.execute("UPDATE cell SET sealed = ?1 WHERE name = 17", [harmed]).unwrap(), 1);
        drop(file);
        let unlocked = machine.unlock();
        assert!(unlocked.recovered().is_none() && unlocked.losses().is_empty(), "the file is whole");
        assert!(unlocked.client_tags().unwrap_err().is_damage(), "bit {bit}");
        assert!(
            matches!(unlocked.rename_tag("mine", "ours"), Err(TagError::Read(error)) if error.is_damage())
        );
        assert!(matches!(unlocked.delete_tag("mine"), Err(TagError::Read(error)) if error.is_damage()));
        assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
        assert_eq!(unlocked.pinned().unwrap().len(), 1);
        full_sync(&world, &unlocked);
        assert!(unlocked.losses().is_empty());
    }
    // Whoever was told goes on without them.
    let unlocked = machine.unlock();
    change(&unlocked, &[], &[], &[]).unwrap();
    drop(unlocked);
    assert!(machine.unlock().client_tags().unwrap().is_empty());
    // Tags that are given now take the place of those that are gone.
    std::fs::write(machine.cache_file(), &whole).unwrap();
    let file = rusqlite::Connection::open(machine.cache_file()).unwrap();
    assert_eq!(file.execute("UPDATE cell SET sealed = zeroblob(600) WHERE name = 17", []).unwrap(), 1);
    drop(file);
    let unlocked = machine.unlock();
    assert!(unlocked.client_tags().unwrap_err().is_damage());
    change(&unlocked, &[SOUTH], &["anew"], &[]).unwrap();
    drop(unlocked);
    assert_eq!(tags_of(&machine.unlock(), SOUTH), ["anew"]);
}

/// A recovery takes over what still opens, and does not stop at tags that do not.
#[test]
fn a_recovery_goes_on_without_them() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    change(&unlocked, &[NORTH], &["mine"], &[]).unwrap();
    unlocked.set_pinned(NORTH, true).unwrap();
    drop(unlocked);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    for is_harmed in [false, true] {
        std::fs::write(machine.cache_file(), &whole).unwrap();
        if is_harmed {
            let mut harmed = sealed_tags(&machine);
            harmed[40] ^= 4;
            let file = rusqlite::Connection::open(machine.cache_file()).unwrap();
            file.execute("UPDATE cell SET sealed = ?1 WHERE name = 17", [harmed]).unwrap();
        }
        let mut file = std::fs::read(machine.cache_file()).unwrap();
        // The first page: SQLite itself cannot open it any more.
        file[..1500].fill(0x5a);
        std::fs::write(machine.cache_file(), &file).unwrap();
        let unlocked = machine.unlock();
        assert!(unlocked.recovered().is_some());
        assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
        assert_eq!(unlocked.pinned().unwrap().len(), 1);
        let kept = if is_harmed { Vec::new() } else { words(&["mine"]) };
        match unlocked.client_tags() {
            Ok(tags) => assert_eq!(tags.of(NORTH).map(str::to_owned).collect::<Vec<_>>(), kept),
            Err(error) => assert!(is_harmed && error.is_damage(), "{error}"),
        }
    }
}

fn sealed_tags(machine: &Machine) -> Vec<u8> {
    let file = rusqlite::Connection::open(machine.cache_file()).unwrap();
    file.query_row("SELECT sealed FROM cell WHERE name = 17", [], |row| row.get(0)).unwrap()
}

#[test]
fn there_is_an_end_to_them_and_then_nothing_has_changed() {
    let (_machine, unlocked) = Machine::with_account(&World::new());
    let most: Vec<String> = (0..MOST_TAGS).map(|n| format!("tag {n}")).collect();
    unlocked.change_tags(&[ALDER], &most, &[]).unwrap();
    assert!(matches!(change(&unlocked, &[BIRCH], &["mine", "one more"], &[]), Err(TagError::TooMany(100))));
    assert!(tags_of(&unlocked, BIRCH).is_empty());
    // Another in the place of one.
    change(&unlocked, &[ALDER], &["one more"], &["tag 7"]).unwrap();
    assert_eq!(unlocked.client_tags().unwrap().len(), MOST_TAGS);
}

#[test]
fn they_follow_the_account_through_a_new_key_a_sign_out_that_keeps_the_archive_and_a_backup() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    change(&unlocked, &[ALDER], &["mine"], &[]).unwrap();
    let kept = unlocked.client_tags().unwrap();
    drop(unlocked);
    let rotated = World::new();
    let previous = machine.profile.previous_user_key(ACCOUNT, PASSWORD).unwrap();
    let unlocked = machine.profile.carry_over(rotated.new_account(), rotated.user_key(), &previous).unwrap();
    assert_eq!(unlocked.client_tags().unwrap(), kept);
    drop(unlocked);

    machine.profile.remove(ACCOUNT, true).unwrap();
    let again = machine.profile.create_account(rotated.new_account(), rotated.user_key()).unwrap();
    assert_eq!(again.client_tags().unwrap(), kept);
    drop(again);

    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup");
    machine.profile.back_up(ACCOUNT, &file).unwrap();
    machine.profile.remove(ACCOUNT, false).unwrap();
    let anew = machine.profile.create_account(rotated.new_account(), rotated.user_key()).unwrap();
    assert!(anew.client_tags().unwrap().is_empty(), "everything was removed");
    drop(anew);
    machine.profile.remove(ACCOUNT, false).unwrap();
    machine.profile.put_back(&file).unwrap();
    let back = machine.profile.create_account(rotated.new_account(), rotated.user_key()).unwrap();
    assert_eq!(back.client_tags().unwrap(), kept);
}
