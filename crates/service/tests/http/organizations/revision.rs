//! Whoever would see a change in their own sync is told by a newer revision date, and nobody else (protocol.md §3.7).

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::desk::*;
use crate::support::*;

const WATCHED: [Person; 5] =
    [Person::Plain, Person::Member, Person::CustomBare, Person::CustomAudit, Person::Admin];

#[tokio::test]
async fn a_change_is_announced_to_those_whom_it_concerns() {
    let world = World::start().await;
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let mut tokens = Vec::new();
    for person in WATCHED {
        tokens.push(world.access_token(person).await);
    }
    let group = format!("/groups/{}", id::GROUP);
    let wiki = format!("/collections/{}", id::WIKI);
    let member = format!("/users/{}", Person::Member.member_id());
    let bare = selection(Person::CustomBare.member_id(), false, false, true);
    let everybody = &[Person::Member, Person::CustomBare, Person::CustomAudit, Person::Admin][..];
    let settings = json!({"limitCollectionCreation": true, "allowAdminAccessToAllCollectionItems": true});
    let actions: [(Method, &str, Value, &[Person]); 7] = [
        // Who leaves a group hears of it like those who stay.
        (
            Method::PUT,
            &group,
            json!({"name": "Reception", "users": [Person::Admin.member_id()],
                "collections": [selection(id::WIKI, true, false, false)]}),
            &[Person::Member, Person::Admin],
        ),
        // Who loses a collection, too.
        (
            Method::PUT,
            &wiki,
            json!({"name": enc("wiki"), "users": [bare], "groups": null}),
            &[Person::Member, Person::CustomBare, Person::Admin],
        ),
        (Method::PUT, &wiki, json!({"name": enc("renamed")}), &[Person::CustomBare, Person::Admin]),
        (Method::PUT, &member, json!({"type": 2, "collections": [], "groups": []}), &[Person::Member]),
        (Method::PUT, "/policies/6", json!({"enabled": true}), everybody),
        (Method::PUT, "/collection-management", settings, everybody),
        (Method::DELETE, &member, Value::Null, &[Person::Member]),
    ];
    for (method, path, body, concerned) in actions {
        let before = revisions(&world, &tokens).await;
        wait_past(*before.iter().max().unwrap());
        let (status, answer) = provider.send(method, path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        let after = revisions(&world, &tokens).await;
        for ((person, before), after) in WATCHED.iter().zip(before).zip(after) {
            assert_eq!(after > before, concerned.contains(person), "{path}: {person:?}");
        }
    }
}

async fn revisions(world: &World, tokens: &[String]) -> Vec<i64> {
    let mut revisions = Vec::new();
    for token in tokens {
        revisions.push(world.get("/api/accounts/revision-date", token).await.as_i64().unwrap());
    }
    revisions
}

/// Until the clock shows a later millisecond: as fine as revisions are.
fn wait_past(millis: i64) {
    while SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() <= millis as u128 {
        std::thread::yield_now();
    }
}
