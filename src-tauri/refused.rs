//! A start that cannot use its folder: a window says so, and offers another one. Whoever starts the program from a menu
//! sees no `stderr`.

use std::{error::Error, fs, path::PathBuf, process::ExitCode, sync::Mutex};

use portico_profile::Settings as Kept;
use tauri::{AppHandle, Manager, WebviewWindow};

#[cfg(target_os = "linux")]
use crate::painting;
use crate::{
    appearance::Appearance,
    arguments::Arguments,
    commands, dialogs,
    dto::{
        error::{AppError, ErrorCode},
        session::{AtStart, RefusedStart},
    },
    failure::{Answer, chain},
    held::held,
    starting_again::start_with,
    window,
};

/// Why the program does not start, and what it was started with.
pub struct Refusal {
    folder: Option<PathBuf>,
    error: AppError,
    link: Option<String>,
}

/// The folder to start with instead, once the person has chosen it.
#[derive(Default)]
struct Instead(Mutex<Option<PathBuf>>);

impl Refusal {
    /// The folder of these arguments cannot be used.
    pub fn of(arguments: Arguments, error: impl Error + Into<AppError>) -> Self {
        let cause = chain(&error);
        let error = AppError { detail: Some(cause), ..error.into() };
        Self { folder: arguments.profile, error, link: arguments.link }
    }

    /// The system names no place for program data.
    pub fn without_place(link: Option<String>) -> Self {
        Self { folder: None, error: AppError::of(ErrorCode::Storage), link }
    }

    /// Shows the window until it is closed, or the program is started again with the folder that the person chose.
    pub fn run(self) -> ExitCode {
        eprintln!("portico: {}", self.line());
        match self.ask() {
            Ok(Some(folder)) => start_with(&folder, self.link.as_deref()),
            Ok(None) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("portico: the window cannot be opened: {error}");
                ExitCode::FAILURE
            }
        }
    }

    fn line(&self) -> String {
        let cause = self.error.detail.as_deref().unwrap_or("no folder for program data");
        match &self.folder {
            Some(folder) => format!("{}: {cause}", folder.display()),
            None => format!("{cause}; name one with --profile DIR"),
        }
    }

    /// The folder to start with instead, if the person chose one.
    fn ask(&self) -> tauri::Result<Option<PathBuf>> {
        let at_start = serde_json::to_string(&self.told())?;
        let scratch = scratch().ok();
        let page_s = scratch.as_ref().map(|folder| folder.path().to_owned());
        let app = tauri::Builder::default()
            .plugin(tauri_plugin_dialog::init())
            .manage(Instead::default())
            .invoke_handler(commands::handler_of_a_refused_start())
            .setup(move |app| Ok(open(app.handle(), &at_start, page_s).map(drop)?))
            .build(crate::context())?;
        let handle = app.handle().clone();
        app.run_return(|_, _| {});
        Ok(held(&handle.state::<Instead>().0).take())
    }

    fn told(&self) -> AtStart {
        AtStart {
            session: None,
            refused: Some(RefusedStart {
                folder: self.folder.as_ref().map(|folder| folder.display().to_string()),
                error: self.error.clone(),
            }),
            settings: commands::settings_of(Appearance::default(), &Kept::default()),
            about: commands::program(),
        }
    }
}

/// Lets the person choose another folder, and ends this window. Nothing when they chose none.
#[tauri::command]
pub async fn choose_folder(app: AppHandle) -> Answer<()> {
    let Some(chosen) = dialogs::open_folder(&app).await else { return Ok(()) };
    *held(&app.state::<Instead>().0) = Some(profile_in(chosen));
    app.exit(0);
    Ok(())
}

/// A profile is not strewn among other files: it gets a folder of its own in a folder that holds something else.
fn profile_in(chosen: PathBuf) -> PathBuf {
    let holds_nothing = || fs::read_dir(&chosen).is_ok_and(|mut entries| entries.next().is_none());
    if chosen.join("accounts").is_dir() || holds_nothing() { chosen } else { chosen.join("Portico") }
}

fn open(app: &AppHandle, at_start: &str, scratch: Option<PathBuf>) -> tauri::Result<WebviewWindow> {
    let builder = window::builder(app)
        .initialization_script(window::at_start_script(at_start))
        .title("Portico")
        .inner_size(760.0, 520.0)
        .min_inner_size(520.0, 420.0)
        .disable_drag_drop_handler();
    let window = match scratch {
        Some(folder) => builder.data_directory(folder),
        None => builder.incognito(true),
    }
    .build()?;
    #[cfg(target_os = "linux")]
    painting::suit(&window)?;
    Ok(window)
}

/// For WebKitGTK's folders, which the profile cannot have, and without which no driver could look at the page.
fn scratch() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.prefix("portico-").tempdir()
}

#[cfg(test)]
mod tests {
    use portico_profile::{HoldWindowError, ProfileError};

    use super::*;

    #[test]
    fn a_profile_is_not_strewn_among_other_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let chosen = folder.path().to_path_buf();
        assert_eq!(profile_in(chosen.clone()), chosen, "an empty one");
        fs::write(chosen.join("letter.txt"), "").expect("written");
        assert_eq!(profile_in(chosen.clone()), chosen.join("Portico"));
        fs::create_dir(chosen.join("accounts")).expect("made");
        assert_eq!(profile_in(chosen.clone()), chosen, "one that is a profile");
    }

    #[test]
    fn a_refusal_names_the_folder_the_kind_and_the_cause() {
        let read_only = || ProfileError::Io(std::io::ErrorKind::ReadOnlyFilesystem.into());
        let arguments = Arguments { profile: Some("/ro/p".into()), link: None };
        let refusal = Refusal::of(arguments, read_only());
        assert_eq!(
            refusal.line(),
            "/ro/p: the profile folder cannot be used: read-only filesystem or storage medium"
        );
        let told = refusal.told().refused.expect("told");
        assert_eq!((told.folder.as_deref(), told.error.code), (Some("/ro/p"), ErrorCode::ReadOnly));
        let open = HoldWindowError::Open { process: Some(7) };
        let refusal = Refusal::of(Arguments { profile: Some("/p".into()), link: None }, open);
        assert_eq!(refusal.line(), "/p: another window has this profile open (process 7)");
        assert_eq!(refusal.error.code, ErrorCode::OpenElsewhere);
        let nowhere = Refusal::without_place(None);
        assert_eq!(nowhere.line(), "no folder for program data; name one with --profile DIR");
    }
}
