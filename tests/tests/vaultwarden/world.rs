//! One account, its organization and three items, sealed once and told in whichever way a server has.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_client::{
    ApiClient, CancellationToken, SignInError, SignInOutcome, SignInRequest, TwoFactorAnswer,
    TwoFactorChallenge, connect, sign_in,
};
use portico_crypto::ceremony::{NewAccount, NewOrganization, make_account_with, make_organization_with};
use portico_crypto::{Kdf, PrivateKey, SymmetricKey};
use portico_profile::{Profile, Unlocked};
use portico_protocol::SecretText;
use portico_protocol::identity::TwoFactorProvider;
use portico_protocol::server::ServerAddress;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::hostile::{Answer, Asked, HostileServer};
use crate::{newer, older};

pub const PASSWORD: &str = "correct horse battery staple";
pub const EMAIL: &str = "maya@brightwater.example";
pub const CODE: &str = "123456";
pub const USER: Uuid = Uuid::from_u128(9);
pub const ORGANIZATION: Uuid = Uuid::from_u128(0xc1);
pub const COLLECTION: Uuid = Uuid::from_u128(0x71);
pub const FOLDER: Uuid = Uuid::from_u128(0x81);
pub const LOGIN: Uuid = Uuid::from_u128(0x91);
pub const NOTE: Uuid = Uuid::from_u128(0x92);
pub const CARD: Uuid = Uuid::from_u128(0x93);

/// The keys of everything, and what is sealed with them.
pub struct World {
    pub account: NewAccount,
    pub organization: NewOrganization,
}

impl World {
    pub fn new() -> Arc<Self> {
        // One pair for both: making one takes a tenth of a second, and nothing here depends on it.
        let pair = PrivateKey::generate();
        let account = make_account_with(PASSWORD, EMAIL, &Kdf::pbkdf2(5000).unwrap(), &pair);
        let organization = make_organization_with(pair.public_key(), "Front desk", &pair);
        Arc::new(Self { account, organization })
    }

    pub fn own(&self, text: &str) -> String {
        self.account.user_key.seal_text(text)
    }

    pub fn shared(&self, text: &str) -> String {
        self.organization.key.seal_text(text)
    }

    /// The key of one item, sealed, and a text under it.
    pub fn item_key(&self) -> (SymmetricKey, String) {
        portico_crypto::ceremony::make_item_key(&self.account.user_key)
    }
}

/// A server in this process that answers as Vaultwarden does.
pub struct Server(HostileServer);

impl Server {
    pub async fn start(world: &Arc<World>, is_newer: bool) -> Self {
        let (world, account) = (Arc::clone(world), Arc::clone(world));
        let vault = if is_newer { newer::vault(&world) } else { older::vault(&world) };
        let server = HostileServer::start(move |asked, _| {
            if asked.target == "/identity/connect/token" {
                return token(asked, &account, is_newer);
            }
            let answer = match asked.target.as_str() {
                "/identity/accounts/prelogin" => {
                    Some(if is_newer { newer::prelogin() } else { older::prelogin() })
                }
                _ if asked.header("authorization").is_none() => {
                    // As Rocket's own catcher says it.
                    let page = "<!DOCTYPE html><html><head><title>401 Unauthorized</title></head></html>";
                    return Answer::Whole(401, vec![("content-type", "text/html".to_owned())], page.into());
                }
                "/api/accounts/revision-date" => Some(json!(1_767_225_600_000_i64)),
                "/api/sync?excludeDomains=true" => Some(vault.clone()),
                path if is_newer => newer::answer(path, &account),
                path => older::answer(path, &account),
            };
            match answer {
                Some(json) => Answer::Json(200, json.to_string()),
                None => Answer::Json(404, r#"{"error":{"code":404,"reason":"Not Found","description":"The requested resource could not be found."}}"#.to_owned()),
            }
        });
        Self(server.await)
    }

    /// One that lets nobody in, for a reason of its own.
    pub async fn refusing(_: &Arc<World>, why: &'static str) -> Self {
        Self(
            HostileServer::start(move |asked, _| match asked.target.as_str() {
                "/identity/accounts/prelogin" => Answer::Json(200, newer::prelogin().to_string()),
                _ => Answer::Json(400, newer::refusal(why).to_string()),
            })
            .await,
        )
    }

    fn address(&self) -> ServerAddress {
        ServerAddress::parse(self.0.base.as_str()).unwrap()
    }

    pub fn client(&self, profile: &Profile) -> ApiClient {
        connect(profile, &self.address(), None, None).unwrap()
    }

    pub async fn sign_in(
        &self,
        profile: &Profile,
        password: &str,
        code: Option<&str>,
    ) -> Result<SignInOutcome, SignInError> {
        let answer = |code: &str| TwoFactorAnswer {
            provider: TwoFactorProvider::AUTHENTICATOR,
            code: SecretText::new(code.to_owned()),
            remember: false,
        };
        let request = SignInRequest {
            two_factor: code.map(answer),
            ..SignInRequest::new(self.address(), EMAIL.to_owned(), SecretText::new(password.to_owned()))
        };
        sign_in(&self.client(profile), profile, &request, &CancellationToken::new()).await
    }

    pub async fn asks_for_a_code(&self, profile: &Profile, password: &str) -> TwoFactorChallenge {
        match self.sign_in(profile, password, None).await {
            Ok(SignInOutcome::TwoFactorRequired(challenge)) => challenge,
            Ok(_) => panic!("no code was asked for"),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn signed_in(&self, profile: &Profile, code: &str) -> Unlocked {
        match self.sign_in(profile, PASSWORD, Some(code)).await {
            Ok(SignInOutcome::SignedIn(unlocked)) => *unlocked,
            Ok(_) => panic!("a code was asked for"),
            Err(error) => panic!("{error}"),
        }
    }

    /// Paths in the order in which they were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.0.asked().into_iter().map(|asked| asked.target).collect()
    }

    /// How often the access token was renewed.
    pub fn renewals(&self) -> usize {
        let renews = |asked: &Asked| asked.form("grant_type").as_deref() == Some("refresh_token");
        self.0.asked().iter().filter(|asked| renews(asked)).count()
    }
}

/// The token endpoint: password, then code.
fn token(asked: &Asked, world: &World, is_newer: bool) -> Answer {
    let (refusal, second_step, granted, renewed): (fn(&str) -> Value, Value, Value, Value) = if is_newer {
        (newer::refusal, newer::second_step(), newer::granted(world), newer::renewed())
    } else {
        (older::refusal, older::second_step(), older::granted(world), older::renewed(world))
    };
    if asked.form("grant_type").as_deref() == Some("refresh_token") {
        return Answer::Json(200, renewed.to_string());
    }
    let right = world.account.authorization_hash.to_base64();
    let (status, answer) = match (asked.form("password"), asked.form("twoFactorToken").as_deref()) {
        (Some(given), _) if given != right.expose() => {
            (400, refusal("Username or password is incorrect. Try again"))
        }
        (_, None) => (400, second_step),
        (_, Some(CODE)) => (200, granted),
        _ => (400, refusal("Invalid TOTP code! Server time: 2026-01-02 03:04:05 UTC IP: 192.0.2.7")),
    };
    Answer::Json(status, answer.to_string())
}

/// An access token as either version makes it: `sub` and `email` are what we read of it.
pub fn access_token() -> String {
    let claims = json!({"nbf": 1_767_225_600, "exp": 4_000_000_000_u32, "iss": "http://localhost|login", "sub": USER,
        "premium": true, "name": "Maya", "email": EMAIL, "email_verified": true, "sstamp": "stamp",
        "device": Uuid::from_u128(7), "scope": ["api", "offline_access"], "amr": ["Application"]});
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(&json!({"typ": "JWT", "alg": "RS256"})), part(&claims))
}
