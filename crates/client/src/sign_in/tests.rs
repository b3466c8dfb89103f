//! Sign-in against scripted answers written from protocol.md §1, with real key derivation at the cheapest costs.

use portico_crypto::ceremony::make_account;
use portico_protocol::server::ServerUrls;
use tokio_util::sync::CancellationToken;

use super::authenticate::{Authentication, Granted, Known, authenticate, normal_email};
use super::*;
use crate::device::Device;
use crate::hostile::{Answer, Asked, HostileServer};
use crate::http::{ApiClient, ConnectOptions};

const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "maya@brightwater.example";

fn kdf() -> Kdf {
    Kdf::pbkdf2(5000).unwrap()
}

fn request(password: &str) -> SignInRequest {
    SignInRequest::new(
        portico_protocol::server::ServerAddress::UnitedStates,
        format!(" {} ", EMAIL.to_uppercase()),
        SecretText::new(password.to_owned()),
    )
}

fn prelogin() -> Answer {
    Answer::Json(
        200,
        r#"{"kdf":0,"kdfIterations":5000,"kdfMemory":null,"kdfParallelism":null,"kdfSettings":{"kdfType":0,"iterations":5000,"memory":null,"parallelism":null},"salt":null}"#.to_owned(),
    )
}

/// Answers prelogin as above and the token endpoint with `token`.
async fn server(token: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> HostileServer {
    HostileServer::start(move |asked, _| match asked.target.as_str() {
        "/identity/accounts/prelogin" => prelogin(),
        "/identity/connect/token" => token(asked),
        _ => Answer::Json(404, "{}".to_owned()),
    })
    .await
}

async fn try_with(
    server: &HostileServer,
    request: &SignInRequest,
    known: Known,
) -> Result<Authentication, SignInError> {
    let options = ConnectOptions::new(Device { identifier: uuid::Uuid::from_u128(7) });
    let client = ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap();
    authenticate(&client, request, &known, &CancellationToken::new()).await
}

async fn refused(token: Answer) -> SignInError {
    let server = server(move |_| token.clone()).await;
    match try_with(&server, &request(PASSWORD), Known::default()).await {
        Err(error) => {
            let sent = server.asked()[1].form("password").unwrap();
            let words = format!("{error} {error:?}");
            assert!(!words.contains(PASSWORD) && !words.contains(&sent), "no secret in {words}");
            error
        }
        Ok(_) => panic!("signed in"),
    }
}

fn no(json: &str) -> Answer {
    Answer::Json(400, json.to_owned())
}

async fn granted(server: &HostileServer, request: &SignInRequest) -> Box<Granted> {
    match try_with(server, request, Known::default()).await {
        Ok(Authentication::Granted(granted)) => granted,
        Ok(_) => panic!("asked for a code"),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn brings_the_user_key_and_says_what_the_protocol_asks_for() {
    let account = make_account(PASSWORD, EMAIL, &kdf());
    let (key, private_key) = (account.wrapped_user_key.clone(), account.wrapped_private_key.clone());
    let server = server(move |_| {
        Answer::Json(
            200,
            format!(
                r#"{{"access_token":"access","expires_in":3600,"token_type":"Bearer","refresh_token":"refresh",
                "scope":"api offline_access","PrivateKey":"{private_key}","Key":"{key}","ForcePasswordReset":true,
                "Kdf":0,"KdfIterations":5000,"KdfMemory":null,"KdfParallelism":null,"TwoFactorToken":"remembered",
                "UserDecryptionOptions":{{"HasMasterPassword":true,"MasterPasswordUnlock":{{
                    "Kdf":{{"KdfType":0,"Iterations":5000}},"MasterKeyEncryptedUserKey":"{key}",
                    "Salt":"{EMAIL}"}},"Object":"userDecryptionOptions"}}}}"#
            ),
        )
    })
    .await;
    let mut request = request(PASSWORD);
    request.two_factor = Some(TwoFactorAnswer {
        provider: TwoFactorProvider::AUTHENTICATOR,
        code: SecretText::new(" 123456 ".to_owned()),
        remember: true,
    });
    let granted = granted(&server, &request).await;
    assert!(granted.user_key.expose() == account.user_key.expose());
    assert_eq!(granted.salt, EMAIL);
    assert_eq!(granted.expires_in, 3600);
    assert_eq!(granted.access_token.expose(), "access");
    assert_eq!(granted.refresh_token.unwrap().expose(), "refresh");
    assert_eq!(granted.remember_token.unwrap().expose(), "remembered");
    assert_eq!(granted.password_notice, Some(portico_profile::PasswordNotice::SetByAdministrator));

    let asked = server.asked();
    assert_eq!(asked[0].body, format!(r#"{{"email":"{EMAIL}"}}"#));
    let form = |name: &str| asked[1].form(name).unwrap_or_default();
    // Exactly the documented members (protocol.md §1.3).
    let documented =
        "client_id deviceIdentifier deviceName deviceType grant_type password scope twoFactorProvider
        twoFactorRemember twoFactorToken username";
    assert_eq!(asked[1].form_names(), documented.split_whitespace().collect::<Vec<_>>());
    assert_eq!(form("grant_type"), "password");
    assert_eq!(form("username"), EMAIL);
    assert_eq!(form("scope"), "api offline_access");
    assert_eq!(form("client_id"), "desktop");
    assert_eq!(form("deviceIdentifier"), "00000000-0000-0000-0000-000000000007");
    assert_eq!(form("twoFactorToken"), "123456");
    assert_eq!(form("twoFactorProvider"), "0");
    assert_eq!(form("twoFactorRemember"), "1");
    assert!(["6", "7", "8"].contains(&form("deviceType").as_str()));
    let hash = portico_crypto::MasterKey::derive(PASSWORD, EMAIL, &kdf()).authorization_hash(PASSWORD);
    assert_eq!(form("password"), hash.to_base64().expose());
    assert!(!server.asked().iter().any(|asked| asked.body.contains("correct")), "the password stays here");
}

#[tokio::test]
async fn asks_for_the_two_step_code() {
    let server = server(|_| {
        no(r#"{"error":"invalid_grant","error_description":"Two factor required.","TwoFactorProviders":["0","7"],
            "TwoFactorProviders2":{"0":null,"7":{"challenge":"x"}},"MasterPasswordPolicy":null}"#)
    })
    .await;
    let known = Known { remember_token: Some(SecretText::new("old token".to_owned())), ..Known::default() };
    let outcome = try_with(&server, &request(PASSWORD), known).await;
    let Ok(Authentication::TwoFactorRequired(challenge)) = outcome else { panic!("no code asked for") };
    assert_eq!(challenge.providers, [TwoFactorProvider::AUTHENTICATOR]);
    assert_eq!(challenge.others, [TwoFactorProvider::WEB_AUTHN]);
    assert_eq!(challenge.mailed_to, None);
    assert_eq!(server.asked()[1].form("twoFactorToken").as_deref(), Some("old token"));
    assert_eq!(server.asked()[1].form("twoFactorProvider").as_deref(), Some("5"));
}

#[tokio::test]
async fn asks_for_the_mailed_code() {
    let server = server(|asked| match asked.form("newDeviceOtp").as_deref() {
        None => no(
            r#"{"error":"device_error","error_description":"New device verification required","ErrorModel":{"Message":"new device verification required","Object":"error"}}"#,
        ),
        Some(_) => no(r#"{"error":"device_error","ErrorModel":{"Message":"invalid new device otp"}}"#),
    })
    .await;
    let mut request = request(PASSWORD);
    let outcome = try_with(&server, &request, Known::default()).await;
    assert!(matches!(outcome, Ok(Authentication::NewDeviceCodeRequired)));
    request.new_device_code = Some(SecretText::new("000000".to_owned()));
    let outcome = try_with(&server, &request, Known::default()).await;
    assert!(matches!(outcome, Err(SignInError::WrongCode)));
}

#[tokio::test]
async fn tells_refusals_apart() {
    let wrong = no(
        r#"{"error":"invalid_grant","error_description":"invalid_username_or_password","ErrorModel":{"Message":"Username or password is incorrect. Try again.","Object":"error","ValidationErrors":null}}"#,
    );
    assert!(matches!(refused(wrong).await, SignInError::WrongPassword));
    let bare = no(r#"{"error":"invalid_grant","error_description":"invalid_username_or_password"}"#);
    assert!(matches!(refused(bare).await, SignInError::WrongPassword));
    let french = no(
        r#"{"error":"invalid_grant","error_description":"invalid_username_or_password","ErrorModel":{"Message":"Identifiant ou mot de passe incorrect."}}"#,
    );
    assert!(matches!(refused(french).await, SignInError::WrongPassword));
    let none_usable = no(
        r#"{"error":"invalid_grant","error_description":"invalid_username_or_password","ErrorModel":{"Message":"No two-step providers enabled."}}"#,
    );
    assert!(matches!(refused(none_usable).await, SignInError::Refused { .. }));
    let code = no(
        r#"{"error":"invalid_grant","error_description":"invalid_username_or_password","ErrorModel":{"Message":"Two-step token is invalid. Try again."}}"#,
    );
    assert!(matches!(refused(code).await, SignInError::WrongCode));
    let sso = no(
        r#"{"error":"invalid_grant","ErrorModel":{"Message":"Sso authentication is required."},"SsoOrganizationIdentifier":"acme"}"#,
    );
    assert!(matches!(refused(sso).await, SignInError::SsoRequired { recovered: false }));
    let recovered = no(
        r#"{"error":"invalid_grant","ErrorModel":{"Message":"Two-factor recovery has been performed. SSO authentication is required."}}"#,
    );
    assert!(matches!(refused(recovered).await, SignInError::SsoRequired { recovered: true }));
    let no_version = no(r#"{"error":"version_header_missing","ErrorModel":{"Message":"No client version"}}"#);
    assert!(matches!(refused(no_version).await, SignInError::UpdateRequired));
    let version = no(
        r#"{"error":"invalid_client_version","ErrorModel":{"Message":"Please update your app to continue using Bitwarden"}}"#,
    );
    assert!(matches!(refused(version).await, SignInError::UpdateRequired));
    let duo = no(r#"{"error":"invalid_grant","TwoFactorProviders":[2,7]}"#);
    assert!(matches!(refused(duo).await, SignInError::UnsupportedTwoFactor { .. }));
    let other = no(r#"{"error":"invalid_grant","ErrorModel":{"Message":"No two-step providers enabled."}}"#);
    match refused(other).await {
        SignInError::Refused { message: Some(text) } => {
            assert_eq!(text.as_str(), "No two-step providers enabled.")
        }
        error => panic!("{error:?}"),
    }
    let garbage = no("not json");
    assert!(matches!(refused(garbage).await, SignInError::Api(ApiError::Status { code: 400, .. })));
}

#[tokio::test]
async fn a_broken_newer_form_falls_back_and_a_newer_encryption_is_told() {
    let account = make_account(PASSWORD, EMAIL, &kdf());
    let key = account.wrapped_user_key.as_str();
    let whole = serde_json::json!({"access_token": "access", "expires_in": 3600, "token_type": "Bearer",
        "refresh_token": "refresh", "Key": key, "Kdf": 0, "KdfIterations": 5000,
        "UserDecryptionOptions": {"HasMasterPassword": true, "MasterPasswordUnlock": {
            "Kdf": {"KdfType": 0, "Iterations": 5000}, "MasterKeyEncryptedUserKey": key, "Salt": EMAIL}}});
    let unlock = "/UserDecryptionOptions/MasterPasswordUnlock";
    for (at, odd) in [
        (format!("{unlock}/Kdf"), serde_json::json!(null)),
        (format!("{unlock}/Salt"), serde_json::json!(null)),
        ("/expires_in".to_owned(), serde_json::json!("3600")),
    ] {
        let mut token = whole.clone();
        *token.pointer_mut(&at).unwrap() = odd;
        let server = server(move |_| Answer::Json(200, token.to_string())).await;
        let granted = granted(&server, &request(PASSWORD)).await;
        assert!(granted.user_key.expose() == account.user_key.expose(), "{at}");
        assert_eq!(granted.refresh_token.unwrap().expose(), "refresh");
    }
    for at in [format!("{unlock}/MasterKeyEncryptedUserKey"), "/AccountKeys".to_owned()] {
        let mut token = whole.clone();
        let (around, name) = at.rsplit_once('/').unwrap();
        let around = if around.is_empty() { &mut token } else { token.pointer_mut(around).unwrap() };
        around[name] = serde_json::json!([{"newer": true}, 1]);
        let error = refused(Answer::Json(200, token.to_string())).await;
        assert!(matches!(error, SignInError::NewerEncryption), "{at}: {error:?}");
    }
    let mut broken = whole;
    broken["Key"] = serde_json::json!(null);
    *broken.pointer_mut(&format!("{unlock}/Kdf")).unwrap() = serde_json::json!(null);
    let error = refused(Answer::Json(200, broken.to_string())).await.to_string();
    assert!(error.contains("userDecryptionOptions.masterPasswordUnlock.kdf"), "{error}");
}

#[tokio::test]
async fn a_server_that_repeats_what_was_sent_gets_none_of_it_told() {
    for status in [400, 500] {
        let server = server(move |asked| {
            let words = |text: String| {
                serde_json::json!({"error": "odd", "message": text,
                "ErrorModel": {"Message": text}})
            };
            let hash = asked.form("password").unwrap();
            Answer::Json(
                status,
                words(format!("got {} or {hash}, {}", asked.body, asked.form("twoFactorToken").unwrap()))
                    .to_string(),
            )
        })
        .await;
        let mut request = request(PASSWORD);
        request.two_factor = Some(TwoFactorAnswer {
            provider: TwoFactorProvider::AUTHENTICATOR,
            code: SecretText::new("834201".to_owned()),
            remember: false,
        });
        let Err(error) = try_with(&server, &request, Known::default()).await else { panic!("signed in") };
        let words = format!("{error} {error:?}");
        let sent = server.asked()[1].clone();
        let hash = sent.form("password").unwrap();
        let encoded: String = url::form_urlencoded::byte_serialize(hash.as_bytes()).collect();
        for secret in [hash.as_str(), encoded.as_str(), "834201"] {
            assert!(!words.contains(secret), "{words}");
        }
        assert!(words.contains("got "), "the rest is told: {words}");
    }
}

/// Vaultwarden's own sentences, in the body of its newer and of its older versions. Without a code they mean something
/// else.
#[tokio::test]
async fn a_wrong_code_is_told_in_other_words_too() {
    for (message, code) in [
        ("Invalid TOTP code! Server time: 2026-01-02 03:04:05 UTC IP: 192.0.2.7", true),
        ("TOTP code is not a number", true),
        ("Token is invalid! IP: 192.0.2.7", true),
        ("Recovery code is incorrect. Try again.", true),
        ("Token is invalid", false),
        ("This user has been disabled", true),
    ] {
        for model in ["errorModel", "ErrorModel"] {
            let body = serde_json::json!({"message": message, "error": "", "error_description": "", "object": "error",
                "validationErrors": {"": [message]}, model: {"message": message, "object": "error"}});
            let server = server(move |_| no(&body.to_string())).await;
            let mut request = request(PASSWORD);
            request.two_factor = code.then(|| TwoFactorAnswer {
                provider: TwoFactorProvider::AUTHENTICATOR,
                code: SecretText::new("000000".to_owned()),
                remember: false,
            });
            let outcome = try_with(&server, &request, Known::default()).await;
            let is_wrong = matches!(outcome, Err(SignInError::WrongCode));
            assert_eq!(is_wrong, code && !message.contains("disabled"), "{message}");
            if !is_wrong {
                let Err(SignInError::Refused { message: Some(told) }) = outcome else { panic!("{message}") };
                assert_eq!(told.as_str(), message);
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_does_not_open_is_no_sign_in() {
    let stranger = make_account("another password", EMAIL, &kdf()).wrapped_user_key;
    let with = |key: &str| {
        Answer::Json(200, format!(r#"{{"access_token":"a","expires_in":1,"Kdf":0,"Key":"{key}"}}"#))
    };
    assert!(matches!(refused(with(&stranger)).await, SignInError::UserKey(OpenError::Mac)));
    assert!(matches!(refused(with("7.AAAA")).await, SignInError::NewerEncryption));
    let old = "0.AAAAAAAAAAAAAAAAAAAAAA==|AAAAAAAAAAAAAAAAAAAAAA==";
    assert!(matches!(refused(with(old)).await, SignInError::LegacyEncryption));
    for (keys, is_newer) in [("null", false), (r#"{"securityState":{"securityVersion":2}}"#, true)] {
        let without = format!(
            r#"{{"access_token":"a","expires_in":1,"Kdf":0,"Key":null,"AccountKeys":{keys},
                "UserDecryptionOptions":{{"HasMasterPassword":true}}}}"#
        );
        match refused(Answer::Json(200, without)).await {
            SignInError::NewerEncryption => assert!(is_newer),
            SignInError::LegacyEncryption => assert!(!is_newer, "its items are under the master key itself"),
            error => panic!("{error:?}"),
        }
    }
    let sso_only = Answer::Json(
        200,
        r#"{"access_token":"a","expires_in":1,"Key":null,"UserDecryptionOptions":{"HasMasterPassword":false}}"#
            .to_owned(),
    );
    assert!(matches!(refused(sso_only).await, SignInError::NoMasterPassword));
}

/// Four thousand million rounds would take this test an hour.
#[tokio::test]
async fn costs_out_of_bounds_are_refused_before_any_work() {
    for costs in [
        r#"{"kdf":0,"kdfIterations":1}"#,
        r#"{"kdf":0,"kdfIterations":4294967295}"#,
        r#"{"kdf":1,"kdfIterations":10,"kdfMemory":1048576,"kdfParallelism":4}"#,
        r#"{"kdf":1,"kdfIterations":3}"#,
        r#"{"kdf":9,"kdfIterations":600000}"#,
    ] {
        let server = HostileServer::start(move |_, _| Answer::Json(200, costs.to_owned())).await;
        let outcome = try_with(&server, &request(PASSWORD), Known::default()).await;
        assert!(matches!(outcome, Err(SignInError::Kdf(_))), "{costs}");
        assert_eq!(server.asked().len(), 1, "no hash of the password is sent");
    }
}

#[tokio::test]
async fn cheaper_costs_than_before_need_a_yes() {
    let server = server(|_| no(r#"{"error":"invalid_grant"}"#)).await;
    let known = || Known { kdf: Some(Kdf::DEFAULT), ..Known::default() };
    let mut request = request(PASSWORD);
    let outcome = try_with(&server, &request, known()).await;
    assert!(matches!(outcome, Err(SignInError::KdfLowered { .. })));
    assert_eq!(server.asked().len(), 1, "no hash is sent before the yes");
    request.accept_cheaper_kdf = true;
    assert!(matches!(try_with(&server, &request, known()).await, Err(SignInError::Refused { .. })));
}

#[tokio::test]
async fn what_is_not_a_bitwarden_server_is_told_so() {
    let page = HostileServer::start(|_, _| {
        Answer::Whole(200, vec![("content-type", "text/html".to_owned())], b"<html>".to_vec())
    })
    .await;
    let nothing = HostileServer::start(|_, _| Answer::Json(404, "{}".to_owned())).await;
    let other = HostileServer::start(|_, _| Answer::Json(200, r#"{"hello":1}"#.to_owned())).await;
    for (server, expected) in [(page, "web page"), (nothing, "route"), (other, "cannot be read")] {
        match try_with(&server, &request(PASSWORD), Known::default()).await {
            Err(SignInError::Api(error @ ApiError::NotBitwarden { .. })) => {
                assert!(error.to_string().contains(expected), "{error}")
            }
            other => panic!("{expected}: {:?}", other.err()),
        }
    }
}

#[tokio::test]
async fn an_older_and_a_newer_prelogin_are_both_found() {
    for place in ["/identity/accounts/prelogin/password", "/api/accounts/prelogin"] {
        let server = HostileServer::start(move |asked, _| match asked.target.as_str() {
            path if path == place => prelogin(),
            "/identity/connect/token" => no(r#"{"error":"invalid_grant"}"#),
            _ => Answer::Whole(404, vec![("content-type", "text/html".to_owned())], b"<html>".to_vec()),
        })
        .await;
        let outcome = try_with(&server, &request(PASSWORD), Known::default()).await;
        assert!(matches!(outcome, Err(SignInError::Refused { .. })), "{place}");
    }
}

#[test]
fn e_mail_addresses() {
    assert_eq!(normal_email("  Maya@Brightwater.EXAMPLE ").unwrap(), EMAIL);
    let long = format!("{}@b.example", "a".repeat(300));
    for wrong in ["", "maya", "@b.example", "maya@", "ma ya@b.example", long.as_str()] {
        assert!(matches!(normal_email(wrong), Err(SignInError::InvalidEmail)), "{wrong}");
    }
}
