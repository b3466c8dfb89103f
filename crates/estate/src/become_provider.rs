//! The two conditions for becoming a provider, checked against the person's own data.

use crate::organizations::{OwnOrganization, own_organizations};
use portico_protocol::{
    account::ProfileResponse,
    organization::{MemberStatus, MemberType, ProductTier},
};
use uuid::Uuid;

/// Both conditions of the product's overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderConditions {
    /// An active Enterprise organization of the person's own, which keeps the provider's own credentials.
    pub enterprise_organization: Condition,
    /// A client ready to be onboarded: another organization that the provider could take over at once.
    pub client_ready: Condition,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It holds, thanks to this organization.
    Met {
        /// The organization.
        organization: Uuid,
        /// Its name.
        name: String,
    },
    /// It does not hold. Each organization that was looked at, by name, with the first thing that it lacks.
    Unmet(Vec<NearMiss>),
}

/// An organization that does not fulfil a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The organization.
    pub organization: Uuid,
    /// Its name.
    pub name: String,
    /// What is missing.
    pub obstacle: Obstacle,
}

/// What an organization lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// It is disabled.
    Disabled,
    /// The invitation was accepted, but nobody has confirmed it.
    NotConfirmed,
    /// Its plan is not the one that is asked for.
    OtherPlan,
    /// The person is not its owner.
    NotOwner,
    /// A provider manages it already.
    HasProvider,
    /// It uses Secrets Manager, with which the server refuses to link it.
    UsesSecretsManager,
    /// It has no seats that could be assigned.
    NoSeats,
    /// It fulfils the other condition, and the provider's own organization should stay independent of its clients.
    IsOwnOrganization,
}

/// Checks the conditions for the person of `profile`.
///
/// What makes a client ready follows the server's list of organizations that a provider may add (protocol.md §5.8), as
/// far as the own data tell.
pub fn provider_conditions(profile: &ProfileResponse) -> ProviderConditions {
    let organizations = own_organizations(profile);
    let members = || organizations.iter().filter(|organization| organization.is_member);

    // Where several would do, the one that could not be a client leaves the others free to be clients.
    let enterprise = members()
        .filter(|organization| enterprise_obstacle(organization).is_none())
        .min_by_key(|organization| client_obstacle(organization).is_none());
    let enterprise_organization = condition(enterprise, members(), enterprise_obstacle);

    let own = enterprise.map(|organization| organization.id);
    let obstacle = |organization: &OwnOrganization| {
        if Some(organization.id) == own {
            Some(Obstacle::IsOwnOrganization)
        } else {
            client_obstacle(organization)
        }
    };
    let client = members().find(|organization| obstacle(organization).is_none());
    ProviderConditions { enterprise_organization, client_ready: condition(client, members(), obstacle) }
}

/// The organizations of the person that a provider without consolidated billing could take over (ui.md (b), "Legacy"):
/// owned, paid for, of no provider yet. With consolidated billing the server says which.
pub fn addable_clients(profile: &ProfileResponse) -> Vec<OwnOrganization> {
    let mut organizations = own_organizations(profile);
    organizations.retain(|organization| {
        organization.is_member
            && organization.tier != ProductTier::TEAMS_STARTER
            && client_obstacle(organization).is_none()
    });
    organizations
}

fn condition<'o>(
    met_by: Option<&OwnOrganization>,
    looked_at: impl Iterator<Item = &'o OwnOrganization>,
    obstacle: impl Fn(&OwnOrganization) -> Option<Obstacle>,
) -> Condition {
    match met_by {
        Some(organization) => {
            Condition::Met { organization: organization.id, name: organization.name.clone() }
        }
        None => Condition::Unmet(
            looked_at
                .filter_map(|organization| {
                    Some(NearMiss {
                        organization: organization.id,
                        name: organization.name.clone(),
                        obstacle: obstacle(organization)?,
                    })
                })
                .collect(),
        ),
    }
}

fn enterprise_obstacle(organization: &OwnOrganization) -> Option<Obstacle> {
    if organization.tier != ProductTier::ENTERPRISE {
        Some(Obstacle::OtherPlan)
    } else if !organization.enabled {
        Some(Obstacle::Disabled)
    } else if organization.status != MemberStatus::CONFIRMED {
        Some(Obstacle::NotConfirmed)
    } else if organization.role != MemberType::OWNER {
        // Whoever applies speaks for the organization that keeps the provider's own credentials.
        Some(Obstacle::NotOwner)
    } else {
        None
    }
}

fn client_obstacle(organization: &OwnOrganization) -> Option<Obstacle> {
    let is_business_plan = matches!(
        organization.tier,
        ProductTier::TEAMS | ProductTier::TEAMS_STARTER | ProductTier::ENTERPRISE
    );
    if organization.role != MemberType::OWNER {
        Some(Obstacle::NotOwner)
    } else if organization.status != MemberStatus::CONFIRMED {
        Some(Obstacle::NotConfirmed)
    } else if !is_business_plan {
        Some(Obstacle::OtherPlan)
    } else if !organization.enabled {
        Some(Obstacle::Disabled)
    } else if organization.provider.is_some() {
        Some(Obstacle::HasProvider)
    } else if organization.uses.secrets_manager {
        Some(Obstacle::UsesSecretsManager)
    } else if organization.seats.is_none_or(|seats| seats <= 0) {
        Some(Obstacle::NoSeats)
    } else {
        None
    }
}
