//! Unlocking without the master password, and what was kept from before a key rotation.

use tauri::{AppHandle, State};
use zeroize::Zeroizing;

use super::{blocking, id, open};
use crate::{
    dto::unlocking::{PinAnswer, UnlockSettings},
    failure::Answer,
    quick_unlock, rotation,
    shell::Shell,
};

#[tauri::command]
pub async fn unlock_with_device(app: AppHandle, account_id: String) -> Answer<()> {
    quick_unlock::by_device(&app, id(&account_id)?).await
}

#[tauri::command]
pub async fn unlock_with_pin(app: AppHandle, account_id: String, pin: String) -> Answer<PinAnswer> {
    quick_unlock::by_pin(&app, id(&account_id)?, Zeroizing::new(pin)).await
}

#[tauri::command]
pub async fn unlock_settings(app: AppHandle, shell: State<'_, Shell>) -> Answer<UnlockSettings> {
    let open = open(&shell)?;
    blocking(move || quick_unlock::settings(&app, &open)).await
}

#[tauri::command]
pub async fn set_device_unlock(shell: State<'_, Shell>, on: bool) -> Answer<()> {
    let open = open(&shell)?;
    blocking(move || quick_unlock::set_device(&open, on)).await
}

#[tauri::command]
pub async fn set_pin(shell: State<'_, Shell>, pin: Option<String>) -> Answer<()> {
    let open = open(&shell)?;
    let pin = pin.map(Zeroizing::new);
    blocking(move || quick_unlock::set_pin(&open, pin.as_ref().map(|pin| pin.as_str()))).await
}

#[tauri::command]
pub async fn bring_history(app: AppHandle, password: String) -> Answer<()> {
    rotation::bring_history(&app, Zeroizing::new(password)).await
}

#[tauri::command]
pub async fn set_history_aside(app: AppHandle) -> Answer<()> {
    rotation::set_aside(&app).await
}
