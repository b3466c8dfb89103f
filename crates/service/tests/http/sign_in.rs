use std::time::{Duration, Instant};

use base64::Engine;
use portico_service::Config;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

const BAD: StatusCode = StatusCode::BAD_REQUEST;

#[tokio::test]
async fn prelogin_tells_the_kdf_of_an_account() {
    let world = World::start().await;
    let expected = json!({
        "kdf": 0, "kdfIterations": 600_000, "kdfMemory": null, "kdfParallelism": null,
        "kdfSettings": {"kdfType": 0, "iterations": 600_000, "memory": null, "parallelism": null},
        "salt": "member@brightwater.example",
    });
    for path in
        ["/identity/accounts/prelogin", "/identity/accounts/prelogin/password", "/api/accounts/prelogin"]
    {
        for body in
            [json!({"email": " Member@Brightwater.example"}), json!({"Email": "member@brightwater.example"})]
        {
            assert_eq!(world.post(path, body).await, (StatusCode::OK, expected.clone()), "{path}");
        }
    }
}

#[tokio::test]
async fn prelogin_of_a_stranger_looks_like_any_other_and_stays_the_same() {
    let world = World::start().await;
    let ask = |email: String| world.post("/identity/accounts/prelogin", json!({ "email": email }));
    let real = ask(Person::Member.email()).await.1;
    let mut kinds = std::collections::BTreeSet::new();
    for number in 0..60 {
        let email = format!("nobody{number}@brightwater.example");
        let (status, first) = ask(email.clone()).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(keys(&first), keys(&real));
        assert_eq!(first["salt"], json!(email), "as accounts of this server have it");
        assert_eq!(ask(email.to_uppercase()).await.1, first);
        kinds.insert(first["kdf"].as_i64());
    }
    assert_eq!(kinds.len(), 2, "not everybody has the same KDF");
}

#[tokio::test]
async fn a_right_password_gets_everything_that_unlocks() {
    let world = World::start().await;
    let body = world.sign_in(Person::Member).await;
    assert_eq!(
        keys(&body),
        names(
            "access_token expires_in token_type refresh_token scope PrivateKey AccountKeys Key MasterPasswordPolicy
             ForcePasswordReset Kdf KdfIterations KdfMemory KdfParallelism UserDecryptionOptions"
        )
    );
    assert_eq!(body["expires_in"], 3600);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["scope"], "api offline_access");
    assert_eq!(body["Key"], enc("userkey"));
    assert_eq!(body["PrivateKey"], enc("private"));
    assert_eq!(body["Kdf"], 0);
    assert_eq!(body["KdfIterations"], 600_000);
    assert_eq!(body["ForcePasswordReset"], false);
    assert_eq!(
        body["UserDecryptionOptions"],
        json!({
            "HasMasterPassword": true,
            "MasterPasswordUnlock": {
                "Kdf": {"KdfType": 0, "Iterations": 600_000, "Memory": null, "Parallelism": null},
                "MasterKeyEncryptedUserKey": enc("userkey"),
                "MasterKeyWrappedUserKey": enc("userkey"),
                "Salt": "member@brightwater.example",
            },
            "Object": "userDecryptionOptions",
        })
    );
    let pair = &body["AccountKeys"]["publicKeyEncryptionKeyPair"];
    assert_eq!(
        pair,
        &json!({"Object": "publicKeyEncryptionKeyPair", "wrappedPrivateKey": enc("private"), "publicKey": "UFVCTElD",
            "signedPublicKey": null})
    );
    assert_eq!(body["AccountKeys"]["Object"], "privateKeys");
    assert_eq!(body["AccountKeys"]["signatureKeyPair"], Value::Null);
    assert_eq!(body["AccountKeys"]["securityState"], Value::Null);
    // The client organization's master password policy.
    let policy = &body["MasterPasswordPolicy"];
    assert_eq!(policy["MinComplexity"], 3);
    assert_eq!(policy["MinLength"], 14);
    assert_eq!(policy["RequireUpper"], true);
    assert_eq!(policy["RequireLower"], Value::Null);
    assert_eq!(policy["Object"], "masterPasswordPolicy");
}

#[tokio::test]
async fn the_access_token_carries_who_and_what() {
    let world = World::start().await;
    let claims = async |person| {
        let token = world.access_token(person).await;
        let part = |at: usize| -> Value {
            let part = token.split('.').nth(at).unwrap();
            serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap())
                .unwrap()
        };
        assert_eq!(part(0)["alg"], "RS256");
        assert_eq!(part(0)["typ"], "at+jwt");
        part(1)
    };
    let admin = claims(Person::ProviderAdmin).await;
    assert_eq!(admin["sub"], json!(Person::ProviderAdmin.id()));
    assert_eq!(admin["email"], "provideradmin@brightwater.example");
    assert_eq!(admin["email_verified"], true);
    assert_eq!(admin["name"], "ProviderAdmin");
    assert_eq!(admin["premium"], false);
    assert_eq!(admin["sstamp"], "stamp-ProviderAdmin");
    assert_eq!(admin["client_id"], "desktop");
    assert_eq!(admin["scope"], json!(["api", "offline_access"]));
    assert_eq!(admin["amr"], json!(["Application"]));
    assert_eq!(admin["device"], "11111111-2222-3333-4444-555555555555");
    assert_eq!(admin["devicetype"], "LinuxDesktop");
    assert_eq!(admin["iss"], json!(world.url("/identity")));
    assert_eq!(admin["exp"].as_i64().unwrap() - admin["iat"].as_i64().unwrap(), 3600);
    assert_eq!(admin["providerprovideradmin"], json!(id::PROVIDER), "one value: a string");
    assert_eq!(admin.get("orgowner"), None, "a provider's clients are no memberships");

    assert_eq!(claims(Person::ServiceUser).await["providerserviceuser"], json!(id::PROVIDER));
    assert_eq!(claims(Person::Owner).await["orgowner"], json!(id::CLIENT));
    assert_eq!(claims(Person::Admin).await["orgadmin"], json!(id::CLIENT));
    assert_eq!(claims(Person::Member).await["orguser"], json!(id::CLIENT));
    let custom = claims(Person::CustomAudit).await;
    assert_eq!(custom["orgcustom"], json!(id::CLIENT));
    assert_eq!(custom["accesseventlogs"], json!(id::CLIENT));
    assert_eq!(custom.get("manageusers"), None);
    let pending = claims(Person::Pending).await;
    assert_eq!((pending.get("orgowner"), pending.get("providerprovideradmin")), (None, None));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_get_the_same_answer() {
    let world = World::start().await;
    let expected = json!({
        "error": "invalid_grant",
        "error_description": "invalid_username_or_password",
        "ErrorModel": {
            "Message": "Username or password is incorrect. Try again.", "Object": "error", "ValidationErrors": null,
            "ExceptionMessage": null, "ExceptionStackTrace": null, "InnerExceptionMessage": null,
        },
    });
    let mut wrong = password_grant(Person::Member);
    wrong[2].1 = "nope".into();
    assert_eq!(world.token(&fields(&wrong)).await, (BAD, expected.clone()));
    let mut nobody = password_grant(Person::Member);
    nobody[1].1 = "nobody@brightwater.example".into();
    assert_eq!(world.token(&fields(&nobody)).await, (BAD, expected));
}

#[tokio::test]
async fn a_wrong_password_costs_time() {
    let delay = Duration::from_millis(700);
    let world = World::with(Config { login_delay: delay, ..Config::default() }).await;
    let mut form = password_grant(Person::Member);
    form[2].1 = "nope".into();
    let wrong = Instant::now();
    world.token(&fields(&form)).await;
    assert!(wrong.elapsed() >= delay);
}

#[tokio::test]
async fn a_right_password_and_the_question_for_a_code_cost_none() {
    let world = World::with(Config { login_delay: Duration::from_secs(86_400), ..Config::default() }).await;
    let soon = Duration::from_secs(60);
    let right = tokio::time::timeout(soon, world.sign_in(Person::Member)).await;
    assert!(right.is_ok());
    let form = password_grant(Person::TwoStep);
    let asked = tokio::time::timeout(soon, world.token(&fields(&form))).await;
    assert_eq!(asked.unwrap().1["error_description"], "Two factor required.");
}

#[tokio::test]
async fn names_of_form_fields_count_in_any_case() {
    let world = World::start().await;
    let shouted: Vec<_> = password_grant(Person::Member)
        .into_iter()
        .map(|(name, value)| (name.to_uppercase(), value))
        .collect();
    assert_eq!(world.token(&fields(&shouted)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_client_without_a_version_or_a_device_is_told_so() {
    let world = World::start().await;
    for version in [None, Some("latest")] {
        let mut request = world
            .request(Method::POST, "/identity/connect/token", None)
            .form(&password_grant(Person::Member));
        if let Some(version) = version {
            request = request.header("Bitwarden-Client-Version", version);
        }
        let (status, body) = answer(request).await;
        assert_eq!((status, &body["error"]), (BAD, &json!("version_header_missing")));
        assert_eq!(body["ErrorModel"]["Object"], "error");
    }
    for missing in ["deviceIdentifier", "deviceName"] {
        let mut form = password_grant(Person::Member);
        form.retain(|(name, _)| name != missing);
        let (status, body) = world.token(&fields(&form)).await;
        assert_eq!((status, &body["error"]), (BAD, &json!("device_error")));
        assert_eq!(body["ErrorModel"]["Message"], "no device information provided");
    }
}

#[tokio::test]
async fn what_is_no_grant_is_refused() {
    let world = World::start().await;
    for (form, error) in [
        (vec![], "unsupported_grant_type"),
        (vec![("grant_type", "authorization_code")], "unsupported_grant_type"),
        (vec![("grant_type", "password"), ("client_id", "toaster")], "invalid_client"),
        (vec![("grant_type", "refresh_token")], "invalid_grant"),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "made-up")], "invalid_grant"),
        (vec![("grant_type", "client_credentials"), ("client_id", "user.nonsense")], "invalid_client"),
        (
            vec![("grant_type", "client_credentials"), ("client_id", "organization.nonsense")],
            "invalid_client",
        ),
    ] {
        let (status, body) = world.token(&form).await;
        assert_eq!((status, body), (BAD, json!({ "error": error })), "{form:?}");
    }
}

#[tokio::test]
async fn the_second_step_is_asked_for_and_taken_once() {
    let world = World::start().await;
    let first_step = password_grant(Person::TwoStep);
    let (status, asked) = world.token(&fields(&first_step)).await;
    assert_eq!(status, BAD);
    assert_eq!(asked["error"], "invalid_grant");
    assert_eq!(asked["error_description"], "Two factor required.");
    assert_eq!(asked["TwoFactorProviders"], json!(["0"]));
    assert_eq!(asked["TwoFactorProviders2"], json!({ "0": null }));
    assert_eq!(asked["MasterPasswordPolicy"]["Object"], "masterPasswordPolicy");
    assert_eq!(asked.get("access_token"), None);
    assert_eq!(asked.get("Key"), None);

    let with = |token: &str, provider: &str, remember: &str| {
        let mut form = first_step.clone();
        for (name, value) in
            [("twoFactorToken", token), ("twoFactorProvider", provider), ("twoFactorRemember", remember)]
        {
            form.push((name.into(), value.into()));
        }
        form
    };
    let wrong = world.token(&fields(&with("000000", "0", "0"))).await;
    assert_eq!(
        (wrong.0, &wrong.1["ErrorModel"]["Message"]),
        (BAD, &json!("Two-step token is invalid. Try again."))
    );

    let code = code_now();
    let (status, body) = world.token(&fields(&with(&code, "0", "1"))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let remembered = body["TwoFactorToken"].as_str().unwrap();
    let again = world.token(&fields(&with(&code, "0", "0"))).await;
    assert_eq!(again.1["ErrorModel"]["Message"], "Two-step token is invalid. Try again.", "used already");

    let (status, body) = world.token(&fields(&with(remembered, "5", "0"))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let mut elsewhere = with(remembered, "5", "0");
    elsewhere[6].1 = "99999999-2222-3333-4444-555555555555".into();
    let (status, body) = world.token(&fields(&elsewhere)).await;
    assert_eq!((status, &body["error_description"]), (BAD, &json!("Two factor required.")), "another device");
    let (status, body) = world.token(&fields(&with("made-up", "5", "0"))).await;
    assert_eq!((status, &body["TwoFactorProviders"]), (BAD, &json!(["0"])));
}

#[tokio::test]
async fn a_wrong_password_is_not_told_about_the_second_step() {
    let world = World::start().await;
    let mut form = password_grant(Person::TwoStep);
    form[2].1 = "nope".into();
    let (_, body) = world.token(&fields(&form)).await;
    assert_eq!(body["error_description"], "invalid_username_or_password");
    assert_eq!(body.get("TwoFactorProviders"), None);
}

#[tokio::test]
async fn a_session_goes_on_with_the_same_refresh_token() {
    let world = World::start().await;
    let session = world.sign_in(Person::Member).await;
    let refresh_token = session["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", "desktop")];
    for _ in 0..2 {
        let (status, body) = world.token(&form).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(keys(&body), names("access_token expires_in token_type refresh_token scope"));
        assert_eq!(body["refresh_token"], refresh_token);
        world.get("/api/accounts/revision-date", body["access_token"].as_str().unwrap()).await;
    }
    let stolen = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", "web")];
    assert_eq!(world.token(&stolen).await, (BAD, json!({"error": "invalid_grant"})));
}

#[tokio::test]
async fn a_personal_api_key_signs_in_without_a_refresh_token() {
    let world = World::start().await;
    let client_id = format!("user.{}", Person::TwoStep.id());
    let form = |secret| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", &client_id),
            ("client_secret", secret),
            ("scope", "api"),
            ("deviceType", "25"),
            ("deviceIdentifier", "cli"),
            ("deviceName", "cli"),
        ]
    };
    let (status, body) = world.token(&form("api-key-of-TwoStep")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body.get("refresh_token"), None);
    assert_eq!(body["scope"], "api");
    assert_eq!(body["Key"], enc("userkey"));
    world.get("/api/accounts/profile", body["access_token"].as_str().unwrap()).await;
    assert_eq!(world.token(&form("api-key-of-Member")).await, (BAD, json!({"error": "invalid_client"})));
}

#[tokio::test]
async fn tokens_that_are_not_ours_open_nothing() {
    let world = World::start().await;
    let good = world.access_token(Person::Member).await;
    let other = World::start().await.access_token(Person::Member).await;
    let unsigned = {
        let code = |part: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part);
        let claims = good.split('.').nth(1).unwrap();
        format!("{}.{claims}.", code(r#"{"alg":"none","typ":"at+jwt"}"#))
    };
    let mut bent = good.clone().into_bytes();
    let middle = bent.len() / 2;
    bent[middle] = if bent[middle] == b'A' { b'B' } else { b'A' };
    for token in [other, unsigned, String::from_utf8(bent).unwrap(), "x".into(), String::new()] {
        let (status, body) = answer(world.request(Method::GET, "/api/sync", Some(&token))).await;
        assert_eq!((status, body), (StatusCode::UNAUTHORIZED, envelope("Unauthorized.")), "{token}");
    }
}
