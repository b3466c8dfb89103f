//! Organizations: members, groups, collections and policies (protocol.md §3.3, §4.4–4.8).

use crate::Date;
use crate::provider::ProviderType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod numbers;
pub mod requests;
pub use numbers::{
    CollectionType, MemberStatus, MemberType, OrganizationStatus, PlanType, PolicyType, ProductTier,
    RevocationReason,
};

/// How a member or group reaches a collection; `id` is a collection, group or organizationUser id by context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    pub id: Uuid,
    #[serde(default, deserialize_with = "crate::wire::or_default")]
    pub read_only: bool,
    #[serde(default, deserialize_with = "crate::wire::or_default")]
    pub hide_passwords: bool,
    /// Excludes the two others (protocol.md §4.4).
    #[serde(default, deserialize_with = "crate::wire::or_default")]
    pub manage: bool,
}

wire! {
    /// The rights of a custom role (protocol.md §3.3); meaningful for [`MemberType::CUSTOM`] only.
    pub struct Permissions {
        may {
            access_event_logs: bool,
            access_import_export: bool,
            access_reports: bool,
            create_new_collections: bool,
            edit_any_collection: bool,
            delete_any_collection: bool,
            manage_groups: bool,
            manage_policies: bool,
            manage_sso: bool,
            manage_users: bool,
            manage_reset_password: bool,
            manage_scim: bool,
            manage_access_rules: bool,
        }
    }

    /// One entry of `profile.organizations` (protocol.md §3.3).
    pub struct ProfileOrganization {
        must {
            /// Organization id.
            id: Uuid,
        }
        may {
            /// `profileOrganization`.
            object: String,
            /// Plain text.
            name: String,
            enabled: bool,
            identifier: Option<String>,
            product_tier_type: ProductTier,
            /// Nothing: not told.
            use_policies: Option<bool>,
            use_sso: bool,
            use_key_connector: bool,
            use_scim: bool,
            use_groups: bool,
            use_directory: bool,
            use_events: bool,
            use_totp: bool,
            use2fa: bool,
            use_api: bool,
            use_reset_password: bool,
            use_secrets_manager: bool,
            use_password_manager: bool,
            users_get_premium: bool,
            use_custom_permissions: bool,
            use_activate_autofill_policy: bool,
            use_risk_insights: bool,
            use_organization_domains: bool,
            use_admin_sponsored_families: bool,
            use_automatic_user_confirmation: bool,
            #[serde(rename = "useDisableSMAdsForUsers")]
            use_disable_sm_ads_for_users: bool,
            use_phishing_blocker: bool,
            use_my_items: bool,
            use_invite_links: bool,
            use_pam: bool,
            self_host: bool,
            /// Null means no limit.
            seats: Option<i32>,
            max_collections: Option<i32>,
            max_storage_gb: Option<i32>,
            /// `ukey`: the organization key for this member; null while only accepted.
            key: Option<String>,
            has_public_and_private_keys: bool,
            sso_bound: bool,
            reset_password_enrolled: bool,
            limit_collection_creation: bool,
            limit_collection_deletion: bool,
            limit_item_deletion: bool,
            allow_admin_access_to_all_collection_items: bool,
            provider_id: Option<Uuid>,
            provider_name: Option<String>,
            provider_type: Option<ProviderType>,
            sso_enabled: bool,
            key_connector_enabled: bool,
            key_connector_url: Option<String>,
            sso_member_decryption_type: Option<i32>,
            access_secrets_manager: bool,
            access_pam: bool,
            /// The caller.
            user_id: Option<Uuid>,
            status: MemberStatus,
            #[serde(rename = "type")]
            role: MemberType,
            permissions: Permissions,
            organization_user_id: Option<Uuid>,
            user_is_claimed_by_organization: bool,
            family_sponsorship_friendly_name: Option<String>,
            family_sponsorship_available: bool,
            family_sponsorship_last_sync_date: Option<Date>,
            family_sponsorship_valid_until: Option<Date>,
            family_sponsorship_to_delete: Option<bool>,
            is_admin_initiated: bool,
        }
    }

    /// `GET /organizations/{id}` (protocol.md §4.7).
    pub struct OrganizationResponse {
        must {
            id: Uuid,
        }
        may {
            /// `organization`.
            object: String,
            name: String,
            business_name: Option<String>,
            business_address1: Option<String>,
            business_address2: Option<String>,
            business_address3: Option<String>,
            business_country: Option<String>,
            business_tax_number: Option<String>,
            billing_email: Option<String>,
            /// The plan object, carried as it came.
            plan: Option<serde_json::Value>,
            secrets_manager_plan: Option<serde_json::Value>,
            plan_type: PlanType,
            /// Null means no limit.
            seats: Option<i32>,
            max_autoscale_seats: Option<i32>,
            max_collections: Option<i32>,
            max_storage_gb: Option<i32>,
            use_policies: bool,
            use_sso: bool,
            use_key_connector: bool,
            use_scim: bool,
            use_groups: bool,
            use_directory: bool,
            use_events: bool,
            use_totp: bool,
            use2fa: bool,
            use_api: bool,
            use_reset_password: bool,
            use_secrets_manager: bool,
            use_password_manager: bool,
            users_get_premium: bool,
            use_custom_permissions: bool,
            use_activate_autofill_policy: bool,
            use_risk_insights: bool,
            use_organization_domains: bool,
            use_admin_sponsored_families: bool,
            use_automatic_user_confirmation: bool,
            #[serde(rename = "useDisableSMAdsForUsers")]
            use_disable_sm_ads_for_users: bool,
            use_phishing_blocker: bool,
            use_my_items: bool,
            use_invite_links: bool,
            use_pam: bool,
            self_host: bool,
            has_public_and_private_keys: bool,
            sm_seats: Option<i32>,
            sm_service_accounts: Option<i32>,
            max_autoscale_sm_seats: Option<i32>,
            max_autoscale_sm_service_accounts: Option<i32>,
            limit_collection_creation: bool,
            limit_collection_deletion: bool,
            limit_item_deletion: bool,
            allow_admin_access_to_all_collection_items: bool,
        }
    }

    /// `organizationUserUserDetails`: one entry of `GET /organizations/{id}/users` (protocol.md §4.6).
    pub struct OrganizationUserDetails {
        must {
            /// organizationUserId, never the user id.
            id: Uuid,
            /// With `includeCollections` only; ids of collections.
            #[serde(default, deserialize_with = "crate::wire::without_nulls")]
            collections: Vec<Selection>,
            /// With `includeGroups` only.
            #[serde(default, deserialize_with = "crate::wire::without_nulls")]
            groups: Vec<Uuid>,
        }
        may {
            /// `organizationUserUserDetails`.
            object: String,
            /// Null while invited.
            user_id: Option<Uuid>,
            #[serde(rename = "type")]
            role: MemberType,
            status: MemberStatus,
            external_id: Option<String>,
            access_secrets_manager: bool,
            access_pam: bool,
            permissions: Permissions,
            reset_password_enrolled: bool,
            uses_key_connector: bool,
            has_master_password: bool,
            name: Option<String>,
            email: String,
            avatar_color: Option<String>,
            /// Nothing: not told.
            two_factor_enabled: Option<bool>,
            sso_bound: bool,
            claimed_by_organization: bool,
            revocation_reason: Option<RevocationReason>,
            creation_date: Option<Date>,
        }
    }

    /// `groupDetails` and `group` (protocol.md §4.5).
    pub struct GroupDetailsResponse {
        must {
            id: Uuid,
            organization_id: Uuid,
            /// Ids of collections; details form only.
            #[serde(default, deserialize_with = "crate::wire::without_nulls")]
            collections: Vec<Selection>,
        }
        may {
            /// `groupDetails`.
            object: String,
            /// Plain text.
            name: String,
            external_id: Option<String>,
        }
    }

    /// `collection`: one entry of `GET /organizations/{id}/collections` (protocol.md §4.4).
    pub struct CollectionResponse {
        must {
            id: Uuid,
            organization_id: Uuid,
        }
        may {
            /// `collection`.
            object: String,
            /// `enc` under the organization key.
            name: Option<String>,
            external_id: Option<String>,
            #[serde(rename = "type")]
            kind: CollectionType,
            default_user_collection_email: Option<String>,
        }
    }

    /// `collectionAccessDetails`: one entry of `GET /organizations/{id}/collections/details` (protocol.md §4.4).
    /// When a provider user asks for it the server writes events 1603 and 1903 (§5.3).
    pub struct CollectionAccessDetailsResponse {
        must {
            id: Uuid,
            organization_id: Uuid,
            /// Ids of groups.
            #[serde(default, deserialize_with = "crate::wire::without_nulls")]
            groups: Vec<Selection>,
            /// organizationUserIds.
            #[serde(default, deserialize_with = "crate::wire::without_nulls")]
            users: Vec<Selection>,
        }
        may {
            /// `collectionAccessDetails`.
            object: String,
            /// `enc` under the organization key.
            name: Option<String>,
            external_id: Option<String>,
            #[serde(rename = "type")]
            kind: CollectionType,
            default_user_collection_email: Option<String>,
            assigned: bool,
            read_only: bool,
            hide_passwords: bool,
            manage: bool,
            unmanaged: bool,
            /// Privileged access: a rule stands before the items.
            has_enabled_access_rule: bool,
        }
    }

    /// `policyStatus`: one entry of `GET /organizations/{id}/policies`, one per defined type, without id
    /// (protocol.md §4.8).
    pub struct PolicyStatusResponse {
        must {
            organization_id: Uuid,
            #[serde(rename = "type")]
            kind: PolicyType,
        }
        may {
            /// `policy`.
            object: String,
            /// By type; carried as it came.
            data: Option<serde_json::Value>,
            /// Nothing: not told.
            enabled: Option<bool>,
            can_toggle_state: bool,
        }
    }

    /// One entry of `policies` of a sync (protocol.md §3.6).
    pub struct PolicyResponse {
        must {
            id: Uuid,
            organization_id: Uuid,
            #[serde(rename = "type")]
            kind: PolicyType,
        }
        may {
            /// `policy`.
            object: String,
            /// By type; carried as it came.
            data: Option<serde_json::Value>,
            /// Nothing: not told. See [`PolicyResponse::is_on`].
            enabled: Option<bool>,
            revision_date: Option<Date>,
        }
    }

    /// `GET /organizations/{id}/public-key` (protocol.md §4.7).
    pub struct OrganizationPublicKeyResponse {
        may {
            /// `organizationPublicKey`.
            object: String,
            /// Base64 of SPKI DER.
            public_key: Option<String>,
        }
    }
}

impl PolicyResponse {
    /// Whether it holds: also where the server does not say that it is off, since what is not told must loosen nothing.
    pub fn is_on(&self) -> bool {
        self.enabled != Some(false)
    }
}
