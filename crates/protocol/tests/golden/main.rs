//! The wire as `protocol.md` describes it, written down by hand from there: what is read, and that nothing is lost when
//! it is written again.

#![allow(clippy::unwrap_used)]

mod answers;
mod billing;
mod dto;
mod providers;
mod requests;

use portico_protocol::account::{KdfType, ProfileResponse, UserKeyResponse};
use portico_protocol::cipher::{CipherResponse, CipherType, FieldType, Reprompt, UriMatch};
use portico_protocol::config::ConfigResponse;
use portico_protocol::events::{EventResponse, EventType};
use portico_protocol::identity::PreloginResponse;
use portico_protocol::organization::requests::{InviteRequest, MemberUpdateRequest, PolicyRequest};
use portico_protocol::organization::{
    CollectionAccessDetailsResponse, CollectionResponse, CollectionType, GroupDetailsResponse, MemberStatus,
    MemberType, OrganizationResponse, OrganizationUserDetails, PlanType, PolicyStatusResponse, PolicyType,
    ProductTier, RevocationReason,
};
use portico_protocol::provider::{ProviderStatus, ProviderType, ProviderUserType};
use portico_protocol::sync::{SyncEnvelope, SyncResponse};
use portico_protocol::{Date, ListResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const SYNC: &str = include_str!("sync.json");

#[test]
fn prelogin_in_both_forms() {
    let answer: PreloginResponse = round_trip(
        r#"{ "kdf":0, "kdfIterations":600000, "kdfMemory":null, "kdfParallelism":null,
            "kdfSettings": { "kdfType":0, "iterations":600000, "memory":null, "parallelism":null }, "salt": null }"#,
    );
    assert_eq!(answer.kdf_parameters().iterations, 600_000);
    assert_eq!(answer.salt, None);

    let old: PreloginResponse =
        serde_json::from_str(r#"{"kdf":1,"kdfIterations":3,"kdfMemory":64,"kdfParallelism":4}"#).unwrap();
    assert_eq!(old.kdf_parameters().kdf_type, KdfType::ARGON2ID);
    assert_eq!(old.kdf_parameters().memory, Some(64));
}

#[test]
fn a_whole_sync() {
    let sync: SyncResponse = round_trip(SYNC);
    let profile = &sync.profile;
    assert_eq!(profile.email, "alice@example.com");
    assert_eq!(profile.wrapped_private_key(), Some("2.private"));

    let membership = &profile.memberships()[0];
    assert_eq!(membership.product_tier_type, ProductTier::ENTERPRISE);
    assert_eq!((membership.role, membership.status), (MemberType::CUSTOM, MemberStatus::CONFIRMED));
    assert!(membership.permissions.manage_users && !membership.permissions.manage_sso);
    assert!(membership.use_disable_sm_ads_for_users && membership.use2fa);
    assert_eq!(membership.seats, None);
    assert_eq!(membership.key.as_deref(), Some("4.organization"));

    let provider = &profile.providers[0];
    assert_eq!(provider.role, ProviderUserType::SERVICE_USER);
    assert_eq!(provider.provider_status, ProviderStatus::BILLABLE);
    assert_eq!(provider.provider_type, ProviderType::MSP);
    let client = &profile.provider_organizations[0];
    assert_eq!(client.key.as_deref(), Some("2.client"));
    assert_eq!(client.provider_type, Some(ProviderType::MSP));

    assert_eq!(sync.collections[1].kind, CollectionType::DEFAULT_USER_COLLECTION);
    assert_eq!(sync.collections[1].default_user_collection_email.as_deref(), Some("gone@example.com"));
    assert_eq!(sync.policies[0].kind, PolicyType::MASTER_PASSWORD);
    assert_eq!(sync.policies[0].data.as_ref().unwrap()["minLength"], 14);
    let unlock = sync.user_decryption.unwrap().master_password_unlock.unwrap();
    assert_eq!(unlock.wrapped_user_key(), Some("2.user"));
    assert_eq!(unlock.salt, "alice@example.com");
}

#[test]
fn items_of_a_sync() {
    let sync: SyncResponse = serde_json::from_str(SYNC).unwrap();
    let login = &sync.ciphers[0];
    assert_eq!((login.kind, login.reprompt), (CipherType::LOGIN, Reprompt::PASSWORD));
    let details = login.login.as_ref().unwrap();
    assert_eq!(details.uris.as_ref().unwrap()[0].matching, Some(UriMatch::NEVER));
    assert_eq!(details.uris.as_ref().unwrap()[1].matching, None);
    assert_eq!(details.fido2_credentials.as_ref().unwrap()[0].rp_id.as_deref(), Some("2.rpid"));
    assert_eq!(login.fields.as_ref().unwrap()[0].kind, FieldType::LINKED);
    assert_eq!(login.fields.as_ref().unwrap()[0].linked_id, Some(100));
    assert_eq!(login.attachments.as_ref().unwrap()[0].size.as_deref(), Some("1234"));
    assert!(login.permissions.as_ref().unwrap().delete);

    let from_the_future = &sync.ciphers[1];
    assert_eq!(from_the_future.kind, CipherType(99));
    assert_eq!(from_the_future.kind.known_name(), None);
    assert_eq!(from_the_future.name, None);
    assert_eq!(from_the_future.extra["hologram"]["depth"], 3);
}

#[test]
fn the_fast_reading_of_a_sync_sees_the_same() {
    let typed: SyncResponse = serde_json::from_str(SYNC).unwrap();
    let sliced: SyncEnvelope<'_> = serde_json::from_str(SYNC).unwrap();
    assert_eq!(sliced.profile, typed.profile);
    assert_eq!(sliced.folders, typed.folders);
    assert_eq!(sliced.collections, typed.collections);
    assert_eq!(sliced.effective_policies(), typed.policies);
    assert_eq!(sliced.user_decryption, typed.user_decryption);
    let ciphers: Vec<CipherResponse> =
        sliced.ciphers.iter().map(|slice| serde_json::from_str(slice.get()).unwrap()).collect();
    assert_eq!(ciphers, typed.ciphers);
    // They are slices of the text, not copies.
    let text = SYNC.as_bytes().as_ptr_range();
    assert!(sliced.ciphers.iter().all(|slice| text.contains(&slice.get().as_ptr())));
}

#[test]
fn a_bare_sync_of_a_small_server_is_enough() {
    let text = r#"{"object":"sync","profile":{"id":"3f0c5b57-6a3f-4d0e-9c53-0d5b7c1f4a11","email":"a@b.example",
        "organizations":null,"key":null,"premium":null},"folders":null,"ciphers":[]}"#;
    let sync: SyncEnvelope<'_> = serde_json::from_str(text).unwrap();
    assert!(sync.profile.organizations.is_empty() && sync.folders.is_empty() && sync.ciphers.is_empty());
    assert!(sync.user_decryption.is_none());
    let typed: SyncResponse = serde_json::from_str(text).unwrap();
    assert!(typed.profile.providers.is_empty());
}

#[test]
fn members_of_an_organization() {
    let list: ListResponse<OrganizationUserDetails> = round_trip(
        r##"{"object":"list","data":[{
            "object":"organizationUserUserDetails","id":"11111111-1111-4111-8111-111111111111","userId":null,
            "type":2,"status":-1,"externalId":null,"accessSecretsManager":false,"accessPam":false,
            "permissions":{"accessEventLogs":false,"accessImportExport":false,"accessReports":false,
                "createNewCollections":false,"editAnyCollection":false,"deleteAnyCollection":false,"manageGroups":false,
                "managePolicies":false,"manageSso":false,"manageUsers":false,"manageResetPassword":false,
                "manageScim":false,"manageAccessRules":false,"editAssignedCollections":true},
            "resetPasswordEnrolled":true,"usesKeyConnector":false,"hasMasterPassword":true,"name":null,
            "email":"bob@example.org","avatarColor":"#00ff00","twoFactorEnabled":true,"ssoBound":false,
            "claimedByOrganization":false,"managedByOrganization":false,
            "collections":[{"id":"22222222-2222-4222-8222-222222222222","readOnly":true,"hidePasswords":true,"manage":false}],
            "groups":["33333333-3333-4333-8333-333333333333"],"revocationReason":17,
            "creationDate":"2026-08-20T14:16:19.1234567Z"}],"continuationToken":null}"##,
    );
    let member = &list.data[0];
    assert_eq!((member.role, member.status), (MemberType::USER, MemberStatus::REVOKED));
    assert_eq!(member.revocation_reason, Some(RevocationReason(17)));
    assert!(member.collections[0].read_only && !member.collections[0].manage);
    assert_eq!(member.extra["managedByOrganization"], false);
    assert_eq!(member.permissions.extra["editAssignedCollections"], true);
}

#[test]
fn groups_collections_and_policies() {
    let group: GroupDetailsResponse = round_trip(
        r#"{"object":"groupDetails","id":"33333333-3333-4333-8333-333333333333",
            "organizationId":"44444444-4444-4444-8444-444444444444","name":"Technicians","externalId":"ad-7",
            "collections":[{"id":"22222222-2222-4222-8222-222222222222","readOnly":false,"hidePasswords":false,"manage":true}]}"#,
    );
    assert_eq!(group.name, "Technicians");
    let plain_group: GroupDetailsResponse = serde_json::from_str(
        r#"{"object":"group","id":"33333333-3333-4333-8333-333333333333",
            "organizationId":"44444444-4444-4444-8444-444444444444","name":"Technicians","externalId":null}"#,
    )
    .unwrap();
    assert!(plain_group.collections.is_empty());

    let collection: CollectionResponse = round_trip(
        r#"{"object":"collection","id":"22222222-2222-4222-8222-222222222222",
            "organizationId":"44444444-4444-4444-8444-444444444444","name":"2.name","externalId":null,"type":0,
            "defaultUserCollectionEmail":null}"#,
    );
    assert_eq!(collection.kind, CollectionType::SHARED);
    let access: CollectionAccessDetailsResponse = round_trip(
        r#"{"object":"collectionAccessDetails","id":"22222222-2222-4222-8222-222222222222",
            "organizationId":"44444444-4444-4444-8444-444444444444","name":"2.name","externalId":null,"type":0,
            "defaultUserCollectionEmail":null,
            "groups":[{"id":"33333333-3333-4333-8333-333333333333","readOnly":false,"hidePasswords":true,"manage":false}],
            "users":[{"id":"11111111-1111-4111-8111-111111111111","readOnly":false,"hidePasswords":false,"manage":true}],
            "assigned":false,"readOnly":false,"hidePasswords":false,"manage":false,"unmanaged":false}"#,
    );
    assert!(access.groups[0].hide_passwords && access.users[0].manage);

    let policy: PolicyStatusResponse = round_trip(
        r#"{"object":"policy","organizationId":"44444444-4444-4444-8444-444444444444","type":23,"data":{"anything":[1]},
            "enabled":true,"canToggleState":false}"#,
    );
    assert_eq!(policy.kind, PolicyType(23));
    assert_eq!(policy.enabled, Some(true));
}

#[test]
fn what_changes_an_organization() {
    let invite: InviteRequest = round_trip(
        r#"{"emails":["a@b.example"],"type":4,"accessSecretsManager":false,"permissions":{"manageUsers":true},
            "collections":[{"id":"71000000-0000-0000-0000-000000000001","readOnly":true,"hidePasswords":false,
            "manage":false}],"groups":[],"fromTheFuture":{"a":1}}"#,
    );
    assert_eq!(invite.role, Some(MemberType::CUSTOM));
    assert!(invite.permissions.unwrap().manage_users && invite.collections[0].read_only);
    let sparse: InviteRequest =
        serde_json::from_str(r#"{"emails":null,"collections":null,"groups":null,"permissions":null}"#)
            .unwrap();
    assert_eq!(sparse, InviteRequest::default());

    let wrapped: PolicyRequest = round_trip(
        r#"{"policy":{"enabled":true,"data":{"minLength":14}},"metadata":{"defaultUserCollectionName":"2.a|b|c"}}"#,
    );
    assert_eq!(wrapped.policy.unwrap().data.unwrap()["minLength"], 14);
    let flat: PolicyRequest = round_trip(r#"{"enabled":false,"data":null,"type":3}"#);
    assert_eq!((flat.policy, flat.enabled), (None, Some(false)));

    // Absent groups stay as they are, empty ones are taken away.
    let member = |text| serde_json::from_str::<MemberUpdateRequest>(text).unwrap().groups;
    assert_eq!(member(r#"{"type":2,"groups":null}"#), None);
    assert_eq!(member(r#"{"type":2,"groups":[]}"#), Some(vec![]));
}

#[test]
fn an_organization() {
    let organization: OrganizationResponse = serde_json::from_str(
        r#"{"object":"organization","id":"44444444-4444-4444-8444-444444444444","name":"Baker & Daughters",
            "businessName":null,"billingEmail":"msp@example.net",
            "plan":{"object":"plan","type":19,"passwordManager":{"seatPrice":6.0}},"planType":19,"seats":12,
            "maxAutoscaleSeats":null,"usePolicies":true,"useGroups":true,"useDisableSMAdsForUsers":true,
            "selfHost":false,"limitItemDeletion":true,"somethingNew":{"a":null}}"#,
    )
    .unwrap();
    assert_eq!(organization.plan_type, PlanType::ENTERPRISE_MONTHLY);
    assert_eq!(organization.plan_type.display_name(), Some("Enterprise (Monthly)"));
    assert_eq!(organization.plan_type.product_tier(), Some(ProductTier::ENTERPRISE));
    assert!(organization.use_groups && !organization.use_sso && organization.limit_item_deletion);
    let written = serde_json::to_value(&organization).unwrap();
    assert_eq!(written["somethingNew"], serde_json::json!({"a": null}));
    assert_eq!(written["plan"]["passwordManager"]["seatPrice"], 6.0);
    assert_eq!(written["useDisableSMAdsForUsers"], true);
}

#[test]
fn an_event_a_public_key_and_a_config() {
    let event: EventResponse = serde_json::from_str(
        r#"{"object":"event","type":1903,"userId":null,"organizationId":"44444444-4444-4444-8444-444444444444",
            "providerId":"55555555-5555-4555-8555-555555555555","date":"2026-08-20T14:16:19Z","deviceType":8,
            "ipAddress":"192.0.2.7","systemUser":null}"#,
    )
    .unwrap();
    assert_eq!(event.kind, EventType::PROVIDER_ORGANIZATION_VAULT_ACCESSED);

    let key: UserKeyResponse = round_trip(
        r#"{"object":"userKey","userId":"3f0c5b57-6a3f-4d0e-9c53-0d5b7c1f4a11","publicKey":"MIIB"}"#,
    );
    assert_eq!(key.public_key.as_deref(), Some("MIIB"));

    let config: ConfigResponse = round_trip(
        r#"{"object":"config","version":"2026.8.0","gitHash":"abc","server":null,
            "environment":{"cloudRegion":"EU","vault":"https://v.example","api":"https://v.example/api",
                "identity":"https://v.example/identity","notifications":null,"sso":null},
            "featureStates":{"a-flag":true,"a-number":7,"a-word":"x"},
            "push":{"pushTechnology":0,"vapidPublicKey":null},"communication":null,
            "settings":{"disableUserRegistration":true,"suppressOnboardingInterstitials":false}}"#,
    );
    assert_eq!(config.feature_states["a-number"], 7);
    assert!(config.server.is_none());
}

#[test]
fn what_has_no_id_is_refused_and_never_given_one() {
    assert!(serde_json::from_str::<CipherResponse>(r#"{"type":1,"name":"2.x"}"#).is_err());
    assert!(serde_json::from_str::<ProfileResponse>(r#"{"email":"a@b.example"}"#).is_err());
    assert!(serde_json::from_str::<GroupDetailsResponse>(r#"{"id":null,"organizationId":null}"#).is_err());
    let not_an_id = r#"{"id":"../../etc/passwd","organizationId":"44444444-4444-4444-8444-444444444444"}"#;
    assert!(serde_json::from_str::<GroupDetailsResponse>(not_an_id).is_err());
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    let deep = format!(
        r#"{{"id":"44444444-4444-4444-8444-444444444444","plan":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(serde_json::from_str::<OrganizationResponse>(&deep).is_err());
}

#[test]
fn dates_with_any_number_of_digits_mean_the_same_moment() {
    let date = |text: &str| Date(text.to_owned()).parse().unwrap();
    let second = date("2026-08-20T14:16:19Z");
    for text in [
        "2026-08-20T14:16:19.0Z",
        "2026-08-20T14:16:19.000Z",
        "2026-08-20T14:16:19.0000000Z",
        "2026-08-20T14:16:19",
        "2026-08-20T16:16:19+02:00",
        "2026-08-20T14:16:19.000000000Z",
    ] {
        assert_eq!(date(text), second, "{text}");
    }
    assert_eq!((date("2026-08-20T14:16:19.1234567Z") - second).whole_nanoseconds(), 123_456_700);
    for text in ["", "now", "2026-08-20", "2026-13-20T14:16:19Z", "2026-08-20T14:16:61Z", &"9".repeat(1000)] {
        assert!(Date(text.to_owned()).parse().is_err(), "{text}");
    }
    assert_eq!(Date::from(second).as_str(), "2026-08-20T14:16:19.0000000Z");
    assert_eq!(Date::from(Date::from(second).parse().unwrap()), Date::from(second));
}

/// Reads a text, and checks that writing it again loses no member and changes no value.
fn round_trip<T: DeserializeOwned + Serialize>(text: &str) -> T {
    let came: Value = serde_json::from_str(text).unwrap();
    let read: T = serde_json::from_str(text).unwrap();
    assert_contains(&serde_json::to_value(&read).unwrap(), &came, "");
    read
}

/// Members may be added as null or in their default: what came has to be there unchanged.
fn assert_contains(written: &Value, came: &Value, path: &str) {
    match (written, came) {
        (Value::Object(written), Value::Object(came)) => {
            for (name, value) in came {
                let path = format!("{path}.{name}");
                let found = written.get(name).unwrap_or_else(|| panic!("{path} was lost"));
                assert_contains(found, value, &path);
            }
        }
        (Value::Array(written), Value::Array(came)) => {
            assert_eq!(written.len(), came.len(), "{path}");
            written.iter().zip(came).enumerate().for_each(|(at, (written, came))| {
                assert_contains(written, came, &format!("{path}[{at}]"));
            });
        }
        _ => assert_eq!(written, came, "{path}"),
    }
}
