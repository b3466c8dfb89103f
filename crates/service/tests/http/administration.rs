//! Items in the hands of those who administer an organization (protocol.md §4.1 `[a]`, §5.3).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ciphers::{MINI, login_request};
use crate::item_rights::{UNASSIGNED, world};
use crate::support::*;

/// The organization lets its administrators do everything; the provider lets its staff.
const OPEN: &str = "UPDATE organizations SET allow_admin_access_to_all_collection_items = 1;
    UPDATE providers SET client_items = 2;";

const PEOPLE: [Person; 4] = [Person::Owner, Person::Admin, Person::ServiceUser, Person::ProviderAdmin];

struct Office<'a> {
    world: &'a World,
    token: String,
}

impl Office<'_> {
    async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        self.world.send(method, &format!("/api/ciphers/{path}"), Some(&self.token), body).await
    }

    /// An answer with an item in a short form, with these members besides.
    async fn short(&self, method: Method, path: &str, body: Value, more: &str) -> Value {
        let (status, item) = self.send(method, path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {item}");
        assert_eq!(keys(&item), names(&format!("{MINI} {more}")), "{path}");
        item
    }

    async fn read(&self, item: &str) -> Value {
        self.world.get(&format!("/api/ciphers/{item}/admin"), &self.token).await
    }

    async fn create(&self, name: &str, collections: &[Uuid]) -> String {
        let mut cipher = login_request();
        (cipher["name"], cipher["organizationId"]) = (json!(enc(name)), json!(id::CLIENT));
        let body = json!({"cipher": cipher, "collectionIds": collections});
        let made = self.short(Method::POST, "admin", body, "").await;
        assert_eq!((&made["object"], &made["name"]), (&json!("cipherMini"), &json!(enc(name))));
        assert_eq!(made["organizationId"], json!(id::CLIENT));
        let made = made["id"].as_str().unwrap().to_owned();
        assert_eq!(self.read(&made).await["collectionIds"], json!(collections));
        made
    }
}

async fn open() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (world(&folder, OPEN).await, folder)
}

#[tokio::test]
async fn they_make_edit_and_place_items_that_they_do_not_reach() {
    let (world, _folder) = open().await;
    for person in PEOPLE {
        let office = Office { world: &world, token: world.access_token(person).await };
        office.create("nowhere", &[]).await;
        let made = office.create("made", &[id::SAFE]).await;
        for (method, name) in [(Method::PUT, "edited"), (Method::POST, "twice")] {
            let mut body = login_request();
            (body["name"], body["organizationId"]) = (json!(enc(name)), json!(id::CLIENT));
            let edited = office.short(method, &format!("{made}/admin"), body, "").await;
            assert_eq!((&edited["object"], &edited["name"]), (&json!("cipherMini"), &json!(enc(name))));
            assert_eq!(office.read(&made).await["name"], json!(enc(name)));
        }
        for (method, places) in
            [(Method::PUT, json!([id::WIKI])), (Method::POST, json!([])), (Method::PUT, json!([id::SAFE]))]
        {
            let path = format!("{made}/collections-admin");
            let placed = office.short(method, &path, json!({"collectionIds": places}), "collectionIds").await;
            assert_eq!(
                (&placed["object"], &placed["collectionIds"]),
                (&json!("cipherMiniDetails"), &places),
                "{person:?}"
            );
            assert_eq!(office.read(&made).await["collectionIds"], places);
        }
        let elsewhere = json!({"collectionIds": [Uuid::from_u128(0xdead)]});
        assert_eq!(
            office.send(Method::PUT, &format!("{made}/collections-admin"), elsewhere).await,
            refused("Specified CollectionId does not exist on the specified Organization.")
        );
    }
    // Who reaches the collection finds what was put there.
    let office = Office { world: &world, token: world.access_token(Person::Owner).await };
    let made = office.create("shared", &[id::WIKI]).await;
    let member = world.access_token(Person::Member).await;
    let found = world.get(&format!("/api/ciphers/{made}"), &member).await;
    assert_eq!((&found["name"], &found["edit"]), (&json!(enc("shared")), &json!(false)));
}

#[tokio::test]
async fn they_take_items_away_and_bring_them_back() {
    let (world, _folder) = open().await;
    let gone = (StatusCode::NOT_FOUND, envelope("Resource not found."));
    for person in PEOPLE {
        let office = Office { world: &world, token: world.access_token(person).await };
        let [one, two, three] = [
            office.create("one", &[id::SAFE]).await,
            office.create("two", &[id::WIKI]).await,
            office.create("three", &[]).await,
        ];
        assert_eq!(office.send(Method::PUT, &format!("{one}/delete-admin"), Value::Null).await, DONE);
        assert!(office.read(&one).await["deletedDate"].is_string());
        let path = format!("{one}/restore-admin");
        let restored = office.short(Method::PUT, &path, Value::Null, "").await;
        assert_eq!(
            (&restored["object"], &restored["deletedDate"]),
            (&json!("cipherMini"), &Value::Null),
            "{person:?}"
        );

        // An id that stands there twice is one item.
        let all = json!({"ids": [one, two, three, one], "organizationId": id::CLIENT});
        assert_eq!(office.send(Method::PUT, "delete-admin", all.clone()).await, DONE);
        for item in [&one, &two, &three] {
            assert!(office.read(item).await["deletedDate"].is_string());
        }
        let (status, restored) = office.send(Method::PUT, "restore-admin", all).await;
        assert_eq!((status, &restored["object"]), (StatusCode::OK, &json!("list")));
        let restored = restored["data"].as_array().unwrap();
        assert_eq!(restored.len(), 3);
        for item in restored {
            assert_eq!((&item["object"], &item["deletedDate"]), (&json!("cipherMini"), &Value::Null));
        }

        let last = office.create("last", &[id::SAFE]).await;
        let some = |items: &[&String]| json!({"ids": items, "organizationId": id::CLIENT});
        for (method, path, body, item) in [
            (Method::DELETE, format!("{one}/admin"), Value::Null, &one),
            (Method::POST, format!("{two}/delete-admin"), Value::Null, &two),
            (Method::DELETE, "admin".into(), some(&[&three, &three]), &three),
            (Method::POST, "delete-admin".into(), some(&[&last]), &last),
        ] {
            assert_eq!(office.send(method, &path, body).await, DONE, "{person:?}: {path}");
            let read = world.request(Method::GET, &format!("/api/ciphers/{item}/admin"), Some(&office.token));
            assert_eq!(answer(read).await, gone, "{path}");
        }
    }
}

/// In no collection: theirs in every organization. A missing item in the list, and none is touched.
#[tokio::test]
async fn what_is_in_no_collection_is_theirs_without_leave() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder, "").await;
    for person in [Person::Owner, Person::Admin] {
        let office = Office { world: &world, token: world.access_token(person).await };
        let item = UNASSIGNED.to_string();
        let with_another = json!({"ids": [UNASSIGNED, id::SAFE_NOTE], "organizationId": id::CLIENT});
        assert_eq!(office.send(Method::PUT, "delete-admin", with_another).await, not_found());
        assert!(office.read(&item).await["deletedDate"].is_null(), "all or nothing");
        assert_eq!(office.send(Method::PUT, &format!("{item}/delete-admin"), Value::Null).await, DONE);
        let path = format!("{item}/restore-admin");
        assert!(office.short(Method::PUT, &path, Value::Null, "").await["deletedDate"].is_null());
        // Where they may not write to the collection, they may not put it there either.
        let to_the_wiki = json!({"collectionIds": [id::WIKI]});
        let placed = office.send(Method::PUT, &format!("{item}/collections-admin"), to_the_wiki).await;
        match person {
            Person::Admin => assert_eq!(placed.0, StatusCode::OK, "by way of the group: {}", placed.1),
            _ => assert_eq!(placed, not_found()),
        }
        let cipher =
            json!({"type": 2, "name": enc("n"), "secureNote": {"type": 0}, "organizationId": id::CLIENT});
        let created = office.send(Method::POST, "admin", json!({"cipher": cipher})).await;
        assert_eq!(created, not_found(), "{person:?}");
    }
}

#[tokio::test]
async fn the_log_says_what_they_did_and_for_whom() {
    let (world, _folder) = open().await;
    let office = Office { world: &world, token: world.access_token(Person::ServiceUser).await };
    let made = office.create("made", &[]).await;
    let mut body = login_request();
    body["organizationId"] = json!(id::CLIENT);
    office.short(Method::PUT, &format!("{made}/admin"), body, "").await;
    let places = json!({"collectionIds": [id::SAFE]});
    office.short(Method::PUT, &format!("{made}/collections-admin"), places, "collectionIds").await;
    office.send(Method::PUT, &format!("{made}/delete-admin"), Value::Null).await;
    office.short(Method::PUT, &format!("{made}/restore-admin"), Value::Null, "").await;
    office.send(Method::DELETE, &format!("{made}/admin"), Value::Null).await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let log = owner.log().await;
    assert_eq!(event_types(&log), [1100, 1101, 1106, 1115, 1116, 1102]);
    for event in log {
        assert_eq!(
            (&event["cipherId"], &event["actingUserId"], &event["providerId"]),
            (&json!(made), &json!(Person::ServiceUser.id()), &json!(id::PROVIDER))
        );
    }
}
