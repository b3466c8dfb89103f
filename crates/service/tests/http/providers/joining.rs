//! Invite, accept, confirm (protocol.md §5.6).

use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use crate::registration::account_of;
use crate::support::*;

const EMAIL: &str = "newcomer@brightwater.example";

async fn accept(world: &World, token: &str, row: Uuid, invitation: &str) -> (StatusCode, Value) {
    let path = format!("/api/providers/{}/users/{row}/accept", id::PROVIDER);
    world.send(Method::POST, &path, Some(token), json!({ "token": invitation })).await
}

async fn sign_in(world: &World, email: &str, password: &str) -> Value {
    let mut form = password_grant(Person::Plain);
    form[1].1 = email.into();
    form[2].1 = password.into();
    let (status, session) = world.token(&fields(&form)).await;
    assert_eq!(status, StatusCode::OK, "{session}");
    session
}

#[tokio::test]
async fn an_invited_person_without_an_account_works_for_the_provider_in_the_end() {
    let world = World::with(Config { registration: false, ..Config::without_delay() }).await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let emails =
        json!([" NewComer@Brightwater.example", EMAIL, Person::ServiceUser.email(), Person::Invited.email()]);
    assert_eq!(admin.post("/users/invite", json!({"emails": emails, "type": 1})).await, DONE);
    assert_eq!(
        world.mails("providerInvitation").await,
        1,
        "nobody who is in the list already is invited again"
    );

    let mail = world.mail("providerInvitation", EMAIL).await;
    let row: Uuid = mail.fields["providerUserId"].parse().unwrap();
    let link = &mail.fields["link"];
    assert!(link.starts_with(&world.url("/#/providers/accept-provider?")), "{link}");
    assert!(mail.body.contains(link));
    let token = mail.fields["token"].as_str();
    let expected = [
        ("providerId", id::PROVIDER.to_string()),
        ("providerUserId", row.to_string()),
        ("email", EMAIL.to_owned()),
        ("providerName", "Brightwater IT".to_owned()),
        ("token", token.to_owned()),
    ];
    assert_eq!(query(link), expected.map(|(name, value)| (name.to_owned(), value)));

    // Registration is closed but for who was invited.
    let mut account = account_of(EMAIL);
    for (wrong_token, wrong_row) in [("nonsense", row), (token, Uuid::from_u128(7))] {
        account["providerInviteToken"] = wrong_token.into();
        account["providerUserId"] = json!(wrong_row);
        let answer = world.post("/identity/accounts/register/finish", account.clone()).await;
        assert_eq!(answer, refused("Invalid provider invite token."));
    }
    account["providerInviteToken"] = token.into();
    account["providerUserId"] = json!(row);
    assert_eq!(world.post("/identity/accounts/register/finish", account.clone()).await.0, StatusCode::OK);
    let session = sign_in(&world, EMAIL, account["masterPasswordHash"].as_str().unwrap()).await;
    let newcomer = session["access_token"].as_str().unwrap();
    let state = async || {
        let people = admin.people().await;
        people.into_iter().find(|(email, ..)| email == EMAIL).map(|(_, role, status)| (role, status))
    };
    assert_eq!(state().await, Some((1, 0)), "registering accepts nothing");

    assert_eq!(accept(&world, newcomer, row, token).await, DONE);
    assert_eq!(accept(&world, newcomer, row, token).await, refused("Already accepted."));
    assert_eq!(state().await, Some((1, 1)));
    let sync = world.get("/api/sync", newcomer).await;
    assert_eq!(sync["profile"]["providers"], json!([]), "not confirmed yet");

    let keys = admin.post("/users/public-keys", ids(&[row, ADMIN, INVITED, STRANGER])).await.1;
    let user = sync["profile"]["id"].clone();
    assert_eq!(
        keys["data"],
        json!([{"object": "providerUserPublicKeyResponseModel", "id": row, "userId": user,
            "key": account["userAsymmetricKeys"]["publicKey"]}])
    );
    let before = world.get("/api/accounts/revision-date", newcomer).await.as_i64().unwrap();
    let confirm = format!("/users/{row}/confirm");
    assert_eq!(invalid(&admin.post(&confirm, json!({"key": enc("no ukey")})).await), ["Key"]);
    assert_eq!(admin.post(&confirm, json!({"key": ukey()})).await, DONE);
    assert_eq!(state().await, Some((1, 2)));
    assert_eq!(world.mails("providerUserConfirmed").await, 1);
    assert!(world.get("/api/accounts/revision-date", newcomer).await.as_i64().unwrap() > before);
    // Again: nothing happens, and nothing is said of it.
    assert_eq!(admin.post(&confirm, json!({"key": ukey()})).await, DONE);
    assert_eq!(world.mails("providerUserConfirmed").await, 1);

    // The claims are those of the old token until it is refreshed (protocol.md §5.3).
    let refresh = session["refresh_token"].as_str().unwrap();
    let (_, fresh) = world.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    let fresh = fresh["access_token"].as_str().unwrap();
    assert_eq!(world.get(&format!("/api/providers/{}", id::PROVIDER), fresh).await["name"], "Brightwater IT");
    let profile = world.get("/api/sync", fresh).await["profile"].take();
    assert_eq!(
        (&profile["providers"][0]["key"], &profile["providers"][0]["type"]),
        (&json!(ukey()), &json!(1))
    );
    assert_eq!(profile["providerOrganizations"][0]["id"], json!(id::CLIENT));

    let log = admin.log().await;
    assert_eq!(log.iter().map(|event| event["type"].as_i64().unwrap()).collect::<Vec<_>>(), [1800, 1801]);
    for event in &log {
        assert_eq!((&event["providerId"], &event["providerUserId"]), (&json!(id::PROVIDER), &json!(row)));
        assert_eq!(event["actingUserId"], json!(Person::ProviderAdmin.id()));
        assert_eq!((&event["deviceType"], &event["ipAddress"]), (&json!(8), &json!("127.0.0.1")));
        assert_eq!((&event["organizationId"], &event["userId"]), (&Value::Null, &Value::Null));
    }
}

#[tokio::test]
async fn an_invitation_admits_its_person_to_its_row_only() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let (mine, theirs) = (Person::Plain.email(), Person::TwoStep.email());
    assert_eq!(admin.post("/users/invite", json!({"emails": [mine, theirs], "type": 0})).await, DONE);
    let invited = async |email: &str| {
        let mail = world.mail("providerInvitation", email).await;
        (mail.fields["providerUserId"].parse::<Uuid>().unwrap(), mail.fields["token"].clone())
    };
    let (row, token) = invited(&mine).await;
    let (other_row, other_token) = invited(&theirs).await;
    let plain = world.access_token(Person::Plain).await;
    assert_eq!(accept(&world, &plain, Uuid::from_u128(7), &token).await, refused("User invalid."));
    for bent in [other_token.as_str(), "", "nonsense", &format!("9{token}"), &token[..token.len() - 2]] {
        assert_eq!(accept(&world, &plain, row, bent).await, refused("Invalid token."), "{bent}");
    }
    // Made for another address: nothing for whoever got hold of it.
    assert_eq!(accept(&world, &plain, other_row, &other_token).await, refused("Invalid token."));
    assert_eq!(accept(&world, &plain, SERVICE_USER, &token).await, refused("Already accepted."));
    let elsewhere = format!("/api/providers/{}/users/{row}/accept", id::OTHER_PROVIDER);
    let answer = world.send(Method::POST, &elsewhere, Some(&plain), json!({"token": token})).await;
    assert_eq!(answer, refused("User invalid."));

    // Withdrawn: the link in the mail is worth nothing any more.
    assert_eq!(admin.delete(&format!("/users/{row}")).await, DONE);
    assert_eq!(accept(&world, &plain, row, &token).await, refused("User invalid."));
    // And a new invitation is another one.
    assert_eq!(admin.post("/users/invite", json!({"emails": [mine], "type": 1})).await, DONE);
    let (new_row, new_token) = invited(&mine).await;
    assert_eq!(accept(&world, &plain, new_row, &token).await, refused("Invalid token."));
    assert_eq!(accept(&world, &plain, new_row, &new_token).await, DONE);
}

#[tokio::test]
async fn what_an_invitation_must_be_like() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let many: Vec<String> = (0..21).map(|number| format!("p{number}@brightwater.example")).collect();
    for (body, field) in [
        (json!({"emails": [], "type": 1}), "Emails"),
        (json!({"type": 1}), "Emails"),
        (json!({"emails": many, "type": 1}), "Emails"),
        (json!({"emails": ["nobody"], "type": 1}), "Emails"),
        (json!({"emails": ["a@b.example"]}), "Type"),
        (json!({"emails": ["a@b.example"], "type": 2}), "Type"),
        (json!({"emails": ["a@b.example"], "type": -1}), "Type"),
    ] {
        assert_eq!(invalid(&admin.post("/users/invite", body.clone()).await), [field], "{body}");
    }
    for body in [json!([]), json!("x"), json!({"emails": {"a": 1}}), json!({"emails": [1], "type": "admin"})]
    {
        assert_eq!(admin.post("/users/invite", body).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(world.mails("providerInvitation").await, 0);
    assert_eq!(admin.people().await.len(), 4);
}

#[tokio::test]
async fn reminders_go_to_who_is_invited_here() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(admin.post(&format!("/users/{INVITED}/reinvite"), json!({})).await, DONE);
    assert_eq!(world.mails_to(&Person::Invited.email()).await, 1);
    for other in [ADMIN, STRANGER, Uuid::from_u128(7)] {
        let answer = admin.post(&format!("/users/{other}/reinvite"), json!({})).await;
        assert_eq!(answer, DONE, "what is wrong is not told");
    }
    let answer = admin.post("/users/reinvite", ids(&[INVITED, PENDING, STRANGER, Uuid::from_u128(7)])).await;
    assert_eq!(
        person_errors(&answer),
        ["", "User invalid.", "User invalid."],
        "nothing is said of who does not exist"
    );
    assert_eq!(world.mails("providerInvitation").await, 2);
    assert_eq!(invalid(&admin.post("/users/reinvite", json!({"ids": []})).await), ["Ids"]);
    // A reminder renews the invitation and takes nothing from the one before.
    let mail = world.mail("providerInvitation", &Person::Invited.email()).await;
    let invited = world.access_token(Person::Invited).await;
    assert_eq!(accept(&world, &invited, INVITED, &mail.fields["token"]).await, DONE);
}

#[tokio::test]
async fn several_are_confirmed_at_once_and_each_fares_for_itself() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let entry = |id: Uuid| json!({"id": id, "key": ukey()});
    let keys = json!({"keys": [entry(PENDING), entry(ADMIN), entry(STRANGER), entry(INVITED), entry(Uuid::from_u128(7))]});
    let answer = admin.post("/users/confirm", keys).await;
    assert_eq!(
        person_errors(&answer),
        ["", "Invalid user.", "Invalid user."],
        "rows without a person are left out"
    );
    assert_eq!(admin.log_types().await, [1801]);
    for keys in [
        json!({"keys": []}),
        json!({"keys": [entry(PENDING), entry(PENDING)]}),
        json!({"keys": [{"id": PENDING, "key": enc("x")}]}),
    ] {
        assert_eq!(admin.post("/users/confirm", keys).await.0, StatusCode::BAD_REQUEST);
    }
    let fresh = world.access_token(Person::Pending).await;
    assert_eq!(
        world.get(&format!("/api/providers/{}/users", id::PROVIDER), &fresh).await["data"][0]["object"],
        "providerUserUserDetails"
    );
}

#[tokio::test]
async fn who_is_confirmed_by_itself_elsewhere_works_for_no_provider() {
    const WORDS: &str = "An organization the user is a part of has enabled Automatic User Confirmation policy, and it does \
                         not support the user joining a provider.";
    let store = Store::in_memory().unwrap();
    fill(&store);
    let loaded: Result<(), portico_service::bulk::BulkError> = store.bulk(|load| {
        load.organization(&organization(Uuid::from_u128(0xc9), "Robots"))?;
        for (row, person) in [(0x2f0_u128, Person::Invited), (0x2f1, Person::Pending)] {
            load.member(&portico_service::bulk::BulkMember {
                id: Uuid::from_u128(row),
                organization_id: Uuid::from_u128(0xc9),
                ..member(person, 2, 2, &[])
            })?;
        }
        load.policy(&portico_service::bulk::BulkPolicy {
            id: Uuid::from_u128(0xa9),
            organization_id: Uuid::from_u128(0xc9),
            kind: 18,
            enabled: true,
            data: None,
            revised: CREATED,
        })
    });
    loaded.unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(admin.post(&format!("/users/{INVITED}/reinvite"), json!({})).await, DONE);
    let mail = world.mail("providerInvitation", &Person::Invited.email()).await;
    let invited = world.access_token(Person::Invited).await;
    assert_eq!(accept(&world, &invited, INVITED, &mail.fields["token"]).await, refused(WORDS));
    let answer = admin.post("/users/confirm", json!({"keys": [{"id": PENDING, "key": ukey()}]})).await;
    assert_eq!(person_errors(&answer), [WORDS]);
    // The single form says nothing, and does nothing.
    assert_eq!(admin.post(&format!("/users/{PENDING}/confirm"), json!({"key": ukey()})).await, DONE);
    let states: Vec<i64> = admin.people().await.iter().map(|(.., status)| *status).collect();
    assert_eq!(states.iter().filter(|status| **status == 2).count(), 2);
}
