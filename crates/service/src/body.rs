//! JSON request bodies.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use portico_protocol::casing;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ApiError;

/// The body as `T`, whose keys may come in camelCase or PascalCase (protocol.md §0).
pub(crate) struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        read(&bytes).map(Body)
    }
}

/// The same where no body at all is fine, too.
pub(crate) struct OptionalBody<T>(pub Option<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        if bytes.is_empty() {
            Ok(OptionalBody(None))
        } else {
            read(&bytes).map(|body| OptionalBody(Some(body)))
        }
    }
}

/// The mark that some libraries write before UTF-8. Official servers pass over one: ASP.NET reads bodies as streams, and
/// System.Text.Json skips it in those (dotnet/corefx#38418).
const MARK: &[u8] = b"\xef\xbb\xbf";

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let body = serde_json::from_slice(bytes).map(casing::camel_keys).map(numbers_of_texts);
    // Not in serde's words: they can repeat a value, and values here are secrets.
    body.and_then(serde_json::from_value)
        .map_err(|_| ApiError::Invalid { field: "", problem: "The request body is not valid.".into() })
}

/// Members that hold a number and no enum. Official servers take these as a text, too: ASP.NET reads bodies with the defaults
/// of `JsonSerializerDefaults.Web`, whose `AllowReadingFromString` is for numbers alone; an enum (`type`, `kdf`, `reprompt`, `match`,
/// `planType`, …) or true and false as a text is refused there, and here.
const NUMBERS: [&str; 14] = [
    "additionalSeats",
    "amount",
    "assignedSeats",
    "fileLength",
    "fileSize",
    "iterations",
    "kdfIterations",
    "kdfMemory",
    "kdfParallelism",
    "linkedId",
    "maxAccessCount",
    "memory",
    "parallelism",
    "seats",
];

/// Writes [`NUMBERS`] that came as texts as numbers, at every depth. What is no number stays for the route to refuse.
fn numbers_of_texts(mut body: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Array(entries) => entries.iter_mut().for_each(walk),
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if NUMBERS.contains(&name.as_str()) => {
                            if let Ok(number) = text.parse() {
                                *member = Value::Number(number);
                            }
                        }
                        other => walk(other),
                    }
                }
            }
            _ => {}
        }
    }
    walk(&mut body);
    body
}

pub(crate) fn unreadable(rejection: BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::TooLarge
    } else {
        ApiError::refused("The request could not be read.")
    }
}

/// Refuses a text of more than `limit` characters, in the words of the official server.
pub(crate) fn at_most(field: &'static str, text: &str, limit: usize) -> Result<(), ApiError> {
    // Bytes first: counting the letters of a short text is all that ever happens.
    if text.len() <= limit || text.chars().count() <= limit {
        return Ok(());
    }
    let problem = format!("The field {field} must be a string with a maximum length of {limit}.");
    Err(ApiError::Invalid { field, problem })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_come_as_texts_too_and_enums_do_not() {
        for (sent, read) in [
            (json!({"Seats": "5", "kdfIterations": "600000"}), json!({"seats": 5, "kdfIterations": 600_000})),
            (
                json!([{"kdf": {"memory": "64", "kdfType": "1"}}]),
                json!([{"kdf": {"memory": 64, "kdfType": "1"}}]),
            ),
            (json!({"amount": "10.5", "linkedId": "-1"}), json!({"amount": 10.5, "linkedId": -1})),
            // No number, and nothing around one.
            (json!({"seats": "", "fileSize": " 5"}), json!({"seats": "", "fileSize": " 5"})),
            (json!({"seats": "5 ", "memory": "0x10"}), json!({"seats": "5 ", "memory": "0x10"})),
            (
                json!({"seats": null, "type": "1", "name": "5"}),
                json!({"seats": null, "type": "1", "name": "5"}),
            ),
        ] {
            assert_eq!(read_value(&sent), read, "{sent}");
        }
    }

    fn read_value(sent: &Value) -> Value {
        super::read(sent.to_string().as_bytes()).unwrap_or_default()
    }
}
