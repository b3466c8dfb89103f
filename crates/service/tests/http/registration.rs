use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::*;

const EMAIL: &str = "nadia@brightwater.example";

async fn token_for(world: &World, email: &str) -> String {
    let path = "/identity/accounts/register/send-verification-email";
    let (status, token) = world.post(path, json!({"email": email, "receiveMarketingEmails": false})).await;
    assert_eq!(status, StatusCode::OK);
    token.as_str().unwrap().to_owned()
}

fn legacy(token: &str) -> Value {
    let mut account = account_of(EMAIL);
    account["emailVerificationToken"] = token.into();
    account
}

/// A new account in the legacy shape, without what proves the address.
pub fn account_of(email: &str) -> Value {
    json!({
        "email": email, "masterPasswordHint": null, "masterPasswordHash": "bmFkaWE=",
        "userSymmetricKey": enc("userkey"), "kdf": 0, "kdfIterations": 600_000,
        "userAsymmetricKeys": {"publicKey": "A".repeat(392), "encryptedPrivateKey": enc("private")},
    })
}

fn newer(token: &str) -> Value {
    let kdf = json!({"kdfType": 1, "iterations": 3, "memory": 64, "parallelism": 4});
    json!({
        "email": EMAIL, "emailVerificationToken": token,
        "masterPasswordAuthentication": {"kdf": kdf, "masterPasswordAuthenticationHash": "bmFkaWE=", "salt": EMAIL},
        "masterPasswordUnlock": {"kdf": kdf, "masterKeyWrappedUserKey": enc("userkey"), "salt": EMAIL},
        "userAsymmetricKeys": {"publicKey": "A".repeat(392), "encryptedPrivateKey": enc("private")},
    })
}

async fn finish(world: &World, body: Value) -> (StatusCode, Value) {
    world.post("/identity/accounts/register/finish", body).await
}

async fn sign_in(world: &World) -> Value {
    let mut form = password_grant(Person::Plain);
    form[1].1 = EMAIL.into();
    form[2].1 = "bmFkaWE=".into();
    let (status, body) = world.token(&fields(&form)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

#[tokio::test]
async fn both_shapes_make_an_account_that_can_sign_in() {
    for (shape, kdf) in [(legacy as fn(&str) -> Value, 0), (newer, 1)] {
        let world = World::start().await;
        let token = token_for(&world, "Nadia@Brightwater.example").await;
        let clicked = json!({"email": EMAIL, "emailVerificationToken": token});
        let path = "/identity/accounts/register/verification-email-clicked";
        assert_eq!(world.post(path, clicked).await, (StatusCode::OK, Value::Null));

        let (status, body) = finish(&world, shape(&token)).await;
        assert_eq!((status, &body["object"]), (StatusCode::OK, &json!("registerFinish")));
        let session = sign_in(&world).await;
        assert_eq!(session["Kdf"], kdf);
        assert_eq!(session["UserDecryptionOptions"]["MasterPasswordUnlock"]["Salt"], EMAIL);
        assert_eq!(session["Key"], enc("userkey"));
        let profile = world.get("/api/accounts/profile", session["access_token"].as_str().unwrap()).await;
        assert_eq!((&profile["email"], &profile["name"]), (&json!(EMAIL), &Value::Null));

        let again = finish(&world, shape(&token)).await;
        let taken = "Email 'nadia@brightwater.example' is already taken.";
        assert_eq!(again, (StatusCode::BAD_REQUEST, envelope(taken)));
    }
}

#[tokio::test]
async fn the_name_that_came_with_the_address_is_the_accounts() {
    let world = World::start().await;
    let path = "/identity/accounts/register/send-verification-email";
    let ask = |name: Value| {
        world.post(path, json!({"email": EMAIL, "name": name, "receiveMarketingEmails": false}))
    };
    let (status, refused) = ask(json!("é".repeat(51))).await;
    assert_eq!((status, keys(&refused["validationErrors"])), (StatusCode::BAD_REQUEST, vec!["Name"]));
    let (_, token) = ask(json!(" Nadia é Osei ")).await;
    let token = token.as_str().unwrap();
    let [expires, _, tag] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    // "Mallory" in base64url.
    let renamed = format!("{expires}.TWFsbG9yeQ.{tag}");
    assert_eq!(finish(&world, legacy(&renamed)).await.1, envelope("Invalid email verification token."));
    assert_eq!(finish(&world, legacy(token)).await.0, StatusCode::OK);
    let session = sign_in(&world).await;
    let profile = world.get("/api/accounts/profile", session["access_token"].as_str().unwrap()).await;
    assert_eq!(profile["name"], "Nadia é Osei");
}

#[tokio::test]
async fn a_new_account_can_say_which_key_its_user_key_is() {
    for (told, kept) in [("7c39b54c244bf8f2ba1fb378c4b9a796", true), ("no id", false)] {
        let world = World::start().await;
        let mut body = newer(&token_for(&world, EMAIL).await);
        body["masterPasswordUnlock"]["containedKeyId"] = told.into();
        assert_eq!(finish(&world, body).await.0, StatusCode::OK);
        let session = sign_in(&world).await;
        let sync = world.get("/api/sync", session["access_token"].as_str().unwrap()).await;
        assert_eq!(sync["userDecryption"].get("userKeyId"), kept.then_some(&json!(told)));
    }
}

#[tokio::test]
async fn a_body_in_pascal_case_makes_an_account_too() {
    let world = World::start().await;
    let body = legacy(&token_for(&world, EMAIL).await);
    let pascal: serde_json::Map<String, Value> = body
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (key[..1].to_uppercase() + &key[1..], value.clone()))
        .collect();
    assert_eq!(finish(&world, Value::Object(pascal)).await.0, StatusCode::OK);
    sign_in(&world).await;
}

#[tokio::test]
async fn only_the_token_of_this_address_registers() {
    let world = World::start().await;
    let own = token_for(&world, EMAIL).await;
    let others = token_for(&world, "else@brightwater.example").await;
    let (expires, tag) = own.split_once('.').unwrap();
    let longer = format!("{}.{tag}", expires.parse::<i64>().unwrap() + 1);
    let expired = format!("1.{tag}");
    for token in ["", "x", "1.x", "1.x.x", &others, &longer, &expired] {
        let refused = finish(&world, legacy(token)).await;
        assert_eq!(
            refused,
            (StatusCode::BAD_REQUEST, envelope("Invalid email verification token.")),
            "{token}"
        );
    }
    let mut without = legacy(&own);
    without["emailVerificationToken"] = Value::Null;
    assert_eq!(finish(&world, without).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(finish(&world, legacy(&own)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn accounts_that_would_be_weak_or_broken_are_refused() {
    let world = World::start().await;
    let token = token_for(&world, EMAIL).await;
    let bent = |shape: fn(&str) -> Value, path: &[&str], value: Value| {
        let mut body = shape(&token);
        *path.iter().fold(&mut body, |at, key| &mut at[*key]) = value;
        body
    };
    let unlock = "masterPasswordUnlock";
    for body in [
        bent(legacy, &["kdfIterations"], json!(599_999)),
        bent(legacy, &["kdfIterations"], json!(4_000_000_000_u32)),
        bent(legacy, &["kdf"], json!(2)),
        bent(legacy, &["kdf"], json!(1)),
        bent(legacy, &["userSymmetricKey"], json!("in clear")),
        bent(legacy, &["userSymmetricKey"], Value::Null),
        bent(legacy, &["masterPasswordHash"], Value::Null),
        bent(legacy, &["masterPasswordHash"], json!("")),
        bent(legacy, &["masterPasswordHash"], json!("h".repeat(301))),
        bent(legacy, &["userSymmetricKey"], json!("")),
        bent(legacy, &["userSymmetricKey"], json!(long_enc(1_001))),
        bent(legacy, &["userAsymmetricKeys", "encryptedPrivateKey"], json!("")),
        bent(legacy, &["userAsymmetricKeys", "encryptedPrivateKey"], json!(long_enc(10_001))),
        bent(legacy, &["userAsymmetricKeys"], Value::Null),
        bent(legacy, &["userAsymmetricKeys", "publicKey"], json!("A")),
        bent(legacy, &["userAsymmetricKeys", "encryptedPrivateKey"], json!("2.A|B|C")),
        bent(legacy, &["email"], json!("nobody")),
        bent(newer, &[unlock, "kdf", "iterations"], json!(4)),
        bent(newer, &[unlock, "salt"], json!("else")),
        bent(newer, &[unlock, "masterKeyWrappedUserKey"], Value::Null),
        bent(newer, &[unlock, "masterKeyWrappedUserKey"], json!("")),
        bent(newer, &[unlock, "masterKeyWrappedUserKey"], json!(long_enc(1_001))),
        bent(newer, &["masterPasswordAuthentication", "masterPasswordAuthenticationHash"], json!("")),
        bent(
            newer,
            &["masterPasswordAuthentication", "masterPasswordAuthenticationHash"],
            json!("h".repeat(301)),
        ),
    ] {
        let (status, answer) = finish(&world, body.clone()).await;
        assert_eq!((status, &answer["object"]), (StatusCode::BAD_REQUEST, &json!("error")), "{body}");
    }
    assert_eq!(finish(&world, newer(&token)).await.0, StatusCode::OK, "nothing of that was kept");
}

#[tokio::test]
async fn a_closed_server_registers_nobody() {
    let config = portico_service::Config { registration: false, ..portico_service::Config::without_delay() };
    let world = World::with(config).await;
    let path = "/identity/accounts/register/send-verification-email";
    assert_eq!(world.post(path, json!({ "email": EMAIL })).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(finish(&world, legacy("x")).await.0, StatusCode::BAD_REQUEST);
    let (_, config) = answer(world.request(reqwest::Method::GET, "/api/config", None)).await;
    assert_eq!(config["settings"]["disableUserRegistration"], true);
}

#[tokio::test]
async fn a_user_key_that_no_master_key_opens_is_refused() {
    let world = World::start().await;
    let token = token_for(&world, EMAIL).await;
    let mut account = legacy(&token);
    account["userSymmetricKey"] = format!("4.{}", "A".repeat(344)).into();
    let (status, refused) = finish(&world, account).await;
    assert_eq!(
        (status, keys(&refused["validationErrors"])),
        (StatusCode::BAD_REQUEST, vec!["UserSymmetricKey"])
    );
}

/// The server keeps neither signing keys nor security states: such an account could never be opened again.
#[tokio::test]
async fn an_account_of_the_second_version_of_encryption_is_refused_through_every_door() {
    let world = World::start().await;
    let token = token_for(&world, EMAIL).await;
    let pair =
        json!({"publicKey": "A".repeat(392), "wrappedPrivateKey": enc("private"), "signedPublicKey": null});
    let keys = |member: &str, value: Value| {
        let mut keys = json!({"publicKeyEncryptionKeyPair": pair});
        keys[member] = value;
        keys
    };
    let mut signed = pair.clone();
    signed["signedPublicKey"] = "c2lnbmVk".into();
    let mut sealed = pair.clone();
    sealed["wrappedPrivateKey"] = "7.Y29zZQ==".into();
    let state = json!({"securityState": "c3RhdGU=", "securityVersion": 2});
    let signing = json!({"wrappedSigningKey": "7.Y29zZQ==", "verifyingKey": "a2V5"});
    let problem = "This server does not take the second version of account encryption.";
    for account_keys in [
        keys("securityState", state),
        keys("signatureKeyPair", signing),
        keys("publicKeyEncryptionKeyPair", signed),
    ] {
        // Beside a pair of the first version, too.
        let mut account = newer(&token);
        account["accountKeys"] = account_keys;
        assert_eq!(finish(&world, account).await, (StatusCode::BAD_REQUEST, envelope(problem)));
    }
    let mut account = newer(&token);
    account.as_object_mut().unwrap().remove("userAsymmetricKeys");
    account["accountKeys"] = keys("publicKeyEncryptionKeyPair", sealed);
    assert_eq!(finish(&world, account).await, (StatusCode::BAD_REQUEST, envelope(problem)));
    let mut account = legacy(&token);
    account["userAsymmetricKeys"]["encryptedPrivateKey"] = "7.Y29zZQ==".into();
    assert_eq!(finish(&world, account).await, (StatusCode::BAD_REQUEST, envelope(problem)));

    // The address is still free, and the first version in its newer dress is taken.
    let mut account = newer(&token);
    account.as_object_mut().unwrap().remove("userAsymmetricKeys");
    account["accountKeys"] = keys("securityState", Value::Null);
    assert_eq!(finish(&world, account).await.0, StatusCode::OK);
}
