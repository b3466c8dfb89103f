//! The first complete path through the real window: welcome, the demo, every page, lock, unlock; and the same with a
//! server of one's own that goes away. In English and in French.

use fantoccini::key::Key;
use portico_demo::{DemoAccount, DemoAccounts, DemoSize};
use portico_service::{Config, Running, Store, running};
use portico_tests::{person::Person, window::Window};
use reqwest::Method;
use serde_json::json;

/// Words that stand on the pages, to be sure of the language.
struct Words {
    locale: &'static str,
    short: &'static str,
    clients: &'static str,
    lock_screen: &'static str,
    offline: &'static str,
}

const ENGLISH: Words = Words {
    locale: "en_GB.UTF-8",
    short: "en",
    clients: "Clients",
    lock_screen: "Unlock",
    offline: "Offline",
};
const FRENCH: Words = Words {
    locale: "fr_FR.UTF-8",
    short: "fr",
    clients: "Clients",
    lock_screen: "Déverrouiller",
    offline: "Hors ligne",
};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_from_the_welcome_to_an_unlocked_provider_in_english() {
    demo(&ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_from_the_welcome_to_an_unlocked_provider_in_french() {
    demo(&FRENCH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_stays_readable_when_the_service_is_gone_in_english() {
    cable_out(&ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_stays_readable_when_the_service_is_gone_in_french() {
    cable_out(&FRENCH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_user_signs_in_with_a_code_and_may_ask_to_become_a_provider() {
    let (service, accounts) = demo_service().await;
    let person = accounts.accounts.iter().find_map(|one| Some((one, one.authenticator_secret?)));
    let (person, secret) = person.expect("somebody with an authenticator app");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), ENGLISH.locale).await;
    window.send_password(service.base_url().as_str(), person.email, person.password).await;
    window.find("signin-code").await;
    shot(&window, &ENGLISH, "30-two-step").await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    let code = portico_vault::totp(secret, now.as_secs()).expect("a seed");
    window.fill("signin-code", code.code.expose()).await;
    window.click("signin-verify").await;
    window.find("item-row").await;
    assert_eq!(window.count("[data-testid=product-provider]").await, 0, "no provider, no portal");
    window.click("become-provider").await;
    window.css("[data-testid=condition-enterprise][data-met=true]").await;
    window.css("[data-testid=condition-client][data-met=false]").await;
    shot(&window, &ENGLISH, "31-become-provider").await;
    own_log(&window, &service, accounts.with_role("provider admin").expect("a provider admin")).await;
    window.close().await.expect("the program ends with its window");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_stay_open_side_by_side_until_they_are_locked() {
    let (service, accounts) = demo_service().await;
    let admin = accounts.with_role("provider admin").expect("a provider admin");
    let user = accounts.with_role("service user").expect("a service user");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), ENGLISH.locale).await;
    window.sign_in(service.base_url().as_str(), admin.email, admin.password).await;
    window.synced().await;

    // Another account comes into another webview: nothing of the first page stays in it.
    window.click("account-menu").await;
    window.click_away("add-account").await;
    window.sign_in(service.base_url().as_str(), user.email, user.password).await;
    window.synced().await;
    shown(&window, &user.name).await;

    window.click("account-menu").await;
    window.find("switch-account").await;
    shot(&window, &ENGLISH, "40-accounts").await;
    window.click_away("switch-account").await;
    shown(&window, &admin.name).await;
    assert_eq!(window.count("[data-testid=unlock-password]").await, 0, "it was left open");

    // The lock is of both.
    lock(&window, &ENGLISH).await;
    assert_eq!(window.count("[data-testid=account-row][data-state=open]").await, 0);
    shot(&window, &ENGLISH, "41-both-locked").await;

    // Logging out of the locked one with everything removed leaves the other on its lock screen.
    window.click("log-out").await;
    window.click("log-out-remove").await;
    window.click("log-out-confirm").await;
    let gone = || async { window.count("[data-testid=account-row]").await == 0 };
    window.until("one account is left", gone).await;
    let closed = || async { window.count(".scrim, [data-testid=log-out-dialog]").await == 0 };
    window.until("the dialog is gone", closed).await;
    window.fill("unlock-password", user.password).await;
    window.click("unlock-submit").await;
    shown(&window, &user.name).await;
    window.close().await.expect("the program ends with its window");
}

/// The log of the person's own organization: her sign-in stands there, and what the provider does in it meanwhile.
async fn own_log(window: &Window, service: &Running, admin: &DemoAccount) {
    window.click("product-console").await;
    window.click("nav-events").await;
    let newest = || async {
        let script = "return document.querySelector('[data-testid=event-row]')?.textContent ?? ''";
        let told = window.page.execute(script, Vec::new()).await.ok();
        told.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let signed_in = || async {
        let told = newest().await;
        told.contains("Logged in") && told.contains("Harriet Abbott")
    };
    window.until("her sign-in is the newest event", signed_in).await;

    let acting = Person::signed_in(service.base_url(), admin.email, admin.password).await;
    let clients = acting.of_provider("organizations").await;
    let own = clients.iter().find(|client| client["organizationName"] == "Abbott & Lane Solicitors");
    let own = own.expect("her organization is a client")["organizationId"].as_str().expect("an id");
    let group = json!({"name": "Night desk", "collections": [], "users": []});
    acting.call(Method::POST, &format!("api/organizations/{own}/groups"), group).await;
    window.click("events-refresh").await;
    let made = || async { newest().await.contains("Created group") };
    window.until("what the provider did is the newest event", made).await;
    shot(window, &ENGLISH, "32-own-event-log").await;
}

/// Lists that no window shows at once, and names that no column holds.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_rows_and_very_long_names_are_shown_a_window_at_a_time() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("service.sqlite3");
    let size = DemoSize { clients: 6, members: Some(2_400), items: 3_000, ..DemoSize::default() };
    let (service, accounts) = service_of(Store::open(&file).expect("store"), size).await;
    let database = rusqlite::Connection::open(&file).expect("the service's file");
    database.busy_timeout(std::time::Duration::from_secs(10)).expect("patience");
    database
        .execute_batch(
            "UPDATE organizations SET name = name || ', formerly the Worshipful Association of Chartered and ' ||
                 'Incorporated Surveyors, Valuers and Auctioneers of the Northern Counties';
             UPDATE users SET name = name || ' Featherstonehaugh-Cholmondeley von und zu Hohenlohe-Langenburg'
                 WHERE rowid % 3 = 0;",
        )
        .expect("long names");

    let admin = accounts.with_role("provider admin").expect("a provider admin");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), FRENCH.locale).await;
    window.sign_in(service.base_url().as_str(), admin.email, admin.password).await;
    window.synced().await;
    assert_eq!(clients_total(&window).await, "6");
    shot(&window, &FRENCH, "40-long-names-clients").await;
    window.click("client-row").await;
    window.click("client-tab-members").await;
    few_of_many(&window, "member-row", ".seg-item[data-state=checked] b").await;
    window.click("member-row").await;
    window.find("member-panel").await;
    shot(&window, &FRENCH, "41-long-names-members").await;
    window.close().await.expect("the program ends with its window");

    let person = accounts.with_role("end user").expect("an end user");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), ENGLISH.locale).await;
    window.sign_in(service.base_url().as_str(), person.email, person.password).await;
    few_of_many(&window, "item-row", "[data-testid=page-title] small").await;
    shot(&window, &ENGLISH, "42-three-thousand-items").await;
    window.close().await.expect("the program ends with its window");
}

/// The page counts thousands, and only the rows in view are in it.
async fn few_of_many(window: &Window, row: &str, counter: &str) {
    window.find(row).await;
    let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let thousands = || async {
        let told = digits(window.text(counter).await);
        told.parse::<u32>().is_ok_and(|count| count > 1_000)
    };
    window.until("the list counts thousands", thousands).await;
    let rows = window.count(&format!("[data-testid={row}]")).await;
    assert!((1..200).contains(&rows), "{rows} rows in the page");
}

/// Waits until the page is this person's. The driver's own idea of text leaves out what is cut with an ellipsis.
async fn shown(window: &Window, name: &str) {
    window.find("account-menu").await;
    let script = "return document.querySelector('[data-testid=account-menu]')?.textContent ?? ''";
    let named = || async {
        let text = window.page.execute(script, Vec::new()).await.ok();
        text.as_ref().and_then(|text| text.as_str()).is_some_and(|text| text.contains(name))
    };
    window.until("the page is the person's", named).await;
}

async fn demo(words: &Words) {
    // The demo's server keeps its data beside the profile.
    let folder = tempfile::tempdir().expect("folder");
    let window = Window::open(&folder.path().join("profile"), words.locale).await;
    window.find("demo-explore").await;
    shot(&window, words, "01-welcome").await;
    window.click("demo-explore").await;
    window.find("lock").await;
    window.synced().await;

    walk_portal(&window, words).await;
    walk_vaults(&window, words).await;
    walk_switcher_and_palette(&window, words).await;

    lock(&window, words).await;
    shot(&window, words, "12-locked").await;
    window.click("use-demo-password").await;
    window.click("unlock-submit").await;
    window.find("lock").await;
    window.click("product-provider").await;
    // Wherever the portal was left.
    window.click("nav-clients").await;
    window.find("client-row").await;
    // There is a filter where there are tags.
    window.find("clients-tags").await;
    window.close().await.expect("the program ends with its window");
}

async fn cable_out(words: &Words) {
    let (service, accounts) = demo_service().await;
    let admin = accounts.with_role("provider admin").expect("a provider admin");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), words.locale).await;
    window.send_password(service.base_url().as_str(), admin.email, "not the password").await;
    refused(&window).await;
    shot(&window, words, "20-wrong-password").await;
    window.replace("signin-password", admin.password).await;
    window.click("signin-submit").await;
    window.find("lock").await;
    window.synced().await;
    let clients = clients_total(&window).await;
    assert_eq!(clients, accounts.clients.to_string());

    service.stop().await.expect("the service stops");
    lock(&window, words).await;
    window.fill("unlock-password", "nonsense").await;
    window.click("unlock-submit").await;
    refused(&window).await;
    window.replace("unlock-password", admin.password).await;
    window.click("unlock-submit").await;

    let banner = window.find("offline-banner").await;
    assert!(banner.text().await.expect("text").contains(words.offline));
    assert_eq!(clients_total(&window).await, clients, "all clients are there without the server");
    shot(&window, words, "21-offline-clients").await;
    walk_client(&window, words, "offline").await;
    walk_vaults(&window, words).await;
    window.close().await.expect("the program ends with its window");
}

/// A demo provider of the default size, on loopback.
async fn demo_service() -> (Running, DemoAccounts) {
    service_of(Store::in_memory().expect("store"), DemoSize::default()).await
}

async fn service_of(store: Store, size: DemoSize) -> (Running, DemoAccounts) {
    let (store, accounts) = tokio::task::spawn_blocking(move || {
        let accounts = portico_demo::seed(&store, &size).expect("seeded");
        (store, accounts)
    })
    .await
    .expect("seeding does not panic");
    (running::start(store, Config::without_delay()).await.expect("service"), accounts)
}

/// Waits until the first sync is over: no bar, and the navigation says when.
async fn clients_total(window: &Window) -> String {
    window.click("product-provider").await;
    window.find("client-row").await;
    let counted = || async { !window.text("[data-testid=page-title] small").await.is_empty() };
    window.until("the clients are counted", counted).await;
    window.text("[data-testid=page-title] small").await
}

async fn walk_portal(window: &Window, words: &Words) {
    assert_eq!(clients_total(window).await, "24");
    let titled = || async { window.text("[data-testid=page-title]").await.contains(words.clients) };
    window.until("the page has its title", titled).await;
    shot(window, words, "02-clients").await;
    window.fill("clients-search", "boul").await;
    let one = || async { window.count("[data-testid=client-row]").await == 1 };
    window.until("the search leaves one client", one).await;
    window.replace("clients-search", "").await;
    let all = || async { window.count("[data-testid=client-row]").await > 5 };
    window.until("all clients come back", all).await;
    walk_client(window, words, "online").await;
}

async fn walk_client(window: &Window, words: &Words, mark: &str) {
    window.click("client-row").await;
    window.find("figure-seats").await;
    // Told to no server, so that it works without one.
    window.click("client-options").await;
    window.click("client-tags").await;
    // A menu that goes gives the focus back to its button, and the dialog takes it again.
    let alone = || async { window.count(".menu").await == 0 };
    window.until("the menu is gone", alone).await;
    window.fill("tag-input", "on-boarding").await;
    window.click("tags-save").await;
    // A text that may be cut is none for WebDriver; its tooltip's is whole.
    let tag = "[data-testid=client-tags-shown] [data-tip=on-boarding]";
    let tagged = || async { window.count(tag).await == 1 };
    window.until("the tag stands at the client", tagged).await;
    shot(window, words, &format!("03-client-overview-{mark}")).await;
    window.click("client-tab-members").await;
    window.click("member-row").await;
    window.find("member-panel").await;
    window.find("access-path").await;
    shot(window, words, &format!("04-client-members-{mark}")).await;
    window.click("client-tab-groups").await;
    window.click("group-row").await;
    window.find("group-panel").await;
    shot(window, words, &format!("05-client-groups-{mark}")).await;
    window.click("client-tab-collections").await;
    window.click("collection-row").await;
    window.find("collection-panel").await;
    shot(window, words, &format!("06-client-collections-{mark}")).await;
    window.click("client-tab-policies").await;
    window.find("policy-row").await;
    shot(window, words, &format!("07-client-policies-{mark}")).await;
}

async fn walk_vaults(window: &Window, words: &Words) {
    window.click("product-passwords").await;
    window.find("item-row").await;
    window.replace("vaults-search", "registrar").await;
    let found = || async { window.count("[data-testid=item-row]").await == 1 };
    window.until("the search leaves one item", found).await;
    window.click("item-row").await;
    window.find("item-panel").await;
    assert_eq!(window.count("[data-testid=revealed]").await, 0, "nothing hidden is shown unasked");
    window.click("reveal").await;
    let shown = || async { !window.text("[data-testid=revealed]").await.is_empty() };
    window.until("the password is shown on request", shown).await;
    shot(window, words, "08-vaults-item").await;
    // The same search by its prefixes.
    window.replace("vaults-search", "name:registrar type:login is:shared").await;
    window.until("prefixes leave the same item", found).await;
    window.replace("vaults-search", "type:card").await;
    let only_cards = || async { window.count("[data-testid=item-row]").await == 7 };
    window.until("prefixes leave the seven cards", only_cards).await;
    shot(window, words, "08-vaults-cards").await;
}

async fn walk_switcher_and_palette(window: &Window, words: &Words) {
    window.click("switch-products").await;
    window.find("switcher").await;
    shot(window, words, "09-switcher").await;
    window.chord(Key::Escape, "").await;
    window.chord(Key::Control, "k").await;
    window.fill("palette-input", "rous").await;
    window.find("palette-row").await;
    shot(window, words, "10-palette").await;
    window.chord(Key::Escape, "").await;
    // An admin's settings begin with those of the provider, anybody else's are of this computer alone.
    window.click("nav-settings").await;
    window.css("[data-testid=settings-computer], [data-testid=settings-theme]").await;
    if window.count("[data-testid=settings-computer]").await == 1 {
        window.click("settings-computer").await;
    }
    window.find("settings-theme").await;
    shot(window, words, "11-settings").await;
}

/// Waits until the page says, beside the field, that the password is wrong.
async fn refused(window: &Window) {
    let told = || async { window.count("input[aria-invalid=true]").await == 1 };
    window.until("a wrong password is told", told).await;
}

/// Locks, and follows the driver to the webview that is made anew.
async fn lock(window: &Window, words: &Words) {
    window.click_away("lock").await;
    let button = window.find("unlock-submit").await;
    assert!(button.text().await.expect("text").contains(words.lock_screen));
    assert_eq!(window.count("[data-testid=item-row], [data-testid=client-row]").await, 0);
}

async fn shot(window: &Window, words: &Words, name: &str) {
    window.picture(&format!("{name}-{}", words.short)).await;
}
