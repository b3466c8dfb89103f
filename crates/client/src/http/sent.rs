//! What a request sent in secret. A server that repeats it in its answer must not get it into an error's text, which is
//! shown, logged and copied.

use serde_json::Value;
use zeroize::Zeroizing;

use super::{Call, Payload};

/// The secrets of one request, as they were and as they were encoded.
#[derive(Default)]
pub(super) struct Sent(Vec<Zeroizing<String>>);

/// The members of forms that are none, and stand in honest refusals.
const HARMLESS: [&str; 9] = [
    "grant_type",
    "username",
    "scope",
    "client_id",
    "deviceType",
    "deviceIdentifier",
    "deviceName",
    "twoFactorProvider",
    "twoFactorRemember",
];
/// How secret members of JSON are named, in part.
const SECRET: [&str; 6] = ["hash", "password", "token", "otp", "secret", "key"];
/// Shorter ones are no secrets, and would take letters out of every text.
const SHORTEST: usize = 4;

impl Sent {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let mut sent = Self::default();
        match call.body {
            Payload::None | Payload::Change(_, None) => {}
            Payload::Form(form) => {
                for (name, value) in url::form_urlencoded::parse(form.as_bytes()) {
                    if !HARMLESS.contains(&&*name) {
                        sent.add(value.into_owned());
                    }
                }
            }
            Payload::Json(json) | Payload::Change(_, Some(json)) => {
                if let Ok(value) = serde_json::from_str(json) {
                    sent.add_members(value, false);
                }
            }
        }
        if let Some(bearer) = call.bearer {
            sent.add(bearer.expose().to_owned());
        }
        // What holds another goes first.
        sent.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        sent
    }

    /// The text without what was sent.
    pub(super) fn scrub(&self, text: &str) -> String {
        let mut text = Zeroizing::new(text.to_owned());
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = Zeroizing::new(text.replace(secret.as_str(), "…"));
            }
        }
        std::mem::take(&mut *text)
    }

    fn add(&mut self, secret: String) {
        let secret = Zeroizing::new(secret);
        if secret.len() < SHORTEST {
            return;
        }
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        if encoded != *secret {
            self.0.push(Zeroizing::new(encoded));
        }
        self.0.push(secret);
    }

    fn add_members(&mut self, value: Value, is_secret: bool) {
        match value {
            Value::String(text) if is_secret => self.add(text),
            Value::Array(elements) => {
                elements.into_iter().for_each(|element| self.add_members(element, is_secret));
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let name = name.to_ascii_lowercase();
                    let is_secret = is_secret || SECRET.iter().any(|part| name.contains(part));
                    self.add_members(member, is_secret);
                }
            }
            _ => {}
        }
    }
}
