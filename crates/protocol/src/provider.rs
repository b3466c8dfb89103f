//! Providers (protocol.md §5).

use crate::Date;
use crate::organization::{MemberStatus, MemberType, Permissions, ProductTier};
use uuid::Uuid;

pub mod billing;
pub mod requests;

open_number! {
    /// ProviderType (protocol.md §5.1).
    pub struct ProviderType {
        MSP = 0,
        RESELLER = 1,
        BUSINESS_UNIT = 2,
    }

    /// ProviderStatusType (protocol.md §5.1).
    pub struct ProviderStatus {
        /// Not set up; never seen in a sync.
        PENDING = 0,
        /// Reseller, not billed.
        CREATED = 1,
        /// Set up, consolidated billing.
        BILLABLE = 2,
    }

    /// ProviderUserType (protocol.md §5.1).
    pub struct ProviderUserType or_not_told {
        PROVIDER_ADMIN = 0,
        SERVICE_USER = 1,
    }

    /// ProviderUserStatusType (protocol.md §5.1): there is no Revoked.
    pub struct ProviderUserStatus or_not_told {
        INVITED = 0,
        ACCEPTED = 1,
        CONFIRMED = 2,
    }
}

wire! {
    /// One entry of `profile.providers` (protocol.md §5.11).
    pub struct ProfileProvider {
        must {
            /// Provider id.
            id: Uuid,
        }
        may {
            /// `profileProvider`.
            object: String,
            name: String,
            /// `ukey`: the provider key for this member; null in damaged data.
            key: Option<String>,
            status: ProviderUserStatus,
            #[serde(rename = "type")]
            role: ProviderUserType,
            /// A disabled provider is listed, its management blocked.
            enabled: bool,
            permissions: Option<Permissions>,
            user_id: Option<Uuid>,
            use_events: bool,
            provider_status: ProviderStatus,
            provider_type: ProviderType,
        }
    }

    /// One entry of `profile.providerOrganizations` (protocol.md §5.11): the members of a profile organization that a
    /// provider user has.
    pub struct ProfileProviderOrganization {
        must {
            /// Organization id, not that of the link.
            id: Uuid,
        }
        may {
            /// `profileProviderOrganization`.
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
            /// `enc`: the organization key under the provider key.
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
        }
    }

    /// `GET /providers/{id}` (protocol.md §5.5).
    pub struct ProviderResponse {
        must {
            id: Uuid,
        }
        may {
            /// `provider`.
            object: String,
            name: String,
            business_name: Option<String>,
            business_address1: Option<String>,
            business_address2: Option<String>,
            business_address3: Option<String>,
            business_country: Option<String>,
            business_tax_number: Option<String>,
            billing_email: Option<String>,
            creation_date: Option<Date>,
            #[serde(rename = "type")]
            kind: ProviderType,
        }
    }

    /// `providerUserUserDetails`: one entry of `GET /providers/{id}/users` (protocol.md §5.6).
    pub struct ProviderUserDetails {
        must {
            /// providerUserId, never the user id.
            id: Uuid,
        }
        may {
            /// `providerUserUserDetails`.
            object: String,
            /// Null while invited.
            user_id: Option<Uuid>,
            #[serde(rename = "type")]
            role: ProviderUserType,
            status: ProviderUserStatus,
            permissions: Option<Permissions>,
            name: Option<String>,
            email: String,
        }
    }

    /// `providerUser`: `GET /providers/{id}/users/{providerUserId}` (protocol.md §5.6).
    pub struct ProviderUserResponse {
        must {
            /// providerUserId, never the user id.
            id: Uuid,
        }
        may {
            /// `providerUser`.
            object: String,
            /// Null while invited.
            user_id: Option<Uuid>,
            #[serde(rename = "type")]
            role: ProviderUserType,
            status: ProviderUserStatus,
            permissions: Option<Permissions>,
        }
    }

    /// `providerOrganizationOrganizationDetail`: one entry of `GET /providers/{id}/organizations` (protocol.md §5.7).
    pub struct ProviderOrganizationDetails {
        must {
            /// Of the link, not of the organization.
            id: Uuid,
            organization_id: Uuid,
        }
        may {
            /// `providerOrganizationOrganizationDetail`.
            object: String,
            provider_id: Option<Uuid>,
            organization_name: String,
            /// `enc`: the organization key under the provider key.
            key: Option<String>,
            settings: Option<String>,
            creation_date: Option<Date>,
            revision_date: Option<Date>,
            /// Confirmed members.
            user_count: Option<i32>,
            seats: Option<i32>,
            /// Invited, accepted and confirmed members.
            occupied_seats: Option<i32>,
            /// `seats - occupied_seats`.
            remaining_seats: Option<i32>,
            /// Display name such as `Enterprise (Monthly)`.
            plan: Option<String>,
        }
    }

    /// `providerOrganization`: what `POST /providers/{id}/organizations` answers (protocol.md §5.7). The details without
    /// the name, and without counts.
    pub struct ProviderOrganizationResponse {
        must {
            /// Of the link, not of the organization.
            id: Uuid,
            organization_id: Uuid,
        }
        may {
            /// `providerOrganization`.
            object: String,
            provider_id: Option<Uuid>,
            /// `enc`: the organization key under the provider key.
            key: Option<String>,
            settings: Option<String>,
            creation_date: Option<Date>,
            revision_date: Option<Date>,
            /// Always 0 here.
            user_count: i32,
            seats: Option<i32>,
            occupied_seats: Option<i32>,
            remaining_seats: Option<i32>,
            plan: Option<String>,
        }
    }

    /// One entry of `GET /providers/{id}/clients/addable`, a bare array (protocol.md §5.8).
    pub struct AddableOrganization {
        must {
            /// Organization id.
            id: Uuid,
        }
        may {
            name: String,
            /// `Teams` or `Enterprise` for a managed service provider, else the plan's display name.
            plan: String,
            seats: i32,
            /// The seats would have to be purchased, which the caller may not do.
            disabled: bool,
        }
    }
}
