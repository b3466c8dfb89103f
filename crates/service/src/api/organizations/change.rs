//! Changing and deleting an organization (protocol.md §4.4, §4.7).

use axum::Json;
use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::identity::KeyPairRequest;
use portico_protocol::organization::OrganizationResponse;
use portico_protocol::organization::requests::{CollectionManagementRequest, OrganizationUpdateRequest};
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::find;
use crate::api::collections::Settings;
use crate::api::fields;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::identity::register::checked_pair;
use crate::identity::verification::{Secret, verified};
use crate::moment::Moment;
use crate::{events, revision};

/// What is absent stays as it is.
pub(crate) async fn update(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<OrganizationUpdateRequest>,
) -> Result<Json<OrganizationResponse>, ApiError> {
    let name = match &request.name {
        Some(name) => Some(fields::text("Name", Some(name), 50)?),
        None => None,
    };
    let business_name = fields::optional("BusinessName", request.business_name, 50)?;
    let billing_email = match &request.billing_email {
        Some(email) => Some(fields::email("BillingEmail", email)?),
        None => None,
    };
    let keys = request.keys.map(checked_pair).transpose()?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let before = find(transaction, organization)?.ok_or(ApiError::NotFound)?;
            // Who pays is the provider's to say where there is one (protocol.md §5.3).
            let moves_bill = billing_email.is_some() && billing_email != before.billing_email;
            if moves_bill && acting.access.provider.is_none() && has_provider(transaction, organization)? {
                return Err(ApiError::NotFound);
            }
            transaction.execute(
                "UPDATE organizations SET name = coalesce(?, name), business_name = coalesce(?, business_name),
                     billing_email = coalesce(?, billing_email), revised = ? WHERE id = ?",
                (name, business_name, billing_email, Moment::now(), organization),
            )?;
            if let Some(pair) = keys {
                // Clients of old send the pair along each time: where there is one, it stays.
                give_pair(transaction, organization, &pair)?;
            }
            done(transaction, &acting, EventType::ORGANIZATION_UPDATED)
        })
        .await
}

/// An organization of old without a key pair gets one; a pair that is there is never replaced.
pub(crate) async fn set_keys(
    State(app): State<App>,
    acting: Acting,
    Body(pair): Body<KeyPairRequest>,
) -> Result<Json<Value>, ApiError> {
    let pair = checked_pair(pair)?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            if !give_pair(transaction, organization, &pair)? {
                return Err(ApiError::refused("Organization Keys already exist"));
            }
            revision::of_organization(transaction, organization)?;
            Ok(Json(json!({
                "object": "organizationKeys",
                "publicKey": pair.public_key,
                "privateKey": pair.encrypted_private_key,
            })))
        })
        .await
}

/// Whether there was none before.
fn give_pair(
    connection: &Connection,
    organization: Uuid,
    pair: &KeyPairRequest,
) -> Result<bool, rusqlite::Error> {
    let set = connection.execute(
        "UPDATE organizations SET public_key = ?, private_key = ?, revised = ?
         WHERE id = ? AND public_key IS NULL AND private_key IS NULL",
        (&pair.public_key, &pair.encrypted_private_key, Moment::now(), organization),
    )?;
    Ok(set > 0)
}

pub(crate) async fn collection_management(
    State(app): State<App>,
    acting: Acting,
    Body(wanted): Body<CollectionManagementRequest>,
) -> Result<Json<OrganizationResponse>, ApiError> {
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let before = Settings::of(transaction, organization)?;
            transaction.execute(
                "UPDATE organizations SET limit_collection_creation = ?, limit_collection_deletion = ?,
                     limit_item_deletion = ?, allow_admin_access_to_all_collection_items = ?, revised = ?
                 WHERE id = ?",
                (
                    wanted.limit_collection_creation,
                    wanted.limit_collection_deletion,
                    wanted.limit_item_deletion,
                    wanted.allow_admin_access_to_all_collection_items,
                    Moment::now(),
                    organization,
                ),
            )?;
            // 1610 to 1617: each setting has a number for on and the next one for off.
            for (number, before, after) in [
                (1610, before.limit_creation, wanted.limit_collection_creation),
                (1612, before.limit_deletion, wanted.limit_collection_deletion),
                (1614, before.limit_item_deletion, wanted.limit_item_deletion),
                (1616, before.admins_manage_all, wanted.allow_admin_access_to_all_collection_items),
            ] {
                if before != after {
                    let kind = EventType(number + i32::from(!after));
                    events::in_organization(transaction, &acting, kind, BulkEvent::default())?;
                }
            }
            done(transaction, &acting, EventType::COLLECTION_MANAGEMENT_UPDATED)
        })
        .await
}

/// Everything in it is gone with it.
pub(crate) async fn delete(
    State(app): State<App>,
    acting: Acting,
    Body(secret): Body<Secret>,
) -> Result<(), ApiError> {
    verified(&app, acting.caller.user, secret).await?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            revision::of_organization(transaction, organization)?;
            transaction.execute("DELETE FROM organizations WHERE id = ?", [organization])?;
            Ok::<_, ApiError>(())
        })
        .await?;
    app.store.files().remove_doomed(&app.store).await;
    Ok(())
}

fn done(
    connection: &Connection,
    acting: &Acting,
    kind: EventType,
) -> Result<Json<OrganizationResponse>, ApiError> {
    revision::of_organization(connection, acting.organization())?;
    events::in_organization(connection, acting, kind, BulkEvent::default())?;
    Ok(Json(find(connection, acting.organization())?.ok_or(ApiError::NotFound)?))
}

fn has_provider(connection: &Connection, organization: Uuid) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached("SELECT 1 FROM provider_organizations WHERE organization_id = ?")?
        .exists([organization])
}
