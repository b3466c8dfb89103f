//! What a plan includes (protocol.md §3.3, §4.7).

use portico_protocol::organization::{PlanType, ProductTier};

/// The `use…` flags of an organization that follow from its plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features {
    pub(crate) tier: ProductTier,
    /// Teams and up: groups, directory, events, API, SCIM.
    pub(crate) teams: bool,
    /// Everything but Free: authenticator codes, premium for members, two-step by Duo.
    pub(crate) paid: bool,
    /// Policies, single sign-on, account recovery, custom roles and what newer plans add.
    pub(crate) enterprise: bool,
}

pub(crate) fn features(plan: PlanType) -> Features {
    // A plan from the future gets what the largest known one has.
    let tier = plan.product_tier().unwrap_or(ProductTier::ENTERPRISE);
    let enterprise = tier == ProductTier::ENTERPRISE;
    Features {
        tier,
        teams: enterprise || tier == ProductTier::TEAMS || tier == ProductTier::TEAMS_STARTER,
        paid: tier != ProductTier::FREE,
        enterprise,
    }
}

/// Sets the flags on any of the wire's three forms of an organization, which name them alike.
macro_rules! set_features {
    ($organization:expr, $features:expr) => {{
        let (organization, features) = (&mut $organization, $features);
        organization.use_groups = features.teams;
        organization.use_directory = features.teams;
        organization.use_events = features.teams;
        organization.use_api = features.teams;
        organization.use_scim = features.teams;
        organization.use_totp = features.paid;
        organization.use2fa = features.paid;
        organization.users_get_premium = features.paid;
        organization.use_policies = features.enterprise.into();
        organization.use_sso = features.enterprise;
        organization.use_key_connector = features.enterprise;
        organization.use_reset_password = features.enterprise;
        organization.use_custom_permissions = features.enterprise;
        organization.use_activate_autofill_policy = features.enterprise;
        organization.use_risk_insights = features.enterprise;
        organization.use_organization_domains = features.enterprise;
        organization.use_my_items = features.enterprise;
        organization.use_password_manager = true;
    }};
}
pub(crate) use set_features;
