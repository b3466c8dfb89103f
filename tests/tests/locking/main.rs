//! Everything that locks, unlocks or forgets, in the real window: the keychain and the PIN, the signals of the system, the
//! idle clock, the clipboard, a page whose process dies, and a log-out that was due while the program was not there.
#![allow(clippy::unwrap_used)] // A test may panic.

mod clipboard;
mod dead_page;
#[path = "../demo/mod.rs"]
mod demo;
mod idle;
mod keychain;
mod log_out;
#[path = "../../../src-tauri/lock_signals/stand_in.rs"]
mod logind;
mod signals;

use std::path::Path;
use std::time::{Duration, Instant};

use demo::Demo;
use portico_demo::DemoSize;
use portico_tests::window::Window;

const LOCALE: &str = "en_GB.UTF-8";
const END_USER: &str = "end user";
/// How long something outside the page may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A small provider with somebody who has a vault.
async fn small_demo() -> Demo {
    Demo::start(&DemoSize { clients: 3, items: 20, ..DemoSize::default() }).await
}

/// The end user's page, synced.
async fn opened(demo: &Demo, profile: &Path, surroundings: &[(&str, &str)]) -> Window {
    let window = Window::open_with(profile, LOCALE, surroundings).await;
    let account = demo.account(END_USER);
    window.sign_in(demo.base().as_str(), account.email, account.password).await;
    window.find("item-row").await;
    window
}

async fn unlock(window: &Window, demo: &Demo) {
    window.fill("unlock-password", demo.account(END_USER).password).await;
    window.click("unlock-submit").await;
    window.find("item-row").await;
}

/// Waits for what no page shows.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
