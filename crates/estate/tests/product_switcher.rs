//! The table of situations of ui.md (a), and the rules behind it.
#![allow(clippy::unwrap_used)]

mod facts;

use facts::id;
use portico_estate::{
    CurrentPlace, OtherProduct, Product, ProductSwitcher, own_organizations, product_switcher,
};
use portico_protocol::{account::ProfileResponse, organization::PolicyResponse};
use serde_json::{Value, json};

/// A confirmed member of an enabled organization, with `more` on top.
fn organization(number: u128, name: &str, role: i32, more: Value) -> Value {
    let mut organization = json!({
        "object": "profileOrganization", "id": id(number), "name": name, "enabled": true, "status": 2, "type": role,
        "usePolicies": true, "useGroups": true, "productTierType": 3, "permissions": {},
    });
    organization.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    organization
}

fn client_of_provider(number: u128, name: &str) -> Value {
    organization(number, name, 0, json!({"object": "profileProviderOrganization", "useSecretsManager": true}))
}

fn provider(number: u128, kind: i32) -> Value {
    json!({"object": "profileProvider", "id": id(number), "name": "P", "enabled": true, "status": 2, "providerType": kind})
}

fn profile(organizations: Value, providers: Value, provider_organizations: Value) -> ProfileResponse {
    serde_json::from_value(json!({
        "id": id(900), "email": "me@example.com", "organizations": organizations, "providers": providers,
        "providerOrganizations": provider_organizations,
    }))
    .unwrap()
}

fn single_org(organization: u128) -> Vec<PolicyResponse> {
    let policy = json!({"id": id(800), "organizationId": id(organization), "type": 3, "enabled": true});
    vec![serde_json::from_value(policy).unwrap()]
}

fn words(switcher: &ProductSwitcher) -> String {
    let tiles: Vec<String> = switcher
        .tiles
        .iter()
        .map(|tile| {
            let name = match tile.product {
                Product::PasswordManager => "Passwords".to_owned(),
                Product::SecretsManager { organization } => format!("Secrets {}", organization.as_u128()),
                Product::AdminConsole { organization } => format!("Admin {}", organization.as_u128()),
                Product::ProviderPortal { provider } => format!("Portal {}", provider.as_u128()),
                Product::BusinessUnitPortal { provider } => format!("Units {}", provider.as_u128()),
            };
            if tile.is_active { format!("[{name}]") } else { name }
        })
        .collect();
    let others: Vec<_> = switcher
        .others
        .iter()
        .map(|other| match other {
            OtherProduct::SecretsManager => "Secrets",
            OtherProduct::Organizations => "Organizations",
        })
        .collect();
    format!("{} | {}", tiles.join(", "), others.join(", "))
}

fn shown(profile: &ProfileResponse, place: CurrentPlace) -> String {
    words(&product_switcher(profile, &[], place))
}

#[test]
fn each_situation_of_the_table() {
    const USER: i32 = 2;
    const CUSTOM: i32 = 4;
    let secrets = json!({"useSecretsManager": true, "accessSecretsManager": true});
    let cases = [
        ("no organization", profile(json!([]), json!([]), json!([])), "[Passwords] | Secrets, Organizations"),
        (
            "a plain member",
            profile(json!([organization(1, "A", USER, json!({}))]), json!([]), json!([])),
            "[Passwords] | Secrets, Organizations",
        ),
        (
            "a plain member with Secrets Manager",
            profile(json!([organization(1, "A", USER, secrets.clone())]), json!([]), json!([])),
            "[Passwords], Secrets 1 | Organizations",
        ),
        (
            "a plain member where the advertisement is off",
            profile(
                json!([organization(1, "A", USER, json!({"useDisableSMAdsForUsers": true}))]),
                json!([]),
                json!([]),
            ),
            "[Passwords] | Organizations",
        ),
        (
            "an owner where the advertisement is off for users",
            profile(
                json!([organization(1, "A", 0, json!({"useDisableSMAdsForUsers": true}))]),
                json!([]),
                json!([]),
            ),
            "[Passwords], Admin 1 | Secrets",
        ),
        (
            "an owner, an admin, the first by name",
            profile(
                json!([organization(1, "Zeta", 0, json!({})), organization(2, "Écho", 1, json!({}))]),
                json!([]),
                json!([]),
            ),
            "[Passwords], Admin 2 | Secrets",
        ),
        (
            "a custom role with an admin permission",
            profile(
                json!([organization(1, "A", CUSTOM, json!({"permissions": {"manageGroups": true}}))]),
                json!([]),
                json!([]),
            ),
            "[Passwords], Admin 1 | Secrets",
        ),
        (
            "a custom role without any",
            profile(json!([organization(1, "A", CUSTOM, json!({}))]), json!([]), json!([])),
            "[Passwords] | Secrets, Organizations",
        ),
        (
            "a provider user who is in organizations too",
            profile(
                json!([organization(1, "Own", USER, secrets)]),
                json!([provider(70, 0)]),
                json!([client_of_provider(2, "Client")]),
            ),
            "[Passwords], Secrets 1, Admin 2, Portal 70 | ",
        ),
        (
            "only provider user: every client counts as administrable, Secrets Manager never",
            profile(
                json!([]),
                json!([provider(70, 0)]),
                json!([client_of_provider(2, "B"), client_of_provider(3, "A")]),
            ),
            "[Passwords], Admin 3, Portal 70 | Secrets",
        ),
        (
            "a provider without a client yet",
            profile(json!([]), json!([provider(70, 0)]), json!([])),
            "[Passwords], Portal 70 | Secrets, Organizations",
        ),
        (
            "the first of two providers is a business unit",
            profile(json!([]), json!([provider(71, 2), provider(70, 0)]), json!([])),
            "[Passwords], Units 71 | Secrets, Organizations",
        ),
        (
            "a disabled organization counts for its owner",
            profile(json!([organization(1, "A", 0, json!({"enabled": false}))]), json!([]), json!([])),
            "[Passwords], Admin 1 | Secrets",
        ),
        (
            "and not for its admin",
            profile(json!([organization(1, "A", 1, json!({"enabled": false}))]), json!([]), json!([])),
            "[Passwords] | Secrets, Organizations",
        ),
        (
            "Secrets Manager of a disabled organization",
            profile(
                json!([organization(
                    1,
                    "A",
                    USER,
                    json!({"enabled": false, "useSecretsManager": true, "accessSecretsManager": true})
                )]),
                json!([]),
                json!([]),
            ),
            "[Passwords] | Secrets, Organizations",
        ),
        (
            "an owner whom nobody has confirmed",
            profile(json!([organization(1, "A", 0, json!({"status": 1}))]), json!([]), json!([])),
            "[Passwords] | Secrets, Organizations",
        ),
        (
            "a role of a later server",
            profile(json!([organization(1, "A", 17, json!({}))]), json!([]), json!([])),
            "[Passwords] | Secrets, Organizations",
        ),
    ];
    for (situation, profile, expected) in cases {
        assert_eq!(shown(&profile, CurrentPlace::PasswordManager), expected, "{situation}");
    }
}

#[test]
fn the_organization_that_is_open_comes_first() {
    let owner = |number, name| {
        organization(number, name, 0, json!({"useSecretsManager": true, "accessSecretsManager": true}))
    };
    let plain = organization(3, "C", 2, json!({}));
    let profile = profile(json!([owner(1, "A"), owner(2, "B"), plain]), json!([provider(70, 0)]), json!([]));
    let cases = [
        (CurrentPlace::PasswordManager, "[Passwords], Secrets 1, Admin 1, Portal 70 | "),
        (CurrentPlace::AdminConsole(id(2)), "Passwords, Secrets 2, [Admin 2], Portal 70 | "),
        (CurrentPlace::SecretsManager(id(2)), "Passwords, [Secrets 2], Admin 2, Portal 70 | "),
        (CurrentPlace::AdminConsole(id(3)), "Passwords, Secrets 1, [Admin 1], Portal 70 | "),
        (CurrentPlace::ProviderPortal(id(70)), "Passwords, Secrets 1, Admin 1, [Portal 70] | "),
    ];
    for (place, expected) in cases {
        assert_eq!(shown(&profile, place), expected);
    }
}

#[test]
fn the_single_organization_policy_hides_the_offer_from_whom_it_binds() {
    let others = |role, more: Value, policy_of| {
        let profile = profile(json!([organization(1, "A", role, more)]), json!([]), json!([]));
        words(&product_switcher(&profile, &single_org(policy_of), CurrentPlace::PasswordManager))
    };
    assert_eq!(others(2, json!({}), 1), "[Passwords] | Secrets");
    assert_eq!(
        others(2, json!({"status": 1}), 1),
        "[Passwords] | Secrets",
        "accepted members are bound as well"
    );
    assert_eq!(
        others(2, json!({}), 2),
        "[Passwords] | Secrets, Organizations",
        "a policy of another organization"
    );
    assert_eq!(others(2, json!({"usePolicies": false}), 1), "[Passwords] | Secrets, Organizations");
    assert_eq!(others(2, json!({"status": -1}), 1), "[Passwords] | Secrets, Organizations");
}

#[test]
fn membership_and_provider_access_merge_into_one_entry() {
    let profile = profile(
        json!([organization(1, "As a member", 2, json!({}))]),
        json!([provider(70, 0)]),
        json!([client_of_provider(1, "As a client"), client_of_provider(2, "Client")]),
    );
    let own = own_organizations(&profile);
    let [member, client] = &own[..] else { panic!("two organizations") };
    assert_eq!(
        (&*member.name, member.is_member, member.is_provider_user, member.role.0),
        ("As a member", true, true, 2)
    );
    assert!(member.is_owner(), "provider staff counts as owner even where the membership is a plain one");
    assert_eq!((&*client.name, client.is_member, client.is_provider_user), ("Client", false, true));
}

#[test]
fn event_logs_are_for_admins_and_who_was_given_the_right_where_the_plan_has_them() {
    let reads = |role: i32, more: Value| {
        let profile = profile(json!([organization(1, "O", role, more)]), json!([]), json!([]));
        own_organizations(&profile)[0].reads_events()
    };
    assert!(reads(0, json!({"useEvents": true})) && reads(1, json!({"useEvents": true})));
    assert!(!reads(0, json!({"useEvents": false})), "a plan without logs");
    assert!(!reads(2, json!({"useEvents": true})));
    assert!(!reads(4, json!({"useEvents": true})));
    assert!(reads(4, json!({"useEvents": true, "permissions": {"accessEventLogs": true}})));
    assert!(
        !reads(2, json!({"useEvents": true, "permissions": {"accessEventLogs": true}})),
        "rights of a custom role"
    );
}

#[test]
fn newer_lists_of_memberships_are_preferred() {
    let mut profile = profile(json!([]), json!([]), json!([]));
    profile.organizations_new =
        Some(vec![serde_json::from_value(organization(5, "New", 0, json!({}))).unwrap()]);
    assert_eq!(shown(&profile, CurrentPlace::PasswordManager), "[Passwords], Admin 5 | Secrets");
}
