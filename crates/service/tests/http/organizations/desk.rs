//! Somebody at work in the client organization.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

pub struct Desk<'a> {
    pub world: &'a World,
    pub token: String,
    organization: Uuid,
}

impl<'a> Desk<'a> {
    pub async fn of(world: &'a World, person: Person) -> Desk<'a> {
        Desk { world, token: world.access_token(person).await, organization: id::CLIENT }
    }

    /// The same person in another organization.
    pub fn moved_to(self, organization: Uuid) -> Desk<'a> {
        Desk { organization, ..self }
    }

    /// `path` begins behind the organization's id.
    pub async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let path = format!("/api/organizations/{}{path}", self.organization);
        self.world.send(method, &path, Some(&self.token), body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::PUT, path, body).await
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        let path = format!("/api/organizations/{}{path}", self.organization);
        answer(self.world.request(Method::DELETE, &path, Some(&self.token))).await
    }

    /// A successful GET.
    pub async fn get(&self, path: &str) -> Value {
        self.world.get(&format!("/api/organizations/{}{path}", self.organization), &self.token).await
    }

    pub async fn try_get(&self, path: &str) -> (StatusCode, Value) {
        let path = format!("/api/organizations/{}{path}", self.organization);
        answer(self.world.request(Method::GET, &path, Some(&self.token))).await
    }

    pub async fn member(&self, member: Uuid) -> Value {
        self.get(&format!("/users/{member}")).await
    }

    /// The types of the organization's events, oldest first.
    pub async fn log(&self) -> Vec<i64> {
        let events = self.get("/events").await;
        let mut types: Vec<_> =
            events["data"].as_array().unwrap().iter().map(|event| event["type"].as_i64().unwrap()).collect();
        types.reverse();
        types
    }

    /// The organizationUserId that goes with an address.
    pub async fn member_of(&self, email: &str) -> Uuid {
        let members = self.get("/users").await;
        let member = members["data"].as_array().unwrap().iter().find(|member| member["email"] == email);
        member.unwrap()["id"].as_str().unwrap().parse().unwrap()
    }
}

pub const DONE: (StatusCode, Value) = (StatusCode::OK, Value::Null);

pub fn refused(message: &str) -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, envelope(message))
}

pub fn not_found() -> (StatusCode, Value) {
    (StatusCode::NOT_FOUND, envelope("Resource not found."))
}

/// The fields that a model-state refusal complains about.
pub fn invalid(answer: &(StatusCode, Value)) -> Vec<&str> {
    assert_eq!(
        (answer.0, &answer.1["message"]),
        (StatusCode::BAD_REQUEST, &json!("The model state is invalid."))
    );
    keys(&answer.1["validationErrors"])
}

pub fn selection(id: Uuid, read_only: bool, hide_passwords: bool, manage: bool) -> Value {
    json!({"id": id, "readOnly": read_only, "hidePasswords": hide_passwords, "manage": manage})
}

/// How the rows of a bulk route fared, in their order.
pub fn errors(answer: &(StatusCode, Value)) -> Vec<&str> {
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    let rows = answer.1["data"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["object"] == "OrganizationBulkConfirmResponseModel"));
    rows.iter().map(|row| row["error"].as_str().unwrap()).collect()
}
