//! Several people, or one person several times, at the same moment.

use futures_util::future::join_all;
use portico_service::bulk::{BulkError, BulkMember, BulkOrganization};
use portico_service::{Config, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::*;

/// On a file, where those who read do not wait for who writes.
async fn world(more: impl FnOnce(&Store) -> Result<(), BulkError>) -> (World, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("service.sqlite3")).unwrap();
    fill(&store);
    more(&store).unwrap();
    (World::over(store, Config::without_delay()).await, folder)
}

fn done(answers: &[(StatusCode, Value)]) -> usize {
    answers.iter().filter(|answer| **answer == DONE).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_seats_are_given_away_once() {
    let (world, _folder) = world(|_| Ok(())).await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    // Eight of ten are taken.
    let invite = |number: u32| {
        owner.post("/users/invite", json!({"emails": [format!("{number}@harbour.example")], "type": 2}))
    };
    let answers = join_all((0..8).map(invite)).await;
    assert_eq!(done(&answers), 2, "{answers:?}");
    let metadata = owner.get("/billing/metadata").await;
    assert_eq!(metadata["organizationOccupiedSeats"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_confirmed_once() {
    let (world, _folder) = world(|_| Ok(())).await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let path = format!("/users/{}/confirm", Person::Pending.member_id());
    let answers = join_all((0..6).map(|_| owner.post(&path, json!({ "key": ukey() })))).await;
    assert_eq!(done(&answers), 1, "{answers:?}");
    assert_eq!(owner.log_types().await, [1501]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_send_each_other_away_one_stays() {
    for round in 0..12 {
        let place = Uuid::from_u128(0xcc0 + round);
        let owners = [Person::Plain, Person::Member, Person::Admin];
        let (world, _folder) = world(|store| {
            store.bulk(|load| {
                load.organization(&BulkOrganization { status: 1, ..organization(place, "Quay") })?;
                owners.into_iter().try_for_each(|person| {
                    let row = member(person, 0, 2, &[]);
                    load.member(&BulkMember { id: owner_row(person), organization_id: place, ..row })
                })
            })
        })
        .await;
        let one = Desk::in_client(&world, Person::Plain).await.moved_to(place);
        let other = Desk::in_client(&world, Person::Member).await.moved_to(place);
        let away = |person| format!("/users/{}", owner_row(person));
        let (to_other, to_one) = (away(Person::Member), away(Person::Plain));
        let answers = [one.delete(&to_other), other.delete(&to_one)];
        let answers = join_all(answers).await;
        assert_eq!(done(&answers), 1, "who is gone sends nobody away: {answers:?}");
        let third = Desk::in_client(&world, Person::Admin).await.moved_to(place);
        assert_eq!(third.get("/users").await["data"].as_array().unwrap().len(), 2);
    }
}

fn owner_row(person: Person) -> Uuid {
    Uuid::from_u128(0xdd0 + person as u128)
}
