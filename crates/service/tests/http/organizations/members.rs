//! Roles, revoking, restoring, removing, leaving (protocol.md §4.6).

use portico_service::bulk::{BulkAccess, BulkCollection, BulkError, BulkMember, BulkOrganization};
use portico_service::{Config, Permission, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

fn role(kind: i32) -> Value {
    json!({"type": kind, "collections": [], "groups": null, "permissions": null})
}

fn path(person: Person) -> String {
    format!("/users/{}", person.member_id())
}

/// A custom member who manages members and nothing else: the plain person.
async fn with_user_manager() -> World {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let manager = member(Person::Plain, 4, 2, &[Permission::ManageUsers]);
    store.bulk::<_, BulkError>(|load| load.member(&manager)).unwrap();
    World::over(store, Config::without_delay()).await
}

#[tokio::test]
async fn nobody_makes_anybody_more_than_they_are() {
    let world = with_user_manager().await;
    let admin = Desk::in_client(&world, Person::Admin).await;
    let custom = Desk::in_client(&world, Person::Plain).await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let only_owners = refused("Only an Owner can configure another Owner's account.");
    let not_custom = refused("Custom users can not manage Admins or Owners.");
    assert_eq!(admin.put(&path(Person::Owner), role(1)).await, only_owners);
    assert_eq!(admin.put(&path(Person::Member), role(0)).await, only_owners);
    assert_eq!(custom.put(&path(Person::Member), role(0)).await, only_owners);
    assert_eq!(custom.put(&path(Person::Member), role(1)).await, not_custom);
    assert_eq!(custom.put(&path(Person::Admin), role(2)).await, not_custom);
    let with = |permissions: Value| json!({"type": 4, "permissions": permissions, "collections": []});
    assert_eq!(
        custom.put(&path(Person::Member), with(json!({"manageUsers": true, "managePolicies": true}))).await,
        refused("Custom users can only grant the same custom permissions that they have.")
    );
    assert_eq!(custom.put(&path(Person::Member), with(json!({"manageUsers": true}))).await, DONE);
    let row = owner.member(Person::Member.member_id()).await;
    assert_eq!((&row["type"], &row["permissions"]["manageUsers"]), (&json!(4), &json!(true)));
    assert_eq!(row["permissions"]["managePolicies"], false);
    assert_eq!(row["groups"], json!([id::GROUP]), "null leaves them");
    let claims = |token: &str| -> Value {
        use base64::Engine;
        let body = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).unwrap())
            .unwrap()
    };
    let claims = claims(&world.access_token(Person::Member).await);
    assert_eq!((&claims["orgcustom"], &claims["manageusers"]), (&json!(id::CLIENT), &json!(id::CLIENT)));
    assert_eq!(claims.get("orguser"), None);
    assert_eq!(claims.get("accesssecretsmanager"), None, "the organization has none");

    // An owner may; the last one may not step down while no provider stands behind.
    assert_eq!(owner.put(&path(Person::Admin), role(0)).await, DONE);
    assert_eq!(owner.put(&path(Person::Owner), role(2)).await, DONE, "the admin is an owner now");
    assert_eq!(owner.try_get("").await, not_found(), "no owner any more, at once");
    let elsewhere = Desk::in_client(&world, Person::StrangerAdmin).await.moved_to(id::OTHER_CLIENT);
    let stranger = Uuid::from_u128(0x2fe);
    assert_eq!(
        elsewhere.put(&format!("/users/{stranger}"), role(2)).await,
        DONE,
        "its provider's admin counts"
    );
    assert_eq!(elsewhere.put(&path(Person::Member), role(2)).await, not_found(), "another tenant's row");
    assert_eq!(invalid(&admin.put(&path(Person::Member), role(7)).await), ["Type"]);
}

#[tokio::test]
async fn access_is_taken_away_and_given_back() {
    let world = with_user_manager().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let custom = Desk::in_client(&world, Person::Plain).await;
    let admin = Desk::in_client(&world, Person::Admin).await;
    let member = Desk::in_client(&world, Person::Member).await;
    let at = |person: Person, verb: &str| format!("/users/{}/{verb}", person.member_id());

    assert_eq!(owner.put(&at(Person::Member, "revoke"), json!({})).await, DONE);
    let row = owner.member(Person::Member.member_id()).await;
    assert_eq!((&row["status"], &row["revocationReason"]), (&json!(-1), &json!(1)));
    assert_eq!(row["groups"], json!([id::GROUP]), "kept for when access is given back");
    assert_eq!(member.try_get("/users/mini-details").await, not_found(), "out at once");
    let sync = world.get("/api/sync", &member.token).await;
    assert_eq!((&sync["profile"]["organizations"], &sync["collections"]), (&json!([]), &json!([])));

    assert_eq!(owner.put(&at(Person::Member, "revoke"), json!({})).await, refused("Already revoked."));
    assert_eq!(
        owner.put(&at(Person::Owner, "revoke"), json!({})).await,
        refused("You cannot revoke yourself.")
    );
    let only = refused("Only owners can revoke other owners.");
    assert_eq!(admin.put(&at(Person::Owner, "revoke"), json!({})).await, only);
    let not_custom = refused("Custom users can not manage Admins or Owners.");
    assert_eq!(custom.put(&at(Person::Admin, "revoke"), json!({})).await, not_custom);

    // An account that signs in again: revoking ended no session.
    let revoked = Desk::in_client(&world, Person::Revoked).await;
    assert_eq!(revoked.try_get("/users/mini-details").await, not_found());
    let restore = at(Person::Revoked, "restore");
    assert_eq!(admin.put(&restore, json!({})).await, refused("Only owners can restore other owners."));
    assert_eq!(owner.put(&at(Person::Admin, "restore"), json!({})).await, refused("Already active."));
    let not_oneself = refused("You cannot restore yourself.");
    assert_eq!(owner.put(&at(Person::Owner, "restore"), json!({})).await, not_oneself, "active or not");
    let without_body = world.request(
        Method::PUT,
        &format!("/api/organizations/{}{}", id::CLIENT, at(Person::Member, "restore")),
        Some(&owner.token),
    );
    assert_eq!(answer(without_body).await, DONE, "no body at all");
    let row = owner.member(Person::Member.member_id()).await;
    assert_eq!((&row["status"], &row["revocationReason"]), (&json!(2), &Value::Null));
    assert_eq!(owner.put(&format!("{restore}/vnext"), json!({})).await, DONE);
    assert_eq!(owner.member(Person::Revoked.member_id()).await["status"], 1, "never had a key");

    let ids =
        json!({"ids": [Person::Member.member_id(), Person::Owner.member_id(), Uuid::from_u128(0xdead)]});
    let fared = owner.put("/users/revoke", ids.clone()).await;
    assert_eq!(member_errors(&fared), ["", "You cannot revoke yourself.", "User invalid."]);
    let fared = owner.send(Method::PATCH, "/users/restore", ids).await;
    assert_eq!(member_errors(&fared), ["", "Already active.", "User invalid."]);
    assert_eq!(owner.log_types().await, [1511, 1512, 1512, 1511, 1512]);
    assert_eq!(
        owner.put("/users/revoke-self", json!({})).await,
        refused(
            "User is not eligible for self-revocation. The organization data ownership policy must be enabled and the \
             user must be a confirmed member."
        )
    );
}

#[tokio::test]
async fn members_are_removed_by_those_above_them() {
    let world = with_user_manager().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let admin = Desk::in_client(&world, Person::Admin).await;
    let custom = Desk::in_client(&world, Person::Plain).await;
    assert_eq!(owner.delete(&path(Person::Owner)).await, refused("You cannot remove yourself."));
    assert_eq!(admin.delete(&path(Person::Owner)).await, refused("Only owners can remove other owners."));
    assert_eq!(custom.delete(&path(Person::Admin)).await, refused("Custom users can not remove admins."));
    assert_eq!(admin.delete(&format!("/users/{}", Uuid::from_u128(0x2fe))).await, not_found());
    assert_eq!(custom.delete(&path(Person::CustomAudit)).await, DONE);
    let ids = json!({"ids": [Person::Member.member_id(), Person::Owner.member_id(), Uuid::from_u128(0xdead),
        Person::Member.member_id()]});
    let fared = admin.send(Method::DELETE, "/users", ids).await;
    assert_eq!(member_errors(&fared), ["", "Only owners can remove other owners.", "User invalid."]);
    assert_eq!(owner.log_types().await, [1503, 1503]);
    assert_eq!(invalid(&admin.send(Method::DELETE, "/users", json!({"ids": []})).await), ["Ids"]);
}

#[tokio::test]
async fn no_organization_deletes_accounts_that_it_has_not_claimed() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let unclaimed = refused("Cannot delete member accounts that are not claimed by the organization.");
    assert_eq!(owner.delete(&format!("{}/delete-account", path(Person::Member))).await, unclaimed);
    let strangers = format!("/users/{}/delete-account", Uuid::from_u128(0x2fe));
    assert_eq!(owner.delete(&strangers).await, not_found());
    world.sign_in(Person::Member).await;
    assert_eq!(owner.member(Person::Member.member_id()).await["status"], 2, "still a member");
}

#[tokio::test]
async fn the_last_owner_stays_where_no_provider_stands_behind() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let alone = Uuid::from_u128(0xc3);
    let rows: Result<(), BulkError> = store.bulk(|load| {
        load.organization(&organization(alone, "On its own"))?;
        for (person, kind) in [(Person::Owner, 0), (Person::Admin, 1), (Person::Member, 2)] {
            let id = Uuid::from_u128(0x700 + kind as u128);
            load.member(&BulkMember { id, organization_id: alone, ..member(person, kind, 2, &[]) })?;
        }
        load.collection(&BulkCollection {
            id: Uuid::from_u128(0x77),
            organization_id: alone,
            name: enc("mine"),
            external_id: None,
            kind: 1,
            default_user_email: None,
            members: vec![BulkAccess {
                id: Uuid::from_u128(0x702),
                read_only: false,
                hide_passwords: false,
                manage: true,
            }],
            groups: vec![],
            created: CREATED,
        })
    });
    rows.unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let owner = Desk::in_client(&world, Person::Owner).await.moved_to(alone);
    let last = refused("Organization must have at least one confirmed owner.");
    let own = Uuid::from_u128(0x700);
    assert_eq!(owner.post("/leave", json!({})).await, last);
    assert_eq!(owner.put(&format!("/users/{own}"), role(1)).await, last);
    let ids = json!({"ids": [own, Uuid::from_u128(0x701)]});
    assert_eq!(owner.put("/users/revoke", ids.clone()).await, last, "asked for all together");
    assert_eq!(owner.send(Method::DELETE, "/users", ids).await, last);

    let member = Desk::in_client(&world, Person::Member).await.moved_to(alone);
    assert_eq!(member.post("/leave", json!({})).await, DONE);
    assert_eq!(member.post("/leave", json!({})).await, not_found());
    assert_eq!(owner.log_types().await, [1516]);
    let left = owner.get("/collections").await;
    assert_eq!(left["data"][0]["type"], 0, "what was My items is the organization's");
    assert_eq!(left["data"][0]["defaultUserCollectionEmail"], json!(Person::Member.email()));

    assert_eq!(owner.put(&format!("/users/{}", Uuid::from_u128(0x701)), role(0)).await, DONE);
    assert_eq!(owner.post("/leave", json!({})).await, DONE);
}

#[tokio::test]
async fn my_items_are_the_organizations_once_their_owner_is_gone() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let alone = Uuid::from_u128(0xc3);
    let goers = [Person::Member, Person::CustomBare, Person::CustomGroups, Person::CustomAudit];
    let member_id = |person: Person| Uuid::from_u128(0x700 + person as u128);
    let collection_id = |person: Person| Uuid::from_u128(0x7000 + person as u128);
    let rows: Result<(), BulkError> = store.bulk(|load| {
        load.organization(&BulkOrganization {
            allow_admin_access_to_all_collection_items: true,
            ..organization(alone, "On its own")
        })?;
        let row = |person, kind| BulkMember {
            id: member_id(person),
            organization_id: alone,
            ..member(person, kind, 2, &[])
        };
        load.member(&row(Person::Owner, 0))?;
        for person in goers {
            load.member(&row(person, 2))?;
            let access =
                BulkAccess { id: member_id(person), read_only: false, hide_passwords: false, manage: true };
            load.collection(&BulkCollection {
                id: collection_id(person),
                organization_id: alone,
                name: enc("mine"),
                external_id: None,
                kind: 1,
                default_user_email: None,
                members: vec![access],
                groups: vec![],
                created: CREATED,
            })?;
        }
        Ok(())
    });
    rows.unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let owner = Desk::in_client(&world, Person::Owner).await.moved_to(alone);
    let [leaves, deletes_account, removed, removed_with_others] = goers;
    let leaving = Desk::in_client(&world, leaves).await.moved_to(alone);
    assert_eq!(leaving.post("/leave", json!({})).await, DONE);
    let token = world.access_token(deletes_account).await;
    let body = json!({"masterPasswordHash": deletes_account.password()});
    assert_eq!(world.send(Method::DELETE, "/api/accounts", Some(&token), body).await, DONE);
    assert_eq!(owner.delete(&format!("/users/{}", member_id(removed))).await, DONE);
    let ids = json!({"ids": [member_id(removed_with_others)]});
    assert_eq!(member_errors(&owner.send(Method::DELETE, "/users", ids).await), [""]);

    let left = owner.get("/collections").await;
    for person in goers {
        let id = collection_id(person);
        let collection = left["data"].as_array().unwrap().iter().find(|one| one["id"] == json!(id)).unwrap();
        assert_eq!(
            (&collection["type"], &collection["defaultUserCollectionEmail"]),
            (&json!(0), &json!(person.email()))
        );
        let path = format!("/collections/{id}");
        let grants = json!([selection(member_id(Person::Owner), false, false, true)]);
        let body = json!({"name": enc("renamed"), "users": grants, "groups": []});
        let (status, changed) = owner.put(&path, body).await;
        assert_eq!(
            (status, &changed["name"]),
            (reqwest::StatusCode::OK, &json!(enc("renamed"))),
            "{person:?}"
        );
        assert_eq!(owner.delete(&path).await, DONE);
    }
}

#[tokio::test]
async fn hostile_bodies_do_no_harm() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let member = path(Person::Member);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (method, path) in [
        (Method::POST, "/users/invite".to_owned()),
        (Method::PUT, member.clone()),
        (Method::POST, format!("{member}/confirm")),
        (Method::POST, "/users/confirm".into()),
        (Method::PUT, "/users/revoke".into()),
        (Method::POST, "/groups".into()),
        (Method::POST, "/collections".into()),
        (Method::POST, "/collections/bulk-access".into()),
        (Method::PUT, "/policies/1".into()),
        (Method::PUT, "/collection-management".into()),
    ] {
        let url = format!("/api/organizations/{}{path}", id::CLIENT);
        for body in ["", "null", "[]", "{", "{}\u{feff}", "{\"ids\":[\"x\"]}", "{\"type\":1e400}", &deep] {
            // Settings that are not named are off, and members that nobody knows are nothing.
            if path.ends_with("collection-management") && body.starts_with("{\"ids") {
                continue;
            }
            let request = world.request(method.clone(), &url, Some(&owner.token)).body(body.to_owned());
            let shown: String = body.chars().take(20).collect();
            assert_eq!(answer(request).await.0, StatusCode::BAD_REQUEST, "{method} {path}: {shown}");
        }
    }
    let ids: Vec<_> = (0..2001_u128).map(Uuid::from_u128).collect();
    assert_eq!(invalid(&owner.put("/users/revoke", json!({"ids": ids})).await), ["Ids"]);
    assert_eq!(owner.try_get("/users/nonsense").await, not_found());
}
