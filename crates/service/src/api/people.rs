//! What the people of an organization and those of a provider have in common (protocol.md §4.6, §5.6).

use portico_protocol::ListResponse;
use portico_protocol::organization::requests::{BulkMemberResult, MemberPublicKey};
use rusqlite::Connection;
use uuid::Uuid;

use crate::error::ApiError;
use crate::identity::by_id;

/// The public keys of those among `ids` who wait to be confirmed; of others nobody needs it. `waiting` tells whose row it
/// is, if it waits; `object` is what each answer calls itself.
pub(super) fn public_keys(
    connection: &Connection,
    ids: Vec<Uuid>,
    object: &str,
    waiting: impl Fn(Uuid) -> Result<Option<Uuid>, ApiError>,
) -> Result<ListResponse<MemberPublicKey>, ApiError> {
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(user) = waiting(id)? else { continue };
        let account = by_id(connection, user)?.ok_or(ApiError::NotFound)?;
        keys.push(MemberPublicKey {
            id,
            object: object.into(),
            user_id: Some(user),
            key: account.public_key,
            ..MemberPublicKey::default()
        });
    }
    Ok(ListResponse::complete(keys))
}

/// How one row of a bulk route fared. A refusal by a rule is the row's own; what else goes wrong ends the whole request.
pub(super) fn bulk_row(
    id: Uuid,
    object: &str,
    outcome: Result<(), ApiError>,
) -> Result<BulkMemberResult, ApiError> {
    let error = match outcome {
        Ok(()) => String::new(),
        Err(ApiError::Refused(message)) => message.into_owned(),
        Err(other) => return Err(other),
    };
    Ok(BulkMemberResult { id, object: object.into(), error, ..BulkMemberResult::default() })
}
