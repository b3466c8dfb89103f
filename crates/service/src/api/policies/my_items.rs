//! "My items": the collection of each member where the organization owns what they save (protocol.md §4.8 policy 5).

use portico_protocol::organization::{CollectionType, PolicyType, Selection};
use rusqlite::Connection;
use uuid::Uuid;

use super::compliance::{in_force, is_exempt};
use crate::api::access::{Grants, put_grant};
use crate::api::collections;
use crate::api::members::{CONFIRMED, MemberRow, all_rows, find_row};
use crate::error::ApiError;

/// Gives the confirmed `member` that collection, if the policy holds for them and they have none. `name` is sealed with
/// the organization key; clients that know nothing of this send none.
pub(in crate::api) fn give_my_items(
    connection: &Connection,
    organization: Uuid,
    member: Uuid,
    name: Option<&str>,
) -> Result<(), ApiError> {
    let Some(name) = name else { return Ok(()) };
    if !in_force(connection, organization, PolicyType::ORGANIZATION_DATA_OWNERSHIP)? {
        return Ok(());
    }
    match find_row(connection, organization, member)? {
        Some(member) => give(connection, organization, &member, name),
        None => Ok(()),
    }
}

/// The same for everybody.
pub(super) fn give_everybody(
    connection: &Connection,
    organization: Uuid,
    name: Option<&str>,
) -> Result<(), ApiError> {
    let Some(name) = name else { return Ok(()) };
    for member in all_rows(connection, organization)? {
        give(connection, organization, &member, name)?;
    }
    Ok(())
}

fn give(connection: &Connection, organization: Uuid, member: &MemberRow, name: &str) -> Result<(), ApiError> {
    let Some(user) = member.user.filter(|_| member.status == CONFIRMED) else { return Ok(()) };
    if is_exempt(connection, organization, user, member.kind)? {
        return Ok(());
    }
    let has_one = connection
        .prepare_cached(
            "SELECT 1 FROM collections c JOIN collection_members a ON a.collection_id = c.id AND a.member_id = ?
             WHERE c.organization_id = ? AND c.type = 1",
        )?
        .exists((member.id, organization))?;
    if has_one {
        return Ok(());
    }
    let kind = CollectionType::DEFAULT_USER_COLLECTION;
    let collection = collections::insert(connection, organization, name, None, kind)?;
    let grant = Selection { id: collection, read_only: false, hide_passwords: false, manage: true };
    put_grant(connection, Grants::CollectionsOfMembers, member.id, &grant)?;
    Ok(())
}
