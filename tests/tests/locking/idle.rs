//! A window that nobody touches.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{opened, small_demo, until};

/// What the program takes for a minute (`src-tauri/idle.rs`).
const MINUTE: Duration = Duration::from_secs(2);
/// The program looks at the clock so often.
const LOOK: Duration = Duration::from_secs(5);
/// Touches that follow each other within this time are told to the program as one.
const TOUCHES: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_nobody_touches_locks_after_the_time_of_the_settings() {
    let demo = small_demo().await;
    demo.database().execute("DELETE FROM policies WHERE type = 9", []).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let minute = MINUTE.as_millis().to_string();
    let window = opened(&demo, profile.path(), &[("PORTICO_E2E_MINUTE", &minute)]).await;
    // Fifteen minutes unless something else is chosen.
    tokio::time::sleep(MINUTE + LOOK).await;
    window.click("nav-settings").await;
    window.click("settings-lock").await;
    let page = window.page.window().await.unwrap();
    let processes = window.web_processes();
    window.click("settings-lock-1").await;
    let chosen = Instant::now();
    window.follow_new_webview(&page).await;
    assert!(chosen.elapsed() < MINUTE * 15 - TOUCHES, "that was the time from before");
    window.find("unlock-submit").await;
    until("the page's process ends", || {
        let now = window.web_processes();
        !processes.iter().any(|process| now.contains(process))
    })
    .await;
    let settings = std::fs::read(profile.path().join("settings.json")).unwrap();
    let settings: Value = serde_json::from_slice(&settings).unwrap();
    assert_eq!(settings["lockAfterMinutes"], 1);
    window.close().await.unwrap();
}
