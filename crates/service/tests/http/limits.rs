//! How many there may be, and how many at once: the last that is allowed passes, and one more is refused.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ciphers::login_request;
use crate::support::*;

/// Fills a table up to `count` rows of the member's, like `row`, whose id comes first.
fn fill_up(database: &rusqlite::Connection, table: &str, row: &str, count: i64) {
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - (
             SELECT count(*) FROM {table} WHERE user_id = ?1))
         INSERT INTO {table} SELECT {row} FROM {table} CROSS JOIN n WHERE user_id = ?1
             AND {table}.rowid = (SELECT min(rowid) FROM {table} WHERE user_id = ?1)"
    );
    database.execute(&sql, (Person::Member.id().as_bytes(), count)).unwrap();
    let sql = format!("SELECT count(*) FROM {table} WHERE user_id = ?1");
    let now: i64 = database.query_row(&sql, [Person::Member.id().as_bytes()], |row| row.get(0)).unwrap();
    assert_eq!(now, count);
}

#[tokio::test]
async fn ten_thousand_folders_and_not_one_more() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let token = world.access_token(Person::Member).await;
    let make = async || {
        world.send(Method::POST, "/api/folders", Some(&token), json!({"name": enc("one more")})).await
    };
    let import = async |folders: usize| {
        let folder = json!({"name": enc("imported")});
        let body = json!({"folders": vec![folder; folders], "ciphers": [], "folderRelationships": []});
        world.send(Method::POST, "/api/ciphers/import", Some(&token), body).await
    };
    fill_up(&database, "folders", "randomblob(16), user_id, name, created, revised", 9_998);
    let full = refused("There are too many folders.");
    assert_eq!(import(3).await, full);
    assert_eq!(import(1).await, DONE, "none of the three was kept");
    let (status, last) = make().await;
    assert_eq!(status, StatusCode::OK, "{last}");
    assert_eq!(make().await, full);
    assert_eq!(import(1).await, full);
    let listed = world.get("/api/folders", &token).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 10_000);
    let path = format!("/api/folders/{}", last["id"].as_str().unwrap());
    assert_eq!(world.send(Method::DELETE, &path, Some(&token), Value::Null).await, DONE);
    assert_eq!(make().await.0, StatusCode::OK, "there is room again");
    // Each for himself.
    let other = world.access_token(Person::Owner).await;
    let made = world.send(Method::POST, "/api/folders", Some(&other), json!({"name": enc("n")})).await;
    assert_eq!(made.0, StatusCode::OK);
}

#[tokio::test]
async fn ten_thousand_sends_and_not_one_more() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let token = world.access_token(Person::Member).await;
    let in_a_week = OffsetDateTime::now_utc() + time::Duration::days(7);
    let in_a_week = in_a_week.format(&time::format_description::well_known::Rfc3339).unwrap();
    let text = json!({"type": 0, "name": enc("n"), "key": enc("k"), "text": {"text": enc("t"), "hidden": false},
        "deletionDate": in_a_week, "disabled": false, "hideEmail": false});
    let make = async || world.send(Method::POST, "/api/sends", Some(&token), text.clone()).await;
    let (status, first) = make().await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let row = "randomblob(16), user_id, name, notes, send_key, text, text_hidden, file_id, file_name, file_size,
        file, password, emails, max_access_count, access_count, expires, deletes, disabled, hide_email, created,
        revised";
    fill_up(&database, "sends", row, 9_999);
    assert_eq!(make().await.0, StatusCode::OK);
    let full = refused("There are too many Sends.");
    assert_eq!(make().await, full);
    let mut file = text.clone();
    (file["type"], file["text"]) = (json!(1), Value::Null);
    (file["file"], file["fileLength"]) = (json!({"fileName": enc("f")}), json!(100));
    database.execute("UPDATE users SET premium = 1", []).unwrap();
    assert_eq!(world.send(Method::POST, "/api/sends/file/v2", Some(&token), file).await, full);
    let path = format!("/api/sends/{}", first["id"].as_str().unwrap());
    assert_eq!(world.send(Method::DELETE, &path, Some(&token), Value::Null).await, DONE);
    assert_eq!(make().await.0, StatusCode::OK, "there is room again");
}

fn ids(count: u128) -> Vec<Uuid> {
    (0..count).map(|number| Uuid::from_u128((0xfff << 32) + number)).collect()
}

/// protocol.md §4.1: up to 500 ids. Ids of nothing, so that what is let through is passed over or not found.
#[tokio::test]
async fn five_hundred_at_once_and_not_one_more() {
    let (world, _database, _folder) = World::beside_a_connection().await;
    let owner = world.access_token(Person::Owner).await;
    let named = |ids: Vec<Uuid>| json!({"ids": ids, "organizationId": id::CLIENT});
    let note = |id: Uuid| {
        json!({"id": id, "type": 2, "name": enc("n"), "secureNote": {"type": 0},
        "organizationId": id::CLIENT})
    };
    let share = |ids: Vec<Uuid>| {
        let notes: Vec<Value> = ids.into_iter().map(note).collect();
        json!({"ciphers": notes, "collectionIds": [id::SAFE]})
    };
    let assign =
        |ids: Vec<Uuid>| json!({"organizationId": id::CLIENT, "cipherIds": ids, "collectionIds": [id::SAFE]});
    let assign_to =
        |ids: Vec<Uuid>| json!({"organizationId": id::CLIENT, "cipherIds": [], "collectionIds": ids});
    type Body<'a> = &'a dyn Fn(Vec<Uuid>) -> Value;
    let all: [(Method, &str, &str, Body<'_>); 16] = [
        (Method::PUT, "ciphers/delete", "delete", &named),
        (Method::DELETE, "ciphers", "delete", &named),
        (Method::POST, "ciphers/delete", "delete", &named),
        (Method::PUT, "ciphers/restore", "restore", &named),
        (Method::PUT, "ciphers/archive", "archive", &named),
        (Method::PUT, "ciphers/unarchive", "unarchive", &named),
        (Method::PUT, "ciphers/move", "move", &named),
        (Method::POST, "ciphers/move", "move", &named),
        (Method::PUT, "ciphers/delete-admin", "delete", &named),
        (Method::DELETE, "ciphers/admin", "delete", &named),
        (Method::POST, "ciphers/delete-admin", "delete", &named),
        (Method::PUT, "ciphers/restore-admin", "restore", &named),
        (Method::PUT, "ciphers/share", "share", &share),
        (Method::POST, "ciphers/share", "share", &share),
        (Method::POST, "ciphers/bulk-collections", "assign", &assign),
        (Method::POST, "ciphers/bulk-collections", "assign to", &assign_to),
    ];
    for (method, path, deed, body) in &all {
        let path = format!("/api/{path}");
        let too_many = refused(&format!("You can only {deed} up to 500 items at a time."));
        let sent = world.send(method.clone(), &path, Some(&owner), body(ids(501))).await;
        assert_eq!(sent, too_many, "{method} {path}");
        let (status, answer) = world.send(method.clone(), &path, Some(&owner), body(ids(500))).await;
        assert!(
            status == StatusCode::OK || (status, &answer) != (too_many.0, &too_many.1),
            "{path}: {answer}"
        );
        assert_ne!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let member = world.access_token(Person::Member).await;
    for (method, path) in [(Method::DELETE, "/api/folders"), (Method::POST, "/api/folders/delete")] {
        let folders =
            async |count| world.send(method.clone(), path, Some(&member), json!({"ids": ids(count)})).await;
        assert_eq!(folders(501).await, refused("You can only delete up to 500 folders at a time."), "{path}");
        assert_eq!(folders(500).await, DONE, "{path}");
    }
    let manager = world.access_token(Person::CustomBare).await;
    let place = async |count| {
        let (path, body) =
            (format!("/api/ciphers/{}/collections", id::WIKI_LOGIN), json!({"collectionIds": ids(count)}));
        world.send(Method::PUT, &path, Some(&manager), body).await
    };
    assert_eq!(place(501).await, refused("You can only place an item in up to 500 items at a time."));
    assert_eq!(
        place(500).await,
        refused("Specified CollectionId does not exist on the specified Organization.")
    );
}

#[tokio::test]
async fn five_hundred_items_go_at_once() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let token = world.access_token(Person::Member).await;
    let items: Vec<Value> = (0..501).map(|_| login_request()).collect();
    let body = json!({"folders": [], "ciphers": items, "folderRelationships": []});
    assert_eq!(world.send(Method::POST, "/api/ciphers/import", Some(&token), body).await, DONE);
    let all = world.get("/api/ciphers", &token).await;
    let own = all["data"].as_array().unwrap().iter().filter(|item| item["organizationId"].is_null());
    let all: Vec<Value> = own.map(|item| item["id"].clone()).take(501).collect();
    let count = || -> i64 {
        let sql = "SELECT count(*) FROM ciphers WHERE user_id = ?";
        database.query_row(sql, [Person::Member.id().as_bytes()], |row| row.get(0)).unwrap()
    };
    let before = count();
    let delete = async |ids: &[Value]| {
        world.send(Method::DELETE, "/api/ciphers", Some(&token), json!({ "ids": ids })).await
    };
    assert_eq!(delete(&all).await, refused("You can only delete up to 500 items at a time."));
    assert_eq!(count(), before, "none of them");
    assert_eq!(delete(&all[..500]).await, DONE);
    assert_eq!(count(), before - 500);
}

/// What is let through is refused for what is wrong with it, so that nothing has to be kept.
#[tokio::test]
async fn an_import_has_its_limits() {
    let (world, database, _folder) = World::beside_a_connection().await;
    let token = world.access_token(Person::Member).await;
    let owner = world.access_token(Person::Owner).await;
    let too_much = refused("You cannot import this much data at once.");
    let in_client = format!("/api/ciphers/import-organization?organizationId={}", id::CLIENT);
    for (path, token, places, relationships) in [
        ("/api/ciphers/import", &token, "folders", "folderRelationships"),
        (&*in_client, &owner, "collections", "collectionRelationships"),
    ] {
        let import = async |place: Vec<Value>, items: Vec<Value>, related: Vec<Value>| {
            let body = json!({places: place, "ciphers": items, relationships: related});
            world.send(Method::POST, path, Some(token), body).await
        };
        let place = json!({"name": enc("p")});
        assert_eq!(import(vec![place.clone(); 2_001], vec![], vec![]).await, too_much, "{path}");
        assert_eq!(import(vec![place.clone(); 2_000], vec![], vec![]).await, DONE, "{path}");
        let nameless = json!({"type": 2, "secureNote": {"type": 0}});
        assert_eq!(import(vec![], vec![nameless.clone(); 40_001], vec![]).await, too_much, "{path}");
        let let_through = import(vec![place.clone()], vec![nameless.clone(); 40_000], vec![]).await;
        assert_ne!(let_through, too_much, "{path}");
        assert_eq!(let_through.0, StatusCode::BAD_REQUEST, "{path}: {}", let_through.1);
        let nowhere = json!({"key": 1, "value": 0});
        assert_eq!(import(vec![], vec![], vec![nowhere.clone(); 80_001]).await, too_much, "{path}");
        assert_eq!(
            import(vec![], vec![], vec![nowhere; 80_000]).await,
            refused("A relationship names something that is not part of the import."),
            "{path}"
        );
    }
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM folders"), 1 + 2_000);
    assert_eq!(count("SELECT count(*) FROM collections"), 2 + 2_000);
    assert_eq!(count("SELECT count(*) FROM ciphers"), 4, "no half of an import");
}
