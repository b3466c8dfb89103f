//! Policies that bind a reader, and who is exempt.

#![allow(clippy::unwrap_used)]

mod support;

use portico_estate::own_organizations;
use portico_profile::{ReaderRules, VaultTimeout};
use portico_protocol::account::ProfileResponse;
use portico_protocol::organization::PolicyResponse;
use portico_vault::{ItemKind, VaultChoice};
use serde_json::{Value, json};
use uuid::Uuid;

use support::{Machine, World, full_sync_of};

const WORK: Uuid = Uuid::from_u128(1);
const CLUB: Uuid = Uuid::from_u128(2);

const OWNER: i32 = 0;
const ADMIN: i32 = 1;
const USER: i32 = 2;
const CUSTOM: i32 = 4;

fn organization(id: Uuid, role: i32) -> Value {
    json!({
        "object": "profileOrganization", "id": id, "name": "x", "enabled": true, "usePolicies": true,
        "status": 2, "type": role, "permissions": {"managePolicies": role == CUSTOM},
    })
}

fn policy(organization: Uuid, kind: i32, data: Value) -> PolicyResponse {
    let policy = json!({
        "object": "policy", "id": Uuid::from_u128(u128::try_from(kind).unwrap()), "organizationId": organization,
        "type": kind, "enabled": true, "data": data,
    });
    serde_json::from_value(policy).unwrap()
}

fn rules(organizations: Value, provider_organizations: Value, policies: &[PolicyResponse]) -> ReaderRules {
    let profile: ProfileResponse = serde_json::from_value(json!({
        "object": "profile", "id": Uuid::from_u128(9), "email": "maya@okafor.example",
        "organizations": organizations, "providers": [], "providerOrganizations": provider_organizations,
    }))
    .unwrap();
    ReaderRules::new(policies, &own_organizations(&profile))
}

fn as_role(role: i32, policies: &[PolicyResponse]) -> ReaderRules {
    rules(json!([organization(WORK, role)]), json!([]), policies)
}

#[test]
fn a_restricted_kind_is_hidden_but_where_another_organization_allows_it() {
    let policies = [policy(WORK, 15, json!([3, 42]))];
    let both = json!([organization(WORK, USER), organization(CLUB, USER)]);
    let rules = rules(both, json!([]), &policies);
    assert!(rules.hides(ItemKind::CARD, None), "the person's own");
    assert!(rules.hides(ItemKind::CARD, Some(WORK)));
    assert!(!rules.hides(ItemKind::CARD, Some(CLUB)));
    assert!(rules.hides(ItemKind(42), None));
    assert!(!rules.hides(ItemKind::LOGIN, None));
    assert_eq!(rules.restricted[0].by, [WORK]);
}

#[test]
fn the_first_form_of_the_policy_names_no_kind_and_means_cards() {
    for data in [json!(null), json!({}), json!("3")] {
        let rules = as_role(USER, &[policy(WORK, 15, data)]);
        assert!(rules.hides(ItemKind::CARD, None) && !rules.hides(ItemKind::IDENTITY, None));
    }
    let odd = as_role(USER, &[policy(WORK, 15, json!(["3", null, 4, 99_999_999_999_i64]))]);
    assert!(!odd.hides(ItemKind::CARD, None) && odd.hides(ItemKind::IDENTITY, None));
}

#[test]
fn a_restricted_kind_has_no_line_in_the_filters_also_where_there_is_no_item_of_it() {
    let lines = |restricted: Value| {
        let mut world = World::new();
        world.add_login(1, "Orchard Bank", None);
        let mut sync = world.sync();
        sync["profile"]["organizations"] = json!([organization(WORK, USER)]);
        sync["policies"] = json!([policy(WORK, 15, restricted)]);
        let (_machine, unlocked) = Machine::with_account(&world);
        full_sync_of(&world, &sync, &unlocked);
        let picture = unlocked.picture();
        let index = picture.item_index().unwrap();
        let kinds = index.tree(picture.items(), VaultChoice::All).kinds;
        (index.hidden_items(), kinds.into_iter().map(|(kind, _)| kind.0).collect::<Vec<_>>())
    };
    assert_eq!(lines(json!([])), (0, vec![1, 3, 4, 2, 5]));
    assert_eq!(lines(json!([3, 5, 42])), (0, vec![1, 4, 2]));
    assert_eq!(lines(json!([1])), (1, vec![3, 4, 2, 5]));
}

#[test]
fn who_is_exempt_depends_on_the_policy() {
    let policies = [
        policy(WORK, 3, json!(null)),
        policy(WORK, 5, json!(null)),
        policy(WORK, 9, json!({"minutes": 30, "action": "lock"})),
        policy(WORK, 10, json!(null)),
        policy(WORK, 15, json!([3])),
    ];
    // Single organization, data ownership, vault timeout, no export, restricted kinds.
    for (role, expected) in [
        (USER, [true, true, true, true, true]),
        (CUSTOM, [false, true, true, false, true]),
        (ADMIN, [false, false, true, false, true]),
        (OWNER, [false, false, false, false, true]),
    ] {
        let rules = as_role(role, &policies);
        let bound = [
            !rules.single_organization.is_empty(),
            !rules.has_own_vault(),
            rules.vault_timeout.is_some(),
            !rules.no_personal_export.is_empty(),
            !rules.restricted.is_empty(),
        ];
        assert_eq!(bound, expected, "role {role}");
    }
}

#[test]
fn provider_staff_counts_as_owner() {
    let policies = [5, 9, 10, 15].map(|kind| policy(WORK, kind, json!({"minutes": 5})));
    let staff = rules(json!([]), json!([organization(WORK, OWNER)]), &policies);
    assert_eq!(staff, ReaderRules::default());
    // Who is a member as well sees items of the organization, and is bound in what may be shown of them.
    let both = rules(json!([organization(WORK, USER)]), json!([organization(WORK, OWNER)]), &policies);
    assert!(both.has_own_vault() && both.vault_timeout.is_none() && both.hides(ItemKind::CARD, Some(WORK)));
}

#[test]
fn what_is_off_or_not_part_of_the_plan_binds_nobody() {
    let mut off = policy(WORK, 5, json!(null));
    off.enabled = Some(false);
    assert!(as_role(USER, &[off]).has_own_vault());
    let on = [policy(WORK, 5, json!(null))];
    for (member, value) in [("usePolicies", json!(false)), ("status", json!(0)), ("status", json!(-1))] {
        let mut organization = organization(WORK, USER);
        organization[member] = value;
        assert!(rules(json!([organization]), json!([]), &on).has_own_vault(), "{member}");
    }
    let mut accepted = organization(WORK, USER);
    accepted["status"] = json!(1);
    assert!(
        !rules(json!([accepted]), json!([]), &on).has_own_vault(),
        "an accepted invitation binds already"
    );
    assert!(!rules(json!([]), json!([]), &on).has_own_vault(), "better obeyed than ignored");
}

#[test]
fn the_shortest_timeout_counts() {
    let both = || json!([organization(WORK, USER), organization(CLUB, USER)]);
    let timeout = |policies: &[PolicyResponse]| rules(both(), json!([]), policies).vault_timeout;
    let two = [
        policy(WORK, 9, json!({"minutes": 60, "action": null})),
        policy(CLUB, 9, json!({"minutes": 15, "action": "logOut"})),
    ];
    assert_eq!(timeout(&two), Some(VaultTimeout { organization: CLUB, minutes: 15, log_out: true }));
    for (data, minutes) in [
        (json!({"minutes": 0}), Some(1)),
        (json!({"type": "immediately", "minutes": 90}), Some(1)),
        (json!({"type": "custom", "minutes": 90}), Some(90)),
        (json!({"type": "never"}), None),
        (json!({"type": "onAppRestart", "minutes": 5}), None),
        (json!({"type": "onSystemLock", "minutes": 5}), None),
        (json!({"minutes": "5"}), None),
        (json!({"minutes": -5}), None),
        (json!({"minutes": 1e30}), None),
        (json!(null), None),
    ] {
        let told = timeout(&[policy(WORK, 9, data.clone())]).map(|timeout| timeout.minutes);
        assert_eq!(told, minutes, "{data}");
    }
}

#[test]
fn what_is_not_told_loosens_nothing() {
    let all =
        [policy(WORK, 15, json!([3])), policy(WORK, 5, json!(null)), policy(WORK, 9, json!({"minutes": 5}))];
    let enforced = |organization: Value, policies: &[PolicyResponse]| {
        let rules = rules(json!([organization]), json!([]), policies);
        (rules.hides(ItemKind::CARD, None), rules.has_own_vault(), rules.vault_timeout.map(|it| it.minutes))
    };
    let (bound, free) = ((true, false, Some(5)), (false, true, None));
    let with = |member: &str, value: Value| {
        let mut organization = organization(WORK, USER);
        organization[member] = value;
        organization
    };
    let policies = |enabled: Option<bool>| all.clone().map(|policy| PolicyResponse { enabled, ..policy });
    for (enabled, expected) in [(None, bound), (Some(true), bound), (Some(false), free)] {
        assert_eq!(enforced(organization(WORK, USER), &policies(enabled)), expected, "{enabled:?}");
    }
    for (uses_policies, expected) in [(json!(null), bound), (json!(true), bound), (json!(false), free)] {
        assert_eq!(enforced(with("usePolicies", uses_policies.clone()), &all), expected, "{uses_policies}");
    }
    for (status, expected) in
        [(json!(null), bound), (json!(7), bound), (json!(1), bound), (json!(0), free), (json!(-1), free)]
    {
        assert_eq!(enforced(with("status", status.clone()), &all), expected, "{status}");
    }
}
