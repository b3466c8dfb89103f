//! The ways in besides the password and an authenticator app, against answers written from protocol.md §1.3–§1.5.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_crypto::ceremony::{NewAccount as NewKeys, make_account};
use portico_crypto::{Kdf, MasterKey};
use portico_profile::Profile;
use portico_protocol::server::{ServerAddress, ServerUrls};

use super::*;
use crate::device::Device;
use crate::hostile::{Answer, Asked, HostileServer};
use crate::http::ConnectOptions;
use crate::{MailedCode, mail_code};

const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "maya@brightwater.example";
const USER: Uuid = Uuid::from_u128(0x0196f3a0_0000_7000_8000_000000000001);

/// A server, a profile and a client between them.
struct Stage {
    server: HostileServer,
    profile: Profile,
    client: ApiClient,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn new(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        let server = HostileServer::start(answer).await;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let options = ConnectOptions::new(Device { identifier: Uuid::from_u128(7) });
        let client = ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap();
        Self { server, profile, client, _folder: folder }
    }

    fn address(&self) -> ServerAddress {
        ServerAddress::SelfHosted(self.server.base.clone())
    }

    fn by_password(&self) -> SignInRequest {
        SignInRequest::new(self.address(), EMAIL.to_owned(), SecretText::new(PASSWORD.to_owned()))
    }

    fn by_key(&self, password: &str) -> ApiKeySignIn {
        ApiKeySignIn {
            server: self.address(),
            key: key(),
            password: SecretText::new(password.to_owned()),
            accept_cheaper_kdf: false,
        }
    }

    async fn with_key(&self, request: &ApiKeySignIn) -> Result<Unlocked, SignInError> {
        match sign_in_with_api_key(&self.client, &self.profile, request, &CancellationToken::new()).await? {
            SignInOutcome::SignedIn(unlocked) => Ok(*unlocked),
            _ => panic!("something was asked for"),
        }
    }
}

fn key() -> ApiKey {
    let secret = SecretText::new("thirtycharactersofapersonalkey".to_owned());
    ApiKey::new(&format!("user.{USER}"), secret).unwrap()
}

fn account(kdf: &Kdf) -> NewKeys {
    make_account(PASSWORD, EMAIL, kdf)
}

fn no(json: &str) -> Answer {
    Answer::Json(400, json.to_owned())
}

/// A token of this person, with a mark by which one is told from the next.
fn token(mark: &str) -> String {
    let claims = format!(r#"{{"sub":"{USER}","email":"{EMAIL}","jti":"{mark}"}}"#);
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

/// What the grant brings: no refresh token.
fn key_grant(mark: &str, wrapped: &str, kdf: &str) -> Answer {
    let token = token(mark);
    Answer::Json(
        200,
        format!(
            r#"{{"access_token":"{token}","expires_in":3600,"token_type":"Bearer","scope":"api","Key":"{wrapped}",{kdf},
            "UserDecryptionOptions":{{"HasMasterPassword":true,"Object":"userDecryptionOptions"}}}}"#
        ),
    )
}

const CHEAPEST: &str = r#""Kdf":0,"KdfIterations":5000,"KdfMemory":null,"KdfParallelism":null"#;

#[tokio::test]
async fn an_api_key_signs_in_and_is_kept_for_the_next_token() {
    let wrapped = account(&Kdf::pbkdf2(5000).unwrap()).wrapped_user_key;
    let stage = Stage::new(move |asked, before| match asked.target.as_str() {
        "/identity/connect/token" => key_grant(&format!("token {before}"), &wrapped, CHEAPEST),
        _ => match asked.header("authorization") {
            Some(bearer) if bearer == format!("Bearer {}", token("token 0")) => {
                Answer::Json(401, r#"{"message":"Unauthorized."}"#.to_owned())
            }
            _ => Answer::Json(200, "7".to_owned()),
        },
    })
    .await;
    let unlocked = stage.with_key(&stage.by_key(PASSWORD)).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((unlocked.account(), unlocked.email()), (USER, EMAIL));
    let first = stage.server.asked().remove(0);
    let form = |name: &str| first.form(name).unwrap_or_default();
    let documented = "client_id client_secret deviceIdentifier deviceName deviceType grant_type scope";
    assert_eq!(first.form_names(), documented.split_whitespace().collect::<Vec<_>>());
    assert_eq!(form("grant_type"), "client_credentials");
    assert_eq!(form("client_id"), format!("user.{USER}"));
    assert_eq!(form("client_secret"), "thirtycharactersofapersonalkey");
    assert_eq!(form("scope"), "api");
    assert_eq!(form("deviceIdentifier"), "00000000-0000-0000-0000-000000000007");
    assert!(first.form("password").is_none() && !first.body.contains("correct"), "the password stays here");

    // The token is refused: the key brings the next one, and both are still there after a lock.
    drop(unlocked);
    let unlocked = stage.profile.unlock(USER, PASSWORD).unwrap();
    assert!(unlocked.session().unwrap().refresh_token.is_none());
    let authorized = crate::refresh::Authorized { client: &stage.client, session: &unlocked, room: None };
    let reading = crate::refresh::Reading { max_bytes: 100, tries: 1 };
    let read: u32 = authorized.get("/a", reading, &CancellationToken::new()).await.unwrap();
    assert_eq!(read, 7);
    let session = unlocked.session().unwrap();
    assert_eq!(session.access_token.expose(), token("token 2"));
    assert_eq!(session.api_key.as_ref().unwrap().secret.expose(), "thirtycharactersofapersonalkey");
}

#[tokio::test]
async fn a_key_that_was_replaced_means_sign_in_again() {
    let wrapped = account(&Kdf::pbkdf2(5000).unwrap()).wrapped_user_key;
    let stage = Stage::new(move |asked, before| match (asked.target.as_str(), before) {
        ("/identity/connect/token", 0) => key_grant("first", &wrapped, CHEAPEST),
        ("/identity/connect/token", _) => no(r#"{"error":"invalid_client"}"#),
        _ => Answer::Json(401, r#"{"message":"Unauthorized."}"#.to_owned()),
    })
    .await;
    let unlocked = stage.with_key(&stage.by_key(PASSWORD)).await.unwrap_or_else(|error| panic!("{error}"));
    let authorized = crate::refresh::Authorized { client: &stage.client, session: &unlocked, room: None };
    let reading = crate::refresh::Reading { max_bytes: 100, tries: 1 };
    let read: Result<u32, _> = authorized.get("/a", reading, &CancellationToken::new()).await;
    assert!(matches!(read, Err(ApiError::SignedOut)));
}

#[tokio::test]
async fn a_key_with_another_password_or_of_somebody_else_is_no_sign_in() {
    let wrapped = account(&Kdf::pbkdf2(5000).unwrap()).wrapped_user_key;
    let stage = Stage::new(move |_, _| key_grant("x", &wrapped, CHEAPEST)).await;
    let outcome = stage.with_key(&stage.by_key("another password")).await;
    assert!(matches!(outcome, Err(SignInError::WrongMasterPassword)));
    let mut request = stage.by_key(PASSWORD);
    request.key.user = Uuid::from_u128(1);
    assert!(matches!(stage.with_key(&request).await, Err(SignInError::Api(ApiError::NotBitwarden { .. }))));
    assert!(stage.profile.account_ids().unwrap().is_empty(), "nothing is kept");
}

#[tokio::test]
async fn a_refused_key_is_told_as_one() {
    for refusal in [
        r#"{"error":"invalid_client"}"#,
        r#"{"error":"","ErrorModel":{"Message":"Incorrect client_secret"}}"#,
        r#"{"error":"invalid_grant","error_description":"invalid_username_or_password"}"#,
    ] {
        let stage = Stage::new(move |_, _| no(refusal)).await;
        match stage.with_key(&stage.by_key(PASSWORD)).await {
            Err(error @ SignInError::WrongApiKey) => {
                assert!(!format!("{error:?} {error}").contains("thirtycharacters"))
            }
            other => panic!("{refusal}: {:?}", other.err()),
        }
    }
    let stage = Stage::new(|_, _| no(r#"{"error":"invalid_client_version"}"#)).await;
    assert!(matches!(stage.with_key(&stage.by_key(PASSWORD)).await, Err(SignInError::UpdateRequired)));
}

/// A thousand gigabytes of memory would not be had, ten thousand million rounds take an hour.
#[tokio::test]
async fn costs_that_come_with_a_key_are_bounded_and_compared_too() {
    for costs in [
        r#""Kdf":0,"KdfIterations":1"#,
        r#""Kdf":0,"KdfIterations":4294967295"#,
        r#""Kdf":1,"KdfIterations":10,"KdfMemory":1048576,"KdfParallelism":4"#,
        r#""Kdf":1,"KdfIterations":3"#,
    ] {
        let stage = Stage::new(move |_, _| key_grant("x", "2.AA==|AA==|AA==", costs)).await;
        let outcome = stage.with_key(&stage.by_key(PASSWORD)).await;
        assert!(matches!(outcome, Err(SignInError::Kdf(_))), "{costs}");
    }
    let keys = account(&Kdf::argon2id(2, 16, 1).unwrap());
    let cheap = MasterKey::derive(PASSWORD, EMAIL, &Kdf::pbkdf2(5000).unwrap()).seal_user_key(&keys.user_key);
    let strong = keys.wrapped_user_key;
    let stage = Stage::new(move |_, before| match before {
        0 => key_grant("argon", &strong, r#""Kdf":1,"KdfIterations":2,"KdfMemory":16,"KdfParallelism":1"#),
        _ => key_grant("pbkdf2", &cheap, CHEAPEST),
    })
    .await;
    let mut request = stage.by_key(PASSWORD);
    drop(stage.with_key(&request).await.unwrap_or_else(|error| panic!("{error}")));
    assert!(matches!(stage.with_key(&request).await, Err(SignInError::KdfLowered { .. })));
    request.accept_cheaper_kdf = true;
    drop(stage.with_key(&request).await.unwrap_or_else(|error| panic!("{error}")));
    drop(stage.profile.unlock(USER, PASSWORD).unwrap());
}

const PRELOGIN: &str = r#"{"kdf":0,"kdfIterations":5000,"salt":null}"#;

/// Wants a second step: by mail, by an app, by a security key.
fn three_ways() -> Answer {
    no(
        r#"{"error":"invalid_grant","error_description":"Two factor required.","TwoFactorProviders":["1","0","7"],
        "TwoFactorProviders2":{"0":null,"1":{"Email":"m***@brightwater.example"},"7":{"challenge":"x"}}}"#,
    )
}

#[tokio::test]
async fn several_ways_are_offered_and_a_mailed_code_is_taken() {
    let stage = Stage::new(|asked, _| match asked.target.as_str() {
        "/identity/accounts/prelogin" => Answer::Json(200, PRELOGIN.to_owned()),
        "/api/two-factor/send-email-login" => Answer::Json(200, String::new()),
        _ => match asked.form("twoFactorProvider").as_deref() {
            None => three_ways(),
            Some(_) => {
                no(r#"{"error":"invalid_grant","ErrorModel":{"Message":"Two-step token is invalid."}}"#)
            }
        },
    })
    .await;
    let (mut request, stop) = (stage.by_password(), CancellationToken::new());
    let Ok(SignInOutcome::TwoFactorRequired(challenge)) =
        sign_in(&stage.client, &stage.profile, &request, &stop).await
    else {
        panic!("no code asked for")
    };
    assert_eq!(challenge.providers, [TwoFactorProvider::AUTHENTICATOR, TwoFactorProvider::EMAIL]);
    assert_eq!(challenge.others, [TwoFactorProvider::WEB_AUTHN]);
    assert_eq!(challenge.mailed_to.unwrap().as_str(), "m***@brightwater.example");

    mail_code(&stage.client, &stage.profile, &request, MailedCode::TwoStep, &stop).await.unwrap();
    let asked = stage.server.asked().pop().unwrap();
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    let hash = MasterKey::derive(PASSWORD, EMAIL, &Kdf::pbkdf2(5000).unwrap()).authorization_hash(PASSWORD);
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["deviceIdentifier", "email", "masterPasswordHash"]);
    assert_eq!(body["masterPasswordHash"], hash.to_base64().expose());
    assert_eq!(body["email"], EMAIL);
    assert_eq!(body["deviceIdentifier"], "00000000-0000-0000-0000-000000000007");

    request.two_factor = Some(TwoFactorAnswer {
        provider: TwoFactorProvider::EMAIL,
        code: SecretText::new("123 456".to_owned()),
        remember: true,
    });
    let outcome = sign_in(&stage.client, &stage.profile, &request, &stop).await;
    assert!(matches!(outcome, Err(SignInError::WrongCode)));
    let asked = stage.server.asked().pop().unwrap();
    assert_eq!(asked.form("twoFactorToken").as_deref(), Some("123456"));
    assert_eq!(asked.form("twoFactorProvider").as_deref(), Some("1"));
}

#[tokio::test]
async fn a_recovery_code_is_sent_as_people_read_it_from_paper() {
    let stage = Stage::new(|asked, _| match asked.target.as_str() {
        "/identity/accounts/prelogin" => Answer::Json(200, PRELOGIN.to_owned()),
        _ => no(r#"{"error":"invalid_grant","ErrorModel":{"Message":"Two-step token is invalid."}}"#),
    })
    .await;
    let mut request = stage.by_password();
    request.two_factor = Some(TwoFactorAnswer {
        provider: TwoFactorProvider::RECOVERY_CODE,
        code: SecretText::new(" ABCD efgh 1234 ".to_owned()),
        remember: false,
    });
    let outcome = sign_in(&stage.client, &stage.profile, &request, &CancellationToken::new()).await;
    assert!(matches!(outcome, Err(SignInError::WrongCode)));
    let asked = stage.server.asked().pop().unwrap();
    assert_eq!(asked.form("twoFactorToken").as_deref(), Some("abcdefgh1234"));
    assert_eq!(asked.form("twoFactorProvider").as_deref(), Some("8"));
    assert_eq!(asked.form("twoFactorRemember").as_deref(), Some("0"));
}

#[tokio::test]
async fn the_code_for_a_new_machine_is_mailed_once_more_or_refused_with_a_reason() {
    let stage = Stage::new(|asked, before| match asked.target.as_str() {
        "/identity/accounts/prelogin" => Answer::Json(200, PRELOGIN.to_owned()),
        "/api/accounts/resend-new-device-otp" if before < 2 => Answer::Json(200, String::new()),
        _ => no(r#"{"message":"Invalid user email.","object":"error"}"#),
    })
    .await;
    let (request, stop) = (stage.by_password(), CancellationToken::new());
    mail_code(&stage.client, &stage.profile, &request, MailedCode::NewDevice, &stop).await.unwrap();
    let asked = stage.server.asked().pop().unwrap();
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["email", "secret"]);
    let outcome = mail_code(&stage.client, &stage.profile, &request, MailedCode::NewDevice, &stop).await;
    match outcome {
        Err(SignInError::Refused { message: Some(text) }) => assert_eq!(text.as_str(), "Invalid user email."),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn no_hash_leaves_for_a_mail_when_the_costs_are_unsafe() {
    let stage = Stage::new(|_, _| Answer::Json(200, r#"{"kdf":0,"kdfIterations":1}"#.to_owned())).await;
    let (request, stop) = (stage.by_password(), CancellationToken::new());
    let outcome = mail_code(&stage.client, &stage.profile, &request, MailedCode::TwoStep, &stop).await;
    assert!(matches!(outcome, Err(SignInError::Kdf(_))));
    assert_eq!(stage.server.asked().len(), 1);
}
