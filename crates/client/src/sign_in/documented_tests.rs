//! What leads into an account as it is sent, byte for byte, against what protocol.md §0 and §1 say. The requests are written
//! down by hand in `sign_in.json`; `{name}` stands for a value of a kind, and a member that is null may be left out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portico_crypto::{Kdf, MasterKey};
use portico_profile::Profile;
use portico_protocol::enc_string::EncString;
use portico_protocol::server::{ServerAddress, ServerUrls};
use serde_json::{Map, Value};

use super::authenticate::{Known, authenticate};
use super::*;
use crate::device::Device;
use crate::hostile::{Answer, Asked, HostileServer};
use crate::http::ConnectOptions;
use crate::refresh::{Authorized, kept::kept};
use crate::{MailedCode, Registration, RegistrationInvitation, mail_code, register, verify_address};

const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "maya@brightwater.example";
const TOKEN: &str = "opaque+token/of=the server";
const USER: Uuid = Uuid::from_u128(0x0196f3a0_0000_7000_8000_000000000001);
const MEMBER: Uuid = Uuid::from_u128(8);
const SECRET: &str = "thirtycharactersofapersonalkey";

/// Knows nobody, and the prelogin under one of its names.
struct Stage {
    server: HostileServer,
    client: ApiClient,
    profile: Profile,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn new(prelogin: &'static str) -> Self {
        let server = HostileServer::start(move |asked, _| match asked.target.as_str() {
            target if target == prelogin => {
                Answer::Json(200, r#"{"kdf":0,"kdfIterations":5000,"salt":null}"#.to_owned())
            }
            "/api/two-factor/send-email-login" | "/api/accounts/resend-new-device-otp" => {
                Answer::Json(200, String::new())
            }
            "/identity/accounts/register/send-verification-email" => Answer::Json(200, r#""t""#.to_owned()),
            target if target.contains("/prelogin") => Answer::Json(404, String::new()),
            _ => Answer::Json(400, r#"{"error":"invalid_grant"}"#.to_owned()),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let options = ConnectOptions::new(Device { identifier: Uuid::from_u128(7) });
        let client = ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap();
        Self { server, client, profile, _folder: folder }
    }

    fn request(&self) -> SignInRequest {
        let (email, password) = (format!(" {} ", EMAIL.to_uppercase()), PASSWORD.to_owned());
        SignInRequest::new(
            ServerAddress::SelfHosted(self.server.base.clone()),
            email,
            SecretText::new(password),
        )
    }

    /// The newest request to this route, which is all of one documented request and nothing else.
    fn sent(&self, name: &str) {
        let entry = &documented()[name];
        let route = entry["route"].as_str().unwrap();
        let is_it = |asked: &&Asked| format!("{} {}", asked.method, asked.target) == route;
        let asked = self.server.asked();
        let asked = asked.iter().rfind(is_it).unwrap_or_else(|| panic!("{name}: {route} was not asked for"));
        for (header, documented) in documented()["always"]["headers"].as_object().unwrap() {
            let sent = asked.header(header).unwrap_or_else(|| panic!("{name}: {header} is missing"));
            fits(documented, &Value::from(sent), &format!("{name}: {header}"));
        }
        assert_eq!(asked.header("authorization"), None, "{name}");
        let kind = asked.header("content-type").unwrap();
        let (documented, sent) = match entry.get("form") {
            Some(form) => {
                assert!(kind.starts_with("application/x-www-form-urlencoded"), "{name}: {kind}");
                let members: Vec<(String, Value)> = url::form_urlencoded::parse(asked.body.as_bytes())
                    .map(|(member, value)| (member.into_owned(), value.into()))
                    .collect();
                let sent: Map<String, Value> = members.iter().cloned().collect();
                assert_eq!(sent.len(), members.len(), "{name}: a member came twice");
                (form, Value::Object(sent))
            }
            None => {
                assert!(kind.starts_with("application/json"), "{name}: {kind}");
                (&entry["json"], serde_json::from_str(&asked.body).unwrap())
            }
        };
        fits(documented, &sent, name);
        assert!(
            !asked.body.contains("correct") && !asked.target.contains('?'),
            "{name}: the password stays here"
        );
    }
}

fn documented() -> Value {
    serde_json::from_str(include_str!("../../../protocol/tests/golden/sign_in.json")).unwrap()
}

#[track_caller]
fn fits(documented: &Value, sent: &Value, at: &str) {
    match (documented, sent) {
        (Value::Object(documented), Value::Object(sent)) => {
            let unknown: Vec<&String> = sent.keys().filter(|name| !documented.contains_key(*name)).collect();
            // Nothing for what is not documented is as good as leaving it out.
            let unknown: Vec<_> = unknown.into_iter().filter(|name| !sent[*name].is_null()).collect();
            assert!(unknown.is_empty(), "{at}: {unknown:?} is not documented");
            for (name, value) in documented {
                fits(value, sent.get(name).unwrap_or(&Value::Null), &format!("{at}.{name}"));
            }
        }
        (Value::String(documented), Value::String(sent)) => {
            let is_one = match documented.as_str() {
                "{email}" => sent == EMAIL,
                "{token}" => sent == TOKEN,
                "{secret}" => sent == SECRET,
                "{device}" => *sent == Uuid::from_u128(7).to_string(),
                "{member}" => *sent == MEMBER.to_string(),
                "user.{user}" => *sent == format!("user.{USER}"),
                "{deviceType}" => ["6", "7", "8"].contains(&sent.as_str()),
                "{version}" => {
                    let parts: Vec<_> = sent.split('.').map(str::parse::<u32>).collect();
                    (2..=4).contains(&parts.len()) && parts.iter().all(Result::is_ok)
                }
                "{text}" => !sent.trim().is_empty(),
                "{base64}" => STANDARD.decode(sent).is_ok_and(|bytes| bytes.len() >= 32),
                "{enc}" => EncString::parse(sent).is_ok_and(|_| sent.starts_with("2.")),
                "{hash}" => {
                    let key = MasterKey::derive(PASSWORD, EMAIL, &Kdf::pbkdf2(5000).unwrap());
                    sent == key.authorization_hash(PASSWORD).to_base64().expose()
                }
                literal => sent == literal,
            };
            assert!(is_one, "{at} is {sent:?} instead of {documented:?}");
        }
        _ => assert_eq!(documented, sent, "{at}"),
    }
}

#[tokio::test]
async fn the_prelogin_under_each_of_its_names() {
    for (path, name) in [
        ("/identity/accounts/prelogin", "prelogin"),
        ("/identity/accounts/prelogin/password", "newerPrelogin"),
        ("/api/accounts/prelogin", "oldestPrelogin"),
    ] {
        let (stage, stop) = (Stage::new(path).await, CancellationToken::new());
        drop(sign_in(&stage.client, &stage.profile, &stage.request(), &stop).await);
        stage.sent(name);
        stage.sent("password");
    }
}

#[tokio::test]
async fn every_grant_of_a_token() {
    let (stage, stop) = (Stage::new("/identity/accounts/prelogin").await, CancellationToken::new());
    let (code, mut request) = (|text: &str| SecretText::new(text.to_owned()), stage.request());
    let known = Known { remember_token: Some(code(TOKEN)), ..Known::default() };
    drop(authenticate(&stage.client, &request, &known, &stop).await);
    stage.sent("remembered");

    let (provider, remember) = (TwoFactorProvider::AUTHENTICATOR, true);
    request.two_factor = Some(TwoFactorAnswer { provider, code: code("123 456"), remember });
    // What was typed stands before what was remembered.
    drop(authenticate(&stage.client, &request, &known, &stop).await);
    stage.sent("code");

    request = stage.request();
    request.new_device_code = Some(code(" 654321 "));
    drop(sign_in(&stage.client, &stage.profile, &request, &stop).await);
    stage.sent("newDevice");

    let by_key = ApiKeySignIn {
        server: ServerAddress::SelfHosted(stage.server.base.clone()),
        key: ApiKey::new(&format!("user.{USER}"), code(SECRET)).unwrap(),
        password: code(PASSWORD),
        accept_cheaper_kdf: false,
    };
    drop(sign_in_with_api_key(&stage.client, &stage.profile, &by_key, &stop).await);
    stage.sent("apiKey");

    let session = kept();
    session.0.lock().unwrap().1 = Some(TOKEN.to_owned());
    let asking = Authorized { client: &stage.client, session: &session, room: None };
    assert!(asking.renew(1, &stop).await.is_err());
    stage.sent("refresh");
}

#[tokio::test]
async fn mails_with_codes() {
    let (stage, stop) = (Stage::new("/identity/accounts/prelogin").await, CancellationToken::new());
    for (which, name) in [(MailedCode::TwoStep, "mailedCode"), (MailedCode::NewDevice, "mailedDeviceCode")] {
        mail_code(&stage.client, &stage.profile, &stage.request(), which, &stop).await.unwrap();
        stage.sent(name);
    }
}

#[tokio::test]
async fn a_registration_with_each_kind_of_invitation() {
    let (stage, stop) = (Stage::new("/identity/accounts/prelogin").await, CancellationToken::new());
    verify_address(&stage.client, EMAIL, &stop).await.unwrap();
    stage.sent("verifyAddress");
    let token = || SecretText::new(TOKEN.to_owned());
    for (invitation, hint, name) in [
        (RegistrationInvitation::Address { token: token() }, Some("the comic"), "registerWithAddress"),
        (RegistrationInvitation::Provider { member: MEMBER, token: token() }, None, "registerForProvider"),
        (
            RegistrationInvitation::Organization { member: MEMBER, token: token() },
            None,
            "registerForOrganization",
        ),
    ] {
        let registration = Registration {
            server: ServerAddress::SelfHosted(stage.server.base.clone()),
            email: EMAIL.to_owned(),
            password: SecretText::new(PASSWORD.to_owned()),
            hint: hint.map(str::to_owned),
            invitation,
        };
        assert!(register(&stage.client, &stage.profile, &registration, &stop).await.is_err());
        stage.sent(name);
    }
}
