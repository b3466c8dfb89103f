//! A page whose process ended by itself: it crashed, or the system or somebody killed it. The window then shows for ever
//! what it showed last, and no button of it locks. So everything is locked, as on demand, and another page made.
//!
//! WebKit tells of it on Linux and on macOS, where Tauri by itself would load the page again and lock nothing. On Windows
//! WebView2 tells (`ProcessFailed`), in types of a library that Tauri uses and does not hand on. There WebView2 shows a page
//! of its own in its place, and the accounts stay open until the idle lock.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use tauri::{AppHandle, Manager, WebviewWindow};

use crate::{
    dialogs::{self, Message},
    held::held,
    open,
    window::{Number, Webviews},
};

/// A page that ends more often than this in so short a time will end again.
const MOST: usize = 3;
const SHORT: Duration = Duration::from_secs(60);

const GIVEN_UP: Message = Message {
    en: "What shows the pages of Portico has stopped several times within a minute. Everything is locked, and Portico ends \
        now. Start it again; if that does not help, restart the computer.",
    fr: "Ce qui affiche les pages de Portico s’est arrêté plusieurs fois en une minute. Tout est verrouillé et Portico se \
        ferme. Relancez-le\u{a0}; si cela ne suffit pas, redémarrez l’ordinateur.",
};

/// When pages ended by themselves.
#[derive(Default)]
pub struct DeadPages(Mutex<Vec<Instant>>);

impl DeadPages {
    /// One more; whether another page is worth a try.
    fn another_try(&self, now: Instant) -> bool {
        let mut ended = held(&self.0);
        ended.retain(|then| now.duration_since(*then) < SHORT);
        ended.push(now);
        ended.len() <= MOST
    }
}

/// Has the end of this page's process noticed.
#[cfg(target_os = "linux")]
pub fn watch(window: &WebviewWindow, webview: Number) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt as _;
    let app = window.app_handle().clone();
    window.with_webview(move |view| {
        view.inner().connect_web_process_terminated(move |_, _| ended(&app, webview));
    })
}

/// On macOS the program is told of all of them at once.
#[cfg(not(target_os = "linux"))]
pub fn watch(_window: &WebviewWindow, _webview: Number) -> tauri::Result<()> {
    Ok(())
}

/// The page that is shown.
#[cfg(target_os = "macos")]
pub fn ended_now(page: &tauri::Webview) {
    let app = page.app_handle();
    ended(app, app.state::<Webviews>().newest());
}

fn ended(app: &AppHandle, webview: Number) {
    // One that is just being replaced ends because of that.
    if !app.state::<Webviews>().shows(webview) {
        return;
    }
    tracing::error!("the process of the page ended by itself");
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if app.state::<DeadPages>().another_try(Instant::now()) {
            open::lock_dead(&app, webview).await;
        } else {
            give_up(&app).await;
        }
    });
}

async fn give_up(app: &AppHandle) {
    eprintln!("portico: {}", GIVEN_UP.en);
    open::lock_and_show_nothing(app).await;
    dialogs::say(app, &GIVEN_UP).await;
    app.exit(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_ends_again_and_again_is_given_up_and_one_that_ends_now_and_then_is_not() {
        let dead = DeadPages::default();
        let begun = Instant::now();
        let tried = |seconds| dead.another_try(begun + Duration::from_secs(seconds));
        assert_eq!([0, 20, 40].map(tried), [true; 3]);
        assert!(tried(60), "the first is a minute ago");
        assert!(!tried(61), "the fourth within a minute");
        assert_eq!([200, 300, 400].map(tried), [true; 3]);
    }
}
