//! The bulk door: rows given ready-made, for whoever builds whole providers at once.
//!
//! Nothing is checked here but what the schema itself insists on, and no event is written: keys, statuses and
//! dates are stored as given. Everything happens in one transaction.

use std::num::NonZeroU32;

use rusqlite::{ToSql, Transaction};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::moment::Moment;
use crate::permissions::Permissions;
use crate::store::{Store, StoreError};
use crate::{RandomSourceFailed, password};

/// Why a bulk load was given up; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// The schema refused a row, or SQLite failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A password could not be salted.
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
}

impl From<rusqlite::Error> for BulkError {
    fn from(error: rusqlite::Error) -> Self {
        BulkError::Store(StoreError::Database(error))
    }
}

impl Store {
    /// Runs `load` in one transaction that is committed if it succeeds. Rows must come after the rows they
    /// name: users, organizations and providers first.
    ///
    /// # Errors
    /// Whatever `load` fails with; then nothing is kept.
    pub fn bulk<T, E: From<BulkError>>(
        &self,
        load: impl FnOnce(&mut Bulk<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // The closure's error type need not know StoreError: carry it through by hand.
        let rounds = self.password_rounds();
        let outcome = self.write_now(|transaction| {
            let mut bulk = Bulk { transaction, rounds };
            load(&mut bulk).map_err(Refused::Load)
        });
        outcome.map_err(|refused| match refused {
            Refused::Load(error) => error,
            Refused::Store(error) => BulkError::from(error).into(),
        })
    }
}

enum Refused<E> {
    Load(E),
    Store(StoreError),
}

impl<E> From<StoreError> for Refused<E> {
    fn from(error: StoreError) -> Self {
        Refused::Store(error)
    }
}

/// The open door. One method per kind of row; each fails when the schema refuses the row.
pub struct Bulk<'store, 'transaction> {
    transaction: &'store Transaction<'transaction>,
    rounds: NonZeroU32,
}

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

/// A person's account.
#[derive(Clone, Debug)]
pub struct BulkUser {
    pub id: Uuid,
    /// Stored trimmed and in lower case.
    pub email: String,
    pub name: Option<String>,
    pub kdf: BulkKdf,
    /// KDF salt; `None`: the normalised e-mail.
    pub salt: Option<String>,
    /// The client's authorization hash, base64 (protocol.md §2.2); hashed again here. `None`: nobody logs in.
    pub password_hash: Option<String>,
    /// User key wrapped by the stretched master key (EncString).
    pub key: Option<String>,
    /// SPKI, base64.
    pub public_key: Option<String>,
    /// PKCS#8 sealed with the user key (EncString).
    pub private_key: Option<String>,
    /// Base32 seed of an authenticator; set means that two-step login is on.
    pub totp_secret: Option<String>,
    /// What must not change while sessions shall live; 30 characters or a UUID.
    pub security_stamp: String,
    /// Secret of the personal API key (`client_id=user.<id>`).
    pub api_key: String,
    pub premium: bool,
    /// `#rrggbb`.
    pub avatar_color: Option<String>,
    pub created: OffsetDateTime,
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
    /// (PlanType, seats that are paid for whether used or not).
    pub seat_minimums: Vec<(i32, i32)>,
    pub created: OffsetDateTime,
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
}

impl Bulk<'_, '_> {
    /// An account.
    pub fn user(&mut self, row: &BulkUser) -> Result<(), BulkError> {
        let email = normalised_email(&row.email);
        let password = match &row.password_hash {
            Some(hash) => Some(password::hash(hash, self.rounds)?),
            None => None,
        };
        let created = Moment::from(row.created);
        self.insert(
            "INSERT INTO users (id, email, name, email_verified, premium, culture, password, kdf, kdf_iterations,
                 kdf_memory, kdf_parallelism, salt, user_key, public_key, private_key, security_stamp, api_key,
                 totp_secret, avatar_color, created, account_revised)
             VALUES (?, ?, ?, 1, ?, 'en-US', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &email,
                &row.name,
                &row.premium,
                &password,
                &row.kdf.kind,
                &row.kdf.iterations,
                &row.kdf.memory,
                &row.kdf.parallelism,
                &row.salt.as_ref().unwrap_or(&email),
                &row.key,
                &row.public_key,
                &row.private_key,
                &row.security_stamp,
                &row.api_key,
                &row.totp_secret,
                &row.avatar_color,
                &created,
                &Moment::now(),
            ],
        )
    }

    /// An organization.
    pub fn organization(&mut self, row: &BulkOrganization) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "INSERT INTO organizations (id, name, business_name, billing_email, plan_type, status, enabled, seats,
                 max_storage_gb, use_secrets_manager, limit_collection_creation, limit_collection_deletion,
                 limit_item_deletion, allow_admin_access_to_all_collection_items, public_key, private_key,
                 created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.name,
                &row.business_name,
                &row.billing_email,
                &row.plan_type,
                &row.status,
                &row.enabled,
                &row.seats,
                &row.max_storage_gb,
                &row.use_secrets_manager,
                &row.limit_collection_creation,
                &row.limit_collection_deletion,
                &row.limit_item_deletion,
                &row.allow_admin_access_to_all_collection_items,
                &row.public_key,
                &row.private_key,
                &created,
                &created,
            ],
        )
    }

    /// A member of an organization, invited or confirmed.
    pub fn member(&mut self, row: &BulkMember) -> Result<(), BulkError> {
        self.insert(
            "INSERT INTO members (id, organization_id, user_id, email, member_key, status, type, permissions,
                 external_id, reset_password_key, access_secrets_manager, revocation_reason, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.organization_id,
                &row.user_id,
                &row.email.as_deref().map(normalised_email),
                &row.key,
                &row.status,
                &row.role,
                &row.permissions,
                &row.external_id,
                &row.reset_password_key,
                &row.access_secrets_manager,
                &row.revocation_reason,
                &Moment::from(row.created),
                &Moment::from(row.revised),
            ],
        )
    }

    /// The group and who is in it.
    pub fn group(&mut self, row: &BulkGroup) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "INSERT INTO groups (id, organization_id, name, external_id, created, revised) VALUES (?, ?, ?, ?, ?, ?)",
            &[&row.id, &row.organization_id, &row.name, &row.external_id, &created, &created],
        )?;
        for member in &row.members {
            self.insert("INSERT INTO group_members (group_id, member_id) VALUES (?, ?)", &[&row.id, member])?;
        }
        Ok(())
    }

    /// The collection and who reaches it.
    pub fn collection(&mut self, row: &BulkCollection) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "INSERT INTO collections (id, organization_id, name, external_id, type, default_user_email, created,
                 revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.organization_id,
                &row.name,
                &row.external_id,
                &row.kind,
                &row.default_user_email,
                &created,
                &created,
            ],
        )?;
        let members =
            "INSERT INTO collection_members (collection_id, member_id, read_only, hide_passwords, manage)
                       VALUES (?, ?, ?, ?, ?)";
        let groups =
            "INSERT INTO collection_groups (collection_id, group_id, read_only, hide_passwords, manage)
                      VALUES (?, ?, ?, ?, ?)";
        for (sql, rows) in [(members, &row.members), (groups, &row.groups)] {
            for access in rows {
                self.insert(
                    sql,
                    &[&row.id, &access.id, &access.read_only, &access.hide_passwords, &access.manage],
                )?;
            }
        }
        Ok(())
    }

    /// A policy.
    pub fn policy(&mut self, row: &BulkPolicy) -> Result<(), BulkError> {
        self.insert(
            "INSERT INTO policies (id, organization_id, type, enabled, data, revised) VALUES (?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.organization_id,
                &row.kind,
                &row.enabled,
                &json(row.data.as_ref()),
                &Moment::from(row.revised),
            ],
        )
    }

    /// The provider and its plans.
    pub fn provider(&mut self, row: &BulkProvider) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "INSERT INTO providers (id, name, business_name, business_country, billing_email, status, type, use_events,
                 enabled, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.name,
                &row.business_name,
                &row.business_country,
                &row.billing_email,
                &row.status,
                &row.kind,
                &row.use_events,
                &row.enabled,
                &created,
                &created,
            ],
        )?;
        for (plan, minimum) in &row.seat_minimums {
            self.insert(
                "INSERT INTO provider_plans (provider_id, plan_type, seat_minimum) VALUES (?, ?, ?)",
                &[&row.id, plan, minimum],
            )?;
        }
        Ok(())
    }

    /// A member of a provider, invited or confirmed.
    pub fn provider_user(&mut self, row: &BulkProviderUser) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "INSERT INTO provider_users (id, provider_id, user_id, email, provider_key, status, type, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.provider_id,
                &row.user_id,
                &row.email.as_deref().map(normalised_email),
                &row.key,
                &row.status,
                &row.role,
                &created,
                &created,
            ],
        )
    }

    /// A link from provider to client.
    pub fn provider_organization(&mut self, row: &BulkProviderOrganization) -> Result<(), BulkError> {
        self.insert(
            "INSERT INTO provider_organizations (id, provider_id, organization_id, organization_key, created, revised)
             VALUES (?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.provider_id,
                &row.organization_id,
                &row.key,
                &Moment::from(row.created),
                &Moment::from(row.revised),
            ],
        )
    }

    /// A folder.
    pub fn folder(&mut self, row: &BulkFolder) -> Result<(), BulkError> {
        let revised = Moment::from(row.revised);
        self.insert(
            "INSERT INTO folders (id, user_id, name, created, revised) VALUES (?, ?, ?, ?, ?)",
            &[&row.id, &row.user_id, &row.name, &revised, &revised],
        )
    }

    /// The item and the collections it is in.
    pub fn cipher(&mut self, row: &BulkCipher) -> Result<(), BulkError> {
        let (user, organization, collections) = match &row.owner {
            BulkOwner::User(id) => (Some(id), None, [].as_slice()),
            BulkOwner::Organization { id, collections } => (None, Some(id), collections.as_slice()),
        };
        self.insert(
            "INSERT INTO ciphers (id, user_id, organization_id, type, name, notes, content, fields, password_history,
                 cipher_key, reprompt, created, revised, deleted)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &user,
                &organization,
                &row.kind,
                &row.name,
                &row.notes,
                &row.content.to_string(),
                &json(row.fields.as_ref()),
                &json(row.password_history.as_ref()),
                &row.key,
                &row.reprompt,
                &Moment::from(row.created),
                &Moment::from(row.revised),
                &row.deleted.map(Moment::from),
            ],
        )?;
        for collection in collections {
            self.insert(
                "INSERT INTO collection_ciphers (collection_id, cipher_id) VALUES (?, ?)",
                &[collection, &row.id],
            )?;
        }
        Ok(())
    }

    /// A folder, star or archive mark on an item.
    pub fn cipher_mark(&mut self, row: &BulkCipherMark) -> Result<(), BulkError> {
        self.insert(
            "INSERT INTO cipher_marks (user_id, cipher_id, folder_id, favorite, archived) VALUES (?, ?, ?, ?, ?)",
            &[
                &row.user_id,
                &row.cipher_id,
                &row.folder_id,
                &row.favorite,
                &row.archived.map(Moment::from),
            ],
        )
    }

    /// A line of the event log; stored even where the plan records none.
    pub fn event(&mut self, row: &BulkEvent) -> Result<(), BulkError> {
        Ok(crate::events::record(self.transaction, row).map_err(StoreError::from)?)
    }

    fn insert(&mut self, sql: &str, values: &[&dyn ToSql]) -> Result<(), BulkError> {
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }
}

fn normalised_email(email: &str) -> String {
    email.trim().to_lowercase()
}

fn json(value: Option<&Value>) -> Option<String> {
    value.map(Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn folder(user_id: Uuid) -> BulkFolder {
        BulkFolder {
            id: Uuid::from_u128(7),
            user_id,
            name: "2.x".into(),
            revised: datetime!(2026-01-01 0:00 UTC),
        }
    }

    #[test]
    fn a_row_that_names_nobody_takes_the_whole_load_with_it() {
        let store = Store::in_memory().unwrap();
        let event = BulkEvent { kind: 1000, ..BulkEvent::default() };
        let refused = store.bulk(|load| {
            load.event(&event)?;
            load.folder(&folder(Uuid::from_u128(1)))
        });
        assert!(matches!(refused, Err(BulkError::Store(_))), "{refused:?}");
        let kept: i64 = store
            .write_now::<_, StoreError>(|c| Ok(c.query_row("SELECT count(*) FROM events", [], |r| r.get(0))?))
            .unwrap();
        assert_eq!(kept, 0);
    }
}
