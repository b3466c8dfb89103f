//! Collections (protocol.md §4.4).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

fn named(name: &str) -> Value {
    json!({"name": enc(name), "externalId": null, "groups": [selection(id::GROUP, true, false, false)],
        "users": [selection(Person::Member.member_id(), false, false, true)]})
}

/// The four settings, in the order of the protocol.
async fn set(desk: &Desk<'_>, creation: bool, deletion: bool, items: bool, admins: bool) -> Value {
    let body = json!({"limitCollectionCreation": creation, "limitCollectionDeletion": deletion,
        "limitItemDeletion": items, "allowAdminAccessToAllCollectionItems": admins});
    let (status, organization) = desk.put("/collection-management", body).await;
    assert_eq!(status, StatusCode::OK);
    organization
}

fn id_of(answer: &(StatusCode, Value)) -> Uuid {
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    answer.1["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_collection_is_made_changed_and_deleted() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let member = Desk::in_client(&world, Person::Member).await;
    let made = owner.post("/collections", named("fresh")).await;
    let fresh = id_of(&made);
    let expected = json!({"object": "collectionAccessDetails", "id": fresh, "organizationId": id::CLIENT,
        "name": enc("fresh"), "externalId": null, "type": 0, "defaultUserCollectionEmail": null,
        "groups": [selection(id::GROUP, true, false, false)],
        "users": [selection(Person::Member.member_id(), false, false, true)],
        "assigned": false, "readOnly": false, "hidePasswords": false, "manage": false, "unmanaged": false,
        "hasEnabledAccessRule": false});
    assert_eq!(made.1, expected);
    assert_eq!(owner.get(&format!("/collections/{fresh}/details")).await, expected);
    assert_eq!(owner.get(&format!("/collections/{fresh}/users")).await, expected["users"]);
    assert_eq!(owner.get(&format!("/collections/{fresh}")).await["object"], "collection");
    let own = world.get("/api/collections", &member.token).await;
    let own = own["data"].as_array().unwrap().iter().find(|one| one["id"] == json!(fresh)).unwrap();
    assert_eq!((&own["object"], &own["manage"]), (&json!("collectionDetails"), &json!(true)));

    // The member manages it, the owner does not: where admins do not manage everything that decides.
    let path = format!("/collections/{fresh}");
    assert_eq!(owner.put(&path, named("renamed")).await, not_found());
    let renamed = json!({"name": enc("renamed"), "externalId": "ext", "groups": null, "users": null});
    let changed = member.put(&path, renamed.clone()).await.1;
    assert_eq!((&changed["name"], &changed["externalId"]), (&json!(enc("renamed")), &json!("ext")));
    assert_eq!((&changed["users"], &changed["groups"]), (&expected["users"], &expected["groups"]));
    assert_eq!((&changed["assigned"], &changed["manage"]), (&json!(true), &json!(true)));
    assert_eq!(owner.delete(&path).await, not_found());
    assert_eq!(member.delete(&path).await, DONE);
    assert_eq!(member.delete(&path).await, not_found());
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let wiki = format!("/collections/{}", id::WIKI);
    let body = json!({"name": enc("wiki"), "users": [selection(Person::CustomBare.member_id(), false, false, true)]});
    assert_eq!(provider.put(&wiki, body).await.0, StatusCode::OK, "staff manage all");
    assert_eq!(
        owner.log_types().await,
        [1300, 1301, 1302, 1301],
        "and no 1603: only the list of details says that"
    );
}

#[tokio::test]
async fn the_settings_say_who_makes_and_deletes() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let member = Desk::in_client(&world, Person::Member).await;
    let admin = Desk::in_client(&world, Person::Admin).await;
    assert_eq!(member.post("/collections", named("a")).await, not_found(), "creation is limited");
    let organization = set(&owner, false, false, true, false).await;
    assert_eq!(
        (&organization["object"], &organization["limitCollectionCreation"]),
        (&json!("organization"), &json!(false))
    );
    let first = id_of(&member.post("/collections", named("a")).await);
    let second = id_of(&member.post("/collections", named("b")).await);
    assert_eq!(member.delete(&format!("/collections/{first}")).await, DONE);
    set(&owner, false, true, true, false).await;
    assert_eq!(member.delete(&format!("/collections/{second}")).await, not_found(), "deletion is limited");
    assert_eq!(
        admin.delete(&format!("/collections/{second}")).await,
        not_found(),
        "managed by somebody else"
    );
    set(&owner, false, true, true, true).await;
    assert_eq!(admin.put(&format!("/collections/{second}"), named("b")).await.0, StatusCode::OK);
    let ids = json!({"ids": [second, id::SAFE]});
    assert_eq!(admin.send(Method::DELETE, "/collections", ids).await, DONE);
    assert_eq!(
        owner.log_types().await,
        [1611, 1609, 1300, 1300, 1302, 1612, 1609, 1616, 1609, 1301, 1302, 1302],
        "each setting that changed, and that they changed"
    );
    // Items of a deleted collection stay, unassigned.
    let provider = Desk::in_client(&world, Person::ProviderAdmin).await;
    let events = world.get(&format!("/api/ciphers/{}/events", id::SAFE_NOTE), &provider.token).await;
    assert_eq!(events["data"], json!([]));
}

#[tokio::test]
async fn what_a_collection_must_be_like() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    for (change, field) in [
        (json!({"name": null}), "Name"),
        (json!({"name": "in clear"}), "Name"),
        (json!({"name": format!("2.{}==|{}|{}=", "Q".repeat(22), "A".repeat(1000), "M".repeat(43))}), "Name"),
        (json!({"externalId": "x".repeat(301)}), "ExternalId"),
        (json!({"users": vec![selection(id::GROUP, false, false, false); 2001]}), "Users"),
    ] {
        let mut body = named("fresh");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(invalid(&owner.post("/collections", body).await), [field], "{change}");
    }
    let exclusive = refused(
        "The Manage property is mutually exclusive and cannot be true while the ReadOnly or HidePasswords properties \
         are also true.",
    );
    let with = |users: Value| json!({"name": enc("fresh"), "groups": [], "users": users});
    let id = Person::Member.member_id();
    assert_eq!(owner.post("/collections", with(json!([selection(id, true, false, true)]))).await, exclusive);
    assert_eq!(owner.post("/collections", with(json!([selection(id, false, true, true)]))).await, exclusive);
    let unmanaged = refused("At least one member or group must have can manage permission.");
    assert_eq!(
        owner.post("/collections", with(json!([selection(id, false, false, false)]))).await,
        unmanaged
    );
    assert_eq!(owner.post("/collections", with(json!(null))).await, unmanaged);
    let strangers = json!([selection(Uuid::from_u128(0x2fe), false, false, true)]);
    assert_eq!(owner.post("/collections", with(strangers)).await, not_found(), "another tenant's member");
    set(&owner, true, true, true, true).await;
    assert_eq!(owner.post("/collections", with(json!([]))).await.0, StatusCode::OK, "admins manage all");
}

#[tokio::test]
async fn grants_are_added_to_several_at_once() {
    let world = World::start().await;
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let body = json!({"collectionIds": [id::WIKI, id::SAFE], "groups": [selection(id::GROUP, true, true, false)],
        "users": [selection(Person::Member.member_id(), false, false, true)]});
    assert_eq!(provider.post("/collections/bulk-access", body.clone()).await, DONE);
    let wiki = provider.get(&format!("/collections/{}/details", id::WIKI)).await;
    assert_eq!(wiki["groups"], json!([selection(id::GROUP, true, true, false)]), "changed");
    assert_eq!(
        wiki["users"],
        json!([
            selection(Person::Member.member_id(), false, false, true),
            selection(Person::CustomBare.member_id(), false, false, true)
        ]),
        "what stood there stays"
    );
    let safe = provider.get(&format!("/collections/{}/users", id::SAFE)).await;
    assert_eq!(safe.as_array().unwrap().len(), 2);
    let bare = Desk::in_client(&world, Person::CustomBare).await;
    assert_eq!(bare.post("/collections/bulk-access", body).await, not_found(), "manages one of the two");
    assert_eq!(
        provider.post("/collections/bulk-access", json!({"collectionIds": []})).await,
        refused("No collections were provided.")
    );
    assert_eq!(provider.log_types().await, [1301, 1301]);
}
