//! The demo as a client meets it: prelogin, token, sync, and the chain of keys down to the texts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use portico_crypto::{Kdf, MasterKey, OpenError, PrivateKey, SymmetricKey};
use portico_demo::{DemoAccount, DemoAccounts, DemoSize, seed};
use portico_service::running::{Running, start};
use portico_service::{Config, Store};
use reqwest::{Client, StatusCode};
use serde_json::Value;

struct Demo {
    accounts: DemoAccounts,
    service: Running,
    http: Client,
}

/// Somebody who signed in and opened the account's keys.
struct SignedIn {
    token: String,
    user_key: SymmetricKey,
    private_key: PrivateKey,
    sync: Value,
}

impl Demo {
    async fn start() -> Demo {
        // The name of a provider is installed once for the whole process; that it is there already is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = Store::in_memory().unwrap();
        let accounts = seed(&store, &DemoSize::default()).unwrap();
        let service = start(store, Config::without_delay()).await.unwrap();
        Demo { accounts, service, http: Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.service.base_url())
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        let answer = self
            .http
            .get(self.url(path))
            .bearer_auth(token)
            .header("Bitwarden-Client-Name", "desktop")
            .header("Bitwarden-Client-Version", "2026.8.0")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    async fn token(
        &self,
        account: &DemoAccount,
        password: &str,
        code: Option<&str>,
    ) -> (StatusCode, Value, MasterKey) {
        let prelogin: Value = self
            .http
            .post(self.url("identity/accounts/prelogin/password"))
            .json(&serde_json::json!({ "email": account.email }))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!((&prelogin["kdf"], &prelogin["kdfIterations"]), (&Value::from(0), &Value::from(600_000)));
        let salt = prelogin["salt"].as_str().unwrap_or(account.email);
        let master_key = MasterKey::derive(password, salt, &Kdf::pbkdf2(600_000).unwrap());
        let hash = master_key.authorization_hash(password).to_base64();
        let mut form = vec![
            ("grant_type", "password"),
            ("username", account.email),
            ("password", hash.expose()),
            ("scope", "api offline_access"),
            ("client_id", "desktop"),
            ("deviceType", "8"),
            ("deviceIdentifier", "5a3c1c5e-6f3f-4f6e-9f0c-0a6d2b7a9d11"),
            ("deviceName", "test"),
        ];
        if let Some(code) = code {
            form.extend([("twoFactorToken", code), ("twoFactorProvider", "0")]);
        }
        let answer = self
            .http
            .post(self.url("identity/connect/token"))
            .header("Bitwarden-Client-Name", "desktop")
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(&form)
            .send()
            .await
            .unwrap();
        (answer.status(), answer.json().await.unwrap(), master_key)
    }

    async fn sign_in(&self, account: &DemoAccount) -> SignedIn {
        let code = account.authenticator_secret.map(|seed| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            portico_vault::Totp::parse(seed).unwrap().code(now)
        });
        let (status, tokens, master_key) =
            self.token(account, account.password, code.as_ref().map(|code| code.code.expose())).await;
        assert_eq!(status, StatusCode::OK, "{}: {tokens}", account.email);
        let user_key = master_key.open_user_key(tokens["Key"].as_str().unwrap()).unwrap();
        let private_key = user_key.open_private_key(tokens["PrivateKey"].as_str().unwrap()).unwrap();
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        let sync = self.get(&token, "api/sync?excludeDomains=true").await;
        SignedIn { token, user_key, private_key, sync }
    }
}

impl SignedIn {
    /// Keys of the organizations of which the person is a member.
    fn organization_key(&self, name: &str) -> SymmetricKey {
        let list = self.sync["profile"]["organizations"].as_array().unwrap();
        let organization = list.iter().find(|organization| organization["name"] == name).unwrap();
        self.private_key.open_key(organization["key"].as_str().unwrap()).unwrap()
    }

    fn ciphers(&self) -> &Vec<Value> {
        self.sync["ciphers"].as_array().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_admin_opens_every_client_down_to_its_collections() {
    let demo = Demo::start().await;
    let maya = demo.sign_in(demo.accounts.with_role("provider admin").unwrap()).await;
    let provider = &maya.sync["profile"]["providers"][0];
    assert_eq!(provider["id"], demo.accounts.provider.id.to_string());
    let provider_key = maya.private_key.open_key(provider["key"].as_str().unwrap()).unwrap();

    let clients = maya.sync["profile"]["providerOrganizations"].as_array().unwrap();
    assert_eq!(clients.len(), 24);
    let mut sizes = std::collections::BTreeSet::new();
    for client in clients {
        let key = provider_key.open_key(client["key"].as_str().unwrap()).unwrap();
        let id = client["id"].as_str().unwrap();
        let collections = demo.get(&maya.token, &format!("api/organizations/{id}/collections")).await;
        let names: Vec<String> = collections["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|collection| key.open_text(collection["name"].as_str().unwrap()).unwrap().to_string())
            .collect();
        assert!(!names.is_empty());
        let wifi = ["Office Wi-Fi and printers", "Wi-Fi et imprimantes"];
        assert!(names.iter().any(|name| wifi.contains(&name.as_str())), "{names:?}");
        sizes.insert(names.len());
    }
    assert!(sizes.len() > 10, "{sizes:?}");

    // Brightwater's own organization is hers as a member, and no client.
    let own = maya.organization_key("Brightwater IT");
    let registrar = maya
        .ciphers()
        .iter()
        .filter(|cipher| cipher["organizationId"].is_string())
        .filter_map(|cipher| {
            let item_key = own.open_key(cipher["key"].as_str()?).ok()?;
            Some(item_key.open_text(cipher["name"].as_str()?).unwrap().to_string())
        })
        .find(|name| name == "Domain registrar");
    assert!(registrar.is_some());
    assert_eq!(maya.ciphers().len(), demo.accounts.accounts[0].items);
    demo.service.stop().await.unwrap();
}

/// As on the official server (protocol.md §5.3).
#[tokio::test(flavor = "multi_thread")]
async fn staff_read_the_vaults_of_clients_and_change_nothing_there() {
    let demo = Demo::start().await;
    let one = demo.sign_in(demo.accounts.with_role("service user").unwrap()).await;
    let clients = one.sync["profile"]["providerOrganizations"].as_array().unwrap();
    let own = one.sync["profile"]["organizations"].as_array().unwrap();
    let client = clients.iter().find(|client| own.iter().all(|own| own["id"] != client["id"])).unwrap();
    let id = client["id"].as_str().unwrap();
    let items = format!("api/ciphers/organization-details?organizationId={id}");
    let before = demo.get(&one.token, &items).await["data"].as_array().unwrap().len();
    assert!(before > 0);
    let account = demo.accounts.with_role("service user").unwrap();
    let hash = demo.token(account, account.password, None).await.2.authorization_hash(account.password);
    for (method, path) in [
        ("POST", format!("api/ciphers/purge?organizationId={id}")),
        ("POST", format!("api/ciphers/import-organization?organizationId={id}")),
        ("GET", format!("api/organizations/{id}/export")),
    ] {
        let answer = demo
            .http
            .request(method.parse().unwrap(), demo.url(&path))
            .bearer_auth(&one.token)
            .json(&serde_json::json!({ "masterPasswordHash": hash.to_base64().expose() }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(demo.get(&one.token, &items).await["data"].as_array().unwrap().len(), before);
    demo.service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_user_has_a_vault_in_which_three_items_do_not_open() {
    let demo = Demo::start().await;
    let account = demo.accounts.with_role("end user").unwrap();
    let daniel = demo.sign_in(account).await;
    assert_eq!(daniel.ciphers().len(), account.items);
    for login in daniel.ciphers().iter().map(|cipher| &cipher["login"]).filter(|login| login.is_object()) {
        assert!(login.get("autofillOnPageLoad").is_some_and(Value::is_null), "{login}");
        assert_eq!(login.get("uri"), Some(&login["uris"][0]["uri"]), "{login}");
    }
    let organizations = daniel.sync["profile"]["organizations"].as_array().unwrap();
    assert_eq!(organizations.len(), 2);

    let mut failures = Vec::new();
    let personal = daniel.ciphers().iter().filter(|cipher| cipher["organizationId"].is_null());
    for cipher in personal.clone() {
        let item_key = cipher["key"].as_str().map(|key| daniel.user_key.open_key(key).unwrap());
        let name = item_key.as_ref().unwrap_or(&daniel.user_key).open_text(cipher["name"].as_str().unwrap());
        failures.extend(name.err());
    }
    assert_eq!(personal.count(), 300);
    let newer = failures.iter().filter(|error| error.needs_newer_format()).count();
    let bad_mac = failures.iter().filter(|error| matches!(error, OpenError::Mac)).count();
    assert_eq!((failures.len(), newer, bad_mac), (3, 1, 2), "{failures:?}");

    let shared: Vec<&Value> =
        daniel.ciphers().iter().filter(|cipher| cipher["organizationId"].is_string()).collect();
    assert!(shared.iter().any(|cipher| cipher["edit"] == false));
    assert!(shared.iter().any(|cipher| cipher["viewPassword"] == false));
    assert!(shared.iter().any(|cipher| cipher["edit"] == true && cipher["viewPassword"] == true));
    for cipher in shared {
        let owner = organizations.iter().find(|o| o["id"] == cipher["organizationId"]).unwrap();
        let key = daniel.organization_key(owner["name"].as_str().unwrap());
        let item_key = key.open_key(cipher["key"].as_str().unwrap()).unwrap();
        item_key.open_text(cipher["name"].as_str().unwrap()).unwrap();
    }
    demo.service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_signs_in_and_a_wrong_password_does_not() {
    let demo = Demo::start().await;
    for account in &demo.accounts.accounts {
        let signed_in = demo.sign_in(account).await;
        assert_eq!(signed_in.ciphers().len(), account.items, "{}", account.email);
        let providers = signed_in.sync["profile"]["providers"].as_array().unwrap();
        assert_eq!(providers.len(), usize::from(account.roles != ["end user"]), "{}", account.email);
    }
    let account = &demo.accounts.accounts[0];
    let (status, answer, _) = demo.token(account, "verdigris doorway nobody", None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(answer["error"], "invalid_grant");

    let with_code =
        demo.accounts.accounts.iter().find(|account| account.authenticator_secret.is_some()).unwrap();
    let (status, answer, _) = demo.token(with_code, with_code.password, None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(answer["TwoFactorProviders"][0], "0");
    demo.service.stop().await.unwrap();
}
