//! A backup of an account, and the way back: sealed as ever, and nothing in it lets a machine in.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use portico_cache::WriterLock;
use portico_profile::*;
use portico_protocol::server::ServerAddress;
use portico_vault::ItemFilter;
use support::*;

/// A synced account with everything that a machine adds to it, and a backup of it made while it was open.
fn backed_up() -> (World, Machine, PathBuf, SessionKey) {
    let mut world = World::new();
    world.add_login(1, "Registrar", None);
    let mut machine = Machine::new();
    machine.profile = Profile::open_with_clock(machine.profile.folder(), machine.clock.clone())
        .unwrap()
        .with_keychain(machine.keychain.clone());
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    full_sync(&world, &unlocked);
    machine.clock.advance(86_400);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 41))).unwrap();
    intake.commit().unwrap();
    unlocked.save_filter("Mine", &ItemFilter::default()).unwrap();
    unlocked.allow_device().unwrap();
    unlocked.keep_head_number().unwrap();
    let session = unlocked.open_session(Duration::from_secs(3600)).unwrap();
    // In the journal still, and not in the file.
    unlocked.set_session(tokens("second")).unwrap();
    let backup = machine.folder.path().join("maya.portico");
    let bytes = machine.profile.back_up(ACCOUNT, &backup).unwrap();
    assert_eq!(bytes, fs::metadata(&backup).unwrap().len());
    (world, machine, backup, session)
}

#[test]
fn what_a_killed_backup_left_goes_and_what_another_is_at_stays() {
    let (_, machine, backup, _) = backed_up();
    let made = machine.profile.folder().join("accounts").join(ACCOUNT.to_string()).join("backup.sqlite3");
    let beside = |name: &str| machine.folder.path().join(name);
    let [left, held, other] = [".portico-backup-left", ".portico-backup-held", ".portico-other"].map(beside);
    for file in [&made, &left, &held, &other] {
        fs::write(file, "half of it").unwrap();
    }
    let lock = fs::File::options().write(true).open(&held).unwrap();
    lock.try_lock().unwrap();
    let at_work = WriterLock::try_acquire(&made.with_extension("lock")).unwrap();
    let again = || Profile::open_with_clock(machine.profile.folder(), machine.clock.clone()).unwrap();
    again();
    assert!(made.exists(), "somebody is at it");
    drop(at_work);
    again();
    assert!(!made.exists());
    machine.profile.back_up(ACCOUNT, &backup).unwrap();
    assert!(!left.exists() && held.exists() && other.exists());
}

#[test]
fn a_backup_of_an_open_account_comes_back_elsewhere_with_everything_kept() {
    let (world, machine, backup, _) = backed_up();
    let heads = machine.unlock().heads().unwrap();
    assert_eq!(heads.len(), 2);
    // The machine is gone; on another one there is nothing but the file.
    let other = Machine::new();
    drop(machine.profile);
    let found = other.profile.put_back(&backup).unwrap();
    let expected = PutBack {
        account: ACCOUNT,
        server: ServerAddress::parse("https://vault.example.org").unwrap(),
        email: EMAIL.to_owned(),
    };
    assert_eq!(found, expected);
    let listed = &other.profile.accounts().unwrap()[0];
    assert!(listed.signed_out && listed.id == ACCOUNT);
    assert!(matches!(other.profile.unlock(ACCOUNT, PASSWORD), Err(UnlockError::SignedOut)));

    let unlocked = other.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert_eq!(unlocked.heads().unwrap(), heads, "history and all");
    assert_eq!(unlocked.saved_filters().unwrap().len(), 1);
    let picture = unlocked.picture();
    assert_eq!(picture.items()[0].name, portico_vault::Opened::Value("Registrar".to_owned()));
    assert!(picture.client(NORTH).unwrap().is_some());
    assert!(
        fs::read_dir(other.profile.folder().join("accounts")).unwrap().count() == 1,
        "nothing is left over"
    );
}

#[test]
fn a_backup_lets_no_machine_in_and_shows_nothing_but_what_the_lock_screen_shows() {
    let (_, machine, backup, session) = backed_up();
    let other = Machine::new();
    let elsewhere = Profile::open_with_clock(other.profile.folder(), machine.clock.clone())
        .unwrap()
        .with_keychain(machine.keychain.clone());
    elsewhere.put_back(&backup).unwrap();
    fs::remove_file(other.cache_file().with_file_name("signed-out")).unwrap();
    assert!(matches!(elsewhere.unlock_with_session(ACCOUNT, &session), Err(UnlockError::SessionEnded)));
    assert!(matches!(elsewhere.unlock_with_device(ACCOUNT), Err(UnlockError::NoSlot)));
    let unlocked = elsewhere.unlock(ACCOUNT, PASSWORD).unwrap();
    assert!(unlocked.session().is_none(), "no tokens");

    let folder = backup.parent().unwrap();
    for secret in ["Registrar", "Northwind", "access token", "refresh token"] {
        assert!(files_with(folder, secret).is_empty(), "{secret}");
    }
    let journals = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let beside: Vec<_> = journals.filter(|name| name.to_string_lossy().contains("maya")).collect();
    assert_eq!(beside, ["maya.portico"], "one file and no journal");
    let account = machine.cache_file();
    assert!(!account.with_file_name("backup.sqlite3").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o077, 0, "the owner's alone");
    }
}

#[test]
fn what_is_here_is_never_replaced_and_a_removed_account_comes_back() {
    let (world, machine, backup, _) = backed_up();
    let before = fs::read(machine.cache_file()).unwrap();
    match machine.profile.put_back(&backup) {
        Err(PutBackError::AlreadyHere { email }) => assert_eq!(email, EMAIL),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(machine.cache_file()).unwrap(), before);
    machine.profile.remove(ACCOUNT, false).unwrap();
    machine.profile.put_back(&backup).unwrap();
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert_eq!(unlocked.heads().unwrap().len(), 2);
    assert_eq!(unlocked.older_file().unwrap(), None, "put here on purpose");
}

#[test]
fn what_is_no_backup_changes_nothing() {
    let (_, _machine, backup, _) = backed_up();
    let other = Machine::new();
    let whole = fs::read(&backup).unwrap();
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&2u32.to_be_bytes());
    let mut harmed = whole.clone();
    harmed[..4000].fill(0x5a);
    let file = other.folder.path().join("some.portico");
    for (content, is_newer) in [
        (b"".to_vec(), false),
        (b"PK\x03\x04 an archive of another program".to_vec(), false),
        (whole[..whole.len() / 3].to_vec(), false),
        (harmed, false),
        (newer, true),
    ] {
        fs::write(&file, content).unwrap();
        match other.profile.put_back(&file) {
            Err(PutBackError::NoBackup) if !is_newer => {}
            Err(PutBackError::Newer { found: 2 }) if is_newer => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(other.profile.put_back(other.folder.path()), Err(PutBackError::NoBackup)));
    let missing = other.profile.put_back(&other.folder.path().join("missing"));
    assert!(matches!(missing, Err(PutBackError::Io(_))));
    assert!(fs::read_dir(other.profile.folder().join("accounts")).unwrap().next().is_none());
}

#[test]
fn a_backup_that_cannot_be_made_leaves_what_was_there() {
    let (_, machine, backup, _) = backed_up();
    let before = fs::read(&backup).unwrap();
    assert!(matches!(machine.profile.back_up(uuid::Uuid::nil(), &backup), Err(ProfileError::NoSuchAccount)));
    let nowhere = machine.folder.path().join("no such folder").join("maya.portico");
    assert!(matches!(machine.profile.back_up(ACCOUNT, &nowhere), Err(ProfileError::Io(_))));
    fs::write(machine.cache_file(), "garbage").unwrap();
    assert!(matches!(machine.profile.back_up(ACCOUNT, &backup), Err(ProfileError::Cache(_))));
    assert_eq!(fs::read(&backup).unwrap(), before);
}

#[test]
fn a_sync_in_another_process_is_no_obstacle() {
    let (_, machine, backup, _) = backed_up();
    let syncing = WriterLock::acquire(&machine.cache_file().with_extension("lock"), Duration::ZERO).unwrap();
    machine.profile.back_up(ACCOUNT, &backup).unwrap();
    drop(syncing);
}

/// A program that starts while another puts a backup back leaves that one's work alone, and what was left of it goes.
#[test]
fn a_backup_that_is_being_put_back_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(Profile::open(folder.path()).unwrap());
    let staging = folder.path().join("accounts/put-back-somewhere");
    fs::create_dir_all(&staging).unwrap();
    let at_work = WriterLock::try_acquire(&folder.path().join("put-back.lock")).unwrap();
    drop(Profile::open(folder.path()).unwrap());
    assert!(staging.exists(), "somebody works there");
    drop(at_work);
    drop(Profile::open(folder.path()).unwrap());
    assert!(!staging.exists(), "nobody does");
}

#[test]
fn a_backup_is_not_begun_to_be_put_back_while_what_is_left_of_others_is_removed() {
    let (_, _machine, backup, _) = backed_up();
    let other = Machine::new();
    let removing = WriterLock::try_acquire(&other.profile.folder().join("put-back.lock")).unwrap();
    std::thread::scope(|both| {
        let found = both.spawn(|| other.profile.put_back(&backup).unwrap());
        std::thread::sleep(Duration::from_millis(300));
        let accounts = fs::read_dir(other.profile.folder().join("accounts")).unwrap().count();
        assert_eq!(accounts, 0, "nothing that could be taken for something left");
        drop(removing);
        assert_eq!(found.join().unwrap().account, ACCOUNT);
    });
}

/// Whoever has the lock finds the folder whole or gone, and never half of it.
#[test]
fn what_is_left_of_a_backup_is_removed_under_the_lock_too() {
    const FILES: usize = 3000;
    let folder = tempfile::tempdir().unwrap();
    drop(Profile::open(folder.path()).unwrap());
    let staging = folder.path().join("accounts/put-back-somewhere");
    fs::create_dir_all(&staging).unwrap();
    (0..FILES).for_each(|n| fs::write(staging.join(n.to_string()), b"").unwrap());
    std::thread::scope(|both| {
        let starting = both.spawn(|| {
            while staging.exists() {
                drop(Profile::open(folder.path()).unwrap());
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        while !starting.is_finished() {
            if let Ok(_lock) = WriterLock::try_acquire(&folder.path().join("put-back.lock")) {
                let left = fs::read_dir(&staging).map_or(0, Iterator::count);
                assert!(left == 0 || left == FILES, "{left}");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    assert!(!staging.exists());
}
