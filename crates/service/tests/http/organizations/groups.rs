//! Groups (protocol.md §4.5).

use portico_service::bulk::{BulkError, BulkMember, BulkOrganization};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

#[tokio::test]
async fn a_group_is_made_changed_and_deleted() {
    let world = World::start().await;
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let body = json!({"name": " Night shift ", "externalId": "n-1",
        "collections": [selection(id::SAFE, true, false, false)], "users": [Person::Member.member_id()]});
    let (status, group) = provider.post("/groups", body).await;
    assert_eq!(status, StatusCode::OK);
    let id = group["id"].as_str().unwrap().to_owned();
    let expected = json!({"object": "group", "id": id, "organizationId": id::CLIENT, "name": "Night shift",
        "externalId": "n-1"});
    assert_eq!(group, expected);
    assert_eq!(provider.get(&format!("/groups/{id}")).await, expected);
    let details = provider.get(&format!("/groups/{id}/details")).await;
    assert_eq!(details["collections"], json!([selection(id::SAFE, true, false, false)]));
    assert_eq!(provider.get(&format!("/groups/{id}/users")).await, json!([Person::Member.member_id()]));
    let member = world.access_token(Person::Member).await;
    let reached = world.get("/api/sync", &member).await["collections"].as_array().unwrap().len();
    assert_eq!(reached, 2, "by way of the group");

    let body = json!({"name": "Night", "collections": [], "users": [Person::Owner.member_id()]});
    let (_, changed) = provider.put(&format!("/groups/{id}"), body).await;
    assert_eq!((&changed["name"], &changed["externalId"]), (&json!("Night"), &json!("n-1")), "a directory's");
    assert_eq!(provider.get(&format!("/groups/{id}/users")).await, json!([Person::Owner.member_id()]));
    let of_owner = format!("/groups/{id}/user/{}", Person::Owner.member_id());
    assert_eq!(provider.delete(&of_owner).await, DONE);
    assert_eq!(provider.delete(&of_owner).await, not_found());
    assert_eq!(provider.send(Method::DELETE, "/groups", json!({"ids": [id, id::GROUP]})).await, DONE);
    assert_eq!(provider.get("/groups").await["data"], json!([]));
    assert_eq!(provider.log_types().await, [1400, 1504, 1401, 1504, 1504, 1504, 1402, 1402]);
    assert_eq!(provider.log().await.last().unwrap()["groupId"], json!(id::GROUP));
}

#[tokio::test]
async fn what_a_change_does_not_name_stays() {
    let world = World::start().await;
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let path = format!("/groups/{}", id::GROUP);
    let users = provider.get(&format!("{path}/users")).await;
    let details = provider.get(&format!("{path}/details")).await;
    assert_eq!((users.as_array().unwrap().len(), &details["externalId"]), (2, &json!("ext-1")));
    for body in [json!({"name": "Desk"}), json!({"name": "Desk", "users": null, "collections": null})] {
        assert_eq!(provider.put(&path, body).await.0, StatusCode::OK);
        assert_eq!(provider.get(&format!("{path}/users")).await, users);
        let now = provider.get(&format!("{path}/details")).await;
        assert_eq!((&now["name"], &now["collections"]), (&json!("Desk"), &details["collections"]));
        assert_eq!(now["externalId"], "ext-1");
    }
    // The same of a member.
    let member = format!("/users/{}", Person::Member.member_id());
    let before = provider.get(&member).await;
    assert_eq!(before["collections"].as_array().unwrap().len(), 1);
    assert_eq!(provider.put(&member, json!({"type": 2})).await, DONE);
    assert_eq!(provider.get(&member).await["collections"], before["collections"]);
    // A name is said where access alone is changed by some clients, and left out by others.
    let wiki = format!("/collections/{}", id::WIKI);
    let (status, changed) = provider.put(&wiki, json!({"users": [], "groups": [], "name": null})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "somebody has to manage it: {changed}");
    let manager = json!([selection(Person::Member.member_id(), false, false, true)]);
    let (status, changed) = provider.put(&wiki, json!({ "users": manager })).await;
    assert_eq!((status, &changed["name"]), (StatusCode::OK, &json!(enc("wiki"))), "{changed}");
    assert_eq!(changed["groups"].as_array().unwrap().len(), 1);
    assert_eq!(invalid(&provider.post("/collections", json!({ "users": manager })).await), ["Name"]);
}

#[tokio::test]
async fn nobody_gains_by_a_group_what_they_may_not_have() {
    let world = World::start().await;
    let admin = Desk::in_client(&world, Person::Admin).await;
    let custom = Desk::in_client(&world, Person::CustomGroups).await;
    let group = format!("/groups/{}", id::GROUP);
    let body = |users: Value, collections: Value| json!({"name": "Reception", "users": users, "collections": collections});
    let myself = json!([Person::CustomGroups.member_id()]);
    let not_oneself = refused("You cannot add yourself to groups.");
    assert_eq!(custom.put(&group, body(myself.clone(), json!([]))).await, not_oneself);
    assert_eq!(custom.post("/groups", body(myself, json!([]))).await, not_oneself);
    // The wiki is granted to the group and managed by somebody else: it stays, whoever does not name it.
    assert_eq!(admin.put(&group, body(json!([]), json!([]))).await.0, StatusCode::OK);
    let wiki = json!([selection(id::WIKI, false, true, false)]);
    let kept = Desk::in_client(&world, Person::Owner).await.get(&format!("{group}/details")).await;
    assert_eq!(kept["collections"], wiki);
    assert_eq!(admin.put(&group, body(json!([]), wiki)).await.0, StatusCode::OK, "named as it is");
    assert_eq!(
        admin.put(&group, body(json!([]), json!([selection(id::WIKI, false, false, false)]))).await,
        refused("You must have Can Manage permissions to edit a collection's membership")
    );
    assert_eq!(
        custom.post("/groups", body(json!([]), json!([selection(id::WIKI, false, false, false)]))).await,
        not_found()
    );
    assert_eq!(admin.post("/groups", body(json!([Uuid::from_u128(0x2fe)]), json!([]))).await, not_found());
    for (name, field) in [(json!(null), "Name"), (json!("   "), "Name"), (json!("x".repeat(101)), "Name")] {
        let body = json!({"name": name, "users": [], "collections": []});
        assert_eq!(invalid(&admin.post("/groups", body).await), [field]);
    }
}

#[tokio::test]
async fn a_plan_without_groups_has_none() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let families = Uuid::from_u128(0xc4);
    let rows: Result<(), BulkError> = store.bulk(|load| {
        load.organization(&BulkOrganization {
            plan_type: 22,
            status: 1,
            ..organization(families, "Family")
        })?;
        let id = Uuid::from_u128(0x710);
        load.member(&BulkMember { id, organization_id: families, ..member(Person::Plain, 0, 2, &[]) })
    });
    rows.unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let owner = Desk::in_client(&world, Person::Plain).await.moved_to(families);
    let body = json!({"name": "Parents", "users": [], "collections": []});
    assert_eq!(owner.post("/groups", body).await, refused("This organization cannot use groups."));
    let policy = json!({"enabled": true, "data": null});
    assert_eq!(owner.put("/policies/0", policy).await, refused("This organization cannot use policies."));
    let custom = json!({"emails": ["a@h.example"], "type": 4, "permissions": {"manageUsers": true}});
    assert_eq!(
        owner.post("/users/invite", custom).await,
        refused("To enable custom permissions the organization must be on an Enterprise plan.")
    );
    assert_eq!(owner.log_types().await, [] as [i64; 0], "and no event log");
}
