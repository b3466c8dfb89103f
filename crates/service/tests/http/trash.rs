//! The trash, the archive, folders, many at once; who hears of it and what the log says.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

async fn put(world: &World, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    world.send(Method::PUT, path, Some(token), body).await
}

async fn revision(world: &World, person: Person) -> i64 {
    let token = world.access_token(person).await;
    world.get("/api/accounts/revision-date", &token).await.as_i64().unwrap()
}

#[tokio::test]
async fn an_item_goes_into_the_trash_comes_back_and_goes_for_good() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let path = format!("/api/ciphers/{}", id::OWN_LOGIN);
    let before = world.get(&path, &token).await;
    let nothing = (StatusCode::OK, Value::Null);
    assert_eq!(put(&world, &format!("{path}/delete"), &token, Value::Null).await, nothing);
    let trashed = world.get(&path, &token).await;
    assert!(trashed["deletedDate"].is_string());
    assert_eq!(trashed["revisionDate"], trashed["deletedDate"]);
    assert_eq!(put(&world, &format!("{path}/delete"), &token, Value::Null).await, nothing);
    assert_eq!(world.get(&path, &token).await, trashed, "twice is once");

    let (status, restored) = put(&world, &format!("{path}/restore"), &token, Value::Null).await;
    assert_eq!((status, &restored["object"]), (StatusCode::OK, &json!("cipher")));
    assert_eq!((&restored["deletedDate"], &restored["name"]), (&Value::Null, &before["name"]));

    let (_, archived) = put(&world, &format!("{path}/archive"), &token, Value::Null).await;
    assert!(archived["archivedDate"].is_string());
    assert_eq!(archived["revisionDate"], restored["revisionDate"]);
    let (_, back) = put(&world, &format!("{path}/unarchive"), &token, Value::Null).await;
    assert_eq!(back, restored);

    let gone = world.send(Method::DELETE, &path, Some(&token), Value::Null).await;
    assert_eq!(gone, nothing);
    let missing = (StatusCode::NOT_FOUND, envelope("Resource not found."));
    assert_eq!(answer(world.request(Method::GET, &path, Some(&token))).await, missing);
    let older = format!("/api/ciphers/{}/delete", id::OWN_PASSPORT);
    assert_eq!(world.send(Method::POST, &older, Some(&token), Value::Null).await, nothing, "the older form");
    assert_eq!(world.get("/api/ciphers", &token).await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn many_at_once_are_those_that_the_caller_may() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let all = json!({"ids": [id::OWN_LOGIN, id::OWN_PASSPORT, id::WIKI_LOGIN, id::SAFE_NOTE]});
    let deleted = async || -> Vec<Value> {
        let list = world.get("/api/ciphers", &token).await;
        let items = list["data"].as_array().unwrap().iter();
        items.filter(|item| !item["deletedDate"].is_null()).map(|item| item["id"].clone()).collect()
    };
    assert_eq!(put(&world, "/api/ciphers/delete", &token, all.clone()).await, (StatusCode::OK, Value::Null));
    assert_eq!(deleted().await, [json!(id::OWN_LOGIN), json!(id::OWN_PASSPORT)], "the wiki is read only");
    let (_, restored) = put(&world, "/api/ciphers/restore", &token, all.clone()).await;
    let objects: Vec<_> = restored["data"].as_array().unwrap().iter().map(|item| &item["object"]).collect();
    assert_eq!(objects, ["cipherMini", "cipherMini"]);
    assert!(deleted().await.is_empty());

    let (_, archived) = put(&world, "/api/ciphers/archive", &token, all.clone()).await;
    let dates: Vec<_> =
        archived["data"].as_array().unwrap().iter().map(|item| &item["archivedDate"]).collect();
    assert_eq!(dates.len(), 3, "an own mark takes no more than seeing the item");
    assert!(dates.iter().all(|date| date.is_string()));
    let (_, back) = put(&world, "/api/ciphers/unarchive", &token, all.clone()).await;
    assert!(back["data"].as_array().unwrap().iter().all(|item| item["archivedDate"].is_null()));

    let mut moved = all.clone();
    moved["folderId"] = json!(id::FOLDER);
    assert_eq!(put(&world, "/api/ciphers/move", &token, moved.clone()).await.0, StatusCode::OK);
    let list = world.get("/api/ciphers", &token).await;
    assert!(list["data"].as_array().unwrap().iter().all(|item| item["folderId"] == json!(id::FOLDER)));
    let admin = world.access_token(Person::Admin).await;
    let (status, refused) = put(&world, "/api/ciphers/move", &admin, moved).await;
    assert_eq!((status, refused), (StatusCode::BAD_REQUEST, envelope("Invalid folder.")), "another's folder");

    let owner = world.access_token(Person::Owner).await;
    let as_admin = json!({"ids": [id::SAFE_NOTE], "organizationId": id::CLIENT});
    let status = put(&world, "/api/ciphers/delete-admin", &owner, as_admin).await.0;
    assert_eq!(status, StatusCode::NOT_FOUND, "only who manages deletes here");

    let body = json!({"ids": [id::OWN_LOGIN, id::WIKI_LOGIN]});
    assert_eq!(world.send(Method::DELETE, "/api/ciphers", Some(&token), body).await.0, StatusCode::OK);
    let left = world.get("/api/ciphers", &token).await;
    let ids: Vec<_> = left["data"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&json!(id::OWN_PASSPORT), &json!(id::WIKI_LOGIN)]);
}

#[tokio::test]
async fn more_than_five_hundred_are_too_many() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let ids = |count: u128| json!({"ids": (0..count).map(Uuid::from_u128).collect::<Vec<_>>()});
    for (method, path, deed) in [
        (Method::PUT, "/api/ciphers/delete", "delete"),
        (Method::DELETE, "/api/ciphers", "delete"),
        (Method::PUT, "/api/ciphers/restore", "restore"),
        (Method::PUT, "/api/ciphers/archive", "archive"),
        (Method::PUT, "/api/ciphers/unarchive", "unarchive"),
        (Method::PUT, "/api/ciphers/move", "move"),
    ] {
        let refused = world.send(method.clone(), path, Some(&token), ids(501)).await;
        let message = format!("You can only {deed} up to 500 items at a time.");
        assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope(&message)), "{path}");
        assert_eq!(world.send(method, path, Some(&token), ids(500)).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn everybody_who_can_see_a_change_hears_of_it_and_nobody_else() {
    let world = World::start().await;
    let watched = [Person::Member, Person::CustomBare, Person::Admin, Person::Owner, Person::CustomGroups];
    let mut before = Vec::new();
    for person in watched {
        before.push(revision(&world, person).await);
    }
    let manager = world.access_token(Person::CustomBare).await;
    // The date has milliseconds: the change must not fall into the one that was read.
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    put(&world, &format!("/api/ciphers/{}/delete", id::WIKI_LOGIN), &manager, Value::Null).await;
    for (person, before) in watched.into_iter().zip(before) {
        let sees = matches!(person, Person::Member | Person::CustomBare | Person::Admin);
        assert_eq!(revision(&world, person).await > before, sees, "{person:?}");
    }
}

#[tokio::test]
async fn the_log_of_the_organization_says_what_was_done_to_its_items() {
    let world = World::start().await;
    let manager = world.access_token(Person::CustomBare).await;
    let mut cipher = crate::ciphers::login_request();
    cipher["organizationId"] = json!(id::CLIENT);
    let body = json!({"cipher": cipher, "collectionIds": [id::WIKI]});
    let (_, made) = world.send(Method::POST, "/api/ciphers/create", Some(&manager), body).await;
    let path = format!("/api/ciphers/{}", made["id"].as_str().unwrap());
    put(&world, &path, &manager, cipher).await;
    put(&world, &format!("{path}/partial"), &manager, json!({"favorite": true})).await;
    put(&world, &format!("{path}/archive"), &manager, Value::Null).await;
    put(&world, &format!("{path}/delete"), &manager, Value::Null).await;
    put(&world, &format!("{path}/delete"), &manager, Value::Null).await;
    put(&world, &format!("{path}/restore"), &manager, Value::Null).await;
    world.send(Method::DELETE, &path, Some(&manager), Value::Null).await;

    let owner = world.access_token(Person::Owner).await;
    let events = world.deeds(&format!("/api/organizations/{}/events", id::CLIENT), &owner).await;
    assert_eq!(event_types(&events), [1100, 1101, 1115, 1116, 1102], "marks are nobody's business");
    for event in events {
        assert_eq!(event["cipherId"], made["id"]);
        assert_eq!(event["actingUserId"], json!(Person::CustomBare.id()));
        assert_eq!((&event["providerId"], &event["userId"]), (&Value::Null, &Value::Null));
        assert_eq!(event["deviceType"], 8);
    }
}

#[tokio::test]
async fn a_purge_takes_the_password_and_the_whole_vault() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let right = json!({"masterPasswordHash": Person::Member.password()});
    let wrong = json!({"masterPasswordHash": "wrong"});
    let purge = "/api/ciphers/purge";
    let refused = world.send(Method::POST, purge, Some(&token), wrong.clone()).await;
    assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope("User verification failed.")));
    assert_eq!(world.send(Method::POST, purge, Some(&token), right).await, (StatusCode::OK, Value::Null));
    let sync = world.get("/api/sync", &token).await;
    assert_eq!((sync["ciphers"].as_array().unwrap().len(), &sync["folders"]), (1, &json!([])));
    assert_eq!(sync["ciphers"][0]["id"], json!(id::WIKI_LOGIN), "what is the organization's stays");

    let owner = world.access_token(Person::Owner).await;
    let of_client = format!("{purge}?organizationId={}", id::CLIENT);
    assert_eq!(world.send(Method::POST, &of_client, Some(&owner), wrong).await.0, StatusCode::BAD_REQUEST);
    let right = json!({"masterPasswordHash": Person::Owner.password()});
    assert_eq!(world.send(Method::POST, &of_client, Some(&owner), right).await.0, StatusCode::OK);
    let list = format!("/api/ciphers/organization-details?organizationId={}", id::CLIENT);
    assert_eq!(world.get(&list, &owner).await["data"], json!([]));
    let log = world.deeds(&format!("/api/organizations/{}/events", id::CLIENT), &owner).await;
    assert_eq!(log.last().unwrap()["type"], 1601);
}

#[tokio::test]
async fn folders_are_ones_own_and_leave_their_items() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let post = async |body: Value| world.send(Method::POST, "/api/folders", Some(&token), body).await;
    let (status, made) = post(json!({"name": enc("new")})).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    assert_eq!(keys(&made), names("object id name revisionDate"));
    assert_eq!((&made["object"], &made["name"]), (&json!("folder"), &json!(enc("new"))));
    for (bad, problem) in
        [(json!({}), "Name"), (json!({"name": "clear"}), "Name"), (json!({"name": null}), "Name")]
    {
        let (status, refused) = post(bad).await;
        assert_eq!((status, keys(&refused["validationErrors"])), (StatusCode::BAD_REQUEST, vec![problem]));
    }
    let path = format!("/api/folders/{}", made["id"].as_str().unwrap());
    let (_, renamed) = put(&world, &path, &token, json!({"name": enc("renamed")})).await;
    assert_eq!((&renamed["id"], &renamed["name"]), (&made["id"], &json!(enc("renamed"))));
    assert_eq!(world.get(&path, &token).await, renamed);
    let list = world.get("/api/folders", &token).await;
    assert_eq!((&list["object"], list["data"].as_array().unwrap().len()), (&json!("list"), 2));

    let stranger = world.access_token(Person::Admin).await;
    let own = format!("/api/folders/{}", id::FOLDER);
    let missing = (StatusCode::NOT_FOUND, envelope("Resource not found."));
    assert_eq!(put(&world, &own, &stranger, json!({"name": enc("x")})).await, missing);
    assert_eq!(answer(world.request(Method::GET, "/api/folders/nonsense", Some(&token))).await, missing);
    let both = json!({"ids": [id::FOLDER, made["id"]]});
    assert_eq!(world.send(Method::DELETE, "/api/folders", Some(&stranger), both).await.0, StatusCode::OK);
    assert_eq!(world.get("/api/folders", &token).await, list, "another's folders are not there");

    assert_eq!(world.send(Method::DELETE, &own, Some(&token), Value::Null).await.0, StatusCode::OK);
    let wiki = world.get(&format!("/api/ciphers/{}", id::WIKI_LOGIN), &token).await;
    assert_eq!((&wiki["folderId"], &wiki["favorite"]), (&Value::Null, &json!(true)));
}
