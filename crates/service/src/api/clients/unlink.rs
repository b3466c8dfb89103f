//! Giving a client organization back to its owners (protocol.md §5.7, "Unlink").

use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::OrganizationStatus;
use rusqlite::Connection;
use uuid::Uuid;

use super::link;
use crate::api::path::ProviderOrganizationId;
use crate::api::{organizations, providers};
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, post};
use crate::revision;

/// Its own owners have to be able to run it: the provider's staff do not count here. It pays for itself from then on.
pub(crate) async fn unlink(
    State(app): State<App>,
    acting: ActingForProvider,
    ProviderOrganizationId(id): ProviderOrganizationId,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let provider = acting.provider();
            let link = link::find(transaction, provider, id)?.ok_or_else(|| {
                ApiError::refused("Failed to remove organization vault. Please contact support.")
            })?;
            let owners = confirmed_owners(transaction, link.organization)?;
            let Some(first) = owners.first() else {
                return Err(ApiError::refused("Organization must have at least one confirmed owner."));
            };
            transaction.execute(
                "UPDATE organizations SET billing_email = ?, status = ?, enabled = enabled OR status = ?, revised = ?
                 WHERE id = ?",
                (
                    first,
                    OrganizationStatus::CREATED.0,
                    OrganizationStatus::MANAGED.0,
                    Moment::now(),
                    link.organization,
                ),
            )?;
            link::record(transaction, &acting, id, EventType::PROVIDER_ORGANIZATION_REMOVED)?;
            transaction.execute("DELETE FROM provider_organizations WHERE id = ?", [id])?;
            revision::of_organization(transaction, link.organization)?;
            revision::of_provider(transaction, provider)?;
            tell_owners(transaction, provider, link.organization, &owners)
        })
        .await
}

/// The addresses of the organization's own confirmed owners, in the order of the alphabet.
fn confirmed_owners(connection: &Connection, organization: Uuid) -> Result<Vec<String>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT u.email FROM members m JOIN users u ON u.id = m.user_id
             WHERE m.organization_id = ? AND m.type = 0 AND m.status = 2 ORDER BY u.email",
        )?
        .query_map([organization], |row| row.get(0))?
        .collect()
}

fn tell_owners(
    connection: &Connection,
    provider: Uuid,
    organization: Uuid,
    owners: &[String],
) -> Result<(), ApiError> {
    let provider_name = providers::name(connection, provider)?;
    let name = organizations::name(connection, organization)?;
    for owner in owners {
        let letter = Letter {
            kind: MailKind::ClientUnlinked,
            to: owner,
            subject: &format!("{name} is not managed by {provider_name} any more"),
            fields: &[
                ("providerName", &provider_name),
                ("organizationId", &organization.to_string()),
                ("organizationName", &name),
            ],
            body: &format!(
                "The provider {provider_name} does not manage {name} any more. You and the other owners run it, and its \
                 bills go to its own billing address.\n"
            ),
        };
        post(connection, &letter, Moment::now())?;
    }
    Ok(())
}
