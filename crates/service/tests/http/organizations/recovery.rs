//! Account recovery (protocol.md §4.6, §4.8 policy 8).

use portico_service::bulk::BulkError;
use portico_service::{Config, Permission, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::*;
use crate::two_step::set_up_email;

#[tokio::test]
async fn an_admin_gives_a_member_a_new_password() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let member = Desk::in_client(&world, Person::Member).await;
    let enrolment = format!("/users/{}/reset-password-enrollment", Person::Member.id());
    let enrol = json!({"resetPasswordKey": ukey(), "masterPasswordHash": Person::Member.password()});
    assert_eq!(
        member.put(&enrolment, enrol.clone()).await,
        refused("Organization does not have the password reset policy enabled.")
    );
    for (policy, data) in [(3, Value::Null), (8, json!({"autoEnrollEnabled": false}))] {
        let body = json!({"policy": {"enabled": true, "data": data}});
        assert_eq!(owner.put(&format!("/policies/{policy}"), body).await.0, StatusCode::OK);
    }
    let wrong = json!({"resetPasswordKey": ukey(), "masterPasswordHash": "wrong"});
    assert_eq!(member.put(&enrolment, wrong).await, refused("User verification failed."));
    let strangers = format!("/users/{}/reset-password-enrollment", Person::Owner.id());
    assert_eq!(member.put(&strangers, enrol.clone()).await, not_found(), "only oneself");
    assert_eq!(member.put(&enrolment, enrol.clone()).await, DONE);

    let details = owner.get(&format!("/users/{}/reset-password-details", Person::Member.member_id())).await;
    assert_eq!(
        details,
        json!({"object": "organizationUserResetPasswordDetails", "organizationUserId": Person::Member.member_id(),
            "kdf": 0, "kdfIterations": 600_000, "kdfMemory": null, "kdfParallelism": null,
            "masterPasswordSalt": Person::Member.email(), "resetPasswordKey": ukey(),
            "encryptedPrivateKey": enc("orgprivate")})
    );
    let ids = json!({"ids": [Person::Admin.member_id(), Person::Member.member_id()]});
    let (_, several) = owner.post("/users/account-recovery-details", ids).await;
    assert_eq!(several["data"], json!([details]), "those who are enrolled");
    let recover = format!("/users/{}/recover-account", Person::Member.member_id());
    for (hash, key, field) in [
        ("", enc("rewrapped"), "NewMasterPasswordHash"),
        (&*"h".repeat(301), enc("rewrapped"), "NewMasterPasswordHash"),
        ("temporary", String::new(), "Key"),
        ("temporary", long_enc(1_001), "Key"),
    ] {
        let body = json!({"newMasterPasswordHash": hash, "key": key});
        assert_eq!(invalid(&owner.put(&recover, body).await), [field]);
    }
    let body = json!({"newMasterPasswordHash": "temporary", "key": enc("rewrapped")});
    assert_eq!(owner.put(&recover, body.clone()).await, DONE);
    assert_eq!(world.mails("accountRecovered").await, 1);
    let (status, _) = answer(world.request(reqwest::Method::GET, "/api/sync", Some(&member.token))).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "every session ended");

    let mut form = password_grant(Person::Member);
    form[2].1 = "temporary".into();
    let (status, signed_in) = world.token(&fields(&form)).await;
    assert_eq!((status, &signed_in["ForcePasswordReset"]), (StatusCode::OK, &json!(true)));
    assert_eq!(signed_in["Key"], json!(enc("rewrapped")));
    let token = signed_in["access_token"].as_str().unwrap();
    assert_eq!(world.get("/api/accounts/profile", token).await["forcePasswordReset"], true);
    let own = json!({"newMasterPasswordHash": "my own", "key": enc("mine"), "masterPasswordHint": null});
    let update =
        || world.send(reqwest::Method::PUT, "/api/accounts/update-temp-password", Some(token), own.clone());
    assert_eq!(update().await, DONE);
    form[2].1 = "my own".into();
    let (_, signed_in) = world.token(&fields(&form)).await;
    assert_eq!(signed_in["ForcePasswordReset"], false);
    let token = signed_in["access_token"].as_str().unwrap();
    let (_, again) = world
        .send(reqwest::Method::PUT, "/api/accounts/update-temp-password", Some(token), own.clone())
        .await;
    assert_eq!(again, envelope("User does not have a temporary password to update."));

    // Nobody recovers the account of somebody above; nobody who withdrew.
    let path = format!("/api/organizations/{}{enrolment}", id::CLIENT);
    let withdrawn =
        world.send(reqwest::Method::PUT, &path, Some(token), json!({"resetPasswordKey": null})).await;
    assert_eq!(withdrawn, DONE);
    assert_eq!(owner.put(&recover, body.clone()).await, refused("Organization User not valid"));
    let of_owner = format!("/users/{}/reset-password-enrollment", Person::Owner.id());
    let enrol = json!({"resetPasswordKey": ukey(), "masterPasswordHash": Person::Owner.password()});
    assert_eq!(owner.put(&of_owner, enrol).await, DONE);
    let admin = Desk::in_client(&world, Person::Admin).await;
    assert_eq!(
        admin.put(&format!("/users/{}/recover-account", Person::Owner.member_id()), body).await,
        refused("You are not permitted to recover this user's account.")
    );
    assert_eq!(owner.log_types().await, [1700, 1700, 1506, 1508, 1008, 1507, 1506]);
}

#[tokio::test]
async fn an_admin_resets_two_step_login_with_a_new_password_and_without() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    for (policy, data) in [(3, Value::Null), (8, json!({"autoEnrollEnabled": false}))] {
        let body = json!({"policy": {"enabled": true, "data": data}});
        assert_eq!(owner.put(&format!("/policies/{policy}"), body).await.0, StatusCode::OK);
    }
    let person = Person::Member;
    let member = Desk::in_client(&world, person).await;
    let enrol = json!({"resetPasswordKey": ukey(), "masterPasswordHash": person.password()});
    assert_eq!(member.put(&format!("/users/{}/reset-password-enrollment", person.id()), enrol).await, DONE);
    let recover = format!("/users/{}/recover-account", person.member_id());
    set_up_email(&world, person, &member.token, "second@step.example").await;
    let nothing = json!({"resetMasterPassword": false, "resetTwoFactor": false});
    assert_eq!(owner.put(&recover, nothing).await.0, StatusCode::BAD_REQUEST);
    let sign_in = async |password: &str| {
        let mut form = password_grant(person);
        form[2].1 = password.to_owned();
        world.token(&fields(&form)).await
    };
    assert_eq!(sign_in(&person.password()).await.0, StatusCode::BAD_REQUEST, "the second step is on");

    let alone = json!({"resetMasterPassword": false, "resetTwoFactor": true, "newMasterPasswordHash": null,
        "key": null});
    assert_eq!(owner.put(&recover, alone.clone()).await, DONE);
    let (status, signed_in) = sign_in(&person.password()).await;
    assert_eq!((status, &signed_in["ForcePasswordReset"]), (StatusCode::OK, &json!(false)));
    let (status, _) = answer(world.request(reqwest::Method::GET, "/api/sync", Some(&member.token))).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "every session ended");

    let token = signed_in["access_token"].as_str().unwrap();
    set_up_email(&world, person, token, "second@step.example").await;
    let both = json!({"resetMasterPassword": true, "resetTwoFactor": true,
        "newMasterPasswordHash": "temporary", "key": enc("rewrapped")});
    assert_eq!(owner.put(&recover, both).await, DONE);
    let (status, signed_in) = sign_in("temporary").await;
    assert_eq!((status, &signed_in["ForcePasswordReset"]), (StatusCode::OK, &json!(true)));
    assert_eq!(world.mails("accountRecovered").await, 2);
    assert_eq!(owner.log_types().await, [1700, 1700, 1506, 1002, 1519, 1002, 1508, 1519]);

    // Where the second step is demanded, who has none left is out, by the hand of who took it.
    let token = signed_in["access_token"].as_str().unwrap();
    let own = json!({"newMasterPasswordHash": person.password(), "key": enc("mine")});
    let path = "/api/accounts/update-temp-password";
    assert_eq!(world.send(reqwest::Method::PUT, path, Some(token), own).await, DONE);
    let token = world.access_token(person).await;
    set_up_email(&world, person, &token, "second@step.example").await;
    let demanded = json!({"policy": {"enabled": true, "data": null}});
    assert_eq!(owner.put("/policies/0", demanded).await.0, StatusCode::OK);
    assert_eq!(owner.put(&recover, alone).await, DONE);
    assert_eq!(owner.get(&format!("/users/{}", person.member_id())).await["status"], -1);
    let log = owner.log().await;
    let [.., reset, revoked] = &log[..] else { panic!("{log:?}") };
    assert_eq!((&reset["type"], &revoked["type"]), (&json!(1519), &json!(1520)));
    assert_eq!(revoked["actingUserId"], json!(Person::Owner.id()));
}

/// What opens somebody's user key is for those who may recover the account, and only while accounts are recovered at all.
#[tokio::test]
async fn details_are_for_those_who_may_recover() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    for (policy, data) in [(3, Value::Null), (8, json!({"autoEnrollEnabled": false}))] {
        let body = json!({"policy": {"enabled": true, "data": data}});
        assert_eq!(owner.put(&format!("/policies/{policy}"), body).await.0, StatusCode::OK);
    }
    let people = [Person::Owner, Person::Admin, Person::Member];
    for person in people {
        let enrol = json!({"resetPasswordKey": ukey(), "masterPasswordHash": person.password()});
        let path = format!("/users/{}/reset-password-enrollment", person.id());
        assert_eq!(Desk::in_client(&world, person).await.put(&path, enrol).await, DONE);
    }
    let custom =
        json!({"type": 4, "permissions": {"manageResetPassword": true}, "collections": [], "groups": []});
    assert_eq!(owner.put(&format!("/users/{}", Person::CustomBare.member_id()), custom).await, DONE);
    let ids = json!({"ids": people.map(Person::member_id)});
    let of = |person: Person| format!("/users/{}/reset-password-details", person.member_id());
    let above = refused("You are not permitted to recover this user's account.");
    for (caller, beneath) in [
        (Person::Owner, &people[..]),
        (Person::ProviderAdmin, &people[..]),
        (Person::Admin, &people[1..]),
        (Person::CustomBare, &people[2..]),
    ] {
        let desk = Desk::in_client(&world, caller).await;
        for person in people {
            let answer = desk.try_get(&of(person)).await;
            if beneath.contains(&person) {
                assert_eq!(answer.0, StatusCode::OK, "{caller:?} of {person:?}");
            } else {
                assert_eq!(answer, above, "{caller:?} of {person:?}");
            }
        }
        let (_, several) = desk.post("/users/account-recovery-details", ids.clone()).await;
        let seen: Vec<_> =
            several["data"].as_array().unwrap().iter().map(|one| one["organizationUserId"].clone()).collect();
        let expected: Vec<_> = beneath.iter().map(|person| json!(person.member_id())).collect();
        assert_eq!(seen, expected, "{caller:?}");
    }

    let off = json!({"policy": {"enabled": false, "data": null}});
    assert_eq!(owner.put("/policies/8", off).await.0, StatusCode::OK);
    let no_policy = refused("Organization does not have the password reset policy enabled.");
    assert_eq!(owner.try_get(&of(Person::Member)).await, no_policy);
    assert_eq!(owner.post("/users/account-recovery-details", ids).await, no_policy);
}

#[tokio::test]
async fn automatic_enrolment_binds_whoever_accepts() {
    let world = World::start().await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    for (policy, data) in [(3, Value::Null), (8, json!({"autoEnrollEnabled": true}))] {
        let body = json!({"policy": {"enabled": true, "data": data}});
        assert_eq!(owner.put(&format!("/policies/{policy}"), body).await.0, StatusCode::OK);
    }
    let plain = Desk::in_client(&world, Person::Plain).await;
    assert_eq!(
        plain.get("/auto-enroll-status").await,
        json!({"object": "organizationAutoEnrollStatus", "id": id::CLIENT, "resetPasswordEnabled": true})
    );
    assert_eq!(
        owner.post("/users/invite", json!({"emails": [Person::Plain.email()], "type": 2})).await,
        DONE
    );
    let mails = world.running.outbox().await.unwrap();
    let mail = mails.iter().rfind(|mail| mail.kind == "organizationInvitation").unwrap();
    let (member, token) = (&mail.fields["organizationUserId"], &mail.fields["token"]);
    let accept = format!("/users/{member}/accept");
    assert_eq!(
        plain.post(&accept, json!({"token": token})).await,
        refused("Master Password reset is required, but not provided.")
    );
    assert_eq!(plain.post(&accept, json!({"token": token, "resetPasswordKey": ukey()})).await, DONE);
    assert_eq!(owner.log_types().await, [1700, 1700, 1500, 1506]);
    let row = owner.get(&format!("/users/{member}")).await;
    assert_eq!((&row["status"], &row["resetPasswordEnrolled"]), (&json!(1), &json!(true)));
    assert_eq!(owner.post(&format!("/users/{member}/confirm"), json!({"key": ukey()})).await, DONE);
    let enrolment = format!("/users/{}/reset-password-enrollment", Person::Plain.id());
    assert_eq!(
        plain.put(&enrolment, json!({"resetPasswordKey": null})).await,
        refused("Due to an Enterprise Policy, you are not allowed to withdraw from account recovery.")
    );
}

#[tokio::test]
async fn who_may_recover_accounts_alone_sees_whose_can_be() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let helper = member(Person::Plain, 4, 2, &[Permission::ManageResetPassword]);
    store.bulk::<_, BulkError>(|load| load.member(&helper)).unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let owner = Desk::in_client(&world, Person::Owner).await;
    let helper = Desk::in_client(&world, Person::Plain).await;
    let seen = async || {
        let members = helper.get("/users").await["data"].as_array().unwrap().clone();
        members.into_iter().map(|member| member["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(seen().await, [] as [Value; 0]);
    for policy in [3, 8] {
        let body = json!({"policy": {"enabled": true, "data": null}});
        assert_eq!(owner.put(&format!("/policies/{policy}"), body).await.0, StatusCode::OK);
    }
    let path = format!("/users/{}/reset-password-enrollment", Person::Member.id());
    let enrol = json!({"resetPasswordKey": ukey(), "masterPasswordHash": Person::Member.password()});
    assert_eq!(Desk::in_client(&world, Person::Member).await.put(&path, enrol).await, DONE);
    assert_eq!(seen().await, [json!(Person::Member.member_id())]);
    assert_eq!(owner.get("/users").await["data"].as_array().unwrap().len(), 10);
}
