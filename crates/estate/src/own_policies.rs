//! Policies that bind the person at this computer: how long the window may stay open, and whether a PIN may unlock it.

use portico_protocol::organization::{PolicyResponse, PolicyType};
use serde_json::Value;
use uuid::Uuid;

use crate::organizations::OwnOrganization;

/// What the organizations demand of locking, the strictest of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LockPolicies {
    /// RemoveUnlockWithPin (14).
    pub pin_forbidden: bool,
    /// MaximumVaultTimeout (9): minutes without input, at least one.
    pub most_minutes: Option<u32>,
    /// The organization that sets [`Self::most_minutes`].
    pub timeout_by: Option<Uuid>,
    /// The same policy wants a log-out instead of a lock when the time is over.
    pub log_out: bool,
}

/// The policies of `policies` that bind a person with these organizations (protocol.md §3.6, §4.8). A timeout binds
/// everybody but owners, as which a provider's staff count; the ban on PINs binds everybody. A policy of an organization
/// that is not among them is enforced: the server sends policies of the person's organizations only.
pub fn lock_policies(organizations: &[OwnOrganization], policies: &[PolicyResponse]) -> LockPolicies {
    let mut found = LockPolicies::default();
    for policy in policies.iter().filter(|policy| policy.is_on()) {
        let organization = organizations.iter().find(|own| own.id == policy.organization_id);
        if !organization.is_none_or(OwnOrganization::has_policies_in_force) {
            continue;
        }
        if policy.kind == PolicyType::REMOVE_UNLOCK_WITH_PIN {
            found.pin_forbidden = true;
        }
        let is_owner = organization.is_some_and(OwnOrganization::is_owner);
        if policy.kind == PolicyType::MAXIMUM_VAULT_TIMEOUT && !is_owner {
            let data = policy.data.as_ref();
            let shorter = |minutes: &u32| found.most_minutes.is_none_or(|known| *minutes < known);
            if let Some(minutes) = data.and_then(most_minutes).filter(shorter) {
                found.most_minutes = Some(minutes);
                found.timeout_by = Some(policy.organization_id);
            }
            found.log_out |= data.and_then(|data| data.get("action")?.as_str()) == Some("logOut");
        }
    }
    found
}

/// Newer servers say by `type` what kind of limit it is; without one `minutes` counts. Locking with the system and at
/// the end of the program is what this program does anyway, so those kinds set no number.
fn most_minutes(data: &Value) -> Option<u32> {
    match data.get("type").and_then(Value::as_str) {
        Some("immediately") => Some(1),
        Some("onSystemLock" | "onAppRestart" | "never") => None,
        _ => {
            let minutes = data.get("minutes").and_then(Value::as_u64)?;
            Some(u32::try_from(minutes).unwrap_or(u32::MAX).max(1))
        }
    }
}

#[cfg(test)]
mod tests {
    use portico_protocol::account::ProfileResponse;
    use serde_json::json;

    use super::*;
    use crate::organizations::own_organizations;

    fn found(role: i32, provider: bool, policies: &[Value]) -> LockPolicies {
        let organization = json!({"object": "profileOrganization", "id": Uuid::from_u128(1), "name": "Club",
            "enabled": true, "status": 2, "type": role, "usePolicies": true});
        let client = json!({"object": "profileProviderOrganization", "id": Uuid::from_u128(1), "name": "Club",
            "enabled": true, "usePolicies": true, "providerId": Uuid::from_u128(5)});
        let profile = json!({"id": Uuid::from_u128(9), "email": "a@b.example", "providers": [],
            "organizations": if provider { vec![] } else { vec![organization] },
            "providerOrganizations": if provider { vec![client] } else { vec![] }});
        let profile: ProfileResponse = serde_json::from_value(profile).expect("a profile");
        let organizations = own_organizations(&profile);
        let policies: Vec<PolicyResponse> = policies
            .iter()
            .map(|policy| {
                let mut whole = json!({"object": "policy", "id": Uuid::from_u128(7),
                    "organizationId": Uuid::from_u128(1), "enabled": true, "data": null});
                whole.as_object_mut().expect("object").extend(policy.as_object().expect("object").clone());
                serde_json::from_value(whole).expect("a policy")
            })
            .collect();
        lock_policies(&organizations, &policies)
    }

    fn timeout(data: Value) -> Value {
        json!({"type": 9, "data": data})
    }

    #[test]
    fn the_shortest_time_counts_and_owners_are_free_of_it() {
        let policies = [timeout(json!({"minutes": 60})), timeout(json!({"minutes": 15, "action": "logOut"}))];
        let by = Some(Uuid::from_u128(1));
        let bound =
            LockPolicies { most_minutes: Some(15), timeout_by: by, log_out: true, ..LockPolicies::default() };
        for role in [1, 2, 4] {
            assert_eq!(found(role, false, &policies), bound, "role {role}");
        }
        assert_eq!(found(0, false, &policies), LockPolicies::default());
        assert_eq!(found(2, true, &policies), LockPolicies::default(), "provider staff count as owners");
    }

    #[test]
    fn the_ban_on_pins_binds_owners_too() {
        let policies = [json!({"type": 14})];
        assert!(found(0, false, &policies).pin_forbidden && found(2, false, &policies).pin_forbidden);
        assert!(!found(2, false, &[json!({"type": 14, "enabled": false})]).pin_forbidden);
        assert!(found(2, false, &[json!({"type": 14, "enabled": null})]).pin_forbidden, "not told to be off");
        let elsewhere = json!({"type": 14, "organizationId": Uuid::from_u128(2)});
        assert!(found(2, false, &[elsewhere]).pin_forbidden, "an organization that is not named");
    }

    #[test]
    fn kinds_of_newer_servers_and_nonsense_are_read_with_care() {
        for (data, minutes) in [
            (json!({"type": "immediately"}), Some(1)),
            (json!({"type": "never", "minutes": 5}), None),
            (json!({"type": "onSystemLock"}), None),
            (json!({"type": "custom", "minutes": 5}), Some(5)),
            (json!({"minutes": 0}), Some(1)),
            (json!({"minutes": -3}), None),
            (json!({"minutes": "soon"}), None),
            (json!(null), None),
        ] {
            assert_eq!(found(2, false, &[timeout(data.clone())]).most_minutes, minutes, "{data}");
        }
    }
}
