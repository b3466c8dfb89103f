//! The Clients page of 1,000 clients and 200 provider members against that of the demo's 24 clients, in two real windows.
//!
//! One turn opens the page from another one, sorts it four times and searches it four times; each act lasts from the event
//! to the second frame after the table has answered. The rest that the search box waits before it asks is the same for both
//! and is taken off.
#![allow(clippy::unwrap_used)]

#[path = "../../crates/vault/benches/support/pairs.rs"]
#[allow(dead_code)] // Acts are timed in the page.
mod pairs;

use portico_demo::DemoSize;
use portico_service::{Config, Running, Store, running};
use portico_tests::person::Person;
use portico_tests::window::Window;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const CLIENTS: usize = 1_000;
const PROVIDER_MEMBERS: usize = 200;
const TURNS: usize = 10;
/// `REST_MS` of the page's search box.
const REST_MS: f64 = 150.0;
/// Each finds another number of clients than the one before it, or its end would not be seen.
const SEARCHES: [&str; 4] = ["abbott", "", "abbott", ""];

/// Opens, sorts and searches; answers how long the acts took in all (ms).
const ACTS: &str = "
    const [searches, rest, done] = arguments;
    const by = (id) => document.querySelector(`[data-testid=${id}]`);
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    async function lasts(act, is_over) {
        const begun = performance.now();
        act();
        while (!is_over()) await frame();
        await frame();
        await frame();
        return performance.now() - begun;
    }
    const table = () => by('client');
    const answered = () => table()?.getAttribute('aria-busy') === 'false' && by('client-row') !== null;
    const heads = () => [...document.querySelectorAll('[aria-sort] button')];
    const order = (head) => head.closest('[aria-sort]').getAttribute('aria-sort');
    const count = () => table().getAttribute('aria-rowcount');
    async function all() {
        let taken = await lasts(() => by('nav-clients').click(), answered);
        for (let sort = 0; sort < 4; sort++) {
            // A narrow window has fewer columns.
            const head = heads()[sort % heads().length];
            const before = order(head);
            taken += await lasts(() => head.click(), () => order(head) !== before && answered());
        }
        const box = document.querySelector('input[data-testid=clients-search], [data-testid=clients-search] input');
        for (const words of searches) {
            const before = count();
            const act = () => {
                box.value = words;
                box.dispatchEvent(new Event('input', { bubbles: true }));
            };
            taken += (await lasts(act, () => count() !== before && answered())) - rest;
        }
        await lasts(() => by('nav-members').click(), () => table() === null);
        return taken;
    }
    all().then(done, (error) => done(String(error)));";

fn main() {
    let runtime = Runtime::new().unwrap();
    let pairs = runtime.block_on(measure());
    pairs::tell("Clients of 1,000 clients opened, sorted, searched / of the demo's 24", "ms", 3.0, &pairs);
}

async fn measure() -> Vec<(f64, f64)> {
    let few = Provider::open(&DemoSize::default(), 0).await;
    let many = DemoSize { clients: CLIENTS, members: Some(3), items: 20, ..DemoSize::default() };
    let many = Provider::open(&many, PROVIDER_MEMBERS).await;
    // The first turn of both loads the page's parts.
    few.acts().await;
    many.acts().await;
    let mut pairs = Vec::new();
    for _ in 0..TURNS {
        let (yardstick, ours) = (few.acts().await, many.acts().await);
        eprintln!("   24 clients {yardstick:.0} ms, 1,000 clients {ours:.0} ms");
        pairs.push((yardstick, ours));
    }
    for provider in [few, many] {
        provider.window.close().await.unwrap();
    }
    pairs
}

/// A provider's window over a service of its own, synced.
struct Provider {
    window: Window,
    _service: Running,
    _folder: TempDir,
}

impl Provider {
    async fn open(size: &DemoSize, members: usize) -> Self {
        let store = Store::in_memory().unwrap();
        let accounts = portico_demo::seed(&store, size).unwrap();
        let service = running::start(store, Config::without_delay()).await.unwrap();
        let admin = accounts.with_role("provider admin").unwrap();
        let person = Person::signed_in(service.base_url(), admin.email, admin.password).await;
        invite_until(&person, members).await;
        let folder = tempfile::tempdir().unwrap();
        let window = Window::open(folder.path(), "en_GB.UTF-8").await;
        window.sign_in(service.base_url().as_str(), admin.email, admin.password).await;
        window.synced().await;
        window.click("product-provider").await;
        window.find("client-row").await;
        window.click("nav-members").await;
        Self { window, _service: service, _folder: folder }
    }

    async fn acts(&self) -> f64 {
        let words = vec![json!(SEARCHES), json!(REST_MS)];
        let answer = self.window.page.execute_async(ACTS, words).await.unwrap();
        answer.as_f64().unwrap_or_else(|| panic!("the acts end: {answer}"))
    }
}

/// Invites service users until the provider has as many members.
async fn invite_until(admin: &Person, members: usize) {
    let sync = admin.call(Method::GET, "/api/sync", Value::Null).await;
    let provider = sync["profile"]["providers"][0]["id"].as_str().unwrap().to_owned();
    let users = format!("/api/providers/{provider}/users");
    let there = admin.call(Method::GET, &users, Value::Null).await["data"].as_array().unwrap().len();
    let emails: Vec<String> =
        (there..members).map(|n| format!("service.user.{n}@brightwater.example")).collect();
    for some in emails.chunks(20) {
        admin.call(Method::POST, &format!("{users}/invite"), json!({"emails": some, "type": 1})).await;
    }
}
