//! The page's session: the screen follows this union, so that a vault view cannot exist while locked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where this window stands.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SessionState {
    /// No account is chosen: welcome and sign-in. `accounts` are the ones on this computer, all locked.
    SignedOut {
        accounts: Vec<AccountSummary>,
    },
    /// `account` is chosen and locked.
    Locked {
        account: AccountSummary,
        accounts: Vec<AccountSummary>,
    },
    Unlocked {
        account: UnlockedAccount,
    },
}

/// What the lock screen may show: exactly what stands in clear in the file.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccountSummary {
    pub id: String,
    pub email: String,
    /// Host to show, such as `bitwarden.eu` or `vault.example.com`; empty for the demo.
    pub server: String,
    pub kind: AccountKind,
    /// When the newest picture was taken; the age of what will be read.
    pub picture_at: Option<String>,
    /// Of the demo account: its master password, which everybody may know, to be shown on the lock screen.
    pub demo_password: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum AccountKind {
    Cloud,
    SelfHosted,
    /// The embedded service on this computer.
    Demo,
}

/// The person behind the unlocked window.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UnlockedAccount {
    pub id: String,
    pub user_id: String,
    pub email: String,
    /// The person's name, or the e-mail address where there is none.
    pub name: String,
    pub server: String,
    pub kind: AccountKind,
    /// The first provider of the person, if any.
    pub provider: Option<ProviderRef>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderRef {
    pub id: String,
    pub name: String,
    /// True for a provider admin, false for a service user.
    pub admin: bool,
    pub enabled: bool,
    /// The portal is called "Business Unit Portal" for these.
    pub business_unit: bool,
}

/// What the sign-in form sends. Wiped in Rust as soon as the keys are derived.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignInForm {
    /// `bitwarden.com`, `bitwarden.eu` or an address.
    pub server: String,
    pub email: String,
    pub password: String,
    /// The second round: the code for two-step login or for a new device.
    pub code: Option<SignInCode>,
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SignInCode {
    Authenticator { code: String, remember: bool },
    NewDevice { code: String },
}

/// How a sign-in went on.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SignInStep {
    /// Signed in and unlocked; the first sync runs.
    Done,
    /// Ask for the six digits of the authenticator app.
    AuthenticatorCode,
    /// Ask for the code that the server mailed, because this computer is new to it.
    NewDeviceCode,
}

/// The demo while it is being prepared (event `demo-progress`).
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DemoProgress {
    pub step: DemoStep,
}

#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum DemoStep {
    Seeding,
    Starting,
    SigningIn,
}
