use base64::Engine;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const OK: StatusCode = StatusCode::OK;

fn secret(person: Person) -> Value {
    json!({ "masterPasswordHash": person.password() })
}

/// `body` with the person's password.
fn with_secret(person: Person, mut body: Value) -> Value {
    body["masterPasswordHash"] = person.password().into();
    body
}

/// The code that an authenticator shows for a secret in base32, `steps` of thirty seconds from now.
fn code_of(secret: &str, steps: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let bits: Vec<u8> = secret
        .bytes()
        .flat_map(|c| {
            let value = if c.is_ascii_digit() { c - b'2' + 26 } else { c - b'A' };
            (0..5).rev().map(move |bit| value >> bit & 1)
        })
        .collect();
    let key: Vec<u8> =
        bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
    let step = time::OffsetDateTime::now_utc().unix_timestamp() / 30 + steps;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let tag = mac.finalize().into_bytes();
    let at = (tag[19] & 15) as usize;
    let number = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Turns codes by mail on for `person`.
pub async fn set_up_email(world: &World, person: Person, token: &str, email: &str) {
    let body = with_secret(person, json!({ "email": email }));
    let sent = world.send(Method::POST, "/api/two-factor/send-email", Some(token), body).await;
    assert_eq!(sent, (OK, Value::Null));
    let code = world.mailed_code("twoStepSetUp").await;
    let body = with_secret(person, json!({ "email": email, "token": code }));
    let set = world.send(Method::PUT, "/api/two-factor/email", Some(token), body).await;
    assert_eq!(set, (OK, json!({"object": "twoFactorEmail", "email": email, "enabled": true})));
}

#[tokio::test]
async fn an_authenticator_is_set_up_used_and_turned_off() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let ask = async |method: Method, path: &str, body: Value| {
        world.send(method, &format!("/api/two-factor/{path}"), Some(&token), body).await
    };
    assert_eq!(
        world.get("/api/two-factor", &token).await,
        json!({"object": "list", "data": [], "continuationToken": null})
    );
    let (status, offered) = ask(Method::POST, "get-authenticator", secret(Person::Member)).await;
    assert_eq!(status, OK);
    assert_eq!(keys(&offered), names("object enabled key authenticator userVerificationToken"));
    assert_eq!((&offered["object"], &offered["enabled"]), (&json!("twoFactorAuthenticator"), &json!(false)));
    let key = offered["key"].as_str().unwrap();
    // As clients of late 2026 read it (`TwoFactorAuthenticatorResponseModel` of the official crate 4.0.0).
    assert_eq!(offered["authenticator"], json!({"enabled": false, "key": key}));
    assert!(key.len() == 32 && key.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')), "{key}");
    // Asking turns nothing on.
    assert_eq!(world.get("/api/accounts/profile", &token).await["twoFactorEnabled"], false);

    let wrong = with_secret(Person::Member, json!({"key": key, "token": "12345x"}));
    let (status, body) = ask(Method::PUT, "authenticator", wrong).await;
    assert_eq!((status, &body["validationErrors"]), (BAD, &json!({"Token": ["Invalid token."]})));

    // The token of the question stands for the password, for this key alone.
    let stands_for = &offered["userVerificationToken"];
    let other = json!({"key": TOTP_SECRET, "token": code_now(), "userVerificationToken": stands_for});
    assert_eq!(ask(Method::PUT, "authenticator", other).await, (BAD, envelope("User verification failed.")));
    let right = json!({"key": key, "token": code_of(key, 0), "userVerificationToken": stands_for});
    let set = ask(Method::PUT, "authenticator", right).await;
    let details = json!({"enabled": true, "key": key});
    let both =
        json!({"object": "twoFactorAuthenticator", "enabled": true, "key": key, "authenticator": details});
    assert_eq!(set, (OK, both));

    let on = json!([{"object": "twoFactorProvider", "enabled": true, "type": 0}]);
    assert_eq!(world.get("/api/two-factor", &token).await["data"], on);
    assert_eq!(world.get("/api/sync", &token).await["profile"]["twoFactorEnabled"], true);
    let owner = world.access_token(Person::Owner).await;
    let members = world.get(&format!("/api/organizations/{}/users", id::CLIENT), &owner).await;
    let member = members["data"].as_array().unwrap().iter().find(|m| m["email"] == Person::Member.email());
    assert_eq!(member.unwrap()["twoFactorEnabled"], true);

    let (status, asked) = world.token(&fields(&password_grant(Person::Member))).await;
    assert_eq!((status, &asked["TwoFactorProviders"]), (BAD, &json!(["0"])));
    // The code that set it up is used; the next one is good.
    let code = code_of(key, 1);
    let form = grant_with(Person::Member, &[("twoFactorToken", &code), ("twoFactorProvider", "0")]);
    assert_eq!(world.token(&fields(&form)).await.0, OK);

    let (status, body) = ask(Method::PUT, "disable", with_secret(Person::Member, json!({"type": 99}))).await;
    assert_eq!((status, &body["validationErrors"]), (BAD, &json!({"Type": ["The field Type is invalid."]})));
    // Newer clients name no type where the path does.
    let off = json!({"key": key, "userVerificationToken": stands_for});
    let (status, body) = ask(Method::DELETE, "authenticator", off).await;
    assert_eq!((status, body), (OK, json!({"object": "twoFactorProvider", "enabled": false, "type": 0})));
    world.sign_in(Person::Member).await;
    assert_eq!(world.events_of(&token).await, [1000, 1002, 1000, 1003, 1000]);
}

#[tokio::test]
async fn nothing_about_the_second_step_is_told_or_changed_without_the_password() {
    let world = World::start().await;
    let token = world.access_token(Person::TwoStep).await;
    for (method, path, body) in [
        (Method::POST, "get-authenticator", json!({})),
        (Method::POST, "get-email", json!({"masterPasswordHash": Person::Member.password()})),
        (Method::POST, "get-recover", json!({"masterPasswordHash": ""})),
        (Method::PUT, "authenticator", json!({"key": TOTP_SECRET, "token": code_now()})),
        (Method::POST, "send-email", json!({"email": "a@b.example"})),
        (Method::PUT, "email", json!({"email": "a@b.example", "token": "123456"})),
        (Method::PUT, "disable", json!({"type": 0})),
        (
            Method::DELETE,
            "authenticator",
            json!({"type": 0, "key": TOTP_SECRET, "userVerificationToken": "1.x"}),
        ),
    ] {
        let answer = world.send(method, &format!("/api/two-factor/{path}"), Some(&token), body).await;
        assert_eq!(answer, (BAD, envelope("User verification failed.")), "{path}");
    }
    assert_eq!(world.get("/api/two-factor", &token).await["data"][0]["type"], 0);
    assert_eq!(
        world.running.outbox().await.unwrap().iter().filter(|mail| mail.kind != "newDeviceSignIn").count(),
        0
    );
}

#[tokio::test]
async fn codes_by_mail_are_the_second_step() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    set_up_email(&world, Person::Member, &token, "member.mail@brightwater.example").await;
    let mail = world.running.outbox().await.unwrap();
    assert_eq!(mail.last().unwrap().to, "member.mail@brightwater.example");

    let (status, asked) = world.token(&fields(&password_grant(Person::Member))).await;
    assert_eq!(status, BAD);
    assert_eq!(
        keys(&asked),
        names(
            "error error_description TwoFactorProviders TwoFactorProviders2 MasterPasswordPolicy
             SsoEmail2faSessionToken Email"
        )
    );
    assert_eq!(
        (&asked["error"], &asked["error_description"]),
        (&json!("invalid_grant"), &json!("Two factor required."))
    );
    assert_eq!(asked["TwoFactorProviders"], json!(["1"]));
    assert_eq!(asked["TwoFactorProviders2"], json!({"1": {"Email": "me*********@brightwater.example"}}));
    assert_eq!(asked["Email"], Person::Member.email());
    assert_eq!(
        world.mails("twoStepCode").await,
        1,
        "where mail is the only way the code is under way already"
    );

    let with = |code: &str, remember: &str| {
        grant_with(
            Person::Member,
            &[("twoFactorToken", code), ("twoFactorProvider", "1"), ("twoFactorRemember", remember)],
        )
    };
    let code = world.mailed_code("twoStepCode").await;
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    let (status, body) = world.token(&fields(&with(&wrong, "0"))).await;
    assert_eq!(
        (status, &body["ErrorModel"]["Message"]),
        (BAD, &json!("Two-step token is invalid. Try again."))
    );
    let (status, body) = world.token(&fields(&with(&code, "1"))).await;
    assert_eq!(status, OK, "{body}");
    let (status, _) = world.token(&fields(&with(&code, "0"))).await;
    assert_eq!(status, BAD, "good once");

    let remembered = body["TwoFactorToken"].as_str().unwrap();
    let form = grant_with(Person::Member, &[("twoFactorToken", remembered), ("twoFactorProvider", "5")]);
    assert_eq!(world.token(&fields(&form)).await.0, OK);
    assert_eq!(world.events_of(&token).await, [1000, 1002, 1006, 1000, 1006, 1000]);
}

#[tokio::test]
async fn a_mailed_code_has_few_tries() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    set_up_email(&world, Person::Plain, &token, &Person::Plain.email()).await;
    world.token(&fields(&password_grant(Person::Plain))).await;
    let code = world.mailed_code("twoStepCode").await;
    let try_it = async |code: &str| {
        let form = grant_with(Person::Plain, &[("twoFactorToken", code), ("twoFactorProvider", "1")]);
        world.token(&fields(&form)).await.0
    };
    for offset in 1..=5 {
        let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + offset) % 1_000_000);
        assert_eq!(try_it(&wrong).await, BAD);
    }
    assert_eq!(try_it(&code).await, BAD, "used up by the wrong ones");
    world.token(&fields(&password_grant(Person::Plain))).await;
    assert_eq!(try_it(&world.mailed_code("twoStepCode").await).await, OK);
}

#[tokio::test]
async fn a_code_is_mailed_again_to_whoever_passed_the_first_step() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    set_up_email(&world, Person::Plain, &token, &Person::Plain.email()).await;
    let (_, asked) = world.token(&fields(&password_grant(Person::Plain))).await;
    assert_eq!(world.mails("twoStepCode").await, 1);
    let again = async |body: Value| world.post("/api/two-factor/send-email-login", body).await;
    let email = Person::Plain.email();
    let session = asked["SsoEmail2faSessionToken"].as_str().unwrap();
    for body in [
        json!({"email": email, "ssoEmail2faSessionToken": session, "deviceIdentifier": "x"}),
        json!({"Email": email.to_uppercase(), "SsoEmail2FaSessionToken": session}),
        json!({"email": email, "masterPasswordHash": Person::Plain.password()}),
        // As the windows of official clients send it after a master password: every member filled in.
        json!({"email": email, "ssoEmail2FaSessionToken": "", "masterPasswordHash": Person::Plain.password(),
               "authRequestId": "", "authRequestAccessCode": "", "deviceIdentifier": "x"}),
    ] {
        assert_eq!(again(body).await, (OK, Value::Null));
    }
    assert_eq!(world.mails("twoStepCode").await, 5);
    let (expires, tag) = session.split_once('.').unwrap();
    let longer = format!("{}.{tag}", expires.parse::<i64>().unwrap() + 1);
    for body in [
        json!({"email": email, "ssoEmail2faSessionToken": longer}),
        json!({"email": email, "ssoEmail2faSessionToken": ""}),
        json!({"email": Person::Member.email(), "ssoEmail2faSessionToken": session}),
        json!({"email": email, "masterPasswordHash": "nope"}),
        json!({"email": "nobody@brightwater.example", "masterPasswordHash": "nope"}),
        // Who has no second step by mail gets no code either.
        json!({"email": Person::Member.email(), "masterPasswordHash": Person::Member.password()}),
        json!({}),
    ] {
        assert_eq!(again(body).await, (BAD, envelope("Cannot send two-factor email.")));
    }
    assert_eq!(world.mails("twoStepCode").await, 5);
    // The newest is the one that counts.
    let code = world.mailed_code("twoStepCode").await;
    let form = grant_with(Person::Plain, &[("twoFactorToken", &code), ("twoFactorProvider", "1")]);
    assert_eq!(world.token(&fields(&form)).await.0, OK);
}

#[tokio::test]
async fn both_providers_stand_in_the_question_and_none_is_mailed_unasked() {
    let world = World::start().await;
    let token = world.access_token(Person::TwoStep).await;
    set_up_email(&world, Person::TwoStep, &token, &Person::TwoStep.email()).await;
    let (_, asked) = world.token(&fields(&password_grant(Person::TwoStep))).await;
    assert_eq!(asked["TwoFactorProviders"], json!(["0", "1"]));
    assert_eq!(asked["TwoFactorProviders2"]["0"], Value::Null);
    assert_eq!(asked["TwoFactorProviders2"]["1"], json!({"Email": "tw*****@brightwater.example"}));
    assert_eq!(world.mails("twoStepCode").await, 0);
    // The one of the path goes, the other stays, whatever the body says.
    let off = with_secret(Person::TwoStep, json!({"type": 1}));
    let deleted = world.send(Method::DELETE, "/api/two-factor/authenticator", Some(&token), off).await;
    assert_eq!(deleted.0, OK);
    let (_, asked) = world.token(&fields(&password_grant(Person::TwoStep))).await;
    assert_eq!(asked["TwoFactorProviders"], json!(["1"]));
}

#[tokio::test]
async fn the_recovery_code_opens_the_account_and_turns_the_second_step_off() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let recover = async || {
        let path = "/api/two-factor/get-recover";
        let (status, body) = world.send(Method::POST, path, Some(&token), secret(Person::Member)).await;
        assert_eq!((status, &body["object"]), (OK, &json!("twoFactorRecover")));
        body["code"].clone()
    };
    assert_eq!(recover().await, Value::Null, "there is nothing to recover from");
    set_up_email(&world, Person::Member, &token, &Person::Member.email()).await;
    let code = recover().await.as_str().unwrap().to_owned();
    assert_eq!(code.len(), 32);

    let sign_in = async |code: &str| {
        let form = grant_with(
            Person::Member,
            &[("twoFactorToken", code), ("twoFactorProvider", "8"), ("twoFactorRemember", "1")],
        );
        world.token(&fields(&form)).await
    };
    for wrong in ["x".repeat(32).as_str(), &code[1..], "-"] {
        let (status, body) = sign_in(wrong).await;
        assert_eq!(
            (status, &body["ErrorModel"]["Message"]),
            (BAD, &json!("Two-step token is invalid. Try again."))
        );
    }
    // As people copy it from paper.
    let written = format!("{} {}", code[..16].to_uppercase(), &code[16..]);
    let (status, body) = sign_in(&written).await;
    assert_eq!(status, OK, "{body}");
    assert_eq!(body.get("TwoFactorToken"), None, "there is no step to be remembered for");
    assert_eq!(world.mails("twoStepRecovered").await, 1);

    assert_eq!(world.get("/api/two-factor", &token).await["data"], json!([]));
    let new = recover().await;
    assert!(new.is_string() && new != json!(code), "another code from now on");
    world.sign_in(Person::Member).await;
    assert_eq!(world.events_of(&token).await, [1000, 1002, 1006, 1006, 1006, 1004, 1000, 1000]);
}

#[tokio::test]
async fn who_turns_the_second_step_off_loses_organizations_that_demand_it() {
    use portico_service::bulk::{BulkError, BulkPolicy};
    let store = portico_service::Store::in_memory().unwrap();
    fill(&store);
    let policy = BulkPolicy {
        id: uuid::Uuid::from_u128(0xa2),
        organization_id: id::CLIENT,
        kind: 0,
        enabled: true,
        data: None,
        revised: CREATED,
    };
    store.bulk::<_, BulkError>(|load| load.policy(&policy)).unwrap();
    let world = World::over(store, portico_service::Config::without_delay()).await;
    for (person, stays) in [(Person::Member, 0), (Person::Admin, 1)] {
        let token = world.access_token(person).await;
        set_up_email(&world, person, &token, &person.email()).await;
        let off = with_secret(person, json!({"type": 1}));
        assert_eq!(world.send(Method::PUT, "/api/two-factor/disable", Some(&token), off).await.0, OK);
        let profile = world.get("/api/accounts/profile", &token).await;
        assert_eq!(profile["organizations"].as_array().unwrap().len(), stays, "{person:?}");
    }
    let owner = world.access_token(Person::Owner).await;
    let members = world.get(&format!("/api/organizations/{}/users", id::CLIENT), &owner).await;
    let member = members["data"].as_array().unwrap().iter().find(|m| m["email"] == Person::Member.email());
    assert_eq!((&member.unwrap()["status"], &member.unwrap()["revocationReason"]), (&json!(-1), &json!(2)));
    let log = world.deeds(&format!("/api/organizations/{}/events", id::CLIENT), &owner).await;
    assert_eq!(event_types(&log), [1002, 1003, 1520, 1002, 1003], "what was done, and what came of it");
    assert_eq!(log[2]["systemUser"], 4, "by the server's hand: TwoFactorDisabled");
}

/// As everywhere (protocol.md §4.8): the policy binds neither staff of the provider, nor where the organization is
/// disabled, nor where its plan has no policies.
#[tokio::test]
async fn who_turns_the_second_step_off_stays_where_that_policy_does_not_bind() {
    use portico_service::bulk::{BulkError, BulkMember, BulkOrganization, BulkPolicy};
    let store = portico_service::Store::in_memory().unwrap();
    fill(&store);
    let [disabled, teams, binding] = [0xc3, 0xc4, 0xc5].map(uuid::Uuid::from_u128);
    let demanding = |organization_id: uuid::Uuid| BulkPolicy {
        id: uuid::Uuid::from_u128(0xa000 + organization_id.as_u128()),
        organization_id,
        kind: 0,
        enabled: true,
        data: None,
        revised: CREATED,
    };
    let row = |number: u128, organization_id, person| BulkMember {
        id: uuid::Uuid::from_u128(0x2d0 + number),
        organization_id,
        ..member(person, 2, 2, &[])
    };
    store
        .bulk::<_, BulkError>(|load| {
            load.organization(&BulkOrganization { enabled: false, ..organization(disabled, "Disabled") })?;
            load.organization(&BulkOrganization { plan_type: 17, ..organization(teams, "Teams") })?;
            load.organization(&organization(binding, "Binding"))?;
            for (number, organization) in [disabled, teams, binding].into_iter().enumerate() {
                load.member(&row(number as u128, organization, Person::Plain))?;
                load.policy(&demanding(organization))?;
            }
            load.policy(&demanding(id::CLIENT))?;
            load.member(&row(4, id::CLIENT, Person::ServiceUser))?;
            load.member(&row(5, binding, Person::ServiceUser))
        })
        .unwrap();
    let world = World::over(store, portico_service::Config::without_delay()).await;
    for (person, mut stays) in
        [(Person::Plain, vec![disabled, teams]), (Person::ServiceUser, vec![id::CLIENT])]
    {
        let token = world.access_token(person).await;
        set_up_email(&world, person, &token, &person.email()).await;
        let off = with_secret(person, json!({"type": 1}));
        assert_eq!(world.send(Method::PUT, "/api/two-factor/disable", Some(&token), off).await.0, OK);
        let profile = world.get("/api/accounts/profile", &token).await;
        let mut left: Vec<uuid::Uuid> = profile["organizations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|organization| organization["id"].as_str().unwrap().parse().unwrap())
            .collect();
        left.sort_unstable();
        stays.sort_unstable();
        assert_eq!(left, stays, "{person:?}");
    }
}

#[tokio::test]
async fn texts_that_are_too_long_or_no_addresses_are_refused() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    for (path, body, field) in [
        ("authenticator", json!({"key": "A".repeat(51), "token": "123456"}), "Key"),
        ("authenticator", json!({"key": TOTP_SECRET, "token": "1".repeat(51)}), "Token"),
        ("authenticator", json!({"key": "not base32!", "token": "123456"}), "Key"),
        ("authenticator", json!({"key": "ABCDEFGH", "token": "123456"}), "Key"),
        ("send-email", json!({"email": "nobody"}), "Email"),
        ("send-email", json!({"email": format!("{}@b.example", "a".repeat(256))}), "Email"),
        ("email", json!({"email": "a@b.example", "token": "1".repeat(51)}), "Token"),
        ("disable", json!({}), "Type"),
    ] {
        let body = with_secret(Person::Plain, body);
        let path = format!("/api/two-factor/{path}");
        let (status, answer) = world.send(Method::POST, &path, Some(&token), body).await;
        assert_eq!(status, BAD);
        assert_eq!(keys(&answer["validationErrors"]), [field], "{path}");
    }
}

#[tokio::test]
async fn a_remembered_device_is_forgotten_with_the_password() {
    let world = World::start().await;
    let code = code_now();
    let form = grant_with(
        Person::TwoStep,
        &[("twoFactorToken", &code), ("twoFactorProvider", "0"), ("twoFactorRemember", "1")],
    );
    let (_, session) = world.token(&fields(&form)).await;
    let remembered = session["TwoFactorToken"].as_str().unwrap();
    assert_eq!(
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(remembered).unwrap().len(),
        32,
        "nothing of the account is in it"
    );
    let form = grant_with(Person::TwoStep, &[("twoFactorToken", remembered), ("twoFactorProvider", "5")]);
    let (status, session) = world.token(&fields(&form)).await;
    assert_eq!(status, OK);
    let token = session["access_token"].as_str().unwrap();
    let path = "/api/accounts/security-stamp";
    assert_eq!(world.send(Method::POST, path, Some(token), secret(Person::TwoStep)).await, (OK, Value::Null));
    let (status, body) = world.token(&fields(&form)).await;
    assert_eq!((status, &body["error_description"]), (BAD, &json!("Two factor required.")));
}
