//! Invite, accept, confirm (protocol.md §4.6).

use portico_service::bulk::{BulkError, BulkMember, BulkOrganization, BulkProviderOrganization};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::support::*;

/// The newest invitation that went to `email`: row and token.
async fn invitation(world: &World, email: &str) -> (Uuid, String) {
    let mails = world.running.outbox().await.unwrap();
    let mail = mails.iter().rfind(|mail| mail.kind == "organizationInvitation" && mail.to == email).unwrap();
    let member = mail.fields["organizationUserId"].parse().unwrap();
    assert!(mail.fields["link"].starts_with(&world.url("/#/accept-organization?organizationId=")));
    assert!(mail.body.contains(&mail.fields["link"]));
    (member, mail.fields["token"].clone())
}

fn invite(email: &str) -> Value {
    json!({"emails": [email], "type": 2, "collections": [selection(id::WIKI, true, false, false)],
        "groups": [id::GROUP], "accessSecretsManager": false, "permissions": {}})
}

#[tokio::test]
async fn an_invited_person_becomes_a_member_step_by_step() {
    let world = World::start().await;
    let provider = Desk::in_client(&world, Person::ServiceUser).await;
    let email = Person::Plain.email();
    let mut body = invite("  PLAIN@Brightwater.example ");
    // In the letter case of old clients.
    body = json!({"Emails": body["emails"], "Type": 2, "Collections": body["collections"], "Groups": body["groups"]});
    assert_eq!(provider.post("/users/invite", body).await, DONE);
    let (member, token) = invitation(&world, &email).await;
    let row = provider.member(member).await;
    assert_eq!(row["object"], "organizationUserDetails");
    assert_eq!((&row["status"], &row["userId"], &row["email"]), (&json!(0), &Value::Null, &json!(email)));
    assert_eq!(row["groups"], json!([id::GROUP]));
    assert_eq!(row["collections"], json!([selection(id::WIKI, true, false, false)]));

    // Again and by another way: nothing new.
    assert_eq!(provider.post("/users/invite", invite(&email)).await, DONE);
    assert_eq!(world.mails("organizationInvitation").await, 1);
    assert_eq!(provider.post(&format!("/users/{member}/reinvite"), json!({})).await, DONE);
    let ids = json!({"ids": [member, Person::Member.member_id(), Uuid::from_u128(0xdead)]});
    assert_eq!(
        member_errors(&provider.post("/users/reinvite", ids).await),
        ["", "User invalid.", "User invalid."]
    );
    assert_eq!(world.mails("organizationInvitation").await, 3);

    let plain = Desk::in_client(&world, Person::Plain).await;
    let accept = format!("/users/{member}/accept");
    assert_eq!(plain.post(&accept, json!({"token": token})).await, DONE);
    assert_eq!(plain.post(&accept, json!({"token": token})).await, refused("Already accepted."));
    assert_eq!(world.mails("invitationAccepted").await, 2, "to the owner and the admin");
    let row = provider.member(member).await;
    assert_eq!((&row["status"], &row["userId"]), (&json!(1), &json!(Person::Plain.id())));
    let profile = world.get("/api/accounts/profile", &plain.token).await;
    assert_eq!(profile["organizations"], json!([]));
    assert_eq!(
        (&profile["organizationsNew"][0]["status"], &profile["organizationsNew"][0]["key"]),
        (&json!(1), &Value::Null)
    );

    let ids = json!({"ids": [member, Person::Member.member_id()]});
    let keys = provider.post("/users/public-keys", ids).await.1;
    assert_eq!(
        keys["data"],
        json!([{"object": "organizationUserPublicKeyResponseModel", "id": member, "userId": Person::Plain.id(),
            "key": "UFVCTElD"}])
    );
    let before = world.get("/api/accounts/revision-date", &plain.token).await;
    let confirm = format!("/users/{member}/confirm");
    assert_eq!(invalid(&provider.post(&confirm, json!({"key": enc("no ukey")})).await), ["Key"]);
    assert_eq!(provider.post(&confirm, json!({"key": ukey()})).await, DONE);
    assert_eq!(provider.post(&confirm, json!({"key": ukey()})).await, refused("User not valid."));
    assert_eq!(world.mails("memberConfirmed").await, 1);
    assert!(world.get("/api/accounts/revision-date", &plain.token).await.as_i64() >= before.as_i64());
    let sync = world.get("/api/sync?excludeDomains=true", &plain.token).await;
    assert_eq!(sync["profile"]["organizations"][0]["key"], json!(ukey()));
    assert_eq!(sync["collections"][0]["id"], json!(id::WIKI));
    assert_eq!(sync["ciphers"][0]["id"], json!(id::WIKI_LOGIN));

    // What the provider's staff did bears the provider's stamp, in both logs.
    let events = provider.log().await;
    assert_eq!(event_types(&events), [1500, 1501]);
    for event in &events {
        assert_eq!(event["organizationUserId"], json!(member));
        assert_eq!(event["actingUserId"], json!(Person::ServiceUser.id()));
        assert_eq!(event["providerId"], json!(id::PROVIDER));
        assert_eq!((&event["deviceType"], &event["ipAddress"]), (&json!(8), &json!("127.0.0.1")));
    }
    let admin = world.access_token(Person::ProviderAdmin).await;
    let of_staff = format!("/api/providers/{}/users/{}/events", id::PROVIDER, Uuid::from_u128(0x302));
    assert_eq!(event_types(&world.deeds(&of_staff, &admin).await), [1500, 1501]);
    let of_member = provider.get(&format!("/users/{member}/events")).await;
    assert_eq!(of_member["data"], json!([]), "what the member did, not what was done to them");
}

#[tokio::test]
async fn an_invitation_admits_its_person_to_its_row_only() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::ServiceUser).await;
    for email in [Person::Plain.email(), Person::TwoStep.email()] {
        assert_eq!(owner.post("/users/invite", invite(&email)).await, DONE);
    }
    let (member, token) = invitation(&world, &Person::Plain.email()).await;
    let (other_member, other_token) = invitation(&world, &Person::TwoStep.email()).await;
    let plain = Desk::in_client(&world, Person::Plain).await;
    let accept = async |desk: &Desk<'_>, member: Uuid, token: &str| {
        desk.post(&format!("/users/{member}/accept"), json!({"token": token})).await
    };
    assert_eq!(accept(&plain, member, &other_token).await, refused("Invalid token."));
    assert_eq!(accept(&plain, member, "").await, refused("Invalid token."));
    assert_eq!(accept(&plain, member, &format!("9{token}")).await, refused("Invalid token."));
    assert_eq!(
        accept(&plain, other_member, &other_token).await,
        refused("User email does not match invite.")
    );
    assert_eq!(accept(&plain, Uuid::from_u128(0xdead), &token).await, refused("User invalid."));
    assert_eq!(
        accept(&plain, Person::Revoked.member_id(), &token).await,
        refused("Your organization access has been revoked.")
    );
    let elsewhere = Desk::in_client(&world, Person::Plain).await.moved_to(id::OTHER_CLIENT);
    assert_eq!(accept(&elsewhere, member, &token).await, refused("User invalid."));

    // The policies of the organization are told to who holds the token.
    let policies = |member: Uuid, token: &str| {
        let path = format!("/api/organizations/{}/policies/token", id::CLIENT);
        let email = Person::Plain.email();
        let member = member.to_string();
        let query = [("token", token), ("email", &email), ("organizationUserId", &member)];
        let url = url::Url::parse_with_params(&world.url(&path), query).unwrap();
        answer(world.http.get(url))
    };
    let (status, body) = policies(member, &token).await;
    assert_eq!(
        (status, &body["data"][0]["type"], &body["data"][0]["object"]),
        (StatusCode::OK, &json!(1), &json!("policy"))
    );
    assert_eq!(policies(other_member, &token).await, not_found());
    assert_eq!(policies(member, &other_token).await, not_found());
    assert_eq!(accept(&plain, member, &token).await, DONE);
    assert_eq!(policies(member, &token).await, not_found(), "no longer invited");

    // In bulk, rows fare one by one.
    let body = json!({"keys": [{"id": member, "key": ukey()}, {"id": other_member, "key": ukey()}]});
    assert_eq!(member_errors(&owner.post("/users/confirm", body).await), ["", "User not valid."]);
}

#[tokio::test]
async fn invitations_are_checked_before_anybody_is_invited() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let many: Vec<_> = (0..21).map(|number| format!("m{number}@harbour.example")).collect();
    for (change, field) in [
        (json!({"emails": []}), "Emails"),
        (json!({"emails": null}), "Emails"),
        (json!({"emails": ["nobody"]}), "Emails"),
        (json!({"emails": ["a b@harbour.example"]}), "Emails"),
        (json!({"emails": [format!("{}@harbour.example", "a".repeat(256))]}), "Emails"),
        (json!({"emails": many}), "Emails"),
        (json!({"type": 3}), "Type"),
        (json!({"type": null}), "Type"),
        (json!({"type": "0"}), ""),
        (json!({"emails": [1]}), ""),
        (json!({"groups": [1]}), ""),
        (json!({"groups": vec![id::GROUP; 2001]}), "Groups"),
    ] {
        let mut body = invite("new@harbour.example");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(invalid(&owner.post("/users/invite", body).await), [field], "{change}");
    }
    for (change, expected) in [
        (json!({"groups": [Uuid::from_u128(0xdead)]}), not_found()),
        (json!({"collections": [selection(Uuid::from_u128(0xdead), false, false, false)]}), not_found()),
        // Nobody manages it: it is every admin's.
        (json!({"collections": [selection(id::SAFE, false, false, false)]}), DONE),
        (
            json!({"collections": [selection(id::WIKI, true, false, true)]}),
            refused(
                "The Manage property is mutually exclusive and cannot be true while the ReadOnly or HidePasswords \
                 properties are also true.",
            ),
        ),
    ] {
        let mut body = invite("new@harbour.example");
        body["collections"] = json!([]);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(owner.post("/users/invite", body).await, expected, "{change}");
    }
    assert_eq!(owner.post("/users/invite", json!("text")).await.0, StatusCode::BAD_REQUEST);
    // The owner reaches the wiki by no way and it has a manager: granting it is not the owner's.
    assert_eq!(owner.post("/users/invite", invite("other@harbour.example")).await, not_found());
}

#[tokio::test]
async fn a_client_grows_only_as_far_as_its_provider_bought_seats() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let body = |emails: &[&str]| json!({"emails": emails, "type": 2});
    // Ten seats; owner, admin, three customs, member, pending and an invitation take eight.
    let problem = refused("Seat limit has been reached. Please contact your provider to add more seats.");
    assert_eq!(
        owner.post("/users/invite", body(&["a@h.example", "b@h.example", "c@h.example"])).await,
        problem
    );
    assert_eq!(world.mails("organizationInvitation").await, 0);
    assert_eq!(owner.post("/users/invite", body(&["a@h.example", "b@h.example", "A@h.example"])).await, DONE);
    assert_eq!(owner.post("/users/invite", body(&["c@h.example"])).await, problem);
    let revoked = Person::Revoked.member_id();
    assert_eq!(owner.put(&format!("/users/{revoked}/restore"), json!({})).await, problem);
    let leaving = owner.member_of("a@h.example").await;
    assert_eq!(owner.delete(&format!("/users/{leaving}")).await, DONE);
    assert_eq!(owner.put(&format!("/users/{revoked}/restore"), json!({})).await, DONE);
    let metadata = owner.get("/billing/metadata").await;
    assert_eq!((&metadata["organizationOccupiedSeats"], &metadata["isManaged"]), (&json!(10), &json!(true)));
}

#[tokio::test]
async fn whoever_was_invited_may_register_where_registration_is_closed() {
    let config = portico_service::Config { registration: false, ..portico_service::Config::without_delay() };
    let world = World::with(config).await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let email = "newcomer@harbour.example";
    assert_eq!(owner.post("/users/invite", json!({"emails": [email], "type": 2})).await, DONE);
    let (member, token) = invitation(&world, email).await;
    let register = |email: &str, token: &str| {
        world.post(
            "/identity/accounts/register/finish",
            json!({"email": email, "orgInviteToken": token, "organizationUserId": member, "kdf": 0,
                "kdfIterations": 600_000, "masterPasswordHash": "hash", "userSymmetricKey": enc("key"),
                "userAsymmetricKeys": {"publicKey": "QUFB".repeat(98), "encryptedPrivateKey": enc("private")}}),
        )
    };
    let bad = refused("Organization invite token is invalid.");
    assert_eq!(register("somebody@harbour.example", &token).await, bad);
    assert_eq!(register(email, "nonsense").await, bad);
    // A door that was shut again: the invitation is revoked, then given back.
    let set = async |what: &str| owner.put(&format!("/users/{member}/{what}"), json!({})).await;
    assert_eq!(set("revoke").await, DONE);
    assert_eq!(register(email, &token).await, bad);
    assert_eq!(set("restore").await, DONE);
    assert_eq!(register(email, &token).await.0, StatusCode::OK);
    let mut form = password_grant(Person::Plain);
    (form[1].1, form[2].1) = (email.into(), "hash".into());
    let (_, signed_in) = world.token(&fields(&form)).await;
    let path = format!("/api/organizations/{}/users/{member}/accept", id::CLIENT);
    let token_of_newcomer = signed_in["access_token"].as_str();
    assert_eq!(world.send(Method::POST, &path, token_of_newcomer, json!({"token": token})).await, DONE);
}

/// An organization that somebody set up for a first owner: without keys, switched off, and nobody in it.
#[tokio::test]
async fn the_first_owner_brings_the_keys_and_is_confirmed_at_once() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let (pending, row) = (Uuid::from_u128(0xc9), Uuid::from_u128(0x2f9));
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        load.organization(&BulkOrganization {
            status: 0,
            enabled: false,
            public_key: None,
            private_key: None,
            ..organization(pending, "Set up by the staff")
        })?;
        load.member(&BulkMember {
            id: row,
            organization_id: pending,
            user_id: None,
            email: Some(Person::Plain.email()),
            key: None,
            ..member(Person::Plain, 0, 0, &[])
        })
    });
    loaded.unwrap();
    let world = World::over(store.clone(), Config::without_delay()).await;
    // The staff of a provider own what they administer, so they may send the invitation.
    let link = BulkProviderOrganization {
        id: Uuid::from_u128(0xe9),
        provider_id: id::PROVIDER,
        organization_id: pending,
        key: Some(enc("orgkey")),
        created: CREATED,
        revised: CREATED,
    };
    store.bulk::<_, BulkError>(|load| load.provider_organization(&link)).unwrap();
    let staff = Desk::in_client(&world, Person::ProviderAdmin).await.moved_to(pending);
    assert_eq!(staff.post(&format!("/users/{row}/reinvite"), json!({})).await, DONE);
    let (member, token) = invitation(&world, &Person::Plain.email()).await;
    assert_eq!(member, row);

    let keys = json!({"publicKey": "QUFB".repeat(98), "encryptedPrivateKey": enc("private")});
    let body = json!({"token": token, "key": ukey(), "keys": keys, "collectionName": enc("first")});
    let path = format!("/users/{row}/accept-init");
    let bent = |member: &str, value: Value| {
        let mut body = body.clone();
        body[member] = value;
        body
    };
    let plain = Desk::in_client(&world, Person::Plain).await.moved_to(pending);
    assert_eq!(plain.post(&path, bent("token", json!("1.x"))).await, refused("Invalid token."));
    assert_eq!(invalid(&plain.post(&path, bent("key", Value::Null)).await), ["Key"]);
    assert_eq!(invalid(&plain.post(&path, bent("key", json!(enc("no ukey")))).await), ["Key"]);
    assert_eq!(
        invalid(
            &plain
                .post(&path, bent("keys", json!({"publicKey": "x", "encryptedPrivateKey": enc("p")})))
                .await
        ),
        ["PublicKey"]
    );
    let stranger = Desk::in_client(&world, Person::Member).await.moved_to(pending);
    assert_eq!(stranger.post(&path, body.clone()).await, refused("User email does not match invite."));
    assert_eq!(plain.post(&path, body.clone()).await, DONE);
    assert_eq!(plain.post(&path, body.clone()).await, refused("Already accepted."));

    let sync = world.get("/api/sync", &plain.token).await;
    let own = &sync["profile"]["organizations"][0];
    assert_eq!(
        (
            &own["id"],
            &own["key"],
            &own["status"],
            &own["type"],
            &own["enabled"],
            &own["hasPublicAndPrivateKeys"]
        ),
        (&json!(pending), &json!(ukey()), &json!(2), &json!(0), &json!(true), &json!(true))
    );
    assert_eq!(
        (&sync["collections"][0]["name"], &sync["collections"][0]["manage"]),
        (&json!(enc("first")), &json!(true))
    );
    let public = world.get(&format!("/api/organizations/{pending}/public-key"), &plain.token).await;
    assert_eq!(public["publicKey"], keys["publicKey"]);
    assert!(plain.log_types().await.ends_with(&[1501]));

    // Where there are keys already, nobody replaces them.
    let client = Desk::in_client(&world, Person::Owner).await;
    assert_eq!(
        client.post("/users/invite", json!({"emails": ["twostep@brightwater.example"], "type": 0})).await,
        DONE
    );
    let (member, token) = invitation(&world, "twostep@brightwater.example").await;
    let two_step = Desk::in_client(&world, Person::TwoStep).await;
    let answered = two_step.post(&format!("/users/{member}/accept-init"), bent("token", json!(token))).await;
    assert_eq!(answered, refused("Organization is already enabled."));
}
