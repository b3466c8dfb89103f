//! The page's session: the screen follows this union, so that a vault view cannot exist while locked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    error::AppError,
    settings::{AboutInfo, Settings},
    unlocking::UnlockWays,
};

/// What a new page has before its first line, as `window.atStart`: the first frame waits for no answer.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AtStart {
    /// As it stood when the window was made; none where it could not be read.
    pub session: Option<SessionState>,
    /// The program does not start: there is no session, and the settings are the default ones.
    pub refused: Option<RefusedStart>,
    pub settings: Settings,
    pub about: AboutInfo,
}

/// Why the program does not start.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RefusedStart {
    /// The folder that cannot be used; none where the system names no place for one.
    pub folder: Option<String>,
    pub error: AppError,
}

/// Where this window stands.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SessionState {
    /// Welcome and sign-in. `accounts` are the ones on this computer, open or not.
    SignedOut {
        accounts: Vec<AccountSummary>,
        /// The account that is to be signed in to again: its server and address are filled in.
        again: Option<AccountSummary>,
        /// The account to go back to: the one that was shown before.
        back: Option<String>,
        /// What went wrong before this screen came.
        notices: Vec<SessionNotice>,
    },
    /// `account` is chosen and locked.
    Locked {
        account: AccountSummary,
        accounts: Vec<AccountSummary>,
        /// What went wrong before this screen came.
        notices: Vec<SessionNotice>,
    },
    /// `account` is the one on this page; others may be open beside it.
    Unlocked { account: UnlockedAccount, accounts: Vec<AccountSummary> },
}

/// Something that went wrong before a screen came, where nobody could be told.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SessionNotice {
    pub about: NoticeAbout,
    pub error: AppError,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum NoticeAbout {
    /// The log-out of this e-mail address did not finish.
    LogOut { email: String },
    /// The settings could not be understood; they are in this file now.
    Settings { file: String },
    /// The file of an account cannot be used, so that it is in no list. Only the name of its folder is known.
    Account { folder: String },
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
    /// The server's address in full, as it is typed: to sign in again.
    pub address: String,
    pub kind: AccountKind,
    pub state: AccountState,
    /// The file that a private certificate authority of this server was read from.
    pub authority: Option<String>,
    /// Whether there is a picture to read after the unlock.
    pub has_picture: bool,
    /// When the newest picture was last read from the server; none where the file does not tell it in clear.
    pub picture_at: Option<String>,
    /// Of the demo account: its master password, which everybody may know, to be shown on the lock screen.
    pub demo_password: Option<String>,
    /// What unlocks it beside the master password.
    pub ways: UnlockWays,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum AccountState {
    /// Unlocked, on this page or behind it.
    Open,
    Locked,
    /// Signed out; its sealed pictures are kept.
    SignedOut,
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
    /// The file is older than one that this computer has seen: somebody put an older copy in its place.
    pub older_file: bool,
    /// The providers of the person, in the server's order; the portal opens on the first.
    pub providers: Vec<ProviderRef>,
    /// Damage to what is kept that the unlock met with.
    pub damage: Option<Damage>,
    /// Why the person should choose another master password.
    pub password_notice: Option<PasswordNotice>,
}

/// What the server has against the master password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum PasswordNotice {
    /// An administrator set it, and knows it.
    SetByAdministrator,
    /// It falls short of what an organization demands at each sign-in.
    BelowPolicy,
}

/// Damage to what is kept on this computer, and what became of it.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Damage {
    /// The name that the damaged file has now, after what still opens of it went into a new one.
    pub set_aside: Option<String>,
    /// The newest picture could not be taken over: an older one is shown.
    pub newest_lost: bool,
    /// Older pictures that could not be taken over.
    pub pictures_lost: u32,
    /// Something of what is shown is missing until the next sync.
    pub incomplete: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderRef {
    pub id: String,
    pub name: String,
    /// True for a provider admin, false for a service user.
    pub admin: bool,
    /// False while it is suspended.
    pub enabled: bool,
    pub kind: ProviderKind,
    /// Bills its clients' seats itself (protocol.md §5.1); others have neither seats to hand out nor billing pages.
    pub billable: bool,
    /// Keeps an event log.
    pub use_events: bool,
    pub hindrances: ProviderHindrances,
}

/// Why this person may not do something in this provider; none where they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderHindrances {
    /// Making a new client.
    pub create_clients: Option<WhyNot>,
    /// Adding an organization that there is.
    pub add_clients: Option<WhyNot>,
    /// Names and seats.
    pub change_clients: Option<WhyNot>,
    pub unlink_clients: Option<WhyNot>,
    pub manage_members: Option<WhyNot>,
    pub read_events: Option<WhyNot>,
    pub read_invoices: Option<WhyNot>,
    pub change_settings: Option<WhyNot>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum WhyNot {
    /// It is for provider admins.
    ServiceUser,
    /// The provider is suspended.
    Suspended,
    /// The provider keeps no event log.
    NoLog,
    /// The provider does not bill its clients' seats.
    NotBilled,
    /// The vendor does that for resellers.
    Reseller,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ProviderKind {
    /// Managed service provider.
    Msp,
    /// Its clients are attached by the vendor and bill themselves.
    Reseller,
    /// The portal is called "Business Unit Portal" for these, and clients are business units.
    BusinessUnit,
    /// One that this version does not know.
    Other,
}

/// What the sign-in form sends. Wiped in Rust as soon as the keys are derived.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignInForm {
    pub server: SignInServer,
    pub by: SignInBy,
    pub password: String,
    /// The second round: the code for two-step login or for a new device.
    pub code: Option<SignInCode>,
    /// The answer to [`SignInStep::KdfLowered`].
    pub accept_cheaper_kdf: bool,
}

/// Where to sign in.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignInServer {
    /// `bitwarden.com`, `bitwarden.eu` or an address.
    pub address: String,
    /// Services that are not below the address.
    pub api: Option<String>,
    pub identity: Option<String>,
    pub web_vault: Option<String>,
    /// Trusts the certificate authority that was chosen last ([`AuthorityFile`]).
    pub with_authority: bool,
}

/// Who signs in, and how.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SignInBy {
    Password { email: String },
    ApiKey { client_id: String, client_secret: String },
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SignInCode {
    TwoStep { way: TwoStepWay, code: String, remember: bool },
    NewDevice { code: String },
}

/// A way to take the second step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TwoStepWay {
    Authenticator,
    Email,
    YubiKey,
    /// Always possible; turns two-step login off.
    RecoveryCode,
    Duo,
    WebAuthn,
    /// One that this version does not know.
    Unknown,
}

/// Which code is mailed once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MailedCode {
    TwoStep,
    NewDevice,
}

/// How a sign-in went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SignInStep {
    /// Signed in and unlocked; the first sync runs.
    Done,
    /// Ask for a code, by one of these ways.
    TwoStep {
        ways: Vec<TwoStepWay>,
        /// What the account offers besides, and this program does not.
        others: Vec<TwoStepWay>,
        /// The address that codes are mailed to, as far as the server shows it.
        mailed_to: Option<String>,
    },
    /// Ask for the code that the server mailed, because this computer is new to it.
    NewDeviceCode,
    /// The password alone leads no further here.
    Blocked { reason: SignInBlock, others: Vec<TwoStepWay> },
    /// The server asks for cheaper key derivation than before: ask the person whether to go on.
    KdfLowered { before: KdfCosts, now: KdfCosts },
    /// The account's key was rotated elsewhere: the password from before brings the history along.
    PreviousPassword,
}

/// Why a password does not sign in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SignInBlock {
    /// Two-step login is on, by ways that take more than typing. The recovery code or an API key lead in.
    TwoStep,
    /// An organization demands single sign-on. An API key leads in.
    SingleSignOn,
    /// The same, and two-step login was turned off by the recovery code.
    SingleSignOnAfterRecovery,
    /// The account unlocks with a trusted device or a key connector: nothing leads in.
    NoMasterPassword,
}

/// What a master password costs to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum KdfCosts {
    Pbkdf2 { iterations: u32 },
    Argon2id { iterations: u32, memory_mib: u32, parallelism: u32 },
}

/// A file with a certificate authority that the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AuthorityFile {
    pub name: String,
    /// How many certificates are in it.
    pub certificates: u32,
    /// SHA-256 of the first one, in pairs of hexadecimal digits: to compare with what the administrator says.
    pub fingerprint: String,
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
