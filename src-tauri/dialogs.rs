//! The system's own file dialogs, opened from Rust: the page names no path, and learns none.

use std::path::PathBuf;

use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath, MessageDialogKind};

use crate::{appearance, dto::settings::Language, window};

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
    let dialog = dialog(app, &Asked::File);
    answer(|answer| dialog.add_filter(kind.name, kind.endings).pick_file(answer)).await
}

/// Lets the person choose a folder. Nothing when they chose none.
pub async fn open_folder(app: &AppHandle) -> Option<PathBuf> {
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("PORTICO_E2E_OPEN_IN") {
        return Some(folder.into());
    }
    answer(|answer| dialog(app, &Asked::Folder).pick_folder(answer)).await
}

/// Lets the person choose where a file goes, and under which name; it asks by itself before it gives one that exists.
pub async fn save_file(app: &AppHandle, name: &str) -> Option<PathBuf> {
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("PORTICO_E2E_SAVE_IN") {
        return Some(PathBuf::from(folder).join(name));
    }
    answer(|answer| dialog(app, &Asked::Place).set_file_name(name).save_file(answer)).await
}

/// Says something where no page can, and waits until it was read.
pub async fn say(app: &AppHandle, message: &Message) {
    let text = if in_french(app) { message.fr } else { message.en };
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("PORTICO_E2E_SAY_IN") {
        let _ = std::fs::write(PathBuf::from(folder).join("said"), text);
        return;
    }
    let (answer, read) = tokio::sync::oneshot::channel();
    let dialog = app.dialog().message(text).title("Portico").kind(MessageDialogKind::Error);
    dialog.show(move |_| {
        let _ = answer.send(());
    });
    let _ = read.await;
}

/// A sentence of the program itself.
pub struct Message {
    pub en: &'static str,
    pub fr: &'static str,
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

/// What a dialog lets choose.
enum Asked {
    File,
    Folder,
    /// Where a file goes.
    Place,
}

/// Some desktops put English words of their own over a dialog that has no title.
fn title(asked: &Asked, in_french: bool) -> &'static str {
    match (asked, in_french) {
        (Asked::File, false) => "Choose a file",
        (Asked::File, true) => "Choisir un fichier",
        (Asked::Folder, false) => "Choose a folder",
        (Asked::Folder, true) => "Choisir un dossier",
        (Asked::Place, false) => "Save as",
        (Asked::Place, true) => "Enregistrer sous",
    }
}

/// As the page reads its language: the chosen one, or else the system's where it is French.
fn is_french(chosen: Language, system: Option<&str>) -> bool {
    match chosen {
        Language::En => false,
        Language::Fr => true,
        Language::System => system.is_some_and(|locale| locale.to_lowercase().starts_with("fr")),
    }
}

fn in_french(app: &AppHandle) -> bool {
    is_french(appearance::read(app).language, sys_locale::get_locale().as_deref())
}

fn dialog(app: &AppHandle, asked: &Asked) -> FileDialogBuilder<tauri::Wry> {
    let dialog = app.dialog().file().set_title(title(asked, in_french(app)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_speaks_as_the_page_does() {
        for (chosen, system, expected) in [
            (Language::Fr, Some("en-GB"), "Enregistrer sous"),
            (Language::En, Some("fr-FR"), "Save as"),
            (Language::System, Some("fr-CA"), "Enregistrer sous"),
            (Language::System, Some("de-DE"), "Save as"),
            (Language::System, None, "Save as"),
        ] {
            assert_eq!(title(&Asked::Place, is_french(chosen, system)), expected, "{chosen:?} {system:?}");
        }
    }
}
