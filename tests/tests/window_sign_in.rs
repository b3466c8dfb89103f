//! The ways into an account beside the password and an authenticator app, in the real window: the personal API key,
//! codes that the server mails, the recovery code.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use demo::{Demo, PROVIDER_ADMIN};
use portico_demo::{DemoAccount, DemoSize};
use portico_profile::Profile;
use portico_tests::window::Window;
use uuid::Uuid;

const ENGLISH: &str = "en_GB.UTF-8";
const FRENCH: &str = "fr_FR.UTF-8";

async fn small_demo() -> Demo {
    Demo::start(&DemoSize { clients: 2, members: Some(4), items: 10, ..DemoSize::default() }).await
}

fn change(demo: &Demo, set: &str, account: &DemoAccount) {
    let sql = format!("UPDATE users SET {set} WHERE email = ?1");
    assert_eq!(demo.database().execute(&sql, [account.email]).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_api_key_signs_in_without_a_second_step() {
    let demo = small_demo().await;
    let account = demo.account(PROVIDER_ADMIN);
    change(&demo, "two_step_email = email, verify_devices = 1", account);
    let sql = "SELECT id, api_key FROM users WHERE email = ?1";
    let (user, secret): (Vec<u8>, String) =
        demo.database().query_row(sql, [account.email], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let user = Uuid::from_slice(&user).unwrap();

    let profile = tempfile::tempdir().unwrap();
    let window = Window::open(profile.path(), ENGLISH).await;
    window.click("server-selfHosted").await;
    window.fill("signin-address", demo.base().as_str()).await;
    window.click("signin-api-key").await;
    window.fill("signin-client-id", &format!("user.{user}")).await;
    window.fill("signin-client-secret", "not the secret").await;
    window.fill("signin-password", account.password).await;
    window.click("signin-submit").await;
    wrong(&window, "signin-client-secret").await;
    window.picture("90-wrong-api-key-en").await;
    window.replace("signin-client-secret", &secret).await;
    window.replace("signin-password", "not the password").await;
    window.click("signin-submit").await;
    wrong(&window, "signin-password").await;
    window.replace("signin-password", account.password).await;
    window.click("signin-submit").await;
    window.find("lock").await;
    window.synced().await;
    assert_eq!(demo.mails("twoStepCode").await + demo.mails("newDeviceCode").await, 0);

    window.click_away("lock").await;
    window.fill("unlock-password", account.password).await;
    window.click("unlock-submit").await;
    window.find("product-provider").await;
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_code_is_the_second_step() {
    let demo = small_demo().await;
    let account = demo.account(PROVIDER_ADMIN);
    change(&demo, "two_step_email = 'second@brightwater.example'", account);
    let profile = tempfile::tempdir().unwrap();
    let window = Window::open(profile.path(), ENGLISH).await;
    window.send_password(demo.base().as_str(), account.email, account.password).await;
    window.find("signin-code").await;
    let said = window.text("form").await;
    assert!(said.contains("***") && !said.contains("second@"), "{said}");
    mailed_code_signs_in(&window, &demo, "twoStepCode", "91-mailed-code-en").await;
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_is_new_to_the_server_is_confirmed_with_a_mailed_code() {
    let demo = small_demo().await;
    let account = demo.account(PROVIDER_ADMIN);
    // The first computer of an account is not asked.
    let elsewhere = tempfile::tempdir().unwrap();
    drop(demo.sign_in(&Profile::open(elsewhere.path()).unwrap(), PROVIDER_ADMIN).await);
    change(&demo, "verify_devices = 1", account);
    let profile = tempfile::tempdir().unwrap();
    let window = Window::open(profile.path(), FRENCH).await;
    window.send_password(demo.base().as_str(), account.email, account.password).await;
    mailed_code_signs_in(&window, &demo, "newDeviceCode", "92-new-device-fr").await;
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recovery_code_signs_in_and_turns_the_second_step_off() {
    let demo = small_demo().await;
    let account = demo.accounts.accounts.iter().find(|one| one.authenticator_secret.is_some()).unwrap();
    change(&demo, "recovery_code = 'abcdefghijklmnopqrstuvwxyz234567'", account);
    let profile = tempfile::tempdir().unwrap();
    let window = Window::open(profile.path(), FRENCH).await;
    window.send_password(demo.base().as_str(), account.email, account.password).await;
    window.click("way-recoveryCode").await;
    window.fill("signin-code", "abcd efgh").await;
    window.click("signin-verify").await;
    wrong(&window, "signin-code").await;
    let said = window.text("form").await;
    assert!(said.contains("il a déjà servi"), "{said}");
    window.picture("93-recovery-code-fr").await;
    window.replace("signin-code", "ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567").await;
    window.click("signin-verify").await;
    window.find("lock").await;
    let sql = "SELECT totp_secret IS NULL FROM users WHERE email = ?1";
    assert!(demo.database().query_row(sql, [account.email], |row| row.get::<_, bool>(0)).unwrap());
    window.close().await.unwrap();
}

/// The page asks for a code, which is under way already: another one is asked for, mistyped, and typed.
async fn mailed_code_signs_in(window: &Window, demo: &Demo, kind: &str, picture: &str) {
    window.find("signin-code").await;
    assert_eq!(demo.mails(kind).await, 1);
    window.click("mail-again").await;
    window.until("another code is mailed", || async { demo.mails(kind).await == 2 }).await;
    let code = demo.mailed(kind).await;
    let mistyped = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    window.fill("signin-code", &mistyped).await;
    window.click("signin-verify").await;
    wrong(window, "signin-code").await;
    window.picture(picture).await;
    window.replace("signin-code", &code).await;
    window.click("signin-verify").await;
    window.find("lock").await;
    window.synced().await;
}

/// Waits until the page says at this field, and no other, that it is wrong.
async fn wrong(window: &Window, field: &str) {
    let this = format!("[data-testid={field}][aria-invalid=true]");
    let told = || async { window.count(&this).await == 1 && window.count("[aria-invalid=true]").await == 1 };
    window.until("what is wrong is told", told).await;
}
