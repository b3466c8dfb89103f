//! Several collections at once (protocol.md §4.4).

use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::CollectionType;
use portico_protocol::organization::requests::{BulkAccessRequest, IdsRequest};

use super::rights::Rights;
use super::{rows, write};
use crate::api::access::{Grants, put_grant};
use crate::api::belonging::{Part, all_belong};
use crate::api::fields;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::error::ApiError;
use crate::revision;

/// Adds the grants to each of the collections; what else is granted there stays.
pub(crate) async fn bulk_access(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<BulkAccessRequest>,
) -> Result<(), ApiError> {
    if request.collection_ids.is_empty() {
        return Err(ApiError::refused("No collections were provided."));
    }
    let collections = fields::ids("CollectionIds", request.collection_ids)?;
    let users = fields::selections("Users", request.users)?;
    let groups = fields::selections("Groups", request.groups)?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let rights = Rights::of(transaction, &acting)?;
            all_belong(transaction, organization, Part::Members, users.iter().map(|one| one.id))?;
            all_belong(transaction, organization, Part::Groups, groups.iter().map(|one| one.id))?;
            for id in collections {
                let collection = rows::one(transaction, organization, id)?.ok_or(ApiError::NotFound)?;
                if !rights.may_update(transaction, id)? {
                    return Err(ApiError::NotFound);
                }
                if collection.kind == CollectionType::DEFAULT_USER_COLLECTION {
                    return Err(ApiError::refused(
                        "You cannot add access to collections with the type as DefaultUserCollection.",
                    ));
                }
                for user in &users {
                    put_grant(transaction, Grants::MembersOfCollections, id, user)?;
                }
                for group in &groups {
                    put_grant(transaction, Grants::GroupsOfCollections, id, group)?;
                }
                revision::of_collection(transaction, id)?;
                write::record(transaction, &acting, EventType::COLLECTION_UPDATED, id)?;
            }
            Ok(())
        })
        .await
}

/// All of them or none.
pub(crate) async fn remove_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<(), ApiError> {
    let ids = fields::some_ids(request.ids)?;
    app.store
        .write(move |transaction| {
            let rights = Rights::of(transaction, &acting)?;
            ids.into_iter().try_for_each(|id| write::delete(transaction, &acting, &rights, id))
        })
        .await
}
