//! What the members of an organization may do to each other, to groups and to collections by naming them in a body: the
//! guard of these routes lets in whoever could be allowed anything at all (protocol.md §4.4–4.6, §5.3, §5.14).

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::send;
use crate::authorization::COLUMNS;
use crate::item_rights::world;
use crate::support::*;

const STAFF: &[Person] = &[Person::ServiceUser, Person::ProviderAdmin];
const OWNERS: &[Person] = &[Person::Owner, Person::ServiceUser, Person::ProviderAdmin];
const ADMINS: &[Person] = &[Person::Admin, Person::Owner, Person::ServiceUser, Person::ProviderAdmin];

fn grant(id: Uuid) -> Value {
    json!({"id": id, "readOnly": false, "hidePasswords": false, "manage": true})
}

fn note() -> Value {
    json!({"type": 2, "name": enc("n"), "secureNote": {"type": 0}, "organizationId": id::CLIENT})
}

/// Requests about the client, and whom they are good for. Nobody does any of it to themselves.
fn requests() -> Vec<(Method, String, Value, Vec<Person>)> {
    let client = |path: &str| format!("/api/organizations/{}{path}", id::CLIENT);
    let members =
        |people: &[Person]| json!({"ids": people.iter().map(|one| one.member_id()).collect::<Vec<_>>()});
    let import = format!("/api/ciphers/import-organization?organizationId={}", id::CLIENT);
    let mut all = Vec::new();
    let mut add = |method: Method, path: String, body: Value, people: &[Person]| {
        all.push((method, path, body, people.to_vec()));
    };
    for (method, path) in
        [(Method::DELETE, "/users"), (Method::POST, "/users/delete"), (Method::PUT, "/users/revoke")]
    {
        // The provider stands behind an organization whose last owner goes.
        add(method.clone(), client(path), members(&[Person::Owner]), STAFF);
        add(method.clone(), client(path), members(&[Person::Admin]), OWNERS);
        add(method, client(path), members(&[Person::Member]), ADMINS);
    }
    add(Method::PUT, client("/users/restore"), members(&[Person::Revoked]), OWNERS);
    for (method, path) in [(Method::DELETE, "/groups"), (Method::POST, "/groups/delete")] {
        let with_groups = [ADMINS, &[Person::CustomGroups]].concat();
        add(method, client(path), json!({"ids": [id::GROUP]}), &with_groups);
    }
    let group = |collection| json!({"name": "g", "users": [], "collections": [grant(collection)]});
    // Somebody manages the wiki, and nobody the safe: that one is every administrator's.
    add(Method::POST, client("/groups"), group(id::WIKI), STAFF);
    add(Method::POST, client("/groups"), group(id::SAFE), ADMINS);
    let wiki_managers = [STAFF, &[Person::CustomBare]].concat();
    for (method, path) in [(Method::DELETE, "/collections"), (Method::POST, "/collections/delete")] {
        add(method.clone(), client(path), json!({"ids": [id::WIKI]}), &wiki_managers);
        add(method, client(path), json!({"ids": [id::SAFE]}), STAFF);
    }
    let access = |collection: Uuid| json!({"collectionIds": [collection], "users": [grant(Person::CustomAudit.member_id())], "groups": []});
    add(Method::POST, client("/collections/bulk-access"), access(id::WIKI), &wiki_managers);
    add(Method::POST, client("/collections/bulk-access"), access(id::SAFE), ADMINS);
    let collection = json!({"name": enc("c"), "users": [grant(Person::Member.member_id())], "groups": []});
    add(Method::POST, client("/collections"), collection, ADMINS);
    let into = |collection: Uuid| {
        json!({"collections": [{"id": collection}], "ciphers": [note()],
            "collectionRelationships": [{"key": 0, "value": 0}]})
    };
    add(Method::POST, import.clone(), into(id::WIKI), &[Person::CustomBare, Person::Admin, Person::Owner]);
    add(Method::POST, import, into(id::SAFE), &[Person::Admin, Person::Owner]);
    for (collection, people) in
        [(id::WIKI, &[Person::CustomBare, Person::Admin][..]), (id::SAFE, &[Person::Owner][..])]
    {
        let body = json!({"cipher": note(), "collectionIds": [collection]});
        add(Method::POST, "/api/ciphers/create".into(), body, people);
    }
    all
}

#[tokio::test]
async fn only_who_may_changes_what_a_body_names_in_the_own_organization() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder, "").await;
    let tables = Tables::of(&folder.path().join("service.sqlite3"));
    let mut wrong = Vec::new();
    for person in COLUMNS.into_iter().flatten().chain([Person::Invited]) {
        let token = world.access_token(person).await;
        for (method, path, body, people) in requests() {
            let before = tables.rows(Some(person.id()));
            let (status, answer) = send(&world, &method, &path, Some(&token), &body).await;
            let changed = difference(&before, &tables.rows(Some(person.id())));
            if changed.is_empty() == people.contains(&person) {
                wrong.push(format!("{person:?} {method} {path} {body}: {status} {answer} {changed:#?}"));
            }
            if !changed.is_empty() {
                tables.put_back();
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
