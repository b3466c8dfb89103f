//! Welcome, sign-in, unlock, lock, log-out.

use tauri::{AppHandle, State, WebviewWindow};
use zeroize::Zeroizing;

use super::id;
use crate::{
    dto::{
        error::AppError,
        session::{AuthorityFile, MailedCode, SessionState, SignInForm, SignInStep},
    },
    failure::Answer,
    open,
    shell::Shell,
    signing_in, told, trust,
    unsaved::Unsaved,
};

#[tauri::command]
pub async fn session_state(shell: State<'_, Shell>) -> Answer<SessionState> {
    told::state(&shell)
}

#[tauri::command]
pub async fn demo_explore(app: AppHandle) -> Answer<()> {
    signing_in::explore_demo(&app).await
}

#[tauri::command]
pub async fn sign_in(app: AppHandle, form: SignInForm) -> Answer<SignInStep> {
    signing_in::sign_in(&app, form).await
}

#[tauri::command]
pub async fn mail_code(app: AppHandle, form: SignInForm, which: MailedCode) -> Answer<()> {
    signing_in::mail_code(&app, form, which).await
}

#[tauri::command]
pub async fn choose_account(app: AppHandle, account_id: String) -> Answer<()> {
    open::choose(&app, id(&account_id)?).await
}

/// For a new account, or for one that has to sign in again.
#[tauri::command]
pub async fn show_sign_in(app: AppHandle, account_id: Option<String>) -> Answer<()> {
    open::show_sign_in(&app, account_id.as_deref().map(id).transpose()?).await;
    Ok(())
}

#[tauri::command]
pub async fn order_accounts(app: AppHandle, shell: State<'_, Shell>, account_ids: Vec<String>) -> Answer<()> {
    let order = account_ids.iter().map(|account| id(account)).collect::<Answer<Vec<_>>>()?;
    shell.profile.order_accounts(order)?;
    told::tell(&app);
    Ok(())
}

/// Opens a dialog for a file with a certificate authority: for the sign-in, or for the server of an account.
#[tauri::command]
pub async fn choose_authority(app: AppHandle, account_id: Option<String>) -> Answer<Option<AuthorityFile>> {
    match account_id {
        Some(account) => trust::choose_for(&app, id(&account)?).await,
        None => trust::choose(&app).await,
    }
}

#[tauri::command]
pub async fn forget_authority(app: AppHandle, account_id: String) -> Answer<()> {
    trust::forget(&app, id(&account_id)?).await
}

#[tauri::command]
pub async fn unlock(app: AppHandle, account_id: String, password: String) -> Answer<()> {
    open::unlock(&app, id(&account_id)?, Zeroizing::new(password)).await
}

/// Locks one account, or all of them.
#[tauri::command]
pub async fn lock(app: AppHandle, account_id: Option<String>) -> Answer<()> {
    match account_id {
        Some(account) => open::lock_one(&app, id(&account)?).await,
        None => open::lock(&app).await,
    }
    Ok(())
}

#[tauri::command]
pub async fn log_out(app: AppHandle, account_id: String, keep_archive: bool) -> Answer<()> {
    open::log_out(&app, id(&account_id)?, keep_archive).await
}

/// Whether the page holds what is not saved; closing the window is asked about then.
#[tauri::command]
pub async fn set_unsaved(held: State<'_, Unsaved>, unsaved: bool) -> Answer<()> {
    held.set(unsaved);
    Ok(())
}

/// Closes the window, after the question.
#[tauri::command]
pub async fn close_window(window: WebviewWindow) -> Answer<()> {
    window.destroy().map_err(|error| AppError::internal(&error))
}

#[tauri::command]
pub async fn touch(shell: State<'_, Shell>) -> Answer<()> {
    shell.touch();
    Ok(())
}
