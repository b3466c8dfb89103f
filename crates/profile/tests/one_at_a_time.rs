//! What people made is changed by one program after the other, and so is the file of an account put in its place: none writes
//! over what another has just written.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use portico_cache::WriterLock;
use portico_profile::*;
use portico_vault::ItemFilter;
use support::*;
use uuid::Uuid;

/// Who has not begun to wait by then waits behind the others all the same: only what this test sees is less.
const ALL_ARE_WAITING: Duration = Duration::from_millis(400);

#[test]
fn a_change_reads_what_it_changes_when_its_turn_comes() {
    let (machine, first) = Machine::with_account(&World::new());
    let second = machine.unlock();
    let made = |unlocked: &Unlocked| {
        let tags = unlocked.client_tags().unwrap().len();
        (unlocked.pinned().unwrap().len(), tags, unlocked.saved_filters().unwrap().len())
    };
    type Change = fn(&Unlocked, Uuid, &str);
    let changes: [Change; 3] = [
        |unlocked, client, _| unlocked.set_pinned(client, true).unwrap(),
        |unlocked, client, name| unlocked.change_tags(&[client], &[name.to_owned()], &[]).unwrap(),
        |unlocked, _, name| drop(unlocked.save_filter(name, &ItemFilter::default()).unwrap()),
    ];
    for (place, change) in changes.into_iter().enumerate() {
        let count = |unlocked: &Unlocked| <[usize; 3]>::from(made(unlocked))[place];
        change(&first, Uuid::nil(), "there before");
        let turn = WriterLock::try_acquire(&machine.cache_file().with_file_name("own.lock")).unwrap();
        std::thread::scope(|both| {
            both.spawn(|| change(&first, NORTH, "north"));
            both.spawn(|| change(&second, SOUTH, "south"));
            std::thread::sleep(ALL_ARE_WAITING);
            assert_eq!(count(&first), 1, "both wait");
            drop(turn);
        });
        assert_eq!(count(&first), 3, "and neither loses what the other wrote");
    }
}

/// Longer than a short write is waited for.
const A_BUSY_DISK_S_WHILE: Duration = Duration::from_secs(3);

#[test]
fn who_puts_a_file_in_an_account_s_place_waits_for_others_who_do_even_on_a_busy_disk() {
    let world = World::new();
    let (arriving, carried, restored) = (Machine::new(), Machine::with_account(&world).0, Machine::new());
    let backup = restored.folder.path().join("maya.portico");
    carried.profile.back_up(ACCOUNT, &backup).unwrap();
    let rotated = World::new();
    let previous = carried.profile.previous_user_key(ACCOUNT, PASSWORD).unwrap();
    let turns = [&arriving, &carried, &restored].map(|machine| {
        let folder = machine.cache_file().with_file_name("");
        std::fs::create_dir_all(&folder).unwrap();
        WriterLock::try_acquire(&folder.join("arriving.lock")).unwrap()
    });
    let of_before = std::fs::read(carried.cache_file()).unwrap();
    std::thread::scope(|all| {
        all.spawn(|| drop(arriving.profile.create_account(world.new_account(), world.user_key()).unwrap()));
        all.spawn(|| {
            drop(carried.profile.carry_over(rotated.new_account(), rotated.user_key(), &previous).unwrap())
        });
        all.spawn(|| restored.profile.put_back(&backup).unwrap());
        std::thread::sleep(A_BUSY_DISK_S_WHILE);
        assert!(!arriving.cache_file().exists() && !restored.cache_file().exists(), "all wait");
        assert_eq!(std::fs::read(carried.cache_file()).unwrap(), of_before, "all wait");
        drop(turns);
    });
    assert!(arriving.cache_file().exists() && restored.cache_file().exists());
    assert_ne!(std::fs::read(carried.cache_file()).unwrap(), of_before);
}
