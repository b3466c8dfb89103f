//! Somebody joins an organization with real keys: invited, registered by the invitation, accepted, confirmed. Their
//! client then opens what the organization shares with them.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use demo::{Demo, code_of, read_all};
use portico_crypto::ceremony::{make_account, wrap_for_member};
use portico_crypto::{Kdf, MasterKey, PrivateKey, PublicKey, SymmetricKey};
use portico_demo::{DemoAccount, DemoSize};
use portico_profile::Profile;
use portico_vault::Opened;
use reqwest::Method;
use serde_json::{Value, json};

const EMAIL: &str = "newcomer@abbottlane.example";
const PASSWORD: &str = "a brand new master password";

/// A person at the API, with the keys that the sign-in gives.
struct Signed<'a> {
    demo: &'a Demo,
    http: reqwest::Client,
    token: String,
    private_key: PrivateKey,
}

impl<'a> Signed<'a> {
    /// With the code of the authenticator app that has this seed, for whom one is asked.
    async fn in_as(demo: &'a Demo, email: &str, password: &str, seed: Option<&str>) -> Signed<'a> {
        // The second sign-in finds it installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let prelogin =
            call(demo, &http, Method::POST, "identity/accounts/prelogin", None, json!({"email": email}))
                .await;
        let rounds = u32::try_from(prelogin["kdfIterations"].as_u64().unwrap()).unwrap();
        let master = MasterKey::derive(password, email, &Kdf::pbkdf2(rounds).unwrap());
        let hash = master.authorization_hash(password).to_base64();
        let mut form = vec![
            ("grant_type", "password"),
            ("username", email),
            ("password", hash.expose()),
            ("scope", "api offline_access"),
            ("client_id", "desktop"),
            ("deviceType", "8"),
            ("deviceIdentifier", "11111111-2222-3333-4444-555555555555"),
            ("deviceName", "linux"),
        ];
        let code = seed.map(code_of);
        if let Some(code) = &code {
            form.extend([("twoFactorProvider", "0"), ("twoFactorToken", code.code.expose())]);
        }
        let url = demo.base().join("identity/connect/token").unwrap();
        let request = http.post(url).header("Bitwarden-Client-Version", "2026.8.0").form(&form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let user_key = master.open_user_key(answer["Key"].as_str().unwrap()).unwrap();
        Signed {
            demo,
            http,
            token: answer["access_token"].as_str().unwrap().to_owned(),
            private_key: user_key.open_private_key(answer["PrivateKey"].as_str().unwrap()).unwrap(),
        }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        call(self.demo, &self.http, method, path, Some(&self.token), body).await
    }

    /// The first organization that the person is a member of: id and key.
    async fn organization(&self) -> (String, SymmetricKey) {
        let profile = self.call(Method::GET, "api/accounts/profile", Value::Null).await;
        let own = &profile["organizations"][0];
        let key = self.private_key.open_key(own["key"].as_str().unwrap()).unwrap();
        (own["id"].as_str().unwrap().to_owned(), key)
    }
}

/// A successful request; the answer is null where the body is empty.
async fn call(
    demo: &Demo,
    http: &reqwest::Client,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Value,
) -> Value {
    let mut request = http.request(method, demo.base().join(path).unwrap()).json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {body}");
    if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() }
}

fn harriet(demo: &Demo) -> &DemoAccount {
    demo.accounts.accounts.iter().find(|account| account.name == "Harriet Abbott").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_newcomer_opens_what_the_organization_shares() {
    let size = DemoSize { clients: 6, members: Some(12), items: 40, ..DemoSize::default() };
    let mut demo = Demo::start(&size).await;
    let owner = {
        let DemoAccount { email, password, authenticator_secret, .. } = harriet(&demo);
        Signed::in_as(&demo, email, password, *authenticator_secret).await
    };
    let (organization, key) = owner.organization().await;
    let api = format!("api/organizations/{organization}");

    // The owner lets admins manage everything, makes a group, and gives it every collection.
    let settings = json!({"limitCollectionCreation": false, "limitCollectionDeletion": false,
        "limitItemDeletion": false, "allowAdminAccessToAllCollectionItems": true});
    owner.call(Method::PUT, &format!("{api}/collection-management"), settings).await;
    let collections = owner.call(Method::GET, &format!("{api}/collections"), Value::Null).await;
    let shared: Vec<&Value> =
        collections["data"].as_array().unwrap().iter().filter(|collection| collection["type"] == 0).collect();
    assert!(!shared.is_empty());
    let grants: Vec<Value> = shared
        .iter()
        .map(|collection| json!({"id": collection["id"], "readOnly": true, "hidePasswords": false, "manage": false}))
        .collect();
    let group = json!({"name": "Newcomers", "collections": grants, "users": []});
    let group = owner.call(Method::POST, &format!("{api}/groups"), group).await;

    let invitation = json!({"emails": [EMAIL], "type": 2, "collections": [], "groups": [group["id"]]});
    owner.call(Method::POST, &format!("{api}/users/invite"), invitation).await;
    let mails = demo.outbox().await;
    let mail = mails.iter().rfind(|mail| mail.to == EMAIL).unwrap();
    let (member, token) = (&mail.fields["organizationUserId"], &mail.fields["token"]);

    let kdf = Kdf::pbkdf2(600_000).unwrap();
    let account = make_account(PASSWORD, EMAIL, &kdf);
    let registration = json!({
        "email": EMAIL, "orgInviteToken": token, "organizationUserId": member, "kdf": 0, "kdfIterations": 600_000,
        "masterPasswordHash": account.authorization_hash.to_base64().expose(),
        "userSymmetricKey": account.wrapped_user_key,
        "userAsymmetricKeys": {"publicKey": account.public_key, "encryptedPrivateKey": account.wrapped_private_key},
    });
    call(&demo, &owner.http, Method::POST, "identity/accounts/register/finish", None, registration).await;
    let newcomer = Signed::in_as(&demo, EMAIL, PASSWORD, None).await;
    newcomer.call(Method::POST, &format!("{api}/users/{member}/accept"), json!({"token": token})).await;

    let keys = owner.call(Method::POST, &format!("{api}/users/public-keys"), json!({"ids": [member]})).await;
    let theirs = PublicKey::from_base64(keys["data"][0]["key"].as_str().unwrap()).unwrap();
    assert_eq!(theirs.spki(), newcomer.private_key.public_key().spki());
    let wrapped = json!({"key": wrap_for_member(&key, &theirs)});
    owner.call(Method::POST, &format!("{api}/users/{member}/confirm"), wrapped).await;

    let (same, their_key) = newcomer.organization().await;
    assert_eq!((same, their_key.expose()), (organization.clone(), key.expose()));
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let account = DemoAccount {
        email: EMAIL,
        password: PASSWORD,
        name: "Newcomer".into(),
        roles: vec!["end user"],
        items: 0,
        authenticator_secret: None,
    };
    let unlocked = demo.sign_in_as(&profile, &account).await;
    demo.sync(&profile, &unlocked).await.unwrap();
    demo.stop().await;
    let picture = unlocked.picture();
    let readable = read_all(&picture);
    assert!(readable.items > 0, "nothing is shared in the demo's client");
    for item in picture.items() {
        assert!(matches!(&item.name, Opened::Value(name) if !name.is_empty()), "{:?}", item.name);
        assert_eq!(item.organization_id.map(|id| id.to_string()), Some(organization.clone()));
    }
}
