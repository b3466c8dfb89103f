//! New clients, their names and seats, and giving them back (protocol.md §5.7, §5.8).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

const OWNER: &str = "owner@newclient.example";

pub fn new_client(plan: i32, seats: i32) -> Value {
    json!({
        "name": "Newcomers", "ownerEmail": " Owner@NewClient.example", "planType": plan, "seats": seats,
        "key": enc("clientkey"),
        "keyPair": {"publicKey": "A".repeat(392), "encryptedPrivateKey": enc("clientprivate")},
        "collectionName": enc("default"),
    })
}

fn seats_of(subscription: &Value, plan: i32) -> [i64; 3] {
    let plans = subscription["plans"].as_array().unwrap();
    let plan = plans.iter().find(|one| one["type"] == plan).unwrap();
    ["seatMinimum", "purchasedSeats", "assignedSeats"].map(|name| plan[name].as_i64().unwrap())
}

#[tokio::test]
async fn a_new_client_is_there_with_its_key_its_collection_and_its_invited_owner() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(seats_of(&admin.get("/billing/subscription").await, 17), [0, 0, 0]);
    assert_eq!(admin.post("/clients", new_client(17, 7)).await, DONE);

    let client = admin.client("Newcomers").await;
    assert_eq!((&client["key"], &client["plan"]), (&json!(enc("clientkey")), &json!("Teams (Monthly)")));
    assert_eq!(
        (&client["seats"], &client["occupiedSeats"], &client["userCount"]),
        (&json!(7), &json!(1), &json!(0))
    );
    assert_eq!(seats_of(&admin.get("/billing/subscription").await, 17), [0, 7, 7]);

    // Every member of the provider has it, sealed with the provider key, after a sync that the revision date asks for.
    let staff = world.access_token(Person::ServiceUser).await;
    let profile = world.get("/api/sync", &staff).await["profile"].take();
    let all = profile["providerOrganizations"].as_array().unwrap();
    let mine = all.iter().find(|one| one["name"] == "Newcomers").unwrap();
    assert_eq!((&mine["key"], &mine["providerId"]), (&json!(enc("clientkey")), &json!(id::PROVIDER)));
    assert_eq!(mine["hasPublicAndPrivateKeys"], true);
    let organization = client["organizationId"].as_str().unwrap();
    let path = |rest: &str| format!("/api/organizations/{organization}{rest}");
    let read = world.get(&path(""), &staff).await;
    assert_eq!(
        (&read["planType"], &read["billingEmail"]),
        (&json!(17), &json!("accounts@brightwater.example"))
    );
    let members = world.get(&path("/users?includeCollections=true"), &staff).await;
    let member = &members["data"][0];
    assert_eq!((&member["email"], &member["type"], &member["status"]), (&json!(OWNER), &json!(0), &json!(0)));
    let collections = world.get(&path("/collections"), &staff).await;
    assert_eq!(collections["data"][0]["name"], enc("default"));
    assert_eq!(
        member["collections"],
        json!([{"id": collections["data"][0]["id"], "readOnly": false, "hidePasswords": false, "manage": true}])
    );
    let mail = world.mail("organizationInvitation", OWNER).await;
    assert_eq!(mail.fields["organizationUserId"], member["id"].as_str().unwrap());

    // 1900 in the provider's log, and the owner's invitation in both.
    let log = admin.log().await;
    let told: Vec<_> = log.iter().map(|event| event["type"].as_i64().unwrap()).collect();
    assert_eq!(told, [1900, 1500]);
    assert_eq!((&log[0]["providerOrganizationId"], &log[0]["organizationId"]), (&client["id"], &Value::Null));
    assert_eq!(log[1]["organizationUserId"], member["id"]);
    assert_eq!(event_types(&world.deeds(&path("/events"), &staff).await), [1500]);
}

#[tokio::test]
async fn what_a_new_client_must_be_like() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let plans = "'planType' must be Teams (Monthly), Enterprise (Monthly) or Enterprise (Annually)";
    for (field, value, complaint, words) in [
        ("name", Value::Null, "Name", "'name' must be provided"),
        ("name", json!("  "), "Name", "'name' must be provided"),
        ("ownerEmail", Value::Null, "OwnerEmail", "'ownerEmail' must be provided"),
        ("planType", json!(18), "PlanType", plans),
        ("planType", Value::Null, "PlanType", plans),
        ("seats", json!(0), "Seats", "'seats' must be greater than 0"),
        ("seats", json!(-5), "Seats", "'seats' must be greater than 0"),
        ("seats", json!(2_000_000_000), "Seats", "'seats' must be greater than 0"),
        ("key", Value::Null, "Key", "'key' must be provided"),
        ("key", json!(ukey()), "Key", "Key is not a valid encrypted string."),
        ("keyPair", Value::Null, "KeyPair", "'keyPair' must be provided"),
        ("collectionName", Value::Null, "CollectionName", "'collectionName' must be provided"),
        (
            "collectionName",
            json!("clear text"),
            "CollectionName",
            "CollectionName is not a valid encrypted string.",
        ),
    ] {
        let mut body = new_client(17, 5);
        body[field] = value;
        let answer = admin.post("/clients", body.clone()).await;
        assert_eq!(invalid(&answer), [complaint], "{body}");
        assert_eq!(answer.1["validationErrors"][complaint], json!([words]));
    }
    let annual = "Managed Service Providers cannot manage organizations with the plan type EnterpriseAnnually. Only Teams \
                  (Monthly) and Enterprise (Monthly) are allowed.";
    assert_eq!(admin.post("/clients", new_client(20, 5)).await, refused(annual));
    assert_eq!(admin.client("Newcomers").await, Value::Null);
    assert_eq!(admin.log_types().await, [0; 0]);
}

#[tokio::test]
async fn names_and_seats_change_and_service_users_buy_none() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let staff = Desk::at_provider(&world, Person::ServiceUser).await;
    let path = format!("/clients/{}", id::LINK);
    let change = |seats: i64, name: &str| json!({"assignedSeats": seats, "name": name});
    let words = "Service users cannot purchase additional seats.";
    // Ten are assigned and four are in the minimum: any more is a purchase.
    assert_eq!(staff.put(&path, change(11, "Harbour")).await, (UNAUTHORIZED, envelope(words)));
    assert_eq!(staff.put(&path, change(10, "Harbour Dental & Sons")).await, DONE);
    assert_eq!(staff.client("Harbour Dental & Sons").await["seats"], 10);
    assert_eq!(staff.put(&path, change(3, "Harbour")).await, DONE);
    assert_eq!(seats_of(&staff.get("/billing/subscription").await, 19), [4, 0, 3]);
    // Inside the minimum again: the fourth is paid for already, the fifth is not.
    assert_eq!(staff.put(&path, change(4, "Harbour")).await, DONE);
    assert_eq!(staff.put(&path, change(5, "Harbour")).await.0, UNAUTHORIZED);
    assert_eq!(admin.put(&path, change(15, "Harbour")).await, DONE);
    assert_eq!(seats_of(&admin.get("/billing/subscription").await, 19), [4, 11, 15]);
    assert_eq!(admin.put(&path, change(0, "Harbour")).await, DONE);
    assert_eq!(
        admin.put(&path, change(-1, "Harbour")).await,
        refused("You cannot assign negative seats to a client organization.")
    );
    assert_eq!(invalid(&admin.put(&path, json!({"assignedSeats": 5})).await), ["Name"]);
    assert_eq!(invalid(&admin.put(&path, json!({"name": "x"})).await), ["AssignedSeats"]);
    for other in [id::OTHER_LINK, id::CLIENT, Uuid::from_u128(7)] {
        let answer = admin.put(&format!("/clients/{other}"), change(5, "x")).await;
        assert_eq!(answer, not_found(), "the link's id, and one of our own");
    }
    assert_eq!(admin.client("Elsewhere").await, Value::Null);
    // Its members see the new name.
    let member = world.access_token(Person::Member).await;
    assert_eq!(world.get("/api/sync", &member).await["profile"]["organizations"][0]["name"], "Harbour");
}

#[tokio::test]
async fn a_client_is_given_back_once_it_can_stand_by_itself() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let failed = "Failed to remove organization vault. Please contact support.";
    for other in [id::OTHER_LINK, id::CLIENT, Uuid::from_u128(7)] {
        assert_eq!(admin.delete(&format!("/organizations/{other}")).await, refused(failed));
    }
    // A client whose owner has not come yet: the provider's staff count for less than an owner here.
    assert_eq!(admin.post("/clients", new_client(19, 2)).await, DONE);
    let ownerless = admin.client("Newcomers").await["id"].as_str().unwrap().to_owned();
    assert_eq!(
        admin.delete(&format!("/organizations/{ownerless}")).await,
        refused("Organization must have at least one confirmed owner.")
    );
    let before = seats_of(&admin.get("/billing/subscription").await, 19);
    assert_eq!(before, [4, 8, 12]);
    let unlink = format!("/organizations/{}/delete", id::LINK);
    assert_eq!(admin.post(&unlink, json!({})).await, DONE);
    assert_eq!(admin.post(&unlink, json!({})).await, refused(failed), "again: it is gone already");
    assert_eq!(seats_of(&admin.get("/billing/subscription").await, 19), [4, 0, 2]);
    assert_eq!(admin.client("Harbour Dental").await, Value::Null);
    let log = admin.log().await;
    let last = log.last().unwrap();
    assert_eq!((&last["type"], &last["providerOrganizationId"]), (&json!(1902), &json!(id::LINK)));
    let mail = world.mail("clientUnlinked", &Person::Owner.email()).await;
    assert_eq!(mail.fields["organizationName"], "Harbour Dental");

    // The provider's staff are out, its own people go on, and the bill goes to its owner.
    let path = format!("/api/organizations/{}", id::CLIENT);
    assert_eq!(answer(world.request(Method::GET, &path, Some(&admin.token))).await.0, StatusCode::NOT_FOUND);
    let owner = world.access_token(Person::Owner).await;
    assert_eq!(world.get(&path, &owner).await["billingEmail"], Person::Owner.email());
    let own = world.get(&format!("{path}/subscription"), &owner).await;
    assert_eq!(own["subscription"]["status"], "active");
}

#[tokio::test]
async fn whoever_manages_a_clients_people_cannot_lose_it_its_last_owner_but_the_provider_stands_behind_it() {
    let world = World::start().await;
    let staff = Desk::at_provider(&world, Person::ServiceUser).await;
    let path = format!("/api/organizations/{}/users/{}", id::CLIENT, Person::Owner.member_id());
    // Linked: the provider's confirmed people count as owners (protocol.md §5.3).
    let gone = answer(world.request(Method::DELETE, &path, Some(&staff.token))).await;
    assert_eq!(gone, DONE);
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(
        admin.delete(&format!("/organizations/{}", id::LINK)).await,
        refused("Organization must have at least one confirmed owner.")
    );
}

#[tokio::test]
async fn consolidated_billing_is_for_billable_providers_with_their_plans() {
    let store = portico_service::Store::in_memory().unwrap();
    fill(&store);
    let reseller = Uuid::from_u128(0xd5);
    let unit = Uuid::from_u128(0xd6);
    let loaded: Result<(), portico_service::bulk::BulkError> = store.bulk(|load| {
        for (provider_id, kind, status, plans) in [(reseller, 1, 1, vec![]), (unit, 2, 2, vec![(20, 3)])] {
            load.provider(&portico_service::bulk::BulkProvider {
                kind,
                status,
                seat_minimums: plans,
                ..provider(provider_id, "Other kind")
            })?;
            load.provider_user(&provider_user(provider_id.as_u128(), provider_id, Person::Plain, 2, 0))?;
        }
        Ok(())
    });
    loaded.unwrap();
    let world = World::over(store, portico_service::Config::without_delay()).await;
    let plain = Desk::at_provider(&world, Person::Plain).await;
    let reseller = plain.moved_to(reseller);
    let unauthorized = (UNAUTHORIZED, envelope("Unauthorized."));
    assert_eq!(reseller.post("/clients", new_client(17, 5)).await, unauthorized);
    assert_eq!(reseller.try_get("/clients/addable").await, unauthorized);
    assert_eq!(reseller.try_get("/billing/invoices").await, unauthorized);
    assert_eq!(reseller.try_get("/billing/vnext/warnings").await, unauthorized);
    let unit = reseller.moved_to(unit);
    let words = "Business Unit Providers cannot manage organizations with the plan type TeamsMonthly. Only Enterprise \
                 (Monthly) and Enterprise (Annually) are allowed.";
    assert_eq!(unit.post("/clients", new_client(17, 5)).await, refused(words));
    // A plan that it may have and does not.
    assert_eq!(unit.post("/clients", new_client(19, 5)).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(unit.post("/clients", new_client(20, 5)).await, DONE);
    let plan = unit.get("/billing/subscription").await["plans"][0].take();
    assert_eq!((&plan["cadence"], &plan["purchasedSeats"]), (&json!("Annual"), &json!(2)));
}

/// Its seats are the provider's to buy, who can buy none now: nobody else does it for free.
#[tokio::test]
async fn a_client_of_a_suspended_provider_does_not_grow_by_itself() {
    let store = portico_service::Store::in_memory().unwrap();
    fill(&store);
    let world = World::over(store.clone(), portico_service::Config::without_delay()).await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let occupied = admin.client("Harbour Dental").await["occupiedSeats"].as_i64().unwrap();
    let full = json!({"assignedSeats": occupied, "name": "Harbour Dental"});
    assert_eq!(admin.put(&format!("/clients/{}", id::LINK), full).await, DONE);
    let owner = Desk::in_client(&world, Person::Owner).await;
    let invite = json!({"emails": ["one.more@harbour.example"], "type": 2, "collections": [], "groups": []});
    let no_seat = refused("Seat limit has been reached. Please contact your provider to add more seats.");
    assert_eq!(owner.post("/users/invite", invite.clone()).await, no_seat);
    store.set_provider_enabled(id::PROVIDER, false).unwrap();
    assert_eq!(owner.post("/users/invite", invite).await, no_seat);
    let client = admin.client("Harbour Dental").await;
    assert_eq!((&client["seats"], &client["occupiedSeats"]), (&json!(occupied), &json!(occupied)));
}
