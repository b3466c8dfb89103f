//! The policies of one client, each with its settings.

use portico_estate::{ClientStructure, policy_lines};

use crate::dto::client::{PolicyRow, PolicySetting};

/// The policies in the product's order.
pub fn policies(client: &ClientStructure) -> Vec<PolicyRow> {
    policy_lines(&client.policies)
        .into_iter()
        .map(|line| PolicyRow {
            kind: line.kind.0,
            on: line.is_on,
            settings: match line.data {
                Some(serde_json::Value::Object(data)) => data
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| PolicySetting { key: key.clone(), value: scalar(value) })
                    .collect(),
                Some(value) if !value.is_null() => {
                    vec![PolicySetting { key: "value".to_owned(), value: scalar(value) }]
                }
                _ => Vec::new(),
            },
        })
        .collect()
}

/// Lists and objects inside a policy are rare and unknown to us: shown as the server wrote them.
fn scalar(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => value.to_string().into(),
        simple => simple.clone(),
    }
}
