//! The window, locked after everything was looked at.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use portico_demo::DemoSize;
use portico_profile::Profile;
use portico_tests::memory::{Needle, Process, Search, descendants};
use portico_tests::window::Window;

use crate::demo::{Demo, PROVIDER_ADMIN};
use crate::keys::{keys_of, keys_of_file};
use crate::needles::{has, secrets_only, texts_of, tokens};

/// How long the last requests, a sync that is being stopped and the old web process may take to go.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lock_nothing_of_the_account_is_in_memory() {
    let demo = Demo::start(&DemoSize::default()).await;
    let account = demo.account(PROVIDER_ADMIN);
    let second = tempfile::tempdir().unwrap();
    let reader = Profile::open(second.path()).unwrap();
    let unlocked = demo.sign_in(&reader, PROVIDER_ADMIN).await;
    demo.sync(&reader, &unlocked).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let window = Window::open(folder.path(), "en_GB.UTF-8").await;
    window.find("server-selfHosted").await;
    let mut needles = texts_of(&unlocked);
    needles.extend(Needle::text("master password", account.password));
    let keys = keys_of(account.email, account.password, &demo.database(), &unlocked);
    assert!(keys.len() > 60, "keys of some twenty organizations: {}", keys.len());
    needles.extend(keys);
    let search = secrets_only(needles, &descendants(window.driver_id()));

    window.sign_in(demo.base().as_str(), account.email, account.password).await;
    window.find("product-provider").await;
    let quiet = || async { window.count("[data-testid=sync-bar]").await == 0 };
    window.until("the sync ends", quiet).await;
    look_around(&window).await;

    let open = descendants(window.driver_id());
    let found = search.find(&open);
    let kinds = [
        "client",
        "person",
        "item name",
        "hidden field",
        "user key",
        "provider key",
        "organization key",
        "private key",
    ];
    for kind in kinds {
        assert!(has(&found, kind), "no {kind} while it is open: {open:?}");
    }
    // Needed at the sign-in alone.
    for kind in ["master key", "stretched master key", "hash of the master password"] {
        let held: Vec<_> = found.iter().filter(|found| found.what.starts_with(kind)).collect();
        assert!(held.is_empty(), "while it is open: {held:#?}");
    }
    let session = tokens(folder.path(), account.password, unlocked.account());
    let mut needles = search.into_needles();
    needles.extend(Needle::text("access token", session.access_token.expose()));
    needles
        .extend(session.refresh_token.iter().flat_map(|token| Needle::text("refresh token", token.expose())));
    drop(session);
    needles.extend(keys_of_file(folder.path(), &unlocked));
    let search = Search::new(needles);
    let found = search.find(&open);
    for kind in ["access token", "data key"] {
        assert!(has(&found, kind), "no {kind} while it is open");
    }

    let pages = window.web_processes();
    assert!(!pages.is_empty(), "a page has a process: {open:?}");
    window.click_away("lock").await;
    window.find("unlock-submit").await;
    nothing_is_left(&window, &search, &pages).await;

    // Unlocked offline as well: another way in, the same way out.
    window.fill("unlock-password", account.password).await;
    window.click("unlock-submit").await;
    window.find("product-provider").await;
    look_around(&window).await;
    let pages = window.web_processes();
    window.click_away("lock").await;
    window.find("unlock-submit").await;
    nothing_is_left(&window, &search, &pages).await;
    window.close().await.unwrap();
}

/// Clients, a member, items, a password that is shown and one that is copied. Reads no text: what the driver is told would
/// pass through the program for the test's sake only.
async fn look_around(window: &Window) {
    window.click("product-provider").await;
    // After an unlock the portal is where it was left.
    window.click("nav-clients").await;
    window.click("client-row").await;
    window.click("client-tab-members").await;
    window.click("member-row").await;
    window.find("member-panel").await;
    window.click("product-passwords").await;
    window.replace("vaults-search", "registrar").await;
    let found = || async { window.count("[data-testid=item-row]").await == 1 };
    window.until("the search leaves one item", found).await;
    window.click("item-row").await;
    window.click("reveal").await;
    window.find("revealed").await;
    window.click("copy").await;
}

async fn nothing_is_left(window: &Window, search: &Search, old: &[Process]) {
    let begun = Instant::now();
    loop {
        let now = descendants(window.driver_id());
        let still: Vec<&Process> = old.iter().filter(|process| now.contains(process)).collect();
        let found = search.find(&now);
        if still.is_empty() && found.is_empty() {
            return;
        }
        if begun.elapsed() > PATIENCE {
            let number = found.len();
            let mut places: BTreeMap<_, usize> = BTreeMap::new();
            for found in &found {
                let kind = found.what.split('"').next().unwrap_or_default();
                *places.entry((&found.process, &found.mapping, kind)).or_default() += 1;
            }
            let some: Vec<_> = found.iter().take(40).collect();
            panic!("{number} left in memory, {still:?} still run: {places:#?} {some:#?}");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
