//! The product switcher (ui.md (a)): tiles, the "More from Bitwarden" section, and the way to become a provider.

use serde::Serialize;
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Products {
    /// Tiles in the product's order.
    pub tiles: Vec<ProductTile>,
    /// "More from Bitwarden".
    pub more: Vec<MoreProduct>,
    /// Organizations that the person administers: with more than one, the Admin Console has a choice of them.
    pub administered: u32,
    /// The event log of the organization that the Admin Console shows may be read.
    pub console_events: bool,
    /// True for a person with no provider: "Become a provider" is offered.
    pub become_provider: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProductTile {
    pub product: Product,
    /// The organization or provider it opens.
    pub target_id: Option<String>,
    pub target_name: Option<String>,
    /// Why that one: it is the current one, the first by name, or the only one.
    pub why: Option<TargetReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Product {
    PasswordManager,
    SecretsManager,
    AdminConsole,
    ProviderPortal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TargetReason {
    Current,
    FirstByName,
    Only,
    FirstOfSeveral,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MoreProduct {
    /// Opens the web vault in the browser.
    SecretsManager,
    /// "Share your passwords": create an organization, in the browser.
    Organizations,
}

/// The two conditions of the product's overview, checked against the person's own data.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BecomeProvider {
    /// An active organization on an Enterprise plan that the person owns.
    pub enterprise: Condition,
    /// Another organization that the person owns and that could be onboarded as a client.
    pub client_ready: Condition,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Condition {
    pub met: bool,
    /// The organizations that were looked at, with what was found.
    pub organizations: Vec<ConditionFact>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConditionFact {
    pub id: String,
    pub name: String,
    /// `free`, `families`, `teams`, `enterprise` or `other`.
    pub plan: String,
    pub fulfils: bool,
    /// What is missing, if anything.
    pub obstacle: Option<Obstacle>,
}

/// Why an organization does not fulfil a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Obstacle {
    Disabled,
    NotConfirmed,
    OtherPlan,
    NotOwner,
    HasProvider,
    UsesSecretsManager,
    NoSeats,
    IsOwnOrganization,
}
