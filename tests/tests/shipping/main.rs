//! The program as it ships cannot be attached to by an environment variable, nor by another process of the same user,
//! and leaves no core behind. It is built without what lets the driver of the window tests in, so that what depends on
//! that is looked at here: its window after a lock.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // A test may panic.

mod attack;
mod relock;

use std::{
    fs,
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

/// Of the one screen there is.
static SCREEN: Mutex<()> = Mutex::new(());
const PATIENCE: Duration = Duration::from_secs(60);

/// Holds the screen for one test: windows would hide each other.
fn alone() -> MutexGuard<'static, ()> {
    // Another test's failure has ended its program.
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        sleep(Duration::from_millis(20));
    }
}

/// Ends a program whatever becomes of the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn attaching_variables_are_gone_and_no_core_is_written() {
    let binary = std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program");
    let _screen = alone();
    let profile = tempfile::tempdir().expect("folder");
    let child = Command::new(binary)
        .args(["--profile".as_ref(), profile.path()])
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("WEBKIT_INSPECTOR_SERVER", "127.0.0.1:1")
        .env("PORTICO_STAYS", "here")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let program = Program(child);
    let folder = format!("/proc/{}", program.0.id());
    // The limit is the last thing that hardening sets; before it the program may still be starting itself again.
    let hardened = || {
        fs::read_to_string(format!("{folder}/limits")).is_ok_and(|limits| {
            limits.lines().any(|line| line.starts_with("Max core file size        0                    0"))
        })
    };
    until("core files are impossible", hardened);
    let environment = fs::read(format!("{folder}/environ")).expect("environment");
    let names: Vec<String> = environment
        .split(|byte| *byte == 0)
        .map(|entry| String::from_utf8_lossy(entry).split('=').next().unwrap_or_default().to_owned())
        .collect();
    assert!(names.iter().any(|name| name == "PORTICO_STAYS"), "{names:?}");
    assert!(!names.iter().any(|name| name == "TAURI_WEBVIEW_AUTOMATION"), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("WEBKIT_INSPECTOR")), "{names:?}");
}

/// What the window tests say to the program by variables, it does not know.
#[test]
fn no_door_of_the_tests_is_in_the_program() {
    let binary = std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program");
    let program = fs::read(binary).expect("the program");
    let holds = |name: &str| aho_corasick::AhoCorasick::new([name]).unwrap().is_match(&program);
    assert!(holds("TAURI_WEBVIEW_AUTOMATION"), "names of variables are found in it");
    assert!(!holds("PORTICO_E2E_"));
}
