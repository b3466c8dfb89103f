//! How long a session and a remembered device last, and what ends them (protocol.md §1.3, §1.5).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::support::*;

const DAY: i64 = 86_400;
const HERE: &str = "11111111-2222-3333-4444-555555555555";
const THERE: &str = "99999999-2222-3333-4444-555555555555";

/// Seconds until the newest row of `table` is over.
fn left(database: &rusqlite::Connection, table: &str) -> i64 {
    let sql = format!("SELECT expires FROM {table} ORDER BY rowid DESC LIMIT 1");
    let expires: i64 = database.query_row(&sql, [], |row| row.get(0)).unwrap();
    expires / 1_000_000 - OffsetDateTime::now_utc().unix_timestamp()
}

/// Lets `seconds` go by for every row of `table`.
fn pass(database: &rusqlite::Connection, table: &str, seconds: i64) {
    let sql = format!("UPDATE {table} SET expires = expires - ?");
    assert!(database.execute(&sql, [seconds * 1_000_000]).unwrap() > 0);
}

async fn refresh(world: &World, session: &Value, client: &str) -> (StatusCode, Value) {
    let token = session["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client)];
    world.token(&form).await
}

fn over() -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}))
}

#[tokio::test]
async fn a_session_that_nobody_goes_on_with_is_over_when_its_client_says() {
    let (world, database, _folder) = World::beside_a_connection().await;
    for (client, days) in
        [("web", 7), ("browser", 30), ("desktop", 30), ("cli", 30), ("connector", 30), ("mobile", 60)]
    {
        let mut form = password_grant(Person::Member);
        form.iter_mut().find(|(name, _)| name == "client_id").unwrap().1 = client.into();
        let (status, session) = world.token(&fields(&form)).await;
        assert_eq!(status, StatusCode::OK, "{client}: {session}");
        assert!((days * DAY - left(&database, "refresh_tokens")).abs() < 60, "{client}");

        // A minute before the end it goes on, and for as long again.
        pass(&database, "refresh_tokens", days * DAY - 60);
        let (status, next) = refresh(&world, &session, client).await;
        assert_eq!((status, &next["refresh_token"]), (StatusCode::OK, &session["refresh_token"]), "{client}");
        assert!((days * DAY - left(&database, "refresh_tokens")).abs() < 60, "{client}: it slides");
        pass(&database, "refresh_tokens", days * DAY + 60);
        assert_eq!(refresh(&world, &session, client).await, over(), "{client}");
        // What is over stays over, and the next sign-in sweeps it away.
        assert_eq!(refresh(&world, &session, client).await, over(), "{client}");
        world.sign_in(Person::Owner).await;
        let kept: i64 = database
            .query_row(
                "SELECT count(*) FROM refresh_tokens WHERE user_id = ?",
                [Person::Member.id().as_bytes()],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(kept, 0, "{client}");
    }
}

/// Signs in with a code of the authenticator and has the device remembered; codes are good once, so each is of another time.
async fn remembered(world: &World, database: &rusqlite::Connection, device: &str) -> Value {
    let forget_the_step = "UPDATE users SET totp_last_step = 0";
    database.execute(forget_the_step, []).unwrap();
    let code = code_now();
    let mut form = grant_from(Person::TwoStep, device);
    for (name, value) in [("twoFactorToken", &*code), ("twoFactorProvider", "0"), ("twoFactorRemember", "1")]
    {
        form.push((name.into(), value.into()));
    }
    let (status, session) = world.token(&fields(&form)).await;
    assert_eq!(status, StatusCode::OK, "{session}");
    session
}

/// Whether somebody who is remembered on `device` gets in with what `session` left there.
async fn is_remembered(world: &World, session: &Value, device: &str, password: &str) -> bool {
    let mut form = grant_from(Person::TwoStep, device);
    form[2].1 = password.into();
    let token = session["TwoFactorToken"].as_str().unwrap();
    form.push(("twoFactorToken".into(), token.into()));
    form.push(("twoFactorProvider".into(), "5".into()));
    let (status, body) = world.token(&fields(&form)).await;
    if status == StatusCode::OK {
        return true;
    }
    // No wrong code: the client is to ask for one.
    assert_eq!(
        (status, &body["error_description"], &body["TwoFactorProviders"]),
        (StatusCode::BAD_REQUEST, &json!("Two factor required."), &json!(["0"]))
    );
    false
}

#[tokio::test]
async fn a_device_is_remembered_for_thirty_days() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let password = Person::TwoStep.password();
    let session = remembered(&world, &database, HERE).await;
    assert!((30 * DAY - left(&database, "remember_tokens")).abs() < 60);
    pass(&database, "remember_tokens", 30 * DAY - 60);
    assert!(is_remembered(&world, &session, HERE, &password).await);
    assert!(left(&database, "remember_tokens") <= 60, "being used prolongs nothing");
    pass(&database, "remember_tokens", 120);
    assert!(!is_remembered(&world, &session, HERE, &password).await);
    let again = remembered(&world, &database, HERE).await;
    assert!(is_remembered(&world, &again, HERE, &password).await);
    assert!(!is_remembered(&world, &session, HERE, &password).await);
}

#[tokio::test]
async fn another_password_ends_sessions_and_forgets_devices_everywhere() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let here = remembered(&world, &database, HERE).await;
    let there = remembered(&world, &database, THERE).await;
    let bystander = world.sign_in(Person::Member).await;
    let password = Person::TwoStep.password();
    for (session, device) in [(&here, HERE), (&there, THERE)] {
        assert_eq!(refresh(&world, session, "desktop").await.0, StatusCode::OK);
        assert!(is_remembered(&world, session, device, &password).await);
    }
    assert!(!is_remembered(&world, &here, THERE, &password).await, "each on its own device");
    let change =
        json!({"masterPasswordHash": password, "newMasterPasswordHash": "new", "key": enc("newkey")});
    let token = here["access_token"].as_str().unwrap();
    let changed = world.send(Method::POST, "/api/accounts/password", Some(token), change).await;
    assert_eq!(changed, DONE);
    for (session, device) in [(&here, HERE), (&there, THERE)] {
        assert_eq!(refresh(&world, session, "desktop").await, over());
        assert!(!is_remembered(&world, session, device, "new").await);
        let token = session["access_token"].as_str().unwrap();
        let read = answer(world.request(Method::GET, "/api/sync", Some(token))).await;
        assert_eq!(read, (StatusCode::UNAUTHORIZED, envelope("Unauthorized.")));
    }
    assert_eq!(refresh(&world, &bystander, "desktop").await.0, StatusCode::OK, "somebody else's");
}

#[tokio::test]
async fn who_signs_out_or_in_on_one_device_stays_in_on_the_other() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let here = remembered(&world, &database, HERE).await;
    let there = remembered(&world, &database, THERE).await;
    let token = |session: &Value| session["access_token"].as_str().unwrap().to_owned();
    for (session, device) in [(&here, HERE), (&there, THERE)] {
        let path = format!("/api/devices/identifier/{device}/token");
        let body = json!({"pushToken": device});
        assert_eq!(world.send(Method::PUT, &path, Some(&token(session)), body).await, DONE);
    }
    // All that a client tells of it; it forgets its tokens itself.
    let path = format!("/api/devices/identifier/{HERE}/clear-token");
    assert_eq!(world.send(Method::PUT, &path, None, Value::Null).await, DONE);
    let pushed: Vec<(String, Option<String>)> = database
        .prepare("SELECT identifier, push_token FROM devices WHERE user_id = ? ORDER BY identifier")
        .unwrap()
        .query_map([Person::TwoStep.id().as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(pushed, [(HERE.to_owned(), None), (THERE.to_owned(), Some(THERE.to_owned()))]);
    let password = Person::TwoStep.password();
    assert_eq!(refresh(&world, &there, "desktop").await.0, StatusCode::OK);
    assert!(is_remembered(&world, &there, THERE, &password).await);
    world.get("/api/sync", &token(&there)).await;
    // A sign-in is a session of its own: the earlier ones go on.
    let again = remembered(&world, &database, HERE).await;
    assert_ne!(again["refresh_token"], here["refresh_token"]);
    for session in [&there, &again] {
        assert_eq!(refresh(&world, session, "desktop").await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_account_that_is_gone_leaves_no_session_behind() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let session = remembered(&world, &database, HERE).await;
    let other = world.sign_in(Person::Member).await;
    let secret = json!({"masterPasswordHash": Person::TwoStep.password()});
    let token = session["access_token"].as_str();
    assert_eq!(world.send(Method::DELETE, "/api/accounts", token, secret).await, DONE);
    assert_eq!(refresh(&world, &session, "desktop").await, over());
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table} WHERE user_id = ?");
        let id = Person::TwoStep.id();
        database.query_row(&sql, [id.as_bytes()], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(["refresh_tokens", "remember_tokens", "devices"].map(count), [0; 3]);
    assert_eq!(refresh(&world, &other, "desktop").await.0, StatusCode::OK);
}
