//! Two windows, two profiles, one service: an admin invites, somebody without an account joins by the mailed link, the
//! admin confirms, and the other opens a client, whose names open only with the key that was handed over. One profile has
//! one window.

#[allow(dead_code)] // Only a bus is needed.
#[path = "../../src-tauri/lock_signals/stand_in.rs"]
mod logind;

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use logind::Bus;
use portico_demo::{DemoAccounts, DemoSize};
use portico_service::{Config, Running, Store, running};
use portico_tests::{memory::descendants, person::Person, window::Window};
use reqwest::Method;
use serde_json::{Value, json};

const NEWCOMER: &str = "nadia.brandt@brightwater.example";
const PASSWORD: &str = "four words that nobody guesses";

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_invites_another_joins_and_reads_a_client() {
    let (service, accounts) = demo_service().await;
    let admin = accounts.with_role("provider admin").expect("a provider admin");
    let (first, second) = (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
    let inviting = Window::open(first.path(), "en_GB.UTF-8").await;
    inviting.sign_in(service.base_url().as_str(), admin.email, admin.password).await;
    inviting.synced().await;

    inviting.click("product-provider").await;
    inviting.click("nav-members").await;
    inviting.find("team-row").await;
    inviting.click("team-invite").await;
    inviting.fill("team-invite-emails", NEWCOMER).await;
    inviting.picture("50-invite").await;
    inviting.click("team-invite-send").await;
    listed(&inviting, "invited").await;
    inviting.picture("51-invited").await;

    let link = mailed_link(&service).await;
    let joining = Window::open(second.path(), "fr_FR.UTF-8").await;
    joining.click("signin-invitation").await;
    joining.fill("invitation-link", &link).await;
    joining.click("invitation-read").await;
    joining.find("invitation-facts").await;
    joining.picture("52-invitation").await;
    let token = link.split("token=").nth(1).and_then(|rest| rest.split('&').next()).expect("a token");
    let page = joining.page.source().await.expect("the page");
    assert!(!page.contains(token), "the token stays outside of the page");
    joining.click("invitation-register").await;
    joining.fill("register-password", PASSWORD).await;
    joining.fill("register-again", PASSWORD).await;
    joining.picture("53-register").await;
    joining.click("register-go").await;
    joining.click("invitation-accept").await;
    joining.find("invitation-close").await;
    joining.find("own-fingerprint").await;
    let own_phrase = joining.whole_text("own-fingerprint").await;
    joining.picture("54-accepted").await;
    joining.click("invitation-close").await;
    assert_eq!(joining.count("[data-testid=product-provider]").await, 0, "not before an admin confirms");

    // The first window hears of it by itself. Somebody of the demo waits already: the callout alone says nothing.
    listed(&inviting, "needsConfirmation").await;
    inviting.click("team-confirm-waiting").await;
    inviting.find("team-phrase").await;
    let shown = inviting.whole_text("team-phrase").await;
    assert!(shown.split(',').any(|phrase| phrase == own_phrase), "{own_phrase} is not among {shown}");
    inviting.picture("55-confirm").await;
    inviting.click("team-people-go").await;
    let none_waits = || async { inviting.count("[data-testid=team-waiting]").await == 0 };
    inviting.until("nobody waits any more", none_waits).await;
    listed(&inviting, "confirmed").await;
    inviting.picture("56-confirmed").await;
    inviting.click("team-people-close").await;
    let closed = || async { inviting.count(".scrim, [data-testid=team-people-close]").await == 0 };
    inviting.until("the result is closed", closed).await;

    // So does the second.
    joining.click("product-provider").await;
    joining.click("client-row").await;
    joining.find("page-title").await;
    joining.click("client-tab-collections").await;
    joining.find("collection-row").await;
    assert_eq!(joining.count("[data-testid=collection-row] .unreadable").await, 0, "the key opens names");
    joining.picture("57-client").await;
    assert_eq!(joining.count("[data-testid=nav-members]").await, 0, "a service user manages nobody");

    // What is changed elsewhere is shown where somebody looks at it: first the client is let go, then a role ends.
    let acting = Person::signed_in(service.base_url(), admin.email, admin.password).await;
    let provider = format!("api/providers/{}", acting.provider().await);
    let name = joining.whole_text("page-title").await;
    let clients = acting.of_provider("organizations").await;
    let open =
        clients.iter().find(|client| client["organizationName"] == name).expect("the client on the page");
    let link = open["id"].as_str().expect("an id");
    acting.call(Method::DELETE, &format!("{provider}/organizations/{link}"), Value::Null).await;
    joining.find("client-gone").await;
    joining.picture("59-client-gone").await;
    assert_eq!(joining.count("[data-testid=client-options]").await, 0, "nothing is left to act on");
    joining.click("back-to-clients").await;
    joining.find("client-row").await;

    let team = acting.of_provider("users").await;
    let member = team.iter().find(|member| member["email"] == NEWCOMER).expect("the newcomer");
    let member = format!("{provider}/users/{}", member["id"].as_str().expect("an id"));
    acting.call(Method::PUT, &member, json!({"type": 0})).await;
    joining.click("nav-members").await;
    joining.find("team-row").await;
    acting.call(Method::PUT, &member, json!({"type": 1})).await;
    joining.find("led-away").await;
    joining.find("client-row").await;
    assert_eq!(joining.count("[data-testid=team-invite]").await, 0, "that page is for admins");
    joining.picture("60-led-away").await;

    inviting.click("nav-events").await;
    inviting.find("event-row").await;
    inviting.picture("58-events").await;
    joining.close().await.expect("the program ends with its window");
    inviting.close().await.expect("the program ends with its window");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn one_profile_has_one_window_by_whatever_name() {
    let folder = tempfile::tempdir().expect("folder");
    let profile = folder.path().join("profile");
    fs::create_dir(&profile).expect("made");
    std::os::unix::fs::symlink(&profile, folder.path().join("link")).expect("linked");
    let window = Window::open(&profile, "en_GB.UTF-8").await;
    window.find("server-selfHosted").await;
    let program = std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program");
    for (from, name) in [
        (folder.path(), "profile"),
        (folder.path(), "link"),
        (folder.path(), "link/../profile"),
        (profile.as_path(), "."),
    ] {
        let mut other = Command::new(&program);
        let mut other = other.args(["--profile", name]).current_dir(from).spawn().expect("it starts");
        let begun = Instant::now();
        let ended = loop {
            match other.try_wait().expect("a child") {
                None if begun.elapsed() < Duration::from_secs(30) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                ended => break ended,
            }
        };
        let _ = other.kill();
        assert!(ended.is_some_and(|ended| ended.success()), "{name} has a window of its own: {ended:?}");
    }
    window.close().await.expect("the program ends with its window");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_in_another_session_says_that_the_profile_is_open() {
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    window.find("server-selfHosted").await;
    let bus = Bus::start();
    let session = [("DBUS_SESSION_BUS_ADDRESS", bus.address.as_str())];
    for (locale, words) in
        [("en_GB.UTF-8", "Another window of Portico"), ("fr_FR.UTF-8", "Une autre fenêtre de Portico")]
    {
        let other = Window::open_with(profile.path(), locale, &session).await;
        other.find("refused-folder").await;
        let said = other.text("[role=alert]").await;
        assert!(said.contains(words), "{said}");
        other.picture(&format!("83-open-elsewhere-{}", &locale[..2])).await;
        let runs = || descendants(other.driver_id()).iter().any(|process| process.name == "portico");
        let _ = other.find("refused-quit").await.click().await;
        other.until("the program ends", || async { !runs() }).await;
    }
    window.close().await.expect("the program ends with its window");
    let now = Window::open_with(profile.path(), "en_GB.UTF-8", &session).await;
    now.find("server-selfHosted").await;
    now.close().await.expect("the program ends with its window");
}

/// Waits until the list shows the newcomer in this state.
async fn listed(window: &Window, state: &str) {
    let script = "const [email] = arguments;
        const row = [...document.querySelectorAll('[data-testid=team-row]')].find((row) => row.textContent.includes(email));
        return row?.querySelector('[data-state]')?.getAttribute('data-state') ?? '';";
    let shown = || async {
        let answer = window.page.execute(script, vec![NEWCOMER.into()]).await.ok();
        answer.as_ref().and_then(|text| text.as_str()) == Some(state)
    };
    window.until(state, shown).await;
}

/// The newest link that the service would have mailed to the newcomer.
async fn mailed_link(service: &Running) -> String {
    let mails = service.outbox().await.expect("an outbox");
    let mail = mails.iter().rev().find(|mail| mail.to == NEWCOMER).expect("a mail to the newcomer");
    mail.fields.get("link").expect("a link").clone()
}

async fn demo_service() -> (Running, DemoAccounts) {
    let (store, accounts) = tokio::task::spawn_blocking(|| {
        let store = Store::in_memory().expect("store");
        let accounts = portico_demo::seed(&store, &DemoSize::default()).expect("seeded");
        (store, accounts)
    })
    .await
    .expect("seeding does not panic");
    (running::start(store, Config::without_delay()).await.expect("service"), accounts)
}
