//! The bulk door: rows given ready-made, for whoever builds whole providers at once.
//!
//! Nothing is checked here but what the schema itself insists on, and no event is written: keys, statuses and
//! dates are stored as given. Everything happens in one transaction.

mod rows;

use std::num::NonZeroU32;

use rusqlite::{ToSql, Transaction};
use serde_json::Value;

use crate::files::Files;
use crate::moment::Moment;
use crate::store::{Store, StoreError};
use crate::{RandomSourceFailed, password};

pub use rows::*;

/// Why a bulk load was given up; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// The schema refused a row, or SQLite failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An attached file could not be written.
    #[error("an attached file")]
    File(#[from] std::io::Error),
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
        let rounds = self.password_rounds();
        let outcome = self.write_now(|transaction| {
            let mut bulk = Bulk { transaction, files: self.files(), rounds };
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
    files: &'store Files,
    rounds: NonZeroU32,
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
                 totp_secret, avatar_color, created, account_revised, verify_devices)
             VALUES (?, ?, ?, 1, ?, 'en-US', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                &row.verify_devices,
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
                 client_items, enabled, billed_until, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.name,
                &row.business_name,
                &row.business_country,
                &row.billing_email,
                &row.status,
                &row.kind,
                &row.use_events,
                &row.client_items,
                &row.enabled,
                // The months before are given as invoices, or not at all.
                &(row.status == 2).then(Moment::now),
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

    /// An invoice of a provider, numbered after those that are there. The seats of other months are whatever is given.
    pub fn invoice(&mut self, row: &BulkInvoice) -> Result<(), BulkError> {
        Ok(crate::api::billing::insert_invoice(self.transaction, row)?)
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

    /// A file and the row that names it.
    pub fn attachment(&mut self, row: &BulkAttachment) -> Result<(), BulkError> {
        let file = self.files.place(&row.content)?;
        self.insert(
            "INSERT INTO attachments (id, cipher_id, name, file_key, size, file, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[
                &row.id,
                &row.cipher_id,
                &row.file_name,
                &row.key,
                &(row.content.len() as i64),
                &file,
                &Moment::from(row.created),
            ],
        )
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

    /// A text that its owner sends.
    pub fn send(&mut self, row: &BulkSend) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "INSERT INTO sends (id, user_id, name, send_key, text, text_hidden, access_count, deletes, disabled,
                 hide_email, created, revised)
             VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0, 0, ?, ?)",
            &[
                &row.id,
                &row.user_id,
                &row.name,
                &row.key,
                &row.text,
                &Moment::from(row.deletes),
                &created,
                &created,
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
    use uuid::Uuid;

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
