//! Files that the person chooses, through the real window: an attached file that is saved, a backup and its way back; and
//! what a lock screen may not change.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use std::fs;

use demo::{Demo, PROVIDER_ADMIN};
use portico_demo::DemoSize;
use portico_tests::window::Window;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_saved_as_it_was_stored() {
    let demo = Demo::start(&DemoSize { clients: 2, items: 20, ..DemoSize::default() }).await;
    let folder = tempfile::tempdir().unwrap();
    let window =
        Window::open_with(folder.path(), "en_GB.UTF-8", &[("PORTICO_E2E_SAVE_IN", folder.path())]).await;
    sign_in(&window, &demo, "end user").await;
    let item = item_with_file(&window, "Recovery codes.txt").await;
    window.replace("vaults-search", &item).await;
    let found = || async { window.count("[data-testid=item-row]").await == 1 };
    window.until("the search leaves the item", found).await;
    window.click("item-row").await;
    window.click("attachment-save").await;
    let file = folder.path().join("Recovery codes.txt");
    let there = || async { file.exists() };
    window.until("the file is there", there).await;
    let codes: String =
        (1..=10).map(|n| format!("{n:02}  {:05}-{:05}\n", n * 7919 % 99_991, n * 6101 % 99_989)).collect();
    assert_eq!(fs::read(&file).unwrap(), codes.as_bytes());
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_account_comes_back_from_its_backup_and_a_lock_screen_changes_nobodys_trust() {
    let demo = Demo::start(&DemoSize { clients: 2, ..DemoSize::default() }).await;
    let (folder, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let doors = [("PORTICO_E2E_SAVE_IN", backups.path()), ("PORTICO_E2E_OPEN_IN", backups.path())];
    let window = Window::open_with(folder.path(), "en_GB.UTF-8", &doors).await;
    sign_in(&window, &demo, PROVIDER_ADMIN).await;
    window.click_away("lock").await;
    window.find("unlock-submit").await;

    let state = command(&window, "session_state", json!({})).await;
    let account = state["ok"]["account"]["id"].as_str().unwrap().to_owned();
    for (name, arguments) in [
        ("choose_authority", json!({"accountId": account})),
        ("choose_authority", json!({})),
        ("forget_authority", json!({"accountId": account})),
        ("open_backup", json!({})),
    ] {
        let answer = command(&window, name, arguments).await;
        assert_eq!(answer["error"]["code"], "locked", "{name}: {answer}");
    }

    window.click("log-out").await;
    window.click("log-out-remove").await;
    window.click("backup-save").await;
    window.find("backup-saved").await;
    window.picture("50-log-out-backup-en").await;
    window.click("log-out-confirm").await;
    window.find("open-backup").await;
    assert_eq!(window.count("[data-testid=account-row]").await, 0);
    window.click("open-backup").await;
    window.css("[data-testid=account-row][data-state=signedOut]").await;
    window.picture("51-backup-opened-en").await;
    window.click("account-row").await;
    window.fill("signin-password", demo.account(PROVIDER_ADMIN).password).await;
    window.click("signin-submit").await;
    window.find("lock").await;
    let kept = command(&window, "cache_info", json!({})).await;
    assert!(kept["ok"]["pictures"].as_u64().unwrap() >= 1, "{kept}");
    window.close().await.unwrap();
}

async fn sign_in(window: &Window, demo: &Demo, role: &str) {
    let account = demo.account(role);
    window.sign_in(demo.base().as_str(), account.email, account.password).await;
    // Who has one product only is not offered any.
    window.css("[data-testid=product-passwords], [data-testid=item-row]").await;
    let quiet = || async { window.count("[data-testid=sync-bar]").await == 0 };
    window.until("the sync ends", quiet).await;
}

/// The name of the item of the own vault that this file hangs on.
async fn item_with_file(window: &Window, file: &str) -> String {
    let query = json!({"vault": {"kind": "mine"}, "section": {"kind": "all"}, "search": "", "sort": "name",
        "descending": false, "offset": 0, "limit": 100});
    let page = command(window, "items_page", json!({"query": query})).await;
    let rows = page["ok"]["rows"].as_array().unwrap_or_else(|| panic!("{page}"));
    for row in rows.iter().filter(|row| row["attachments"] == true) {
        let detail = command(window, "item_detail", json!({"itemId": row["id"]})).await;
        let files = detail["ok"]["attachments"].as_array().unwrap().clone();
        if files.iter().any(|one| one["fileName"]["value"] == file) {
            return row["name"]["value"].as_str().unwrap().to_owned();
        }
    }
    panic!("no item has a file {file}");
}

/// Calls a command as the page could: `ok` has its answer, `error` what it failed with.
async fn command(window: &Window, name: &str, arguments: Value) -> Value {
    let script = "const [name, words, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(name, words).then((ok) => done({ ok }), (error) => done({ error }));";
    window.page.execute_async(script, vec![name.into(), arguments]).await.unwrap()
}
