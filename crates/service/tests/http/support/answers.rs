//! What answers say, in the words of protocol.md.

use reqwest::StatusCode;
use serde_json::{Value, json};

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

/// How the rows of a bulk route fared, in their order. `object` is what each row calls itself.
pub fn errors<'a>(answer: &'a (StatusCode, Value), object: &str) -> Vec<&'a str> {
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    let rows = answer.1["data"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["object"] == object));
    rows.iter().map(|row| row["error"].as_str().unwrap()).collect()
}

/// The keys of an object, sorted.
pub fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The names in a text that lists them, sorted: field lists as protocol.md writes them.
pub fn names(list: &str) -> Vec<&str> {
    let mut names: Vec<&str> = list.split([',', ' ', '\n']).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names
}

/// `{"object":"error", …}` of protocol.md §0.
pub fn envelope(message: &str) -> Value {
    json!({"object": "error", "message": message, "validationErrors": null, "exceptionMessage": null,
        "exceptionStackTrace": null, "innerExceptionMessage": null})
}
