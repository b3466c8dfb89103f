//! One word, one number: who counts as a member, and who reaches a collection, wherever it is told.

use portico_estate::{
    ClientRow, ClientStructure, ClientTags, Collection, CollectionType, Freshness, OpenedName,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{collection, collections, group, groups, member, member_counts};
use crate::dto::client::{ListQuery, MemberStatus};
use crate::dto::structure::{ClientMapQuery, MapWindow};
use crate::views::structure::client_map;

const CLIENT: Uuid = Uuid::from_u128(1);
const STAFF: Uuid = Uuid::from_u128(2);
const BANK: Uuid = Uuid::from_u128(3);
const LUCY: Uuid = Uuid::from_u128(14);

fn of<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("facts of the wire")
}

/// Two confirmed, one invited and one revoked, all in the staff, which reaches the bank; Lucy, who is revoked, holds it
/// directly too.
fn client() -> ClientStructure {
    let grant = |edit: bool| json!({"id": BANK, "readOnly": !edit, "hidePasswords": false, "manage": false});
    let person = |id: u128, name: &str, status: i32, direct: &[Value]| {
        of(json!({"id": Uuid::from_u128(id), "name": name, "email": format!("{name}@x.example"), "type": 2,
            "status": status, "groups": [STAFF], "collections": direct}))
    };
    ClientStructure {
        organization: of(json!({"id": CLIENT, "name": "Abbott & Lane"})),
        members: vec![
            person(LUCY.as_u128(), "Aaron Ferrand", -1, &[grant(true)]),
            person(12, "Ben", 2, &[]),
            person(13, "Cleo", 0, &[]),
            person(11, "Dora", 2, &[]),
        ],
        groups: vec![of(
            json!({"id": STAFF, "organizationId": CLIENT, "name": "Staff", "collections": [grant(false)]}),
        )],
        collections: vec![Collection {
            id: BANK,
            name: OpenedName::Text("Bank".to_owned()),
            external_id: None,
            kind: CollectionType::SHARED,
            default_user_collection_email: None,
        }],
        policies: Vec::new(),
    }
}

fn all() -> ListQuery {
    ListQuery {
        organization_id: CLIENT.to_string(),
        search: String::new(),
        descending: false,
        offset: 0,
        limit: 50,
    }
}

#[test]
fn members_are_those_who_are_not_revoked() {
    let client = client();
    assert_eq!((member_counts(&client).all, member_counts(&client).revoked), (3, 1));
    assert_eq!(groups(&client, &all()).rows[0].members, 3);
    let staff = group(&client, STAFF).expect("it is there");
    assert_eq!((staff.group.members, staff.members.len(), staff.revoked.len()), (3, 3, 1));
    assert_eq!(collection(&client, BANK).expect("it is there").groups[0].members, 3);
    let lucy = member(&client, LUCY).expect("she is listed");
    assert!(!lucy.in_force && lucy.reached == 1);
    let through = lucy.by_path.iter().find_map(|path| path.members);
    assert_eq!(through, Some(3));
    assert_eq!(collections(&client, &all()).rows[0].direct_members, 0);

    let window = MapWindow { offset: 0, limit: 50 };
    let query = ClientMapQuery {
        organization_id: CLIENT.to_string(),
        focus: None,
        search: String::new(),
        members: window,
        groups: window,
        collections: window,
    };
    let map = client_map(&client, &ClientTags::default(), &query);
    assert_eq!((map.members, map.revoked, map.member_rows.len()), (3, 1, 4));
    assert_eq!(map.group_rows[0].members, 3);
    let last = map.member_rows.last().expect("four");
    assert_eq!((last.id.as_str(), last.status), (LUCY.to_string().as_str(), MemberStatus::Revoked));
}

#[test]
fn the_list_of_clients_and_the_client_count_the_same_members() {
    let details =
        of(json!({"id": Uuid::from_u128(9), "organizationId": CLIENT, "organizationName": "Abbott & Lane",
        "seats": 10, "occupiedSeats": 3, "userCount": 2}));
    let row = ClientRow::new(&details, Freshness::default());
    assert_eq!(row.used.and_then(|used| u32::try_from(used).ok()), Some(member_counts(&client()).all));
}

#[test]
fn only_confirmed_members_reach_a_collection_and_the_others_stand_apart() {
    let client = client();
    let bank = collection(&client, BANK).expect("it is there");
    assert_eq!(
        bank.people.iter().map(|one| one.person.name.as_deref()).collect::<Vec<_>>(),
        [Some("Ben"), Some("Dora")]
    );
    assert_eq!(bank.collection.reached_by, 2, "the number in the table is that of the list");
    let apart: Vec<_> = bank.without_access.iter().map(|one| (one.person.status, one.paths.len())).collect();
    assert_eq!(apart, [(MemberStatus::Revoked, 2), (MemberStatus::Invited, 1)], "the strongest grant first");
}
