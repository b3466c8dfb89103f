//! The product switcher and the way to become a provider.

use portico_estate::{
    Condition as Found, Obstacle as Lack, OtherProduct, OwnOrganization, Product as Core, ProductSwitcher,
    ProviderConditions, fold,
};
use uuid::Uuid;

use super::count;
use crate::dto::{
    OrganizationRef,
    switcher::{
        BecomeProvider, Condition, ConditionFact, MoreProduct, Obstacle, Product, ProductTile, Products,
        TargetReason,
    },
};

/// A provider of the person, as far as tiles need it.
pub struct OwnProvider {
    pub id: Uuid,
    pub name: String,
}

/// Tiles with where they lead and why there. Without a web vault no product is offered that opens in it.
pub fn products(
    switcher: &ProductSwitcher,
    has_web_vault: bool,
    organizations: &[OwnOrganization],
    providers: &[OwnProvider],
    current: Option<Uuid>,
    current_provider: Option<Uuid>,
) -> Products {
    Products {
        tiles: switcher
            .tiles
            .iter()
            .map(|tile| match tile.product {
                Core::PasswordManager => plain(Product::PasswordManager),
                Core::SecretsManager { organization } => {
                    let able = organizations.iter().filter(|one| one.can_use_secrets_manager()).count();
                    at_organization(Product::SecretsManager, organization, organizations, able, current)
                }
                Core::AdminConsole { organization } => {
                    let able = organizations.iter().filter(|one| one.can_administer()).count();
                    at_organization(Product::AdminConsole, organization, organizations, able, current)
                }
                Core::ProviderPortal { provider } | Core::BusinessUnitPortal { provider } => {
                    at_provider(provider, providers, current_provider)
                }
            })
            .collect(),
        more: switcher
            .others
            .iter()
            .filter(|_| has_web_vault)
            .map(|other| match other {
                OtherProduct::SecretsManager => MoreProduct::SecretsManager,
                OtherProduct::Organizations => MoreProduct::Organizations,
            })
            .collect(),
        administered: count(organizations.iter().filter(|one| one.can_administer()).count()),
        console_events: switcher.tiles.iter().any(|tile| match tile.product {
            Core::AdminConsole { organization } => {
                organizations.iter().any(|one| one.id == organization && one.reads_events())
            }
            _ => false,
        }),
        become_provider: providers.is_empty(),
    }
}

/// Organizations that the person administers whose name holds the text, by name; the first ones.
pub fn administered(organizations: &[OwnOrganization], text: &str, most: usize) -> Vec<OrganizationRef> {
    let asked = fold(text.trim());
    let fitting = organizations.iter().filter(|one| one.can_administer() && fold(&one.name).contains(&asked));
    fitting.take(most).map(|one| OrganizationRef { id: one.id.to_string(), name: one.name.clone() }).collect()
}

/// Both conditions with the organizations that were looked at.
pub fn become_provider(found: &ProviderConditions, organizations: &[OwnOrganization]) -> BecomeProvider {
    BecomeProvider {
        enterprise: condition(&found.enterprise_organization, organizations),
        client_ready: condition(&found.client_ready, organizations),
    }
}

fn condition(found: &Found, organizations: &[OwnOrganization]) -> Condition {
    let tier = |id: Uuid| {
        organizations
            .iter()
            .find(|one| one.id == id)
            .map_or_else(String::new, |one| plan_word(one).to_owned())
    };
    match found {
        Found::Met { organization, name } => Condition {
            met: true,
            organizations: vec![ConditionFact {
                id: organization.to_string(),
                name: name.clone(),
                plan: tier(*organization),
                fulfils: true,
                obstacle: None,
            }],
        },
        Found::Unmet(near) => Condition {
            met: false,
            organizations: near
                .iter()
                .map(|miss| ConditionFact {
                    id: miss.organization.to_string(),
                    name: miss.name.clone(),
                    plan: tier(miss.organization),
                    fulfils: false,
                    obstacle: Some(miss.obstacle.into()),
                })
                .collect(),
        },
    }
}

/// The page translates these.
fn plan_word(organization: &OwnOrganization) -> &'static str {
    use portico_estate::ProductTier;
    match organization.tier {
        ProductTier::FREE => "free",
        ProductTier::FAMILIES => "families",
        ProductTier::TEAMS | ProductTier::TEAMS_STARTER => "teams",
        ProductTier::ENTERPRISE => "enterprise",
        _ => "other",
    }
}

fn plain(product: Product) -> ProductTile {
    ProductTile { product, target_id: None, target_name: None, why: None }
}

fn at_organization(
    product: Product,
    id: Uuid,
    organizations: &[OwnOrganization],
    able: usize,
    current: Option<Uuid>,
) -> ProductTile {
    ProductTile {
        product,
        target_id: Some(id.to_string()),
        target_name: organizations.iter().find(|one| one.id == id).map(|one| one.name.clone()),
        why: Some(match () {
            () if current == Some(id) => TargetReason::Current,
            () if able == 1 => TargetReason::Only,
            () => TargetReason::FirstByName,
        }),
    }
}

/// The provider that the person chose, else the first, as in the product.
fn at_provider(first: Uuid, providers: &[OwnProvider], current: Option<Uuid>) -> ProductTile {
    let chosen = current.filter(|current| providers.iter().any(|one| one.id == *current));
    let id = chosen.unwrap_or(first);
    ProductTile {
        product: Product::ProviderPortal,
        target_id: Some(id.to_string()),
        target_name: providers.iter().find(|one| one.id == id).map(|one| one.name.clone()),
        why: Some(match providers.len() {
            1 => TargetReason::Only,
            _ if chosen.is_some() => TargetReason::Current,
            _ => TargetReason::FirstOfSeveral,
        }),
    }
}

impl From<Lack> for Obstacle {
    fn from(lack: Lack) -> Self {
        match lack {
            Lack::Disabled => Self::Disabled,
            Lack::NotConfirmed => Self::NotConfirmed,
            Lack::OtherPlan => Self::OtherPlan,
            Lack::NotOwner => Self::NotOwner,
            Lack::HasProvider => Self::HasProvider,
            Lack::UsesSecretsManager => Self::UsesSecretsManager,
            Lack::NoSeats => Self::NoSeats,
            Lack::IsOwnOrganization => Self::IsOwnOrganization,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_in_the_web_vault_is_offered_where_there_is_one() {
        let switcher = ProductSwitcher {
            tiles: Vec::new(),
            others: vec![OtherProduct::SecretsManager, OtherProduct::Organizations],
        };
        let more = |has_web_vault| products(&switcher, has_web_vault, &[], &[], None, None).more;
        assert_eq!(more(true), [MoreProduct::SecretsManager, MoreProduct::Organizations]);
        assert!(more(false).is_empty());
    }
}
