//! Files that a person takes out of the program.

use std::path::{Path, PathBuf};

use tauri::AppHandle;

use crate::{
    dialogs,
    dto::error::{AppError, ErrorCode},
    failure::Answer,
    shell::Open,
};

/// Asks where a file is to stand, unless the account is locked meanwhile: the question may stand on the screen for long,
/// and must not keep an account open. Nothing when the person changed their mind.
pub async fn ask_where(app: &AppHandle, open: &Open, name: &str) -> Answer<Option<PathBuf>> {
    tokio::select! {
        answer = dialogs::save_file(app, name) => Ok(answer),
        () = open.closing.cancelled() => Err(AppError::of(ErrorCode::Locked)),
    }
}

/// Writes a file that was made for a person, whole or not at all: the dialog asked before it gave a name that exists.
pub fn write(file: &Path, bytes: &[u8]) -> Answer<()> {
    let beside = file.with_extension("portico-part");
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, file));
    written.map_err(|error| {
        // What is left half-written is of no use; where there is none, that is fine.
        let _ = std::fs::remove_file(&beside);
        AppError::storage(&error)
    })
}

/// The name under which a person finds it.
pub fn shown_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
