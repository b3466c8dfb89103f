//! Several accounts in one profile: their order, what is trusted for their servers, and their removal.
#![allow(clippy::unwrap_used)] // A test may panic.

mod support;

use std::fs;

use portico_cache::WriterLock;
use portico_profile::{Authority, NewAccount, Profile, ProfileError};
use portico_protocol::server::ServerAddress;
use std::time::Duration;
use support::{ACCOUNT, Machine, World, tokens};
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0xacc2);
const THIRD: Uuid = Uuid::from_u128(0xacc3);

/// The account of the world, and two more of the same person on other servers.
fn three() -> Machine {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    drop(unlocked);
    for (id, server, email) in
        [(OTHER, "https://two.example", "aaron@two.example"), (THIRD, "bitwarden.eu", "maya@three.example")]
    {
        let account = NewAccount {
            id,
            server: ServerAddress::parse(server).unwrap(),
            email: email.to_owned(),
            session: tokens(email),
            ..world.new_account()
        };
        drop(machine.profile.create_account(account, world.user_key()).unwrap());
    }
    machine
}

fn listed(profile: &Profile) -> Vec<Uuid> {
    profile.accounts().unwrap().into_iter().map(|account| account.id).collect()
}

#[test]
fn accounts_are_listed_as_they_came_and_then_as_the_person_wants() {
    let machine = three();
    assert_eq!(listed(&machine.profile), [ACCOUNT, OTHER, THIRD]);
    machine.profile.order_accounts(vec![THIRD, ACCOUNT]).unwrap();
    machine.profile.remember_last(OTHER);
    let again = Profile::open(machine.profile.folder()).unwrap();
    assert_eq!(listed(&again), [THIRD, ACCOUNT, OTHER], "what is not in the order comes last");
    assert_eq!(again.settings().last_account, Some(OTHER));
    // Signing out and in again moves nothing.
    again.remove(ACCOUNT, true).unwrap();
    assert_eq!(listed(&again), [THIRD, ACCOUNT, OTHER]);
    again.remove(OTHER, false).unwrap();
    assert_eq!(listed(&again), [THIRD, ACCOUNT]);
    assert_eq!(again.settings().last_account, None);
}

#[test]
fn two_processes_change_the_settings_without_undoing_each_other() {
    let machine = three();
    let other = Profile::open(machine.profile.folder()).unwrap();
    machine.profile.order_accounts(vec![THIRD]).unwrap();
    other.change_settings(|settings| settings.lock_on_switch = true).unwrap();
    let read = Profile::open(machine.profile.folder()).unwrap().settings();
    assert_eq!((read.account_order, read.lock_on_switch), (vec![THIRD], true));
}

#[test]
fn processes_that_change_the_settings_at_the_same_moment_lose_nothing() {
    const EACH: usize = 25;
    let machine = three();
    let folder = machine.profile.folder();
    std::thread::scope(|scope| {
        for name in ["a", "b", "c", "d"] {
            scope.spawn(move || {
                let profile = Profile::open(folder).unwrap();
                for number in 0..EACH {
                    let member = format!("{name}{number}");
                    profile
                        .change_settings(|settings| {
                            settings.extra.insert(member, true.into());
                        })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(Profile::open(folder).unwrap().settings().extra.len(), 4 * EACH);
}

#[test]
fn an_authority_is_kept_as_a_copy_for_its_server_until_the_last_account_there_goes() {
    let machine = three();
    let server = ServerAddress::parse("https://two.example").unwrap();
    let chosen = machine.folder.path().join("company-ca.pem");
    fs::write(&chosen, "first").unwrap();
    let authority = Authority::read(&chosen).unwrap();
    // Between the look at it and its keeping, and after.
    fs::write(&chosen, "changed by somebody").unwrap();
    machine.profile.keep_authority(&server, &authority).unwrap();
    let kept = machine.profile.authority(&server).unwrap().unwrap();
    assert_eq!(kept.pem(), b"first");
    assert_eq!(machine.profile.authority_origin(&server).unwrap(), chosen);
    assert!(machine.profile.authority(&ServerAddress::Europe).unwrap().is_none());

    // Keeping what is kept already changes nothing, and a file that is no certificate is not swallowed whole.
    machine.profile.keep_authority(&server, &kept).unwrap();
    assert_eq!(machine.profile.authority_origin(&server).unwrap(), chosen);
    fs::write(&chosen, vec![b'x'; (1 << 20) + 1]).unwrap();
    let too_large = Authority::read(&chosen).err().unwrap();
    assert_eq!(too_large.kind(), std::io::ErrorKind::FileTooLarge);

    machine.profile.remove(THIRD, false).unwrap();
    assert!(machine.profile.authority(&server).unwrap().is_some());
    machine.profile.remove(OTHER, false).unwrap();
    assert!(machine.profile.authority(&server).unwrap().is_none());
    assert!(machine.profile.settings().certificate_authorities.is_empty());
}

#[test]
fn a_removal_in_the_way_of_a_writer_says_so_and_changes_nothing() {
    let machine = three();
    let writing = WriterLock::acquire(&machine.cache_file().with_extension("lock"), Duration::ZERO).unwrap();
    for keep in [true, false] {
        assert!(matches!(machine.profile.check_removable(ACCOUNT, keep), Err(ProfileError::Busy)));
        assert!(matches!(machine.profile.remove(ACCOUNT, keep), Err(ProfileError::Busy)));
    }
    assert_eq!(listed(&machine.profile), [ACCOUNT, OTHER, THIRD]);
    assert!(!machine.profile.accounts().unwrap()[0].signed_out);
    drop(writing);
    machine.profile.check_removable(ACCOUNT, false).unwrap();
    machine.profile.remove(ACCOUNT, false).unwrap();
    assert_eq!(listed(&machine.profile), [OTHER, THIRD]);
}

#[test]
fn what_is_left_of_an_interrupted_removal_goes_at_the_next_start() {
    let machine = three();
    let accounts = machine.profile.folder().join("accounts");
    let left = accounts.join(format!("removed-{OTHER}"));
    fs::rename(accounts.join(OTHER.to_string()), &left).unwrap();
    assert_eq!(listed(&machine.profile), [ACCOUNT, THIRD]);
    let again = Profile::open(machine.profile.folder()).unwrap();
    assert!(!left.exists());
    assert_eq!(listed(&again), [ACCOUNT, THIRD]);
}
