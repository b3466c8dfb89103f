//! A first sync against fetching the same responses bare: of the demo provider, and of a vault of 10,000 items; and what
//! `porticoctl` holds while it lists 50,000.
//!
//! Ours: from a signed-in account with nothing in it to a complete picture on disk. The yardstick asks the same service for
//! the same things, as many at a time, and reads the bodies to their end. Both sides run under the program's allocator.
#![allow(clippy::unwrap_used)]

#[path = "../tests/demo/mod.rs"]
mod demo;
#[path = "listing/mod.rs"]
mod listing;
#[path = "../../crates/vault/benches/support/pairs.rs"]
mod pairs;

use std::time::Duration;

use demo::{Demo, PROVIDER_ADMIN};
use futures_util::{StreamExt, stream};
use portico_client::{ApiClient, CancellationToken, PaceLimits, SyncOptions, connect, sync};
use portico_demo::DemoSize;
use portico_profile::{Profile, Unlocked};
use portico_tests::line::{Line, Speed};
use portico_tests::person::Person;
use portico_tests::proxy::FaultProxy;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;

#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

const PAIRS: usize = 10;

/// A home or an office that is well connected, and a server in the same country.
const OFFICE: Speed = Speed { delay: Duration::from_millis(10), bytes_per_second: 100e6 / 8.0 };

fn main() {
    let provider = DemoSize::default();
    first_sync("the demo provider", 1.5, &provider, PROVIDER_ADMIN, None);
    first_sync("the demo provider", 1.5, &provider, PROVIDER_ADMIN, Some(OFFICE));
    let vault = DemoSize { clients: 6, members: Some(12), items: 10_000, ..DemoSize::default() };
    first_sync("10,000 items", 1.1, &vault, "end user", None);
    first_sync("10,000 items", 1.1, &vault, "end user", Some(OFFICE));
    listing::measure();
}

fn first_sync(what: &str, target: f64, size: &DemoSize, role: &str, line: Option<Speed>) {
    let runtime = Runtime::new().unwrap();
    let demo = runtime.block_on(Demo::start(size));
    let line = line.map(|speed| runtime.block_on(Line::before(demo.base(), speed)));
    let base = line.as_ref().map_or(demo.base(), |line| &line.base);
    let (paths, person) = runtime.block_on(async {
        let account = demo.account(role);
        let person = Person::signed_in(base, account.email, account.password).await;
        (requests_of_a_first_sync(&demo, role).await, person)
    });
    // Signing in costs a key derivation, which is no part of a sync: done beforehand, once for each.
    let mut accounts: Vec<Account> = (0..PAIRS + PAIRS.div_ceil(8))
        .map(|_| runtime.block_on(Account::signed_in(&demo, base, role)))
        .collect();
    let over = if line.is_some() { " over a line" } else { "" };
    pairs::compare(
        &format!("first sync of {what}{over} / fetching the same responses"),
        target,
        PAIRS,
        || runtime.block_on(fetch(&person, &paths)),
        || {
            let account = accounts.pop().unwrap();
            runtime.block_on(account.sync());
            account
        },
    );
    assert!(accounts.is_empty());
}

/// The paths that a first sync reads, seen from between the client and the service.
async fn requests_of_a_first_sync(demo: &Demo, role: &str) -> Vec<String> {
    let proxy = FaultProxy::before(demo.base()).await;
    Account::signed_in(demo, &proxy.base, role).await.sync().await;
    let paths: Vec<String> =
        proxy.asked().iter().filter_map(|asked| Some(asked.strip_prefix("GET /")?.to_owned())).collect();
    assert!(paths.iter().any(|path| path.starts_with("api/sync")), "{paths:?}");
    paths
}

async fn fetch(person: &Person, paths: &[String]) -> usize {
    let at_once = PaceLimits::LOOPBACK.in_flight as usize;
    stream::iter(paths)
        .map(|path| person.fetch(path))
        .buffer_unordered(at_once)
        .fold(0, async |sum, bytes| sum + bytes)
        .await
}

struct Account {
    unlocked: Unlocked,
    client: ApiClient,
    _folder: TempDir,
}

impl Account {
    /// Signed in at `base`, and about to sync there by the same client, as in the window: both sides have a connection.
    async fn signed_in(demo: &Demo, base: &Url, role: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let client = connect(&profile, &demo::address(), Some(base), None).unwrap();
        let unlocked = demo.sign_in_by(&client, &profile, demo.account(role)).await;
        Self { unlocked, client, _folder: folder }
    }

    async fn sync(&self) {
        let stop = CancellationToken::new();
        sync(&self.client, &self.unlocked, &SyncOptions::default(), &|_| {}, &stop).await.unwrap();
    }
}
