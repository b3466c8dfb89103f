//! Which reads of one organization are made: all of them for a client, for an own organization those that the person's
//! role allows there (protocol.md §4.4–4.8). What is not allowed would be refused, and the organization count as failed.

use portico_estate::OwnOrganization;
use portico_protocol::organization::{MemberType, OrganizationResponse, PlanType, ProfileOrganization};

/// What is asked of one organization.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reads {
    /// What the profile tells of an organization whose own answer is for its owners only.
    pub told: Option<Box<OrganizationResponse>>,
    pub members: bool,
    /// Where the plan has groups.
    pub groups: bool,
    pub collections: bool,
    pub policies: bool,
    /// Where the plan has logs.
    pub events: bool,
}

impl Reads {
    /// The provider's staff count as owners (protocol.md §5.3).
    pub(crate) const CLIENT: Self =
        Self { told: None, members: true, groups: true, collections: true, policies: true, events: true };

    /// What a member of this role may read. Collections are asked for where all of them come, not only those that the
    /// person manages: a list with gaps would be taken for the whole.
    pub(crate) fn of_member(own: &OwnOrganization, membership: &ProfileOrganization) -> Self {
        let admin = own.is_admin();
        let may = own.role == MemberType::CUSTOM;
        let can = &own.permissions;
        let people = admin || may && (can.manage_users || can.manage_groups);
        Self {
            told: (!own.is_owner()).then(|| Box::new(told_by_profile(membership))),
            members: people || own.manages_members(),
            groups: people,
            collections: people || own.sees_all_collections(),
            policies: own.uses.policies && (admin || may && can.manage_policies),
            events: admin || may && can.access_event_logs,
        }
    }
}

/// The profile names the plan's family only.
const PLAN_NOT_TOLD: PlanType = PlanType(-1);

fn told_by_profile(membership: &ProfileOrganization) -> OrganizationResponse {
    // Members of one name in two wire types (protocol.md §3.3, §4.7).
    macro_rules! told {
        ($($same:ident),* $(,)?) => {
            OrganizationResponse {
                object: "organization".to_owned(),
                plan_type: PLAN_NOT_TOLD,
                use_policies: membership.use_policies == Some(true),
                $($same: membership.$same.clone(),)*
                ..OrganizationResponse::default()
            }
        };
    }
    told!(
        id,
        name,
        seats,
        max_collections,
        max_storage_gb,
        use_sso,
        use_key_connector,
        use_scim,
        use_groups,
        use_directory,
        use_events,
        use_totp,
        use2fa,
        use_api,
        use_reset_password,
        use_secrets_manager,
        use_password_manager,
        users_get_premium,
        use_custom_permissions,
        use_activate_autofill_policy,
        use_risk_insights,
        use_organization_domains,
        use_admin_sponsored_families,
        use_automatic_user_confirmation,
        use_disable_sm_ads_for_users,
        use_phishing_blocker,
        use_my_items,
        use_invite_links,
        use_pam,
        self_host,
        has_public_and_private_keys,
        limit_collection_creation,
        limit_collection_deletion,
        limit_item_deletion,
        allow_admin_access_to_all_collection_items,
    )
}

#[cfg(test)]
mod tests {
    use portico_estate::own_organizations;
    use portico_protocol::account::ProfileResponse;
    use serde_json::{Value, json};

    use super::*;

    /// The reads of a confirmed member, the first letter of each, and `?` where the organization itself is not asked.
    fn reads(role: i32, permissions: Value, more: Value) -> String {
        let mut organization = json!({"object": "profileOrganization", "id": uuid::Uuid::from_u128(1), "name": "Club",
            "enabled": true, "status": 2, "type": role, "seats": 7, "productTierType": 3, "useGroups": true,
            "usePolicies": true, "key": "4.secret", "permissions": permissions});
        organization.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let profile: ProfileResponse = serde_json::from_value(json!({"id": uuid::Uuid::from_u128(9),
            "email": "a@b.example", "organizations": [organization], "providers": [], "providerOrganizations": []}))
        .unwrap();
        let reads = Reads::of_member(&own_organizations(&profile)[0], &profile.memberships()[0]);
        let letter = |read: bool, letter| read.then_some(letter);
        [
            letter(reads.told.is_some(), '?'),
            letter(reads.members, 'm'),
            letter(reads.groups, 'g'),
            letter(reads.collections, 'c'),
            letter(reads.policies, 'p'),
            letter(reads.events, 'e'),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    #[test]
    fn each_role_reads_what_it_may() {
        let none = json!({});
        for (role, permissions, expected) in [
            (0, none.clone(), "mgcpe"),
            (1, none.clone(), "?mgcpe"),
            (4, json!({"manageUsers": true}), "?mgc"),
            (4, json!({"manageGroups": true}), "?mgc"),
            (4, json!({"manageResetPassword": true}), "?m"),
            (4, json!({"editAnyCollection": true}), "?c"),
            (4, json!({"deleteAnyCollection": true}), "?c"),
            (4, json!({"managePolicies": true}), "?p"),
            (4, json!({"accessEventLogs": true, "accessReports": true}), "?e"),
            // Rights of a custom role count for a custom role only.
            (2, json!({"manageUsers": true, "managePolicies": true}), "?"),
        ] {
            assert_eq!(reads(role, permissions.clone(), json!({})), expected, "{role} {permissions}");
        }
        assert_eq!(reads(0, none, json!({"usePolicies": false})), "mgce", "a plan without policies");
    }

    #[test]
    fn what_the_profile_tells_has_neither_key_nor_role_nor_a_guessed_plan() {
        let membership: ProfileOrganization = serde_json::from_value(json!({"id": uuid::Uuid::from_u128(1),
            "name": "Club", "seats": 7, "useGroups": true, "key": "4.secret", "type": 1, "novelty": 1}))
        .unwrap();
        let told = told_by_profile(&membership);
        assert_eq!((told.name.as_str(), told.seats, told.use_groups), ("Club", Some(7), true));
        assert_eq!(told.plan_type.display_name(), None);
        assert!(!serde_json::to_string(&told).unwrap().contains("4.secret") && told.extra.is_empty());
    }
}
