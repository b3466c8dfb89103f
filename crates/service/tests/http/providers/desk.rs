//! Somebody at work for the provider.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

pub use crate::organizations::desk::{DONE, invalid, not_found, refused};
use crate::support::*;

pub const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;

/// The providerUserIds of the world.
pub const ADMIN: Uuid = Uuid::from_u128(0x301);
pub const SERVICE_USER: Uuid = Uuid::from_u128(0x302);
pub const PENDING: Uuid = Uuid::from_u128(0x303);
pub const STRANGER: Uuid = Uuid::from_u128(0x304);
pub const INVITED: Uuid = Uuid::from_u128(0x305);

pub struct Desk<'a> {
    pub world: &'a World,
    pub token: String,
    pub provider: Uuid,
}

impl<'a> Desk<'a> {
    pub async fn of(world: &'a World, person: Person) -> Desk<'a> {
        Desk { world, token: world.access_token(person).await, provider: id::PROVIDER }
    }

    /// `path` begins behind the provider's id.
    pub async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let path = format!("/api/providers/{}{path}", self.provider);
        self.world.send(method, &path, Some(&self.token), body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::PUT, path, body).await
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        let path = format!("/api/providers/{}{path}", self.provider);
        answer(self.world.request(Method::DELETE, &path, Some(&self.token))).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.world.get(&format!("/api/providers/{}{path}", self.provider), &self.token).await
    }

    pub async fn try_get(&self, path: &str) -> (StatusCode, Value) {
        let path = format!("/api/providers/{}{path}", self.provider);
        answer(self.world.request(Method::GET, &path, Some(&self.token))).await
    }

    /// (address, role, status) of everybody in the list, by address.
    pub async fn people(&self) -> Vec<(String, i64, i64)> {
        let users = self.get("/users").await;
        let number = |user: &Value, name: &str| user[name].as_i64().unwrap();
        let all = users["data"].as_array().unwrap().iter();
        all.map(|user| {
            (user["email"].as_str().unwrap().to_owned(), number(user, "type"), number(user, "status"))
        })
        .collect()
    }

    /// The provider's events, oldest first.
    pub async fn log(&self) -> Vec<Value> {
        let events = self.get("/events").await;
        events["data"].as_array().unwrap().iter().rev().cloned().collect()
    }

    pub async fn log_types(&self) -> Vec<i64> {
        self.log().await.iter().map(|event| event["type"].as_i64().unwrap()).collect()
    }

    /// The only client, as the list has it.
    pub async fn client(&self, name: &str) -> Value {
        let clients = self.get("/organizations").await;
        let clients = clients["data"].as_array().unwrap().iter();
        clients.clone().find(|client| client["organizationName"] == name).cloned().unwrap_or(Value::Null)
    }
}

/// How the rows of a bulk route fared, in their order.
pub fn errors(answer: &(StatusCode, Value)) -> Vec<&str> {
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    let rows = answer.1["data"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["object"] == "providerBulkConfirmResponseModel"));
    rows.iter().map(|row| row["error"].as_str().unwrap()).collect()
}

pub fn ids(ids: &[Uuid]) -> Value {
    json!({ "ids": ids })
}

impl World {
    /// The newest mail of this kind to this address.
    pub async fn mail(&self, kind: &str, to: &str) -> portico_service::Mail {
        let mails = self.running.outbox().await.unwrap();
        mails.into_iter().rfind(|mail| mail.kind == kind && mail.to == to).unwrap()
    }

    /// How many mails this address got.
    pub async fn mails_to(&self, to: &str) -> usize {
        self.running.outbox().await.unwrap().iter().filter(|mail| mail.to == to).count()
    }
}

/// The parts of a link's query behind its `#`.
pub fn query(link: &str) -> Vec<(String, String)> {
    let (_, query) = link.split_once('?').unwrap();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
