//! What the client sends against what `protocol.md` says: every JSON body goes to a documented route, has each member that
//! has to be there, and none that the document does not know. Forms are looked at in the client's own tests.

use serde_json::Value;

#[allow(dead_code)] // Bodies are compared here, not filled in.
#[path = "../../../crates/protocol/tests/golden/requests.rs"]
mod requests;

/// `sent`: method and path, and the body.
pub fn hold(sent: &[(String, Vec<u8>)]) {
    let documented = requests::all();
    for (target, body) in sent.iter().filter(|(target, _)| !target.ends_with("/connect/token")) {
        let body: Value = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{target}: {error}"));
        let route = without_ids(target);
        let of_route = documented.iter().filter(|request| without_ids(&request.route) == route);
        let differences: Vec<String> =
            of_route.filter_map(|request| differs(&request.body, &body, &request.name).err()).collect();
        let number = documented.iter().filter(|request| without_ids(&request.route) == route).count();
        assert!(differences.len() < number, "{route}: {differences:?}");
    }
}

/// Ids, and what stands for them, as `{}`.
fn without_ids(route: &str) -> String {
    let part = |part: &str| match part.starts_with('{') || uuid::Uuid::try_parse(part).is_ok() {
        true => "{}".to_owned(),
        false => part.to_owned(),
    };
    route.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Null in the document: it may be left out, or be anything.
fn differs(documented: &Value, sent: &Value, path: &str) -> Result<(), String> {
    match (documented, sent) {
        (Value::Null, _)
        | (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => Ok(()),
        (Value::Object(documented), Value::Object(sent)) => {
            if let Some(name) = sent.keys().find(|name| !documented.contains_key(*name)) {
                return Err(format!("{path}.{name} is not documented"));
            }
            documented.iter().try_for_each(|(name, value)| {
                let sent = sent.get(name).unwrap_or(&Value::Null);
                differs(value, sent, &format!("{path}.{name}"))
            })
        }
        (Value::Array(documented), Value::Array(sent)) => {
            sent.iter().try_for_each(|entry| differs(&documented[0], entry, &format!("{path}[]")))
        }
        (documented, sent) => Err(format!("{path} is {sent} instead of something like {documented}")),
    }
}
