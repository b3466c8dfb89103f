//! The real window and a real service where things go wrong between them: a log that the server does not give, an action
//! that is stopped while it is under way, a certificate that nobody vouches for, a key that was changed elsewhere.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;
#[allow(dead_code)] // Of what it can change only the key is changed here.
mod second_client;

use std::path::Path;

use demo::{Demo, PROVIDER_ADMIN};
use fantoccini::key::Key;
use portico_demo::DemoSize;
use portico_service::{Config, Store, tls};
use portico_tests::{
    person::Person,
    proxy::{Fault, FaultProxy, Place},
    window::Window,
};
use reqwest::Method;
use second_client::SecondClient;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

const NEWCOMER: &str = "nadia.brandt@brightwater.example";
const PASSWORD: &str = "four words that nobody guesses";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_fails_is_told_after_a_lock_too_until_another_try_reads_it() {
    let demo = small_demo().await;
    let admin = demo.account(PROVIDER_ADMIN);
    let person = signed_in(&demo).await;
    let client = person.of_provider("organizations").await.remove(0);
    let (id, name) =
        (client["organizationId"].as_str().unwrap(), client["organizationName"].as_str().unwrap());
    let log = format!("GET /api/organizations/{id}/events");
    let proxy = FaultProxy::before(demo.base()).await;
    proxy.harm(Place::Always(log.clone()), Fault::Instead(500, "object"));

    let profile = tempfile::tempdir().unwrap();
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    window.sign_in(proxy.base.as_str(), admin.email, admin.password).await;
    window.synced().await;
    window.click("product-provider").await;
    window.click("nav-events").await;
    let told = || async {
        let text = window.whole_text("failed-log").await;
        text.contains(name) && text.contains("answered 500")
    };
    window.until("the page says which log failed, and why", told).await;
    window.picture("60-failed-log-en").await;

    // Known from the account's file, before any other try.
    window.click_away("lock").await;
    window.fill("unlock-password", admin.password).await;
    window.click("unlock-submit").await;
    window.click("product-provider").await;
    window.click("nav-events").await;
    window.until("it is known after an unlock", told).await;

    proxy.harm(Place::Nowhere, Fault::CutBefore);
    // While a sync runs the button waits for it, and that sync may read the log before the button can be pressed.
    let read = || async {
        window.click_if_there("[data-testid=failed-log-retry]:not([aria-disabled])").await;
        proxy.asked().contains(&log) && window.count("[data-testid=failed-log]").await == 0
    };
    window.until("another try reads the log", read).await;
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_is_stopped_leaves_the_list_as_the_server_has_it() {
    let demo = small_demo().await;
    let admin = demo.account(PROVIDER_ADMIN);
    let person = signed_in(&demo).await;
    let provider = person.provider().await;
    let removal = format!("DELETE /api/providers/{provider}/users");
    let look = format!("GET /api/providers/{provider}/users");
    let proxy = FaultProxy::before(demo.base()).await;
    let profile = tempfile::tempdir().unwrap();
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    window.sign_in(proxy.base.as_str(), admin.email, admin.password).await;
    window.synced().await;
    window.click("product-provider").await;
    window.click("nav-members").await;
    let others: Vec<String> = team(&person).await.into_iter().filter(|email| email != admin.email).collect();
    let [stays, goes] = &others[..2] else { panic!("two others: {others:?}") };

    // The server never hears of it.
    begin_removal(&window, stays).await;
    proxy.harm(Place::Always(removal.clone()), Fault::Silence);
    window.click("team-people-go").await;
    let asked = || async { proxy.asked().contains(&removal) };
    window.until("the removal is under way", asked).await;
    proxy.harm(Place::Nowhere, Fault::CutBefore);
    stop(&window).await;
    window.picture("61-removal-stopped-en").await;
    let looked = || async { proxy.asked().contains(&look) };
    window.until("what became of it is looked at", looked).await;
    close_dialog(&window).await;
    quiet(&window).await;
    assert!(team(&person).await.contains(stays));
    assert!(rows(&window).await.contains(stays), "the list is the server's");

    // The server has done it, and its answer never ends.
    begin_removal(&window, goes).await;
    proxy.harm(Place::Always(removal.clone()), Fault::SilenceInBody);
    window.click("team-people-go").await;
    let done = || async { !team(&person).await.contains(goes) };
    window.until("the server has done it", done).await;
    proxy.harm(Place::Nowhere, Fault::CutBefore);
    stop(&window).await;
    close_dialog(&window).await;
    let gone = || async { window.count("[data-testid=team-empty]").await == 1 };
    window.until("nobody is found any more", gone).await;
    window.replace("team-search", "").await;
    let shown = || async {
        let rows = rows(&window).await;
        rows.contains(stays) && !rows.contains(goes)
    };
    window.until("the list is the server's", shown).await;

    // So is what is kept: it is shown without the server.
    drop(proxy);
    window.click_away("lock").await;
    window.fill("unlock-password", admin.password).await;
    window.click("unlock-submit").await;
    window.click("product-provider").await;
    window.click("nav-members").await;
    window.until("the copy is the server's", shown).await;
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_registers_at_a_server_with_an_authority_of_its_own() {
    let demo = small_demo().await;
    let person = signed_in(&demo).await;
    let provider = person.provider().await;
    let secure = Secure::before(&demo).await;
    let invited = json!({"emails": [NEWCOMER], "type": 1});
    person.call(Method::POST, &format!("api/providers/{provider}/users/invite"), invited).await;
    let outbox = demo.outbox().await;
    let mail = outbox.iter().rev().find(|mail| mail.to == NEWCOMER).expect("a mail to the newcomer");
    let link = mail.fields["link"].replacen(demo.base().as_str(), secure.base.as_str(), 1);
    assert!(link.starts_with("https://127.0.0.1:"), "{link}");

    let profile = tempfile::tempdir().unwrap();
    let window =
        Window::open_with(profile.path(), "fr_FR.UTF-8", &[("PORTICO_E2E_OPEN_IN", secure.chosen())]).await;
    window.click("signin-invitation").await;
    window.fill("invitation-link", &link).await;
    window.click("invitation-read").await;
    window.find("invitation-facts").await;
    window.click("invitation-register").await;
    register(&window).await;
    // Nobody whom this computer trusts vouches for it, and nothing was sent.
    window.find("register-failure").await;
    window.picture("62-register-unknown-authority-fr").await;
    window.click("choose-authority").await;
    window.find("register-authority").await;
    register(&window).await;
    window.click("invitation-accept").await;
    window.find("invitation-close").await;
    window.picture("63-registered-by-authority-fr").await;
    window.click("invitation-close").await;
    let members = person.of_provider("users").await;
    let newcomer = members.iter().find(|member| member["email"] == NEWCOMER);
    assert_eq!(newcomer.unwrap()["status"], 1, "accepted, and to be confirmed by an admin");
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_from_before_brings_the_history_along_over_tls() {
    let demo = small_demo().await;
    let admin = demo.account(PROVIDER_ADMIN);
    let secure = Secure::before(&demo).await;
    let profile = tempfile::tempdir().unwrap();
    let window =
        Window::open_with(profile.path(), "en_GB.UTF-8", &[("PORTICO_E2E_OPEN_IN", secure.chosen())]).await;
    window.click("server-selfHosted").await;
    window.fill("signin-address", secure.base.as_str()).await;
    window.fill("signin-email", admin.email).await;
    window.click("signin-continue").await;
    window.fill("signin-password", admin.password).await;
    window.click("signin-submit").await;
    window.click("offer-authority").await;
    sign_in_with(&window, admin.password).await;
    window.synced().await;

    window.click_away("lock").await;
    window.click("log-out").await;
    window.click("log-out-confirm").await;
    window.css("[data-testid=account-row][data-state=signedOut]").await;
    SecondClient::signed_in(&demo, admin.password).await.rotate(PASSWORD).await;

    window.click("account-row").await;
    sign_in_with(&window, PASSWORD).await;
    window.fill("previous-password", "not the one from before").await;
    window.click("previous-submit").await;
    window.css("[aria-invalid=true]").await;
    window.picture("64-previous-password-en").await;
    window.replace("previous-password", admin.password).await;
    window.click("previous-submit").await;
    window.synced().await;
    window.click("product-provider").await;
    window.find("client-row").await;
    window.click_away("lock").await;
    window.fill("unlock-password", PASSWORD).await;
    window.click("unlock-submit").await;
    window.find("lock").await;
    window.close().await.unwrap();
}

async fn small_demo() -> Demo {
    Demo::start(&DemoSize { clients: 3, members: Some(4), items: 5, ..DemoSize::default() }).await
}

async fn signed_in(demo: &Demo) -> Person {
    let admin = demo.account(PROVIDER_ADMIN);
    Person::signed_in(demo.base(), admin.email, admin.password).await
}

/// The demo's service behind TLS too, with a certificate that its own authority signed. It ends with this value.
struct Secure {
    base: Url,
    /// With the authority's file alone: what the person chooses.
    folder: TempDir,
    _made: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Secure {
    async fn before(demo: &Demo) -> Self {
        let (made, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let authority = tls::local_authority(made.path()).unwrap();
        std::fs::copy(authority.authority_file(), folder.path().join("ca.pem")).unwrap();
        let store = Store::open(demo.database_file()).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = Url::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let ended = async {
                let _ = stopped.await;
            };
            tls::serve_tls(listener, &authority, store, Config::without_delay(), ended).await.unwrap();
        });
        Self { base, folder, _made: made, _stop: stop }
    }

    fn chosen(&self) -> &Path {
        self.folder.path()
    }
}

/// At the step that asks for the password.
async fn sign_in_with(window: &Window, password: &str) {
    window.replace("signin-password", password).await;
    window.click("signin-submit").await;
}

async fn register(window: &Window) {
    window.replace("register-password", PASSWORD).await;
    window.replace("register-again", PASSWORD).await;
    window.click("register-go").await;
}

/// From the list of members to the question whether this one is to be removed.
async fn begin_removal(window: &Window, email: &str) {
    window.replace("team-search", email).await;
    let one =
        || async { window.count("[data-testid=team-row]").await == 1 && rows(window).await.contains(email) };
    window.until("one is found", one).await;
    window.click("team-choose").await;
    window.click("team-bulk-remove").await;
    window.find("team-people-go").await;
    let ready = || async { window.count("[data-testid=team-people-go]:not([aria-disabled])").await == 1 };
    window.until("the removal can begin", ready).await;
}

/// Stops what is under way; the dialog says what became of it.
async fn stop(window: &Window) {
    window.chord(Key::Escape, "").await;
    window.find("action-failure").await;
}

async fn close_dialog(window: &Window) {
    let closed = || async {
        if window.count("[data-testid=team-people-dialog], .scrim").await == 0 {
            return true;
        }
        window.chord(Key::Escape, "").await;
        false
    };
    window.until("the dialog closes", closed).await;
}

async fn quiet(window: &Window) {
    let quiet = || async { window.count("[data-testid=sync-bar]").await == 0 };
    window.until("the sync ends", quiet).await;
}

/// The text of the rows of members, what is cut with an ellipsis included.
async fn rows(window: &Window) -> String {
    window.whole_text("team-row").await
}

/// The addresses of the provider's people, as the service says.
async fn team(person: &Person) -> Vec<String> {
    let members = person.of_provider("users").await;
    members.iter().map(|member| member["email"].as_str().unwrap().to_owned()).collect()
}
