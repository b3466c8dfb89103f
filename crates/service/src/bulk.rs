//! The bulk door: rows given ready-made, for whoever builds whole providers at once.
//!
//! Nothing is checked here but what the schema itself insists on, and no event is written: keys, statuses and
//! dates are stored as given. Everything happens in one transaction.

mod rows;

use std::num::NonZeroU32;

use portico_protocol::SecretText;
use portico_protocol::provider::ProviderStatus;
use rusqlite::{ToSql, Transaction};
use serde_json::Value;

use crate::files::Files;
use crate::identity::normal_email;
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
    /// Whether there is an account with this address.
    pub fn has_user(&self, email: &str) -> Result<bool, BulkError> {
        let email = normal_email(email);
        Ok(self.transaction.prepare_cached("SELECT 1 FROM users WHERE email = ?")?.exists([email])?)
    }

    /// An account.
    pub fn user(&mut self, row: &BulkUser) -> Result<(), BulkError> {
        let email = normal_email(&row.email);
        let password = match &row.password_hash {
            Some(hash) => Some(password::hash(hash.expose(), self.rounds)?),
            None => None,
        };
        let created = Moment::from(row.created);
        self.insert(
            "users",
            &[
                ("id", &row.id),
                ("email", &email),
                ("name", &row.name),
                ("email_verified", &1),
                ("premium", &row.premium),
                ("culture", &"en-US"),
                ("password", &password),
                ("kdf", &row.kdf.kind),
                ("kdf_iterations", &row.kdf.iterations),
                ("kdf_memory", &row.kdf.memory),
                ("kdf_parallelism", &row.kdf.parallelism),
                ("salt", &row.salt.as_ref().unwrap_or(&email)),
                ("user_key", &row.key),
                ("public_key", &row.public_key),
                ("private_key", &row.private_key),
                ("security_stamp", &row.security_stamp),
                ("api_key", &row.api_key.expose()),
                ("totp_secret", &row.totp_secret.as_ref().map(SecretText::expose)),
                ("avatar_color", &row.avatar_color),
                ("created", &created),
                ("account_revised", &Moment::now()),
                ("verify_devices", &row.verify_devices),
            ],
        )
    }

    /// An organization.
    pub fn organization(&mut self, row: &BulkOrganization) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "organizations",
            &[
                ("id", &row.id),
                ("name", &row.name),
                ("business_name", &row.business_name),
                ("billing_email", &row.billing_email),
                ("plan_type", &row.plan_type),
                ("status", &row.status),
                ("enabled", &row.enabled),
                ("seats", &row.seats),
                ("max_storage_gb", &row.max_storage_gb),
                ("use_secrets_manager", &row.use_secrets_manager),
                ("limit_collection_creation", &row.limit_collection_creation),
                ("limit_collection_deletion", &row.limit_collection_deletion),
                ("limit_item_deletion", &row.limit_item_deletion),
                (
                    "allow_admin_access_to_all_collection_items",
                    &row.allow_admin_access_to_all_collection_items,
                ),
                ("public_key", &row.public_key),
                ("private_key", &row.private_key),
                ("created", &created),
                ("revised", &created),
            ],
        )
    }

    /// A member of an organization, invited or confirmed.
    pub fn member(&mut self, row: &BulkMember) -> Result<(), BulkError> {
        self.insert(
            "members",
            &[
                ("id", &row.id),
                ("organization_id", &row.organization_id),
                ("user_id", &row.user_id),
                ("email", &row.email.as_deref().map(normal_email)),
                ("member_key", &row.key),
                ("status", &row.status),
                ("type", &row.role),
                ("permissions", &row.permissions),
                ("external_id", &row.external_id),
                ("reset_password_key", &row.reset_password_key),
                ("access_secrets_manager", &row.access_secrets_manager),
                ("revocation_reason", &row.revocation_reason),
                ("created", &Moment::from(row.created)),
                ("revised", &Moment::from(row.revised)),
            ],
        )
    }

    /// The group and who is in it.
    pub fn group(&mut self, row: &BulkGroup) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "groups",
            &[
                ("id", &row.id),
                ("organization_id", &row.organization_id),
                ("name", &row.name),
                ("external_id", &row.external_id),
                ("created", &created),
                ("revised", &created),
            ],
        )?;
        for member in &row.members {
            self.insert("group_members", &[("group_id", &row.id), ("member_id", member)])?;
        }
        Ok(())
    }

    /// The collection and who reaches it.
    pub fn collection(&mut self, row: &BulkCollection) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "collections",
            &[
                ("id", &row.id),
                ("organization_id", &row.organization_id),
                ("name", &row.name),
                ("external_id", &row.external_id),
                ("type", &row.kind),
                ("default_user_email", &row.default_user_email),
                ("created", &created),
                ("revised", &created),
            ],
        )?;
        let accesses = [
            ("collection_members", "member_id", &row.members),
            ("collection_groups", "group_id", &row.groups),
        ];
        for (table, whose, rows) in accesses {
            for access in rows {
                self.insert(
                    table,
                    &[
                        ("collection_id", &row.id),
                        (whose, &access.id),
                        ("read_only", &access.read_only),
                        ("hide_passwords", &access.hide_passwords),
                        ("manage", &access.manage),
                    ],
                )?;
            }
        }
        Ok(())
    }

    /// A policy.
    pub fn policy(&mut self, row: &BulkPolicy) -> Result<(), BulkError> {
        self.insert(
            "policies",
            &[
                ("id", &row.id),
                ("organization_id", &row.organization_id),
                ("type", &row.kind),
                ("enabled", &row.enabled),
                ("data", &json(row.data.as_ref())),
                ("revised", &Moment::from(row.revised)),
            ],
        )
    }

    /// The provider and its plans.
    pub fn provider(&mut self, row: &BulkProvider) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "providers",
            &[
                ("id", &row.id),
                ("name", &row.name),
                ("business_name", &row.business_name),
                ("business_country", &row.business_country),
                ("billing_email", &row.billing_email),
                ("status", &row.status),
                ("type", &row.kind),
                ("use_events", &row.use_events),
                ("client_items", &row.client_items),
                ("enabled", &row.enabled),
                // The months before are given as invoices, or not at all.
                ("billed_until", &(row.status == ProviderStatus::BILLABLE.0).then(Moment::now)),
                ("created", &created),
                ("revised", &created),
            ],
        )?;
        for (plan, minimum) in &row.seat_minimums {
            self.insert(
                "provider_plans",
                &[("provider_id", &row.id), ("plan_type", plan), ("seat_minimum", minimum)],
            )?;
        }
        Ok(())
    }

    /// A member of a provider, invited or confirmed.
    pub fn provider_user(&mut self, row: &BulkProviderUser) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "provider_users",
            &[
                ("id", &row.id),
                ("provider_id", &row.provider_id),
                ("user_id", &row.user_id),
                ("email", &row.email.as_deref().map(normal_email)),
                ("provider_key", &row.key),
                ("status", &row.status),
                ("type", &row.role),
                ("created", &created),
                ("revised", &created),
            ],
        )
    }

    /// A link from provider to client.
    pub fn provider_organization(&mut self, row: &BulkProviderOrganization) -> Result<(), BulkError> {
        self.insert(
            "provider_organizations",
            &[
                ("id", &row.id),
                ("provider_id", &row.provider_id),
                ("organization_id", &row.organization_id),
                ("organization_key", &row.key),
                ("created", &Moment::from(row.created)),
                ("revised", &Moment::from(row.revised)),
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
            "folders",
            &[
                ("id", &row.id),
                ("user_id", &row.user_id),
                ("name", &row.name),
                ("created", &revised),
                ("revised", &revised),
            ],
        )
    }

    /// The item and the collections it is in.
    pub fn cipher(&mut self, row: &BulkCipher) -> Result<(), BulkError> {
        let (user, organization, collections) = match &row.owner {
            BulkOwner::User(id) => (Some(id), None, [].as_slice()),
            BulkOwner::Organization { id, collections } => (None, Some(id), collections.as_slice()),
        };
        self.insert(
            "ciphers",
            &[
                ("id", &row.id),
                ("user_id", &user),
                ("organization_id", &organization),
                ("type", &row.kind),
                ("name", &row.name),
                ("notes", &row.notes),
                ("content", &row.content.to_string()),
                ("fields", &json(row.fields.as_ref())),
                ("password_history", &json(row.password_history.as_ref())),
                ("cipher_key", &row.key),
                ("reprompt", &row.reprompt),
                ("created", &Moment::from(row.created)),
                ("revised", &Moment::from(row.revised)),
                ("deleted", &row.deleted.map(Moment::from)),
            ],
        )?;
        for collection in collections {
            self.insert("collection_ciphers", &[("collection_id", collection), ("cipher_id", &row.id)])?;
        }
        Ok(())
    }

    /// A file and the row that names it.
    pub fn attachment(&mut self, row: &BulkAttachment) -> Result<(), BulkError> {
        let file = self.files.place(&row.content)?;
        self.insert(
            "attachments",
            &[
                ("id", &row.id),
                ("cipher_id", &row.cipher_id),
                ("name", &row.file_name),
                ("file_key", &row.key),
                ("size", &(row.content.len() as i64)),
                ("file", &file),
                ("created", &Moment::from(row.created)),
            ],
        )
    }

    /// A folder, star or archive mark on an item.
    pub fn cipher_mark(&mut self, row: &BulkCipherMark) -> Result<(), BulkError> {
        self.insert(
            "cipher_marks",
            &[
                ("user_id", &row.user_id),
                ("cipher_id", &row.cipher_id),
                ("folder_id", &row.folder_id),
                ("favorite", &row.favorite),
                ("archived", &row.archived.map(Moment::from)),
            ],
        )
    }

    /// A text that its owner sends.
    pub fn send(&mut self, row: &BulkSend) -> Result<(), BulkError> {
        let created = Moment::from(row.created);
        self.insert(
            "sends",
            &[
                ("id", &row.id),
                ("user_id", &row.user_id),
                ("name", &row.name),
                ("send_key", &row.key),
                ("text", &row.text),
                ("text_hidden", &0),
                ("access_count", &0),
                ("deletes", &Moment::from(row.deletes)),
                ("disabled", &0),
                ("hide_email", &0),
                ("created", &created),
                ("revised", &created),
            ],
        )
    }

    /// A line of the event log; stored even where the plan records none.
    pub fn event(&mut self, row: &BulkEvent) -> Result<(), BulkError> {
        Ok(crate::events::record(self.transaction, row).map_err(StoreError::from)?)
    }

    /// Puts one row into `table`: each column with its value.
    fn insert(&mut self, table: &str, row: &[(&str, &dyn ToSql)]) -> Result<(), BulkError> {
        let (columns, values): (Vec<&str>, Vec<&dyn ToSql>) = row.iter().copied().unzip();
        let places = vec!["?"; values.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", columns.join(", "));
        self.transaction.prepare_cached(&sql)?.execute(&*values)?;
        Ok(())
    }
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
