//! Whom an organization does not confirm, and who is not restored (protocol.md §4.6).

use portico_service::bulk::{BulkError, BulkMember, BulkOrganization, BulkPolicy};
use portico_service::{Config, Store};
use serde_json::json;
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

const FREE: Uuid = Uuid::from_u128(0xc5);
const OTHER_FREE: Uuid = Uuid::from_u128(0xc6);

fn waiting(person: Person, organization: Uuid, role: i32) -> BulkMember {
    let id = Uuid::from_u128(0x900 + person as u128);
    BulkMember { id, organization_id: organization, ..member(person, role, 1, &[]) }
}

fn elsewhere(person: Person, organization: Uuid, role: i32) -> BulkMember {
    let id = Uuid::from_u128(0x980 + person as u128);
    BulkMember { id, organization_id: organization, ..member(person, role, 2, &[]) }
}

fn policy(organization: Uuid, kind: i32) -> BulkPolicy {
    let id = Uuid::from_u128(0xb00 + kind as u128);
    BulkPolicy { id, organization_id: organization, kind, enabled: true, data: None, revised: CREATED }
}

async fn world(policies: &[BulkPolicy], members: &[BulkMember]) -> World {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        for id in [FREE, OTHER_FREE] {
            load.organization(&BulkOrganization { plan_type: 0, ..organization(id, "Free") })?;
        }
        load.member(&elsewhere(Person::Owner, FREE, 0))?;
        policies.iter().try_for_each(|policy| load.policy(policy))?;
        members.iter().try_for_each(|member| load.member(member))
    });
    loaded.unwrap();
    World::over(store, Config::without_delay()).await
}

/// By either route, `refusals` in the order of `members`; an empty one is a confirmation.
async fn confirm(world: &World, organization: Uuid, members: &[BulkMember], refusals: &[&str]) {
    let owner = Desk::in_client(world, Person::Owner).await.moved_to(organization);
    let key = |member: &BulkMember| json!({"id": member.id, "key": ukey()});
    for (member, refusal) in members.iter().zip(refusals).filter(|(_, refusal)| !refusal.is_empty()) {
        let path = format!("/users/{}/confirm", member.id);
        assert_eq!(owner.post(&path, json!({"key": ukey()})).await, refused(refusal));
        assert_eq!(owner.member(member.id).await["status"], 1, "{refusal}");
    }
    let all = json!({"keys": members.iter().map(key).collect::<Vec<_>>()});
    assert_eq!(member_errors(&owner.post("/users/confirm", all).await), refusals);
    for (member, refusal) in members.iter().zip(refusals) {
        let status = if refusal.is_empty() { 2 } else { 1 };
        assert_eq!(owner.member(member.id).await["status"], status, "{refusal}");
    }
}

#[tokio::test]
async fn nobody_runs_two_free_organizations() {
    let members = [
        waiting(Person::Plain, FREE, 1),
        waiting(Person::TwoStep, FREE, 1),
        waiting(Person::Member, FREE, 2),
        waiting(Person::Admin, FREE, 0),
    ];
    let runs_another = [
        elsewhere(Person::Plain, OTHER_FREE, 0),
        elsewhere(Person::TwoStep, OTHER_FREE, 2),
        elsewhere(Person::Member, OTHER_FREE, 0),
        elsewhere(Person::Admin, OTHER_FREE, 1),
    ];
    let world = world(&[], &[&members[..], &runs_another].concat()).await;
    let problem = "User can only be an admin of one free organization.";
    // A member there, and a member here, may run the other.
    confirm(&world, FREE, &members, &[problem, "", "", problem]).await;
}

#[tokio::test]
async fn who_has_no_second_step_is_not_confirmed_where_one_is_demanded() {
    let members = [
        waiting(Person::Plain, id::CLIENT, 2),
        waiting(Person::TwoStep, id::CLIENT, 2),
        // Policies do not bind those who run the place.
        waiting(Person::Invited, id::CLIENT, 1),
    ];
    let world = world(&[policy(id::CLIENT, 0)], &members).await;
    confirm(&world, id::CLIENT, &members, &["User does not have two-step login enabled.", "", ""]).await;
}

#[tokio::test]
async fn who_is_elsewhere_is_not_confirmed_where_one_organization_is_all() {
    let members = [
        waiting(Person::Plain, id::CLIENT, 2),
        waiting(Person::TwoStep, id::CLIENT, 2),
        waiting(Person::Invited, id::CLIENT, 1),
    ];
    let others = [elsewhere(Person::Plain, OTHER_FREE, 2), elsewhere(Person::Invited, OTHER_FREE, 2)];
    let world = world(&[policy(id::CLIENT, 3)], &[&members[..], &others].concat()).await;
    let problem =
        "Cannot confirm this member to the organization until they leave or remove all other organizations.";
    confirm(&world, id::CLIENT, &members, &[problem, "", ""]).await;
}

#[tokio::test]
async fn who_is_where_no_other_is_allowed_is_not_confirmed_elsewhere() {
    let members = [
        waiting(Person::Plain, id::CLIENT, 2),
        waiting(Person::TwoStep, id::CLIENT, 2),
        // Not even to run the place; who runs the strict one is free to.
        waiting(Person::Invited, id::CLIENT, 1),
    ];
    let others = [
        elsewhere(Person::Plain, id::OTHER_CLIENT, 2),
        elsewhere(Person::TwoStep, id::OTHER_CLIENT, 1),
        elsewhere(Person::Invited, id::OTHER_CLIENT, 2),
    ];
    let world = world(&[policy(id::OTHER_CLIENT, 3)], &[&members[..], &others].concat()).await;
    let problem = "Cannot confirm this member to the organization because they are in another organization which \
                   forbids it.";
    confirm(&world, id::CLIENT, &members, &[problem, "", problem]).await;
}

/// Only staff of the provider can ask for it: who is revoked has no other way in.
#[tokio::test]
async fn nobody_restores_themselves() {
    let revoked = BulkMember { key: Some(ukey()), ..member(Person::ServiceUser, 0, -1, &[]) };
    let world = world(&[], std::slice::from_ref(&revoked)).await;
    let staff = Desk::in_client(&world, Person::ServiceUser).await;
    let problem = "You cannot restore yourself.";
    for form in ["restore", "restore/vnext"] {
        let path = format!("/users/{}/{form}", revoked.id);
        assert_eq!(staff.put(&path, json!({})).await, refused(problem), "{form}");
    }
    let revoke = format!("/users/{}/revoke", revoked.id);
    assert_eq!(staff.put(&revoke, json!({})).await, refused("You cannot revoke yourself."), "revoked or not");
    let both = json!({"ids": [revoked.id, Person::Revoked.member_id()]});
    assert_eq!(member_errors(&staff.put("/users/restore", both).await), [problem, ""]);
    assert_eq!(staff.member(revoked.id).await["status"], -1);
    assert_eq!(staff.log_types().await, [1512], "the other one");
    let other = Desk::in_client(&world, Person::ProviderAdmin).await;
    let path = format!("/users/{}/restore", revoked.id);
    assert_eq!(other.put(&path, json!({})).await, DONE, "somebody else may");
    assert_eq!(staff.member(revoked.id).await["status"], 2);
}
