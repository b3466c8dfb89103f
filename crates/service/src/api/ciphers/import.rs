//! Whole vaults from elsewhere, in one request.

use std::collections::HashSet;

use axum::extract::State;
use portico_protocol::organization::CollectionType;
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::Deserialize;
use uuid::Uuid;

use super::save::{create_in, create_own};
use crate::api::access::reached_by;
use crate::api::{collections, folders};
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess};
use crate::body::{Body, at_most};
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::permissions::{Permission, Permissions};
use crate::vault::{Administration, ItemRequest, Marks, check_name, check_personal_saving, mark};
use crate::{events, revision};

/// Bytes of one import.
pub(crate) const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// Items and relationships of one import.
const ITEMS: usize = 40_000;
/// The event of a collection that came along (protocol.md §4.9).
const COLLECTION_CREATED: i32 = 1300;
/// Folders or collections of one import.
const PLACES: usize = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Import {
    #[serde(default)]
    folders: Vec<Place>,
    #[serde(default)]
    ciphers: Vec<ItemRequest>,
    #[serde(default)]
    folder_relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportOrganization {
    #[serde(default)]
    collections: Vec<Place>,
    #[serde(default)]
    ciphers: Vec<ItemRequest>,
    #[serde(default)]
    collection_relationships: Vec<Relationship>,
}

/// A folder or a collection; with the id of one that is there already, that one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(default)]
    id: Option<Uuid>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
}

impl Place {
    fn name(&self) -> Result<&str, ApiError> {
        let name = self.name.as_deref().ok_or_else(|| ApiError::Invalid {
            field: "Name",
            problem: "The Name field is required.".into(),
        })?;
        check_name(name)?;
        Ok(name)
    }
}

/// The item at one place of the list lies in what stands at one place of the other.
#[derive(Deserialize)]
struct Relationship {
    key: usize,
    value: usize,
}

pub(crate) async fn personal(
    State(app): State<App>,
    caller: Caller,
    Body(mut import): Body<Import>,
) -> Result<(), ApiError> {
    check_size(&import.ciphers, &import.folders, &import.folder_relationships)?;
    app.store
        .write(move |transaction| {
            check_personal_saving(transaction, caller.user)?;
            let folders = place_folders(transaction, caller.user, &import.folders)?;
            let mut ids = Vec::with_capacity(import.ciphers.len());
            for cipher in &mut import.ciphers {
                // Folders come by place; an id from elsewhere means nothing here.
                cipher.folder_id = None;
                ids.push(create_own(transaction, &caller, cipher)?);
            }
            for Relationship { key, value } in import.folder_relationships {
                let marks = Marks { folder: Some(Some(folders[value])), ..Marks::default() };
                mark(transaction, caller.user, ids[key], marks)?;
            }
            Ok(revision::of_user(transaction, caller.user)?)
        })
        .await
}

fn place_folders(connection: &Connection, user: Uuid, wanted: &[Place]) -> Result<Vec<Uuid>, ApiError> {
    let mut placed = Vec::with_capacity(wanted.len());
    for folder in wanted {
        let known = match folder.id {
            Some(id) => connection
                .prepare_cached("SELECT id FROM folders WHERE id = ? AND user_id = ?")?
                .query_row((id, user), |row| row.get(0))
                .optional()?,
            None => None,
        };
        placed.push(match known {
            Some(id) => id,
            None => folders::insert(connection, user, folder.name()?)?,
        });
    }
    Ok(placed)
}

pub(crate) async fn organization(
    State(app): State<App>,
    caller: Caller,
    access: OrganizationAccess,
    Body(mut import): Body<ImportOrganization>,
) -> Result<(), ApiError> {
    check_size(&import.ciphers, &import.collections, &import.collection_relationships)?;
    app.store
        .write(move |transaction| {
            let organization = access.organization;
            let collections = place_collections(transaction, &caller, &access, &import.collections)?;
            let mut places: Vec<Vec<Uuid>> = vec![Vec::new(); import.ciphers.len()];
            for Relationship { key, value } in import.collection_relationships {
                places[key].push(collections[value]);
            }
            let anywhere =
                Administration::of(transaction, &access)?.edits_unassigned || access.has_custom(IMPORT);
            if !anywhere && places.iter().any(Vec::is_empty) {
                return Err(ApiError::refused("You must select at least one collection."));
            }
            for (cipher, places) in import.ciphers.iter_mut().zip(&places) {
                if cipher.organization_id.is_some_and(|named| named != organization) {
                    return Err(ApiError::NotFound);
                }
                create_in(transaction, &caller, organization, cipher, places)?;
            }
            Ok(revision::of_organization(transaction, organization)?)
        })
        .await
}

const IMPORT: Permissions = Permissions::of(&[Permission::AccessImportExport]);
const CREATE: Permissions = Permissions::of(&[Permission::CreateNewCollections]);

/// The collections of an import, made as needed. Who administers or may import makes and fills any; others make them
/// where the organization lets its members, and fill what they may write to.
fn place_collections(
    transaction: &Transaction<'_>,
    caller: &Caller,
    access: &OrganizationAccess,
    wanted: &[Place],
) -> Result<Vec<Uuid>, ApiError> {
    let administration = Administration::of(transaction, access)?;
    let may_import = administration.edits_unassigned || access.has_custom(IMPORT);
    let limited: bool = transaction.query_row(
        "SELECT limit_collection_creation FROM organizations WHERE id = ?",
        [access.organization],
        |row| row.get(0),
    )?;
    let may_create = may_import || access.has_custom(CREATE) || (access.member.is_some() && !limited);
    let reached = reached_by(transaction, caller.user)?;
    let writable: HashSet<Uuid> =
        reached.iter().filter(|(_, access)| !access.read_only).map(|(id, _)| *id).collect();
    let mut placed = Vec::with_capacity(wanted.len());
    for collection in wanted {
        let known: Option<(Uuid, i32)> = match collection.id {
            Some(id) => transaction
                .prepare_cached("SELECT id, type FROM collections WHERE id = ? AND organization_id = ?")?
                .query_row((id, access.organization), |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?,
            None => None,
        };
        placed.push(match known {
            Some((id, kind)) => {
                let shared = CollectionType(kind) != CollectionType::DEFAULT_USER_COLLECTION;
                let may_fill = writable.contains(&id) || (may_import && shared);
                if !may_fill {
                    return Err(ApiError::NotFound);
                }
                id
            }
            None if may_create => make_collection(transaction, caller, access, collection)?,
            None => return Err(ApiError::NotFound),
        });
    }
    Ok(placed)
}

/// A member who brings a collection along manages it; the provider's staff leave it to the administrators.
fn make_collection(
    connection: &Connection,
    caller: &Caller,
    access: &OrganizationAccess,
    wanted: &Place,
) -> Result<Uuid, ApiError> {
    let external = wanted.external_id.as_deref();
    at_most("ExternalId", external.unwrap_or_default(), 300)?;
    collections::check_room(connection, access.organization)?;
    let shared = CollectionType::SHARED;
    let id = collections::insert(connection, access.organization, wanted.name()?, external, shared)?;
    connection
        .prepare_cached(
            "INSERT INTO collection_members (collection_id, member_id, read_only, hide_passwords, manage)
             SELECT ?1, id, 0, 0, 1 FROM members WHERE organization_id = ?2 AND user_id = ?3 AND status = 2",
        )?
        .execute((id, access.organization, caller.user))?;
    let created = BulkEvent { kind: COLLECTION_CREATED, collection_id: Some(id), ..BulkEvent::default() };
    events::record_in_organization(connection, caller, access.organization, created)?;
    Ok(id)
}

fn check_size(
    ciphers: &[ItemRequest],
    places: &[Place],
    relationships: &[Relationship],
) -> Result<(), ApiError> {
    if ciphers.len() > ITEMS || places.len() > PLACES || relationships.len() > 2 * ITEMS {
        return Err(ApiError::refused("You cannot import this much data at once."));
    }
    let nowhere = |one: &Relationship| one.key >= ciphers.len() || one.value >= places.len();
    if relationships.iter().any(nowhere) {
        return Err(ApiError::refused("A relationship names something that is not part of the import."));
    }
    Ok(())
}
