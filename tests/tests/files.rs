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

/// The page is only one way to the shell: what a protected item holds is refused to whoever calls the commands without it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_protected_item_leaves_the_shell_before_the_master_password() {
    let demo = Demo::start(&DemoSize { clients: 2, items: 40, ..DemoSize::default() }).await;
    let protect = "UPDATE ciphers SET reprompt = 1 WHERE user_id IS NOT NULL";
    assert!(demo.database().execute(protect, []).unwrap() >= 40);
    let folder = tempfile::tempdir().unwrap();
    let window =
        Window::open_with(folder.path(), "en_GB.UTF-8", &[("PORTICO_E2E_SAVE_IN", folder.path())]).await;
    sign_in(&window, &demo, "end user").await;
    let password = demo.account("end user").password;
    let (item, attachment) = protected_file(&window, password, "Recovery codes.txt").await;
    let coded = own_items(&window).await.into_iter().find(|row| row["hasTotp"] == true).unwrap();
    let coded = coded["id"].as_str().unwrap();
    let field = |id: &str, password: Option<&str>| json!({"request": {"itemId": item, "fieldId": id, "password": password}});
    let file =
        || json!({"request": {"itemId": item, "attachmentId": attachment, "acceptUnauthenticated": false}});
    let detail = || json!({"itemId": item});
    let code = || json!({"itemId": coded, "fieldId": "login.totp"});
    let website = || json!({"itemId": item, "fieldId": "login.uris.0"});
    let shut = async |when: &str| {
        let told = command(&window, "item_detail", detail()).await;
        assert_eq!(told["ok"]["locked"], true, "{when}: {told}");
        assert_eq!(told["ok"]["sections"], json!([]), "{when}");
        assert_eq!(told["ok"]["attachments"], json!([]), "{when}");
        for (name, arguments) in [
            ("reveal_field", field("login.password", None)),
            ("copy_field", field("login.username", None)),
            ("copy_field", field("login.password", None)),
            ("totp_code", code()),
            ("open_website", website()),
            ("save_attachment", file()),
        ] {
            let answer = command(&window, name, arguments).await;
            assert_eq!(answer["error"]["code"], "repromptNeeded", "{when}: {name}: {answer}");
        }
        for name in ["reveal_field", "copy_field"] {
            let answer = command(&window, name, field("login.password", Some("a guess"))).await;
            assert_eq!(answer["error"]["code"], "wrongPassword", "{when}: {name}: {answer}");
        }
    };
    shut("at first").await;

    // Said with the request, it counts for that one.
    let revealed = command(&window, "reveal_field", field("login.password", Some(password))).await;
    let secret = revealed["ok"]["value"].as_str().unwrap_or_else(|| panic!("{revealed}")).to_owned();
    let copied = command(&window, "copy_field", field("login.username", Some(password))).await;
    assert!(copied["error"].is_null(), "{copied}");
    shut("after one request").await;

    // Said for the item, it counts for all of it until another one is looked at.
    let wrong = command(&window, "pass_reprompt", json!({"itemId": item, "password": "a guess"})).await;
    assert_eq!(wrong["error"]["code"], "wrongPassword");
    let passed = command(&window, "pass_reprompt", json!({"itemId": item, "password": password})).await;
    assert!(passed["error"].is_null(), "{passed}");
    let told = command(&window, "item_detail", detail()).await;
    assert_eq!(told["ok"]["locked"], false, "{told}");
    assert_eq!(told["ok"]["attachments"][0]["fileName"]["value"], "Recovery codes.txt");
    let again = command(&window, "reveal_field", field("login.password", None)).await;
    assert_eq!(again["ok"]["value"], secret);
    for (name, arguments) in [("copy_field", field("login.password", None)), ("save_attachment", file())] {
        let answer = command(&window, name, arguments).await;
        assert!(answer["error"].is_null(), "{name}: {answer}");
    }
    assert!(folder.path().join("Recovery codes.txt").exists());
    // For this item, and for no other.
    let refused = command(&window, "totp_code", code()).await;
    assert_eq!(refused["error"]["code"], "repromptNeeded", "{refused}");
    command(&window, "pass_reprompt", json!({"itemId": coded, "password": password})).await;
    let told = command(&window, "totp_code", code()).await;
    assert!(told["ok"]["code"].as_str().unwrap().len() >= 6, "{told}");
    command(&window, "leave_item", json!({})).await;
    shut("after the item was left").await;
    window.close().await.unwrap();
}

/// The item of the own vault that this file hangs on, and the file; found with the master password, and left again.
async fn protected_file(window: &Window, password: &str, file: &str) -> (String, String) {
    for row in own_items(window).await.iter().filter(|row| row["attachments"] == true) {
        let item = json!({"itemId": row["id"], "password": password});
        command(window, "pass_reprompt", item).await;
        let detail = command(window, "item_detail", json!({"itemId": row["id"]})).await;
        let files = detail["ok"]["attachments"].as_array().unwrap();
        if let Some(found) = files.iter().find(|one| one["fileName"]["value"] == file) {
            command(window, "leave_item", json!({})).await;
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            return (text(&row["id"]), text(&found["id"]));
        }
    }
    panic!("no item has a file {file}");
}

/// The rows of the own vault.
async fn own_items(window: &Window) -> Vec<Value> {
    let query = json!({"vault": {"kind": "mine"}, "section": {"kind": "all"}, "search": "", "sort": "name",
        "descending": false, "offset": 0, "limit": 100});
    let page = command(window, "items_page", json!({"query": query})).await;
    page["ok"]["rows"].as_array().unwrap_or_else(|| panic!("{page}")).clone()
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
    for row in own_items(window).await.iter().filter(|row| row["attachments"] == true) {
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
