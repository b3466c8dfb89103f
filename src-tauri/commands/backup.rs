//! Backups of accounts: written and read where the person says, in the system's own dialog.

use portico_profile::PutBackError;
use portico_vault::safe_file_name;
use tauri::{AppHandle, Manager, State};
use time::OffsetDateTime;

use super::{blocking, id};
use crate::{
    dialogs::{self, FileKind},
    dto::{
        backup::{BackupOpened, BackupSaved},
        error::{AppError, ErrorCode},
    },
    failure::Answer,
    shell::{Shell, shown_server},
    told,
};

const BACKUP: FileKind = FileKind { name: "Portico", endings: &["portico"] };

/// Writes an account's sealed file where the person wants it. The account may be open, locked or signed out.
#[tauri::command]
pub async fn save_backup(app: AppHandle, shell: State<'_, Shell>, account_id: String) -> Answer<BackupSaved> {
    let account = id(&account_id)?;
    let known = shell.profile.accounts()?.into_iter().find(|known| known.id == account);
    let email = known.ok_or(AppError::of(ErrorCode::NotFound))?.email;
    let name = safe_file_name(&format!("{email} {}.portico", OffsetDateTime::now_utc().date()));
    let Some(file) = dialogs::save_file(&app, &name).await else {
        return Ok(BackupSaved { file_name: None });
    };
    blocking(move || {
        app.state::<Shell>().profile.back_up(account, &file)?;
        Ok(BackupSaved { file_name: file.file_name().map(|name| name.to_string_lossy().into_owned()) })
    })
    .await
}

/// Puts a backup that the person chooses in place, as an account that is signed out. Nothing when they chose none.
#[tauri::command]
pub async fn open_backup(app: AppHandle) -> Answer<Option<BackupOpened>> {
    told::at_sign_in(&app)?;
    let Some(file) = dialogs::open_file(&app, &BACKUP).await else { return Ok(None) };
    let handle = app.clone();
    let found = blocking(move || Ok(handle.state::<Shell>().profile.put_back(&file)?)).await?;
    told::tell(&app);
    Ok(Some(BackupOpened { email: found.email, server: shown_server(&found.server) }))
}

impl From<PutBackError> for AppError {
    fn from(error: PutBackError) -> Self {
        match error {
            PutBackError::NoBackup => Self::of(ErrorCode::NoBackup),
            PutBackError::Newer { .. } => Self::of(ErrorCode::NewerFile),
            PutBackError::AlreadyHere { email } => Self { code: ErrorCode::AlreadyHere, detail: Some(email) },
            PutBackError::Busy => Self::of(ErrorCode::Busy),
            PutBackError::Io(_) | PutBackError::Write(_) => Self::storage(&error),
        }
    }
}
