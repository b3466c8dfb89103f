//! What the policies of a person's organizations demand of whoever reads (protocol.md §4.8).
//!
//! A policy binds where it is on, the plan has policies and the person is a member, or where that is not told; who is exempt differs: vault timeout
//! all but owners, data ownership all but owners and admins, restricted types nobody, the others all who may manage
//! policies. Provider staff counts as owner.

use portico_estate::{LockPolicies, OwnOrganization, lock_policies};
use portico_protocol::organization::{MemberType, PolicyResponse, PolicyType};
use portico_vault::ItemKind;
use uuid::Uuid;

/// The rules, each with the organizations that make it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReaderRules {
    /// Kinds of items that are not shown.
    pub restricted: Vec<RestrictedKind>,
    /// Organizations that own whatever their members keep: there is no "My vault" then.
    pub own_everything: Vec<Uuid>,
    /// Organizations whose members may belong to no other.
    pub single_organization: Vec<Uuid>,
    /// The shortest timeout that any of them demands.
    pub vault_timeout: Option<VaultTimeout>,
    /// Organizations that forbid to export one's own vault.
    pub no_personal_export: Vec<Uuid>,
}

/// A kind of items that some organization does not want to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestrictedKind {
    /// The kind.
    pub kind: ItemKind,
    /// Who says so. Items of every other organization stay visible; the person's own do not.
    pub by: Vec<Uuid>,
}

/// The longest time that an unlocked vault may stand unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultTimeout {
    /// Who says so.
    pub organization: Uuid,
    /// Minutes, at least one.
    pub minutes: u32,
    /// Whether to sign out then, instead of locking.
    pub log_out: bool,
}

impl ReaderRules {
    /// The rules that `policies` make for a person with these organizations.
    pub fn new(policies: &[PolicyResponse], organizations: &[OwnOrganization]) -> Self {
        let mut rules =
            Self { vault_timeout: timeout_of(&lock_policies(organizations, policies)), ..Self::default() };
        for policy in policies.iter().filter(|policy| binds(policy, organizations)) {
            let organization = policy.organization_id;
            match policy.kind {
                PolicyType::RESTRICTED_ITEM_TYPES => {
                    for kind in kinds_of(policy) {
                        match rules.restricted.iter_mut().find(|known| known.kind == kind) {
                            Some(known) => known.by.push(organization),
                            None => rules.restricted.push(RestrictedKind { kind, by: vec![organization] }),
                        }
                    }
                }
                PolicyType::ORGANIZATION_DATA_OWNERSHIP => rules.own_everything.push(organization),
                PolicyType::SINGLE_ORG => rules.single_organization.push(organization),
                PolicyType::DISABLE_PERSONAL_VAULT_EXPORT => rules.no_personal_export.push(organization),
                _ => {}
            }
        }
        rules
    }

    /// Whether items of `kind` that belong to `owner` (the person, for `None`) are not shown.
    pub fn hides(&self, kind: ItemKind, owner: Option<Uuid>) -> bool {
        self.restricted.iter().any(|restricted| {
            restricted.kind == kind && owner.is_none_or(|owner| restricted.by.contains(&owner))
        })
    }

    /// Whether the person has a vault of their own beside those of the organizations.
    pub fn has_own_vault(&self) -> bool {
        self.own_everything.is_empty()
    }
}

fn binds(policy: &PolicyResponse, organizations: &[OwnOrganization]) -> bool {
    if !policy.is_on() {
        return false;
    }
    let Some(organization) = organizations.iter().find(|one| one.id == policy.organization_id) else {
        // The server sends policies of the person's organizations only. One of another is better obeyed than ignored.
        return true;
    };
    organization.has_policies_in_force() && !is_exempt(policy.kind, organization)
}

fn is_exempt(kind: PolicyType, organization: &OwnOrganization) -> bool {
    match kind {
        PolicyType::ORGANIZATION_DATA_OWNERSHIP => organization.is_admin(),
        // Whoever is there only as provider staff sees no items of the organization, and keeps none for it.
        PolicyType::RESTRICTED_ITEM_TYPES => !organization.is_member,
        _ => {
            organization.is_admin()
                || organization.role == MemberType::CUSTOM && organization.permissions.manage_policies
        }
    }
}

/// The kinds that a policy names; cards where it names none, as the first form of the policy meant.
fn kinds_of(policy: &PolicyResponse) -> Vec<ItemKind> {
    /// More kinds than there will be.
    const MOST: usize = 100;
    let Some(list) = policy.data.as_ref().and_then(|data| data.as_array()) else {
        return vec![ItemKind::CARD];
    };
    let number = |value: &serde_json::Value| i32::try_from(value.as_i64()?).ok();
    list.iter().take(MOST).filter_map(number).map(ItemKind).collect()
}

/// What is shown is what is enforced.
fn timeout_of(policies: &LockPolicies) -> Option<VaultTimeout> {
    Some(VaultTimeout {
        organization: policies.timeout_by?,
        minutes: policies.most_minutes?,
        log_out: policies.log_out,
    })
}
