//! Emptying a whole vault.

use axum::extract::Extension;
use axum::extract::State;
use portico_protocol::organization::CollectionType;
use rusqlite::Connection;
use uuid::Uuid;

use super::event;
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess};
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::identity::verification::{Secret, verified};
use crate::{events, revision};

/// The caller's own vault with its folders; with an organization in the query, that organization's, but for what its
/// members keep for themselves.
pub(crate) async fn purge(
    State(app): State<App>,
    caller: Caller,
    access: Option<Extension<OrganizationAccess>>,
    Body(secret): Body<Secret>,
) -> Result<(), ApiError> {
    verified(&app, caller.user, secret).await?;
    app.store
        .write(move |transaction| match access {
            Some(Extension(access)) => purge_organization(transaction, &caller, access.organization),
            None => {
                transaction.execute("DELETE FROM ciphers WHERE user_id = ?", [caller.user])?;
                transaction.execute("DELETE FROM folders WHERE user_id = ?", [caller.user])?;
                Ok(revision::of_user(transaction, caller.user)?)
            }
        })
        .await?;
    app.store.files().remove_doomed(&app.store).await;
    Ok(())
}

fn purge_organization(connection: &Connection, caller: &Caller, organization: Uuid) -> Result<(), ApiError> {
    connection.execute(
        "DELETE FROM ciphers WHERE organization_id = ?1 AND NOT EXISTS (
             SELECT 1 FROM collection_ciphers x JOIN collections k ON k.id = x.collection_id
             WHERE x.cipher_id = ciphers.id AND k.type = ?2)",
        (organization, CollectionType::DEFAULT_USER_COLLECTION.0),
    )?;
    revision::of_organization(connection, organization)?;
    let purged = BulkEvent { kind: event::ORGANIZATION_PURGED, ..BulkEvent::default() };
    Ok(events::record_in_organization(connection, caller, organization, purged)?)
}
