//! After a lock the memory of the program and of its web processes holds no master password, no key and no token, and
//! the web processes hold no item, no name and no hidden field either.
//!
//! The program itself may: each answer to the page is copied by the toolkit, whose allocators do not wipe what they free.
//! Making them do so (glibc's `malloc.perturb`, WebKit's `Malloc=1`) was tried and took the page's process down.
//!
//! The needles come from a second client that reads the same account in this process, which is not looked into; nor is
//! the driver, which types for the person.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use demo::{Demo, PROVIDER_ADMIN};
use portico_crypto::{Kdf, MasterKey};
use portico_demo::DemoSize;
use portico_profile::{Profile, SessionTokens, Unlocked};
use portico_tests::memory::{Found, Needle, Process, Search, descendants};
use portico_tests::window::Window;
use portico_vault::{FieldId, Opened, Shown};

/// How long the last requests, a sync that is being stopped and the old web process may take to go.
const PATIENCE: Duration = Duration::from_secs(30);
/// Shorter texts turn up by chance among hundreds of megabytes.
const SHORTEST: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lock_no_password_key_or_token_is_in_memory() {
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
    needles.extend(keys_of(&demo, &unlocked));
    let search = Search::new(needles);
    // What stands in a program in which nobody has signed in yet is no secret: words of its messages, say.
    let before = search.find(&descendants(window.driver_id()));
    let all = search.len();
    let search = search.without(&before);
    assert!(
        search.len() * 10 >= all * 9,
        "most of what is looked for is not there from the start: {before:#?}"
    );

    window.click("server-selfHosted").await;
    window.fill("signin-address", demo.base().as_str()).await;
    window.fill("signin-email", account.email).await;
    window.click("signin-continue").await;
    window.fill("signin-password", account.password).await;
    window.click("signin-submit").await;
    window.find("product-provider").await;
    let quiet = || async { window.count("[data-testid=sync-bar]").await == 0 };
    window.until("the sync ends", quiet).await;
    look_around(&window).await;

    let open = descendants(window.driver_id());
    let found = search.find(&open);
    for kind in ["item name", "person", "hidden field", "user key", "organization key", "private key"] {
        assert!(
            found.iter().any(|found| found.what.starts_with(kind)),
            "no {kind} while it is open: {open:?}"
        );
    }
    let session = tokens(folder.path(), account.password, unlocked.account());
    let mut needles = search.into_needles();
    needles.extend(Needle::text("access token", session.access_token.expose()));
    needles
        .extend(session.refresh_token.iter().flat_map(|token| Needle::text("refresh token", token.expose())));
    drop(session);
    let search = Search::new(needles);
    let found = search.find(&open);
    assert!(found.iter().any(|found| found.what.starts_with("access token")), "no token while it is open");

    window.click_away("lock").await;
    window.find("unlock-submit").await;
    nothing_is_left(&window, &search, &web_processes(&open)).await;

    // Unlocked offline as well: another way in, the same way out.
    window.fill("unlock-password", account.password).await;
    window.click("unlock-submit").await;
    window.find("product-provider").await;
    look_around(&window).await;
    let open = descendants(window.driver_id());
    window.click_away("lock").await;
    window.find("unlock-submit").await;
    nothing_is_left(&window, &search, &web_processes(&open)).await;
    window.close().await.unwrap();
}

/// Clients, a member, items, a password that is shown and one that is copied. Reads no text: what the driver is told would
/// pass through the program for the test's sake only.
async fn look_around(window: &Window) {
    window.click("product-provider").await;
    window.click("client-row").await;
    window.click("client-tab-members").await;
    window.click("member").await;
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
        let mut found = search.find(&now);
        found.retain(|found| !is_an_answer_that_the_toolkit_copied(found));
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

/// Texts of answers, in the program and not in a process of its page.
fn is_an_answer_that_the_toolkit_copied(found: &Found) -> bool {
    let texts = ["item name", "person", "collection", "hidden field"];
    found.process.starts_with("portico") && texts.iter().any(|text| found.what.starts_with(text))
}

fn web_processes(all: &[Process]) -> Vec<Process> {
    let web: Vec<Process> =
        all.iter().filter(|process| process.name.starts_with("WebKitWebProces")).cloned().collect();
    assert!(!web.is_empty(), "a page has a process: {all:?}");
    web
}

/// Names of items and people, and every hidden field.
fn texts_of(unlocked: &Unlocked) -> Vec<Needle> {
    let picture = unlocked.picture();
    let mut texts = BTreeSet::new();
    for row in picture.providers().unwrap().iter().flat_map(|provider| &provider.rows) {
        let client = picture.client(row.organization_id).unwrap().unwrap();
        texts.extend(client.members.iter().filter_map(|member| Some(("person", member.name.clone()?))));
        let names = client.collections.iter().filter_map(|collection| collection.name.text());
        texts.extend(names.map(|name| ("collection", name.to_owned())));
    }
    for overview in picture.items() {
        if let Opened::Value(name) = &overview.name {
            texts.insert(("item name", name.clone()));
        }
        let item = picture.item(overview.id).unwrap();
        let fields: Vec<FieldId> = item.fields().map(|field| field.id.clone()).collect();
        for id in fields {
            if matches!(item.field(&id).map(|field| field.shown), Some(Shown::Hidden)) {
                texts.extend(item.reveal(&id).map(|secret| ("hidden field", secret.expose().to_owned())));
            }
        }
    }
    texts
        .iter()
        .filter(|(_, text)| text.len() >= SHORTEST)
        .flat_map(|(what, text)| Needle::text(what, text))
        .collect()
}

/// Every key of the account, in halves: each half is a key of its own to the ciphers.
fn keys_of(demo: &Demo, unlocked: &Unlocked) -> Vec<Needle> {
    let account = demo.account(PROVIDER_ADMIN);
    let stretched = MasterKey::derive(account.password, account.email, &Kdf::DEFAULT).stretch();
    let mut needles = halves("stretched master key", stretched.expose());
    needles.extend(halves("user key", unlocked.user_key().expose()));
    let picture = unlocked.picture();
    let organizations = picture.organizations().unwrap();
    for organization in &organizations {
        let key = picture.organization_key(organization.id).unwrap().unwrap();
        needles.extend(halves("organization key", key.expose()));
    }
    assert!(organizations.len() > 20);
    let sql = "SELECT private_key FROM users WHERE email = ?1";
    let wrapped: String = demo.database().query_row(sql, [account.email], |row| row.get(0)).unwrap();
    let pkcs8 = unlocked.user_key().open_bytes(&wrapped).unwrap();
    // Past the public modulus: the private exponent and the primes. Big numbers lie in memory the other way round too.
    for start in (400..pkcs8.len() - 32).step_by(64) {
        let piece = &pkcs8[start..start + 32];
        let turned: Vec<u8> = piece.iter().rev().copied().collect();
        needles.push(Needle::bytes(format!("private key at {start}"), piece));
        needles.push(Needle::bytes(format!("private key at {start}, turned"), &turned));
    }
    needles
}

fn halves(what: &str, key: &[u8; 64]) -> Vec<Needle> {
    let (encryption, mac) = key.split_at(32);
    vec![
        Needle::bytes(format!("{what} (encryption)"), encryption),
        Needle::bytes(format!("{what} (MAC)"), mac),
    ]
}

/// Those that the window was given, read from its own file.
fn tokens(folder: &std::path::Path, password: &str, account: uuid::Uuid) -> SessionTokens {
    let unlocked = Profile::open(folder).unwrap().unlock(account, password).unwrap();
    let session = unlocked.session().unwrap();
    let copy =
        |token: &portico_protocol::SecretText| portico_protocol::SecretText::new(token.expose().to_owned());
    SessionTokens {
        access_token: copy(&session.access_token),
        refresh_token: session.refresh_token.as_ref().map(copy),
        expires_at: session.expires_at,
        remember_token: None,
        api_key: None,
    }
}
