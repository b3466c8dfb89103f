//! Reports about a whole organization, and what this service reports nothing of.

use portico_service::rules;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

async fn report(world: &World, name: &str, person: Person) -> Vec<Value> {
    let token = world.access_token(person).await;
    let answer = world.get(&format!("/api/reports/{name}/{}", id::CLIENT), &token).await;
    answer.as_array().unwrap().clone()
}

fn of(rows: &[Value], member: Uuid) -> Vec<&Value> {
    rows.iter().filter(|row| row["userGuid"] == json!(member)).collect()
}

#[tokio::test]
async fn a_member_has_a_row_for_every_way_to_a_collection() {
    let world = World::start().await;
    let rows = report(&world, "member-access", Person::ServiceUser).await;
    for row in &rows {
        assert_eq!(
            keys(row),
            names(
                "userGuid userName email twoFactorEnabled accountRecoveryEnabled usesKeyConnector collectionId groupId
                 groupName collectionName readOnly hidePasswords manage cipherIds"
            )
        );
    }
    let wiki = |group: Value, name: Value, read_only, hide_passwords| {
        json!({"userGuid": Person::Member.member_id(), "userName": "Member", "email": Person::Member.email(),
            "twoFactorEnabled": false, "accountRecoveryEnabled": false, "usesKeyConnector": false,
            "collectionId": id::WIKI, "groupId": group, "groupName": name, "collectionName": enc("wiki"),
            "readOnly": read_only, "hidePasswords": hide_passwords, "manage": false, "cipherIds": [id::WIKI_LOGIN]})
    };
    let direct = wiki(Value::Null, Value::Null, true, false);
    let by_group = wiki(json!(id::GROUP), json!("Reception"), false, true);
    assert_eq!(of(&rows, Person::Member.member_id()), [&direct, &by_group]);
    let owner = of(&rows, Person::Owner.member_id());
    assert_eq!((owner.len(), &owner[0]["cipherIds"]), (1, &json!([id::SAFE_NOTE])));

    // Who reaches nothing is told of as well, invitations with their address; who is revoked is not.
    let invited = of(&rows, Uuid::from_u128(0x2ff));
    assert_eq!(
        (&invited[0]["email"], &invited[0]["userName"]),
        (&json!("invited@harbour.example"), &Value::Null)
    );
    assert_eq!((&invited[0]["collectionId"], &invited[0]["cipherIds"]), (&Value::Null, &json!([])));
    assert_eq!(of(&rows, Person::Pending.member_id()).len(), 1);
    assert!(of(&rows, Person::Revoked.member_id()).is_empty());
}

#[tokio::test]
async fn each_member_has_the_items_of_all_ways_once_and_none_of_the_trash() {
    let world = World::start().await;
    let items = |rows: &[Value]| {
        let rows = of(rows, Person::Member.member_id());
        assert_eq!(
            (rows.len(), keys(rows[0])),
            (1, names("userGuid userName email usesKeyConnector cipherIds"))
        );
        rows[0]["cipherIds"].clone()
    };
    let rows = report(&world, "member-cipher-details", Person::Admin).await;
    assert_eq!(items(&rows), json!([id::WIKI_LOGIN]));
    let manager = world.access_token(Person::CustomBare).await;
    let trash = format!("/api/ciphers/{}/delete", id::WIKI_LOGIN);
    assert_eq!(world.send(Method::PUT, &trash, Some(&manager), json!({})).await, DONE);
    assert_eq!(items(&report(&world, "member-cipher-details", Person::Admin).await), json!([]));
    let ways = report(&world, "member-access", Person::Admin).await;
    assert!(of(&ways, Person::Member.member_id()).iter().all(|row| row["cipherIds"] == json!([])));
}

#[tokio::test]
async fn nobody_is_told_to_be_in_no_breach() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    let asked = world.request(Method::GET, "/api/hibp/breach?username=a@b.example", Some(&token));
    assert_eq!(answer(asked).await, refused("HaveIBeenPwned API key not set."));
}

/// What protocol.md names and this service leaves out, and why.
const LEFT_OUT: [(Method, &str, &str); 5] = [
    (
        Method::GET,
        "/identity/accounts/webauthn/assertion-options",
        "no passkey can be set up for a sign-in (§1.2)",
    ),
    (Method::GET, "/identity/sso/prevalidate?domainHint=harbour", "there is no single sign-on (§1.2)"),
    (
        Method::GET,
        "/api/reports/organizations/{organization}/latest",
        "what the vendor's web vault worked out about risks is kept for it alone (§4.10)",
    ),
    (
        Method::POST,
        "/api/organizations/{organization}/billing/setup-business-unit",
        "the vendor's staff begin it by a mail; ours make business units themselves (§5.13)",
    ),
    (Method::GET, "/notifications/anonymous-hub?Token=x", "no sign-in waits for another device (§6.1)"),
];

#[tokio::test]
async fn what_is_left_out_is_answered_as_nothing() {
    let world = World::start().await;
    let token = world.access_token(Person::Owner).await;
    let table = rules();
    for (method, path, why) in LEFT_OUT {
        let bare = path.split('?').next().unwrap();
        assert!(!table.iter().any(|route| route.path == bare), "{path} is served: {why}");
        let path = path.replace("{organization}", &id::CLIENT.to_string());
        let (status, body) = answer(world.request(method, &path, Some(&token)).json(&json!({}))).await;
        assert_eq!((status, body), (StatusCode::NOT_FOUND, envelope("Resource not found.")), "{path}: {why}");
    }
}
