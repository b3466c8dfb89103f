//! Tags on clients: what a person gives them stays with the account, sealed, whatever happens to its key or its session.

#![allow(clippy::unwrap_used)]

mod support;

use portico_profile::{LONGEST_TAG, MOST_TAGS, TagError, Unlocked};
use support::{ACCOUNT, Machine, PASSWORD, World, files_with};
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
