//! Which products a person can switch to (ui.md (a), protocol.md §5.14).

use crate::organizations::{OwnOrganization, own_organizations, policy_applies};
use portico_protocol::{
    account::ProfileResponse,
    organization::{MemberType, PolicyResponse, PolicyType},
    provider::ProviderType,
};
use uuid::Uuid;

/// What the page shows now, as far as the switcher asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CurrentPlace {
    /// The vault, or any other page of the Password Manager.
    #[default]
    PasswordManager,
    /// Secrets Manager of an organization.
    SecretsManager(Uuid),
    /// The page of an organization.
    AdminConsole(Uuid),
    /// The portal of a provider.
    ProviderPortal(Uuid),
}

/// A product that the person can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// The vault.
    PasswordManager,
    /// Secrets Manager of an organization.
    SecretsManager {
        /// Where it leads.
        organization: Uuid,
    },
    /// The page of an organization.
    AdminConsole {
        /// Where it leads.
        organization: Uuid,
    },
    /// The portal of a provider.
    ProviderPortal {
        /// Where it leads.
        provider: Uuid,
    },
    /// The same under its name for business units.
    BusinessUnitPortal {
        /// Where it leads.
        provider: Uuid,
    },
}

/// A product as a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Which product, and where it leads.
    pub product: Product,
    /// Whether it is the one that is open.
    pub is_active: bool,
}

/// A product that the person does not have, in the section below the tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherProduct {
    /// Secrets Manager.
    SecretsManager,
    /// An organization of one's own.
    Organizations,
}

/// The answer: tiles and the section below them, both in the order of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSwitcher {
    /// Products to use. The list at the foot of the navigation shows them if there is more than one.
    pub tiles: Vec<Tile>,
    /// Products to know about.
    pub others: Vec<OtherProduct>,
}

/// Applies the rules to a synced profile. Before the first sync there is no profile, and the switcher shows nothing.
pub fn product_switcher(
    profile: &ProfileResponse,
    policies: &[PolicyResponse],
    place: CurrentPlace,
) -> ProductSwitcher {
    let organizations = own_organizations(profile);
    let current = match place {
        CurrentPlace::SecretsManager(id) | CurrentPlace::AdminConsole(id) => Some(id),
        CurrentPlace::PasswordManager | CurrentPlace::ProviderPortal(_) => None,
    };
    let secrets = current_or_first(&organizations, current, OwnOrganization::can_use_secrets_manager);
    let admin = current_or_first(&organizations, current, OwnOrganization::can_administer);

    let mut tiles =
        vec![Tile { product: Product::PasswordManager, is_active: place == CurrentPlace::PasswordManager }];
    tiles.extend(secrets.map(|organization| Tile {
        product: Product::SecretsManager { organization },
        is_active: matches!(place, CurrentPlace::SecretsManager(_)),
    }));
    tiles.extend(admin.map(|organization| Tile {
        product: Product::AdminConsole { organization },
        is_active: matches!(place, CurrentPlace::AdminConsole(_)),
    }));
    // Only the first provider has a tile; who has several chooses on the portal's own list.
    tiles.extend(profile.providers.first().map(|first| Tile {
        product: match first.provider_type {
            ProviderType::BUSINESS_UNIT => Product::BusinessUnitPortal { provider: first.id },
            _ => Product::ProviderPortal { provider: first.id },
        },
        is_active: matches!(place, CurrentPlace::ProviderPortal(_)),
    }));

    let mut others = Vec::new();
    let advert_is_off = organizations.iter().any(|organization| {
        organization.is_member
            && organization.hides_secrets_manager_advert
            && organization.role == MemberType::USER
    });
    if secrets.is_none() && !advert_is_off {
        others.push(OtherProduct::SecretsManager);
    }
    if admin.is_none() && !policy_applies(PolicyType::SINGLE_ORG, policies, &organizations) {
        others.push(OtherProduct::Organizations);
    }
    ProductSwitcher { tiles, others }
}

/// The organization that is open, if it qualifies; else the first by name that does.
fn current_or_first(
    by_name: &[OwnOrganization],
    current: Option<Uuid>,
    qualifies: impl Fn(&OwnOrganization) -> bool,
) -> Option<Uuid> {
    let mut qualifying = by_name.iter().filter(|organization| qualifies(organization));
    let first = qualifying.clone().next();
    let current = qualifying.find(|organization| Some(organization.id) == current);
    current.or(first).map(|organization| organization.id)
}
