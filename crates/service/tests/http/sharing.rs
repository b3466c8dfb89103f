//! Items into organizations and between collections; whole vaults in and out (protocol.md §4.1).

use portico_service::bulk::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ciphers::login_request;
use crate::support::*;

fn for_client(mut item: Value) -> Value {
    item["organizationId"] = json!(id::CLIENT);
    item
}

/// An own login of the bare custom member, who manages the wiki.
async fn own_login(world: &World, token: &str) -> String {
    let (_, item) = world.send(Method::POST, "/api/ciphers", Some(token), login_request()).await;
    item["id"].as_str().unwrap().to_owned()
}

fn policy(kind: i32, data: Option<Value>) -> BulkPolicy {
    BulkPolicy {
        id: Uuid::from_u128(0xb0 + kind as u128),
        organization_id: id::CLIENT,
        kind,
        enabled: true,
        data,
        revised: CREATED,
    }
}

#[tokio::test]
async fn an_own_item_is_given_to_an_organization() {
    let world = World::start().await;
    let token = world.access_token(Person::CustomBare).await;
    let item = own_login(&world, &token).await;
    let path = format!("/api/ciphers/{item}/share");
    let share = async |collections: Value, cipher: Value| {
        let body = json!({"cipher": cipher, "collectionIds": collections});
        world.send(Method::PUT, &path, Some(&token), body).await
    };
    let mut stale = for_client(login_request());
    stale["lastKnownRevisionDate"] = json!("2026-01-01T00:00:00Z");
    for (collections, cipher, status) in [
        (json!([]), for_client(login_request()), 400),
        (json!([id::WIKI]), login_request(), 400),
        (json!([id::SAFE]), for_client(login_request()), 404),
        (json!([id::WIKI]), stale, 400),
    ] {
        assert_eq!(share(collections, cipher).await.0.as_u16(), status);
    }
    let mut sealed_again = for_client(login_request());
    sealed_again["name"] = json!(enc("again"));
    let (status, shared) = share(json!([id::WIKI]), sealed_again.clone()).await;
    assert_eq!(status, StatusCode::OK, "{shared}");
    assert_eq!((&shared["organizationId"], &shared["object"]), (&json!(id::CLIENT), &json!("cipher")));
    assert_eq!((&shared["name"], &shared["favorite"]), (&json!(enc("again")), &json!(true)));
    let member = world.access_token(Person::Member).await;
    let seen = world.get(&format!("/api/ciphers/{item}/details"), &member).await;
    assert_eq!((&seen["collectionIds"], &seen["edit"]), (&json!([id::WIKI]), &json!(false)));
    let again = share(json!([id::WIKI]), sealed_again).await;
    assert_eq!(again, (StatusCode::BAD_REQUEST, envelope("Already belongs to an organization.")));
    let owner = world.access_token(Person::Owner).await;
    let log = world.deeds(&format!("/api/organizations/{}/events", id::CLIENT), &owner).await;
    let last = log.last().unwrap();
    assert_eq!((&last["type"], &last["cipherId"]), (&json!(1105), &json!(item)));
}

#[tokio::test]
async fn many_are_shared_together_or_not_at_all() {
    let world = World::start().await;
    let token = world.access_token(Person::CustomBare).await;
    let ids = [own_login(&world, &token).await, own_login(&world, &token).await];
    let ciphers: Vec<Value> = ids
        .iter()
        .map(|id| {
            let mut cipher = for_client(login_request());
            cipher["id"] = json!(id);
            cipher
        })
        .collect();
    let share = async |ciphers: Value| {
        let body = json!({"ciphers": ciphers, "collectionIds": [id::WIKI]});
        world.send(Method::PUT, "/api/ciphers/share", Some(&token), body).await
    };
    let mut foreign = ciphers.clone();
    foreign[1]["id"] = json!(id::OWN_LOGIN);
    assert_eq!(share(json!(foreign)).await.0, StatusCode::NOT_FOUND);
    let first = world.get(&format!("/api/ciphers/{}", ids[0]), &token).await;
    assert_eq!(first["organizationId"], Value::Null, "the first was not shared alone");
    let twice = [&ciphers[..], &ciphers[..1]].concat();
    let (status, shared) = share(json!(twice)).await;
    assert_eq!(status, StatusCode::OK, "{shared}");
    let objects: Vec<_> = shared["data"].as_array().unwrap().iter().map(|item| &item["object"]).collect();
    assert_eq!(objects, ["cipherMini", "cipherMini"]);
    let too_many: Vec<Value> = (0..501).map(|_| ciphers[0].clone()).collect();
    let refused = share(json!(too_many)).await;
    assert_eq!(refused.1, envelope("You can only share up to 500 items at a time."));
}

#[tokio::test]
async fn an_item_moves_between_collections_as_far_as_the_callers_rights_go() {
    let world = World::start().await;
    let second = Uuid::from_u128(0x7b);
    let grant = |id: Uuid| BulkAccess { id, read_only: false, hide_passwords: false, manage: true };
    let loaded: Result<(), BulkError> = world.store.bulk(|load| {
        load.collection(&BulkCollection {
            id: second,
            organization_id: id::CLIENT,
            name: enc("second"),
            external_id: None,
            kind: 0,
            default_user_email: None,
            members: vec![grant(Person::CustomBare.member_id()), grant(Person::CustomAudit.member_id())],
            groups: vec![],
            created: CREATED,
        })
    });
    loaded.unwrap();
    let token = world.access_token(Person::CustomBare).await;
    let path = format!("/api/ciphers/{}/collections_v2", id::WIKI_LOGIN);
    let place = async |collections: Value| {
        world.send(Method::PUT, &path, Some(&token), json!({"collectionIds": collections})).await
    };
    assert_eq!(place(json!([id::WIKI, id::SAFE])).await.0, StatusCode::NOT_FOUND, "no right in the safe");
    assert_eq!(place(json!([Uuid::from_u128(1)])).await.0, StatusCode::BAD_REQUEST);
    let (status, placed) = place(json!([id::WIKI, second])).await;
    assert_eq!(status, StatusCode::OK, "{placed}");
    assert_eq!(keys(&placed), names("object unavailable cipher"));
    assert_eq!((&placed["object"], &placed["unavailable"]), (&json!("optionalCipherDetails"), &json!(false)));
    assert_eq!(placed["cipher"]["object"], "cipherDetails");
    assert_eq!(placed["cipher"]["collectionIds"], json!([id::WIKI, second]));
    let audit = world.access_token(Person::CustomAudit).await;
    let item = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    world.get(&item, &audit).await;

    let set = format!("/api/ciphers/{}/collections", id::WIKI_LOGIN);
    let (_, details) = world.send(Method::PUT, &set, Some(&token), json!({"collectionIds": [second]})).await;
    assert_eq!((&details["object"], &details["collectionIds"]), (&json!("cipherDetails"), &json!([second])));
    let member = world.access_token(Person::Member).await;
    let gone = answer(world.request(Method::GET, &item, Some(&member))).await;
    assert_eq!(gone.0, StatusCode::NOT_FOUND, "the wiki no longer holds it");

    let back = json!({"organizationId": id::CLIENT, "cipherIds": [id::WIKI_LOGIN], "collectionIds": [id::WIKI],
        "removeCollections": false});
    let bulk = "/api/ciphers/bulk-collections";
    assert_eq!(world.send(Method::POST, bulk, Some(&audit), back.clone()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        world.send(Method::POST, bulk, Some(&token), back.clone()).await,
        (StatusCode::OK, Value::Null)
    );
    world.get(&item, &member).await;
    let mut out = back;
    out["removeCollections"] = json!(true);
    assert_eq!(world.send(Method::POST, bulk, Some(&token), out).await.0, StatusCode::OK);
    assert_eq!(answer(world.request(Method::GET, &item, Some(&member))).await.0, StatusCode::NOT_FOUND);

    let (status, left) = place(json!([])).await;
    assert_eq!(
        (status, left),
        (StatusCode::OK, json!({"object": "optionalCipherDetails", "unavailable": true, "cipher": null}))
    );
    let owner = world.access_token(Person::Owner).await;
    let admin_path = format!("/api/ciphers/{}/collections-admin", id::WIKI_LOGIN);
    let (status, placed) =
        world.send(Method::PUT, &admin_path, Some(&owner), json!({"collectionIds": [id::SAFE]})).await;
    assert_eq!((status, &placed["object"]), (StatusCode::OK, &json!("cipherMiniDetails")), "{placed}");
    assert_eq!(placed["collectionIds"], json!([id::SAFE]));
    let log = world.deeds(&format!("/api/organizations/{}/events", id::CLIENT), &owner).await;
    assert_eq!(event_types(&log), [1106; 6]);
}

/// In a collection of one's own the passwords could be seen.
#[tokio::test]
async fn who_may_not_see_the_passwords_moves_the_item_nowhere() {
    let world = World::start().await;
    let (hiding, own) = (Uuid::from_u128(0x7b), Uuid::from_u128(0x7c));
    let manages = |person: Person| BulkAccess {
        id: person.member_id(),
        read_only: false,
        hide_passwords: false,
        manage: true,
    };
    let sees_no_password = BulkAccess { hide_passwords: true, manage: false, ..manages(Person::CustomAudit) };
    let loaded: Result<(), BulkError> = world.store.bulk(|load| {
        for (id, members) in [
            (hiding, vec![manages(Person::CustomBare), sees_no_password]),
            (own, vec![manages(Person::CustomAudit)]),
        ] {
            load.collection(&BulkCollection {
                id,
                organization_id: id::CLIENT,
                name: enc("one"),
                external_id: None,
                kind: 0,
                default_user_email: None,
                members,
                groups: vec![],
                created: CREATED,
            })?;
        }
        Ok(())
    });
    loaded.unwrap();
    let item = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    let manager = world.access_token(Person::CustomBare).await;
    let both = json!({"collectionIds": [id::WIKI, hiding]});
    let put = async |form: &str, token: &str, body: &Value| {
        world.send(Method::PUT, &format!("{item}/{form}"), Some(token), body.clone()).await.0
    };
    assert_eq!(put("collections_v2", &manager, &both).await, StatusCode::OK);

    let audit = world.access_token(Person::CustomAudit).await;
    let seen = world.get(&format!("{item}/details"), &audit).await;
    assert_eq!((&seen["edit"], &seen["viewPassword"]), (&json!(true), &json!(false)));
    let wanted = json!({"collectionIds": [hiding, own]});
    for form in ["collections", "collections_v2"] {
        assert_eq!(put(form, &audit, &wanted).await, StatusCode::NOT_FOUND, "{form}");
    }
    let many = json!({"organizationId": id::CLIENT, "cipherIds": [id::WIKI_LOGIN], "collectionIds": [own],
        "removeCollections": false});
    let refused = world.send(Method::POST, "/api/ciphers/bulk-collections", Some(&audit), many).await.0;
    assert_eq!(refused, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&format!("{item}/details"), &audit).await["viewPassword"], false);
}

#[tokio::test]
async fn policies_bind_what_is_saved() {
    let world = World::start().await;
    let loaded: Result<(), BulkError> = world.store.bulk(|load| {
        load.policy(&policy(5, None))?;
        load.policy(&policy(15, Some(json!([3]))))
    });
    loaded.unwrap();
    let message = "Due to an Enterprise Policy, you are restricted from saving items to your personal vault.";
    let card = json!({"type": 3, "name": enc("n"), "card": {"number": enc("c")}});
    let create = async |person: Person, body: Value| {
        let token = world.access_token(person).await;
        world.send(Method::POST, "/api/ciphers", Some(&token), body).await
    };
    for person in [Person::Member, Person::CustomBare] {
        let refused = create(person, login_request()).await;
        assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope(message)), "{person:?}");
        let token = world.access_token(person).await;
        let import = json!({"folders": [], "ciphers": [login_request()], "folderRelationships": []});
        let refused = world.send(Method::POST, "/api/ciphers/import", Some(&token), import).await;
        assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope(message)), "{person:?}");
    }
    // What is there already may be changed.
    let token = world.access_token(Person::Member).await;
    let path = format!("/api/ciphers/{}", id::OWN_LOGIN);
    assert_eq!(world.send(Method::PUT, &path, Some(&token), login_request()).await.0, StatusCode::OK);
    for person in [Person::Owner, Person::Admin, Person::Plain, Person::StrangerAdmin, Person::Revoked] {
        assert_eq!(create(person, login_request()).await.0, StatusCode::OK, "{person:?} is not bound");
    }
    let restricted =
        envelope("Due to an Enterprise Policy, you are restricted from saving items of this type.");
    assert_eq!(create(Person::Owner, card.clone()).await, (StatusCode::BAD_REQUEST, restricted.clone()));
    assert_eq!(create(Person::Plain, card.clone()).await.0, StatusCode::OK);
    let token = world.access_token(Person::CustomBare).await;
    let body = json!({"cipher": for_client(card), "collectionIds": [id::WIKI]});
    let refused = world.send(Method::POST, "/api/ciphers/create", Some(&token), body).await;
    assert_eq!(refused, (StatusCode::BAD_REQUEST, restricted));
}

#[tokio::test]
async fn a_vault_from_elsewhere_comes_in_whole_or_not_at_all() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let note = json!({"type": 2, "name": enc("note"), "secureNote": {"type": 0}});
    let import = |ciphers: Value, relations: Value| {
        json!({"folders": [{"name": enc("imported")}, {"id": id::FOLDER, "name": enc("known")}],
               "ciphers": ciphers, "folderRelationships": relations})
    };
    let send = async |body: Value| world.send(Method::POST, "/api/ciphers/import", Some(&token), body).await;
    let before = world.get("/api/sync", &token).await;
    for bad in [
        import(json!([login_request(), {"type": 1, "name": "clear", "login": {}}]), json!([])),
        import(json!([note]), json!([{"key": 1, "value": 0}])),
        import(json!([note]), json!([{"key": 0, "value": 2}])),
        import(json!([note]), json!([{"key": -1, "value": 0}])),
    ] {
        assert_eq!(send(bad).await.0, StatusCode::BAD_REQUEST);
    }
    let after = world.get("/api/sync", &token).await;
    assert_eq!((&after["ciphers"], &after["folders"]), (&before["ciphers"], &before["folders"]));

    let good =
        import(json!([login_request(), note]), json!([{"key": 0, "value": 0}, {"key": 1, "value": 1}]));
    assert_eq!(send(good).await, (StatusCode::OK, Value::Null));
    let sync = world.get("/api/sync", &token).await;
    let folders = sync["folders"].as_array().unwrap();
    assert_eq!(folders.len(), 2, "the known folder was not made again");
    let made = folders.iter().find(|folder| folder["name"] == json!(enc("imported"))).unwrap();
    let named = |name: &str| {
        sync["ciphers"].as_array().unwrap().iter().rfind(|item| {
            item["name"] == json!(enc(name)) && item["creationDate"] != "2026-01-02T03:04:05.678901Z"
        })
    };
    assert_eq!(named("name").unwrap()["folderId"], made["id"]);
    assert_eq!(named("note").unwrap()["folderId"], json!(id::FOLDER));
    let many: Vec<Value> = (0..40_001).map(|_| json!({"type": 2})).collect();
    let refused = send(json!({"ciphers": many})).await;
    assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope("You cannot import this much data at once.")));
}

#[tokio::test]
async fn an_organizations_vault_comes_in_and_goes_out() {
    let world = World::start().await;
    let path = format!("/api/ciphers/import-organization?organizationId={}", id::CLIENT);
    let import = |place: Value| {
        json!({"collections": [place], "ciphers": [for_client(login_request())],
               "collectionRelationships": [{"key": 0, "value": 0}]})
    };
    let new = json!({"name": enc("imported"), "externalId": "ext"});
    let known = json!({"id": id::WIKI, "name": enc("wiki")});
    for (person, place, status) in [
        (Person::Member, &new, 404),
        (Person::Member, &known, 404),
        (Person::CustomBare, &new, 404),
        (Person::CustomBare, &known, 200),
        (Person::Owner, &new, 200),
        (Person::ServiceUser, &known, 404),
        (Person::StrangerAdmin, &known, 404),
    ] {
        let token = world.access_token(person).await;
        let answered = world.send(Method::POST, &path, Some(&token), import(place.clone())).await;
        assert_eq!(answered.0.as_u16(), status, "{person:?} {place}");
    }
    let export = format!("/api/organizations/{}/export", id::CLIENT);
    let owner = world.access_token(Person::Owner).await;
    let whole = world.get(&export, &owner).await;
    assert_eq!(keys(&whole), names("object collections ciphers"));
    assert_eq!(whole["collections"].as_array().unwrap().len(), 3);
    assert_eq!(whole["ciphers"].as_array().unwrap().len(), 4);
    let imported = whole["collections"]
        .as_array()
        .unwrap()
        .iter()
        .find(|collection| collection["name"] == json!(enc("imported")))
        .unwrap();
    assert_eq!(imported["externalId"], "ext");
    let sync = world.get("/api/sync", &owner).await;
    let mine = sync["collections"].as_array().unwrap().iter().find(|one| one["id"] == imported["id"]);
    assert_eq!(mine.unwrap()["manage"], true, "who brings a collection along manages it");
    let manager = world.access_token(Person::CustomBare).await;
    let managed = world.get(&export, &manager).await;
    assert_eq!(managed["collections"].as_array().unwrap().len(), 1, "what somebody manages, no more");
    assert!(
        managed["ciphers"].as_array().unwrap().iter().all(|item| item["collectionIds"] == json!([id::WIKI]))
    );
}
