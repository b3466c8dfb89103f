//! Locks, or logs out where an organization demands it, when nobody has touched the window for the chosen time.

use std::time::Duration;

use tauri::{AppHandle, Manager};

use crate::{
    open,
    shell::{IdleEnd, Shell},
};

/// How often the clock is looked at: the lock comes at most this much late.
const LOOK: Duration = Duration::from_secs(5);

/// Watches until the program ends.
pub fn watch(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let shell = app.state::<Shell>();
            match shell.idle_end() {
                None => {}
                Some(IdleEnd::Lock) => open::lock(&app).await,
                // What the archive holds cannot be synced again; the policy is about the session.
                Some(IdleEnd::LogOut(account)) => {
                    if let Err(error) = open::log_out(&app, account, true).await {
                        tracing::warn!(code = ?error.code, "not logged out, locked");
                        open::lock(&app).await;
                    }
                }
            }
        }
    });
}
