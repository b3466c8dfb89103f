//! Making and changing items.

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use uuid::Uuid;

use super::collections::check_new;
use super::{event, record};
use crate::app::App;
use crate::authorize::{Caller, Role, organization_access};
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;
use crate::vault::{
    Administration, Change, Form, Item, ItemRequest, Marks, NewOwner, Rights, blank_is_none,
    check_personal_saving, check_type, insert, mark, one, put_in_collections, update,
};

/// An item and the collections it is to be in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WithCollections {
    pub(super) cipher: ItemRequest,
    #[serde(default)]
    pub(super) collection_ids: Option<Vec<Uuid>>,
}

/// A new item of the caller's own.
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut request): Body<ItemRequest>,
) -> Result<Json<Item>, ApiError> {
    if request.organization_id.is_some() {
        return Err(ApiError::refused(
            "An item of an organization is created together with its collections.",
        ));
    }
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let id = create_own(transaction, &caller, &mut request)?;
            answer(transaction, &base, &caller, id, Form::Plain)
        })
        .await
}

pub(super) fn create_own(
    transaction: &Transaction<'_>,
    caller: &Caller,
    request: &mut ItemRequest,
) -> Result<Uuid, ApiError> {
    let content = request.content(caller.user)?;
    check_personal_saving(transaction, caller.user)?;
    check_type(transaction, caller.user, None, content.kind)?;
    let id = insert(transaction, NewOwner::User(caller.user), request, &content)?;
    mark(transaction, caller.user, id, Marks::of(request)?)?;
    revision::of_user(transaction, caller.user)?;
    Ok(id)
}

/// A new item of an organization, or of the caller's own if the request names none.
pub(crate) async fn create_with_collections(
    State(app): State<App>,
    caller: Caller,
    Body(mut request): Body<WithCollections>,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let Some(organization) = request.cipher.organization_id else {
                let id = create_own(transaction, &caller, &mut request.cipher)?;
                return answer(transaction, &base, &caller, id, Form::Plain);
            };
            let collections = request.collection_ids.take().unwrap_or_default();
            if collections.is_empty() {
                return Err(ApiError::refused("You must select at least one collection."));
            }
            // Whom the organization allows everything need not reach the collection; being a member is asked of all.
            if organization_access(transaction, caller.user, organization)?.member.is_none() {
                return Err(ApiError::NotFound);
            }
            check_new(transaction, caller.user, organization, &collections, true)?;
            let id = create_in(transaction, &caller, organization, &mut request.cipher, &collections)?;
            mark(transaction, caller.user, id, Marks::of(&request.cipher)?)?;
            answer(transaction, &base, &caller, id, Form::Plain)
        })
        .await
}

/// A new item made by who may edit all of them; it may be in no collection.
pub(crate) async fn create_as_admin(
    State(app): State<App>,
    caller: Caller,
    Body(mut request): Body<WithCollections>,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let organization = request.cipher.organization_id.ok_or(ApiError::NotFound)?;
            let access = organization_access(transaction, caller.user, organization)?;
            if !Administration::of(transaction, &access)?.edits_all {
                return Err(ApiError::NotFound);
            }
            let collections = request.collection_ids.take().unwrap_or_default();
            check_new(transaction, caller.user, organization, &collections, true)?;
            let id = create_in(transaction, &caller, organization, &mut request.cipher, &collections)?;
            answer(transaction, &base, &caller, id, Form::Mini)
        })
        .await
}

pub(super) fn create_in(
    transaction: &Transaction<'_>,
    caller: &Caller,
    organization: Uuid,
    request: &mut ItemRequest,
    collections: &[Uuid],
) -> Result<Uuid, ApiError> {
    let content = request.content(caller.user)?;
    check_type(transaction, caller.user, Some(organization), content.kind)?;
    let id = insert(transaction, NewOwner::Organization(organization), request, &content)?;
    put_in_collections(transaction, id, collections)?;
    revision::of_item(transaction, id)?;
    record(transaction, caller, Some(organization), event::CREATED, id)?;
    Ok(id)
}

pub(crate) async fn edit(
    app: State<App>,
    caller: Caller,
    id: Path<Uuid>,
    body: Body<ItemRequest>,
) -> Result<Json<Item>, ApiError> {
    change(app, caller, id, body, Role::ItemEditor).await
}

pub(crate) async fn edit_as_admin(
    app: State<App>,
    caller: Caller,
    id: Path<Uuid>,
    body: Body<ItemRequest>,
) -> Result<Json<Item>, ApiError> {
    change(app, caller, id, body, Role::ItemAdminEditor).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(mut request): Body<ItemRequest>,
    role: Role,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let rights = Rights::demand(transaction, caller.user, id, role)?;
            request.check_seen(revised(transaction, id)?)?;
            if request.organization_id != rights.organization {
                return Err(ApiError::refused(
                    "Organization mismatch. Re-sync if you recently moved this item, then try again.",
                ));
            }
            let content = request.content(caller.user)?;
            let hides_passwords = rights.hides_passwords(role);
            update(transaction, id, &request, content, Change::Edit { hides_passwords })?;
            revision::of_item(transaction, id)?;
            record(transaction, &caller, rights.organization, event::UPDATED, id)?;
            let form = if role == Role::ItemEditor {
                mark(transaction, caller.user, id, Marks::of(&request)?)?;
                Form::Plain
            } else {
                Form::Mini
            };
            Ok(Json(one(transaction, &base, caller.user, id, form, &rights)?))
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartialRequest {
    #[serde(default, deserialize_with = "blank_is_none")]
    folder_id: Option<Uuid>,
    #[serde(default)]
    favorite: bool,
}

/// What is the caller's alone: the folder and the star. Whoever sees an item may set them.
pub(crate) async fn edit_marks(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(request): Body<PartialRequest>,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            Rights::demand(transaction, caller.user, id, Role::ItemReader)?;
            let marks =
                Marks { folder: Some(request.folder_id), favorite: Some(request.favorite), archived: None };
            mark(transaction, caller.user, id, marks)?;
            revision::of_user(transaction, caller.user)?;
            answer(transaction, &base, &caller, id, Form::Plain)
        })
        .await
}

pub(super) fn revised(connection: &Connection, id: Uuid) -> Result<Moment, rusqlite::Error> {
    connection.prepare_cached("SELECT revised FROM ciphers WHERE id = ?")?.query_row([id], |row| row.get(0))
}

/// The item as the caller sees it now.
pub(super) fn answer(
    connection: &Connection,
    base: &str,
    caller: &Caller,
    id: Uuid,
    form: Form,
) -> Result<Json<Item>, ApiError> {
    let rights = Rights::of(connection, caller.user, id)?.ok_or(ApiError::NotFound)?;
    Ok(Json(one(connection, base, caller.user, id, form, &rights)?))
}
