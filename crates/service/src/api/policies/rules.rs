//! What a policy needs: other policies, and settings of the right shape (protocol.md §4.8).

use portico_protocol::organization::PolicyType;
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use crate::error::ApiError;

/// Characters of a policy's settings.
const MOST_DATA: usize = 10_000;

/// Those that make sense only where members belong to one organization.
const NEED_SINGLE_ORGANIZATION: [PolicyType; 5] = [
    PolicyType::REQUIRE_SSO,
    PolicyType::RESET_PASSWORD,
    PolicyType::MAXIMUM_VAULT_TIMEOUT,
    PolicyType::URI_MATCH_DEFAULTS,
    PolicyType::AUTOMATIC_USER_CONFIRMATION,
];

/// Refuses to turn on what needs another policy, and to turn off what others need.
pub(super) fn check_dependencies(
    connection: &Connection,
    organization: Uuid,
    kind: PolicyType,
    was_enabled: bool,
    enabled: bool,
) -> Result<(), ApiError> {
    let is_on = |policy: PolicyType| {
        connection
            .prepare_cached("SELECT 1 FROM policies WHERE organization_id = ? AND type = ? AND enabled")?
            .exists((organization, policy.0))
    };
    let single = name(PolicyType::SINGLE_ORG);
    if enabled && !was_enabled && NEED_SINGLE_ORGANIZATION.contains(&kind) && !is_on(PolicyType::SINGLE_ORG)?
    {
        return Err(ApiError::refused(format!(
            "Turn on the {single} policy because it is required for the {} policy.",
            name(kind)
        )));
    }
    if !enabled && was_enabled && kind == PolicyType::SINGLE_ORG {
        let mut needing = Vec::new();
        for policy in NEED_SINGLE_ORGANIZATION {
            if is_on(policy)? {
                needing.push(name(policy));
            }
        }
        match needing[..] {
            [] => {}
            [one] => {
                return Err(ApiError::refused(format!(
                    "Turn off the {one} policy because it requires the {single} policy."
                )));
            }
            _ => {
                return Err(ApiError::refused(format!(
                    "Turn off all of the policies that require the {single} policy."
                )));
            }
        }
    }
    Ok(())
}

/// Refuses settings that clients could not read.
pub(super) fn check_data(kind: PolicyType, data: Option<&Value>) -> Result<(), ApiError> {
    let Some(data) = data.filter(|data| !data.is_null()) else { return Ok(()) };
    let right_shape = match kind {
        PolicyType::RESTRICTED_ITEM_TYPES => {
            data.as_array().is_some_and(|types| types.iter().all(|number| between(number, 1, 8)))
        }
        _ => data.is_object(),
    };
    let flag = |name: &str| data[name].is_null() || data[name].is_boolean();
    let number = |name: &str, low, high| data[name].is_null() || between(&data[name], low, high);
    let one_of = |name: &str, words: &[&str]| {
        data[name].is_null() || data[name].as_str().is_some_and(|word| words.contains(&word))
    };
    let right_values = match kind {
        PolicyType::MASTER_PASSWORD => {
            number("minComplexity", 0, 4)
                && number("minLength", 12, 128)
                && ["requireLower", "requireUpper", "requireNumbers", "requireSpecial", "enforceOnLogin"]
                    .into_iter()
                    .all(flag)
        }
        PolicyType::PASSWORD_GENERATOR => {
            one_of("overridePasswordType", &["password", "passphrase", ""])
                && number("minLength", 0, 128)
                && ["minNumbers", "minSpecial", "minNumberWords"].into_iter().all(|name| number(name, 0, 20))
                && ["useUpper", "useLower", "useNumbers", "useSpecial", "capitalize", "includeNumber"]
                    .into_iter()
                    .all(flag)
        }
        PolicyType::SEND_OPTIONS => flag("disableHideEmail"),
        PolicyType::SEND_CONTROLS => are_controls(data, &flag, &number),
        PolicyType::RESET_PASSWORD => flag("autoEnrollEnabled"),
        PolicyType::MAXIMUM_VAULT_TIMEOUT => {
            number("minutes", 0, 1_000_000) && one_of("action", &["lock", "logOut"])
        }
        PolicyType::URI_MATCH_DEFAULTS => number("uriMatchDetection", 0, 5),
        _ => true,
    };
    if right_shape && right_values && data.to_string().len() <= MOST_DATA {
        Ok(())
    } else {
        Err(ApiError::invalid("Data", "The field Data is invalid for this policy."))
    }
}

/// The settings of policy 21. Domains say something only where addresses are demanded; a stay of more than 31 days is none.
fn are_controls(
    data: &Value,
    flag: &impl Fn(&str) -> bool,
    number: &impl Fn(&str, i64, i64) -> bool,
) -> bool {
    let domains = &data["allowedDomains"];
    let types = &data["allowedSendTypes"];
    flag("disableSend")
        && flag("disableHideEmail")
        && number("whoCanAccess", 0, 2)
        && number("deletionHours", 1, 31 * 24)
        && (domains.is_null() || (domains.is_string() && data["whoCanAccess"] == 2))
        && (types.is_null()
            || types.as_array().is_some_and(|types| types.iter().all(|kind| between(kind, 0, 1))))
}

fn between(value: &Value, low: i64, high: i64) -> bool {
    value.as_i64().is_some_and(|number| (low..=high).contains(&number))
}

/// As the official server calls a policy in its messages.
fn name(policy: PolicyType) -> &'static str {
    match policy {
        PolicyType::SINGLE_ORG => "Single organization",
        PolicyType::REQUIRE_SSO => "Require single sign-on authentication",
        PolicyType::RESET_PASSWORD => "Account recovery administration",
        PolicyType::MAXIMUM_VAULT_TIMEOUT => "Vault timeout",
        PolicyType::URI_MATCH_DEFAULTS => "URI match defaults",
        PolicyType::AUTOMATIC_USER_CONFIRMATION => "Automatically confirm invited users",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_have_the_shape_of_their_policy() {
        for (kind, data, good) in [
            (1, json!({"minComplexity": 4, "minLength": 12, "requireLower": true}), true),
            (1, json!({"minLength": null}), true),
            (1, json!({"minLength": 11}), false),
            (1, json!({"minComplexity": "4"}), false),
            (1, json!({"requireUpper": 1}), false),
            (1, json!([]), false),
            (2, json!({"overridePasswordType": "passphrase", "minNumberWords": 3}), true),
            (2, json!({"overridePasswordType": "pin"}), false),
            (8, json!({"autoEnrollEnabled": true}), true),
            (8, json!({"autoEnrollEnabled": "yes"}), false),
            (9, json!({"minutes": 60, "action": "logOut"}), true),
            (9, json!({"minutes": -1}), false),
            (15, json!([3, 4]), true),
            (15, json!([0]), false),
            (15, json!({}), false),
            (21, json!({"disableSend": false, "whoCanAccess": 2, "allowedDomains": "harbour.example"}), true),
            (21, json!({"whoCanAccess": 1, "allowedDomains": "harbour.example"}), false),
            (21, json!({"whoCanAccess": 3}), false),
            (21, json!({"deletionHours": 0}), false),
            (21, json!({"deletionHours": 24, "allowedSendTypes": [0]}), true),
            (21, json!({"allowedSendTypes": [2]}), false),
            (22, json!({"rulesUrl": "https://x.example"}), true),
            (22, json!({"rulesUrl": "x".repeat(MOST_DATA)}), false),
            (22, json!("text"), false),
            (0, Value::Null, true),
        ] {
            assert_eq!(check_data(PolicyType(kind), Some(&data)).is_ok(), good, "{kind}: {data}");
        }
    }
}
