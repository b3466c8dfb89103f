//! Sync from the page's side.

use tauri::{AppHandle, State};

use super::{blocking, id, open};
use crate::{dto::sync::SyncStatus, failure::Answer, looking, shell::Shell, syncing};

#[tauri::command]
pub async fn sync_status(shell: State<'_, Shell>) -> Answer<SyncStatus> {
    Ok(shell.status())
}

/// Begins a sync and answers at once; how it goes is told by the event `sync-status`.
#[tauri::command]
pub async fn sync_start(
    app: AppHandle,
    shell: State<'_, Shell>,
    organization_id: Option<String>,
) -> Answer<()> {
    let open = open(&shell)?;
    let only = organization_id.as_deref().map(id).transpose()?;
    syncing::start(&app, &open, only);
    Ok(())
}

/// The page turned to a provider's portal, or away from it.
#[tauri::command]
pub async fn show_portal(shell: State<'_, Shell>, provider_id: Option<String>) -> Answer<()> {
    open(&shell)?.show_portal(provider_id.as_deref().map(id).transpose()?);
    Ok(())
}

/// The page of a client was opened, or the person came back to it. What it brings comes with `sync-status`.
#[tauri::command]
pub async fn look_at_client(app: AppHandle, shell: State<'_, Shell>, organization_id: String) -> Answer<()> {
    let (open, organization) = (open(&shell)?, id(&organization_id)?);
    blocking(move || {
        looking::look_at_client(&app, &open, organization);
        Ok(())
    })
    .await
}

#[tauri::command]
pub async fn sync_cancel(shell: State<'_, Shell>) -> Answer<()> {
    let open = open(&shell)?;
    syncing::cancel(&open);
    Ok(())
}
