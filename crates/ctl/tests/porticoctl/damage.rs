//! What the command line says of damage, and of a disk that does not do what it is asked for.

use std::path::{Path, PathBuf};

use crate::support::{Answer, Person, Service};

const SIZE: [&str; 6] = ["--clients", "3", "--members", "8", "--items", "20"];

/// A synced account without a session, its password in a file, and the account's folder.
fn synced(service: &Service) -> (Person, String, PathBuf) {
    let (maya, password) = Person::synced(service);
    let accounts = maya.profile().join("accounts");
    let folders = std::fs::read_dir(accounts).unwrap().map(|entry| entry.unwrap().path());
    let folder = folders.into_iter().find(|path| path.is_dir()).unwrap();
    (maya, password, folder)
}

#[test]
fn damage_is_recovered_from_told_and_listed() {
    let service = Service::start(&SIZE, false);
    let (maya, password, folder) = synced(&service);
    let file = folder.join("cache.sqlite3");
    let whole = std::fs::read(&file).unwrap();
    // The first page of the file: SQLite itself cannot open it any more.
    let mut harmed = whole.clone();
    harmed[..1500].fill(0x5a);
    std::fs::write(&file, &harmed).unwrap();
    let clients = maya.run(&["clients", "list", "--json", "--password-file", &password]);
    assert_eq!((clients.code, clients.rows().len()), (0, 3), "{}", clients.err);
    assert!(clients.err.contains("what still opened was taken over"), "{}", clients.err);
    let status = maya.run(&["status", "--json", "--password-file", &password]);
    assert!(status.err.is_empty(), "said once: {}", status.err);
    let aside = status.json()["setAside"][0].as_str().unwrap().to_owned();
    assert!(aside.starts_with("set-aside-2") && aside.ends_with(".sqlite3"), "{aside}");
    assert!(clients.err.contains(&aside));
    assert_eq!(std::fs::read(folder.join(aside)).unwrap(), harmed);
}

#[test]
fn a_log_of_which_a_part_is_damaged_prints_the_rest_and_says_so() {
    let service = Service::start(&SIZE, false);
    let (maya, password, folder) = synced(&service);
    let events = |of: &[&str]| maya.run(&[of, &["events", "--json", "--password-file", &password]].concat());
    let printed = |answer: &Answer| {
        let rows: Vec<serde_json::Value> = serde_json::from_str(&answer.out).unwrap();
        rows.len()
    };
    let whole = events(&["provider"]);
    assert!(whole.code == 0 && !whole.rows().is_empty(), "{} {}", whole.code, whole.err);

    let file = rusqlite::Connection::open(folder.join("cache.sqlite3")).unwrap();
    // Of how far the logs were read: the events themselves are all there.
    file.execute("UPDATE log_state SET sealed = zeroblob(length(sealed))", []).unwrap();
    let state_lost = events(&["provider"]);
    assert_eq!((state_lost.code, printed(&state_lost)), (5, whole.rows().len()), "{}", state_lost.err);

    file.execute("UPDATE log SET sealed = zeroblob(length(sealed))", []).unwrap();
    let lost = events(&["provider"]);
    assert_eq!((lost.code, printed(&lost)), (5, 0), "{}", lost.err);
    assert!(lost.err.contains("damaged") && lost.err.contains("sync --full"), "{}", lost.err);
    assert_eq!(maya.run(&["clients", "list", "--password-file", &password]).code, 0, "the rest is whole");

    drop(file);
    let synced = maya.run(&["sync", "--full", "--password-file", &password]);
    assert_eq!(synced.code, 0, "{}", synced.err);
    let again = events(&["provider"]);
    assert_eq!((again.code, again.rows().len()), (0, whole.rows().len()), "{}", again.err);
}

#[test]
fn tags_and_pins_that_are_damaged_are_told_and_everything_else_is_printed() {
    let service = Service::start(&SIZE, false);
    let (maya, password, folder) = synced(&service);
    let run = |of: &[&str]| maya.run(&[of, &["--json", "--password-file", &password]].concat());
    let all = run(&["clients", "list"]).rows();
    let id = all[0]["id"].as_str().unwrap();
    assert_eq!(run(&["clients", "tag", id, "--add", "mine"]).code, 0);
    assert_eq!(run(&["clients", "pin", id]).code, 0);
    let file = rusqlite::Connection::open(folder.join("cache.sqlite3")).unwrap();
    file.execute("UPDATE cell SET sealed = zeroblob(length(sealed)) WHERE name IN (3, 17)", []).unwrap();
    let name = all[0]["name"].as_str().unwrap();
    for (command, found) in [(&["clients", "list"][..], all.len()), (&["search", name][..], 1)] {
        let told = run(command);
        let rows: Vec<serde_json::Value> = serde_json::from_str(&told.out).unwrap();
        assert_eq!(told.code, 5, "{}", told.err);
        assert!(rows.len() >= found && told.err.contains("the tags that were kept"), "{}", told.err);
    }
    assert_eq!(run(&["clients", "members", id]).code, 0, "the rest is whole");
    let renamed = run(&["clients", "tags", "rename", "mine", "ours"]);
    assert_eq!(renamed.code, 5, "{}", renamed.err);
    // New ones take their place.
    assert_eq!(run(&["clients", "tag", id, "--add", "anew"]).json()["tags"][0], "anew");
    assert_eq!(run(&["clients", "pin", id]).code, 0);
    assert_eq!(run(&["clients", "list"]).code, 0);
}

#[test]
fn a_file_of_another_account_or_a_newer_one_is_called_that() {
    let service = Service::start(&SIZE, false);
    let (maya, password, folder) = synced(&service);
    let file = folder.join("cache.sqlite3");
    let mut newer = std::fs::read(&file).unwrap();
    newer[60..64].copy_from_slice(&2u32.to_be_bytes());
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, newer).unwrap();
    let told = maya.run(&["clients", "list", "--password-file", &password]);
    assert!(told.code == 1 && told.err.contains("newer version"), "{} {}", told.code, told.err);
    std::fs::write(&file, whole).unwrap();
    let other = folder.with_file_name("00000000-0000-0000-0000-00000000acc1");
    std::fs::rename(&folder, &other).unwrap();
    let told = maya.run(&["clients", "list", "--password-file", &password]);
    assert!(told.code == 5 && told.err.contains("another account"), "{} {}", told.code, told.err);
}

#[test]
fn settings_of_garbage_are_told_and_everything_works() {
    let service = Service::start(&SIZE, false);
    let (maya, password, _) = synced(&service);
    std::fs::write(maya.profile().join("settings.json"), "{ this is not json").unwrap();
    let clients = maya.run(&["clients", "list", "--json", "--password-file", &password]);
    assert_eq!((clients.code, clients.rows().len()), (0, 3));
    assert!(clients.err.contains("settings-set-aside-"), "{}", clients.err);
    assert!(maya.run(&["clients", "list", "--password-file", &password]).err.is_empty());
}

/// A limit on the size of files is a full disk that a test can make on any system: what is beyond it is refused. On Linux
/// there is a disk that is full indeed (`full_disk.rs`).
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_the_last_picture_stays() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin");
    let mut maya = Person::new();
    maya.sign_in(&service.url, account, &[]);
    maya.carry_session(None);
    let password = maya.password_file(account["password"].as_str().unwrap());
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" sync --password-file \"$1\"";
    let full = maya.run_program(None, "sh", &["-c", script, env!("CARGO_BIN_EXE_porticoctl"), &password]);
    assert!(full.code == 1 && full.err.contains("the disk is full"), "{} {}", full.code, full.err);
    let synced = maya.run(&["sync", "--password-file", &password]);
    assert_eq!(synced.code, 0, "{}", synced.err);
    assert_eq!(maya.run(&["clients", "list", "--json", "--password-file", &password]).rows().len(), 3);
}

/// As an ordinary person: the administrator may write everywhere.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_told_and_read() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    const NOBODY: u32 = 65534;
    let service = Service::start(&SIZE, false);
    let (maya, password, folder) = synced(&service);
    let is_administrator = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let place = maya.profile().parent().unwrap().to_owned();
    let program = place.join("porticoctl");
    std::fs::copy(env!("CARGO_BIN_EXE_porticoctl"), &program).unwrap();
    let allow = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let places = [&place, &maya.profile(), folder.parent().unwrap(), &folder].map(Path::to_owned);
    for path in &places {
        allow(path, 0o555);
        for entry in std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_file() {
                allow(&entry, if entry == program { 0o555 } else { 0o444 });
            }
        }
    }
    let program = program.to_str().unwrap();
    let run = |words: &[&str]| {
        let words = [words, &["--password-file", &password]].concat();
        maya.run_program(is_administrator.then_some(NOBODY), program, &words)
    };
    let (synced, listed) = (run(&["sync"]), run(&["clients", "list", "--json"]));
    for path in &places {
        allow(path, 0o755);
    }
    assert!(
        synced.code == 1 && synced.err.contains("cannot be written to"),
        "{} {}",
        synced.code,
        synced.err
    );
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert_eq!(listed.rows().len(), 3, "the last picture is there");
}
