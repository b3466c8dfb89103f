//! A lock destroys the webview and makes another, which has to find its page again.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use portico_tests::{
    memory::descendants,
    screen::{shows_a_page, xdotool},
};
use serde_json::Value;

use super::{Program, alone, until};

/// The middle of the button *Explore the demo provider*, in a window of 1280 × 800 on a screen of that size.
const DEMO: [&str; 2] = ["920", "268"];

#[test]
fn the_window_shows_its_page_again_after_every_lock() {
    let binary = std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program");
    let _screen = alone();
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let child = Command::new(binary)
        .arg("--profile")
        .arg(&profile)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let program = Program(child);
    until("the welcome screen", shows_a_page);
    xdotool(&["mousemove", DEMO[0], DEMO[1], "click", "1"]);
    until("the demo's account (has its button moved?)", || account(&profile).is_some());
    let account = account(&profile).unwrap();
    let password = first_password(&folder.path().join("profile-demo/accounts.json"));
    for _ in 0..2 {
        let before = webviews(&program);
        until("another webview", || {
            // The shell may not be there yet to hear it.
            xdotool(&["key", "ctrl+l"]);
            !webviews(&program).is_subset(&before)
        });
        until("the page in it", shows_a_page);
        // The field has the focus as soon as the page has begun: typed once more if that was too early.
        until("the unlocked account", || {
            xdotool(&["key", "ctrl+a"]);
            xdotool(&["type", &password]);
            xdotool(&["key", "Return"]);
            sleep(Duration::from_secs(2));
            is_open(&account)
        });
    }
    assert_eq!(processes(&program, "WebKitNetworkPr").len(), 1, "each lock leaves one behind");
}

fn webviews(program: &Program) -> BTreeSet<u32> {
    processes(program, "WebKitWebProces")
}

/// By their names, of which the kernel keeps 15 letters.
fn processes(program: &Program, name: &str) -> BTreeSet<u32> {
    let all = descendants(program.0.id()).into_iter().filter(|process| process.name == name);
    all.map(|process| process.id).collect()
}

/// The folder of the first account.
fn account(profile: &Path) -> Option<PathBuf> {
    let mut folders = fs::read_dir(profile.join("accounts")).ok()?.flatten().map(|folder| folder.path());
    folders.find(|folder| folder.join("cache.sqlite3").exists())
}

/// While somebody has it open a journal lies beside it.
fn is_open(account: &Path) -> bool {
    account.join("cache.sqlite3-wal").exists()
}

fn first_password(accounts: &Path) -> String {
    let accounts: Value = serde_json::from_slice(&fs::read(accounts).unwrap()).unwrap();
    accounts["accounts"][0]["password"].as_str().unwrap().to_owned()
}
