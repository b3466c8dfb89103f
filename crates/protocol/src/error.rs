//! The error envelope of the API (protocol.md §0).

use crate::Extra;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// An error of the API: the classic envelope, or an RFC 7807 problem read into the same shape.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponse {
    /// `error`.
    pub object: String,
    /// For a person.
    pub message: Option<String>,
    /// What is wrong, by field.
    pub validation_errors: Option<BTreeMap<String, Vec<String>>>,
    /// Always null from current servers.
    pub exception_message: Option<String>,
    /// Always null from current servers.
    pub exception_stack_trace: Option<String>,
    /// Always null from current servers.
    pub inner_exception_message: Option<String>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Default for ErrorResponse {
    fn default() -> Self {
        Self {
            object: "error".to_owned(),
            message: None,
            validation_errors: None,
            exception_message: None,
            exception_stack_trace: None,
            inner_exception_message: None,
            extra: Extra::new(),
        }
    }
}

impl ErrorResponse {
    /// An error that consists of its message.
    pub fn with_message(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::default() }
    }
}

impl<'de> Deserialize<'de> for ErrorResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Detail {
            #[serde(default)]
            detail: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Either {
            #[serde(default)]
            message: Option<String>,
            #[serde(default)]
            validation_errors: Option<BTreeMap<String, Option<Vec<String>>>>,
            #[serde(default)]
            exception_message: Option<String>,
            #[serde(default)]
            exception_stack_trace: Option<String>,
            #[serde(default)]
            inner_exception_message: Option<String>,
            /// Of a problem document.
            #[serde(default)]
            title: Option<String>,
            /// Of a problem document.
            #[serde(default)]
            errors: Option<BTreeMap<String, Vec<Detail>>>,
            /// Read so that it does not land in `extra`.
            #[serde(default)]
            object: Option<String>,
            #[serde(flatten)]
            extra: Extra,
        }

        let value = crate::casing::camel_keys(serde_json::Value::deserialize(deserializer)?);
        let either: Either = serde_json::from_value(value).map_err(serde::de::Error::custom)?;
        let of_problem = either.errors.map(|errors| {
            errors
                .into_iter()
                .map(|(field, details)| {
                    (field, details.into_iter().filter_map(|entry| entry.detail).collect())
                })
                .collect()
        });
        Ok(Self {
            object: either.object.unwrap_or_else(|| "error".to_owned()),
            message: either.message.or(either.title),
            validation_errors: either
                .validation_errors
                .map(|fields| {
                    fields.into_iter().map(|(field, words)| (field, words.unwrap_or_default())).collect()
                })
                .or(of_problem),
            exception_message: either.exception_message,
            exception_stack_trace: either.exception_stack_trace,
            inner_exception_message: either.inner_exception_message,
            extra: either.extra,
        })
    }
}
