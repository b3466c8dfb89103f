//! Nulls where the protocol has none: one of them does not cost the rest of an answer.
#![allow(clippy::unwrap_used)]

use portico_protocol::ListResponse;
use portico_protocol::organization::{
    CollectionAccessDetailsResponse, GroupDetailsResponse, OrganizationUserDetails,
};
use serde_json::json;

const ID: &str = "6d2b1f9c-5b8b-4d2e-9f3a-1c2d3e4f5a6b";

#[test]
fn a_grant_that_is_null_costs_no_other() {
    let grant = json!({"id": ID, "readOnly": null, "hidePasswords": null, "manage": true});
    let list: ListResponse<OrganizationUserDetails> = serde_json::from_value(json!({
        "object": null, "continuationToken": null,
        "data": [{"id": ID, "object": null, "collections": [null, grant], "groups": [ID, null]},
            {"id": ID, "collections": null}],
    }))
    .unwrap();
    let [member, other] = &list.data[..] else { panic!("two members") };
    assert_eq!((member.collections.len(), member.groups.len()), (1, 1));
    assert!(member.collections[0].manage && !member.collections[0].read_only);
    assert!(other.collections.is_empty() && other.groups.is_empty());

    let group = json!({"id": ID, "organizationId": ID, "object": null, "collections": [null, grant]});
    assert_eq!(serde_json::from_value::<GroupDetailsResponse>(group).unwrap().collections.len(), 1);
    let collection = json!({"id": ID, "organizationId": ID, "groups": [null], "users": [grant, null]});
    let collection: CollectionAccessDetailsResponse = serde_json::from_value(collection).unwrap();
    assert_eq!((collection.groups.len(), collection.users.len()), (0, 1));
}
