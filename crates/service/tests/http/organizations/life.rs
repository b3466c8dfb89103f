//! An organization from its founding to its end (protocol.md §4.7).

use portico_service::bulk::{BulkError, BulkMember, BulkOrganization};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

pub fn founding(plan: i32) -> Value {
    json!({"name": "Quay & Sons", "billingEmail": "BILL@quay.example", "planType": plan, "key": ukey(),
        "keys": {"publicKey": "QUFB".repeat(98), "encryptedPrivateKey": enc("private")},
        "collectionName": enc("default"), "additionalSeats": if plan > 16 && plan < 21 { 5 } else { 0 },
        "paymentToken": "ignored"})
}

async fn found(world: &World, token: &str, body: Value) -> (StatusCode, Value) {
    world.send(Method::POST, "/api/organizations", Some(token), body).await
}

#[tokio::test]
async fn whoever_founds_an_organization_owns_it() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    let (status, made) = found(&world, &token, founding(20)).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    assert_eq!((&made["object"], &made["name"]), (&json!("organization"), &json!("Quay & Sons")));
    assert_eq!((&made["planType"], &made["seats"]), (&json!(20), &json!(5)));
    assert_eq!((&made["billingEmail"], &made["usePolicies"]), (&json!("bill@quay.example"), &json!(true)));
    assert_eq!(made["plan"]["passwordManager"]["seatPrice"], 72.0);
    let id: uuid::Uuid = made["id"].as_str().unwrap().parse().unwrap();

    let sync = world.get("/api/sync", &token).await;
    let own = &sync["profile"]["organizations"][0];
    assert_eq!(
        (&own["id"], &own["key"], &own["type"], &own["status"]),
        (&json!(id), &json!(ukey()), &json!(0), &json!(2))
    );
    assert_eq!(
        (&sync["collections"][0]["name"], &sync["collections"][0]["manage"]),
        (&json!(enc("default")), &json!(true))
    );
    let list = world.get("/api/organizations", &token).await;
    assert_eq!(list["data"], sync["profile"]["organizations"]);

    let owner = Desk::in_client(&world, Person::Plain).await.moved_to(id);
    let subscription = owner.get("/subscription").await;
    assert_eq!(
        (&subscription["object"], &subscription["seats"]),
        (&json!("organizationSubscription"), &json!(5))
    );
    assert_eq!(subscription["subscription"]["items"][0]["quantity"], 5);
    assert_eq!(subscription["subscription"].get("cancelledAt"), Some(&Value::Null));
    assert_eq!(subscription["subscription"]["items"][0]["name"], "Enterprise (Annually)");

    // It pays for itself, so it grows.
    let emails: Vec<_> = (0..6).map(|number| format!("m{number}@quay.example")).collect();
    assert_eq!(owner.post("/users/invite", json!({"emails": emails, "type": 2})).await, DONE);
    assert_eq!(owner.get("").await["seats"], 7);

    let (_, changed) = owner.put("", json!({"name": " Quay ", "billingEmail": "new@quay.example"})).await;
    assert_eq!((&changed["name"], &changed["billingEmail"]), (&json!("Quay"), &json!("new@quay.example")));
    assert_eq!(invalid(&owner.put("", json!({"name": "x".repeat(51)})).await), ["Name"]);
    let keys = json!({"publicKey": "QUFB".repeat(98), "encryptedPrivateKey": enc("private")});
    assert_eq!(owner.post("/keys", keys).await, refused("Organization Keys already exist"));

    let secret = json!({"masterPasswordHash": Person::Plain.password(), "type": 0});
    let (_, key) = owner.post("/api-key", secret.clone()).await;
    assert_eq!((&key["object"], key["apiKey"].as_str().unwrap().len()), (&json!("apiKey"), 30));
    assert_eq!(owner.post("/api-key", secret.clone()).await.1, key);
    programs_sign_in_with(&world, &id.to_string(), key["apiKey"].as_str().unwrap()).await;
    assert_ne!(owner.post("/rotate-api-key", secret.clone()).await.1["apiKey"], key["apiKey"]);
    let old =
        client_credentials(&world, &id.to_string(), key["apiKey"].as_str().unwrap(), "api.organization")
            .await;
    assert_eq!(
        old,
        (StatusCode::BAD_REQUEST, json!({"error": "invalid_client"})),
        "the old key is nothing any more"
    );

    let wrong = json!({"masterPasswordHash": "wrong"});
    let refusal = refused("User verification failed.");
    assert_eq!(owner.post("/api-key", wrong.clone()).await, refusal);
    assert_eq!(owner.send(Method::DELETE, "", wrong).await, refusal);
    assert_eq!(owner.send(Method::DELETE, "", secret).await, DONE);
    assert_eq!(owner.try_get("").await, not_found());
    let sync = world.get("/api/sync", &token).await;
    assert_eq!((&sync["profile"]["organizations"], &sync["collections"]), (&json!([]), &json!([])));
}

async fn client_credentials(world: &World, id: &str, secret: &str, scope: &str) -> (StatusCode, Value) {
    let client = format!("organization.{id}");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", secret),
        ("scope", scope),
    ];
    // Neither a device nor a client version: no person signs in.
    answer(world.request(Method::POST, "/identity/connect/token", None).form(&form)).await
}

/// The organization's own key buys bearer fields alone (protocol.md §1.3), and what it buys is for no person's routes.
async fn programs_sign_in_with(world: &World, id: &str, secret: &str) {
    let (status, bearer) = client_credentials(world, id, secret, "api.organization").await;
    assert_eq!(status, StatusCode::OK, "{bearer}");
    assert_eq!(keys(&bearer), names("access_token expires_in token_type scope"));
    assert_eq!((&bearer["expires_in"], &bearer["scope"]), (&json!(3600), &json!("api.organization")));
    let token = bearer["access_token"].as_str().unwrap();
    for path in ["/api/sync", "/api/accounts/profile", &format!("/api/organizations/{id}/users")] {
        let answered = answer(world.request(Method::GET, path, Some(token))).await;
        assert_eq!(answered, (StatusCode::UNAUTHORIZED, envelope("Unauthorized.")), "{path}");
    }
    for (id, secret, scope, error) in [
        (id, "wrong", "api.organization", "invalid_client"),
        (id, "", "api.organization", "invalid_client"),
        (id, secret, "api", "invalid_scope"),
        (&id::CLIENT.to_string(), secret, "api.organization", "invalid_client"),
    ] {
        let refused = client_credentials(world, id, secret, scope).await;
        assert_eq!(refused, (StatusCode::BAD_REQUEST, json!({ "error": error })));
    }
}

#[tokio::test]
async fn what_a_founding_needs() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    for (change, field) in [
        (json!({"name": "  "}), "Name"),
        (json!({"name": "x".repeat(51)}), "Name"),
        (json!({"billingEmail": "nobody"}), "BillingEmail"),
        (json!({"key": enc("symmetric")}), "Key"),
        (json!({"key": null}), "Key"),
        (json!({"keys": null}), "Keys"),
        (json!({"keys": {"publicKey": "AAAA", "encryptedPrivateKey": enc("p")}}), "PublicKey"),
        (json!({"collectionName": "in clear"}), "CollectionName"),
        (json!({"planType": null}), "PlanType"),
    ] {
        let mut body = founding(20);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(invalid(&found(&world, &token, body).await), [field], "{change}");
    }
    for (plan, seats, message) in [
        (15, 5, "Invalid plan selected."),
        (99, 5, "Invalid plan selected."),
        (0, 1, "Plan does not allow additional users."),
        (20, 0, "You do not have any Password Manager seats!"),
        (20, -1, "You can't subtract Password Manager seats!"),
        (20, i32::MAX, "Selected plan allows a maximum of 1000000 additional users."),
    ] {
        let mut body = founding(plan);
        body["additionalSeats"] = json!(seats);
        assert_eq!(found(&world, &token, body).await, refused(message), "{plan} {seats}");
    }
    let (status, free) = found(&world, &token, founding(0)).await;
    assert_eq!((status, &free["seats"], &free["maxCollections"]), (StatusCode::OK, &json!(2), &json!(2)));
    assert_eq!(
        found(&world, &token, founding(0)).await,
        refused("You can only be an admin of one free organization.")
    );
    let owner =
        Desk::in_client(&world, Person::Plain).await.moved_to(free["id"].as_str().unwrap().parse().unwrap());
    let two = json!({"emails": ["a@quay.example", "b@quay.example"], "type": 2});
    assert_eq!(owner.post("/users/invite", two).await, refused("Plan does not allow additional seats."));
    let collection = json!({"name": enc("more"), "users": [], "groups": []});
    assert_eq!(owner.post("/collections", collection.clone()).await.0, StatusCode::OK);
    assert_eq!(
        owner.post("/collections", collection).await,
        refused("You have reached the maximum number of collections (2) for this organization.")
    );
    // Nor by way of an import, which leaves nothing behind then.
    let import = format!("/api/ciphers/import-organization?organizationId={}", free["id"].as_str().unwrap());
    let body = json!({"collections": [{"name": enc("third")}], "ciphers": [], "collectionRelationships": []});
    assert_eq!(
        world.send(Method::POST, &import, Some(&token), body).await,
        refused("You have reached the maximum number of collections (2) for this organization.")
    );
    assert_eq!(owner.get("/collections").await["data"].as_array().unwrap().len(), 2);
}

/// Older clients send the pair with every change (protocol.md §4.7).
#[tokio::test]
async fn a_change_brings_an_organization_without_keys_its_pair_and_replaces_none() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let bare = Uuid::from_u128(0xc3);
    let rows: Result<(), BulkError> = store.bulk(|load| {
        load.organization(&BulkOrganization {
            public_key: None,
            private_key: None,
            ..organization(bare, "Of old")
        })?;
        load.member(&BulkMember {
            id: Uuid::from_u128(0x2c0),
            organization_id: bare,
            ..member(Person::Owner, 0, 2, &[])
        })
    });
    rows.unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let owner = Desk::in_client(&world, Person::Owner).await.moved_to(bare);
    let change = |public: &str, private: &str| {
        json!({"name": "Of old", "billingEmail": "billing@quay.example",
            "keys": {"publicKey": public.repeat(98), "encryptedPrivateKey": private}})
    };
    for (public, private, field) in [
        ("Q", enc("private"), "PublicKey"),
        ("QUFB", "in clear".to_owned(), "EncryptedPrivateKey"),
        ("QUFB", long_enc(10_001), "EncryptedPrivateKey"),
    ] {
        assert_eq!(invalid(&owner.put("", change(public, &private)).await), [field]);
    }
    assert_eq!(owner.get("").await["hasPublicAndPrivateKeys"], false, "nothing of that was kept");
    let (status, changed) = owner.put("", change("QUFB", &enc("private"))).await;
    assert_eq!((status, &changed["hasPublicAndPrivateKeys"]), (StatusCode::OK, &json!(true)));
    assert_eq!(owner.get("/public-key").await["publicKey"], json!("QUFB".repeat(98)));
    assert_eq!(owner.put("", change("QkJC", &enc("another"))).await.0, StatusCode::OK);
    assert_eq!(owner.get("/public-key").await["publicKey"], json!("QUFB".repeat(98)), "the first one stays");
}

#[tokio::test]
async fn a_client_is_billed_by_way_of_its_provider() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    assert_eq!(owner.try_get("/subscription").await, not_found());
    assert_eq!(owner.put("", json!({"billingEmail": "mine@harbour.example"})).await, not_found());
    assert_eq!(owner.put("", json!({"name": "Harbour Dental Care"})).await.0, StatusCode::OK);
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let subscription = provider.get("/subscription").await;
    assert_eq!(
        (&subscription["name"], &subscription["subscription"]),
        (&json!("Harbour Dental Care"), &Value::Null)
    );
    assert_eq!(provider.put("", json!({"billingEmail": "care@harbour.example"})).await.0, StatusCode::OK);
    assert_eq!(provider.log_types().await, [1600, 1600]);
}

#[tokio::test]
async fn every_plan_says_what_it_is() {
    let world = World::start().await;
    let (_, plans) = answer(world.request(Method::GET, "/api/plans", None)).await;
    let plans = plans["data"].as_array().unwrap();
    assert_eq!(plans.len(), 23);
    for (number, plan) in plans.iter().enumerate() {
        assert_eq!((&plan["object"], &plan["type"]), (&json!("plan"), &json!(number)));
    }
    let offered: Vec<_> =
        plans.iter().filter(|plan| plan["disabled"] == false).map(|plan| plan["name"].clone()).collect();
    assert_eq!(
        offered,
        [
            "Free",
            "Teams (Monthly)",
            "Teams (Annually)",
            "Enterprise (Monthly)",
            "Enterprise (Annually)",
            "Families"
        ]
    );
    assert_eq!((&plans[5]["legacyYear"], &plans[5]["isAnnual"]), (&json!(2019), &json!(true)));
    assert_eq!((&plans[19]["hasPolicies"], &plans[17]["hasPolicies"]), (&json!(true), &json!(false)));
    // protocol.md §4.7 and `PlanResponseModel` of the official crate 4.0.0.
    let members = names(
        "object type productTier name isAnnual nameLocalizationKey descriptionLocalizationKey canBeUsedByBusiness
         trialPeriodDays hasSelfHost hasPolicies hasGroups hasDirectory hasEvents hasTotp has2fa hasApi hasSso
         hasOrganizationDomains hasResetPassword usersGetPremium hasMyItems hasInviteLinks upgradeSortOrder
         displaySortOrder legacyYear disabled secretsManager passwordManager",
    );
    let prices = names(
        "stripePlanId stripeSeatPlanId stripeProviderPortalSeatPlanId basePrice seatPrice providerPortalSeatPrice
         allowSeatAutoscale hasAdditionalSeatsOption maxAdditionalSeats baseSeats hasPremiumAccessOption
         stripePremiumAccessPlanId premiumAccessOptionPrice maxSeats baseStorageGb hasAdditionalStorageOption
         additionalStoragePricePerGb stripeStoragePlanId maxAdditionalStorage maxCollections",
    );
    for plan in plans {
        assert_eq!((keys(plan), keys(&plan["passwordManager"])), (members.clone(), prices.clone()));
    }
}

#[tokio::test]
async fn nothing_is_claimed_that_is_not_served() {
    let world = World::start().await;
    let staff = world.access_token(Person::ServiceUser).await;
    let member = world.access_token(Person::Member).await;
    let of_staff = world.get("/api/sync", &staff).await["profile"]["providerOrganizations"][0].clone();
    let of_member = world.get("/api/sync", &member).await["profile"]["organizations"][0].clone();
    let itself = world.get(&format!("/api/organizations/{}", id::CLIENT), &staff).await;
    let routes = portico_service::rules();
    assert!(routes.iter().any(|route| route.path == "/api/organizations/{organization}/users"));
    for organization in [of_staff, of_member, itself.clone()] {
        assert_eq!(organization["usePolicies"], true, "an Enterprise plan");
        for (flag, plan_flag, path) in [
            ("useSso", Some("hasSso"), "sso"),
            ("useKeyConnector", None, "sso"),
            ("useScim", None, "scim"),
            ("useDirectory", Some("hasDirectory"), "import"),
            ("useApi", Some("hasApi"), "api-key-information"),
            ("use2fa", Some("has2fa"), "two-factor"),
            ("useRiskInsights", None, "risk-insights"),
            ("useInviteLinks", Some("hasInviteLinks"), "users/invite-link"),
            ("selfHost", Some("hasSelfHost"), "license"),
        ] {
            assert_eq!(organization[flag], false, "{flag}");
            assert!(plan_flag.is_none_or(|flag| itself["plan"][flag] == false), "{plan_flag:?}");
            // As long as this is so.
            let path = format!("/api/organizations/{{organization}}/{path}");
            assert!(routes.iter().all(|route| route.path != path), "{path}");
        }
        assert_eq!(organization["useOrganizationDomains"], false);
    }
    assert_eq!(itself["plan"]["hasOrganizationDomains"], false);
}
