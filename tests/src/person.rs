//! A person at the API of a service, by plain requests and with the keys that their sign-in gives: whoever has to do
//! something that our own client does not do.

use portico_crypto::ceremony::make_account;
use portico_crypto::{Kdf, MasterKey, PrivateKey, SymmetricKey};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

/// Somebody who is signed in.
pub struct Person {
    base: Url,
    pub http: reqwest::Client,
    token: String,
    /// As it was typed; the salt of the master key.
    pub email: String,
    pub kdf: Kdf,
    /// What proves the master password to the server, base64 (protocol.md §2.2).
    pub hash: String,
    /// Opens the person's own items.
    pub user_key: SymmetricKey,
    /// Opens what others wrapped for the person.
    pub private_key: PrivateKey,
}

impl Person {
    /// Signs in with a master password; there must be no second step.
    ///
    /// # Panics
    /// When the service refuses: the test cannot go on.
    pub async fn signed_in(base: &Url, email: &str, password: &str) -> Self {
        Self::with_code(base, email, password, None).await
    }

    /// The same with the code of the authenticator app that has this seed.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn with_code(base: &Url, email: &str, password: &str, seed: Option<&str>) -> Self {
        let http = client();
        let kdf = kdf_told(base, email).await;
        let master = MasterKey::derive(password, email, &kdf);
        let hash = master.authorization_hash(password).to_base64().expose().to_owned();
        let code = seed.map(|seed| portico_vault::totp(seed, unix_now()).expect("a seed").code);
        let mut form = vec![
            ("grant_type", "password"),
            ("username", email),
            ("password", &hash),
            ("scope", "api offline_access"),
            ("client_id", "desktop"),
            ("deviceType", "8"),
            ("deviceIdentifier", "11111111-2222-3333-4444-555555555555"),
            ("deviceName", "linux"),
        ];
        if let Some(code) = &code {
            form.extend([("twoFactorProvider", "0"), ("twoFactorToken", code.expose())]);
        }
        let url = base.join("identity/connect/token").expect("an address");
        let answer = http.post(url).form(&form).send().await.expect("an answer");
        let status = answer.status();
        let answer: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{status} {answer}");
        let user_key = master.open_user_key(text(&answer["Key"])).expect("the user key opens");
        Self {
            base: base.clone(),
            http,
            token: text(&answer["access_token"]).to_owned(),
            email: email.to_owned(),
            kdf,
            hash,
            private_key: user_key
                .open_private_key(text(&answer["PrivateKey"]))
                .expect("the private key opens"),
            user_key,
        }
    }

    /// A successful request in the person's name; null where the answer has no body.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        call(&self.http, &self.base, method, path, Some(&self.token), body).await
    }

    /// Sends a file as clients do: a form with the sealed file under its sealed name and, in the older form, its key.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn send_file(&self, path: &str, name: &str, key: Option<&str>, sealed: &[u8]) {
        const BOUNDARY: &str = "a-boundary-that-no-file-has";
        let mut body = Vec::new();
        if let Some(key) = key {
            let head = "Content-Disposition: form-data; name=\"key\"";
            body.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n{key}\r\n").bytes());
        }
        let head = format!("Content-Disposition: form-data; name=\"data\"; filename=\"{name}\"");
        body.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").bytes());
        body.extend_from_slice(sealed);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
        let request = self.http.post(self.base.join(path).expect("an address")).bearer_auth(&self.token);
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let answer = request.header("Content-Type", kind).body(body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// Reads an answer to its end and says how many bytes it had.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn fetch(&self, path: &str) -> usize {
        let url = self.base.join(path).expect("an address");
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("a body").len()
    }

    /// The first provider that the person works for: its id, as the service says.
    ///
    /// # Panics
    /// When there is none.
    pub async fn provider(&self) -> String {
        let profile = self.call(Method::GET, "api/accounts/profile", Value::Null).await;
        profile["providers"][0]["id"].as_str().expect("a provider").to_owned()
    }

    /// A list of that provider, `organizations` or `users`, as the service says.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn of_provider(&self, list: &str) -> Vec<Value> {
        let path = format!("api/providers/{}/{list}", self.provider().await);
        let answer = self.call(Method::GET, &path, Value::Null).await;
        answer["data"].as_array().expect("a list").clone()
    }

    /// The first organization that the person is a member of: id and key.
    ///
    /// # Panics
    /// When there is none.
    pub async fn organization(&self) -> (String, SymmetricKey) {
        let profile = self.call(Method::GET, "api/accounts/profile", Value::Null).await;
        let own = &profile["organizations"][0];
        let key = self.private_key.open_key(text(&own["key"])).expect("the organization key opens");
        (text(&own["id"]).to_owned(), key)
    }
}

/// Registers an account as a web client would, without an invitation.
///
/// # Panics
/// When the service refuses.
pub async fn register(base: &Url, email: &str, password: &str, kdf: &Kdf) {
    let http = client();
    let path = "identity/accounts/register/send-verification-email";
    let asked = json!({"email": email, "name": "A person", "receiveMarketingEmails": false});
    let token = call(&http, base, Method::POST, path, None, asked).await;
    register_with(base, email, password, kdf, json!({ "emailVerificationToken": token })).await;
}

/// Registers an account; `by` holds what allows it: a verification or an invitation (protocol.md §1.2).
///
/// # Panics
/// When the service refuses.
pub async fn register_with(base: &Url, email: &str, password: &str, kdf: &Kdf, by: Value) {
    let account = make_account(password, email, kdf);
    let (kind, iterations, memory, parallelism) = match kdf {
        Kdf::Pbkdf2(costs) => (0, costs.iterations(), None, None),
        Kdf::Argon2id(costs) => {
            (1, costs.iterations(), Some(costs.memory_kib() / 1024), Some(costs.parallelism()))
        }
    };
    let mut body = json!({
        "email": email, "kdf": kind, "kdfIterations": iterations, "kdfMemory": memory,
        "kdfParallelism": parallelism,
        "masterPasswordHash": account.authorization_hash.to_base64().expose(),
        "userSymmetricKey": account.wrapped_user_key,
        "userAsymmetricKeys": {"publicKey": account.public_key, "encryptedPrivateKey": account.wrapped_private_key},
    });
    body.as_object_mut().expect("an object").extend(by.as_object().cloned().unwrap_or_default());
    call(&client(), base, Method::POST, "identity/accounts/register/finish", None, body).await;
}

/// What the service says that the master password of this address is derived with.
///
/// # Panics
/// When it says nothing usable.
pub async fn kdf_told(base: &Url, email: &str) -> Kdf {
    let asked = json!({ "email": email });
    kdf_of(&call(&client(), base, Method::POST, "identity/accounts/prelogin", None, asked).await)
}

fn kdf_of(prelogin: &Value) -> Kdf {
    let number =
        |member: &str| u32::try_from(prelogin[member].as_u64().unwrap_or_default()).unwrap_or_default();
    let kdf = match prelogin["kdf"].as_i64() {
        Some(0) => Kdf::pbkdf2(number("kdfIterations")),
        _ => Kdf::argon2id(number("kdfIterations"), number("kdfMemory"), number("kdfParallelism")),
    };
    kdf.expect("costs within the bounds")
}

fn unix_now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a clock after 1970").as_secs()
}

fn client() -> reqwest::Client {
    // Whoever was first has chosen for the whole process; it is the same choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Who says no version is taken for an old client, and gets no items of the newer types.
    let version = [("bitwarden-client-version", "2026.8.0")];
    let headers =
        version.map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
    let client = reqwest::Client::builder().no_proxy().default_headers(headers.into_iter().collect());
    client.build().expect("a client")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

async fn call(
    http: &reqwest::Client,
    base: &Url,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Value,
) -> Value {
    let mut request = http.request(method, base.join(path).expect("an address"));
    if !body.is_null() {
        request = request.json(&body);
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let body = response.text().await.expect("text");
    assert!(status.is_success(), "{path}: {status} {body}");
    if body.is_empty() { Value::Null } else { serde_json::from_str(&body).expect("JSON") }
}
