//! The numbers of organizations: roles, states, plans, policies.

open_number! {
    /// OrganizationUserStatusType (protocol.md §3.3).
    pub struct MemberStatus or_not_told {
        REVOKED = -1,
        INVITED = 0,
        ACCEPTED = 1,
        CONFIRMED = 2,
        /// Provisioned without an invitation.
        STAGED = 3,
    }

    /// OrganizationUserType (protocol.md §3.3). 3 was Manager and is gone.
    pub struct MemberType or_not_told {
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
