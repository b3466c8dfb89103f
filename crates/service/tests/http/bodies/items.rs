//! Rights on items, by routes that take many of them: the same grid as for one item in a path.

use portico_service::bulk::BulkError;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::item_rights::{ALL_CLOSED, ALL_OPEN, AS_USUAL, CLOSED, ELSEWHERE, Grid, OPEN, world};
use crate::support::*;

/// The right that a route asks for and what is done by it.
const DEEDS: [(char, Method, &str); 11] = [
    ('d', Method::PUT, "delete"),
    ('d', Method::DELETE, ""),
    ('d', Method::POST, "delete"),
    ('d', Method::PUT, "restore"),
    ('r', Method::PUT, "archive"),
    ('r', Method::PUT, "move"),
    ('D', Method::PUT, "delete-admin"),
    ('D', Method::DELETE, "admin"),
    ('D', Method::POST, "delete-admin"),
    ('D', Method::PUT, "restore-admin"),
    ('E', Method::POST, "bulk-collections"),
];

async fn check(settings: &str, grid: Grid) {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder, settings).await;
    let folders: Result<(), BulkError> = world.store.bulk(|load| {
        for person in EVERYBODY {
            load.folder(&portico_service::bulk::BulkFolder {
                id: folder_of(person),
                user_id: person.id(),
                name: enc("f"),
                revised: CREATED,
            })?;
        }
        Ok(())
    });
    folders.unwrap();
    let tables = Tables::of(&folder.path().join("service.sqlite3"));
    let (mut wrong, mut served) = (Vec::new(), 0);
    for person in EVERYBODY.into_iter().filter(|person| *person != Person::TwoStep) {
        let token = world.access_token(person).await;
        for (item, rights) in grid {
            let rights = rights.iter().find(|(one, _)| *one == person).map_or("", |(_, rights)| rights);
            let organization = if *item == ELSEWHERE { id::OTHER_CLIENT } else { id::CLIENT };
            for (right, method, deed) in &DEEDS {
                let path = format!("/api/ciphers/{deed}");
                let path = path.trim_end_matches('/');
                if deed.starts_with("restore") {
                    tables.execute(&format!(
                        "UPDATE main.ciphers SET deleted = 1 WHERE id = x'{}'",
                        item.simple()
                    ));
                }
                let before = tables.rows(Some(person.id()));
                let body = body(*right, deed, *item, organization, person);
                let (status, answer) = world.send(method.clone(), path, Some(&token), body).await;
                let changed = difference(&before, &tables.rows(Some(person.id())));
                // Collections have rights of their own: without one on the item nothing happens, with one not always.
                let allowed = match right {
                    'E' => changed.is_empty() || rights.contains(['e', 'E']),
                    _ => changed.is_empty() != rights.contains(*right),
                };
                served += usize::from(!changed.is_empty());
                if !allowed {
                    wrong.push(format!("{person:?} {method} {path} {item}: {status} {answer} {changed:#?}"));
                }
                if !changed.is_empty() || deed.starts_with("restore") {
                    tables.put_back();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(served > 15, "{served}");
}

fn folder_of(person: Person) -> Uuid {
    Uuid::from_u128(0x800 + person as u128)
}

fn body(right: char, deed: &str, item: Uuid, organization: Uuid, person: Person) -> Value {
    match (right, deed) {
        ('r', "move") => json!({"ids": [item], "folderId": folder_of(person)}),
        ('D', _) => json!({"ids": [item], "organizationId": organization}),
        ('E', _) => json!({"cipherIds": [item], "collectionIds": [id::WIKI], "organizationId": organization,
            "removeCollections": item == id::WIKI_LOGIN}),
        _ => json!({"ids": [item]}),
    }
}

#[tokio::test]
async fn many_at_once_take_the_same_rights_as_one() {
    check("", AS_USUAL).await;
}

#[tokio::test]
async fn many_at_once_where_everything_is_allowed() {
    check(ALL_OPEN, OPEN).await;
}

#[tokio::test]
async fn many_at_once_where_the_provider_allows_nothing() {
    check(ALL_CLOSED, CLOSED).await;
}
