//! Ids of another organization, and of another person, in bodies and paths: none of them is taken, and nothing there changes.

use portico_service::bulk::*;
use portico_service::{Config, Store, rules};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::hostile::{places, served};
use crate::support::*;

const COLLECTION: Uuid = Uuid::from_u128(0x7b);
const GROUP: Uuid = Uuid::from_u128(0x62);
const ITEM: Uuid = Uuid::from_u128(0x9c);
/// The organizationUserId of the other client's owner.
const MEMBER: Uuid = Uuid::from_u128(0x2fe);
/// Of a person who belongs to nothing.
const FOLDER: Uuid = Uuid::from_u128(0x82);

/// The small world, in which the other client has something of everything.
async fn world() -> (World, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(file(&folder)).unwrap();
    fill(&store);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        load.group(&BulkGroup {
            id: GROUP,
            organization_id: id::OTHER_CLIENT,
            name: "Elsewhere".into(),
            external_id: None,
            members: vec![MEMBER],
            created: CREATED,
        })?;
        let grant = |id| BulkAccess { id, read_only: true, hide_passwords: true, manage: false };
        load.collection(&BulkCollection {
            id: COLLECTION,
            organization_id: id::OTHER_CLIENT,
            name: enc("elsewhere"),
            external_id: None,
            kind: 0,
            default_user_email: None,
            members: vec![grant(MEMBER)],
            groups: vec![grant(GROUP)],
            created: CREATED,
        })?;
        let owner = BulkOwner::Organization { id: id::OTHER_CLIENT, collections: vec![COLLECTION] };
        load.cipher(&cipher(ITEM, owner, 2, json!({"type": 0})))?;
        load.folder(&BulkFolder {
            id: FOLDER,
            user_id: Person::Plain.id(),
            name: enc("elsewhere"),
            revised: CREATED,
        })
    });
    loaded.unwrap();
    (World::over(store, Config::without_delay()).await, folder)
}

fn file(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("service.sqlite3")
}

/// Links between two organizations or two persons, and all that belongs to the other client.
fn elsewhere(folder: &TempDir) -> (i64, String) {
    let database = rusqlite::Connection::open(file(folder)).unwrap();
    let crossing = database
        .query_row(
            "SELECT (SELECT count(*) FROM collection_members a JOIN collections c ON c.id = a.collection_id
                     JOIN members m ON m.id = a.member_id WHERE m.organization_id <> c.organization_id)
                  + (SELECT count(*) FROM collection_groups a JOIN collections c ON c.id = a.collection_id
                     JOIN groups g ON g.id = a.group_id WHERE g.organization_id <> c.organization_id)
                  + (SELECT count(*) FROM group_members a JOIN groups g ON g.id = a.group_id
                     JOIN members m ON m.id = a.member_id WHERE m.organization_id <> g.organization_id)
                  + (SELECT count(*) FROM collection_ciphers x JOIN collections c ON c.id = x.collection_id
                     JOIN ciphers i ON i.id = x.cipher_id WHERE i.organization_id IS NOT c.organization_id)
                  + (SELECT count(*) FROM cipher_marks m JOIN folders f ON f.id = m.folder_id
                     WHERE f.user_id <> m.user_id)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let other = format!("x'{}'", id::OTHER_CLIENT.simple());
    let rows = database
        .query_row(
            &format!(
                "SELECT (SELECT group_concat(hex(id) || type || status || revised) FROM members
                         WHERE organization_id = {other})
                     || (SELECT group_concat(hex(id) || name || revised) FROM groups WHERE organization_id = {other})
                     || (SELECT group_concat(hex(id) || name || revised) FROM collections
                         WHERE organization_id = {other})
                     || (SELECT group_concat(hex(id) || name || revised) FROM ciphers WHERE organization_id = {other})
                     || (SELECT count(*) || 'x' || sum(read_only) FROM collection_members
                         WHERE collection_id = x'{}')
                     || (SELECT group_concat(hex(member_id)) FROM group_members WHERE group_id = x'{}')
                     || (SELECT name || revised FROM folders WHERE id = x'{}')
                     || (SELECT name || seats || plan_type || revised FROM organizations WHERE id = {other})",
                COLLECTION.simple(),
                GROUP.simple(),
                FOLDER.simple()
            ),
            [],
            |row| row.get(0),
        )
        .unwrap();
    (crossing, rows)
}

#[tokio::test]
async fn in_a_body_they_lead_nowhere() {
    let (world, folder) = world().await;
    let before = elsewhere(&folder);
    assert_eq!(before.0, 0);
    let mut asked = 0;
    for (person, method, path, body) in served() {
        let token = world.access_token(person).await;
        for place in places(&body) {
            let named = body.pointer(&place).and_then(|value| value.as_str()?.parse::<Uuid>().ok());
            if named.is_none() {
                continue;
            }
            for foreign in [COLLECTION, GROUP, ITEM, MEMBER, FOLDER, id::OTHER_CLIENT] {
                let mut bent = body.clone();
                *bent.pointer_mut(&place).unwrap() = json!(foreign);
                let request = world.request(method.clone(), &path, Some(&token)).json(&bent);
                let status = request.send().await.unwrap().status();
                // A bulk route tells of each row, and a folder or collection to import that is not there is made.
                let by_row = path.contains("/import") || path.ends_with("/confirm");
                assert!(
                    status.is_client_error() || by_row && status == StatusCode::OK,
                    "{method} {path}: {place} is {foreign}: {status}"
                );
                assert_eq!(elsewhere(&folder), before, "{method} {path}: {place} is {foreign}");
                asked += 1;
            }
        }
    }
    assert!(asked > 60, "{asked}");
}

#[tokio::test]
async fn in_a_path_they_name_nothing() {
    let (world, folder) = world().await;
    let token = world.access_token(Person::ServiceUser).await;
    let before = elsewhere(&folder);
    let foreign =
        [("{member}", MEMBER), ("{group}", GROUP), ("{collection}", COLLECTION), ("{cipher}", ITEM)];
    for route in rules() {
        let names = foreign.iter().filter(|(name, _)| route.path.contains(name));
        let path = names.fold(route.path.to_owned(), |path, (name, id)| path.replace(name, &id.to_string()));
        if path == route.path {
            continue;
        }
        let path = path.replace("{organization}", &id::CLIENT.to_string());
        let path = path.replace("{attachment}", &id::WIKI_FILE.to_string());
        let body = json!({"type": 2, "name": enc("n"), "collections": [], "users": [], "groups": [], "key": ukey(),
            "token": "x", "newMasterPasswordHash": "h", "keys": null, "collectionIds": [], "cipher": null});
        let request = world.request(route.method.clone(), &path, Some(&token));
        let request = if route.method == Method::GET { request } else { request.json(&body) };
        let status = request.send().await.unwrap().status();
        assert!(status.is_client_error(), "{} {path}: {status}", route.method);
        assert_eq!(elsewhere(&folder), before, "{} {path}", route.method);
    }
}
