//! Welcome, sign-in, unlock, lock, log-out.

use tauri::{AppHandle, State};
use zeroize::Zeroizing;

use super::id;
use crate::{
    dto::session::{SessionState, SignInForm, SignInStep},
    failure::Answer,
    open,
    shell::Shell,
};

#[tauri::command]
pub async fn session_state(shell: State<'_, Shell>) -> Answer<SessionState> {
    open::state(&shell)
}

#[tauri::command]
pub async fn demo_explore(app: AppHandle) -> Answer<()> {
    open::explore_demo(&app).await
}

#[tauri::command]
pub async fn sign_in(app: AppHandle, form: SignInForm) -> Answer<SignInStep> {
    open::sign_in(&app, form).await
}

#[tauri::command]
pub async fn choose_account(app: AppHandle, account_id: String) -> Answer<()> {
    open::choose(&app, Some(id(&account_id)?)).await
}

#[tauri::command]
pub async fn show_sign_in(app: AppHandle) -> Answer<()> {
    open::choose(&app, None).await
}

#[tauri::command]
pub async fn unlock(app: AppHandle, account_id: String, password: String) -> Answer<()> {
    open::unlock(&app, id(&account_id)?, Zeroizing::new(password)).await
}

#[tauri::command]
pub async fn lock(app: AppHandle) -> Answer<()> {
    open::lock(&app).await;
    Ok(())
}

#[tauri::command]
pub async fn log_out(app: AppHandle, account_id: String, keep_archive: bool) -> Answer<()> {
    open::log_out(&app, id(&account_id)?, keep_archive).await
}

#[tauri::command]
pub async fn touch(shell: State<'_, Shell>) -> Answer<()> {
    shell.touch();
    Ok(())
}
