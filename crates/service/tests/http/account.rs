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
async fn a_pair_whose_halves_do_not_fit_is_replaced_where_nothing_is_sealed_for_it() {
    let world = World::start().await;
    let path = "/api/accounts/key-management/regenerate-keys";
    let pair = json!({"userPublicKey": "A".repeat(392), "userKeyEncryptedUserPrivateKey": enc("another")});
    for member in [Person::Member, Person::ServiceUser] {
        let token = world.access_token(member).await;
        let before = world.get("/api/accounts/keys", &token).await;
        let refused = world.send(Method::POST, path, Some(&token), pair.clone()).await;
        let problem = "Cannot regenerate keys when in an organization or a provider.";
        assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope(problem)));
        assert_eq!(world.get("/api/accounts/keys", &token).await, before);
    }
    let token = world.access_token(Person::Plain).await;
    let in_clear = json!({"userPublicKey": "A".repeat(392), "userKeyEncryptedUserPrivateKey": "in clear"});
    assert_eq!(world.send(Method::POST, path, Some(&token), in_clear).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(world.send(Method::POST, path, Some(&token), pair).await, (StatusCode::OK, Value::Null));
    let kept = world.get("/api/accounts/keys", &token).await;
    assert_eq!((&kept["publicKey"], &kept["privateKey"]), (&json!("A".repeat(392)), &json!(enc("another"))));
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
        (json!({"publicKey": public, "encryptedPrivateKey": long_enc(10_001)}), "EncryptedPrivateKey"),
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

#[tokio::test]
async fn name_hint_and_colour_are_changed() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let before = world.get("/api/accounts/revision-date", &token).await.as_i64().unwrap();
    let put = async |path: &str, body: Value| {
        world.send(Method::PUT, &format!("/api/accounts/{path}"), Some(&token), body).await
    };
    let (status, profile) = put("profile", json!({"name": "Éloïse", "masterPasswordHint": null})).await;
    assert_eq!(
        (status, &profile["object"], &profile["name"]),
        (StatusCode::OK, &json!("profile"), &json!("Éloïse"))
    );
    let (status, profile) = put("avatar", json!({"AvatarColor": "#0B6b64"})).await;
    assert_eq!((status, &profile["avatarColor"]), (StatusCode::OK, &json!("#0B6b64")));
    assert_eq!(world.get("/api/sync", &token).await["profile"], profile);
    assert!(world.get("/api/accounts/revision-date", &token).await.as_i64().unwrap() >= before);
    let (_, profile) = put("avatar", json!({"avatarColor": null})).await;
    assert_eq!(profile["avatarColor"], Value::Null);

    for (path, body, field) in [
        ("profile", json!({"name": "é".repeat(51)}), "Name"),
        ("profile", json!({"masterPasswordHint": "x".repeat(51)}), "MasterPasswordHint"),
        ("avatar", json!({"avatarColor": "red"}), "AvatarColor"),
        ("avatar", json!({"avatarColor": "#0b6b6"}), "AvatarColor"),
        ("avatar", json!({"avatarColor": "#0b6b6g"}), "AvatarColor"),
    ] {
        let (status, body) = put(path, body).await;
        assert_eq!((status, keys(&body["validationErrors"])), (StatusCode::BAD_REQUEST, vec![field]));
    }
    let (status, profile) = put("profile", json!({"name": "é".repeat(50)})).await;
    assert_eq!((status, &profile["name"]), (StatusCode::OK, &json!("é".repeat(50))));
}

#[tokio::test]
async fn the_api_key_is_shown_and_replaced_for_the_password() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let ask = async |path: &str| {
        let body = json!({"masterPasswordHash": Person::Member.password()});
        let (status, body) =
            world.send(Method::POST, &format!("/api/accounts/{path}"), Some(&token), body).await;
        assert_eq!((status, keys(&body)), (StatusCode::OK, names("object apiKey revisionDate")));
        assert_eq!(body["object"], "apiKey");
        body["apiKey"].as_str().unwrap().to_owned()
    };
    let client_id = format!("user.{}", Person::Member.id());
    let sign_in = async |key: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &client_id),
            ("client_secret", key),
            ("scope", "api"),
            ("deviceType", "25"),
            ("deviceIdentifier", "cli"),
            ("deviceName", "cli"),
        ];
        world.token(&form).await.0
    };
    assert_eq!(ask("api-key").await, "api-key-of-Member");
    let new = ask("rotate-api-key").await;
    assert_eq!(new.len(), 30);
    assert_eq!(ask("api-key").await, new);
    assert_eq!(sign_in("api-key-of-Member").await, StatusCode::BAD_REQUEST);
    assert_eq!(sign_in(&new).await, StatusCode::OK);
    let wrong = json!({"masterPasswordHash": "nope"});
    for path in ["/api/accounts/api-key", "/api/accounts/rotate-api-key"] {
        let refused = world.send(Method::POST, path, Some(&token), wrong.clone()).await;
        assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope("User verification failed.")));
    }
}

#[tokio::test]
async fn an_account_is_deleted_unless_others_depend_on_it() {
    let world = World::start().await;
    let delete = async |person: Person, password: String| {
        let token = world.access_token(person).await;
        let body = json!({ "masterPasswordHash": password });
        (world.send(Method::DELETE, "/api/accounts", Some(&token), body).await, token)
    };
    let (refused, _) = delete(Person::Member, "nope".into()).await;
    assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope("User verification failed.")));
    // The only admin of a provider.
    let (refused, _) = delete(Person::ProviderAdmin, Person::ProviderAdmin.password()).await;
    let message = "Cannot delete this user because it is the sole owner of at least one provider. Please delete these \
                   providers or upgrade another user.";
    assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope(message)));

    let (deleted, token) = delete(Person::Member, Person::Member.password()).await;
    assert_eq!(deleted, (StatusCode::OK, Value::Null));
    let gone = answer(world.request(Method::GET, "/api/accounts/revision-date", Some(&token))).await;
    assert_eq!(gone, (StatusCode::UNAUTHORIZED, envelope("Unauthorized.")));
    let (status, _) = world.token(&fields(&password_grant(Person::Member))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    // What the organization owns stays; the member is gone.
    let owner = world.access_token(Person::Owner).await;
    let members = world.get(&format!("/api/organizations/{}/users", id::CLIENT), &owner).await;
    assert!(members["data"].as_array().unwrap().iter().all(|m| m["email"] != Person::Member.email()));
    let admin = world.access_token(Person::CustomBare).await;
    let ciphers = world.get("/api/sync", &admin).await["ciphers"].clone();
    assert!(ciphers.as_array().unwrap().iter().any(|cipher| cipher["id"] == json!(id::WIKI_LOGIN)));
}

#[tokio::test]
async fn the_only_owner_of_an_organization_without_a_provider_cannot_go() {
    use portico_service::bulk::{BulkError, BulkMember};
    let store = portico_service::Store::in_memory().unwrap();
    let loaded = store.bulk::<_, BulkError>(|load| {
        load.user(&user(Person::Owner))?;
        load.user(&user(Person::Admin))?;
        load.organization(&organization(id::CLIENT, "Harbour Dental"))?;
        load.member(&member(Person::Owner, 0, 2, &[]))?;
        load.member(&BulkMember { role: 0, ..member(Person::Admin, 0, 1, &[]) })
    });
    loaded.unwrap();
    let world = World::over(store, portico_service::Config::without_delay()).await;
    let token = world.access_token(Person::Owner).await;
    let body = json!({"masterPasswordHash": Person::Owner.password()});
    let (status, refused) = world.send(Method::POST, "/api/accounts/delete", Some(&token), body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["message"].as_str().unwrap().contains("sole owner of at least one organization"));
}

#[tokio::test]
async fn a_device_keeps_its_push_token() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let put = async |device: &str, body: Value| {
        let path = format!("/api/devices/identifier/{device}/token");
        world.send(Method::PUT, &path, Some(&token), body).await
    };
    let device = "11111111-2222-3333-4444-555555555555";
    assert_eq!(put(device, json!({"pushToken": "abc"})).await, (StatusCode::OK, Value::Null));
    assert_eq!(put("another", json!({"pushToken": "abc"})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(put(device, json!({"pushToken": "x".repeat(256)})).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn own_domains_are_kept_and_stand_in_the_sync() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let none = json!({"object": "domains", "equivalentDomains": [], "globalEquivalentDomains": []});
    assert_eq!(world.get("/api/settings/domains", &token).await, none);
    let set = async |body: Value| world.send(Method::PUT, "/api/settings/domains", Some(&token), body).await;
    let groups = json!([["harbour.example", "harbour-dental.example"], ["b.example"]]);
    let (status, kept) =
        set(json!({"equivalentDomains": groups, "excludedGlobalEquivalentDomains": [3]})).await;
    assert_eq!((status, &kept["equivalentDomains"]), (StatusCode::OK, &groups));
    assert_eq!(world.get("/api/sync", &token).await["domains"], kept);
    assert_eq!(world.get("/api/sync?excludeDomains=true", &token).await["domains"], Value::Null);
    let others = world.access_token(Person::Owner).await;
    assert_eq!(world.get("/api/settings/domains", &others).await, none);
    for bad in [
        json!({"equivalentDomains": [["x".repeat(256)]]}),
        json!({"equivalentDomains": vec![["a.example"]; 1001]}),
        json!({"equivalentDomains": [vec!["a.example"; 101]]}),
        json!({"equivalentDomains": "a.example"}),
    ] {
        assert_eq!(set(bad).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(world.get("/api/settings/domains", &token).await, kept);
}

#[tokio::test]
async fn what_clients_ask_for_when_they_start_is_answered() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let empty = json!({"object": "list", "data": [], "continuationToken": null});
    for path in [
        "two-factor",
        "auth-requests",
        "auth-requests/pending",
        "emergency-access/trusted",
        "emergency-access/granted",
        "tasks",
        "notifications",
        "webauthn",
    ] {
        assert_eq!(world.get(&format!("/api/{path}"), &token).await, empty, "{path}");
    }
}
