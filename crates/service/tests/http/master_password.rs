//! Changes of what unlocks an account, as a second client sees them.

use portico_service::bulk::{BulkError, BulkUser};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const OK: StatusCode = StatusCode::OK;
const NEW: &str = "bmV3IGhhc2g=";
const SALT: &str = "member@brightwater.example";

fn pbkdf2() -> Value {
    json!({"kdfType": 0, "iterations": 600_000, "memory": null, "parallelism": null})
}

fn argon2() -> Value {
    json!({"kdfType": 1, "iterations": 3, "memory": 64, "parallelism": 4})
}

/// The newer form of a change: `kdf` and `salt` stand in both halves.
fn pair(kdf: &Value, salt: &str) -> Value {
    json!({
        "masterPasswordHash": Person::Member.password(),
        "authenticationData": {"kdf": kdf, "masterPasswordAuthenticationHash": NEW, "salt": salt},
        "unlockData": {"kdf": kdf, "masterKeyWrappedUserKey": enc("newkey"), "salt": salt},
    })
}

fn bent(mut body: Value, path: &[&str], value: Value) -> Value {
    *path.iter().fold(&mut body, |at, key| &mut at[*key]) = value;
    body
}

async fn post(world: &World, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    world.send(Method::POST, &format!("/api/accounts/{path}"), Some(token), body).await
}

async fn sign_in_with(world: &World, hash: &str) -> (StatusCode, Value) {
    let mut form = password_grant(Person::Member);
    form[2].1 = hash.into();
    world.token(&fields(&form)).await
}

/// Neither token of a session is good any more.
async fn is_over(world: &World, session: &Value) {
    let token = session["access_token"].as_str().unwrap();
    let read = answer(world.request(Method::GET, "/api/sync", Some(token))).await;
    assert_eq!(read, (StatusCode::UNAUTHORIZED, envelope("Unauthorized.")));
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", session["refresh_token"].as_str().unwrap()),
        ("client_id", "desktop"),
    ];
    assert_eq!(world.token(&refresh).await, (BAD, json!({"error": "invalid_grant"})));
}

#[tokio::test]
async fn both_forms_change_the_password_and_end_every_session() {
    let legacy = json!({
        "masterPasswordHash": Person::Member.password(), "newMasterPasswordHash": NEW,
        "masterPasswordHint": "the new one", "key": enc("newkey"),
    });
    let pascal = json!({
        "MasterPasswordHash": Person::Member.password(), "NewMasterPasswordHash": NEW, "Key": enc("newkey"),
    });
    for body in [legacy, pascal, pair(&pbkdf2(), SALT)] {
        let world = World::start().await;
        let here = world.sign_in(Person::Member).await;
        let (_, elsewhere) = world.token(&fields(&grant_from(Person::Member, "elsewhere"))).await;
        let bystander = world.access_token(Person::Owner).await;
        let token = here["access_token"].as_str().unwrap();
        let stamp = world.get("/api/accounts/profile", token).await["securityStamp"].clone();

        assert_eq!(post(&world, "password", token, body.clone()).await, (OK, Value::Null), "{body}");
        is_over(&world, &here).await;
        is_over(&world, &elsewhere).await;
        world.get("/api/sync", &bystander).await;
        assert_eq!(sign_in_with(&world, &Person::Member.password()).await.0, BAD);
        let (status, session) = sign_in_with(&world, NEW).await;
        assert_eq!(status, OK);
        assert_eq!(session["Key"], enc("newkey"));
        assert_eq!(session["PrivateKey"], enc("private"), "the user key stays, newly wrapped");
        let token = session["access_token"].as_str().unwrap();
        let sync = world.get("/api/sync", token).await;
        assert_ne!(sync["profile"]["securityStamp"], stamp);
        assert_eq!(sync["profile"]["key"], enc("newkey"));
        let unlock = &sync["userDecryption"]["masterPasswordUnlock"];
        assert_eq!(
            (&unlock["masterKeyEncryptedUserKey"], &unlock["salt"]),
            (&json!(enc("newkey")), &json!(SALT))
        );
        assert_eq!(world.events_of(token).await, [1000, 1000, 1001, 1005, 1000]);
    }
}

#[tokio::test]
async fn both_forms_change_the_key_derivation() {
    let legacy = json!({
        "masterPasswordHash": Person::Member.password(), "newMasterPasswordHash": NEW, "key": enc("newkey"),
        "kdf": 1, "kdfIterations": 3, "kdfMemory": 64, "kdfParallelism": 4,
    });
    for body in [legacy, pair(&argon2(), SALT)] {
        let world = World::start().await;
        let session = world.sign_in(Person::Member).await;
        let token = session["access_token"].as_str().unwrap();
        assert_eq!(post(&world, "kdf", token, body).await, (OK, Value::Null));
        is_over(&world, &session).await;
        let (_, prelogin) = world.post("/identity/accounts/prelogin", json!({ "email": SALT })).await;
        assert_eq!(prelogin["kdfSettings"], argon2());
        assert_eq!((&prelogin["kdf"], &prelogin["kdfMemory"]), (&json!(1), &json!(64)));
        let (status, session) = sign_in_with(&world, NEW).await;
        assert_eq!((status, &session["Kdf"], &session["KdfIterations"]), (OK, &json!(1), &json!(3)));
        let sync = world.get("/api/sync", session["access_token"].as_str().unwrap()).await;
        let unlock = &sync["userDecryption"]["masterPasswordUnlock"];
        assert_eq!(
            (&unlock["kdf"], &unlock["masterKeyEncryptedUserKey"]),
            (&argon2(), &json!(enc("newkey")))
        );
    }
}

#[tokio::test]
async fn changes_that_would_lock_the_person_out_are_refused() {
    let world = World::start().await;
    let session = world.sign_in(Person::Member).await;
    let token = session["access_token"].as_str().unwrap();
    let before = world.get("/api/sync", token).await;
    let legacy = json!({
        "masterPasswordHash": Person::Member.password(), "newMasterPasswordHash": NEW, "key": enc("newkey"),
    });
    let kdf = |kind: i64, iterations: i64, memory: Value, parallelism: Value| {
        let settings =
            json!({"kdfType": kind, "iterations": iterations, "memory": memory, "parallelism": parallelism});
        ("kdf", pair(&settings, SALT))
    };
    for (path, body) in [
        ("password", json!({})),
        ("password", bent(legacy.clone(), &["masterPasswordHash"], json!("nope"))),
        ("password", bent(legacy.clone(), &["newMasterPasswordHash"], Value::Null)),
        ("password", bent(legacy.clone(), &["newMasterPasswordHash"], json!(""))),
        ("password", bent(legacy.clone(), &["newMasterPasswordHash"], json!("x".repeat(301)))),
        ("password", bent(legacy.clone(), &["masterPasswordHint"], json!("x".repeat(51)))),
        ("password", bent(legacy.clone(), &["key"], json!("in clear"))),
        ("password", bent(legacy.clone(), &["key"], Value::Null)),
        ("password", bent(legacy, &["key"], json!(format!("{}A", enc("k").repeat(20))))),
        ("password", pair(&argon2(), SALT)),
        ("password", pair(&pbkdf2(), "else@brightwater.example")),
        ("password", bent(pair(&pbkdf2(), SALT), &["unlockData", "salt"], json!("else"))),
        ("password", bent(pair(&pbkdf2(), SALT), &["unlockData"], Value::Null)),
        ("password", bent(pair(&pbkdf2(), SALT), &["unlockData", "masterKeyWrappedUserKey"], Value::Null)),
        kdf(0, 599_999, Value::Null, Value::Null),
        kdf(0, 2_000_001, Value::Null, Value::Null),
        kdf(1, 1, json!(64), json!(4)),
        kdf(1, 11, json!(64), json!(4)),
        kdf(1, 3, json!(14), json!(4)),
        kdf(1, 3, json!(1025), json!(4)),
        kdf(1, 3, json!(64), json!(17)),
        kdf(1, 3, Value::Null, json!(4)),
        kdf(2, 600_000, Value::Null, Value::Null),
        ("kdf", pair(&argon2(), "else@brightwater.example")),
        ("kdf", bent(pair(&argon2(), SALT), &["masterPasswordHash"], json!("nope"))),
        ("kdf", bent(pair(&argon2(), SALT), &["unlockData", "kdf", "memory"], json!(65))),
        ("security-stamp", json!({"masterPasswordHash": "nope"})),
    ] {
        let (status, answer) = post(&world, path, token, body.clone()).await;
        assert_eq!((status, &answer["object"]), (BAD, &json!("error")), "{path} {body}");
    }
    assert_eq!(world.get("/api/sync", token).await, before, "nothing of that was kept");
}

#[tokio::test]
async fn a_wrong_secret_costs_time() {
    let delay = std::time::Duration::from_millis(400);
    let world = World::with(Config { login_delay: delay, ..Config::default() }).await;
    let token = world.access_token(Person::Member).await;
    for path in ["verify-password", "security-stamp", "api-key", "resend-new-device-otp"] {
        let asked = std::time::Instant::now();
        let body = json!({"email": Person::Member.email(), "masterPasswordHash": "nope"});
        assert_eq!(post(&world, path, &token, body).await.0, BAD);
        assert!(asked.elapsed() >= delay, "{path}");
    }
}

#[tokio::test]
async fn signing_out_everywhere_takes_the_password() {
    let world = World::start().await;
    let here = world.sign_in(Person::Member).await;
    let (_, elsewhere) = world.token(&fields(&grant_from(Person::Member, "elsewhere"))).await;
    let token = here["access_token"].as_str().unwrap();
    let secret = json!({"masterPasswordHash": Person::Member.password()});
    assert_eq!(post(&world, "security-stamp", token, secret).await, (OK, Value::Null));
    is_over(&world, &here).await;
    is_over(&world, &elsewhere).await;
    world.sign_in(Person::Member).await;
}

#[tokio::test]
async fn costs_that_pbkdf2_does_not_take_count_for_nothing() {
    let world = World::start().await;
    let odd = json!({"kdfType": 0, "iterations": 700_000, "memory": 64, "parallelism": 4});
    let plain = json!({"kdfType": 0, "iterations": 700_000});
    let token = world.access_token(Person::Member).await;
    let mut change = pair(&odd, SALT);
    change["unlockData"]["kdf"] = plain.clone();
    assert_eq!(post(&world, "kdf", &token, change).await.0, OK);
    let (_, prelogin) =
        world.post("/identity/accounts/prelogin", json!({"email": Person::Member.email()})).await;
    assert_eq!(prelogin["kdfIterations"], 700_000);
    assert_eq!((&prelogin["kdfMemory"], &prelogin["kdfParallelism"]), (&Value::Null, &Value::Null));

    let (_, session) = sign_in_with(&world, NEW).await;
    let token = session["access_token"].as_str().unwrap();
    let change = bent(pair(&plain, SALT), &["masterPasswordHash"], NEW.into());
    assert_eq!(post(&world, "password", token, change).await.0, OK);
}

#[tokio::test]
async fn the_hint_goes_to_its_person_by_mail_and_the_answer_tells_nothing() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let profile = json!({"name": "Nadia", "masterPasswordHint": "the usual"});
    for profile in
        [profile, json!({"name": "Nadia W."}), json!({"name": "Nadia", "masterPasswordHint": null})]
    {
        assert_eq!(world.send(Method::PUT, "/api/accounts/profile", Some(&token), profile).await.0, OK);
    }
    let path = "/api/accounts/password-hint";
    for email in ["Member@Brightwater.example", "plain@brightwater.example", "nobody@brightwater.example"] {
        assert_eq!(world.post(path, json!({ "email": email })).await, (OK, Value::Null));
    }
    let mails = world.running.outbox().await.unwrap();
    let hints: Vec<_> = mails
        .iter()
        .filter(|mail| mail.kind == "passwordHint")
        .map(|mail| (mail.to.as_str(), mail.fields.get("hint").map(String::as_str)))
        .collect();
    assert_eq!(
        hints,
        [("member@brightwater.example", Some("the usual")), ("plain@brightwater.example", None)]
    );
    for _ in 0..7 {
        assert_eq!(world.post(path, json!({"email": "plain@brightwater.example"})).await, (OK, Value::Null));
    }
    assert_eq!(world.mails("passwordHint").await, 1 + 5, "nobody is flooded");
}

#[tokio::test]
async fn an_account_without_a_master_password_proves_itself_by_a_mailed_code() {
    let store = Store::in_memory().unwrap();
    let bare = BulkUser { password_hash: None, ..user(Person::Plain) };
    store.bulk::<_, BulkError>(|load| load.user(&bare)).unwrap();
    let world = World::over(store, Config::without_delay()).await;
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
    let (_, session) = world.token(&form).await;
    let token = session["access_token"].as_str().unwrap();
    assert_eq!(post(&world, "request-otp", token, json!({})).await, (OK, Value::Null));
    let code = world.mailed_code("verificationCode").await;
    for wrong in [json!({"otp": "12345x"}), json!({"masterPasswordHash": code}), json!({})] {
        assert_eq!(post(&world, "api-key", token, wrong).await, (BAD, envelope("User verification failed.")));
    }
    assert_eq!(post(&world, "api-key", token, json!({ "otp": code })).await.0, OK);
    assert_eq!(post(&world, "api-key", token, json!({ "otp": code })).await.0, BAD, "good once");

    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    assert_eq!(post(&world, "request-otp", &token, json!({})).await.0, BAD);
}

/// What is slow on purpose is not done under the lock for writing: writes that begin after it are through before it.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_being_hashed_keeps_no_other_write_waiting() {
    let world = World::start().await;
    let member = world.access_token(Person::Member).await;
    let plain = world.access_token(Person::Plain).await;
    let folder = async |number: usize| {
        let body = json!({"name": enc(&format!("folder{number}"))});
        assert_eq!(world.send(Method::POST, "/api/folders", Some(&plain), body).await.0, StatusCode::OK);
    };
    // As long as ten times the writes that must not wait, whatever this machine can do.
    let begun = std::time::Instant::now();
    folder(0).await;
    let one_write = begun.elapsed();
    let mut rounds = 10_000_u32;
    while hashing(rounds) < one_write * 100 {
        rounds *= 2;
    }
    world.store.set_password_rounds(rounds.try_into().unwrap());
    let body = json!({"masterPasswordHash": Person::Member.password(), "newMasterPasswordHash": "bmV3",
        "key": enc("newkey")});
    let changing = world.send(Method::POST, "/api/accounts/password", Some(&member), body);
    let writing = async {
        for number in 1..=10 {
            folder(number).await;
        }
    };
    let mut changing = std::pin::pin!(changing);
    tokio::select! {
        changed = &mut changing => panic!("{changed:?} before writes that need no password"),
        () = writing => {}
    }
    assert_eq!(changing.await.0, StatusCode::OK);
}

/// How long so many rounds take here.
fn hashing(rounds: u32) -> std::time::Duration {
    use ring::pbkdf2::{PBKDF2_HMAC_SHA512, derive};
    let begun = std::time::Instant::now();
    let mut hash = [0; 32];
    derive(PBKDF2_HMAC_SHA512, rounds.try_into().unwrap(), b"salt", b"password", &mut hash);
    std::hint::black_box(hash);
    begun.elapsed()
}
