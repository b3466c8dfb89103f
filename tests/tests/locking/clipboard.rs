//! What is copied: kept out of histories, taken away in time, at a lock and at the end, and never what somebody else
//! copied.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::demo::{Demo, PROVIDER_ADMIN};
use crate::{LOCALE, Window, small_demo, until};

/// The least that the settings take.
const KEPT: Duration = Duration::from_secs(5);
const THEIRS: &str = "what somebody else copied";

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_password_is_kept_out_of_histories_and_taken_away_in_time() {
    let demo = small_demo().await;
    let profile = tempfile::tempdir().unwrap();
    clear_after(profile.path(), Some(KEPT));
    let window = opened(&demo, profile.path()).await;
    let password = password_of_an_item(&window).await;

    let begun = copy(&window, &password).await;
    // What KDE's and other histories look for before they keep anything.
    assert_eq!(read("x-kde-passwordManagerHint").as_deref(), Some("secret"));
    until("the clipboard is cleared", || read("UTF8_STRING").is_none()).await;
    assert!(begun.elapsed() >= KEPT, "it was there for as long as was said");

    // Somebody else's text stays, when the time of ours is over and at a lock.
    copy(&window, &password).await;
    let begun = Instant::now();
    write("clipboard", THEIRS);
    until("the time of ours is over", || {
        assert_eq!(read("UTF8_STRING").as_deref(), Some(THEIRS));
        begun.elapsed() > KEPT * 2
    })
    .await;
    copy(&window, &password).await;
    write("clipboard", THEIRS);
    window.click_away("lock").await;
    window.find("unlock-submit").await;
    assert_eq!(read("UTF8_STRING").as_deref(), Some(THEIRS));
    window.close().await.unwrap();
    assert_eq!(read("UTF8_STRING").as_deref(), Some(THEIRS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_password_is_taken_away_at_a_lock_and_at_the_end() {
    let demo = small_demo().await;
    let profile = tempfile::tempdir().unwrap();
    clear_after(profile.path(), None);
    let window = opened(&demo, profile.path()).await;
    let password = password_of_an_item(&window).await;
    copy(&window, &password).await;
    window.click_away("lock").await;
    window.find("unlock-submit").await;
    until("the clipboard is cleared", || read("UTF8_STRING").is_none()).await;

    window.fill("unlock-password", demo.account(PROVIDER_ADMIN).password).await;
    window.click("unlock-submit").await;
    let password = password_of_an_item(&window).await;
    copy(&window, &password).await;
    // As a person closes it.
    window.page.close_window().await.unwrap();
    until("the clipboard is cleared", || read("UTF8_STRING").is_none()).await;
    until("the program ends", || window.web_processes().is_empty()).await;
    assert_eq!(read("UTF8_STRING"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_selected_in_the_page_is_let_go_of_at_a_lock() {
    let demo = small_demo().await;
    let profile = tempfile::tempdir().unwrap();
    let window = opened(&demo, profile.path()).await;
    let password = password_of_an_item(&window).await;
    let select = "getSelection().selectAllChildren(document.querySelector('[data-testid=revealed]'))";
    window.page.execute(select, Vec::new()).await.unwrap();
    until("the middle mouse button has it", || selected().as_deref() == Some(&password)).await;
    window.click_away("lock").await;
    window.find("unlock-submit").await;
    until("it has nothing", || selected().is_none()).await;

    // What is selected elsewhere is nobody else's to take away.
    window.fill("unlock-password", demo.account(PROVIDER_ADMIN).password).await;
    window.click("unlock-submit").await;
    window.find("product-passwords").await;
    write("primary", THEIRS);
    window.click_away("lock").await;
    window.find("unlock-submit").await;
    assert_eq!(selected().as_deref(), Some(THEIRS));
    window.close().await.unwrap();
}

/// Before the program has a settings file.
fn clear_after(profile: &Path, kept: Option<Duration>) {
    let settings = serde_json::json!({ "clearClipboardSeconds": kept.map(|kept| kept.as_secs()) });
    std::fs::write(profile.join("settings.json"), settings.to_string()).unwrap();
}

/// The page of somebody who has an item with a password that everybody may see.
async fn opened(demo: &Demo, profile: &Path) -> Window {
    let window = Window::open(profile, LOCALE).await;
    let account = demo.account(PROVIDER_ADMIN);
    window.sign_in(demo.base().as_str(), account.email, account.password).await;
    window
}

async fn password_of_an_item(window: &Window) -> String {
    window.click("product-passwords").await;
    window.replace("vaults-search", "registrar").await;
    let found = || async { window.count("[data-testid=item-row]").await == 1 };
    window.until("the search leaves one item", found).await;
    window.click("item-row").await;
    window.click("reveal").await;
    window.find("revealed").await;
    let script = "return document.querySelector('[data-testid=revealed]').textContent";
    let shown = window.page.execute(script, Vec::new()).await.unwrap();
    shown.as_str().filter(|shown| !shown.is_empty()).unwrap().to_owned()
}

/// By the button beside the one that reveals; returns when that was.
async fn copy(window: &Window, password: &str) -> Instant {
    let begun = Instant::now();
    window.css(".field-row:has([data-testid=reveal]) [data-testid=copy]").await.click().await.unwrap();
    until("the password is on the clipboard", || read("UTF8_STRING").as_deref() == Some(password)).await;
    begun
}

/// What stands on the clipboard in one of its forms.
fn read(form: &str) -> Option<String> {
    read_of("clipboard", form)
}

/// What the middle mouse button would write.
fn selected() -> Option<String> {
    read_of("primary", "UTF8_STRING")
}

/// As any other program reads it. An owner that ends before it has answered never does, and `xclip` would wait for it for
/// good.
fn read_of(selection: &str, form: &str) -> Option<String> {
    let output = Command::new("timeout")
        .args(["5", "xclip", "-selection", selection, "-out", "-target", form])
        .stderr(Stdio::null())
        .output()
        .expect("timeout (package coreutils) and xclip (package xclip)");
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// Goes on in the background until somebody else copies.
fn write(selection: &str, text: &str) {
    let mut owner = Command::new("xclip")
        .args(["-selection", selection, "-in"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("xclip (package xclip)");
    owner.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(owner.wait().unwrap().success());
}
