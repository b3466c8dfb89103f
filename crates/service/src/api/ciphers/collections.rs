//! Which collections an item is in.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::organization::CollectionType;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{check_count, event, record};
use crate::api::access::{Access, reached_by};
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess, Role, organization_access};
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;
use crate::vault::{Administration, Form, Item, Rights, one, put_in_collections};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CollectionIds {
    collection_ids: Vec<Uuid>,
}

/// The answer of the newer form: after the change the item may be out of the caller's reach.
#[derive(Serialize)]
pub(crate) struct OptionalDetails {
    object: &'static str,
    unavailable: bool,
    cipher: Option<Item>,
}

pub(crate) async fn set(
    app: State<App>,
    caller: Caller,
    id: Path<Uuid>,
    body: Body<CollectionIds>,
) -> Result<Json<Item>, ApiError> {
    Ok(Json(set_by(app, caller, id, body, Role::ItemEditor, Form::Details).await?.item))
}

pub(crate) async fn set_optional(
    app: State<App>,
    caller: Caller,
    id: Path<Uuid>,
    body: Body<CollectionIds>,
) -> Result<Json<OptionalDetails>, ApiError> {
    let placed = set_by(app, caller, id, body, Role::ItemEditor, Form::Details).await?;
    let cipher = placed.is_reached.then_some(placed.item);
    Ok(Json(OptionalDetails { object: "optionalCipherDetails", unavailable: cipher.is_none(), cipher }))
}

pub(crate) async fn set_as_admin(
    app: State<App>,
    caller: Caller,
    id: Path<Uuid>,
    body: Body<CollectionIds>,
) -> Result<Json<Item>, ApiError> {
    Ok(Json(set_by(app, caller, id, body, Role::ItemAdminEditor, Form::MiniDetails).await?.item))
}

/// An item in its new place.
struct Placed {
    item: Item,
    /// Whether the caller still reaches it through a collection.
    is_reached: bool,
}

async fn set_by(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(request): Body<CollectionIds>,
    role: Role,
    form: Form,
) -> Result<Placed, ApiError> {
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let rights = place(transaction, &caller, id, &request.collection_ids, role)?;
            let item = one(transaction, &base, caller.user, id, form, &rights)?;
            Ok(Placed { item, is_reached: rights.reach.is_some() })
        })
        .await
}

/// Makes `wanted` the item's collections as far as the caller's rights go, and tells the rights afterwards. Collections
/// that the caller may not write to stay as they are.
fn place(
    connection: &Connection,
    caller: &Caller,
    id: Uuid,
    wanted: &[Uuid],
    role: Role,
) -> Result<Rights, ApiError> {
    check_count(wanted, "place an item in")?;
    let rights = Rights::demand(connection, caller.user, id, role)?;
    // Another collection may show what this one hides.
    if rights.hides_passwords(role) {
        return Err(ApiError::NotFound);
    }
    let Some(organization) = rights.organization else {
        return Err(ApiError::refused("Cipher must belong to an organization."));
    };
    let writable = Writable::of(connection, caller.user, organization, role == Role::ItemAdminEditor)?;
    let (wanted, now_in): (HashSet<Uuid>, HashSet<Uuid>) =
        (wanted.iter().copied().collect(), collections_of(connection, id)?);
    let new: Vec<Uuid> = wanted.difference(&now_in).copied().collect();
    writable.check(connection, organization, &new)?;
    let gone: Vec<Uuid> =
        now_in.difference(&wanted).copied().filter(|collection| writable.contains(*collection)).collect();
    move_item(connection, caller, organization, id, &new, &gone)?;
    Rights::of(connection, caller.user, id)?.ok_or(ApiError::NotFound)
}

/// Adds to and removes from collections, tells everybody who can see it, and writes it down.
fn move_item(
    connection: &Connection,
    caller: &Caller,
    organization: Uuid,
    id: Uuid,
    new: &[Uuid],
    gone: &[Uuid],
) -> Result<(), ApiError> {
    if new.is_empty() && gone.is_empty() {
        return Ok(());
    }
    revision::of_item(connection, id)?;
    let mut remove = connection
        .prepare_cached("DELETE FROM collection_ciphers WHERE collection_id = ? AND cipher_id = ?")?;
    for collection in gone {
        remove.execute((collection, id))?;
    }
    put_in_collections(connection, id, new)?;
    connection.prepare_cached("UPDATE ciphers SET revised = ? WHERE id = ?")?.execute((Moment::now(), id))?;
    revision::of_item(connection, id)?;
    record(connection, caller, Some(organization), event::COLLECTIONS_UPDATED, id)?;
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BulkCollections {
    organization_id: Uuid,
    cipher_ids: Vec<Uuid>,
    collection_ids: Vec<Uuid>,
    #[serde(default)]
    remove_collections: bool,
}

/// Adds many items to collections, or takes them out: all of them or none.
pub(crate) async fn set_many(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<BulkCollections>,
) -> Result<(), ApiError> {
    check_count(&request.cipher_ids, "assign")?;
    check_count(&request.collection_ids, "assign to")?;
    app.store
        .write(move |transaction| {
            let organization = request.organization_id;
            let writable = Writable::of(transaction, caller.user, organization, true)?;
            writable.check(transaction, organization, &request.collection_ids)?;
            for id in &request.cipher_ids {
                let rights = Rights::of(transaction, caller.user, *id)?.ok_or(ApiError::NotFound)?;
                let roles = rights.roles();
                let may = [Role::ItemEditor, Role::ItemAdminEditor]
                    .into_iter()
                    .any(|role| roles.contains(&role) && !rights.hides_passwords(role));
                if rights.organization != Some(organization) || !may {
                    return Err(ApiError::NotFound);
                }
                let now_in = collections_of(transaction, *id)?;
                let named = request.collection_ids.iter().copied();
                if request.remove_collections {
                    let gone: Vec<Uuid> = named.filter(|one| now_in.contains(one)).collect();
                    move_item(transaction, &caller, organization, *id, &[], &gone)?;
                } else {
                    let new: Vec<Uuid> = named.filter(|one| !now_in.contains(one)).collect();
                    move_item(transaction, &caller, organization, *id, &new, &[])?;
                }
            }
            Ok(())
        })
        .await
}

/// Whether `user` may put a new item into these collections of `organization`; strangers learn nothing of it.
pub(super) fn check_new(
    connection: &Connection,
    user: Uuid,
    organization: Uuid,
    collections: &[Uuid],
    as_admin: bool,
) -> Result<(), ApiError> {
    check_count(collections, "place an item in")?;
    Writable::of(connection, user, organization, as_admin)?.check(connection, organization, collections)
}

/// The collections that somebody may put items into and take items from.
struct Writable {
    reached: HashMap<Uuid, Access>,
    /// Every one that is not a member's own.
    all: bool,
    personal: HashSet<Uuid>,
}

impl Writable {
    fn of(
        connection: &Connection,
        user: Uuid,
        organization: Uuid,
        as_admin: bool,
    ) -> Result<Writable, ApiError> {
        let access = organization_access(connection, user, organization)?;
        let administration = Administration::of(connection, &access)?;
        let all = as_admin && administration.edits_all;
        if !all && !is_active_member(connection, &access)? {
            return Err(ApiError::NotFound);
        }
        let mut personal =
            connection.prepare_cached("SELECT id FROM collections WHERE organization_id = ? AND type = ?")?;
        let personal = personal
            .query_map((organization, CollectionType::DEFAULT_USER_COLLECTION.0), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Writable { reached: reached_by(connection, user)?, all, personal })
    }

    fn contains(&self, collection: Uuid) -> bool {
        self.reached.get(&collection).is_some_and(|access| !access.read_only)
            || self.all && !self.personal.contains(&collection)
    }

    fn check(&self, connection: &Connection, organization: Uuid, ids: &[Uuid]) -> Result<(), ApiError> {
        for id in ids {
            let owner: Option<Uuid> = connection
                .prepare_cached("SELECT organization_id FROM collections WHERE id = ?")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            if owner != Some(organization) {
                return Err(ApiError::refused(
                    "Specified CollectionId does not exist on the specified Organization.",
                ));
            }
            if !self.contains(*id) {
                return Err(ApiError::NotFound);
            }
        }
        Ok(())
    }
}

fn is_active_member(connection: &Connection, access: &OrganizationAccess) -> Result<bool, rusqlite::Error> {
    let enabled = connection
        .prepare_cached("SELECT 1 FROM organizations WHERE id = ? AND enabled")?
        .exists([access.organization])?;
    Ok(access.member.is_some() && enabled)
}

fn collections_of(connection: &Connection, id: Uuid) -> Result<HashSet<Uuid>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT collection_id FROM collection_ciphers WHERE cipher_id = ?")?
        .query_map([id], |row| row.get(0))?
        .collect()
}
