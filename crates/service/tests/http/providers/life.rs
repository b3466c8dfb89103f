//! From the staff's invitation to the end of a provider (protocol.md §5.5).

use portico_service::{ClientItems, NewProvider, ProviderKind, StaffError, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::registration::account_of;
use crate::support::*;

fn msp(owner: &str) -> NewProvider {
    NewProvider {
        kind: ProviderKind::Msp { teams_minimum: 5, enterprise_minimum: 10 },
        owner_email: owner.into(),
        client_items: ClientItems::Read,
    }
}

fn set_up(token: &str) -> Value {
    json!({
        "name": "  Kestrel IT ", "businessName": "Kestrel IT GmbH", "billingEmail": " Bills@Kestrel.example ",
        "token": token, "key": ukey(), "paymentMethod": {"type": "card", "token": "made up"},
        "billingAddress": {"country": "de", "postalCode": "10115", "line1": "Invalidenstraße 1", "line2": null,
            "city": "Berlin", "state": null, "taxId": {"code": "eu_vat", "value": "DE000000000"}},
    })
}

#[tokio::test]
async fn a_provider_is_set_up_by_whom_the_staff_invited() {
    let world = World::start().await;
    let created = world
        .store
        .create_provider(&msp(" PLAIN@brightwater.example"), Some(world.running.base_url()))
        .unwrap();
    assert!(created.owner_has_account);
    let mail = world.mail("providerSetup", &Person::Plain.email()).await;
    assert_eq!(mail.fields["link"], created.link);
    assert!(created.link.starts_with(&world.url("/#/providers/setup-provider?")), "{}", created.link);
    let token = mail.fields["token"].clone();
    let expected =
        [("providerId", created.id.to_string()), ("email", Person::Plain.email()), ("token", token.clone())];
    assert_eq!(query(&created.link), expected.map(|(name, value)| (name.to_owned(), value)));

    let session = world.sign_in(Person::Plain).await;
    let owner =
        Desk::at_provider_with(&world, session["access_token"].as_str().unwrap().into()).moved_to(created.id);
    // Only the link shows it (protocol.md §5.5).
    assert_eq!(world.get("/api/sync", &owner.token).await["profile"]["providers"], json!([]));
    assert_eq!(owner.get("").await["name"], "");
    assert_eq!(owner.try_get("/billing/subscription").await.0, UNAUTHORIZED, "not billable yet");
    assert_eq!(owner.post("/clients", json!({})).await.0, StatusCode::BAD_REQUEST);

    for (field, value, complaint) in [
        ("name", json!(""), "Name"),
        ("name", json!("n".repeat(51)), "Name"),
        ("billingEmail", json!("nobody"), "BillingEmail"),
        ("key", json!(enc("no ukey")), "Key"),
        ("token", Value::Null, "Token"),
        ("paymentMethod", Value::Null, "PaymentMethod"),
        ("paymentMethod", json!({"type": "cash", "token": "x"}), "Type"),
        ("paymentMethod", json!({"type": "card", "token": " "}), "Token"),
        ("billingAddress", Value::Null, "BillingAddress"),
        ("billingAddress", json!({"country": "D1", "postalCode": "1"}), "Country"),
        ("billingAddress", json!({"country": "DE"}), "PostalCode"),
    ] {
        let mut body = set_up(&token);
        body[field] = value;
        assert_eq!(invalid(&owner.post("/setup", body.clone()).await), [complaint], "{body}");
    }
    for bent in ["nonsense", &format!("9{token}"), ""] {
        assert_eq!(owner.post("/setup", set_up(bent)).await, refused("Invalid token."), "{bent}");
    }
    // The token of another provider is another token.
    let other =
        world.store.create_provider(&msp(&Person::Plain.email()), Some(world.running.base_url())).unwrap();
    let others = query(&other.link).pop().unwrap().1;
    assert_eq!(owner.post("/setup", set_up(&others)).await, refused("Invalid token."));

    let (status, answer) = owner.post("/setup", set_up(&token)).await;
    assert_eq!(
        (status, &answer["object"], &answer["id"]),
        (StatusCode::OK, &json!("provider"), &json!(created.id))
    );
    assert_eq!(
        (&answer["name"], &answer["billingEmail"]),
        (&json!("Kestrel IT"), &json!("bills@kestrel.example"))
    );
    assert_eq!(owner.post("/setup", set_up(&token)).await, refused("Provider is already setup."));

    let profile = world.get("/api/sync", &owner.token).await["profile"].take();
    let provider = &profile["providers"][0];
    assert_eq!((&provider["id"], &provider["key"]), (&json!(created.id), &json!(ukey())));
    assert_eq!(
        (&provider["providerStatus"], &provider["type"], &provider["status"]),
        (&json!(2), &json!(0), &json!(2))
    );
    let subscription = owner.get("/billing/subscription").await;
    let minimums: Vec<_> = subscription["plans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| (plan["type"].clone(), plan["seatMinimum"].clone()))
        .collect();
    assert_eq!(minimums, [(json!(17), json!(5)), (json!(19), json!(10))]);
    let source = &subscription["paymentSource"];
    assert_eq!((&source["type"], &source["needsVerification"]), (&json!(0), &json!(false)));
    assert!(source["description"].as_str().unwrap().contains("nothing is charged"), "the service says so");
    assert_eq!(subscription["taxInformation"]["taxId"], "DE000000000");
    assert_eq!(owner.get("/billing/vnext/address").await["country"], "DE");
}

#[tokio::test]
async fn who_has_no_account_registers_and_then_sets_the_provider_up() {
    const OWNER: &str = "owner@kestrel.example";
    let world = World::start().await;
    let created = world.store.create_provider(&msp(OWNER), Some(world.running.base_url())).unwrap();
    assert!(!created.owner_has_account);
    let path = "/identity/accounts/register/send-verification-email";
    let (_, verification) = world.post(path, json!({"email": OWNER})).await;
    let mut account = account_of(OWNER);
    account["emailVerificationToken"] = verification;
    assert_eq!(world.post("/identity/accounts/register/finish", account.clone()).await.0, StatusCode::OK);
    let mut form = password_grant(Person::Plain);
    form[1].1 = OWNER.into();
    form[2].1 = account["masterPasswordHash"].as_str().unwrap().into();
    let (_, session) = world.token(&fields(&form)).await;
    let owner =
        Desk::at_provider_with(&world, session["access_token"].as_str().unwrap().into()).moved_to(created.id);
    // An address alone proves little where no mail is asked for: until the link from the mail was shown, nothing happens.
    let not_yet = refused("The provider is not set up yet.");
    let names = json!({"name": "Kestrel", "billingEmail": OWNER});
    assert_eq!(owner.put("", names).await, not_yet);
    assert_eq!(owner.post("/users/invite", json!({"emails": ["a@b.example"], "type": 0})).await, not_yet);
    assert_eq!(owner.delete("").await, not_yet);
    assert_eq!(owner.get("").await["name"], "");
    let token = query(&created.link).pop().unwrap().1;
    assert_eq!(owner.post("/setup", set_up(&token)).await.0, StatusCode::OK);
    assert_eq!(owner.people().await, [(OWNER.to_owned(), 0, 2)]);
}

#[tokio::test]
async fn staff_are_told_what_cannot_be() {
    let world = World::start().await;
    assert!(matches!(
        world.store.create_provider(&msp("nobody"), Some(world.running.base_url())),
        Err(StaffError::NotAnAddress)
    ));
    let nowhere = Uuid::from_u128(7);
    assert!(matches!(
        world.store.provider_deletion_link(nowhere, Some(world.running.base_url())),
        Err(StaffError::NoSuchProvider)
    ));
    assert!(matches!(world.store.set_provider_enabled(nowhere, true), Err(StaffError::NoSuchProvider)));
    // Where the service ran last is where links lead that are made later.
    let asked = world.get("/api/accounts/profile", &world.access_token(Person::Plain).await).await;
    assert_eq!(asked["email"], Person::Plain.email());
    let created = world.store.create_provider(&msp("a@b.example"), None).unwrap();
    assert!(created.link.starts_with(&world.url("/#/providers/setup-provider?")));
    let fresh = Store::in_memory().unwrap();
    assert!(matches!(fresh.create_provider(&msp("a@b.example"), None), Err(StaffError::NoAddress)));
    let base = "https://vault.brightwater.example/portico/".parse().unwrap();
    let created = fresh.create_provider(&msp("a@b.example"), Some(&base)).unwrap();
    assert!(
        created.link.starts_with("https://vault.brightwater.example/portico/#/providers/setup-provider?")
    );
}

#[tokio::test]
async fn names_and_the_billing_address_change() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let body =
        json!({"name": "Brightwater & Co", "businessName": null, "billingEmail": "New@Brightwater.example"});
    let (status, answer) = admin.put("", body.clone()).await;
    assert_eq!((status, &answer["name"]), (StatusCode::OK, &json!("Brightwater & Co")));
    assert_eq!(
        (&answer["businessName"], &answer["billingEmail"]),
        (&Value::Null, &json!("new@brightwater.example"))
    );
    assert_eq!(admin.post("", body).await.1, admin.get("").await);
    for (body, complaint) in [
        (json!({"name": "", "billingEmail": "a@b.example"}), "Name"),
        (json!({"name": "x"}), "BillingEmail"),
        (json!({"name": "x", "billingEmail": "a@b.example", "businessName": "b".repeat(51)}), "BusinessName"),
    ] {
        assert_eq!(invalid(&admin.put("", body).await), [complaint]);
    }
    let client = world.access_token(Person::Owner).await;
    let organization = world.get(&format!("/api/organizations/{}", id::CLIENT), &client).await;
    assert_eq!(organization["billingEmail"], "billing@brightwater.example", "clients' own stay");
    assert_eq!(
        world.get("/api/accounts/profile", &client).await["organizations"][0]["providerName"],
        "Brightwater & Co"
    );
}

#[tokio::test]
async fn a_deleted_provider_leaves_its_clients_alone() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let service_user = world.access_token(Person::ServiceUser).await;
    let owner = world.access_token(Person::Owner).await;
    let revised = async |token: &str| world.get("/api/accounts/revision-date", token).await.as_i64().unwrap();
    let before = (revised(&service_user).await, revised(&owner).await);
    assert_eq!(admin.delete("").await, DONE);
    assert!(revised(&service_user).await > before.0 && revised(&owner).await > before.1);
    assert_eq!(admin.delete("").await.0, StatusCode::FORBIDDEN, "there is nobody of it any more");
    let profile = world.get("/api/accounts/profile", &service_user).await;
    assert_eq!((&profile["providers"], &profile["providerOrganizations"]), (&json!([]), &json!([])));
    let membership = world.get("/api/accounts/profile", &owner).await["organizations"][0].take();
    assert_eq!((&membership["id"], &membership["providerId"]), (&json!(id::CLIENT), &Value::Null));
    // It pays for itself now, and its owner sees what.
    let path = format!("/api/organizations/{}/subscription", id::CLIENT);
    assert_eq!(world.get(&path, &owner).await["subscription"]["status"], "active");
}

#[tokio::test]
async fn a_link_deletes_a_provider_without_a_sign_in() {
    let world = World::start().await;
    let link = world.store.provider_deletion_link(id::PROVIDER, Some(world.running.base_url())).unwrap();
    assert!(link.starts_with(&world.url("/#/verify-recover-delete-provider?")), "{link}");
    let parts = query(&link);
    let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["providerId", "token", "name"]);
    assert_eq!(world.mail("providerDeletion", "accounts@brightwater.example").await.fields["link"], link);
    let token = &parts[1].1;
    let delete = async |provider: Uuid, token: &str| {
        let path = format!("/api/providers/{provider}/delete-recover-token");
        world.send(Method::POST, &path, None, json!({ "token": token })).await
    };
    assert_eq!(delete(id::OTHER_PROVIDER, token).await, refused("Invalid token."));
    assert_eq!(delete(id::PROVIDER, "nonsense").await, refused("Invalid token."));
    assert_eq!(delete(id::PROVIDER, token).await, DONE);
    assert_eq!(delete(id::PROVIDER, token).await, not_found());
    assert_eq!(delete(id::OTHER_PROVIDER, token).await, refused("Invalid token."));
}
