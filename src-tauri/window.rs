//! The one window. On lock its webview is destroyed with its process and a new one is made: measured, a reload leaves
//! two thirds of the strings in the web process, a new webview none.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use tauri::{
    AppHandle, Manager, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Wry,
    window::Color,
};

#[cfg(target_os = "linux")]
use crate::painting;
use crate::{
    appearance, commands, dead_page,
    dto::{
        session::{AtStart, SessionState},
        settings::Theme,
    },
    shell::Shell,
    told,
    unsaved::Unsaved,
};

/// Label of the one window; the capability file names it.
pub const MAIN: &str = "main";

/// How often, and how many times, a new window is tried while the old one is going.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);
const MOST_TRIES: u32 = 250;

/// The webviews, one after the other.
#[derive(Default)]
pub struct Webviews {
    /// Between the end of one and the start of the next: closing the last window must not end the program.
    replacing: AtomicBool,
    /// How many were made.
    made: AtomicU64,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(u64);

impl Webviews {
    pub fn replacing(&self) -> bool {
        self.replacing.load(Ordering::SeqCst)
    }

    pub fn newest(&self) -> Number {
        Number(self.made.load(Ordering::SeqCst))
    }

    /// Whether this is the one in the window, and stays there.
    pub fn shows(&self, webview: Number) -> bool {
        !self.replacing() && self.newest() == webview
    }
}

/// Where the window stood.
#[derive(Clone, Copy)]
struct Place {
    size: PhysicalSize<u32>,
    position: PhysicalPosition<i32>,
    maximized: bool,
}

/// Opens the window.
pub fn open(app: &AppHandle) -> tauri::Result<()> {
    make(app, None).map(drop)
}

/// Destroys the webview and its process and opens a new one in the same place. Call on the main thread.
pub fn renew(app: &AppHandle) -> tauri::Result<()> {
    let place = app.get_webview_window(MAIN).and_then(|window| place_of(&window));
    take_away(app);
    reopen(app, place, 0)
}

/// Destroys the webview and its process; the program goes on without. Call on the main thread.
pub fn take_away(app: &AppHandle) {
    app.state::<Webviews>().replacing.store(true, Ordering::SeqCst);
    if let Some(window) = app.get_webview_window(MAIN) {
        // `destroy` and not `close`: nothing in the page may refuse.
        let _ = window.destroy();
    }
}

/// The label is free only once the event loop has seen the old window go.
fn reopen(app: &AppHandle, place: Option<Place>, tries: u32) -> tauri::Result<()> {
    let outcome = make(app, place).map(drop);
    let label_taken = matches!(
        outcome,
        Err(tauri::Error::WebviewLabelAlreadyExists(_) | tauri::Error::WindowLabelAlreadyExists(_))
    );
    if outcome.is_ok() {
        return Ok(());
    }
    if !label_taken || tries >= MOST_TRIES {
        // A program without a window could not even be ended.
        app.state::<Webviews>().replacing.store(false, Ordering::SeqCst);
        app.exit(1);
        return outcome;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(BETWEEN_TRIES).await;
        let again = app.clone();
        let _ = app.run_on_main_thread(move || {
            if let Err(error) = reopen(&again, place, tries + 1) {
                tracing::error!(%error, "the window could not be opened again");
            }
        });
    });
    Ok(())
}

/// How large the page is, in per cent.
pub fn zoom(app: &AppHandle, percent: u32) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.set_zoom(f64::from(percent) / 100.0)
    {
        tracing::warn!(%error, percent, "the page keeps its size");
    }
}

fn make(app: &AppHandle, place: Option<Place>) -> tauri::Result<WebviewWindow> {
    let start = at_start(app);
    let locked = matches!(start.session, Some(SessionState::Locked { .. }));
    let window = builder(app)
        .initialization_script(at_start_script(&serde_json::to_string(&start)?))
        .title("Portico")
        .inner_size(1280.0, 800.0)
        .min_inner_size(720.0, 560.0)
        .disable_drag_drop_handler()
        .background_color(ground(start.settings.theme == Theme::Dark, locked))
        // One context for all webviews. Without a memory (`incognito`) each has its own on Linux: Tauri tells only the
        // first of them what answers `tauri://`, so that after a lock there is no page, and each leaves a network process
        // behind (tauri-runtime-wry 2.12.3, WebKitGTK 2.50). What WebKitGTK keeps of a page that stores nothing are
        // folders, in the profile, where they belong to one program.
        .data_directory(app.state::<Shell>().profile.folder().join("webview"))
        .build()?;
    // Which theme the system has is asked of a window that there is.
    if start.settings.theme == Theme::System && matches!(window.theme(), Ok(tauri::Theme::Dark)) {
        window.set_background_color(Some(ground(true, locked)))?;
    }
    #[cfg(target_os = "linux")]
    painting::suit(&window)?;
    zoom(app, appearance::read(app).zoom);
    if let Some(place) = place {
        if place.maximized {
            let _ = window.maximize();
        } else {
            let _ = window.set_size(place.size);
            let _ = window.set_position(place.position);
        }
    }
    let webviews = app.state::<Webviews>();
    webviews.made.fetch_add(1, Ordering::SeqCst);
    webviews.replacing.store(false, Ordering::SeqCst);
    dead_page::watch(&window, webviews.newest())?;
    // What the page before held is gone with it.
    app.state::<Unsaved>().set(false);
    Ok(window)
}

/// The page, in a webview that keeps nothing of it on the disk.
pub fn builder(app: &AppHandle) -> WebviewWindowBuilder<'_, Wry, AppHandle> {
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default());
    if cfg!(target_os = "linux") {
        // WebKitGTK keeps nothing unless the page stores something, and its `incognito` costs more than it gives (`make`).
        return builder;
    }
    // WebView2 remembers what is typed into a form, for the next time.
    builder.incognito(true).general_autofill_enabled(false)
}

/// What the page begins with. A question and its answer cost two turns between three processes, and the page would
/// paint a frame that says nothing in between.
fn at_start(app: &AppHandle) -> AtStart {
    AtStart {
        session: told::state(&app.state::<Shell>()).ok(),
        refused: None,
        settings: commands::settings(app),
        about: commands::program(),
    }
}

/// `told`: an `AtStart` as JSON.
pub fn at_start_script(told: &str) -> String {
    format!("Object.defineProperty(window, 'atStart', {{ value: {told} }});")
}

/// What stands there until the page has painted: the ground of the screen that comes (ui/src/look/tokens.css), which is the
/// lock screen's after each lock. Neither a dark window nor a locked one begins with a flash.
const fn ground(dark: bool, locked: bool) -> Color {
    match (dark, locked) {
        (true, true) => Color(0x17, 0x1e, 0x1c, 0xff),
        (true, false) => Color(0x11, 0x17, 0x15, 0xff),
        (false, true) => Color(0xf5, 0xf7, 0xf6, 0xff),
        (false, false) => Color(0xff, 0xff, 0xff, 0xff),
    }
}

fn place_of(window: &WebviewWindow) -> Option<Place> {
    Some(Place {
        size: window.inner_size().ok()?,
        position: window.outer_position().ok()?,
        maximized: window.is_maximized().unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ground_before_the_page_is_that_of_the_page() {
        let tokens = include_str!("../ui/src/look/tokens.css");
        let (light, dark) = tokens.split_once("[data-theme=\"dark\"]").expect("two themes");
        for (theme, is_dark) in [(light, false), (dark, true)] {
            for (name, locked) in [("surface", false), ("sunken", true)] {
                let Color(red, green, blue, alpha) = ground(is_dark, locked);
                let said = format!("--color-{name}: #{red:02x}{green:02x}{blue:02x};");
                assert!(theme.contains(&said), "{said}");
                assert_eq!(alpha, 0xff);
            }
        }
    }
}
