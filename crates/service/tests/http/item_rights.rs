//! What everybody may do with every kind of item. Rights live on items: the table of routes names the right, and this
//! grid says who has it, written by hand from protocol.md §3.5 and §5.3.

use portico_service::bulk::*;
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

/// Of the client, in no collection.
pub const UNASSIGNED: Uuid = Uuid::from_u128(0x9a);
/// In the member's "My items".
const MY_ITEM: Uuid = Uuid::from_u128(0x9b);
/// Of the other provider's client.
pub const ELSEWHERE: Uuid = Uuid::from_u128(0x9c);

/// One request for each right: read, edit, delete, and the same as an administrator. None of them takes the item away.
const REQUESTS: [(char, Method, &str); 6] = [
    ('r', Method::GET, "/details"),
    ('e', Method::PUT, ""),
    ('d', Method::PUT, "/delete"),
    ('R', Method::GET, "/admin"),
    ('E', Method::PUT, "/admin"),
    ('D', Method::PUT, "/delete-admin"),
];

/// Rights by item and person; who is not named has none.
pub type Grid = &'static [(Uuid, &'static [(Person, &'static str)])];

pub const AS_USUAL: Grid = &[
    (id::OWN_LOGIN, &[(Person::Member, "red")]),
    (
        id::WIKI_LOGIN,
        &[
            (Person::Member, "r"),
            (Person::CustomBare, "red"),
            (Person::Admin, "reRE"),
            (Person::Owner, "R"),
            (Person::ServiceUser, "R"),
            (Person::ProviderAdmin, "R"),
        ],
    ),
    (
        id::SAFE_NOTE,
        &[
            (Person::Owner, "reRE"),
            (Person::Admin, "R"),
            (Person::ServiceUser, "R"),
            (Person::ProviderAdmin, "R"),
        ],
    ),
    (
        UNASSIGNED,
        &[
            (Person::Admin, "RED"),
            (Person::Owner, "RED"),
            (Person::ServiceUser, "R"),
            (Person::ProviderAdmin, "R"),
        ],
    ),
    (MY_ITEM, &[(Person::Member, "red"), (Person::Admin, "R"), (Person::Owner, "R")]),
    (ELSEWHERE, &[(Person::StrangerAdmin, "RED")]),
];

/// The organization lets its administrators do everything and editors delete; the provider lets its staff do everything.
pub const OPEN: Grid = &[
    (id::OWN_LOGIN, &[(Person::Member, "red")]),
    (
        id::WIKI_LOGIN,
        &[
            (Person::Member, "r"),
            (Person::CustomBare, "red"),
            (Person::Admin, "redRED"),
            (Person::Owner, "RED"),
            (Person::ServiceUser, "RED"),
            (Person::ProviderAdmin, "RED"),
        ],
    ),
    (
        id::SAFE_NOTE,
        &[
            (Person::Owner, "redRED"),
            (Person::Admin, "RED"),
            (Person::ServiceUser, "RED"),
            (Person::ProviderAdmin, "RED"),
        ],
    ),
    (
        UNASSIGNED,
        &[
            (Person::Admin, "RED"),
            (Person::Owner, "RED"),
            (Person::ServiceUser, "RED"),
            (Person::ProviderAdmin, "RED"),
        ],
    ),
    (MY_ITEM, &[(Person::Member, "red"), (Person::Admin, "R"), (Person::Owner, "R")]),
    (ELSEWHERE, &[(Person::StrangerAdmin, "RED")]),
];

/// The provider keeps its staff away from items.
pub const CLOSED: Grid = &[
    (
        id::WIKI_LOGIN,
        &[(Person::Member, "r"), (Person::CustomBare, "red"), (Person::Admin, "reRE"), (Person::Owner, "R")],
    ),
    (UNASSIGNED, &[(Person::Admin, "RED"), (Person::Owner, "RED")]),
];

pub async fn world(folder: &tempfile::TempDir, settings: &str) -> World {
    let file = folder.path().join("service.sqlite3");
    let store = Store::open(&file).unwrap();
    fill(&store);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        load.collection(&BulkCollection {
            id: Uuid::from_u128(0x7a),
            organization_id: id::CLIENT,
            name: enc("mine"),
            external_id: None,
            kind: 1,
            default_user_email: None,
            members: vec![BulkAccess {
                id: Person::Member.member_id(),
                read_only: false,
                hide_passwords: false,
                manage: true,
            }],
            groups: vec![],
            created: CREATED,
        })?;
        let of = |id, collections| BulkOwner::Organization { id, collections };
        let note = json!({"type": 0});
        load.cipher(&cipher(UNASSIGNED, of(id::CLIENT, vec![]), 2, note.clone()))?;
        load.cipher(&cipher(MY_ITEM, of(id::CLIENT, vec![Uuid::from_u128(0x7a)]), 2, note.clone()))?;
        load.cipher(&cipher(ELSEWHERE, of(id::OTHER_CLIENT, vec![]), 2, note))
    });
    loaded.unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch(settings).unwrap();
    World::over(store, Config::without_delay()).await
}

/// Whatever an organization and a provider may allow.
pub const ALL_OPEN: &str =
    "UPDATE organizations SET limit_item_deletion = 0, allow_admin_access_to_all_collection_items = 1;
     UPDATE providers SET client_items = 2;";
/// The provider's staff get at no items.
pub const ALL_CLOSED: &str = "UPDATE providers SET client_items = 0;";

async fn check(settings: &str, grid: Grid) {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder, settings).await;
    let mut wrong = Vec::new();
    // A second step shows who somebody is, and gives no rights.
    for person in EVERYBODY.into_iter().filter(|person| *person != Person::TwoStep) {
        let token = world.access_token(person).await;
        for (item, rights) in grid {
            let rights = rights.iter().find(|(one, _)| *one == person).map_or("", |(_, rights)| rights);
            for (right, method, suffix) in &REQUESTS {
                let path = format!("/api/ciphers/{item}{suffix}");
                // An edit without content is refused by the handler: the guard let it through.
                let status = world.send(method.clone(), &path, Some(&token), json!({})).await.0;
                let served = matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST);
                assert!(served || status == StatusCode::NOT_FOUND, "{path}: {status}");
                if served != rights.contains(*right) {
                    wrong.push(format!("{person:?} {right} {item}: {status}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn rights_are_those_of_collections_groups_and_offices() {
    check("", AS_USUAL).await;
}

#[tokio::test]
async fn an_open_organization_and_a_provider_that_allows_everything() {
    check(ALL_OPEN, OPEN).await;
}

#[tokio::test]
async fn a_provider_that_allows_nothing() {
    check(ALL_CLOSED, CLOSED).await;
}

#[tokio::test]
async fn lists_show_the_providers_staff_what_the_provider_allows() {
    for (allowed, listed, exported) in [(0, None, None), (1, Some(3), None), (2, Some(3), Some(3))] {
        let folder = tempfile::tempdir().unwrap();
        let world = world(&folder, &format!("UPDATE providers SET client_items = {allowed}")).await;
        let token = world.access_token(Person::ServiceUser).await;
        let count = async |path: String, member: &str| {
            let (status, body) = answer(world.request(Method::GET, &path, Some(&token))).await;
            (status == StatusCode::OK).then(|| body[member].as_array().unwrap().len())
        };
        let query = format!("organizationId={}&includeMemberItems=true", id::CLIENT);
        let list = count(format!("/api/ciphers/organization-details?{query}"), "data").await;
        assert_eq!(list, listed, "never what is a member's own");
        let assigned = count(format!("/api/ciphers/organization-details/assigned?{query}"), "data").await;
        assert_eq!(assigned, None);
        let export = count(format!("/api/organizations/{}/export", id::CLIENT), "ciphers").await;
        assert_eq!(export, exported);
        let owner = world.access_token(Person::Owner).await;
        let all = world.get(&format!("/api/ciphers/organization-details?{query}"), &owner).await;
        assert_eq!(all["data"].as_array().unwrap().len(), 4, "owners see that, too, when they ask");
        let export = world.get(&format!("/api/organizations/{}/export", id::CLIENT), &owner).await;
        let taken_out = ["collections", "ciphers"].map(|member| export[member].as_array().unwrap().len());
        assert_eq!(taken_out, [2, 3], "and take out what is shared");
        let path = format!("/api/organizations/{}/users", id::CLIENT);
        let members = world.get(&format!("{path}?includeCollections=true"), &owner).await;
        let mut members = members["data"].as_array().unwrap().iter();
        let member = members.find(|one| one["id"] == json!(Person::Member.member_id())).unwrap();
        let path = format!("{path}/{}", Person::Member.member_id());
        for member in [member, &world.get(&path, &owner).await] {
            let granted = member["collections"].as_array().unwrap();
            assert_eq!((granted.len(), &granted[0]["id"]), (1, &json!(id::WIKI)));
        }
        let path = format!("/api/organizations/{}/collections", id::CLIENT);
        for (person, listed) in [(&owner, 2), (&token, 2), (&world.access_token(Person::Member).await, 1)] {
            for list in [path.clone(), format!("{path}/details")] {
                let list = world.get(&list, person).await;
                assert_eq!(
                    list["data"].as_array().unwrap().len(),
                    listed,
                    "My items are their member's: {list}"
                );
            }
        }
    }
}

#[tokio::test]
async fn what_the_providers_staff_do_with_items_is_in_both_logs() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder, "UPDATE providers SET client_items = 2;").await;
    let staff = world.access_token(Person::ServiceUser).await;
    let path = format!("/api/ciphers/{}/delete-admin", id::SAFE_NOTE);
    assert_eq!(world.send(Method::PUT, &path, Some(&staff), json!(null)).await.0, StatusCode::OK);
    let owner = world.access_token(Person::Owner).await;
    let of_client = world.deeds(&format!("/api/organizations/{}/events", id::CLIENT), &owner).await;
    let admin = world.access_token(Person::ProviderAdmin).await;
    let of_provider = world.deeds(&format!("/api/providers/{}/events", id::PROVIDER), &admin).await;
    assert_eq!(of_client, of_provider);
    let event = &of_client[0];
    assert_eq!((&event["type"], &event["cipherId"]), (&json!(1115), &json!(id::SAFE_NOTE)));
    assert_eq!(
        (&event["providerId"], &event["actingUserId"]),
        (&json!(id::PROVIDER), &json!(Person::ServiceUser.id()))
    );
}
