//! Locks when nobody has touched the window for the chosen time.

use std::time::Duration;

use tauri::{AppHandle, Manager};

use crate::{open, shell::Shell};

/// How often the clock is looked at: the lock comes at most this much late.
const LOOK: Duration = Duration::from_secs(5);

/// Watches until the program ends.
pub fn watch(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            if app.state::<Shell>().idle_for_too_long() {
                open::lock(&app).await;
            }
        }
    });
}
