//! What the staff of a server do beside the API: make providers, suspend them, hand out the link that deletes one. The
//! program that runs the service does it here (`porticoctl service provider`), also while the service is running: that
//! one tells its listeners.

use portico_protocol::organization::PlanType;
use portico_protocol::provider::{ProviderStatus, ProviderType, ProviderUserStatus, ProviderUserType};
use rusqlite::{Connection, OptionalExtension};
use url::Url;
use uuid::Uuid;

use crate::authorize::ClientItems;
use crate::identity::by_email;
use crate::identity::register::normalised;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, link, post};
use crate::revision;
use crate::secrets::{Secrets, SecretsError};
use crate::store::{Store, StoreError};

/// A provider to be made.
#[derive(Clone, Debug)]
pub struct NewProvider {
    /// MSP or business unit: who resells is attached in another way.
    pub kind: ProviderKind,
    /// Where the invitation goes. Who has no account registers with this address first.
    pub owner_email: String,
    /// What its staff may do with the items of its clients.
    pub client_items: ClientItems,
}

/// What kind of provider, and the seats that it pays for whether they are used or not.
#[derive(Clone, Copy, Debug)]
pub enum ProviderKind {
    /// A managed service provider, with both monthly plans.
    Msp { teams_minimum: u32, enterprise_minimum: u32 },
    /// A business unit, with one plan.
    BusinessUnit { annual: bool, minimum: u32 },
}

/// A provider that waits for its first admin to set it up.
pub struct CreatedProvider {
    pub id: Uuid,
    /// Whether the first admin has an account here already.
    pub owner_has_account: bool,
    /// What was mailed: whoever holds it and the account can set the provider up. No secret beyond five days.
    pub link: String,
}

/// Why the staff's wish was not done.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The address is none.
    #[error("this is no e-mail address")]
    NotAnAddress,
    /// No provider has this id.
    #[error("there is no such provider")]
    NoSuchProvider,
    /// Links lead to where the service is, and it never ran yet.
    #[error("the service has never run, so that nobody knows where links lead: name its address")]
    NoAddress,
    /// The keys of the service.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for StaffError {
    fn from(error: rusqlite::Error) -> Self {
        StaffError::Store(StoreError::Database(error))
    }
}

impl Store {
    /// Makes a provider and mails its first admin the link that sets it up. `base` is where clients reach the service,
    /// without `/api`; without it, where it ran last.
    ///
    /// # Errors
    /// [`StaffError::NotAnAddress`], [`StaffError::NoAddress`].
    pub fn create_provider(
        &self,
        new: &NewProvider,
        base: Option<&Url>,
    ) -> Result<CreatedProvider, StaffError> {
        let owner = normalised(&new.owner_email).map_err(|_| StaffError::NotAnAddress)?;
        let key = Secrets::load_or_make(self)?.answers;
        self.gather()?;
        self.write_now(|transaction| {
            let base = base_address(transaction, base)?;
            let account = by_email(transaction, &owner)?;
            let id = insert(transaction, new, &owner, account.as_ref().map(|account| account.id))?;
            let link = mail_set_up(transaction, &key, &base, id, &owner)?;
            Ok(CreatedProvider { id, owner_has_account: account.is_some(), link })
        })
    }

    /// Mails the billing address of a provider the link that deletes it within an hour, and returns the link.
    ///
    /// # Errors
    /// [`StaffError::NoSuchProvider`], [`StaffError::NoAddress`].
    pub fn provider_deletion_link(&self, provider: Uuid, base: Option<&Url>) -> Result<String, StaffError> {
        let key = Secrets::load_or_make(self)?.answers;
        self.write_now(|transaction| {
            let (name, to) = name_and_address(transaction, provider)?.ok_or(StaffError::NoSuchProvider)?;
            let base = base_address(transaction, base)?;
            let now = Moment::now();
            let token = invitation::token(&key, Purpose::DeleteProvider, provider, "", now);
            let id = provider.to_string();
            let query = [("providerId", id.as_str()), ("token", &token), ("name", &name)];
            let link = link(&base, "verify-recover-delete-provider", &query);
            let letter = Letter {
                kind: MailKind::ProviderDeletion,
                to: &to,
                subject: &format!("Delete {name}"),
                fields: &[("providerId", &id), ("providerName", &name), ("token", &token), ("link", &link)],
                body: &format!(
                    "To delete the provider {name} within an hour, open\n\n{link}\n\nIts client organizations stay.\n"
                ),
            };
            post(transaction, &letter, now)?;
            Ok(link)
        })
    }

    /// Suspends a provider or lets it go on.
    ///
    /// # Errors
    /// [`StaffError::NoSuchProvider`].
    pub fn set_provider_enabled(&self, provider: Uuid, enabled: bool) -> Result<(), StaffError> {
        self.gather()?;
        self.write_now(|transaction| {
            change(
                transaction,
                "UPDATE providers SET enabled = ?, revised = ? WHERE id = ?",
                enabled,
                provider,
            )
        })
    }

    /// Says what a provider's staff may do with the items of its clients.
    ///
    /// # Errors
    /// [`StaffError::NoSuchProvider`].
    pub fn set_client_items(&self, provider: Uuid, items: ClientItems) -> Result<(), StaffError> {
        self.gather()?;
        self.write_now(|transaction| {
            let sql = "UPDATE providers SET client_items = ?, revised = ? WHERE id = ?";
            change(transaction, sql, items, provider)
        })
    }
}

/// Somebody registered: if the staff made them the first admin of a provider that is not set up yet, they are.
pub(crate) fn first_admin_registered(
    connection: &Connection,
    user: Uuid,
    email: &str,
) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE provider_users SET user_id = ?1, email = NULL
             WHERE email = ?2 AND status = 2 AND user_id IS NULL
               AND provider_id IN (SELECT id FROM providers WHERE status = 0)",
        )?
        .execute((user, email))?;
    Ok(())
}

const BASE: &str = "base address";

/// Remembers where clients reach the service, for links that are made while it is not running.
pub(crate) fn remember_base_address(store: &Store, base: &str) -> Result<(), StoreError> {
    store.write_now(|transaction| {
        transaction.execute(
            "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            (BASE, base.as_bytes()),
        )?;
        Ok(())
    })
}

fn base_address(connection: &Connection, given: Option<&Url>) -> Result<String, StaffError> {
    if let Some(url) = given {
        return Ok(url.as_str().trim_end_matches('/').to_owned());
    }
    let kept: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM settings WHERE name = ?", [BASE], |row| row.get(0))
        .optional()?;
    kept.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(StaffError::NoAddress)
}

/// The provider, its plans, and its first admin: confirmed, and without a key until the set-up (protocol.md §5.5).
fn insert(
    connection: &Connection,
    new: &NewProvider,
    owner: &str,
    account: Option<Uuid>,
) -> Result<Uuid, rusqlite::Error> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    let (kind, plans) = match new.kind {
        ProviderKind::Msp { teams_minimum, enterprise_minimum } => (
            ProviderType::MSP,
            vec![
                (PlanType::TEAMS_MONTHLY, teams_minimum),
                (PlanType::ENTERPRISE_MONTHLY, enterprise_minimum),
            ],
        ),
        ProviderKind::BusinessUnit { annual, minimum } => {
            let plan = if annual { PlanType::ENTERPRISE_ANNUALLY } else { PlanType::ENTERPRISE_MONTHLY };
            (ProviderType::BUSINESS_UNIT, vec![(plan, minimum)])
        }
    };
    connection.execute(
        "INSERT INTO providers (id, name, billing_email, status, type, use_events, client_items, enabled, created,
             revised)
         VALUES (?, '', ?, ?, ?, 1, ?, 1, ?, ?)",
        (id, owner, ProviderStatus::PENDING.0, kind.0, new.client_items, now, now),
    )?;
    for (plan, minimum) in plans {
        connection.execute(
            "INSERT INTO provider_plans (provider_id, plan_type, seat_minimum) VALUES (?, ?, ?)",
            (id, plan.0, minimum),
        )?;
    }
    connection.execute(
        "INSERT INTO provider_users (id, provider_id, user_id, email, status, type, created, revised)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            Uuid::new_v4(),
            id,
            account,
            account.is_none().then_some(owner),
            ProviderUserStatus::CONFIRMED.0,
            ProviderUserType::PROVIDER_ADMIN.0,
            now,
            now,
        ),
    )?;
    Ok(id)
}

fn mail_set_up(
    connection: &Connection,
    key: &ring::hmac::Key,
    base: &str,
    provider: Uuid,
    owner: &str,
) -> Result<String, rusqlite::Error> {
    let now = Moment::now();
    let token = invitation::token(key, Purpose::SetUpProvider, provider, owner, now);
    let id = provider.to_string();
    let query = [("providerId", id.as_str()), ("email", owner), ("token", &token)];
    let link = link(base, "providers/setup-provider", &query);
    let letter = Letter {
        kind: MailKind::ProviderSetup,
        to: owner,
        subject: "Create your provider",
        fields: &[("providerId", &id), ("token", &token), ("link", &link)],
        body: &format!(
            "You have been invited to set up a provider. Sign in or create an account with this address, and within five \
             days open\n\n{link}\n"
        ),
    };
    post(connection, &letter, now)?;
    Ok(link)
}

fn name_and_address(
    connection: &Connection,
    provider: Uuid,
) -> Result<Option<(String, String)>, rusqlite::Error> {
    connection
        .query_row("SELECT name, billing_email FROM providers WHERE id = ?", [provider], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
}

fn change(
    connection: &Connection,
    sql: &str,
    value: impl rusqlite::ToSql,
    provider: Uuid,
) -> Result<(), StaffError> {
    if connection.execute(sql, (value, Moment::now(), provider))? == 0 {
        return Err(StaffError::NoSuchProvider);
    }
    Ok(revision::of_provider(connection, provider)?)
}
