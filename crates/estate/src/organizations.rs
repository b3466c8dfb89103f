//! The organizations of a person: memberships and provider access merged, and what each lets the person do.
//!
//! The rules are those of the product (protocol.md §5.11, §5.14): a provider's staff counts as owner of every client,
//! and who is also a member keeps the facts of the membership.

use portico_collation::SortName;
use portico_protocol::{
    account::ProfileResponse,
    organization::{MemberStatus, MemberType, Permissions, PolicyResponse, PolicyType, ProductTier},
    provider::ProviderType,
};
use std::collections::HashMap;
use uuid::Uuid;

/// An organization that the person can see.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnOrganization {
    /// The organization.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether it is in use; a disabled one is open to its owners only.
    pub enabled: bool,
    /// The plan's family.
    pub tier: ProductTier,
    /// Whether the person is a member, not only provider staff.
    pub is_member: bool,
    /// Whether the person reaches it as provider staff.
    pub is_provider_user: bool,
    /// State of the membership; confirmed for provider staff.
    pub status: MemberStatus,
    /// Role in it; owner for provider staff.
    pub role: MemberType,
    /// Rights of a custom role.
    pub permissions: Permissions,
    /// The provider that manages it.
    pub provider: Option<(Uuid, Option<ProviderType>)>,
    /// Seats; nothing where the plan has no limit.
    pub seats: Option<i32>,
    /// What the plan includes.
    pub uses: PlanFeatures,
    /// The server says that the plan has no policies; where it says nothing, those that there are hold.
    pub is_without_policies: bool,
    /// Owners and admins manage every shared collection.
    pub admins_manage_everything: bool,
    /// The person may use Secrets Manager there.
    pub access_secrets_manager: bool,
    /// Plain users see no advertisement of Secrets Manager.
    pub hides_secrets_manager_advert: bool,
}

/// What a plan includes, as far as rules ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanFeatures {
    /// Groups.
    pub groups: bool,
    /// Policies.
    pub policies: bool,
    /// Single sign-on.
    pub sso: bool,
    /// SCIM provisioning.
    pub scim: bool,
    /// Event logs.
    pub events: bool,
    /// Secrets Manager.
    pub secrets_manager: bool,
}

/// The organizations of `profile`, each once, by name.
pub fn own_organizations(profile: &ProfileResponse) -> Vec<OwnOrganization> {
    // One macro for two wire types that share these members by definition (protocol.md §5.11).
    macro_rules! own {
        ($wire:expr, $is_member:literal) => {
            OwnOrganization {
                id: $wire.id,
                name: $wire.name.clone(),
                enabled: $wire.enabled,
                tier: $wire.product_tier_type,
                is_member: $is_member,
                is_provider_user: !$is_member,
                status: $wire.status,
                role: $wire.role,
                permissions: $wire.permissions.clone(),
                provider: $wire.provider_id.map(|id| (id, $wire.provider_type)),
                seats: $wire.seats,
                uses: PlanFeatures {
                    groups: $wire.use_groups,
                    policies: $wire.use_policies == Some(true),
                    sso: $wire.use_sso,
                    scim: $wire.use_scim,
                    events: $wire.use_events,
                    secrets_manager: $wire.use_secrets_manager,
                },
                is_without_policies: $wire.use_policies == Some(false),
                admins_manage_everything: $wire.allow_admin_access_to_all_collection_items,
                access_secrets_manager: $wire.access_secrets_manager,
                hides_secrets_manager_advert: $wire.use_disable_sm_ads_for_users,
            }
        };
    }
    let mut organizations: HashMap<Uuid, OwnOrganization> =
        profile.memberships().iter().map(|wire| (wire.id, own!(wire, true))).collect();
    for wire in &profile.provider_organizations {
        organizations
            .entry(wire.id)
            .and_modify(|member| member.is_provider_user = true)
            .or_insert_with(|| own!(wire, false));
    }
    let mut organizations: Vec<_> = organizations.into_values().collect();
    organizations.sort_by_cached_key(|organization| (SortName::new(&organization.name), organization.id));
    organizations
}

impl OwnOrganization {
    /// Whether the person counts as an owner.
    pub fn is_owner(&self) -> bool {
        self.role == MemberType::OWNER || self.is_provider_user
    }

    /// Whether the person counts as an admin.
    pub fn is_admin(&self) -> bool {
        self.role == MemberType::ADMIN || self.is_owner()
    }

    /// Whether any page of the Admin Console is open to the person.
    ///
    /// Somebody who only accepted an invitation does not hold the organization's key yet and has no page.
    pub fn can_administer(&self) -> bool {
        let is_in = self.is_provider_user || self.status == MemberStatus::CONFIRMED;
        is_in
            && (self.enabled || self.is_owner())
            && (self.sees_all_collections()
                || self.manages_members()
                || self.manages_groups()
                || self.sees_reporting()
                || self.is_owner()
                || self.sees_settings())
    }

    /// Whether the person administers it as one of its own members. Where a provider's staff is a member as well, it is
    /// the provider's client first.
    pub fn is_administered_as_member(&self) -> bool {
        self.is_member
            && !self.is_provider_user
            && self.status == MemberStatus::CONFIRMED
            && self.can_administer()
    }

    /// The Collections page.
    pub fn sees_all_collections(&self) -> bool {
        self.is_admin() || self.may(|can| can.edit_any_collection || can.delete_any_collection)
    }

    /// The Members page.
    pub fn manages_members(&self) -> bool {
        self.is_admin() || self.may(|can| can.manage_users || can.manage_reset_password)
    }

    /// The Groups page.
    pub fn manages_groups(&self) -> bool {
        self.uses.groups && (self.is_admin() || self.may(|can| can.manage_groups))
    }

    /// The Reporting pages.
    pub fn sees_reporting(&self) -> bool {
        self.reads_events() || self.is_admin() || self.may(|can| can.access_reports)
    }

    /// The Event logs page.
    pub fn reads_events(&self) -> bool {
        self.uses.events && (self.is_admin() || self.may(|can| can.access_event_logs))
    }

    /// Any of the Settings pages.
    pub fn sees_settings(&self) -> bool {
        self.is_admin()
            || self.may(|can| can.access_import_export || can.manage_reset_password && self.uses.sso)
            || self.uses.policies && self.may(|can| can.manage_policies)
            || self.uses.sso && self.may(|can| can.manage_sso)
            || self.uses.scim && self.may(|can| can.manage_scim)
    }

    /// Secrets Manager.
    pub fn can_use_secrets_manager(&self) -> bool {
        self.is_member
            && self.status == MemberStatus::CONFIRMED
            && self.enabled
            && self.uses.secrets_manager
            && self.access_secrets_manager
    }

    /// Whether its policies hold for a person in this state of membership. Also where plan or state are not told: what is
    /// not told must loosen nothing.
    pub fn has_policies_in_force(&self) -> bool {
        let is_out = [MemberStatus::REVOKED, MemberStatus::INVITED, MemberStatus::STAGED];
        !self.is_without_policies && !is_out.contains(&self.status)
    }

    /// Rights of a custom role count for a custom role only.
    fn may(&self, right: impl Fn(&Permissions) -> bool) -> bool {
        self.role == MemberType::CUSTOM && right(&self.permissions)
    }
}

/// Whether a policy binds this person somewhere: it is in force, and the person is neither owner nor
/// admin nor provider staff there (protocol.md §4.8).
pub fn policy_applies(
    kind: PolicyType,
    policies: &[PolicyResponse],
    organizations: &[OwnOrganization],
) -> bool {
    organizations.iter().any(|organization| {
        let binds = organization.is_member
            && !organization.is_admin()
            && organization.enabled
            && organization.has_policies_in_force();
        binds
            && policies.iter().any(|policy| {
                policy.kind == kind && policy.is_on() && policy.organization_id == organization.id
            })
    })
}
