//! Roles and removal (protocol.md §5.6).

use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

const LAST: &str = "Provider must have at least one confirmed ProviderAdmin.";

#[tokio::test]
async fn one_person_as_the_list_does_not_have_them() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let one = admin.get(&format!("/users/{SERVICE_USER}")).await;
    assert_eq!(keys(&one), names("object id userId type status permissions"));
    assert_eq!((&one["object"], &one["userId"]), (&json!("providerUser"), &json!(Person::ServiceUser.id())));
    assert_eq!((&one["type"], &one["status"]), (&json!(1), &json!(2)));
    assert!(one["permissions"].as_object().unwrap().values().all(|right| right == false));
    assert_eq!(admin.try_get(&format!("/users/{STRANGER}")).await, not_found());
    assert_eq!(admin.try_get(&format!("/users/{}", Uuid::from_u128(7))).await, not_found());
}

#[tokio::test]
async fn roles_change_as_long_as_an_admin_stays() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let role = |kind: i32| json!({ "type": kind });
    let own = format!("/users/{ADMIN}");
    assert_eq!(admin.put(&own, role(1)).await, refused(LAST));
    // Whoever has not been confirmed does not count.
    assert_eq!(admin.put(&format!("/users/{PENDING}"), role(0)).await, DONE);
    assert_eq!(admin.put(&own, role(1)).await, refused(LAST));
    assert_eq!(admin.put(&own, role(0)).await, DONE);
    assert_eq!(invalid(&admin.put(&own, role(7)).await), ["Type"]);
    assert_eq!(admin.put(&format!("/users/{STRANGER}"), role(1)).await, not_found());

    let promoted = world.sign_in(Person::ServiceUser).await;
    let before = world.get("/api/accounts/revision-date", promoted["access_token"].as_str().unwrap()).await;
    assert_eq!(admin.post(&format!("/users/{SERVICE_USER}"), role(0)).await, DONE);
    let after = world.get("/api/accounts/revision-date", promoted["access_token"].as_str().unwrap()).await;
    assert!(after.as_i64() > before.as_i64());
    // Not before the token says so.
    let stale = Desk::at_provider_with(&world, promoted["access_token"].as_str().unwrap().into());
    assert_eq!(stale.try_get("/users").await.0, StatusCode::FORBIDDEN);
    let fresh = Desk::at_provider(&world, Person::ServiceUser).await;
    assert_eq!(fresh.try_get("/users").await.0, StatusCode::OK);

    // Now the first may step down, and is out of the list at once.
    assert_eq!(admin.put(&own, role(1)).await, DONE);
    assert_eq!(admin.try_get("/users").await.0, StatusCode::FORBIDDEN);
    assert_eq!(fresh.log_types().await, [1802, 1802, 1802, 1802]);
    let changed: Vec<_> = fresh.log().await.iter().map(|event| event["providerUserId"].clone()).collect();
    assert_eq!(changed, [json!(PENDING), json!(ADMIN), json!(SERVICE_USER), json!(ADMIN)]);
}

#[tokio::test]
async fn people_are_removed_and_removing_them_again_does_no_harm() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(admin.delete(&format!("/users/{ADMIN}")).await, refused(LAST));
    let service_user = world.access_token(Person::ServiceUser).await;
    for _ in 0..2 {
        assert_eq!(admin.delete(&format!("/users/{SERVICE_USER}")).await, DONE);
        assert_eq!(admin.post(&format!("/users/{INVITED}/delete"), json!({})).await, DONE);
    }
    // Another provider's people are none of ours, and the single form does not say so.
    assert_eq!(admin.delete(&format!("/users/{STRANGER}")).await, DONE);
    assert_eq!(admin.people().await.len(), 2);
    assert_eq!(admin.log_types().await, [1803, 1803]);
    assert_eq!(world.mails("providerUserRemoved").await, 1, "who never accepted hears nothing");
    let provider = format!("/api/providers/{}", id::PROVIDER);
    let answer = answer(world.request(reqwest::Method::GET, &provider, Some(&service_user))).await;
    assert_eq!(answer.0, StatusCode::FORBIDDEN, "out at once");
    let sync = world.get("/api/sync", &service_user).await;
    assert_eq!(sync["profile"]["providerOrganizations"], json!([]));
    let stranger = world.access_token(Person::StrangerAdmin).await;
    assert_eq!(
        world.get(&format!("/api/providers/{}", id::OTHER_PROVIDER), &stranger).await["name"],
        "Lowland IT"
    );
}

#[tokio::test]
async fn several_are_removed_at_once_if_an_admin_stays() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(admin.post("/users/delete", ids(&[SERVICE_USER, ADMIN])).await, refused(LAST));
    assert_eq!(admin.people().await.len(), 4, "all or none");
    assert_eq!(admin.put(&format!("/users/{SERVICE_USER}"), json!({"type": 0})).await, DONE);
    let everybody = ids(&[ADMIN, PENDING, INVITED, STRANGER, Uuid::from_u128(7)]);
    let answer = admin.send(reqwest::Method::DELETE, "/users", everybody.clone()).await;
    assert_eq!(person_errors(&answer), ["You cannot remove yourself.", "", "", "Invalid user."]);
    let again = admin.send(reqwest::Method::DELETE, "/users", everybody).await;
    assert_eq!(person_errors(&again), ["You cannot remove yourself.", "Invalid user."]);
    let left: Vec<String> = admin.people().await.into_iter().map(|(email, ..)| email).collect();
    assert_eq!(left, [Person::ProviderAdmin.email(), Person::ServiceUser.email()]);
    assert_eq!(admin.log_types().await, [1802, 1803, 1803]);
}

#[tokio::test]
async fn a_provider_without_a_log_or_a_suspended_one_keeps_none() {
    for (use_events, enabled) in [(false, true), (true, false)] {
        let store = portico_service::Store::in_memory().unwrap();
        fill(&store);
        let world = World::over(store.clone(), portico_service::Config::without_delay()).await;
        let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
        if !enabled {
            store.set_provider_enabled(id::PROVIDER, false).unwrap();
        }
        if !use_events {
            // The door for whole providers is the only way to one without a log.
            let other = Uuid::from_u128(0xd3);
            let loaded: Result<(), portico_service::bulk::BulkError> = store.bulk(|load| {
                load.provider(&portico_service::bulk::BulkProvider {
                    use_events: false,
                    ..provider(other, "Quiet IT")
                })?;
                load.provider_user(&provider_user(0x60, other, Person::Plain, 2, 0))
            });
            loaded.unwrap();
            let quiet = Desk::at_provider(&world, Person::Plain).await.moved_to(other);
            assert_eq!(
                quiet.post("/users/invite", json!({"emails": ["a@b.example"], "type": 1})).await,
                DONE
            );
            assert_eq!(quiet.log_types().await, [0; 0]);
        } else {
            assert_eq!(admin.delete(&format!("/users/{INVITED}")).await, DONE);
            assert_eq!(admin.log_types().await, [0; 0]);
        }
    }
}
