//! Files of a profile are their owner's alone, whatever umask the program was started with, and a link in the place of one is not
//! followed.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use portico_profile::*;
use support::*;

/// The umask is that of a whole process: this program runs once more under another.
const UNDER_A_WIDE_UMASK: &str = "PORTICO_TEST_UNDER_A_WIDE_UMASK";

#[test]
fn nobody_else_reads_a_file_under_whatever_umask() {
    if std::env::var_os(UNDER_A_WIDE_UMASK).is_none() {
        let script =
            "umask 000; exec \"$0\" --exact nobody_else_reads_a_file_under_whatever_umask --nocapture";
        let mut again = Command::new("sh");
        again.args(["-c", script]).arg(std::env::current_exe().unwrap()).env(UNDER_A_WIDE_UMASK, "1");
        assert!(again.status().unwrap().success());
        return;
    }
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let held = machine.profile.hold_for_window(Duration::ZERO).unwrap();
    unlocked.set_pinned(NORTH, true).unwrap();
    machine.profile.change_settings(|settings| settings.lock_on_switch = true).unwrap();
    let open = modes(machine.profile.folder());
    drop((unlocked, held));
    machine.profile.remove(ACCOUNT, true).unwrap();
    let kept = modes(machine.profile.folder());
    for name in ["settings.json", "settings.lock", "window.lock", "cache.sqlite3", "cache.lock", "own.lock"] {
        assert!(open.contains_key(name), "{name} is not among {open:?}");
    }
    assert!(kept.contains_key("signed-out"), "{kept:?}");
    for (name, mode) in open.iter().chain(&kept) {
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
}

#[test]
fn a_lock_that_is_a_link_is_refused_and_what_it_leads_to_stays() {
    let (machine, unlocked) = Machine::with_account(&World::new());
    drop(unlocked);
    let theirs = machine.profile.folder().join("theirs");
    for name in ["settings.lock", "window.lock"] {
        let lock = machine.profile.folder().join(name);
        let _ = fs::remove_file(&lock);
        for content in [None, Some("what is theirs")] {
            if let Some(content) = content {
                fs::write(&theirs, content).unwrap();
            }
            symlink(&theirs, &lock).unwrap();
            match name {
                "settings.lock" => assert!(machine.profile.change_settings(|_| ()).is_err()),
                _ => assert!(matches!(
                    machine.profile.hold_for_window(Duration::ZERO),
                    Err(HoldWindowError::Io(_))
                )),
            }
            assert_eq!(fs::read_to_string(&theirs).ok().as_deref(), content, "{name}");
            fs::remove_file(&lock).unwrap();
            let _ = fs::remove_file(&theirs);
        }
    }
    let lock = machine.cache_file().with_extension("lock");
    let _ = fs::remove_file(&lock);
    fs::write(&theirs, "what is theirs").unwrap();
    symlink(&theirs, &lock).unwrap();
    assert!(matches!(machine.profile.end_sessions(ACCOUNT), Err(ProfileError::Io(_))));
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "what is theirs");
}

#[test]
fn a_profile_is_held_by_one_window() {
    let machine = Machine::new();
    let held = machine.profile.hold_for_window(Duration::ZERO).unwrap();
    let other = Profile::open(machine.profile.folder()).unwrap();
    let refused = other.hold_for_window(Duration::ZERO);
    let Err(HoldWindowError::Open { process }) = refused else { panic!("it is held twice") };
    assert_eq!(process, Some(std::process::id()));
    drop(held);
    assert!(other.hold_for_window(Duration::ZERO).is_ok());
}

/// Of the files and folders below, by their names.
fn modes(folder: &Path) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() {
            found.extend(modes(&entry.path()));
        }
        found.insert(entry.file_name().into_string().unwrap(), metadata.permissions().mode() & 0o777);
    }
    found
}
