//! The desktop shell: one window, thin commands, one value that is dropped on lock.
//!
//! The core (`portico-profile`, `portico-client`, …) knows nothing of it; what crosses to the page is declared in
//! [`dto`] and nothing else does.

mod acting;
mod appearance;
mod arguments;
mod browsing;
mod clipboard;
mod commands;
#[cfg_attr(windows, allow(dead_code))] // There nobody tells of a dead page.
mod dead_page;
mod dialogs;
pub mod dto;
mod failure;
mod harden;
mod held;
#[cfg(feature = "demo")]
mod hosting;
mod idle;
mod invitations;
mod keychain;
mod live;
mod lock_signals;
mod looking;
mod one_window;
mod open;
mod open_account;
mod outbox;
#[cfg(target_os = "linux")]
mod painting;
mod quick_unlock;
mod refused;
mod reprompt;
mod rotation;
mod saving;
#[cfg(target_os = "linux")]
mod selection;
mod session;
mod shell;
mod signing_in;
mod starting_again;
mod sync_report;
mod syncing;
mod told;
mod trust;
mod unsaved;
mod views;
mod web_process;
mod window;

use std::{ffi::OsString, process::ExitCode, time::Duration};

use arguments::Asked;
pub use harden::harden;
use portico_profile::HoldWindowError;
use refused::Refusal;
use tauri::{Emitter, Manager};

/// Runs the program until its window is closed; `words` are the command line without the program's name.
pub fn run(words: impl Iterator<Item = OsString>) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("PORTICO_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let arguments = match Asked::read(words) {
        Asked::Usage => return printed(arguments::USAGE),
        Asked::Version => return printed(concat!("portico ", env!("CARGO_PKG_VERSION"))),
        Asked::Window(arguments) => arguments,
    };
    // Asked before Tauri does: what it makes of a missing display is a panic.
    #[cfg(target_os = "linux")]
    if gtk::init().is_err() {
        eprintln!("portico: there is no display to open a window on");
        return ExitCode::FAILURE;
    }
    let Some(profile) = arguments.profile.clone() else {
        return Refusal::without_place(arguments.link).run();
    };
    let shell = match shell::Shell::open(&profile) {
        Ok(shell) => shell,
        Err(error) => return Refusal::of(arguments, error).run(),
    };
    let mut held = one_window::hold(&shell.profile, Duration::ZERO);
    match held {
        Ok(_) => {}
        // The window that has it is looked for by its name first.
        Err(HoldWindowError::Open { .. }) if starting_again::may_start_again() => {}
        Err(error) => return Refusal::of(arguments, error).run(),
    }
    let link = arguments.link.clone();
    let mut context = context();
    // By this a second start finds the first one, whatever the system: one window for each profile.
    context.config_mut().identifier = one_window::name(&profile);
    let store = appearance::StoreFile(profile.join("window.json"));
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(dead_page::ended_now);
    let built = builder
        .plugin(tauri_plugin_single_instance::init(|app, words, _folder| {
            // Words of the other instance are untrusted: a link among them fills a form, and that is all.
            invitations::hear(app, words.into_iter());
            if let Some(window) = app.get_webview_window(window::MAIN) {
                let _ = window.unminimize();
                let _ = window.set_focus();
            }
        }))
        .plugin(tauri_plugin_store::Builder::new().build())
        // Only for dialogs that the program opens itself: no capability gives its commands to the page.
        .plugin(tauri_plugin_dialog::init())
        .manage(shell)
        .manage(store)
        .manage(window::Webviews::default())
        .manage(dead_page::DeadPages::default())
        .manage(unsaved::Unsaved::default())
        .manage(invitations::Invitations::default())
        .invoke_handler(commands::handler())
        .setup(move |app| {
            invitations::hear(app.handle(), link.into_iter());
            window::open(app.handle())?;
            idle::watch(app.handle().clone());
            lock_signals::watch(app.handle().clone());
            Ok(())
        })
        .build(context);
    let app = match built {
        Ok(app) => app,
        // A first start that is just ending answers no more: the next try finds its place free.
        Err(tauri::Error::PluginInitialization(plugin, _))
            if plugin == "single-instance" && starting_again::may_start_again() =>
        {
            drop(held);
            std::thread::sleep(Duration::from_millis(200));
            return starting_again::start_again(&profile, arguments.link.as_deref());
        }
        Err(error) => {
            eprintln!("portico: the window cannot be opened: {error}");
            return ExitCode::FAILURE;
        }
    };
    if held.is_err() {
        held = one_window::hold(&app.state::<shell::Shell>().profile, one_window::PATIENCE);
    }
    match held {
        Ok(held) => {
            app.manage(held);
        }
        Err(_) => {
            drop(app);
            return starting_again::start_to_refuse(&profile, arguments.link.as_deref());
        }
    }
    app.run(|app, event| match event {
        tauri::RunEvent::ExitRequested { api, code, .. }
            if code.is_none() && app.state::<window::Webviews>().replacing() =>
        {
            api.prevent_exit();
        }
        tauri::RunEvent::WindowEvent { event: tauri::WindowEvent::CloseRequested { api, .. }, .. }
            if app.state::<unsaved::Unsaved>().asks() =>
        {
            api.prevent_close();
            let _ = app.emit("close-asked", ());
        }
        // Elsewhere a link comes as an argument.
        #[cfg(target_os = "macos")]
        tauri::RunEvent::Opened { urls } => invitations::hear(app, urls.into_iter().map(String::from)),
        tauri::RunEvent::Exit => app.state::<shell::Shell>().close(),
        _ => {}
    });
    ExitCode::SUCCESS
}

/// Once: the page is in it.
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// To whoever asks from a terminal; a reader that is gone is no failure.
fn printed(text: &str) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}
