//! Taking on organizations that exist (protocol.md §5.7, §5.8).

use portico_service::bulk::{BulkError, BulkMember, BulkOrganization};
use portico_service::{Config, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

fn own(number: u128) -> Uuid {
    Uuid::from_u128(0xb00 + number)
}

/// Organizations that the provider's two people own, good and bad ones for taking on.
async fn world() -> World {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        let usual = BulkOrganization { status: 1, ..organization(own(0), "Own") };
        let all = [
            BulkOrganization {
                id: own(0),
                name: "A Teams".into(),
                plan_type: 18,
                seats: Some(6),
                ..usual.clone()
            },
            BulkOrganization {
                id: own(1),
                name: "B Enterprise".into(),
                plan_type: 20,
                seats: Some(3),
                ..usual.clone()
            },
            BulkOrganization { id: own(2), name: "C Families".into(), plan_type: 22, ..usual.clone() },
            BulkOrganization { id: own(3), name: "D Suspended".into(), enabled: false, ..usual.clone() },
            BulkOrganization {
                id: own(4),
                name: "E Secrets".into(),
                use_secrets_manager: true,
                ..usual.clone()
            },
            BulkOrganization { id: own(5), name: "F No seats".into(), seats: Some(0), ..usual.clone() },
            BulkOrganization { id: own(6), name: "G Managed".into(), status: 2, ..usual.clone() },
            BulkOrganization { id: own(7), name: "H Not owned".into(), ..usual },
        ];
        for (number, row) in (0..).zip(&all) {
            load.organization(row)?;
            for (offset, person) in [(0, Person::ProviderAdmin), (0x100, Person::ServiceUser)] {
                load.member(&BulkMember {
                    id: Uuid::from_u128(0xc00 + offset + number),
                    organization_id: row.id,
                    ..member(person, i32::from(number == 7), 2, &[])
                })?;
            }
        }
        Ok(())
    });
    loaded.unwrap();
    World::over(store, Config::without_delay()).await
}

fn add(organization: Uuid) -> Value {
    json!({"organizationId": organization, "key": enc("takenover")})
}

#[tokio::test]
async fn what_can_be_taken_on_is_told_to_who_owns_it() {
    let world = world().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let row = |number, name: &str, plan: &str, seats: i32, disabled: bool| json!({"id": own(number), "name": name, "plan": plan, "seats": seats, "disabled": disabled});
    assert_eq!(
        admin.get("/clients/addable").await,
        json!([row(0, "A Teams", "Teams", 6, false), row(1, "B Enterprise", "Enterprise", 3, false)]),
        "no list object"
    );
    // No seat of either plan is left over: a service user would have to buy.
    let staff = Desk::at_provider(&world, Person::ServiceUser).await;
    assert_eq!(
        staff.get("/clients/addable").await,
        json!([row(0, "A Teams", "Teams", 6, true), row(1, "B Enterprise", "Enterprise", 3, true)])
    );
    let give_way = json!({"assignedSeats": 1, "name": "Harbour Dental"});
    assert_eq!(admin.put(&format!("/clients/{}", id::LINK), give_way).await, DONE);
    assert_eq!(staff.get("/clients/addable").await[1]["disabled"], false, "one and three are four");
}

#[tokio::test]
async fn an_organization_is_taken_on_under_the_providers_plan() {
    let world = world().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(admin.post("/clients/existing", add(own(0))).await, DONE);
    let client = admin.client("A Teams").await;
    assert_eq!(
        (&client["plan"], &client["seats"], &client["key"]),
        (&json!("Teams (Monthly)"), &json!(6), &json!(enc("takenover")))
    );
    let plans = admin.get("/billing/subscription").await;
    assert_eq!(
        (&plans["plans"][0]["assignedSeats"], &plans["plans"][0]["purchasedSeats"]),
        (&json!(6), &json!(6))
    );
    let log = admin.log().await;
    let told: Vec<_> =
        log.iter().map(|event| (event["type"].clone(), event["providerOrganizationId"].clone())).collect();
    assert_eq!(told, [(json!(1901), client["id"].clone())]);
    let profile = world.get("/api/sync", &admin.token).await["profile"].take();
    let entries = |list: &str| {
        profile[list].as_array().unwrap().iter().filter(|one| one["id"] == json!(own(0))).count()
    };
    assert_eq!(
        (entries("organizations"), entries("providerOrganizations")),
        (1, 1),
        "in both lists (protocol.md §5.11)"
    );

    let taken = (StatusCode::CONFLICT, envelope("Organization already belongs to a provider."));
    assert_eq!(admin.post("/clients/existing", add(own(0))).await, taken);
    for number in [2, 3, 4, 5, 6] {
        assert_eq!(admin.post("/clients/existing", add(own(number))).await, not_found(), "{number}");
    }
    for nobodys in [own(7), id::OTHER_CLIENT, Uuid::from_u128(7)] {
        assert_eq!(
            admin.post("/clients/existing", add(nobodys)).await,
            (UNAUTHORIZED, envelope("Unauthorized."))
        );
    }
    for (body, complaint) in [
        (json!({"key": enc("x")}), "OrganizationId"),
        (json!({"organizationId": own(1)}), "Key"),
        (json!({"organizationId": own(1), "key": ukey()}), "Key"),
    ] {
        assert_eq!(invalid(&admin.post("/clients/existing", body).await), [complaint]);
    }
    let staff = Desk::at_provider(&world, Person::ServiceUser).await;
    assert_eq!(staff.post("/clients/existing", add(own(1))).await.0, UNAUTHORIZED);
}

#[tokio::test]
async fn the_older_way_takes_on_and_leaves_the_bill_where_it_is() {
    let world = world().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let wrong_plan = |plan: &str| {
        refused(&format!(
            "Managed Service Providers cannot manage organizations with the plan type {plan}. Only Teams (Monthly) and \
             Enterprise (Monthly) are allowed."
        ))
    };
    assert_eq!(admin.post("/organizations/add", add(own(0))).await, wrong_plan("TeamsAnnually"));
    assert_eq!(admin.post("/organizations/add", add(own(2))).await, wrong_plan("Families"));
    let secrets = "The organization is subscribed to Secrets Manager. Please contact Customer Support to manage the \
                   subscription.";
    assert_eq!(admin.post("/organizations/add", add(own(4))).await, refused(secrets));
    assert_eq!(admin.post("/organizations/add", add(own(7))).await, not_found(), "not its owner");
    assert_eq!(admin.post("/organizations/add", add(own(3))).await, DONE);
    let taken = refused("Organization already belongs to a provider.");
    assert_eq!(admin.post("/organizations/add", add(own(3))).await, taken);
    assert_eq!(admin.log_types().await, [1901]);
    let plans = admin.get("/billing/subscription").await;
    assert_eq!(plans["plans"][1]["assignedSeats"], 10, "only what the provider pays for");
    let link = admin.client("D Suspended").await["id"].as_str().unwrap().to_owned();
    let change = json!({"assignedSeats": 5, "name": "x"});
    let answer = admin.put(&format!("/clients/{link}"), change).await;
    assert_eq!(answer.0, StatusCode::INTERNAL_SERVER_ERROR, "protocol.md §5.8: not Managed");
}

#[tokio::test]
async fn the_older_way_to_found_a_client() {
    let world = world().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let founding = |plan: i32, seats: i32| {
        json!({
            "clientOwnerEmail": "Owner@Older.example",
            "organizationCreateRequest": {
                "name": "Older", "businessName": null, "billingEmail": "bills@older.example", "planType": plan,
                "additionalSeats": seats, "key": enc("olderkey"),
                "keys": {"publicKey": "A".repeat(392), "encryptedPrivateKey": enc("private")},
                "collectionName": enc("default"),
            },
        })
    };
    let (status, link) = admin.post("/organizations", founding(19, 4)).await;
    assert_eq!(status, StatusCode::OK, "{link}");
    assert_eq!(
        keys(&link),
        names(
            "object id providerId organizationId key settings creationDate revisionDate userCount seats occupiedSeats
             remainingSeats plan"
        )
    );
    assert_eq!(
        (&link["object"], &link["key"], &link["userCount"]),
        (&json!("providerOrganization"), &json!(enc("olderkey")), &json!(0))
    );
    let listed = admin.client("Older").await;
    assert_eq!((&listed["id"], &listed["organizationId"]), (&link["id"], &link["organizationId"]));
    assert_eq!((&listed["seats"], &listed["occupiedSeats"]), (&json!(4), &json!(1)));
    assert_eq!(
        world.mail("organizationInvitation", "owner@older.example").await.fields["organizationName"],
        "Older"
    );
    assert_eq!(admin.log_types().await, [1900, 1500]);

    let annual = admin.post("/organizations", founding(20, 4)).await;
    assert_eq!(annual.0, StatusCode::BAD_REQUEST);
    assert!(annual.1["message"].as_str().unwrap().contains("EnterpriseAnnually"));
    let mut body = founding(19, 4);
    body["clientOwnerEmail"] = Value::Null;
    assert_eq!(invalid(&admin.post("/organizations", body).await), ["ClientOwnerEmail"]);
    let mut body = founding(19, 4);
    body["organizationCreateRequest"]["key"] = json!(ukey());
    assert_eq!(invalid(&admin.post("/organizations", body).await), ["Key"]);
    assert_eq!(
        invalid(&admin.post("/organizations", json!({"clientOwnerEmail": "a@b.example"})).await),
        ["OrganizationCreateRequest"]
    );
}
