//! The two conditions for becoming a provider.
#![allow(clippy::unwrap_used)]

mod facts;

use facts::id;
use portico_estate::{Condition, Obstacle, provider_conditions};
use portico_protocol::account::ProfileResponse;
use serde_json::{Value, json};

/// An organization owned by the person that fulfils either condition, with `changes`.
fn organization(number: u128, name: &str, changes: Value) -> Value {
    let mut organization = json!({
        "id": id(number), "name": name, "enabled": true, "status": 2, "type": 0, "productTierType": 3, "seats": 10,
        "useSecretsManager": false, "providerId": null,
    });
    organization.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    organization
}

fn check(organizations: Vec<Value>) -> (Result<u128, Vec<Obstacle>>, Result<u128, Vec<Obstacle>>) {
    let profile = json!({"id": id(9), "email": "me@example.com", "organizations": organizations});
    let profile: ProfileResponse = serde_json::from_value(profile).unwrap();
    let conditions = provider_conditions(&profile);
    let short = |condition: &Condition| match condition {
        Condition::Met { organization, .. } => Ok(organization.as_u128()),
        Condition::Unmet(misses) => Err(misses.iter().map(|miss| miss.obstacle).collect()),
    };
    (short(&conditions.enterprise_organization), short(&conditions.client_ready))
}

#[test]
fn nothing_meets_nothing() {
    assert_eq!(check(Vec::new()), (Err(vec![]), Err(vec![])));
}

#[test]
fn one_organization_cannot_be_both() {
    let answer = check(vec![organization(1, "A", json!({}))]);
    assert_eq!(answer, (Ok(1), Err(vec![Obstacle::IsOwnOrganization])));
}

#[test]
fn the_provider_keeps_the_one_that_could_not_be_a_client() {
    let with_secrets = organization(1, "Z own", json!({"useSecretsManager": true}));
    let answer = check(vec![organization(2, "A client", json!({})), with_secrets]);
    assert_eq!(answer, (Ok(1), Ok(2)));
    let teams = organization(3, "Teams client", json!({"productTierType": 2}));
    assert_eq!(check(vec![teams, organization(2, "Enterprise", json!({}))]), (Ok(2), Ok(3)));
    let starter = organization(4, "Starter", json!({"productTierType": 4}));
    assert_eq!(check(vec![starter, organization(2, "Enterprise", json!({}))]), (Ok(2), Ok(4)));
}

#[test]
fn each_obstacle_is_named() {
    use Obstacle::*;
    let cases = [
        (json!({"enabled": false}), vec![Disabled], vec![Disabled]),
        (json!({"status": 1}), vec![NotConfirmed], vec![NotConfirmed]),
        (json!({"productTierType": 0}), vec![OtherPlan], vec![OtherPlan]),
        (json!({"productTierType": 1, "type": 2}), vec![OtherPlan], vec![NotOwner]),
        (json!({"productTierType": 2, "providerId": id(70)}), vec![OtherPlan], vec![HasProvider]),
        (json!({"productTierType": 2, "useSecretsManager": true}), vec![OtherPlan], vec![UsesSecretsManager]),
        (json!({"productTierType": 2, "seats": null}), vec![OtherPlan], vec![NoSeats]),
        (json!({"productTierType": 2, "seats": 0}), vec![OtherPlan], vec![NoSeats]),
        (json!({"productTierType": 99}), vec![OtherPlan], vec![OtherPlan]),
        (json!({"type": 2}), vec![NotOwner], vec![NotOwner]),
        (json!({"type": 1}), vec![NotOwner], vec![NotOwner]),
    ];
    for (changes, enterprise, client) in cases {
        let answer = check(vec![organization(1, "A", changes.clone())]);
        assert_eq!(answer, (Err(enterprise), Err(client)), "{changes}");
    }
}

#[test]
fn clients_of_a_provider_are_not_the_persons_own() {
    let profile = json!({
        "id": id(9), "email": "me@example.com",
        "providerOrganizations": [organization(1, "A", json!({})), organization(2, "B", json!({}))],
    });
    let profile: ProfileResponse = serde_json::from_value(profile).unwrap();
    let conditions = provider_conditions(&profile);
    let is_met = |condition: &Condition| matches!(condition, Condition::Met { .. });
    assert!(!is_met(&conditions.enterprise_organization) && !is_met(&conditions.client_ready));
}
