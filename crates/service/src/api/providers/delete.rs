//! Deleting a provider; its client organizations go on without one (protocol.md §5.5).

use axum::extract::State;
use portico_protocol::organization::OrganizationStatus;
use portico_protocol::provider::requests::ProviderDeleteRequest;
use rusqlite::Connection;
use uuid::Uuid;

use super::require_set_up;
use crate::api::path::ProviderId;
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::body::Body;
use crate::error::ApiError;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::revision;

/// That all clients were unlinked first is a demand of the official page; the server makes none.
pub(crate) async fn delete(State(app): State<App>, access: ProviderAccess) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            require_set_up(transaction, access.provider)?;
            Ok(remove(transaction, access.provider)?)
        })
        .await
}

/// With the link from a mail, without a sign-in.
pub(crate) async fn delete_by_mail(
    State(app): State<App>,
    ProviderId(provider): ProviderId,
    Body(request): Body<ProviderDeleteRequest>,
) -> Result<(), ApiError> {
    let store = app.store.clone();
    store
        .write(move |transaction| {
            let exists =
                transaction.prepare_cached("SELECT 1 FROM providers WHERE id = ?")?.exists([provider])?;
            if !exists {
                return Err(ApiError::NotFound);
            }
            let (purpose, token) = (Purpose::DeleteProvider, request.token.expose());
            if !invitation::is_valid(&app.answers, purpose, provider, "", token, Moment::now()) {
                return Err(ApiError::refused("Invalid token."));
            }
            Ok(remove(transaction, provider)?)
        })
        .await
}

fn remove(connection: &Connection, provider: Uuid) -> Result<(), rusqlite::Error> {
    revision::of_provider(connection, provider)?;
    let clients: Vec<Uuid> = connection
        .prepare_cached("SELECT organization_id FROM provider_organizations WHERE provider_id = ?")?
        .query_map([provider], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for client in clients {
        // Nobody else pays for them from here on.
        connection
            .prepare_cached("UPDATE organizations SET status = ?, revised = ? WHERE id = ?")?
            .execute((OrganizationStatus::CREATED.0, Moment::now(), client))?;
        revision::of_organization(connection, client)?;
    }
    // People, links, plans and invoices go with the row.
    connection.execute("DELETE FROM providers WHERE id = ?", [provider])?;
    Ok(())
}
