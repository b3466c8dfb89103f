//! Making, changing and deleting one collection (protocol.md §4.4).

use axum::Json;
use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::CollectionRequest;
use portico_protocol::organization::{CollectionAccessDetailsResponse, CollectionType, Selection};
use rusqlite::Connection;
use uuid::Uuid;

use super::rights::{Rights, Settings};
use super::rows;
use crate::api::access::{Grants, grants_of, set_grants};
use crate::api::belonging::{Part, all_belong};
use crate::api::fields;
use crate::api::path::CollectionId;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::{events, revision};

type Details = Json<CollectionAccessDetailsResponse>;

pub(crate) async fn create(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<CollectionRequest>,
) -> Result<Details, ApiError> {
    let mut asked = Asked::of(request)?;
    let name = asked.name.take().ok_or_else(|| fields::missing("Name"))?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            if !Rights::of(transaction, &acting)?.may_create() {
                return Err(ApiError::NotFound);
            }
            let users = asked.users.unwrap_or_default();
            let groups = asked.groups.unwrap_or_default();
            check_grants(transaction, organization, &users, &groups)?;
            check_room(transaction, organization)?;
            let external_id = asked.external_id.as_deref();
            let id = rows::insert(transaction, organization, &name, external_id, CollectionType::SHARED)?;
            put_grants(transaction, id, &users, &groups)?;
            record(transaction, &acting, EventType::COLLECTION_CREATED, id)?;
            answer(transaction, &acting, id)
        })
        .await
}

pub(crate) async fn update(
    State(app): State<App>,
    acting: Acting,
    CollectionId(id): CollectionId,
    Body(request): Body<CollectionRequest>,
) -> Result<Details, ApiError> {
    let asked = Asked::of(request)?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let collection = rows::one(transaction, organization, id)?.ok_or(ApiError::NotFound)?;
            if !Rights::of(transaction, &acting)?.may_update(transaction, id)? {
                return Err(ApiError::NotFound);
            }
            if collection.kind == CollectionType::DEFAULT_USER_COLLECTION {
                return Err(ApiError::refused(
                    "You cannot edit a collection with the type as DefaultUserCollection.",
                ));
            }
            let kept = |which| grants_of(transaction, which, id);
            let users = match asked.users {
                Some(users) => users,
                None => kept(Grants::MembersOfCollections)?,
            };
            let groups = match asked.groups {
                Some(groups) => groups,
                None => kept(Grants::GroupsOfCollections)?,
            };
            check_grants(transaction, organization, &users, &groups)?;
            revision::of_collection(transaction, id)?;
            transaction.execute(
                "UPDATE collections SET name = coalesce(?, name), external_id = ?, revised = ? WHERE id = ?",
                (asked.name, asked.external_id, Moment::now(), id),
            )?;
            put_grants(transaction, id, &users, &groups)?;
            record(transaction, &acting, EventType::COLLECTION_UPDATED, id)?;
            answer(transaction, &acting, id)
        })
        .await
}

/// Items that lie nowhere else stay in the organization, unassigned.
pub(crate) async fn remove(
    State(app): State<App>,
    acting: Acting,
    CollectionId(id): CollectionId,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let rights = Rights::of(transaction, &acting)?;
            delete(transaction, &acting, &rights, id)
        })
        .await
}

pub(super) fn delete(
    connection: &Connection,
    acting: &Acting,
    rights: &Rights,
    id: Uuid,
) -> Result<(), ApiError> {
    let collection = rows::one(connection, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
    if !rights.may_delete(id) {
        return Err(ApiError::NotFound);
    }
    if collection.kind == CollectionType::DEFAULT_USER_COLLECTION {
        return Err(ApiError::refused(
            "You cannot delete a collection with the type as DefaultUserCollection.",
        ));
    }
    revision::of_collection(connection, id)?;
    connection.execute("DELETE FROM collections WHERE id = ?", [id])?;
    Ok(record(connection, acting, EventType::COLLECTION_DELETED, id)?)
}

pub(super) fn record(
    connection: &Connection,
    acting: &Acting,
    kind: EventType,
    id: Uuid,
) -> Result<(), rusqlite::Error> {
    let about = BulkEvent { collection_id: Some(id), ..BulkEvent::default() };
    events::in_organization(connection, acting, kind, about)
}

/// A request, checked as far as that goes without the store.
struct Asked {
    name: Option<String>,
    external_id: Option<String>,
    users: Option<Vec<Selection>>,
    groups: Option<Vec<Selection>>,
}

impl Asked {
    fn of(request: CollectionRequest) -> Result<Asked, ApiError> {
        Ok(Asked {
            name: request.name.map(|name| fields::encrypted("Name", Some(name))).transpose()?,
            external_id: fields::optional("ExternalId", request.external_id, 300)?,
            users: request.users.map(|users| fields::selections("Users", users)).transpose()?,
            groups: request.groups.map(|groups| fields::selections("Groups", groups)).transpose()?,
        })
    }
}

/// Whom access is given to belongs to the organization. Where admins do not manage everything, somebody has to manage each
/// collection.
fn check_grants(
    connection: &Connection,
    organization: Uuid,
    users: &[Selection],
    groups: &[Selection],
) -> Result<(), ApiError> {
    all_belong(connection, organization, Part::Members, users.iter().map(|one| one.id))?;
    all_belong(connection, organization, Part::Groups, groups.iter().map(|one| one.id))?;
    let managed = users.iter().chain(groups).any(|one| one.manage);
    if managed || Settings::of(connection, organization)?.admins_manage_all {
        return Ok(());
    }
    Err(ApiError::refused("At least one member or group must have can manage permission."))
}

/// Whoever gained access by it learns of the change.
fn put_grants(
    connection: &Connection,
    collection: Uuid,
    users: &[Selection],
    groups: &[Selection],
) -> Result<(), rusqlite::Error> {
    set_grants(connection, Grants::MembersOfCollections, collection, users)?;
    set_grants(connection, Grants::GroupsOfCollections, collection, groups)?;
    revision::of_collection(connection, collection)
}

/// # Errors
/// The plan has no more collections.
pub(in crate::api) fn check_room(connection: &Connection, organization: Uuid) -> Result<(), ApiError> {
    let (most, count): (Option<i64>, i64) = connection.query_row(
        "SELECT max_collections, (SELECT count(*) FROM collections WHERE organization_id = ?1 AND type = 0)
         FROM organizations WHERE id = ?1",
        [organization],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    match most {
        Some(most) if count >= most => Err(ApiError::refused(format!(
            "You have reached the maximum number of collections ({most}) for this organization."
        ))),
        _ => Ok(()),
    }
}

fn answer(connection: &Connection, acting: &Acting, id: Uuid) -> Result<Details, ApiError> {
    // Asked anew: the caller's own access may be among what was changed.
    let rights = Rights::of(connection, acting)?;
    let details = rows::details(connection, acting.organization(), id, &rights)?;
    Ok(Json(details.ok_or(ApiError::NotFound)?))
}
