//! Sign-ins from devices that an account does not know (protocol.md §1.5).

use portico_service::bulk::{BulkError, BulkUser};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::num::NonZeroU32;
use time::OffsetDateTime;

use crate::support::*;

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const OK: StatusCode = StatusCode::OK;

/// A world in which `Person::Plain` lets devices be verified; `change` makes the account something else besides.
async fn world_of(change: impl FnOnce(BulkUser) -> BulkUser) -> World {
    let store = Store::in_memory().unwrap();
    store.set_password_rounds(NonZeroU32::MIN);
    let plain = change(BulkUser { verify_devices: true, ..user(Person::Plain) });
    store.bulk::<_, BulkError>(|load| load.user(&plain)).unwrap();
    World::over(store, Config::without_delay()).await
}

async fn from(world: &World, device: &str, code: Option<&str>) -> (StatusCode, Value) {
    let mut form = grant_from(Person::Plain, device);
    form.extend(code.map(|code| ("newDeviceOtp".to_owned(), code.to_owned())));
    world.token(&fields(&form)).await
}

fn required() -> (StatusCode, Value) {
    let body = json!({
        "error": "device_error",
        "error_description": "New device verification required",
        "ErrorModel": {
            "Message": "new device verification required", "Object": "error", "ValidationErrors": null,
            "ExceptionMessage": null, "ExceptionStackTrace": null, "InnerExceptionMessage": null,
        },
    });
    (BAD, body)
}

#[tokio::test]
async fn the_second_device_takes_a_mailed_code() {
    let world = world_of(|user| user).await;
    assert_eq!(from(&world, "first", None).await.0, OK, "an account without devices has nothing to compare");
    assert_eq!(from(&world, "first", None).await.0, OK, "known");
    assert_eq!(world.mails("newDeviceCode").await, 0);

    assert_eq!(from(&world, "second", None).await, required());
    assert_eq!(world.mails("newDeviceCode").await, 1);
    let code = world.mailed_code("newDeviceCode").await;
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    let (status, body) = from(&world, "second", Some(&wrong)).await;
    assert_eq!((status, &body["error"]), (BAD, &json!("device_error")));
    assert_eq!(body["ErrorModel"]["Message"], "invalid new device otp");
    assert_eq!(world.mails("newDeviceCode").await, 1, "a wrong code mails no new one");

    let (status, session) = from(&world, "second", Some(&code)).await;
    assert_eq!(status, OK, "{session}");
    assert_eq!(from(&world, "second", None).await.0, OK, "known from now on");
    let told = world.running.outbox().await.unwrap();
    let told = told.iter().rfind(|mail| mail.kind == "newDeviceSignIn").unwrap();
    assert_eq!(
        (told.to.as_str(), told.fields["deviceType"].as_str()),
        ("plain@brightwater.example", "LinuxDesktop")
    );
    assert!(told.body.contains("Device: Linux Desktop\nDate: "), "{}", told.body);
    assert!(
        told.body.contains(&format!(" {} at ", told.date.year())),
        "a date that people read: {}",
        told.body
    );
    assert!(!told.body.contains(&told.date.date().to_string()), "{}", told.body);

    let token = session["access_token"].as_str().unwrap();
    let devices = world.get("/api/devices", token).await;
    assert_eq!(devices["object"], "list");
    let devices = devices["data"].as_array().unwrap();
    assert_eq!(devices.len(), 2);
    assert_eq!(
        keys(&devices[0]),
        names(
            "object id name type identifier creationDate lastActivityDate isTrusted encryptedUserKey
             encryptedPublicKey devicePendingAuthRequest"
        )
    );
    let second = world.get("/api/devices/identifier/second", token).await;
    assert_eq!(
        (&second["object"], &second["type"], &second["name"]),
        (&json!("device"), &json!(8), &json!("linux"))
    );
    let nobodys = world.request(Method::GET, "/api/devices/identifier/third", Some(token));
    assert_eq!(answer(nobodys).await, (StatusCode::NOT_FOUND, envelope("Resource not found.")));
}

#[tokio::test]
async fn new_accounts_two_step_accounts_and_who_chose_so_are_not_asked() {
    let young = OffsetDateTime::now_utc() - time::Duration::hours(23);
    let old = OffsetDateTime::now_utc() - time::Duration::hours(25);
    for (what, created, verify_devices, expected) in
        [("old", old, true, required().0), ("young", young, true, OK), ("declined", old, false, OK)]
    {
        let world = world_of(|user| BulkUser { created, verify_devices, ..user }).await;
        assert_eq!(from(&world, "first", None).await.0, OK, "{what}");
        assert_eq!(from(&world, "second", None).await.0, expected, "{what}");
    }
    let world = world_of(|user| BulkUser { totp_secret: Some(TOTP_SECRET.to_owned().into()), ..user }).await;
    for (device, at) in [("first", 0), ("second", 30)] {
        let mut form = grant_from(Person::Plain, device);
        let code = code_at(OffsetDateTime::now_utc().unix_timestamp() + at);
        form.extend([("twoFactorToken".into(), code), ("twoFactorProvider".into(), "0".into())]);
        assert_eq!(world.token(&fields(&form)).await.0, OK, "{device}");
    }
}

#[tokio::test]
async fn the_code_is_mailed_again_for_the_right_password() {
    let world = world_of(|user| user).await;
    from(&world, "first", None).await;
    from(&world, "second", None).await;
    let first = world.mailed_code("newDeviceCode").await;
    let path = "/api/accounts/resend-new-device-otp";
    let email = Person::Plain.email();
    for wrong in [
        json!({"email": email, "masterPasswordHash": "nope"}),
        json!({"email": "nobody@brightwater.example", "masterPasswordHash": Person::Plain.password()}),
        json!({"email": email}),
        json!({}),
    ] {
        assert_eq!(world.post(path, wrong).await, (BAD, envelope("User verification failed.")));
    }
    assert_eq!(world.mails("newDeviceCode").await, 1);
    let hash = Person::Plain.password();
    for again in [
        json!({"email": email, "masterPasswordHash": hash}),
        json!({"email": email, "secret": hash}),
        json!({"email": email, "secret": hash, "masterPasswordHash": ""}),
        json!({"email": email, "secret": hash, "masterPasswordHash": hash}),
    ] {
        assert_eq!(world.post(path, again).await, (OK, Value::Null));
    }
    assert_eq!(world.mails("newDeviceCode").await, 5);
    let second = world.mailed_code("newDeviceCode").await;
    assert!(first == second || from(&world, "second", Some(&first)).await.0 == BAD, "overtaken");
    assert_eq!(from(&world, "second", Some(&second)).await.0, OK);
}

#[tokio::test]
async fn the_person_decides_whether_devices_are_verified() {
    let world = world_of(|user| user).await;
    let (_, session) = from(&world, "first", None).await;
    let token = session["access_token"].as_str().unwrap();
    assert_eq!(world.get("/api/accounts/profile", token).await["verifyDevices"], true);
    let set =
        async |body: Value| world.send(Method::PUT, "/api/accounts/verify-devices", Some(token), body).await;
    let hash = Person::Plain.password();
    assert_eq!(set(json!({"verifyDevices": false})).await, (BAD, envelope("User verification failed.")));
    assert_eq!(set(json!({"masterPasswordHash": hash})).await.0, BAD);
    assert_eq!(from(&world, "second", None).await.0, BAD);
    assert_eq!(set(json!({"VerifyDevices": false, "MasterPasswordHash": hash})).await, (OK, Value::Null));
    assert_eq!(from(&world, "second", None).await.0, OK);
    assert_eq!(world.get("/api/accounts/profile", token).await["verifyDevices"], false);
}

#[tokio::test]
async fn an_api_key_needs_no_code_and_tells_of_its_device() {
    let world = world_of(|user| user).await;
    from(&world, "first", None).await;
    let client_id = format!("user.{}", Person::Plain.id());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &client_id),
        ("client_secret", "api-key-of-Plain"),
        ("scope", "api"),
        ("deviceType", "25"),
        ("deviceIdentifier", "cli"),
        ("deviceName", "cli"),
    ];
    let before = world.mails("newDeviceSignIn").await;
    assert_eq!(world.token(&form).await.0, OK);
    assert_eq!(world.mails("newDeviceSignIn").await, before + 1);
    assert_eq!(world.token(&form).await.0, OK);
    assert_eq!(world.mails("newDeviceSignIn").await, before + 1, "known now");
}

#[tokio::test]
async fn a_registered_account_verifies_devices_from_its_second_day() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    let store = Store::open(&file).unwrap();
    store.set_password_rounds(NonZeroU32::MIN);
    let world = World::over(store, Config::without_delay()).await;
    let email = Person::Plain.email();
    let (_, token) =
        world.post("/identity/accounts/register/send-verification-email", json!({ "email": email })).await;
    let account = json!({
        "email": email, "emailVerificationToken": token, "masterPasswordHash": Person::Plain.password(),
        "userSymmetricKey": enc("userkey"), "kdf": 0, "kdfIterations": 600_000,
        "userAsymmetricKeys": {"publicKey": "A".repeat(392), "encryptedPrivateKey": enc("private")},
    });
    assert_eq!(world.post("/identity/accounts/register/finish", account).await.0, OK);
    for device in ["first", "second"] {
        assert_eq!(from(&world, device, None).await.0, OK, "the account is new");
    }
    let day: i64 = 86_400_000_000;
    let database = rusqlite::Connection::open(&file).unwrap();
    assert_eq!(database.execute("UPDATE users SET created = created - ?", [day]).unwrap(), 1);
    assert_eq!(from(&world, "third", None).await, required());
    // The code is good for half an hour.
    let code = world.mailed_code("newDeviceCode").await;
    database.execute("UPDATE codes SET expires = expires - ?", [1_800_000_000_i64]).unwrap();
    assert_eq!(from(&world, "third", Some(&code)).await.0, BAD);
}
