//! An organization's vault as it is kept, for who may take it out.

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::{CollectionResponse, CollectionType};
use serde::Serialize;
use std::collections::HashSet;
use uuid::Uuid;

use crate::api::access::reached_by;
use crate::api::collections;
use crate::app::App;
use crate::authorize::{Caller, ClientItems, OrganizationAccess};
use crate::error::ApiError;
use crate::permissions::{Permission, Permissions};
use crate::vault::{Item, of_organization};

#[derive(Serialize)]
pub(crate) struct Export {
    object: &'static str,
    collections: Vec<CollectionResponse>,
    ciphers: Vec<Item>,
}

/// Everything that is shared for owners, admins and who may export; for other members what they manage of it, and nothing
/// where that is nothing. That the provider's staff may is the embedded service's own setting: the official server refuses them.
pub(crate) async fn organization(
    State(app): State<App>,
    caller: Caller,
    access: OrganizationAccess,
) -> Result<Json<Export>, ApiError> {
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let runs = access.member.as_ref().is_some_and(|member| matches!(member.kind, 0 | 1));
            let exports = access.has_custom(Permissions::of(&[Permission::AccessImportExport]));
            let staff = access.provider.as_ref().is_some_and(|link| link.items == ClientItems::Full);
            let mut collections = collections::all(connection, access.organization)?;
            collections.retain(|one| one.kind != CollectionType::DEFAULT_USER_COLLECTION);
            let mut ciphers = of_organization(connection, &base, caller.user, access.organization, false)?;
            if !(runs || exports || staff) {
                let reached = reached_by(connection, caller.user)?;
                collections.retain(|one| reached.get(&one.id).is_some_and(|access| access.manage));
                if collections.is_empty() {
                    return Err(ApiError::NotFound);
                }
                let managed: HashSet<Uuid> = collections.iter().map(|one| one.id).collect();
                ciphers.retain_mut(|cipher| cipher.keep_collections(&managed));
            }
            Ok(Json(Export { object: "organizationExport", collections, ciphers }))
        })
        .await
}
