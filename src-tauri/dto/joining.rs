//! Invitations: into a provider's team, to set a provider up, or to delete one. The link's token stays in Rust.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::session::AccountState;

/// An invitation as it is shown before anything is asked of its server.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InvitationShown {
    pub kind: InvitationKind,
    /// The server as a person knows it, and as it is asked.
    pub host: String,
    pub address: String,
    /// What it invites into, as the link says; none for an account, and for a provider that is to be set up.
    pub name: Option<String>,
    /// The address that was invited, where the server accepts no other.
    pub email: Option<String>,
    /// An account on this computer with that address at that server.
    pub account: Option<InvitedAccount>,
    /// That account is on the page, or none is needed: it can be accepted now.
    pub ready: bool,
    /// A server of the vendor's cloud: setting up takes a payment method that only its web vault can take.
    pub cloud: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum InvitationKind {
    /// The address was checked: an account can be made for it.
    FinishSignUp,
    JoinProvider,
    SetUpProvider,
    /// Into an organization: the web vault accepts those.
    JoinOrganization,
    /// The provider is to be deleted.
    DeleteProvider,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InvitedAccount {
    pub id: String,
    pub state: AccountState,
}

/// The new account of somebody who was invited. Wiped in Rust as soon as the keys are derived.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RegistrationForm {
    pub password: String,
    pub hint: Option<String>,
    /// Trusts the certificate authority that was chosen last.
    pub with_authority: bool,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Registered {
    /// The account is made, signed in and unlocked; the first sync runs.
    Done,
    /// The server first wants to know that the address is the person's: it has mailed a link, which goes on here.
    Mailed,
}

/// What a first provider admin writes.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderSetUpForm {
    pub name: String,
    pub business_name: Option<String>,
    pub billing_email: String,
    /// Two letters, ISO 3166-1.
    pub country: String,
    pub postal_code: String,
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub tax_id: Option<ProviderTaxId>,
}

/// A tax ID and its kind.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderTaxId {
    /// As billing addresses name it, such as `eu_vat`.
    pub code: String,
    pub value: String,
}

/// How the provider stands that is to be set up.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderToSetUp {
    /// It was set up before, under this name.
    pub set_up_as: Option<String>,
    /// For the form.
    pub billing_email: Option<String>,
}

/// A mail that the demo's service would have sent. Its link's token stays in Rust.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutboxMail {
    #[ts(type = "number")]
    pub id: i64,
    pub date: String,
    pub to: String,
    pub subject: String,
    /// What a person would read, without the link.
    pub body: String,
    /// A code that is to be typed somewhere.
    pub code: Option<String>,
    /// It carries a link that can be copied.
    pub has_link: bool,
}
