//! What somebody at work for a provider looks up, and says.

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

pub const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;

/// The providerUserIds of the world.
pub const ADMIN: Uuid = Uuid::from_u128(0x301);
pub const SERVICE_USER: Uuid = Uuid::from_u128(0x302);
pub const PENDING: Uuid = Uuid::from_u128(0x303);
pub const STRANGER: Uuid = Uuid::from_u128(0x304);
pub const INVITED: Uuid = Uuid::from_u128(0x305);

impl Desk<'_> {
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

    /// The only client, as the list has it.
    pub async fn client(&self, name: &str) -> Value {
        let clients = self.get("/organizations").await;
        let clients = clients["data"].as_array().unwrap().iter();
        clients.clone().find(|client| client["organizationName"] == name).cloned().unwrap_or(Value::Null)
    }
}

/// How the rows of a bulk route of provider users fared, in their order.
pub fn person_errors(answer: &(StatusCode, Value)) -> Vec<&str> {
    errors(answer, "providerBulkConfirmResponseModel")
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
