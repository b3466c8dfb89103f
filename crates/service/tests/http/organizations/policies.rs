//! Policies and what they do (protocol.md §4.8).

use portico_service::bulk::{BulkError, BulkMember};
use portico_service::{Config, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

fn on() -> Value {
    json!({"policy": {"enabled": true, "data": null}, "metadata": null})
}

fn off() -> Value {
    json!({"enabled": false, "data": null, "type": 3})
}

#[tokio::test]
async fn a_policy_is_set_in_the_old_form_and_in_the_new_one() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let (status, policy) = owner.put("/policies/6", on()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys(&policy), names("object id organizationId type data enabled revisionDate"));
    assert_eq!(
        (&policy["object"], &policy["type"], &policy["enabled"]),
        (&json!("policy"), &json!(6), &json!(true))
    );
    let flat = json!({"Enabled": true, "Data": {"minLength": 20, "useUpper": true}, "Type": 2});
    let (_, flat) = owner.put("/policies/2", flat).await;
    assert_eq!(flat["data"], json!({"minLength": 20, "useUpper": true}));
    let (_, again) = owner.put("/policies/6/vnext", on()).await;
    assert_eq!(again["id"], policy["id"], "the same row");
    assert_eq!(
        owner.get("/policies/2").await,
        json!({"object": "policy", "organizationId": id::CLIENT, "type": 2, "data": flat["data"], "enabled": true,
            "canToggleState": true})
    );
    let sync = world.get("/api/sync", &world.access_token(Person::Member).await).await;
    let types: Vec<_> =
        sync["policies"].as_array().unwrap().iter().map(|policy| policy["type"].clone()).collect();
    assert_eq!(types, [1, 2, 6]);
    for path in ["/policies/23", "/policies/-1", "/policies/x", "/policies/99999999999"] {
        assert_eq!(owner.put(path, on()).await, not_found(), "{path}");
    }
    assert_eq!(
        invalid(
            &owner.put("/policies/1", json!({"policy": {"enabled": true, "data": {"minLength": 3}}})).await
        ),
        ["Data"]
    );
    assert_eq!(invalid(&owner.put("/policies/1", json!({"data": {}})).await), ["Enabled"]);
    assert_eq!(owner.log_types().await, [1700, 1700, 1700]);
    let member = Desk::in_client(&world, Person::Member).await;
    assert_eq!(member.get("/policies/master-password").await["data"]["minLength"], 14);
}

#[tokio::test]
async fn some_policies_need_another() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    for (policy, name) in [
        (4, "Require single sign-on authentication"),
        (8, "Account recovery administration"),
        (9, "Vault timeout"),
    ] {
        let message =
            format!("Turn on the Single organization policy because it is required for the {name} policy.");
        assert_eq!(owner.put(&format!("/policies/{policy}"), on()).await, refused(&message));
    }
    for policy in [3, 8, 9] {
        assert_eq!(owner.put(&format!("/policies/{policy}"), on()).await.0, StatusCode::OK);
    }
    assert_eq!(
        owner.put("/policies/3", off()).await,
        refused("Turn off all of the policies that require the Single organization policy.")
    );
    assert_eq!(owner.put("/policies/9", off()).await.0, StatusCode::OK);
    assert_eq!(
        owner.put("/policies/3", off()).await,
        refused(
            "Turn off the Account recovery administration policy because it requires the Single organization policy."
        )
    );
    assert_eq!(owner.put("/policies/8", off()).await.0, StatusCode::OK);
    assert_eq!(owner.put("/policies/3", off()).await.0, StatusCode::OK);
}

/// The client, with a member who has two-step login (and belongs elsewhere, too) beside the others.
async fn with_a_careful_member() -> World {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let rows: Result<(), BulkError> = store.bulk(|load| {
        load.member(&member(Person::TwoStep, 2, 2, &[]))?;
        let id = Uuid::from_u128(0x720);
        load.member(&BulkMember {
            id,
            organization_id: id::OTHER_CLIENT,
            ..member(Person::TwoStep, 2, 2, &[])
        })
    });
    rows.unwrap();
    World::over(store, Config::without_delay()).await
}

#[tokio::test]
async fn two_step_login_is_demanded_of_those_whom_policies_bind() {
    let world = with_a_careful_member().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    assert_eq!(owner.put("/policies/0", on()).await.0, StatusCode::OK);
    let revoked = [Person::Member, Person::CustomBare, Person::CustomGroups, Person::CustomAudit];
    let spared = [Person::Owner, Person::Admin, Person::TwoStep, Person::Pending];
    for person in revoked {
        let row = owner.member(person.member_id()).await;
        assert_eq!((&row["status"], &row["revocationReason"]), (&json!(-1), &json!(2)), "{person:?}");
    }
    for person in spared {
        assert_ne!(owner.member(person.member_id()).await["status"], -1, "{person:?}");
    }
    assert_eq!(owner.log_types().await, [1520, 1520, 1520, 1520, 1700]);
    assert_eq!(world.mails("accessRevoked").await, 4);
    let restore = format!("/users/{}/restore", Person::Member.member_id());
    let problem = format!("{} is not compliant with the two-step login policy", Person::Member.email());
    assert_eq!(owner.put(&restore, json!({})).await, refused(&problem));

    // Joining: not without a second step either.
    assert_eq!(
        owner.post("/users/invite", json!({"emails": [Person::Plain.email()], "type": 2})).await,
        DONE
    );
    let mails = world.running.outbox().await.unwrap();
    let mail = mails.iter().rfind(|mail| mail.kind == "organizationInvitation").unwrap();
    let plain = Desk::in_client(&world, Person::Plain).await;
    let accept = format!("/users/{}/accept", mail.fields["organizationUserId"]);
    assert_eq!(
        plain.post(&accept, json!({"token": mail.fields["token"]})).await,
        refused("You cannot join this organization until you enable two-step login on your user account.")
    );
    assert_eq!(owner.put("/policies/0", off()).await.0, StatusCode::OK);
    assert_eq!(plain.post(&accept, json!({"token": mail.fields["token"]})).await, DONE);
    assert_eq!(owner.put("/policies/0", on()).await.0, StatusCode::OK);
    let row = owner.member(mail.fields["organizationUserId"].parse().unwrap()).await;
    assert_eq!((&row["status"], &row["revocationReason"]), (&json!(-1), &json!(2)), "who only accepted, too");
    assert_eq!(owner.put("/policies/0", on()).await.0, StatusCode::OK, "already on: nobody is asked again");
}

#[tokio::test]
async fn a_single_organization_means_no_other() {
    let world = with_a_careful_member().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    assert_eq!(owner.put("/policies/3", on()).await.0, StatusCode::OK);
    let row = owner.member(Person::TwoStep.member_id()).await;
    assert_eq!((&row["status"], &row["revocationReason"]), (&json!(-1), &json!(4)));
    assert_eq!(owner.log_types().await, [1521, 1700]);
    let problem = format!("{} is not compliant with the single organization policy", Person::TwoStep.email());
    let restore = format!("/users/{}/restore", Person::TwoStep.member_id());
    assert_eq!(owner.put(&restore, json!({})).await, refused(&problem));

    // Members who comply may found nothing and join nothing.
    let member = world.access_token(Person::Member).await;
    let founded = world
        .send(reqwest::Method::POST, "/api/organizations", Some(&member), super::life::founding(0))
        .await;
    assert_eq!(
        founded,
        refused(
            "You may not create an organization. You belong to an organization which has a policy that prohibits you \
             from being a member of any other organization."
        )
    );
    let elsewhere = Desk::in_client(&world, Person::StrangerAdmin).await.moved_to(id::OTHER_CLIENT);
    let body = json!({"emails": [Person::Member.email()], "type": 2});
    assert_eq!(elsewhere.post("/users/invite", body).await, DONE);
    let mails = world.running.outbox().await.unwrap();
    let mail = mails.iter().rfind(|mail| mail.kind == "organizationInvitation").unwrap();
    let joining = Desk::in_client(&world, Person::Member).await.moved_to(id::OTHER_CLIENT);
    let accept = format!("/users/{}/accept", mail.fields["organizationUserId"]);
    let token = json!({"token": mail.fields["token"]});
    assert_eq!(
        joining.post(&accept, token.clone()).await,
        refused(
            "You cannot join this organization because you are a member of another organization which forbids it"
        )
    );
    assert_eq!(owner.put("/policies/3", off()).await.0, StatusCode::OK);
    assert_eq!(joining.post(&accept, token).await, DONE);
    assert_eq!(owner.put("/policies/3", on()).await.0, StatusCode::OK);
    let confirm = format!("/users/{}/confirm", mail.fields["organizationUserId"]);
    // The member was revoked there, so nothing forbids it here any more.
    assert_eq!(elsewhere.post(&confirm, json!({"key": ukey()})).await, DONE);
}

#[tokio::test]
async fn where_the_organization_owns_the_data_everybody_has_my_items() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let body =
        json!({"policy": {"enabled": true}, "metadata": {"defaultUserCollectionName": enc("my items")}});
    assert_eq!(owner.put("/policies/5", body.clone()).await.0, StatusCode::OK);
    assert_eq!(owner.put("/policies/5", body).await.0, StatusCode::OK, "nobody gets a second one");
    let mine = async |person: Person| -> Vec<Value> {
        let collections = world.get("/api/collections", &world.access_token(person).await).await;
        let all = collections["data"].as_array().unwrap().clone();
        all.into_iter().filter(|collection| collection["type"] == 1).collect()
    };
    for (person, count) in
        [(Person::Member, 1), (Person::CustomBare, 1), (Person::Owner, 0), (Person::Admin, 0)]
    {
        assert_eq!(mine(person).await.len(), count, "{person:?}");
    }
    let own = mine(Person::Member).await.pop().unwrap();
    assert_eq!((&own["name"], &own["manage"]), (&json!(enc("my items")), &json!(true)));

    // Nobody's to change or to grant, and it survives whatever is sent for the member.
    let member = Desk::in_client(&world, Person::Member).await;
    let path = format!("/collections/{}", own["id"].as_str().unwrap());
    let grants = json!([selection(Person::Owner.member_id(), false, false, true)]);
    let body = json!({"name": enc("renamed"), "users": grants, "groups": []});
    let kind = "with the type as DefaultUserCollection.";
    assert_eq!(member.put(&path, body).await, refused(&format!("You cannot edit a collection {kind}")));
    assert_eq!(member.delete(&path).await, refused(&format!("You cannot delete a collection {kind}")));
    let body = json!({"collectionIds": [own["id"]], "users": grants, "groups": []});
    let bulk = member.post("/collections/bulk-access", body).await;
    assert_eq!(bulk, refused(&format!("You cannot add access to collections {kind}")));
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let update = json!({"type": 2, "collections": [], "groups": []});
    assert_eq!(provider.put(&format!("/users/{}", Person::Member.member_id()), update).await, DONE);
    assert_eq!(mine(Person::Member).await.len(), 1);

    // A member who does not want this may go, and comes back with the same.
    assert_eq!(member.put("/users/revoke-self", json!({})).await, DONE);
    let row = owner.member(Person::Member.member_id()).await;
    assert_eq!((&row["status"], &row["revocationReason"]), (&json!(-1), &json!(3)));
    assert_eq!(mine(Person::Member).await.len(), 0);
    let restore = format!("/users/{}/restore/vnext", Person::Member.member_id());
    assert_eq!(owner.put(&restore, json!({"defaultUserCollectionName": enc("new")})).await, DONE);
    assert_eq!(mine(Person::Member).await, [own]);
    assert_eq!(owner.log_types().await, [1700, 1700, 1502, 1518, 1512]);
}
