//! Log-outs by policy that came due while no program was there to carry them out.
#![allow(clippy::unwrap_used)] // A test may panic.

mod support;

use std::time::Duration;

use portico_cache::WriterLock;
use portico_profile::{Clock, DueLogOut, Profile, ProfileError, SessionKey, Settings, UnlockError};
use support::{ACCOUNT, Machine, PASSWORD, World};
use uuid::Uuid;

const MINUTES: u32 = 30;

/// The account, a session of it, and a policy that wants it signed out half an hour from now.
fn noted() -> (Machine, SessionKey) {
    let (machine, unlocked) = Machine::with_account(&World::new());
    let session = unlocked.open_session(Duration::from_secs(86_400)).unwrap();
    drop(unlocked);
    note(&machine, ACCOUNT);
    (machine, session)
}

fn note(machine: &Machine, account: Uuid) {
    let due = DueLogOut { since: machine.clock.now().into(), after_minutes: MINUTES };
    let note = |settings: &mut Settings| {
        settings.due_log_outs.insert(account, due);
    };
    machine.profile.change_settings(note).unwrap();
}

fn is_noted(profile: &Profile) -> bool {
    !profile.settings().due_log_outs.is_empty()
}

#[test]
fn an_account_is_signed_out_when_its_time_is_over_and_not_before() {
    let (machine, session) = noted();
    let profile = &machine.profile;
    machine.clock.advance(i64::from(MINUTES) * 60 - 1);
    assert!(profile.carry_out_log_outs().is_empty() && is_noted(profile));
    drop(profile.unlock_with_session(ACCOUNT, &session).unwrap());

    machine.clock.advance(1);
    assert!(profile.is_log_out_due(ACCOUNT));
    let done = profile.carry_out_log_outs();
    assert_eq!(done.len(), 1);
    assert_eq!((done[0].account, done[0].after_minutes, done[0].outcome.is_ok()), (ACCOUNT, MINUTES, true));
    assert!(!is_noted(profile) && profile.carry_out_log_outs().is_empty(), "it is done once");
    assert!(!is_noted(&Profile::open(profile.folder()).unwrap()), "for whoever comes next, too");
    assert!(profile.accounts().unwrap()[0].signed_out, "the archive stays");
    for refused in [profile.unlock_with_session(ACCOUNT, &session), profile.unlock(ACCOUNT, PASSWORD)] {
        assert!(matches!(refused.err(), Some(UnlockError::SignedOut | UnlockError::SessionEnded)));
    }
}

#[test]
fn a_clock_that_was_set_back_signs_nobody_out() {
    let (machine, _) = noted();
    machine.clock.advance(-86_400);
    assert!(machine.profile.carry_out_log_outs().is_empty() && is_noted(&machine.profile));
}

#[test]
fn what_cannot_be_done_now_stays_due() {
    let (machine, _) = noted();
    machine.clock.advance(i64::from(MINUTES) * 60);
    let lock = machine.profile.folder().join("accounts").join(ACCOUNT.to_string()).join("cache.lock");
    let another = WriterLock::acquire(&lock, Duration::ZERO).unwrap();
    let tried = machine.profile.carry_out_log_outs();
    assert!(matches!(tried[0].outcome, Err(ProfileError::Busy)));
    assert!(machine.profile.is_log_out_due(ACCOUNT) && is_noted(&machine.profile));
    assert!(!machine.profile.accounts().unwrap()[0].signed_out);
    drop(another);
    assert!(machine.profile.carry_out_log_outs()[0].outcome.is_ok());
}

#[test]
fn an_account_that_is_gone_is_forgotten() {
    let (machine, _) = noted();
    note(&machine, Uuid::from_u128(0xdead));
    machine.profile.remove(ACCOUNT, false).unwrap();
    machine.clock.advance(i64::from(MINUTES) * 60);
    assert!(machine.profile.carry_out_log_outs().is_empty() && !is_noted(&machine.profile));
}
