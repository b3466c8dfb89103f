//! Reading items.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use portico_protocol::ListResponse;
use uuid::Uuid;

use super::ItemList;
use crate::api::sync::readable_types;
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess, Role};
use crate::error::ApiError;
use crate::vault::{Administration, Form, Item, Reach, Rights, of_organization, of_user, one};

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<ItemList, ApiError> {
    let (readable, base) = (readable_types(&headers), app.base.clone());
    app.store
        .read(move |connection| {
            Ok(Json(ListResponse::complete(of_user(connection, &base, caller.user, readable)?)))
        })
        .await
}

pub(crate) async fn plain(app: State<App>, caller: Caller, id: Path<Uuid>) -> Result<Json<Item>, ApiError> {
    read(app, caller, id, Form::Plain, Role::ItemReader).await
}

pub(crate) async fn details(app: State<App>, caller: Caller, id: Path<Uuid>) -> Result<Json<Item>, ApiError> {
    read(app, caller, id, Form::Details, Role::ItemReader).await
}

pub(crate) async fn as_admin(
    app: State<App>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<Item>, ApiError> {
    read(app, caller, id, Form::MiniDetails, Role::ItemAdminReader).await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    form: Form,
    role: Role,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let rights = Rights::demand(connection, caller.user, id, role)?;
            Ok(Json(one(connection, &base, caller.user, id, form, &rights)?))
        })
        .await
}

/// Every item of an organization, the trash included, for who administers it.
pub(crate) async fn all_of_organization(
    State(app): State<App>,
    caller: Caller,
    access: OrganizationAccess,
    Query(query): Query<HashMap<String, String>>,
) -> Result<ItemList, ApiError> {
    let wanted = query.iter().any(|(key, value)| {
        key.eq_ignore_ascii_case("includeMemberItems") && value.eq_ignore_ascii_case("true")
    });
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let administration = Administration::of(connection, &access)?;
            let member_items = wanted && administration.reads_member_items;
            let items = of_organization(connection, &base, caller.user, access.organization, member_items)?;
            Ok(Json(ListResponse::complete(items)))
        })
        .await
}

/// What a member reaches in an organization; who administers it also sees what is in no collection.
pub(crate) async fn assigned(
    State(app): State<App>,
    caller: Caller,
    access: OrganizationAccess,
) -> Result<ItemList, ApiError> {
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let administration = Administration::of(connection, &access)?;
            let reached = Reach::through_collections(connection, caller.user)?;
            let mut statement = connection.prepare_cached(
                "SELECT c.id, NOT EXISTS (SELECT 1 FROM collection_ciphers x WHERE x.cipher_id = c.id)
                 FROM ciphers c WHERE c.organization_id = ? ORDER BY c.created, c.id",
            )?;
            let mut items = Vec::new();
            let mut rows = statement.query([access.organization])?;
            while let Some(row) = rows.next()? {
                let (id, unassigned): (Uuid, bool) = (row.get(0)?, row.get(1)?);
                let reach = match reached.get(&id) {
                    Some(reach) => reach.clone(),
                    None if unassigned && administration.edits_unassigned => Reach::whole(),
                    None => continue,
                };
                let rights = Rights::through(access.organization, reach);
                items.push(one(connection, &base, caller.user, id, Form::Details, &rights)?);
            }
            Ok(Json(ListResponse::complete(items)))
        })
        .await
}
