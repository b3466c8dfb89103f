//! The Provider Portal in the real window, with a real service behind it: what a provider does with its clients, what it
//! is billed, and what a service user may not. What the window says is compared with what the service says.

use fantoccini::key::Key;
use portico_demo::{DemoAccount, DemoAccounts, DemoSize};
use portico_service::{ClientItems, Config, NewProvider, ProviderKind, Running, Store, running};
use portico_tests::{person::Person, window::Window};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_admin_makes_renames_seats_and_unlinks_a_client() {
    let (service, accounts) = demo_service().await;
    let admin = accounts.with_role("provider admin").expect("a provider admin");
    let profile = tempfile::tempdir().expect("folder");
    let window =
        Window::open_with(profile.path(), "en_GB.UTF-8", &[("PORTICO_E2E_SAVE_IN", profile.path())]).await;
    sign_in(&window, &service, admin).await;
    let person = Person::signed_in(service.base_url(), admin.email, admin.password).await;

    // A client that there was not, with keys made here.
    window.click("add-client").await;
    window.click("add-new").await;
    window.fill("client-name", "Zephyr Dental").await;
    window.fill("client-owner", "owner@zephyr.example").await;
    window.replace("client-seats", "7").await;
    window.find("seat-change").await;
    window.picture("50-new-client-en").await;
    window.click("action-submit").await;
    gone(&window, "new-client").await;
    only(&window, "Zephyr").await;
    let made = client(&person, "Zephyr Dental").await.expect("the service has the client");
    assert_eq!(made["seats"], 7);

    // Nobody of it is an owner yet: it cannot be let go, and that is said beforehand.
    menu(&window, "client-unlink").await;
    window.find("unlink-ownerless").await;
    window.picture("51-unlink-ownerless-en").await;
    window.click("action-cancel").await;
    gone(&window, "unlink-client").await;

    menu(&window, "client-rename").await;
    window.replace("client-name", "Zephyr Dental Care").await;
    window.click("action-submit").await;
    gone(&window, "change-client").await;
    let renamed = client(&person, "Zephyr Dental Care").await.expect("it has its new name");
    assert_eq!((&renamed["id"], &renamed["seats"]), (&made["id"], &made["seats"]));

    menu(&window, "client-seats-row").await;
    window.replace("client-seats", "9").await;
    window.find("seat-change").await;
    window.picture("52-seats-en").await;
    window.click("action-submit").await;
    gone(&window, "change-client").await;
    assert_eq!(client(&person, "Zephyr Dental Care").await.expect("it is there")["seats"], 9);
    let shown = || async { rows_text(&window).await.contains("Zephyr Dental Care") };
    window.until("the list has the new name", shown).await;

    // One with an owner of its own goes on without the provider.
    let before = clients(&person).await.len();
    window.replace("clients-search", "boul").await;
    let found = || async { rows_text(&window).await.contains("Boulangerie") };
    window.until("the search finds the client", found).await;
    menu(&window, "client-unlink").await;
    let ready = || async { window.text("[data-testid=unlink-client]").await.contains("Boulangerie") };
    window.until("the dialog names the client", ready).await;
    window.picture("53-unlink-en").await;
    window.click("action-submit").await;
    gone(&window, "unlink-client").await;
    window.find("clients-empty").await;
    assert_eq!(clients(&person).await.len(), before - 1);

    // Somebody else lets one go while it is being asked about here: it counts as let go, and the dialog ends well.
    only(&window, "abbott").await;
    menu(&window, "client-unlink").await;
    let ready = || async { window.text("[data-testid=unlink-client]").await.contains("Abbott") };
    window.until("the dialog names the client", ready).await;
    let all = clients(&person).await;
    let abbott = all
        .iter()
        .find(|client| client["organizationName"].as_str().is_some_and(|name| name.contains("Abbott")));
    let link = abbott.expect("it is a client")["id"].as_str().expect("an id");
    let path = format!("api/providers/{}/organizations/{link}", person.provider().await);
    person.call(Method::DELETE, &path, Value::Null).await;
    window.find("unlink-gone").await;
    window.picture("58-unlink-gone-en").await;
    window.click("action-submit").await;
    gone(&window, "unlink-client").await;
    window.find("clients-empty").await;
    assert_eq!(clients(&person).await.len(), before - 2);

    // What is left is taken along, and read again from the file.
    window.replace("clients-search", "").await;
    let all = || async { window.count("[data-testid=client-row]").await > 5 };
    window.until("all clients come back", all).await;
    window.click("select-all").await;
    window.find("selected-count").await;
    window.click("export").await;
    window.click("export-csv").await;
    let file = profile.path().join("clients.csv");
    let saved = || async { file.exists() };
    window.until("the file is there", saved).await;
    let csv = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(csv.lines().count(), before - 1, "a head and a line for each client that is left");
    assert!(csv.contains("Zephyr Dental Care"), "{csv}");
    window.close().await.expect("the program ends with its window");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bill_and_the_settings_are_those_of_the_service() {
    let (service, accounts) = demo_service().await;
    let admin = accounts.with_role("provider admin").expect("a provider admin");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), "fr_FR.UTF-8").await;
    sign_in(&window, &service, admin).await;
    let person = Person::signed_in(service.base_url(), admin.email, admin.password).await;

    window.click("nav-billing").await;
    window.find("plan-row").await;
    let path = format!("api/providers/{}/billing/subscription", person.provider().await);
    let subscription = person.call(Method::GET, &path, Value::Null).await;
    let plans = subscription["plans"].as_array().expect("plans").len();
    assert_eq!(window.count("[data-testid=plan-row]").await, plans);
    window.picture("54-billing-fr").await;
    window.click("billing-tab-history").await;
    window.css("[data-testid=invoice-row], [data-testid=invoices-empty]").await;

    window.click("nav-settings").await;
    window.find("provider-name").await;
    window.replace("provider-name", "Brightwater Groupe").await;
    window.picture("55-provider-fr").await;
    window.click("provider-save").await;
    // The driver's own idea of text leaves out what is cut with an ellipsis.
    let script = "return document.querySelector('.nav-name')?.textContent ?? ''";
    let named = || async {
        let text = window.page.execute(script, Vec::new()).await.ok();
        text.as_ref().and_then(|text| text.as_str()).is_some_and(|text| text.trim() == "Brightwater Groupe")
    };
    window.until("the navigation has the new name", named).await;
    let read =
        person.call(Method::GET, &format!("api/providers/{}", person.provider().await), Value::Null).await;
    assert_eq!(read["name"], "Brightwater Groupe");

    window.click("provider-delete").await;
    window.find("delete-blocked").await;
    window.picture("56-delete-blocked-fr").await;
    window.close().await.expect("the program ends with its window");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_user_finds_no_way_to_what_only_admins_do() {
    let (service, accounts) = demo_service().await;
    let user = accounts.with_role("service user").expect("a service user");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    sign_in(&window, &service, user).await;
    for id in ["add-client", "nav-billing"] {
        assert_eq!(window.count(&format!("[data-testid={id}]")).await, 0, "{id} is for admins");
    }
    menu(&window, "client-seats-row").await;
    window.find("client-seats").await;
    window.replace("client-seats", "999999").await;
    let refused = || async { window.count("[data-testid=change-client] .hint.error").await == 1 };
    window.until("more than is unassigned is refused beforehand", refused).await;
    window.picture("57-service-user-seats-en").await;
    window.click("action-cancel").await;
    gone(&window, "change-client").await;
    window.click("nav-settings").await;
    window.find("settings-theme").await;
    assert_eq!(window.count("[data-testid=settings-provider]").await, 0);
    window.close().await.expect("the program ends with its window");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_set_up_through_the_form_with_its_tax_id() {
    let (store, accounts) = seeded().await;
    let service = running::start(store.clone(), Config::without_delay()).await.expect("service");
    let owner = accounts.with_role("service user").expect("a service user");
    let (provider, link) = provider_to_set_up(store, &service, owner.email).await;

    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    read_link(&window, &link).await;
    window.click("invitation-sign-in").await;
    window.fill("signin-password", owner.password).await;
    window.click("signin-submit").await;
    set_up(&window, "Fjord IT").await;

    let person = Person::signed_in(service.base_url(), owner.email, owner.password).await;
    let path = format!("api/providers/{provider}/billing/vnext/address");
    let address = person.call(Method::GET, &path, Value::Null).await;
    assert_eq!(address["taxId"], json!({"code": "eu_vat", "value": "FR40303265045"}));
    assert_eq!((&address["country"], &address["postalCode"]), (&json!("FR"), &json!("75001")));
    window.close().await.expect("the program ends with its window");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_account_or_provider_registers_and_sets_one_up() {
    const EMAIL: &str = "first@skagen.example";
    const PASSWORD: &str = "a brand new master password";
    let store = Store::in_memory().expect("store");
    let service = running::start(store.clone(), Config::without_delay()).await.expect("service");
    let (provider, link) = provider_to_set_up(store, &service, EMAIL).await;

    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    read_link(&window, &link).await;
    window.click("invitation-register").await;
    window.fill("register-password", PASSWORD).await;
    window.fill("register-again", PASSWORD).await;
    window.click("register-go").await;
    set_up(&window, "Skagen IT").await;

    let person = Person::signed_in(service.base_url(), EMAIL, PASSWORD).await;
    assert_eq!(person.provider().await, provider.to_string());
    window.close().await.expect("the program ends with its window");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_twice_the_size_no_title_loses_its_end_and_no_row_its_edge() {
    let (service, accounts) = demo_service().await;
    let admin = accounts.with_role("provider admin").expect("a provider admin");
    let profile = tempfile::tempdir().expect("folder");
    let window = Window::open(profile.path(), "fr_FR.UTF-8").await;
    sign_in(&window, &service, admin).await;
    for _ in 0..5 {
        window.chord(Key::Control, "+").await;
    }
    let narrow = || async { asked(&window, "return innerWidth <= 640").await == true };
    window.until("the page is twice as large", narrow).await;
    for (page, content) in [
        ("nav-clients", "client-row"),
        ("nav-structure", "structure-tile"),
        ("nav-members", "team-row"),
        ("nav-events", "event-row"),
        ("nav-billing", "plan-row"),
    ] {
        // The driver's own click goes by places, and takes no account of the page's size.
        let go = format!("document.querySelector('[data-testid={page}]').click()");
        asked(&window, &go).await;
        window.find(content).await;
        window.css("main h1").await;
        window.picture(&format!("58-twice-{page}-fr")).await;
        assert_eq!(asked(&window, CUT).await, json!([]), "{page}");
    }
    window.close().await.expect("the window closes");
}

/// What of a page is cut: its title, its totals, or a list that scrolls sideways.
const CUT: &str = "return [...document.querySelectorAll('main h1, main .scroller, main .totals')]
    .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.slice(0, 60))";

async fn asked(window: &Window, script: &str) -> Value {
    window.page.execute(script, Vec::new()).await.expect("the page answers")
}

/// A provider that waits for its first admin, and the link that was mailed.
async fn provider_to_set_up(store: Store, service: &Running, owner: &str) -> (Uuid, String) {
    let made = NewProvider {
        kind: ProviderKind::Msp { teams_minimum: 5, enterprise_minimum: 5 },
        owner_email: owner.to_owned(),
        client_items: ClientItems::Read,
    };
    let base = service.base_url().clone();
    let made = tokio::task::spawn_blocking(move || store.create_provider(&made, Some(&base)));
    let made = made.await.expect("no panic").expect("the provider");
    (made.id, made.link)
}

async fn read_link(window: &Window, link: &str) {
    window.click("signin-invitation").await;
    window.fill("invitation-link", link).await;
    window.click("invitation-read").await;
}

/// From the invitation to the clients of the provider that was set up, and of no other.
async fn set_up(window: &Window, name: &str) {
    window.click("invitation-set-up").await;
    window.fill("set-up-name", name).await;
    window.click("set-up-next").await;
    window.find("set-up-country").await.select_by_value("FR").await.expect("a country");
    window.fill("set-up-postal", "75001").await;
    window.fill("set-up-tax-id", "FR40303265045").await;
    window.picture("59-set-up-en").await;
    window.click("set-up-go").await;
    window.find("clients-empty").await;
}

async fn demo_service() -> (Running, DemoAccounts) {
    let (store, accounts) = seeded().await;
    (running::start(store, Config::without_delay()).await.expect("service"), accounts)
}

async fn seeded() -> (Store, DemoAccounts) {
    let store = Store::in_memory().expect("store");
    tokio::task::spawn_blocking(move || {
        let accounts = portico_demo::seed(&store, &DemoSize::default()).expect("seeded");
        (store, accounts)
    })
    .await
    .expect("seeding does not panic")
}

/// From the sign-in screen to the clients of a picture that is complete.
async fn sign_in(window: &Window, service: &Running, account: &DemoAccount) {
    window.sign_in(service.base_url().as_str(), account.email, account.password).await;
    window.synced().await;
    window.find("client-row").await;
}

/// Opens the menu of the first row and chooses from it.
async fn menu(window: &Window, choice: &str) {
    let opened = || async {
        if window.count(&format!("[data-testid={choice}]")).await == 0 {
            window.click_if_there("[data-row-menu]").await;
        }
        window.count(&format!("[data-testid={choice}]")).await == 1
    };
    window.until("the menu opens", opened).await;
    window.click(choice).await;
}

/// Waits until a dialog has closed and the page can be used again.
async fn gone(window: &Window, dialog: &str) {
    let closed = || async { window.count(&format!("[data-testid={dialog}], .scrim")).await == 0 };
    window.until(&format!("{dialog} closes"), closed).await;
}

/// Searches until one row is left.
async fn only(window: &Window, text: &str) {
    window.replace("clients-search", text).await;
    let one = || async { window.count("[data-testid=client-row]").await == 1 };
    window.until("one client is left", one).await;
}

async fn rows_text(window: &Window) -> String {
    window.whole_text("client-row").await
}

/// The clients of a person's provider, as the service says.
async fn clients(person: &Person) -> Vec<Value> {
    person.of_provider("organizations").await
}

async fn client(person: &Person, name: &str) -> Option<Value> {
    clients(person).await.into_iter().find(|client| client["organizationName"] == name)
}
