//! A new user key: all of the account's sealed data at once, or nothing (protocol.md §2.7).

use portico_service::bulk::{BulkError, BulkMember};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const OK: StatusCode = StatusCode::OK;
const PATH: &str = "/api/accounts/key-management/rotate-user-account-keys";

/// The world of everybody, where `Person::Member` lets the client recover the account.
async fn world() -> World {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let recoverable = BulkMember {
        id: uuid::Uuid::from_u128(0x2fd),
        organization_id: id::OTHER_CLIENT,
        reset_password_key: Some(ukey()),
        ..member(Person::Member, 2, 2, &[])
    };
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        load.member(&recoverable)?;
        load.send(&text_send())
    });
    loaded.unwrap();
    World::over(store, Config::without_delay()).await
}

fn other_ukey() -> String {
    format!("4.{}==", "g".repeat(342))
}

fn login(id: uuid::Uuid) -> Value {
    json!({
        "id": id, "type": 1, "name": enc("newname"), "notes": null, "key": enc("newitemkey"), "favorite": false,
        "reprompt": 0, "folderId": null,
        "login": {"uris": [{"uri": enc("nu"), "match": null}], "username": enc("nn"), "password": enc("np")},
        "fields": [{"type": 1, "name": enc("nf"), "value": enc("nv"), "linkedId": null}],
    })
}

fn rotation() -> Value {
    json!({
        "oldMasterKeyAuthenticationHash": Person::Member.password(),
        "accountUnlockData": {
            "masterPasswordUnlockData": {
                "kdfType": 0, "kdfIterations": 600_000, "kdfMemory": null, "kdfParallelism": null,
                "email": Person::Member.email(), "masterKeyAuthenticationHash": "bmV3",
                "masterKeyEncryptedUserKey": enc("newuserkey"), "masterPasswordHint": "other",
            },
            "emergencyAccessUnlockData": [], "passkeyUnlockData": [], "deviceKeyUnlockData": [],
            "organizationAccountRecoveryUnlockData":
                [{"organizationId": id::OTHER_CLIENT, "resetPasswordKey": other_ukey()}],
            "v2UpgradeToken": null,
        },
        "accountKeys": {
            "userKeyEncryptedAccountPrivateKey": enc("newprivate"), "accountPublicKey": "UFVCTElD",
            "publicKeyEncryptionKeyPair": null, "signatureKeyPair": null, "securityState": null,
        },
        "accountData": {
            "ciphers": [
                login(id::OWN_LOGIN),
                {"id": id::OWN_PASSPORT, "type": 8, "name": enc("newname"), "key": enc("newitemkey"),
                    "passport": {"surname": enc("ns")}},
            ],
            "folders": [{"id": id::FOLDER, "name": enc("newfolder")}],
            "sends": [{"id": id::SEND, "type": 0, "name": enc("as before"), "key": enc("newsendkey"),
                "deletionDate": "2026-12-24T00:00:00Z", "disabled": false, "text": {"text": enc("as before")}}],
        },
    })
}

fn bent(path: &[&str], value: Value) -> Value {
    let mut body = rotation();
    *path.iter().fold(&mut body, |at, key| match key.parse::<usize>() {
        Ok(index) => &mut at[index],
        Err(_) => &mut at[*key],
    }) = value;
    body
}

fn found(list: &Value, id: uuid::Uuid) -> Value {
    list.as_array().unwrap().iter().find(|entry| entry["id"] == json!(id)).unwrap().clone()
}

#[tokio::test]
async fn everything_is_replaced_at_once_and_every_session_ends() {
    let world = world().await;
    let session = world.sign_in(Person::Member).await;
    let token = session["access_token"].as_str().unwrap();
    let key_id = json!({"userKeyId": "7c39b54c244bf8f2ba1fb378c4b9a796"});
    let told = world.send(Method::POST, "/api/accounts/key-management/user-key-id", Some(token), key_id);
    assert_eq!(told.await, (OK, Value::Null));
    let before = world.get("/api/sync", token).await;
    let rotated = world.send(Method::POST, PATH, Some(token), rotation()).await;
    assert_eq!(rotated, (OK, Value::Null));

    let gone = answer(world.request(Method::GET, "/api/sync", Some(token))).await;
    assert_eq!(gone.0, StatusCode::UNAUTHORIZED);
    let refresh =
        [("grant_type", "refresh_token"), ("refresh_token", session["refresh_token"].as_str().unwrap())];
    assert_eq!(world.token(&refresh).await.0, BAD);

    let mut form = password_grant(Person::Member);
    form[2].1 = "bmV3".into();
    let (status, session) = world.token(&fields(&form)).await;
    assert_eq!(status, OK);
    assert_eq!(
        (&session["Key"], &session["PrivateKey"]),
        (&json!(enc("newuserkey")), &json!(enc("newprivate")))
    );
    let sync = world.get("/api/sync", session["access_token"].as_str().unwrap()).await;
    assert_ne!(sync["profile"]["securityStamp"], before["profile"]["securityStamp"]);
    let unlock = &sync["userDecryption"]["masterPasswordUnlock"];
    assert_eq!(unlock["masterKeyEncryptedUserKey"], enc("newuserkey"));
    assert!(before["userDecryption"].get("userKeyId").is_some(), "of the old key");
    assert_eq!(sync["userDecryption"].get("userKeyId"), None, "the new one has another");
    let own = found(&sync["ciphers"], id::OWN_LOGIN);
    assert_eq!((&own["name"], &own["key"]), (&json!(enc("newname")), &json!(enc("newitemkey"))));
    assert_eq!(own["login"]["password"], enc("np"));
    assert_eq!(own["fields"][0]["value"], enc("nv"));
    let trashed = found(&sync["ciphers"], id::OWN_PASSPORT);
    assert_eq!(trashed["passport"]["surname"], enc("ns"));
    assert_eq!(
        trashed["deletedDate"],
        found(&before["ciphers"], id::OWN_PASSPORT)["deletedDate"],
        "still in the trash"
    );
    assert_eq!(found(&sync["folders"], id::FOLDER)["name"], enc("newfolder"));
    let (send, old) = (&sync["sends"][0], &before["sends"][0]);
    assert_eq!(
        (&send["key"], &send["text"]),
        (&json!(enc("newsendkey")), &old["text"]),
        "its content has its own key"
    );
    assert_eq!((&send["name"], &send["deletionDate"]), (&old["name"], &old["deletionDate"]));
    // What belongs to the organization hangs on another key.
    let shared = found(&sync["ciphers"], id::WIKI_LOGIN);
    assert_eq!(shared["name"], found(&before["ciphers"], id::WIKI_LOGIN)["name"]);
    assert_eq!(shared["folderId"], json!(id::FOLDER), "folders keep what is in them");
}

#[tokio::test]
async fn a_rotation_that_forgets_something_changes_nothing() {
    let world = world().await;
    let token = world.access_token(Person::Member).await;
    let before = world.get("/api/sync", &token).await;
    let unlock = ["accountUnlockData", "masterPasswordUnlockData"];
    let of_password = |member: &'static str, value: Value| bent(&[unlock[0], unlock[1], member], value);
    let recovery = ["accountUnlockData", "organizationAccountRecoveryUnlockData"];
    for (body, message) in [
        (bent(&["oldMasterKeyAuthenticationHash"], json!("nope")), "User verification failed."),
        (
            bent(&["accountData", "ciphers"], json!([login(id::OWN_LOGIN)])),
            "All existing ciphers must be included in the rotation.",
        ),
        (
            bent(&["accountData", "ciphers"], json!([])),
            "All existing ciphers must be included in the rotation.",
        ),
        (
            bent(&["accountData", "folders"], json!([])),
            "All existing folders must be included in the rotation.",
        ),
        (bent(&["accountData", "sends"], json!([])), "All existing sends must be included in the rotation."),
        (bent(&recovery, json!([])), "All existing reset password keys must be included in the rotation."),
        (
            bent(&[recovery[0], recovery[1], "0", "resetPasswordKey"], Value::Null),
            "Reset Password keys cannot be set to null during rotation.",
        ),
        (
            bent(&["accountKeys", "accountPublicKey"], json!("T1RIRVI=")),
            "Provided account public key does not match currently persisted public key.",
        ),
        (
            bent(&["accountKeys", "securityState"], json!({"securityState": "x", "securityVersion": 2})),
            "This server does not take the second version of account encryption.",
        ),
        (
            of_password("kdfIterations", json!(700_000)),
            "Invalid KDF settings or e-mail: a new user key keeps them.",
        ),
        (
            of_password("email", json!("else@brightwater.example")),
            "Invalid KDF settings or e-mail: a new user key keeps them.",
        ),
        (of_password("masterPasswordSalt", json!("else")), "Invalid master password salt."),
    ] {
        let refused = world.send(Method::POST, PATH, Some(&token), body).await;
        assert_eq!(refused, (BAD, envelope(message)));
    }
    let mut stale = rotation();
    stale["accountData"]["ciphers"][1]["lastKnownRevisionDate"] = json!("2025-12-01T00:00:00Z");
    for body in [
        stale,
        of_password("masterKeyEncryptedUserKey", json!("in clear")),
        of_password("masterKeyAuthenticationHash", json!("")),
        bent(&["accountKeys", "userKeyEncryptedAccountPrivateKey"], Value::Null),
        bent(&["accountData", "folders", "0", "name"], json!("in clear")),
        bent(&["accountData", "ciphers", "1", "passport", "surname"], json!("in clear")),
        bent(&["accountData", "ciphers", "1", "type"], json!(1)),
        bent(&["accountData", "sends", "0", "key"], json!("in clear")),
        bent(&[recovery[0], recovery[1], "0", "resetPasswordKey"], json!(enc("not for a public key"))),
        bent(&["accountData"], Value::Null),
        json!({}),
    ] {
        let (status, refused) = world.send(Method::POST, PATH, Some(&token), body.clone()).await;
        assert_eq!((status, &refused["object"]), (BAD, &json!("error")), "{body}");
    }
    assert_eq!(world.get("/api/sync", &token).await, before, "nothing of that was kept");
    assert_eq!(world.send(Method::POST, PATH, Some(&token), rotation()).await.0, OK);
}

#[tokio::test]
async fn a_client_is_told_for_whom_it_has_to_seal_the_new_key() {
    let world = world().await;
    let token = world.access_token(Person::Member).await;
    let path = "/api/accounts/key-management/key-rotation-data";
    let told = world.get(path, &token).await;
    assert_eq!(
        told["organizationPasswordResetKeyData"],
        json!([{
            "organizationId": id::OTHER_CLIENT, "organizationName": "Elsewhere",
            "organizationPublicKey": "T1JH",
        }])
    );
    for none in ["emergencyAccessKeyData", "trustedDeviceKeyData", "passkeyKeyData"] {
        assert_eq!(told[none], json!([]));
    }
    let of_others = world.get(path, &world.access_token(Person::Owner).await).await;
    assert_eq!(of_others["organizationPasswordResetKeyData"], json!([]));

    let newer = "/api/accounts/key-management/rotate-user-keys";
    let refused = world.send(Method::POST, newer, Some(&token), json!({"newUserKeyId": "0"})).await;
    let problem = "This server does not take the second version of account encryption.";
    assert_eq!(refused, (BAD, envelope(problem)));
}

/// No client knows of an organization that revoked the person, so none could send a key for it.
#[tokio::test]
async fn an_organization_that_revoked_the_person_neither_stops_a_rotation_nor_keeps_the_old_key() {
    let world = world().await;
    let token = world.access_token(Person::Member).await;
    let stranger = world.access_token(Person::StrangerAdmin).await;
    let member = format!("/api/organizations/{}/users/{}", id::OTHER_CLIENT, uuid::Uuid::from_u128(0x2fd));
    let revoked = world.send(Method::PUT, &format!("{member}/revoke"), Some(&stranger), json!({})).await;
    assert_eq!(revoked, (OK, Value::Null));
    assert_eq!(world.get(&member, &stranger).await["resetPasswordEnrolled"], true);

    let without = bent(&["accountUnlockData", "organizationAccountRecoveryUnlockData"], json!([]));
    assert_eq!(world.send(Method::POST, PATH, Some(&token), without).await, (OK, Value::Null));
    assert_eq!(world.get(&member, &stranger).await["resetPasswordEnrolled"], false);
    let restored = world.send(Method::PUT, &format!("{member}/restore"), Some(&stranger), json!({})).await;
    assert_eq!(restored, (OK, Value::Null));
    assert_eq!(world.get(&member, &stranger).await["resetPasswordEnrolled"], false, "to be given anew");
}

#[tokio::test]
async fn a_vault_larger_than_other_requests_may_be_is_rotated() {
    let world = world().await;
    let token = world.access_token(Person::Member).await;
    let mut body = rotation();
    // Items of nobody here are passed over, as they may have been deleted meanwhile.
    let strangers = (0..2_000_u128).map(|number| login(uuid::Uuid::from_u128(0xff_0000 + number)));
    body["accountData"]["ciphers"].as_array_mut().unwrap().extend(strangers);
    assert!(body.to_string().len() > 1 << 20);
    assert_eq!(world.send(Method::POST, PATH, Some(&token), body).await, (OK, Value::Null));
}
