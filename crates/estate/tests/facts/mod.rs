//! Small server facts, as JSON of the wire, for the tests of this crate.
#![allow(dead_code, clippy::unwrap_used)] // Each test file is a program of its own and uses a part of these.

use portico_estate::{ClientStructure, Collection, OpenedName};
use portico_protocol::organization::{CollectionType, GroupDetailsResponse, OrganizationUserDetails};
use serde_json::{Value, json};
use uuid::Uuid;

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Flags as in the wire's selections: `r` read only, `h` hidden passwords, `m` manage.
pub fn grant(collection: u128, flags: &str) -> Value {
    json!({
        "id": id(collection), "readOnly": flags.contains('r'), "hidePasswords": flags.contains('h'),
        "manage": flags.contains('m'),
    })
}

pub struct Member {
    pub id: u128,
    pub name: &'static str,
    pub role: i32,
    pub status: i32,
    pub grants: Vec<Value>,
    pub groups: Vec<u128>,
    pub permissions: Value,
}

pub fn member(number: u128, name: &'static str) -> Member {
    let (grants, groups) = (Vec::new(), Vec::new());
    Member { id: number, name, role: 2, status: 2, grants, groups, permissions: json!({}) }
}

impl Member {
    pub fn wire(self) -> OrganizationUserDetails {
        serde_json::from_value(json!({
            "object": "organizationUserUserDetails", "id": id(self.id), "userId": id(self.id + 5000),
            "type": self.role, "status": self.status, "name": self.name,
            "email": format!("{}@client.example", self.name.to_lowercase().replace(' ', ".")),
            "permissions": self.permissions, "collections": self.grants,
            "groups": self.groups.iter().map(|group| id(*group)).collect::<Vec<_>>(),
        }))
        .unwrap()
    }
}

pub fn group(number: u128, name: &str, grants: Vec<Value>) -> GroupDetailsResponse {
    serde_json::from_value(json!({
        "object": "groupDetails", "id": id(number), "organizationId": id(1), "name": name, "collections": grants,
    }))
    .unwrap()
}

pub fn collection(number: u128, name: &str) -> Collection {
    Collection {
        id: id(number),
        name: OpenedName::Text(name.to_owned()),
        external_id: None,
        kind: CollectionType::SHARED,
        default_user_collection_email: None,
    }
}

pub fn client(name: &str, admins_manage_everything: bool) -> ClientStructure {
    let organization = json!({
        "object": "organization", "id": id(1), "name": name,
        "allowAdminAccessToAllCollectionItems": admins_manage_everything,
    });
    ClientStructure {
        organization: serde_json::from_value(organization).unwrap(),
        members: Vec::new(),
        groups: Vec::new(),
        collections: Vec::new(),
        policies: Vec::new(),
    }
}
