//! Before the computer sleeps and when the desktop is locked, as logind says.

use portico_tests::memory::{Process, descendants};

use crate::logind::{Bus, MANAGER, Manager, SESSION, Session, emitter, hint, serve};
use crate::{Window, opened, small_demo, unlock, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_window_locks_before_the_computer_sleeps_and_with_the_desktop() {
    let (bus, manager) = (Bus::start(), Manager::default());
    let logind = serve(&bus, &manager, true).await;
    let demo = small_demo().await;
    let profile = tempfile::tempdir().unwrap();
    let system = [("DBUS_SYSTEM_BUS_ADDRESS", bus.address.as_str()), ("XDG_SESSION_ID", "7")];
    let window = opened(&demo, profile.path(), &system).await;
    until("sleep is held off", || manager.held() == (1, true)).await;

    let page = Page::of(&window).await;
    Manager::prepare_for_sleep(&emitter(&logind, MANAGER), true).await.unwrap();
    until("the computer may sleep", || manager.held() == (1, false)).await;
    assert_eq!(page.still_runs(&window), [], "the computer may sleep before the page is gone");
    page.shows_the_lock(&window).await;
    Manager::prepare_for_sleep(&emitter(&logind, MANAGER), false).await.unwrap();
    until("sleep is held off again", || manager.held() == (2, true)).await;

    unlock(&window, &demo).await;
    let page = Page::of(&window).await;
    Session::lock(&emitter(&logind, SESSION)).await.unwrap();
    page.shows_the_lock(&window).await;

    // Desktops that lock by themselves say so afterwards.
    unlock(&window, &demo).await;
    let page = Page::of(&window).await;
    hint(&logind, true).await;
    page.shows_the_lock(&window).await;
    hint(&logind, false).await;
    unlock(&window, &demo).await;
    window.close().await.unwrap();
}

/// What is shown before a lock.
struct Page {
    handle: fantoccini::wd::WindowHandle,
    processes: Vec<Process>,
}

impl Page {
    async fn of(window: &Window) -> Self {
        let processes = window.web_processes();
        assert!(!processes.is_empty(), "a page has a process");
        Self { handle: window.page.window().await.unwrap(), processes }
    }

    fn still_runs(&self, window: &Window) -> Vec<Process> {
        let now = descendants(window.driver_id());
        self.processes.iter().filter(|process| now.contains(process)).cloned().collect()
    }

    async fn shows_the_lock(self, window: &Window) {
        window.follow_new_webview(&self.handle).await;
        window.find("unlock-submit").await;
        assert_eq!(window.count("[data-testid=item-row]").await, 0);
    }
}
