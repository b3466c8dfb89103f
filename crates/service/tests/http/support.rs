//! A small world with every role in it, a running service, and a client that knows nothing of our types.

mod answers;
mod desk;
mod filling;
mod grants;
mod people;
mod rows;
mod tables;

use portico_service::{Config, Running, Store, running};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

pub use answers::*;
pub use desk::*;
pub use filling::*;
pub use grants::*;
pub use people::*;
pub use rows::*;
pub use tables::*;

/// A running service and a plain HTTP client.
pub struct World {
    pub store: Store,
    pub running: Running,
    pub http: reqwest::Client,
}

impl World {
    pub async fn start() -> World {
        World::with(Config::without_delay()).await
    }

    pub async fn with(config: Config) -> World {
        let store = Store::in_memory().unwrap();
        fill(&store);
        World::over(store, config).await
    }

    /// One whose file a second connection reads and changes. The folder goes with the last value.
    pub async fn beside_a_connection() -> (World, rusqlite::Connection, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("service.sqlite3");
        let store = Store::open(&file).unwrap();
        fill(&store);
        let database = rusqlite::Connection::open(&file).unwrap();
        database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        (World::over(store, Config::without_delay()).await, database, folder)
    }

    pub async fn over(store: Store, config: Config) -> World {
        let running = running::start(store.clone(), config).await.unwrap();
        World { store, running, http: http_client() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base_url().as_str().trim_end_matches('/'))
    }

    pub fn request(&self, method: Method, path: &str, token: Option<&str>) -> RequestBuilder {
        let request = self.http.request(method, self.url(path)).header("Device-Type", "8");
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A successful GET.
    pub async fn get(&self, path: &str, token: &str) -> Value {
        let request = self.request(Method::GET, path, Some(token));
        let response = request.header("Bitwarden-Client-Version", "2026.8.0").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path, None).json(&body)).await
    }

    /// Any request with a body.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Value,
    ) -> (StatusCode, Value) {
        answer(self.request(method, path, token).json(&body)).await
    }

    /// The code of the newest mail of this kind.
    pub async fn mailed_code(&self, kind: &str) -> String {
        let mails = self.running.outbox().await.unwrap();
        mails.iter().rfind(|mail| mail.kind == kind).unwrap().fields["code"].clone()
    }

    /// How many mails of this kind there are.
    pub async fn mails(&self, kind: &str) -> usize {
        self.running.outbox().await.unwrap().iter().filter(|mail| mail.kind == kind).count()
    }

    /// The events of a log, oldest first.
    pub async fn log(&self, path: &str, token: &str) -> Vec<Value> {
        let events = self.get(path, token).await;
        events["data"].as_array().unwrap().iter().rev().cloned().collect()
    }

    /// The same but for sign-ins, one of which every reader of a log leaves there.
    pub async fn deeds(&self, path: &str, token: &str) -> Vec<Value> {
        self.log(path, token).await.into_iter().filter(|event| event["type"] != 1000).collect()
    }

    /// The types of a person's own events, oldest first.
    pub async fn events_of(&self, token: &str) -> Vec<i64> {
        event_types(&self.log("/api/events", token).await)
    }

    pub async fn token(&self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        answer(self.token_request(fields)).await
    }

    pub fn token_request(&self, fields: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::POST, "/identity/connect/token", None)
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(fields)
    }

    /// The answer to a right password.
    pub async fn sign_in(&self, person: Person) -> Value {
        let (status, body) = self.token(&fields(&password_grant(person))).await;
        assert_eq!(status, StatusCode::OK, "{person:?}: {body}");
        body
    }

    /// An access token. The two-step person's sign-in takes a code.
    pub async fn access_token(&self, person: Person) -> String {
        let mut form = password_grant(person);
        if person == Person::TwoStep {
            form.push(("twoFactorToken".into(), code_now()));
            form.push(("twoFactorProvider".into(), "0".into()));
        }
        let (status, body) = self.token(&fields(&form)).await;
        assert_eq!(status, StatusCode::OK, "{person:?}: {body}");
        body["access_token"].as_str().unwrap().to_owned()
    }
}

pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
}

pub fn http_client() -> reqwest::Client {
    // The second test finds it installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
