//! What a member or a group shall reach, as somebody asks for it who may not change everything.

use portico_protocol::organization::Selection;
use rusqlite::Connection;
use uuid::Uuid;

use crate::api::belonging::{Part, belongs};
use crate::error::ApiError;

/// What was asked for, and what stood already and is not the caller's to change: clients do not send those
/// collections, and "My items" is nobody's to change.
///
/// # Errors
/// Asking for something else in a collection that is not the caller's to change, or for one that is not there.
pub(in crate::api) fn merged(
    connection: &Connection,
    organization: Uuid,
    old: Vec<Selection>,
    asked: Vec<Selection>,
    may_change: impl Fn(Uuid) -> Result<bool, rusqlite::Error>,
) -> Result<Vec<Selection>, ApiError> {
    let mut merged = Vec::with_capacity(old.len() + asked.len());
    for one in &old {
        let shared = belongs(connection, organization, Part::Collections, one.id)?;
        if !shared || !may_change(one.id)? {
            merged.push(*one);
        }
    }
    let untouchable = merged.len();
    for one in asked {
        match merged[..untouchable].iter().find(|kept| kept.id == one.id) {
            Some(kept) if *kept == one => continue,
            Some(_) => return Err(not_managed()),
            None => {}
        }
        if !belongs(connection, organization, Part::Collections, one.id)? {
            return Err(ApiError::NotFound);
        }
        if !may_change(one.id)? {
            return Err(not_managed());
        }
        merged.push(one);
    }
    Ok(merged)
}

fn not_managed() -> ApiError {
    ApiError::refused("You must have Can Manage permissions to edit a collection's membership")
}
