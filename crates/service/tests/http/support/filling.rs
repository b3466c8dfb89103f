//! The small world, row by row.

use std::num::NonZeroU32;

use portico_service::bulk::*;
use portico_service::{Permission, Store};
use serde_json::json;
use uuid::Uuid;

use super::people::{EVERYBODY, Person, id};
use super::rows::*;

pub fn fill(store: &Store) {
    store.set_password_rounds(NonZeroU32::MIN);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        for person in EVERYBODY {
            load.user(&user(person))?;
        }
        load.organization(&organization(id::CLIENT, "Harbour Dental"))?;
        load.organization(&organization(id::OTHER_CLIENT, "Elsewhere"))?;
        let customs: [(Person, &[Permission]); 3] = [
            (Person::CustomBare, &[]),
            (Person::CustomGroups, &[Permission::ManageGroups]),
            (Person::CustomAudit, &[Permission::AccessEventLogs, Permission::ManagePolicies]),
        ];
        load.member(&member(Person::Owner, 0, 2, &[]))?;
        load.member(&member(Person::Admin, 1, 2, &[]))?;
        load.member(&member(Person::Member, 2, 2, &[]))?;
        for (person, permissions) in customs {
            load.member(&member(person, 4, 2, permissions))?;
        }
        load.member(&member(Person::Pending, 0, 1, &[]))?;
        load.member(&member(Person::Revoked, 0, -1, &[]))?;
        load.member(&BulkMember {
            id: Uuid::from_u128(0x2ff),
            user_id: None,
            email: Some("Invited@Harbour.example".into()),
            ..member(Person::Plain, 2, 0, &[])
        })?;
        load.member(&BulkMember {
            id: Uuid::from_u128(0x2fe),
            organization_id: id::OTHER_CLIENT,
            ..member(Person::StrangerAdmin, 0, 2, &[])
        })?;
        load.group(&BulkGroup {
            id: id::GROUP,
            organization_id: id::CLIENT,
            name: "Reception".into(),
            external_id: Some("ext-1".into()),
            members: vec![Person::Member.member_id(), Person::Admin.member_id()],
            created: CREATED,
        })?;
        let grant =
            |id, read_only, hide_passwords, manage| BulkAccess { id, read_only, hide_passwords, manage };
        load.collection(&BulkCollection {
            id: id::WIKI,
            organization_id: id::CLIENT,
            name: enc("wiki"),
            external_id: None,
            kind: 0,
            default_user_email: None,
            members: vec![
                grant(Person::Member.member_id(), true, false, false),
                grant(Person::CustomBare.member_id(), false, false, true),
            ],
            groups: vec![grant(id::GROUP, false, true, false)],
            created: CREATED,
        })?;
        load.collection(&BulkCollection {
            id: id::SAFE,
            name: enc("safe"),
            members: vec![grant(Person::Owner.member_id(), false, true, false)],
            groups: vec![],
            organization_id: id::CLIENT,
            external_id: None,
            kind: 0,
            default_user_email: None,
            created: CREATED,
        })?;
        load.policy(&BulkPolicy {
            id: Uuid::from_u128(0xa1),
            organization_id: id::CLIENT,
            kind: 1,
            enabled: true,
            data: Some(json!({"minComplexity": 3, "minLength": 14, "requireUpper": true})),
            revised: CREATED,
        })?;
        fill_provider(load)?;
        load.provider(&provider(id::OTHER_PROVIDER, "Lowland IT"))?;
        load.provider_user(&provider_user(4, id::OTHER_PROVIDER, Person::StrangerAdmin, 2, 0))?;
        load.provider_organization(&client_link(id::OTHER_LINK, id::OTHER_PROVIDER, id::OTHER_CLIENT))?;
        load.folder(&BulkFolder {
            id: id::FOLDER,
            user_id: Person::Member.id(),
            name: enc("folder"),
            revised: CREATED,
        })?;
        for item in items() {
            load.cipher(&item)?;
        }
        load.attachment(&wiki_file())?;
        load.cipher_mark(&BulkCipherMark {
            user_id: Person::Member.id(),
            cipher_id: id::WIKI_LOGIN,
            folder_id: Some(id::FOLDER),
            favorite: true,
            archived: None,
        })
    });
    loaded.unwrap();
}

/// The provider with its people and its client.
pub fn fill_provider(load: &mut Bulk<'_, '_>) -> Result<(), BulkError> {
    load.provider(&provider(id::PROVIDER, "Brightwater IT"))?;
    load.provider_user(&provider_user(1, id::PROVIDER, Person::ProviderAdmin, 2, 0))?;
    load.provider_user(&provider_user(2, id::PROVIDER, Person::ServiceUser, 2, 1))?;
    load.provider_user(&provider_user(3, id::PROVIDER, Person::Pending, 1, 0))?;
    load.provider_user(&BulkProviderUser {
        user_id: None,
        email: Some(Person::Invited.email()),
        ..provider_user(5, id::PROVIDER, Person::Invited, 0, 1)
    })?;
    load.provider_organization(&client_link(id::LINK, id::PROVIDER, id::CLIENT))
}

fn client_link(id: Uuid, provider_id: Uuid, organization_id: Uuid) -> BulkProviderOrganization {
    BulkProviderOrganization {
        id,
        provider_id,
        organization_id,
        key: Some(enc("orgkey")),
        created: CREATED,
        revised: CREATED,
    }
}
