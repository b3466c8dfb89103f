//! The rows as plain data.

use portico_protocol::SecretText;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::authorize::ClientItems;
use crate::permissions::Permissions;

/// How a person's master key is derived (protocol.md §2.1).
#[derive(Clone, Debug)]
pub struct BulkKdf {
    /// 0 PBKDF2-SHA256, 1 Argon2id.
    pub kind: i32,
    /// Rounds.
    pub iterations: i64,
    /// Mebibytes, Argon2id only.
    pub memory: Option<i64>,
    /// Lanes, Argon2id only.
    pub parallelism: Option<i64>,
}

/// A person's account. It holds secrets: nobody prints or copies it.
pub struct BulkUser {
    pub id: Uuid,
    /// Stored trimmed and in lower case.
    pub email: String,
    pub name: Option<String>,
    pub kdf: BulkKdf,
    /// KDF salt; `None`: the normalised e-mail.
    pub salt: Option<String>,
    /// The client's authorization hash, base64 (protocol.md §2.2); hashed again here. `None`: nobody logs in.
    pub password_hash: Option<SecretText>,
    /// User key wrapped by the stretched master key (EncString).
    pub key: Option<String>,
    /// SPKI, base64.
    pub public_key: Option<String>,
    /// PKCS#8 sealed with the user key (EncString).
    pub private_key: Option<String>,
    /// Base32 seed of an authenticator; set means that two-step login is on.
    pub totp_secret: Option<SecretText>,
    /// Whether a sign-in from a device that the account does not know takes a mailed code (protocol.md §1.5).
    pub verify_devices: bool,
    /// What must not change while sessions shall live; 30 characters or a UUID.
    pub security_stamp: String,
    /// Secret of the personal API key (`client_id=user.<id>`).
    pub api_key: SecretText,
    pub premium: bool,
    /// `#rrggbb`.
    pub avatar_color: Option<String>,
    pub created: OffsetDateTime,
}

#[cfg(test)]
impl BulkUser {
    /// An account with which nobody logs in.
    pub(crate) fn nobody(id: Uuid, email: &str) -> Self {
        Self {
            id,
            email: email.to_owned(),
            name: None,
            kdf: BulkKdf { kind: 0, iterations: 600_000, memory: None, parallelism: None },
            salt: None,
            password_hash: None,
            key: None,
            public_key: None,
            private_key: None,
            totp_secret: None,
            verify_devices: false,
            security_stamp: "stamp".to_owned(),
            api_key: String::from("key").into(),
            premium: false,
            avatar_color: None,
            created: OffsetDateTime::UNIX_EPOCH,
        }
    }
}

/// An organization. What its plan allows (groups, events, …) follows from `plan_type`.
#[derive(Clone, Debug)]
pub struct BulkOrganization {
    pub id: Uuid,
    pub name: String,
    pub business_name: Option<String>,
    pub billing_email: String,
    /// PlanType (protocol.md §4.7): 17 Teams (Monthly), 19 Enterprise (Monthly), …
    pub plan_type: i32,
    /// OrganizationStatusType (protocol.md §5.1): 1 Created, 2 Managed.
    pub status: i32,
    pub enabled: bool,
    /// `None`: no limit.
    pub seats: Option<i32>,
    pub max_storage_gb: Option<i32>,
    pub use_secrets_manager: bool,
    /// The four collection management settings (protocol.md §4.4).
    pub limit_collection_creation: bool,
    pub limit_collection_deletion: bool,
    pub limit_item_deletion: bool,
    pub allow_admin_access_to_all_collection_items: bool,
    /// SPKI, base64.
    pub public_key: Option<String>,
    /// PKCS#8 sealed with the organization key (EncString).
    pub private_key: Option<String>,
    pub created: OffsetDateTime,
}

/// A row of an organization's member list.
#[derive(Clone, Debug)]
pub struct BulkMember {
    /// The organizationUserId.
    pub id: Uuid,
    pub organization_id: Uuid,
    /// `None` while the invitation was not accepted.
    pub user_id: Option<Uuid>,
    /// Only while there is no user.
    pub email: Option<String>,
    /// Organization key wrapped for the member's public key (`ukey`), once confirmed.
    pub key: Option<String>,
    /// OrganizationUserStatusType: −1 Revoked, 0 Invited, 1 Accepted, 2 Confirmed, 3 Staged.
    pub status: i32,
    /// OrganizationUserType: 0 Owner, 1 Admin, 2 User, 4 Custom.
    pub role: i32,
    /// Meaningful for role 4 only.
    pub permissions: Permissions,
    pub external_id: Option<String>,
    /// User key wrapped for the organization: set means enrolled in account recovery.
    pub reset_password_key: Option<String>,
    pub access_secrets_manager: bool,
    /// RevocationReason (protocol.md §4.6).
    pub revocation_reason: Option<i32>,
    /// When invited.
    pub created: OffsetDateTime,
    pub revised: OffsetDateTime,
}

/// A group with its members.
#[derive(Clone, Debug)]
pub struct BulkGroup {
    pub id: Uuid,
    pub organization_id: Uuid,
    /// In clear, as the protocol has it.
    pub name: String,
    pub external_id: Option<String>,
    /// organizationUserIds.
    pub members: Vec<Uuid>,
    pub created: OffsetDateTime,
}

/// What a member or a group may do in a collection.
#[derive(Clone, Debug)]
pub struct BulkAccess {
    /// organizationUserId or group id.
    pub id: Uuid,
    pub read_only: bool,
    pub hide_passwords: bool,
    pub manage: bool,
}

/// A collection with everybody who reaches it.
#[derive(Clone, Debug)]
pub struct BulkCollection {
    pub id: Uuid,
    pub organization_id: Uuid,
    /// Sealed with the organization key (EncString).
    pub name: String,
    pub external_id: Option<String>,
    /// CollectionType: 0 shared, 1 "My items".
    pub kind: i32,
    /// Of "My items" whose owner left.
    pub default_user_email: Option<String>,
    pub members: Vec<BulkAccess>,
    pub groups: Vec<BulkAccess>,
    pub created: OffsetDateTime,
}

/// A policy of an organization (protocol.md §4.8).
#[derive(Clone, Debug)]
pub struct BulkPolicy {
    pub id: Uuid,
    pub organization_id: Uuid,
    /// Its number.
    pub kind: i32,
    pub enabled: bool,
    /// Its settings, camelCase.
    pub data: Option<Value>,
    pub revised: OffsetDateTime,
}

/// A provider.
#[derive(Clone, Debug)]
pub struct BulkProvider {
    pub id: Uuid,
    pub name: String,
    pub business_name: Option<String>,
    /// Two letters.
    pub business_country: Option<String>,
    pub billing_email: String,
    /// ProviderStatusType: 0 Pending, 1 Created, 2 Billable.
    pub status: i32,
    /// ProviderType: 0 Msp, 1 Reseller, 2 BusinessUnit.
    pub kind: i32,
    pub use_events: bool,
    pub enabled: bool,
    /// What its staff may do with the items of its clients.
    pub client_items: ClientItems,
    /// (PlanType, seats that are paid for whether used or not).
    pub seat_minimums: Vec<(i32, i32)>,
    pub created: OffsetDateTime,
}

/// What a provider was billed for in one month (protocol.md §5.9).
#[derive(Clone, Debug)]
pub struct BulkInvoice {
    pub provider_id: Uuid,
    pub date: OffsetDateTime,
    pub due: Option<OffsetDateTime>,
    /// `open`, `paid` or `uncollectible`.
    pub status: String,
    pub items: Vec<BulkInvoiceItem>,
}

/// One line of an invoice.
#[derive(Clone, Debug)]
pub struct BulkInvoiceItem {
    /// An organization; `None` for seats of the minimum that no client has.
    pub client_id: Option<Uuid>,
    pub client_name: String,
    /// `Teams (Monthly)`.
    pub plan_name: String,
    pub assigned: i64,
    pub used: i64,
    /// Cents.
    pub total: i64,
}

/// A row of a provider's own member list.
#[derive(Clone, Debug)]
pub struct BulkProviderUser {
    /// The providerUserId.
    pub id: Uuid,
    pub provider_id: Uuid,
    /// `None` while the invitation was not accepted.
    pub user_id: Option<Uuid>,
    /// Only while there is no user.
    pub email: Option<String>,
    /// Provider key wrapped for the person's public key (`ukey`), once confirmed.
    pub key: Option<String>,
    /// ProviderUserStatusType: 0 Invited, 1 Accepted, 2 Confirmed.
    pub status: i32,
    /// ProviderUserType: 0 ProviderAdmin, 1 ServiceUser.
    pub role: i32,
    pub created: OffsetDateTime,
}

/// The link between a provider and a client organization.
#[derive(Clone, Debug)]
pub struct BulkProviderOrganization {
    /// The providerOrganizationId.
    pub id: Uuid,
    pub provider_id: Uuid,
    pub organization_id: Uuid,
    /// Organization key sealed with the provider key (EncString type 2).
    pub key: Option<String>,
    pub created: OffsetDateTime,
    pub revised: OffsetDateTime,
}

/// A personal folder.
#[derive(Clone, Debug)]
pub struct BulkFolder {
    pub id: Uuid,
    pub user_id: Uuid,
    /// Sealed with the user key (EncString).
    pub name: String,
    pub revised: OffsetDateTime,
}

/// Whose item it is.
#[derive(Clone, Debug)]
pub enum BulkOwner {
    /// A person's.
    User(Uuid),
    /// An organization's, reached through collections.
    Organization { id: Uuid, collections: Vec<Uuid> },
}

/// A vault item (protocol.md §3.5), every text in it an EncString.
#[derive(Clone, Debug)]
pub struct BulkCipher {
    pub id: Uuid,
    pub owner: BulkOwner,
    /// 1 login … 8 passport.
    pub kind: i32,
    pub name: String,
    pub notes: Option<String>,
    /// The member that belongs to the type (`login`, `card`, …), camelCase.
    pub content: Value,
    /// Custom fields, an array.
    pub fields: Option<Value>,
    /// An array, newest first.
    pub password_history: Option<Value>,
    /// The item's own key, sealed with the owner's key.
    pub key: Option<String>,
    /// 0 none, 1 ask for the master password.
    pub reprompt: i32,
    pub created: OffsetDateTime,
    pub revised: OffsetDateTime,
    /// In the trash since.
    pub deleted: Option<OffsetDateTime>,
}

/// A file that is kept with an item.
#[derive(Clone, Debug)]
pub struct BulkAttachment {
    pub id: Uuid,
    pub cipher_id: Uuid,
    /// Its name, sealed with what the item is sealed with (EncString).
    pub file_name: String,
    /// Its own key, sealed with what the item is sealed with (EncString); `None` for files of old.
    pub key: Option<String>,
    /// The sealed bytes.
    pub content: Vec<u8>,
    pub created: OffsetDateTime,
}

/// What one person does with an item. Needed only where one of the three is set.
#[derive(Clone, Debug)]
pub struct BulkCipherMark {
    pub user_id: Uuid,
    pub cipher_id: Uuid,
    pub folder_id: Option<Uuid>,
    pub favorite: bool,
    /// In the archive since.
    pub archived: Option<OffsetDateTime>,
}

/// A text that its owner sends, open to whoever has the link (protocol.md §2.10).
#[derive(Clone, Debug)]
pub struct BulkSend {
    pub id: Uuid,
    /// The sender.
    pub user_id: Uuid,
    /// `enc`, under the Send's own key.
    pub name: String,
    /// `enc`, under the Send's own key.
    pub text: String,
    /// `enc`, under the user key.
    pub key: String,
    /// When it is gone.
    pub deletes: OffsetDateTime,
    pub created: OffsetDateTime,
}

/// A line of an event log (protocol.md §4.9).
#[derive(Clone, Debug, Default)]
pub struct BulkEvent {
    /// Event number.
    pub kind: i32,
    /// `None`: now.
    pub date: Option<OffsetDateTime>,
    pub user_id: Option<Uuid>,
    pub organization_id: Option<Uuid>,
    /// Set where a provider user acted without being a member.
    pub provider_id: Option<Uuid>,
    pub cipher_id: Option<Uuid>,
    pub collection_id: Option<Uuid>,
    pub group_id: Option<Uuid>,
    pub policy_id: Option<Uuid>,
    pub organization_user_id: Option<Uuid>,
    pub provider_user_id: Option<Uuid>,
    pub provider_organization_id: Option<Uuid>,
    pub acting_user_id: Option<Uuid>,
    /// DeviceType (protocol.md §1.7).
    pub device_type: Option<i32>,
    pub ip_address: Option<String>,
    /// 1 SCIM, 2 DomainVerification, 3 PublicApi, 4 TwoFactorDisabled, 5 BitwardenPortal.
    pub system_user: Option<i32>,
    pub domain_name: Option<String>,
    pub send_id: Option<Uuid>,
}
