//! What somebody at work in an organization looks up, and says.

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

impl Desk<'_> {
    pub async fn member(&self, member: Uuid) -> Value {
        self.get(&format!("/users/{member}")).await
    }

    /// The organizationUserId that goes with an address.
    pub async fn member_of(&self, email: &str) -> Uuid {
        let members = self.get("/users").await;
        let member = members["data"].as_array().unwrap().iter().find(|member| member["email"] == email);
        member.unwrap()["id"].as_str().unwrap().parse().unwrap()
    }
}

pub fn selection(id: Uuid, read_only: bool, hide_passwords: bool, manage: bool) -> Value {
    json!({"id": id, "readOnly": read_only, "hidePasswords": hide_passwords, "manage": manage})
}

/// How the rows of a bulk route of members fared, in their order.
pub fn member_errors(answer: &(StatusCode, Value)) -> Vec<&str> {
    errors(answer, "OrganizationBulkConfirmResponseModel")
}
