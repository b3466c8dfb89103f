//! Who does not get in although the password is right, and for how long the others do (protocol.md §1.3–§1.6, §4.8).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_service::bulk::{BulkError, BulkPolicy, BulkUser};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

use crate::support::*;

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const OK: StatusCode = StatusCode::OK;

/// The client organization wants its members to come by single sign-on from now on.
fn demand_single_sign_on(store: &Store) {
    let policy = BulkPolicy {
        id: Uuid::from_u128(0xa4),
        organization_id: id::CLIENT,
        kind: 4,
        enabled: true,
        data: None,
        revised: CREATED,
    };
    store.bulk::<_, BulkError>(|load| load.policy(&policy)).unwrap();
}

/// A refusal that costs the delay never comes.
fn endless_delay() -> Config {
    Config { login_delay: Duration::from_secs(86_400), ..Config::default() }
}

fn worded(message: &str) -> Value {
    worded_as("invalid_grant", message)
}

fn worded_as(error: &str, message: &str) -> Value {
    json!({
        "error": error,
        "error_description": message,
        "ErrorModel": {
            "Message": message, "Object": "error", "ValidationErrors": null,
            "ExceptionMessage": null, "ExceptionStackTrace": null, "InnerExceptionMessage": null,
        },
    })
}

#[tokio::test]
async fn members_sign_in_by_single_sign_on_where_their_organization_wants_it() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    demand_single_sign_on(&store);
    let world = World::over(store, endless_delay()).await;
    let refused = (BAD, worded("Sso authentication is required."));
    for person in [Person::Member, Person::CustomBare, Person::CustomAudit] {
        assert_eq!(world.token(&fields(&password_grant(person))).await, refused, "{person:?}");
    }
    // Owners, admins and the provider's staff are exempt; the others do not belong to it, or not any more.
    for person in [
        Person::Owner,
        Person::Admin,
        Person::ServiceUser,
        Person::ProviderAdmin,
        Person::Plain,
        Person::StrangerAdmin,
        Person::Revoked,
    ] {
        world.sign_in(person).await;
    }
    let client = format!("user.{}", Person::Member.id());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", "api-key-of-Member"),
        ("scope", "api"),
        ("deviceType", "25"),
        ("deviceIdentifier", "cli"),
        ("deviceName", "cli"),
    ];
    assert_eq!(world.token(&form).await.0, OK, "an API key is no password");
}

#[tokio::test]
async fn a_wrong_password_is_not_told_about_the_single_sign_on() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let world = World::over(store, Config::without_delay()).await;
    let owner = world.access_token(Person::Owner).await;
    for policy in [3, 4] {
        let path = format!("/api/organizations/{}/policies/{policy}", id::CLIENT);
        let on = json!({"policy": {"enabled": true, "data": null}, "metadata": null});
        assert_eq!(world.send(Method::PUT, &path, Some(&owner), on).await.0, OK);
    }
    let mut form = password_grant(Person::Member);
    form[2].1 = "nope".into();
    let (_, body) = world.token(&fields(&form)).await;
    assert_eq!(body["error_description"], "invalid_username_or_password");
    let (_, body) = world.token(&fields(&password_grant(Person::Member))).await;
    assert_eq!(body["error_description"], "Sso authentication is required.");
}

#[tokio::test]
async fn a_recovery_code_is_taken_before_the_single_sign_on_is_demanded() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let world = World::over(store.clone(), Config::without_delay()).await;
    let token = world.access_token(Person::Member).await;
    crate::two_step::set_up_email(&world, Person::Member, &token, &Person::Member.email()).await;
    let secret = json!({"masterPasswordHash": Person::Member.password()});
    let path = "/api/two-factor/get-recover";
    let (_, body) = world.send(Method::POST, path, Some(&token), secret).await;
    let code = body["code"].as_str().unwrap().to_owned();
    demand_single_sign_on(&store);

    let with = |provider: &str, code: &str| {
        grant_with(Person::Member, &[("twoFactorToken", code), ("twoFactorProvider", provider)])
    };
    // Any other second step is not even looked at.
    let mails = world.mails("twoStepCode").await;
    for form in [password_grant(Person::Member), with("1", "000000")] {
        assert_eq!(world.token(&fields(&form)).await, (BAD, worded("Sso authentication is required.")));
    }
    assert_eq!(world.mails("twoStepCode").await, mails, "no code was mailed");
    let (_, wrong) = world.token(&fields(&with("8", "x"))).await;
    assert_eq!(wrong["ErrorModel"]["Message"], "Two-step token is invalid. Try again.");
    assert_eq!(
        world.token(&fields(&with("8", &code))).await,
        (BAD, worded("Two-factor recovery has been performed. SSO authentication is required."))
    );
    // It was taken: the second step is off, and the code is another.
    assert_eq!(world.mails("twoStepRecovered").await, 1);
    assert_eq!(world.get("/api/two-factor", &token).await["data"], json!([]));
    assert_eq!(
        world.token(&fields(&with("8", &code))).await,
        (BAD, worded("Sso authentication is required.")),
        "there is nothing to recover from"
    );
}

#[tokio::test]
async fn an_account_without_a_user_key_gets_in_by_the_web_vault_only() {
    let store = Store::in_memory().unwrap();
    store.set_password_rounds(std::num::NonZeroU32::MIN);
    let legacy = BulkUser { key: None, private_key: None, public_key: None, ..user(Person::Member) };
    store.bulk::<_, BulkError>(|load| load.user(&legacy)).unwrap();
    let world = World::over(store, endless_delay()).await;
    let message = "Legacy encryption without a userkey is no longer supported. To recover your account, please contact \
                   support";
    let by = |client: &str| {
        let mut form = password_grant(Person::Member);
        form[4].1 = client.into();
        form
    };
    for client in ["desktop", "cli", "browser", "mobile"] {
        assert_eq!(world.token(&fields(&by(client))).await, (BAD, worded(message)), "{client}");
    }
    let (status, body) = world.token(&fields(&by("web"))).await;
    assert_eq!((status, &body["Key"]), (OK, &Value::Null));
    assert_eq!(body["UserDecryptionOptions"]["HasMasterPassword"], false);
}

#[tokio::test]
async fn a_directory_connector_keeps_its_token_for_a_day() {
    let world = World::start().await;
    for (client, seconds) in [("connector", 86_400), ("cli", 3_600), ("web", 3_600)] {
        let mut form = password_grant(Person::Member);
        form[4].1 = client.into();
        let (status, body) = world.token(&fields(&form)).await;
        assert_eq!(status, OK, "{body}");
        let refresh = [
            ("grant_type", "refresh_token"),
            ("refresh_token", body["refresh_token"].as_str().unwrap()),
            ("client_id", client),
        ];
        let renewed = world.token(&refresh).await.1;
        for body in [body.clone(), renewed] {
            assert_eq!(body["expires_in"], seconds, "{client}");
            let claims = body["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
            let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), seconds);
        }
    }
}

/// Protocol.md §1.5: there are no such requests here, so that the password that comes with one is none.
#[tokio::test]
async fn nobody_comes_in_by_the_leave_of_another_device() {
    let world = World::start().await;
    let request = ("authRequest", "2f5a6f2e-7a9f-4bd6-9c2c-5a4d9f8b1e37");
    let unknown = worded_as("device_error", "auth request flow unsupported on unknown device");
    assert_eq!(world.token(&fields(&grant_with(Person::Member, &[request]))).await, (BAD, unknown));
    assert_eq!(world.token(&fields(&password_grant(Person::Member))).await.0, OK);
    let (status, known) = world.token(&fields(&grant_with(Person::Member, &[request]))).await;
    assert_eq!((status, &known["error"]), (BAD, &json!("invalid_grant")));
    assert_eq!(known["ErrorModel"]["Message"], "Username or password is incorrect. Try again.");
}
