//! A policy that wants an account signed out, and a program that ended before its time was over.

use std::path::Path;

use serde_json::Value;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{LOCALE, Window, opened, small_demo, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_log_out_that_was_due_while_the_program_was_gone_is_done_at_its_start() {
    let demo = small_demo().await;
    let policy = r#"DELETE FROM policies WHERE type = 9;
        INSERT INTO policies SELECT randomblob(16), id, 9, 1, '{"minutes":30,"action":"logOut"}', 0 FROM organizations"#;
    demo.database().execute_batch(policy).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let window = opened(&demo, profile.path(), &[]).await;
    // Noted while it is open: a program that is killed does not come to write anything. So ends this one.
    until("the policy is noted", || due(profile.path()).is_some()).await;
    window.close().await.unwrap();
    let (account, since) = due(profile.path()).unwrap();
    assert!(OffsetDateTime::now_utc() - since < Duration::minutes(10), "{since}");

    since_then(profile.path(), &account, Duration::minutes(29));
    let window = Window::open(profile.path(), LOCALE).await;
    window.find("unlock-password").await;
    window.close().await.unwrap();

    since_then(profile.path(), &account, Duration::minutes(31));
    let window = Window::open(profile.path(), LOCALE).await;
    let signed_out = || async {
        window.count("[data-testid=unlock-password]").await == 0
            && window.count("[data-testid=signin-password], [data-testid=server-selfHosted]").await > 0
    };
    window.until("the account is signed out", signed_out).await;
    window.picture("53-logged-out-at-the-start").await;
    assert!(due(profile.path()).is_none(), "it is done once");
    assert!(
        profile.path().join("accounts").join(account).join("cache.sqlite3").exists(),
        "the archive stays"
    );
    window.close().await.unwrap();
}

/// Whose log-out is noted in the settings, and since when nobody touched it.
fn due(profile: &Path) -> Option<(String, OffsetDateTime)> {
    let settings = settings(profile)?;
    let (account, due) = settings["dueLogOuts"].as_object()?.iter().next()?;
    assert_eq!(due["afterMinutes"], 30);
    Some((account.clone(), OffsetDateTime::parse(due["since"].as_str()?, &Rfc3339).unwrap()))
}

fn since_then(profile: &Path, account: &str, ago: Duration) {
    let mut settings = settings(profile).unwrap();
    let since = (OffsetDateTime::now_utc() - ago).format(&Rfc3339).unwrap();
    settings["dueLogOuts"][account]["since"] = Value::String(since);
    std::fs::write(profile.join("settings.json"), settings.to_string()).unwrap();
}

fn settings(profile: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(profile.join("settings.json")).ok()?).ok()
}
