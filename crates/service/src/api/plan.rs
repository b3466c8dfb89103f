//! What a plan includes (protocol.md §3.3, §4.7).

use portico_protocol::organization::{PlanType, ProductTier};

/// The `use…` flags of an organization that follow from its plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features {
    pub(crate) tier: ProductTier,
    /// Teams and up: groups, events.
    pub(crate) teams: bool,
    /// Everything but Free: authenticator codes, premium for members.
    pub(crate) paid: bool,
    /// Policies, account recovery, custom roles, "My items".
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

/// Sets the flags on any of the wire's three forms of an organization, which name them alike. Where nothing here answers
/// (single sign-on, key connector, SCIM, the public API with the directory behind it, two-step login of an organization,
/// its domains, risk insights), the flag stays off on every plan: clients show a page for each that is on.
macro_rules! set_features {
    ($organization:expr, $features:expr) => {{
        let (organization, features) = (&mut $organization, $features);
        organization.use_groups = features.teams;
        organization.use_events = features.teams;
        organization.use_totp = features.paid;
        organization.users_get_premium = features.paid;
        organization.use_policies = features.enterprise.into();
        organization.use_reset_password = features.enterprise;
        organization.use_custom_permissions = features.enterprise;
        organization.use_activate_autofill_policy = features.enterprise;
        organization.use_my_items = features.enterprise;
        organization.use_password_manager = true;
    }};
}
pub(crate) use set_features;
