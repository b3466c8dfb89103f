//! Somebody at work for one provider or in one organization.

use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::people::{Person, id};
use super::{World, answer};

/// The paths that its methods take begin behind the id of the place.
pub struct Desk<'a> {
    pub world: &'a World,
    pub token: String,
    /// `organizations` or `providers`.
    places: &'static str,
    place: Uuid,
}

impl<'a> Desk<'a> {
    /// In the client organization.
    pub async fn in_client(world: &'a World, person: Person) -> Desk<'a> {
        Desk { world, token: world.access_token(person).await, places: "organizations", place: id::CLIENT }
    }

    /// For the provider.
    pub async fn at_provider(world: &'a World, person: Person) -> Desk<'a> {
        Desk::at_provider_with(world, world.access_token(person).await)
    }

    /// For the provider, with a token that is there already.
    pub fn at_provider_with(world: &'a World, token: String) -> Desk<'a> {
        Desk { world, token, places: "providers", place: id::PROVIDER }
    }

    /// The same person in another organization, or for another provider.
    pub fn moved_to(self, place: Uuid) -> Desk<'a> {
        Desk { place, ..self }
    }

    fn path(&self, path: &str) -> String {
        format!("/api/{}/{}{path}", self.places, self.place)
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        self.world.send(method, &self.path(path), Some(&self.token), body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::PUT, path, body).await
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        answer(self.world.request(Method::DELETE, &self.path(path), Some(&self.token))).await
    }

    /// A successful GET.
    pub async fn get(&self, path: &str) -> Value {
        self.world.get(&self.path(path), &self.token).await
    }

    pub async fn try_get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.world.request(Method::GET, &self.path(path), Some(&self.token))).await
    }

    /// The events of the place but for sign-ins, oldest first.
    pub async fn log(&self) -> Vec<Value> {
        self.world.deeds(&self.path("/events"), &self.token).await
    }

    /// Their types.
    pub async fn log_types(&self) -> Vec<i64> {
        event_types(&self.log().await)
    }
}

/// The types of events, in their order.
pub fn event_types(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| event["type"].as_i64().unwrap()).collect()
}
