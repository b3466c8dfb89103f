//! Policies by name, in the order of the product (ui.md (c)).

use portico_protocol::organization::{PolicyStatusResponse, PolicyType};

/// One policy of a client.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolicyLine<'c> {
    /// Which policy; numbers of later servers are kept.
    pub kind: PolicyType,
    /// Whether it is on; nothing where the server does not say.
    pub is_on: Option<bool>,
    /// Its settings, as the server sent them.
    pub data: Option<&'c serde_json::Value>,
}

/// The policies of a client in the order of the product; types this version does not know come last, by number.
pub fn policy_lines(policies: &[PolicyStatusResponse]) -> Vec<PolicyLine<'_>> {
    let mut lines: Vec<_> = policies
        .iter()
        .map(|policy| PolicyLine { kind: policy.kind, is_on: policy.enabled, data: policy.data.as_ref() })
        .collect();
    lines.sort_by_key(|line| {
        let place = ORDER.iter().position(|(kind, _)| *kind == line.kind);
        (place.unwrap_or(ORDER.len()), line.kind)
    });
    lines
}

/// The English name of a policy, for output without a message catalogue; nothing for a type this version does not know.
pub fn policy_name(kind: PolicyType) -> Option<&'static str> {
    ORDER.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

const ORDER: [(PolicyType, &str); 23] = [
    (PolicyType::SINGLE_ORG, "Single organization"),
    (PolicyType::ORGANIZATION_DATA_OWNERSHIP, "Enforce organization data ownership"),
    (PolicyType::MASTER_PASSWORD, "Master password requirements"),
    (PolicyType::RESET_PASSWORD, "Account recovery administration"),
    (PolicyType::REQUIRE_SSO, "Require single sign-on authentication"),
    (PolicyType::AUTOMATIC_APP_LOG_IN, "Automatic login with SSO"),
    (PolicyType::TWO_FACTOR_AUTHENTICATION, "Require two-step login"),
    (PolicyType::BLOCK_CLAIMED_DOMAIN_ACCOUNT_CREATION, "Block account creation for claimed domains"),
    (PolicyType::MAXIMUM_VAULT_TIMEOUT, "Session timeout"),
    (PolicyType::REMOVE_UNLOCK_WITH_PIN, "Remove unlock with PIN"),
    (PolicyType::PASSWORD_GENERATOR, "Password generator"),
    (PolicyType::URI_MATCH_DEFAULTS, "URI match detection default"),
    (PolicyType::ACTIVATE_AUTOFILL, "Activate auto-fill"),
    (PolicyType::SEND_OPTIONS, "Send options"),
    (PolicyType::DISABLE_SEND, "Remove Send"),
    (PolicyType::RESTRICTED_ITEM_TYPES, "Restricted item types"),
    (PolicyType::FREE_FAMILIES_SPONSORSHIP, "Remove Free Bitwarden Families sponsorship"),
    (PolicyType::DISABLE_PERSONAL_VAULT_EXPORT, "Remove individual vault export"),
    (PolicyType::AUTOTYPE_DEFAULT_SETTING, "Autotype default"),
    (PolicyType::AUTOMATIC_USER_CONFIRMATION, "Automatically confirm invited users"),
    (PolicyType::ORGANIZATION_USER_NOTIFICATION, "Vault banner message"),
    (PolicyType::SEND_CONTROLS, "Send controls"),
    (PolicyType::FILL_ASSIST, "Fill assist"),
];
