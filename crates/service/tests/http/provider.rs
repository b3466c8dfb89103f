use portico_service::bulk::{
    BulkError, BulkKdf, BulkMember, BulkOrganization, BulkProviderOrganization, BulkUser,
};
use portico_service::{Config, Permissions, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::on_disk::world_in;
use crate::support::*;

#[tokio::test]
async fn a_provider_tells_what_it_is() {
    let world = World::start().await;
    let token = world.access_token(Person::ServiceUser).await;
    assert_eq!(
        world.get(&format!("/api/providers/{}", id::PROVIDER), &token).await,
        json!({
            "object": "provider", "id": id::PROVIDER, "name": "Brightwater IT", "businessName": "Brightwater IT Ltd",
            "businessAddress1": null, "businessAddress2": null, "businessAddress3": null, "businessCountry": "IE",
            "businessTaxNumber": null, "billingEmail": "accounts@brightwater.example",
            "creationDate": "2026-01-02T03:04:05.678901Z", "type": 0,
        })
    );
}

#[tokio::test]
async fn its_clients_come_with_their_seats() {
    let world = World::start().await;
    let token = world.access_token(Person::ServiceUser).await;
    let clients = world.get(&format!("/api/providers/{}/organizations", id::PROVIDER), &token).await;
    // Confirmed: owner, admin, member, three custom. Taken besides: one accepted, one invited; not the revoked.
    assert_eq!(
        clients,
        json!({
            "object": "list",
            "data": [{
                "object": "providerOrganizationOrganizationDetail", "id": id::LINK, "providerId": id::PROVIDER,
                "organizationId": id::CLIENT, "organizationName": "Harbour Dental", "key": enc("orgkey"),
                "settings": null, "creationDate": "2026-01-02T03:04:05.678901Z",
                "revisionDate": "2026-01-02T03:04:05.678901Z", "userCount": 6, "seats": 10, "occupiedSeats": 8,
                "remainingSeats": 2, "plan": "Enterprise (Monthly)",
            }],
            "continuationToken": null,
        })
    );
}

#[tokio::test]
async fn its_members_come_with_names_and_states() {
    let world = World::start().await;
    let token = world.access_token(Person::ProviderAdmin).await;
    let members = world.get(&format!("/api/providers/{}/users", id::PROVIDER), &token).await;
    assert_eq!(members["object"], "list");
    let members = members["data"].as_array().unwrap();
    assert_eq!(members.len(), 4);
    for member in members {
        assert_eq!(keys(member), names("object id userId type status permissions name email"));
        assert_eq!(member["object"], "providerUserUserDetails");
    }
    let of = |person: Person| members.iter().find(|member| member["userId"] == json!(person.id())).unwrap();
    let state = |person| (of(person)["type"].clone(), of(person)["status"].clone());
    assert_eq!(state(Person::ProviderAdmin), (json!(0), json!(2)));
    assert_eq!(state(Person::ServiceUser), (json!(1), json!(2)));
    assert_eq!(state(Person::Pending), (json!(0), json!(1)));
    assert_eq!(of(Person::ServiceUser)["email"], "serviceuser@brightwater.example");
    assert_eq!(of(Person::ServiceUser)["id"], "00000000-0000-0000-0000-000000000302");
}

#[tokio::test]
async fn billing_figures_follow_from_seats() {
    let world = World::start().await;
    let token = world.access_token(Person::ServiceUser).await;
    let billing = world.get(&format!("/api/providers/{}/billing/subscription", id::PROVIDER), &token).await;
    assert_eq!(
        keys(&billing),
        names(
            "status currentPeriodEndDate discountPercentage collectionMethod plans accountCredit taxInformation cancelAt
             suspension providerType paymentSource"
        )
    );
    let plans = billing["plans"].as_array().unwrap();
    assert_eq!(plans.len(), 2);
    let enterprise = &plans[1];
    assert_eq!(
        keys(enterprise),
        names("planName type productTier seatMinimum purchasedSeats assignedSeats cost cadence")
    );
    // Ten seats of the one client, four of them in the minimum.
    for (key, value) in [("seatMinimum", 4), ("purchasedSeats", 6), ("assignedSeats", 10), ("type", 19)] {
        assert_eq!(enterprise[key], value, "{key}");
    }
    assert_eq!(
        (&enterprise["planName"], &enterprise["cadence"]),
        (&json!("Enterprise (Monthly)"), &json!("Monthly"))
    );
    assert_eq!((&plans[0]["assignedSeats"], &plans[0]["cost"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn who_was_removed_is_out_at_once_and_who_was_confirmed_needs_a_fresh_token() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = world_in(folder.path()).await;
    let path = format!("/api/providers/{}", id::PROVIDER);
    let status = async |token: &str| answer(world.request(Method::GET, &path, Some(token))).await.0;

    let removed = world.access_token(Person::ServiceUser).await;
    let session: Value = world.sign_in(Person::Pending).await;
    let stale = session["access_token"].as_str().unwrap();
    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .execute("DELETE FROM provider_users WHERE user_id = ?", [Person::ServiceUser.id().as_bytes()])
        .unwrap();
    database
        .execute("UPDATE provider_users SET status = 2 WHERE user_id = ?", [Person::Pending.id().as_bytes()])
        .unwrap();

    assert_eq!(status(&removed).await, StatusCode::FORBIDDEN);
    assert_eq!(status(stale).await, StatusCode::FORBIDDEN);
    let refresh = session["refresh_token"].as_str().unwrap();
    let (_, fresh) = world.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    assert_eq!(status(fresh["access_token"].as_str().unwrap()).await, StatusCode::OK);
}

#[tokio::test]
async fn a_new_security_stamp_ends_every_session() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = world_in(folder.path()).await;
    let session = world.sign_in(Person::Member).await;
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute("UPDATE users SET security_stamp = 'new'", [])
        .unwrap();

    let token = session["access_token"].as_str().unwrap();
    assert_eq!(
        answer(world.request(Method::GET, "/api/sync", Some(token))).await.0,
        StatusCode::UNAUTHORIZED
    );
    let refresh = session["refresh_token"].as_str().unwrap();
    assert_eq!(
        world.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await,
        (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}))
    );
}

/// 300 clients of 100 members each: the bulk door and the provider's list have to bear thousands.
#[tokio::test]
async fn many_clients_load_and_are_counted() {
    const CLIENTS: u128 = 300;
    const MEMBERS: u128 = 100;
    let store = Store::in_memory().unwrap();
    fill(&store);
    let loading = std::time::Instant::now();
    store
        .bulk::<_, BulkError>(|load| {
            for client in 0..CLIENTS {
                let organization_id = Uuid::from_u128(0x1_0000 + client);
                load.organization(&BulkOrganization {
                    id: organization_id,
                    name: format!("Client {client:04}"),
                    seats: Some(120),
                    ..organization(organization_id, "")
                })?;
                for number in 0..MEMBERS {
                    let user_id = Uuid::from_u128(0x100_0000 + client * MEMBERS + number);
                    load.user(&BulkUser {
                        id: user_id,
                        email: format!("m{number}@client{client}.example"),
                        password_hash: None,
                        kdf: BulkKdf { kind: 0, iterations: 600_000, memory: None, parallelism: None },
                        ..user(Person::Plain)
                    })?;
                    load.member(&BulkMember {
                        id: user_id,
                        organization_id,
                        user_id: Some(user_id),
                        permissions: Permissions::NONE,
                        ..member(Person::Plain, 2, 2, &[])
                    })?;
                }
                load.provider_organization(&BulkProviderOrganization {
                    id: Uuid::from_u128(0x2_0000 + client),
                    provider_id: id::PROVIDER,
                    organization_id,
                    key: Some(enc("orgkey")),
                    created: CREATED,
                    revised: CREATED,
                })?;
            }
            Ok(())
        })
        .unwrap();
    println!("{} members in {:?}", CLIENTS * MEMBERS, loading.elapsed());
    let world = World::over(store, Config::without_delay()).await;
    let token = world.access_token(Person::ServiceUser).await;
    let clients = world.get(&format!("/api/providers/{}/organizations", id::PROVIDER), &token).await;
    let clients = clients["data"].as_array().unwrap();
    assert_eq!(clients.len(), CLIENTS as usize + 1);
    let full = clients
        .iter()
        .filter(|client| (&client["userCount"], &client["remainingSeats"]) == (&json!(100), &json!(20)));
    assert_eq!(full.count(), CLIENTS as usize);
    let sync = world.get("/api/sync", &token).await;
    assert_eq!(sync["profile"]["providerOrganizations"].as_array().unwrap().len(), CLIENTS as usize + 1);
}
