//! The other way to a Send: a token for it alone, by password, by a mailed code or by nothing (protocol.md §2.10, §3.6, §4.11).

use portico_service::{Config, Store};
use reqwest::Method;
use serde_json::{Value, json};

use super::{BAD, MISSING, NO_TOKEN, OK, Sender, error_of, file, grant, open, text, with};
use crate::support::*;

#[tokio::test]
async fn a_token_for_a_send_opens_that_send_and_nothing_else() {
    let world = World::start().await;
    let sender = Sender::of(&world, Person::Member).await;
    let send = sender.create(with(text(), json!({"password": "aGFzaA==", "maxAccessCount": 1}))).await;
    let access_id = send["accessId"].as_str().unwrap();
    let asked = grant(&world, access_id, &[]).await;
    assert_eq!(error_of(&asked), (BAD, "invalid_request", "password_hash_b64_required"));
    assert_eq!(asked.1["error_description"], "password_hash_b64 is required.");
    let wrong = grant(&world, access_id, &[("password_hash_b64", "x")]).await;
    assert_eq!(error_of(&wrong), (BAD, "invalid_grant", "password_hash_b64_invalid"));
    let (status, bearer) = grant(&world, access_id, &[("password_hash_b64", "aGFzaA==")]).await;
    assert_eq!(status, OK, "{bearer}");
    assert_eq!(keys(&bearer), names("access_token expires_in token_type scope"));
    assert_eq!((&bearer["token_type"], &bearer["scope"]), (&json!("Bearer"), &json!("api.send.access")));
    let token = bearer["access_token"].as_str().unwrap();
    for path in ["/api/sync", "/api/sends", "/api/accounts/profile"] {
        let status = answer(world.request(Method::GET, path, Some(token))).await.0;
        assert_eq!(status, NO_TOKEN, "{path}");
    }
    let own = answer(world.request(Method::POST, "/api/sends/access", Some(&sender.token))).await;
    assert_eq!(own.0, NO_TOKEN, "an account's token is none for a Send");
    let (status, opened) = answer(world.request(Method::POST, "/api/sends/access", Some(token))).await;
    assert_eq!((status, &opened["text"]), (OK, &send["text"]));
    let again = answer(world.request(Method::POST, "/api/sends/access", Some(token))).await;
    assert_eq!(again.0, MISSING, "once was allowed");
    let exhausted = grant(&world, access_id, &[("password_hash_b64", "aGFzaA==")]).await;
    assert_eq!(error_of(&exhausted), (BAD, "invalid_grant", "send_id_invalid"));

    for (id, client, scope, error, kind) in [
        ("", "send", "api.send.access", "invalid_request", "send_id_required"),
        ("nonsense", "send", "api.send.access", "invalid_grant", "send_id_invalid"),
        (access_id, "web", "api.send.access", "invalid_client", ""),
        (access_id, "send", "api", "invalid_scope", ""),
    ] {
        let form = [("grant_type", "send_access"), ("client_id", client), ("scope", scope), ("send_id", id)];
        let refused = answer(world.request(Method::POST, "/identity/connect/token", None).form(&form)).await;
        assert_eq!(error_of(&refused), (BAD, error, kind));
    }

    let sent = sender.create_file(with(file(3), json!({"maxAccessCount": 1})), b"abc").await;
    let (_, bearer) = grant(&world, sent["accessId"].as_str().unwrap(), &[]).await;
    let token = bearer["access_token"].as_str().unwrap();
    let path = format!("/api/sends/access/file/{}", sent["file"]["id"].as_str().unwrap());
    let open = answer(world.request(Method::POST, "/api/sends/access", Some(token))).await;
    assert_eq!((open.0, &open.1["file"]), (OK, &sent["file"]));
    let (status, link) = answer(world.request(Method::POST, &path, Some(token))).await;
    assert_eq!(status, OK, "{link}");
    let got = world.http.get(link["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(got.bytes().await.unwrap().as_ref(), b"abc");
    assert_eq!(answer(world.request(Method::POST, &path, Some(token))).await.0, MISSING);
}

#[tokio::test]
async fn a_send_for_addresses_opens_with_the_code_that_was_mailed_there() {
    let world = World::start().await;
    let sender = Sender::of(&world, Person::Member).await;
    let body = with(text(), json!({"emails": "Maud@Harbour.example, liam@harbour.example"}));
    let send = sender.create(body.clone()).await;
    assert_eq!(
        (&send["authType"], &send["emails"]),
        (&json!(0), &json!("maud@harbour.example,liam@harbour.example"))
    );
    let access_id = send["accessId"].as_str().unwrap();
    assert_eq!(open(&world, &send, Some("x")).await.0, NO_TOKEN, "the older form knows no codes");
    assert_eq!(error_of(&grant(&world, access_id, &[]).await), (BAD, "invalid_request", "email_required"));
    let wanted = (BAD, "invalid_request", "email_and_otp_required");
    let stranger = grant(&world, access_id, &[("email", "eve@harbour.example")]).await;
    assert_eq!((error_of(&stranger), world.mails("sendCode").await), (wanted, 0));
    let named = grant(&world, access_id, &[("email", " MAUD@harbour.example")]).await;
    assert_eq!((named, world.mails("sendCode").await), (stranger, 1), "the same answer");
    let code = world.mailed_code("sendCode").await;
    // Another recipient's code does not overtake it and does not open for this one.
    grant(&world, access_id, &[("email", "liam@harbour.example")]).await;
    let other = world.mailed_code("sendCode").await;
    let prove = async |email, otp: &str| grant(&world, access_id, &[("email", email), ("otp", otp)]).await;
    if other != code {
        assert_eq!(error_of(&prove("maud@harbour.example", &other).await), wanted);
    }
    let (status, bearer) = prove("maud@harbour.example", &code).await;
    assert_eq!(status, OK, "{bearer}");
    assert_eq!(error_of(&prove("maud@harbour.example", &code).await), wanted, "a code is good once");
    let token = bearer["access_token"].as_str().unwrap();
    assert_eq!(answer(world.request(Method::POST, "/api/sends/access", Some(token))).await.0, OK);

    let (_, kept) = sender.call(Method::PUT, &send, "/remove-password", Value::Null).await;
    assert_eq!(kept["authType"], 0, "there was no password to remove");
    let (_, bare) = sender.call(Method::PUT, &send, "/remove-auth", Value::Null).await;
    assert_eq!((&bare["authType"], &bare["emails"]), (&json!(2), &Value::Null));
    sender.edit(&send, body).await;
    let (_, bare) = sender.edit(&send, text()).await;
    assert_eq!(bare["authType"], 2, "addresses that are not named are gone");
}

#[tokio::test]
async fn a_wrong_password_costs_the_delay() {
    let config = Config { login_delay: std::time::Duration::from_secs(3_600), ..Config::default() };
    let store = Store::in_memory().unwrap();
    fill(&store);
    let world = World::over(store, config).await;
    let sender = Sender::of(&world, Person::Member).await;
    let send = sender.create(with(text(), json!({"password": "aGFzaA=="}))).await;
    let access_id = send["accessId"].as_str().unwrap();
    tokio::select! {
        answered = open(&world, &send, Some("wrong")) => panic!("{answered:?} before its time"),
        answered = grant(&world, access_id, &[("password_hash_b64", "wrong")]) => panic!("{answered:?} before its time"),
        () = async {
            for _ in 0..10 {
                assert_eq!(open(&world, &send, Some("aGFzaA==")).await.0, OK);
            }
        } => {}
    }
}
