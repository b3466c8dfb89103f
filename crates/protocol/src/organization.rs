//! Organizations: members, groups, collections and policies (protocol.md §3.3, §4.4–4.8).

use crate::Date;
use crate::provider::ProviderType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

open_number! {
    /// OrganizationUserStatusType (protocol.md §3.3).
    pub struct MemberStatus {
        REVOKED = -1,
        INVITED = 0,
        ACCEPTED = 1,
        CONFIRMED = 2,
        /// Provisioned without an invitation.
        STAGED = 3,
    }

    /// OrganizationUserType (protocol.md §3.3). 3 was Manager and is gone.
    pub struct MemberType {
        OWNER = 0,
        ADMIN = 1,
        USER = 2,
        CUSTOM = 4,
    }

    /// ProductTierType (protocol.md §3.3).
    pub struct ProductTier {
        FREE = 0,
        FAMILIES = 1,
        TEAMS = 2,
        ENTERPRISE = 3,
        TEAMS_STARTER = 4,
    }

    /// OrganizationStatusType (protocol.md §5.1).
    pub struct OrganizationStatus {
        PENDING = 0,
        CREATED = 1,
        /// Billing is handled by a billable provider.
        MANAGED = 2,
    }

    /// PlanType (protocol.md §4.7).
    pub struct PlanType {
        FREE = 0,
        FAMILIES_2019 = 1,
        TEAMS_MONTHLY_2019 = 2,
        TEAMS_ANNUALLY_2019 = 3,
        ENTERPRISE_MONTHLY_2019 = 4,
        ENTERPRISE_ANNUALLY_2019 = 5,
        CUSTOM = 6,
        FAMILIES_2025 = 7,
        TEAMS_MONTHLY_2020 = 8,
        TEAMS_ANNUALLY_2020 = 9,
        ENTERPRISE_MONTHLY_2020 = 10,
        ENTERPRISE_ANNUALLY_2020 = 11,
        TEAMS_MONTHLY_2023 = 12,
        TEAMS_ANNUALLY_2023 = 13,
        ENTERPRISE_MONTHLY_2023 = 14,
        ENTERPRISE_ANNUALLY_2023 = 15,
        TEAMS_STARTER_2023 = 16,
        TEAMS_MONTHLY = 17,
        TEAMS_ANNUALLY = 18,
        ENTERPRISE_MONTHLY = 19,
        ENTERPRISE_ANNUALLY = 20,
        TEAMS_STARTER = 21,
        FAMILIES = 22,
    }

    /// CollectionType (protocol.md §3.4).
    pub struct CollectionType {
        SHARED = 0,
        /// "My items" of one member.
        DEFAULT_USER_COLLECTION = 1,
    }

    /// PolicyType (protocol.md §4.8).
    pub struct PolicyType {
        TWO_FACTOR_AUTHENTICATION = 0,
        MASTER_PASSWORD = 1,
        PASSWORD_GENERATOR = 2,
        SINGLE_ORG = 3,
        REQUIRE_SSO = 4,
        ORGANIZATION_DATA_OWNERSHIP = 5,
        DISABLE_SEND = 6,
        SEND_OPTIONS = 7,
        RESET_PASSWORD = 8,
        MAXIMUM_VAULT_TIMEOUT = 9,
        DISABLE_PERSONAL_VAULT_EXPORT = 10,
        ACTIVATE_AUTOFILL = 11,
        AUTOMATIC_APP_LOG_IN = 12,
        FREE_FAMILIES_SPONSORSHIP = 13,
        REMOVE_UNLOCK_WITH_PIN = 14,
        RESTRICTED_ITEM_TYPES = 15,
        URI_MATCH_DEFAULTS = 16,
        AUTOTYPE_DEFAULT_SETTING = 17,
        AUTOMATIC_USER_CONFIRMATION = 18,
        BLOCK_CLAIMED_DOMAIN_ACCOUNT_CREATION = 19,
        ORGANIZATION_USER_NOTIFICATION = 20,
        SEND_CONTROLS = 21,
        FILL_ASSIST = 22,
    }

    /// Why a member was revoked (protocol.md §4.6). Unknown numbers mean the same as `UNKNOWN`.
    pub struct RevocationReason {
        UNKNOWN = 0,
        MANUAL = 1,
        TWO_FACTOR_POLICY = 2,
        ORGANIZATION_DATA_OWNERSHIP = 3,
        SINGLE_ORGANIZATION = 4,
    }
}

impl PlanType {
    /// The display name of the official server, `Teams (Monthly)`; `None` for a plan this version does not know.
    pub fn display_name(self) -> Option<&'static str> {
        Some(match self {
            Self::FREE => "Free",
            Self::FAMILIES_2019 => "Families 2019",
            Self::TEAMS_MONTHLY_2019 => "Teams (Monthly) 2019",
            Self::TEAMS_ANNUALLY_2019 => "Teams (Annually) 2019",
            Self::ENTERPRISE_MONTHLY_2019 => "Enterprise (Monthly) 2019",
            Self::ENTERPRISE_ANNUALLY_2019 => "Enterprise (Annually) 2019",
            Self::CUSTOM => "Custom",
            Self::FAMILIES_2025 => "Families 2025",
            Self::TEAMS_MONTHLY_2020 => "Teams (Monthly) 2020",
            Self::TEAMS_ANNUALLY_2020 => "Teams (Annually) 2020",
            Self::ENTERPRISE_MONTHLY_2020 => "Enterprise (Monthly) 2020",
            Self::ENTERPRISE_ANNUALLY_2020 => "Enterprise (Annually) 2020",
            Self::TEAMS_MONTHLY_2023 => "Teams (Monthly) 2023",
            Self::TEAMS_ANNUALLY_2023 => "Teams (Annually) 2023",
            Self::ENTERPRISE_MONTHLY_2023 => "Enterprise (Monthly) 2023",
            Self::ENTERPRISE_ANNUALLY_2023 => "Enterprise (Annually) 2023",
            Self::TEAMS_STARTER_2023 => "Teams (Starter) 2023",
            Self::TEAMS_MONTHLY => "Teams (Monthly)",
            Self::TEAMS_ANNUALLY => "Teams (Annually)",
            Self::ENTERPRISE_MONTHLY => "Enterprise (Monthly)",
            Self::ENTERPRISE_ANNUALLY => "Enterprise (Annually)",
            Self::TEAMS_STARTER => "Teams (Starter)",
            Self::FAMILIES => "Families",
            _ => return None,
        })
    }

    /// The product tier the plan belongs to; `None` for a plan this version does not know.
    pub fn product_tier(self) -> Option<ProductTier> {
        Some(match self.0 {
            0 => ProductTier::FREE,
            1 | 7 | 22 => ProductTier::FAMILIES,
            2 | 3 | 8 | 9 | 12 | 13 | 17 | 18 => ProductTier::TEAMS,
            4 | 5 | 6 | 10 | 11 | 14 | 15 | 19 | 20 => ProductTier::ENTERPRISE,
            16 | 21 => ProductTier::TEAMS_STARTER,
            _ => return None,
        })
    }
}

/// How a member or group reaches a collection; `id` is a collection, group or organizationUser id by context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    pub id: Uuid,
    #[serde(default)]
    pub read_only: bool,
    #[serde(default)]
    pub hide_passwords: bool,
    /// Excludes the two others (protocol.md §4.4).
    #[serde(default)]
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
            two_factor_enabled: bool,
            sso_bound: bool,
            claimed_by_organization: bool,
            /// With `includeCollections` only; ids of collections.
            collections: Vec<Selection>,
            /// With `includeGroups` only.
            groups: Vec<Uuid>,
            revocation_reason: Option<RevocationReason>,
            creation_date: Option<Date>,
        }
    }

    /// `groupDetails` and `group` (protocol.md §4.5).
    pub struct GroupDetailsResponse {
        must {
            id: Uuid,
            organization_id: Uuid,
        }
        may {
            /// `groupDetails`.
            object: String,
            /// Plain text.
            name: String,
            external_id: Option<String>,
            /// Ids of collections; details form only.
            collections: Vec<Selection>,
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
            /// Ids of groups.
            groups: Vec<Selection>,
            /// organizationUserIds.
            users: Vec<Selection>,
            assigned: bool,
            read_only: bool,
            hide_passwords: bool,
            manage: bool,
            unmanaged: bool,
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
            enabled: bool,
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
            enabled: bool,
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
