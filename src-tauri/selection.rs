//! What is selected in the page lies ready for the middle mouse button of any program (the primary selection of X11 and
//! Wayland). WebKitGTK hands it over as text and as marked-up page, and keeps it when the page that it was selected in is
//! long gone.

use gtk::gdk::{SELECTION_PRIMARY, WindowType, selection_owner_get};
use tauri::AppHandle;

/// Takes it away, if it is ours.
pub fn let_go(app: &AppHandle) {
    let let_go = || {
        // GTK would take away a second time what it gave up before, whoever owns it by now.
        let owner = selection_owner_get(&SELECTION_PRIMARY);
        if owner.is_some_and(|window| window.window_type() != WindowType::Foreign) {
            gtk::Clipboard::get(&SELECTION_PRIMARY).clear();
        }
    };
    if let Err(error) = app.run_on_main_thread(let_go) {
        tracing::warn!(%error, "what was selected in the page stays selected");
    }
}
