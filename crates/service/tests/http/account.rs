use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn the_revision_date_is_a_bare_number_of_milliseconds() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let millis = world.get("/api/accounts/revision-date", &token).await.as_i64().unwrap();
    let now = time::OffsetDateTime::now_utc().unix_timestamp() * 1000;
    assert!((now - 600_000..=now + 1000).contains(&millis), "{millis}");
}

#[tokio::test]
async fn keys_are_told_and_never_replaced() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let kept = world.get("/api/accounts/keys", &token).await;
    assert_eq!(keys(&kept), names("object key publicKey privateKey accountKeys"));
    assert_eq!(kept["object"], "keys");
    assert_eq!((&kept["publicKey"], &kept["privateKey"]), (&json!("UFVCTElD"), &json!(enc("private"))));

    let pair = json!({"publicKey": "A".repeat(392), "encryptedPrivateKey": enc("another")});
    let request = world.request(Method::POST, "/api/accounts/keys", Some(&token)).json(&pair);
    assert_eq!(answer(request).await, (StatusCode::BAD_REQUEST, envelope("User has existing keypair")));
    assert_eq!(world.get("/api/accounts/keys", &token).await, kept);
}

#[tokio::test]
async fn an_account_without_keys_gets_a_pair() {
    use portico_service::bulk::{BulkError, BulkUser};
    let store = portico_service::Store::in_memory().unwrap();
    let bare = BulkUser { public_key: None, private_key: None, ..user(Person::Plain) };
    store.bulk::<_, BulkError>(|load| load.user(&bare)).unwrap();
    let world = World::over(store, portico_service::Config::without_delay()).await;
    let session = world.sign_in(Person::Plain).await;
    assert_eq!((&session["PrivateKey"], &session["AccountKeys"]), (&Value::Null, &Value::Null));
    let token = session["access_token"].as_str().unwrap();

    let post = async |pair: Value| {
        answer(world.request(Method::POST, "/api/accounts/keys", Some(token)).json(&pair)).await
    };
    let public = "A".repeat(392);
    for (bad, field) in [
        (json!({"publicKey": public, "encryptedPrivateKey": "in clear"}), "EncryptedPrivateKey"),
        (json!({"publicKey": "short", "encryptedPrivateKey": enc("k")}), "PublicKey"),
    ] {
        let (status, body) = post(bad).await;
        assert_eq!(
            (status, &body["message"]),
            (StatusCode::BAD_REQUEST, &json!("The model state is invalid."))
        );
        assert_eq!(keys(&body["validationErrors"]), [field]);
    }
    let (status, body) = post(json!({"PublicKey": public, "EncryptedPrivateKey": enc("k")})).await;
    assert_eq!((status, &body["privateKey"]), (StatusCode::OK, &json!(enc("k"))));
    assert_eq!(world.get("/api/accounts/keys", token).await, body);
}

#[tokio::test]
async fn a_password_is_verified() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let verify = async |body: Value| {
        answer(world.request(Method::POST, "/api/accounts/verify-password", Some(&token)).json(&body)).await
    };
    for name in ["masterPasswordHash", "MasterPasswordHash"] {
        let (status, policy) = verify(json!({ name: Person::Member.password() })).await;
        assert_eq!((status, &policy["minLength"]), (StatusCode::OK, &json!(14)));
        assert_eq!(policy["object"], "masterPasswordPolicy");
    }
    for wrong in [json!({"masterPasswordHash": Person::Owner.password()}), json!({"otp": "1"}), json!({})] {
        assert_eq!(verify(wrong).await, (StatusCode::BAD_REQUEST, envelope("User verification failed.")));
    }
}

#[tokio::test]
async fn anybody_signed_in_finds_a_public_key() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    let key = world.get(&format!("/api/users/{}/public-key", Person::Owner.id()), &token).await;
    assert_eq!(key, json!({"object": "userKey", "userId": Person::Owner.id(), "publicKey": "UFVCTElD"}));
    let nobody = world.request(
        Method::GET,
        "/api/users/00000000-0000-0000-0000-00000000dead/public-key",
        Some(&token),
    );
    assert_eq!(answer(nobody).await, (StatusCode::NOT_FOUND, envelope("Resource not found.")));
}

#[tokio::test]
async fn a_device_is_known_after_a_sign_in() {
    let world = World::start().await;
    let ask = async |email: &str, device: &str| {
        let request = world
            .request(Method::GET, "/api/devices/knowndevice", None)
            .header("X-Request-Email", email)
            .header("X-Device-Identifier", device);
        answer(request).await
    };
    // base64url of "member@brightwater.example", without padding.
    let email = "bWVtYmVyQGJyaWdodHdhdGVyLmV4YW1wbGU";
    let device = "11111111-2222-3333-4444-555555555555";
    assert_eq!(ask(email, device).await, (StatusCode::OK, json!(false)));
    world.sign_in(Person::Member).await;
    assert_eq!(ask(email, device).await, (StatusCode::OK, json!(true)));
    assert_eq!(ask(email, "another").await, (StatusCode::OK, json!(false)));
    assert_eq!(ask("!!", device).await, (StatusCode::OK, json!(false)));
}
