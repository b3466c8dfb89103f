//! Founding an organization of one's own (protocol.md §4.7).

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::requests::OrganizationCreateRequest;
use portico_protocol::organization::{OrganizationResponse, PlanType, PolicyType};
use rusqlite::Connection;
use uuid::Uuid;

use super::find;
use super::new::NewOrganization;
use crate::api::fields;
use crate::api::members::{CONFIRMED, OWNER, runs_free_organization};
use crate::api::policies::{in_force, is_exempt, memberships_elsewhere};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;

/// The caller becomes its first owner, confirmed at once: the key comes wrapped for them.
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut request): Body<OrganizationCreateRequest>,
) -> Result<Json<OrganizationResponse>, ApiError> {
    let key = request.key.take();
    let new = NewOrganization::of(request)?;
    let key = fields::wrapped_key("Key", key)?;
    app.store
        .write(move |transaction| {
            check_founder(transaction, new.plan, caller.user)?;
            let id = new.insert(transaction)?;
            let owner = insert_owner(transaction, id, caller.user, &key)?;
            new.insert_collection(transaction, id, owner)?;
            revision::of_user(transaction, caller.user)?;
            Ok(Json(find(transaction, id)?.ok_or(ApiError::NotFound)?))
        })
        .await
}

fn check_founder(connection: &Connection, plan: PlanType, user: Uuid) -> Result<(), ApiError> {
    if plan == PlanType::FREE && runs_free_organization(connection, user, Uuid::nil())? {
        return Err(ApiError::refused("You can only be an admin of one free organization."));
    }
    for (organization, kind) in memberships_elsewhere(connection, Uuid::nil(), user)? {
        if in_force(connection, organization, PolicyType::SINGLE_ORG)?
            && !is_exempt(connection, organization, user, kind)?
        {
            return Err(ApiError::refused(
                "You may not create an organization. You belong to an organization which has a policy that \
                 prohibits you from being a member of any other organization.",
            ));
        }
    }
    Ok(())
}

fn insert_owner(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
    key: &str,
) -> Result<Uuid, rusqlite::Error> {
    let (member, now) = (Uuid::new_v4(), Moment::now());
    connection.execute(
        "INSERT INTO members (id, organization_id, user_id, member_key, status, type, permissions,
             access_secrets_manager, created, revised)
         VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?)",
        (member, organization, user, key, CONFIRMED, OWNER, now, now),
    )?;
    Ok(member)
}
