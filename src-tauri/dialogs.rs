//! The system's own file dialogs, opened from Rust: the page names no path, and learns none.

use std::path::PathBuf;

use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};

use crate::window;

/// Files of one kind, as a dialog offers them.
pub struct FileKind {
    /// What people call them.
    pub name: &'static str,
    pub endings: &'static [&'static str],
}

/// Lets the person choose a file. Nothing when they chose none.
pub async fn open_file(app: &AppHandle, kind: &FileKind) -> Option<PathBuf> {
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("PORTICO_E2E_OPEN_IN") {
        return first_of(folder.as_ref(), kind);
    }
    answer(|answer| dialog(app).add_filter(kind.name, kind.endings).pick_file(answer)).await
}

/// Lets the person choose a folder. Nothing when they chose none.
pub async fn open_folder(app: &AppHandle) -> Option<PathBuf> {
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("PORTICO_E2E_OPEN_IN") {
        return Some(folder.into());
    }
    answer(|answer| dialog(app).pick_folder(answer)).await
}

/// Lets the person choose where a file goes, and under which name; it asks by itself before it gives one that exists.
pub async fn save_file(app: &AppHandle, name: &str) -> Option<PathBuf> {
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("PORTICO_E2E_SAVE_IN") {
        return Some(PathBuf::from(folder).join(name));
    }
    answer(|answer| dialog(app).set_file_name(name).save_file(answer)).await
}

/// A test cannot press buttons of the system's dialog: it puts the file into a folder beforehand.
#[cfg(feature = "e2e")]
fn first_of(folder: &std::path::Path, kind: &FileKind) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let fits = |file: &PathBuf| {
        file.extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| kind.endings.contains(&ending))
    };
    files.into_iter().find(fits)
}

fn dialog(app: &AppHandle) -> FileDialogBuilder<tauri::Wry> {
    let dialog = app.dialog().file();
    match app.get_webview_window(window::MAIN) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

async fn answer(ask: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<PathBuf> {
    let (answer, chosen) = tokio::sync::oneshot::channel();
    ask(Box::new(move |file| {
        // Who asked may be gone by now.
        let _ = answer.send(file);
    }));
    // Nobody answers any more when the window is gone: nothing was chosen then.
    chosen.await.ok().flatten()?.into_path().ok()
}
