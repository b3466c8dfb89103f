//! A number that the server leaves out is not known: it is never read as the first of its enum, which would often be the
//! most powerful.
#![allow(clippy::unwrap_used)]

use portico_protocol::events::EventResponse;
use portico_protocol::organization::{
    MemberStatus, MemberType, OrganizationUserDetails, PolicyStatusResponse, ProfileOrganization,
};
use portico_protocol::provider::{
    ProfileProvider, ProviderUserDetails, ProviderUserStatus, ProviderUserType,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ID: &str = "6d2b1f9c-5b8b-4d2e-9f3a-1c2d3e4f5a6b";

/// Reads `told` with `members` absent, and with them null.
fn both<T: DeserializeOwned>(mut told: Value, members: &[&str]) -> [T; 2] {
    let absent = serde_json::from_value(told.clone()).unwrap();
    for member in members {
        told[*member] = Value::Null;
    }
    [absent, serde_json::from_value(told).unwrap()]
}

#[test]
fn roles_and_states_that_are_left_out_are_none_that_is_known() {
    for member in both::<OrganizationUserDetails>(json!({"id": ID}), &["type", "status", "twoFactorEnabled"])
    {
        assert_eq!((member.role.known_name(), member.status.known_name()), (None, None));
        assert!(!member.role.is_told() && !member.status.is_told());
        assert_eq!(member.two_factor_enabled, None);
    }
    for own in both::<ProfileOrganization>(json!({"id": ID}), &["type", "status"]) {
        assert!(own.role != MemberType::OWNER && own.status != MemberStatus::INVITED);
    }
    for member in both::<ProviderUserDetails>(json!({"id": ID}), &["type", "status"]) {
        assert!(member.role != ProviderUserType::PROVIDER_ADMIN);
        assert!(member.status != ProviderUserStatus::INVITED);
    }
    for own in both::<ProfileProvider>(json!({"id": ID}), &["type", "status"]) {
        assert_eq!(own.role.known_name(), None);
    }
}

#[test]
fn events_and_policies_that_do_not_say_what_they_are_say_nothing_else() {
    for event in both::<EventResponse>(json!({"date": "2026-08-20T14:16:19Z"}), &["type"]) {
        assert!(!event.kind.is_told() && event.kind.known_name().is_none());
    }
    for policy in both::<PolicyStatusResponse>(json!({"organizationId": ID, "type": 0}), &["enabled"]) {
        assert_eq!(policy.enabled, None);
    }
}

#[test]
fn what_was_not_told_stays_so_when_it_is_kept() {
    let [member, _] = both::<OrganizationUserDetails>(json!({"id": ID}), &[]);
    let kept: OrganizationUserDetails =
        serde_json::from_str(&serde_json::to_string(&member).unwrap()).unwrap();
    assert_eq!(kept, member);
    assert!(MemberType::OWNER.is_told() && MemberType(77).is_told());
}
