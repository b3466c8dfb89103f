//! Accounts on this machine: made, unlocked, signed out, removed, damaged; tokens and sessions.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use portico_profile::*;
use support::*;
use time::OffsetDateTime;

#[test]
fn the_password_unlocks_and_another_does_not() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    assert_eq!((unlocked.email(), unlocked.account()), (EMAIL, ACCOUNT));
    drop(unlocked);
    assert!(*machine.unlock().user_key() == world.account.user_key);
    for wrong in ["", "correct horse battery stapl", "Correct horse battery staple"] {
        assert!(matches!(machine.profile.unlock(ACCOUNT, wrong), Err(UnlockError::WrongPassword)));
        assert!(matches!(machine.profile.check_password(ACCOUNT, wrong), Err(UnlockError::WrongPassword)));
    }
    machine.profile.check_password(ACCOUNT, PASSWORD).unwrap();
    let stranger = uuid::Uuid::from_u128(7);
    assert!(matches!(machine.profile.unlock(stranger, PASSWORD), Err(UnlockError::NoSuchAccount)));
}

#[test]
fn the_lock_screen_knows_server_and_email() {
    let (machine, _unlocked) = Machine::with_account(&World::new());
    let accounts = machine.profile.accounts().unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!((accounts[0].id, accounts[0].email.as_str(), accounts[0].signed_out), (ACCOUNT, EMAIL, false));
    assert_eq!(accounts[0].server.to_string(), "https://vault.example.org");
    assert_eq!((accounts[0].has_picture, accounts[0].read_at), (false, None));
    let reopened = Profile::open(machine.profile.folder()).unwrap();
    assert_eq!(reopened.accounts().unwrap(), accounts);
}

#[test]
fn the_lock_screen_knows_the_date_of_the_picture_and_not_of_the_file() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let told = || {
        let account = machine.profile.accounts().unwrap().remove(0);
        let read_at = account.read_at.map(|at| OffsetDateTime::from(at).unix_timestamp());
        (account.has_picture, read_at)
    };
    // A first sync that is killed has read clients, and nobody reads them before it is done.
    let mut stopped = unlocked.begin_intake().unwrap();
    stopped.provider(world.provider_picture());
    stopped.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 40))).unwrap();
    stopped.keep_for_next().unwrap();
    drop(stopped);
    assert_eq!(told(), (false, None));

    let synced = 1_800_000_000 + 60;
    machine.clock.advance(60);
    full_sync(&world, &unlocked);
    assert_eq!(told(), (true, Some(synced)));
    // Tokens, a sync without a server, the close: the file is written, and nothing was read.
    machine.clock.advance(600);
    unlocked.set_session(tokens("later")).unwrap();
    drop(unlocked);
    assert_eq!(told(), (true, Some(synced)));
    let unlocked = machine.unlock();
    assert_eq!(unlocked.picture().last_read_at().unwrap().unix_timestamp(), synced, "what is said after it");

    let mut one = unlocked.begin_intake().unwrap();
    one.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 6))).unwrap();
    one.commit().unwrap();
    assert_eq!(told(), (true, Some(synced + 600)), "one client was read by itself");
    assert_eq!(unlocked.picture().last_read_at().unwrap().unix_timestamp(), synced + 600);
}

#[test]
fn tokens_survive_locking_and_can_be_replaced() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    unlocked.set_session(tokens("second")).unwrap();
    assert_eq!(unlocked.session().unwrap().access_token.expose(), "access token second");
    drop(unlocked);
    let unlocked = machine.unlock();
    let session = unlocked.session().unwrap();
    assert_eq!(session.refresh_token.as_ref().unwrap().expose(), "refresh token second");
    assert_eq!(session.expires_at, tokens("").expires_at);
}

#[test]
fn a_session_key_unlocks_until_it_ends() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let key = unlocked.open_session(Duration::from_secs(600)).unwrap();
    drop(unlocked);
    let key = SessionKey::parse(&key.expose_text()).unwrap();
    let by_session = machine.profile.unlock_with_session(ACCOUNT, &key).unwrap();
    assert!(*by_session.user_key() == world.account.user_key);
    assert!(by_session.picture().client(NORTH).unwrap().is_some());
    drop(by_session);
    machine.clock.advance(601);
    assert!(matches!(machine.profile.unlock_with_session(ACCOUNT, &key), Err(UnlockError::SessionEnded)));
    let key = machine.unlock().open_session(Duration::from_secs(600)).unwrap();
    machine.profile.unlock_with_session(ACCOUNT, &key).unwrap();
    machine.profile.end_sessions(ACCOUNT).unwrap();
    assert!(matches!(machine.profile.unlock_with_session(ACCOUNT, &key), Err(UnlockError::SessionEnded)));
}

#[test]
fn signing_out_can_keep_the_archive() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let head = full_sync(&world, &unlocked);
    drop(unlocked);
    machine.profile.remove(ACCOUNT, true).unwrap();
    assert!(machine.profile.accounts().unwrap()[0].signed_out);
    assert!(matches!(machine.profile.unlock(ACCOUNT, PASSWORD), Err(UnlockError::SignedOut)));
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert_eq!(unlocked.picture().head().unwrap().number, head, "the history is there again");
    drop(unlocked);
    machine.profile.remove(ACCOUNT, false).unwrap();
    assert!(machine.profile.accounts().unwrap().is_empty());
    assert!(!machine.cache_file().exists());
    assert!(matches!(machine.profile.remove(ACCOUNT, false), Err(ProfileError::NoSuchAccount)));
}

#[test]
fn a_changed_password_is_taken_over_at_the_next_sign_in() {
    let mut world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let head = full_sync(&world, &unlocked);
    drop(unlocked);
    let kdf = portico_crypto::Kdf::pbkdf2(6000).unwrap();
    let master_key = portico_crypto::MasterKey::derive("another password", SALT, &kdf);
    world.account.wrapped_user_key = master_key.seal_user_key(&world.account.user_key);
    world.kdf = kdf;
    machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert!(matches!(machine.profile.unlock(ACCOUNT, PASSWORD), Err(UnlockError::WrongPassword)));
    let unlocked = machine.profile.unlock(ACCOUNT, "another password").unwrap();
    assert_eq!(unlocked.picture().head().unwrap().number, head);
}

/// Told by the sign-in, before anything was read; and by what is read, where the sign-in was made before.
#[test]
fn what_the_server_has_against_the_password_is_kept_until_it_is_told_otherwise() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    assert_eq!(unlocked.password_notice().unwrap(), None);
    drop(unlocked);
    for notice in [PasswordNotice::SetByAdministrator, PasswordNotice::BelowPolicy] {
        let told = NewAccount { password_notice: Some(notice), ..world.new_account() };
        drop(machine.profile.create_account(told, world.user_key()).unwrap());
        let unlocked = machine.unlock();
        unlocked.set_session(tokens("second")).unwrap();
        assert_eq!(unlocked.password_notice().unwrap(), Some(notice), "through a lock and new tokens");
    }
    let told = NewAccount { password_notice: Some(PasswordNotice::BelowPolicy), ..world.new_account() };
    let unlocked = machine.profile.create_account(told, world.user_key()).unwrap();
    let mut sync = world.sync();
    sync["profile"]["forcePasswordReset"] = true.into();
    full_sync_of(&world, &sync, &unlocked);
    assert_eq!(unlocked.password_notice().unwrap(), Some(PasswordNotice::SetByAdministrator));
    drop(unlocked);
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    full_sync(&world, &unlocked);
    assert_eq!(unlocked.password_notice().unwrap(), None, "changed, and signed in anew");
}

#[test]
fn a_sign_in_at_another_address_lasts() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let head = full_sync(&world, &unlocked);
    let session = unlocked.open_session(Duration::from_secs(600)).unwrap();
    drop(unlocked);
    let server = portico_protocol::server::ServerAddress::parse("http://127.0.0.1:4711").unwrap();
    let moved = NewAccount { server: server.clone(), session: tokens("second"), ..world.new_account() };
    let unlocked = machine.profile.create_account(moved, world.user_key()).unwrap();
    assert_eq!(*unlocked.server(), server);
    drop(unlocked);
    let profile = Profile::open(machine.profile.folder()).unwrap();
    assert_eq!(profile.accounts().unwrap()[0].server, server);
    let unlocked = profile.unlock(ACCOUNT, PASSWORD).unwrap();
    assert_eq!(*unlocked.server(), server);
    assert_eq!(unlocked.session().unwrap().access_token.expose(), "access token second");
    assert_eq!(unlocked.picture().head().unwrap().number, head, "the history is still there");
    assert!(matches!(profile.unlock_with_session(ACCOUNT, &session), Err(UnlockError::SessionEnded)));
    let session = unlocked.open_session(Duration::from_secs(600)).unwrap();
    assert_eq!(*profile.unlock_with_session(ACCOUNT, &session).unwrap().server(), server);
}

#[test]
fn a_file_is_not_set_aside_under_its_writer() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let head = full_sync(&world, &unlocked);
    let rotated = World::new();
    let set_aside = machine.cache_file().with_file_name("set-aside-2027-01-15.sqlite3");
    let writing = unlocked.begin_intake().unwrap();
    let outcome = machine.profile.create_account(rotated.new_account(), rotated.user_key());
    assert!(matches!(outcome, Err(CreateAccountError::Busy)));
    assert!(!set_aside.exists());
    drop(writing);
    // Whoever has it open only to read goes on with the file that was set aside, whose journal went along.
    let renewed = machine.profile.create_account(rotated.new_account(), rotated.user_key()).unwrap();
    assert!(set_aside.exists() && set_aside.with_extension("sqlite3-wal").exists());
    assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
    full_sync(&rotated, &renewed);
    drop(unlocked);
    assert!(renewed.picture().client(NORTH).unwrap().is_some());
    drop(renewed);
    assert!(machine.unlock().picture().client(NORTH).unwrap().is_some());
    let secret = portico_cache::SlotSecret::from_user_key(world.account.user_key.expose(), ACCOUNT);
    let old = portico_cache::ClosedCache::open(&set_aside).unwrap().unlock_with_account(&secret).unwrap();
    assert_eq!(old.newest_head().unwrap().unwrap().number, head);
}

#[test]
fn a_rotated_user_key_starts_a_new_file_and_sets_the_old_one_aside() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    drop(unlocked);
    let rotated = World::new();
    let unlocked = machine.profile.create_account(rotated.new_account(), rotated.user_key()).unwrap();
    assert!(unlocked.picture().head().is_none());
    assert!(machine.cache_file().with_file_name("set-aside-2027-01-15.sqlite3").exists());
    full_sync(&rotated, &unlocked);
    drop(unlocked);
    assert!(machine.unlock().picture().client(NORTH).unwrap().is_some());
}

#[test]
fn the_previous_password_carries_the_history_over_a_rotation() {
    let mut world = World::new();
    world.add_login(1, "Orchid", None);
    let (machine, unlocked) = Machine::with_account(&world);
    let head = full_sync(&world, &unlocked);
    let rotated = World::new();
    let previous = machine.profile.previous_user_key(ACCOUNT, PASSWORD).unwrap();
    let wrong = portico_crypto::SymmetricKey::generate();
    let carry = |key| machine.profile.carry_over(rotated.new_account(), rotated.user_key(), key);
    assert!(matches!(carry(&wrong), Err(CreateAccountError::WrongPreviousKey)));
    assert!(matches!(carry(&previous), Err(CreateAccountError::Busy)), "the account is open");
    drop(unlocked);
    let unlocked = carry(&previous).unwrap();
    assert_eq!(unlocked.picture().head().unwrap().number, head);
    assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
    drop(unlocked);
    // Rotated again before a sync: the vault hangs on the first key still, locked in between or not.
    let (before, mut rotated) = (rotated, World::new());
    rotated.add_login(1, "Orchid", None);
    let unlocked = machine
        .profile
        .carry_over(rotated.new_account(), rotated.user_key(), &before.user_key())
        .map(drop)
        .map(|()| machine.unlock())
        .unwrap();
    let opens = |unlocked: &portico_profile::Unlocked| {
        let picture = unlocked.picture();
        let open = picture.items().iter().filter(|item| {
            item.name.value().is_some() && !picture.item(item.id).unwrap().has_unreadable_parts()
        });
        open.count()
    };
    let readable = opens(&unlocked);
    assert!(readable == 1 && unlocked.picture().revision().is_none(), "readable, and to be read again");
    full_sync(&rotated, &unlocked);
    assert!(unlocked.picture().revision().is_some());
    drop(unlocked);
    let unlocked = machine.unlock();
    assert_eq!(opens(&unlocked), readable);
    assert!(*unlocked.user_key() == rotated.account.user_key);
    let client = unlocked.picture().client(NORTH).unwrap().unwrap();
    assert_eq!(client.collections[0].name.text(), Some("Northern offices"));
}

#[test]
fn damage_is_not_a_wrong_password() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    drop(unlocked);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    let harm = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut harmed = whole.clone();
        change(&mut harmed);
        std::fs::write(machine.cache_file(), harmed).unwrap();
        machine.profile.unlock(ACCOUNT, PASSWORD).map(drop)
    };
    // Every copy of the wrapped user key.
    let wrapped = b"wrappedUserKey";
    let outcome = harm(&|file: &mut Vec<u8>| {
        let places: Vec<usize> = (0..file.len() - 40).filter(|at| file[*at..].starts_with(wrapped)).collect();
        assert!(places.len() >= 2);
        places.into_iter().for_each(|at| file[at + 40] ^= 1);
    });
    assert!(matches!(outcome, Err(UnlockError::Damaged)), "{outcome:?}");
    let outcome = harm(&|file: &mut Vec<u8>| file.truncate(5000));
    assert!(matches!(outcome, Err(UnlockError::Damaged)), "{outcome:?}");
    let outcome = harm(&|file: &mut Vec<u8>| file[60..64].copy_from_slice(&99u32.to_be_bytes()));
    assert!(matches!(outcome, Err(UnlockError::Newer)), "{outcome:?}");
    harm(&|_| ()).unwrap();
}

#[test]
fn settings_survive_with_what_a_later_version_added() {
    let machine = Machine::new();
    let change = |settings: &mut Settings| {
        settings.lock_after_minutes = None;
        settings.extra.insert("ofTomorrow".into(), serde_json::json!([1, 2, 3]));
    };
    let mut changed = machine.profile.settings();
    change(&mut changed);
    machine.profile.change_settings(change).unwrap();
    let reopened = Profile::open(machine.profile.folder()).unwrap();
    assert_eq!(reopened.settings(), changed);
    assert_eq!(reopened.settings().device_id, machine.profile.settings().device_id, "made once");
}
