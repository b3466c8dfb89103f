//! `GET /sync` (protocol.md §3.1).

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use portico_protocol::account::{ProfileResponse, UserDecryption};
use portico_protocol::organization::{CollectionType, MemberStatus, PolicyResponse, PolicyType};
use portico_protocol::sync::{CollectionDetailsResponse, FolderResponse};
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::access::reached_by;
use super::domains::{self, Domains};
use super::{folders, profile};
use crate::app::App;
use crate::authorize::Caller;
use crate::error::ApiError;
use crate::identity::account_of;
use crate::moment::Moment;
use crate::sends::{SendResponse, all_of};
use crate::vault::{Item, ReadableTypes, of_user};

/// The whole picture of one account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sync {
    object: &'static str,
    profile: ProfileResponse,
    folders: Vec<FolderResponse>,
    collections: Vec<CollectionDetailsResponse>,
    ciphers: Vec<Item>,
    domains: Option<Domains>,
    policies: Vec<PolicyResponse>,
    policies_new: Vec<PolicyResponse>,
    sends: Vec<SendResponse>,
    user_decryption: UserDecryption,
}

pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Sync>, ApiError> {
    let exclude_domains = query
        .iter()
        .any(|(key, value)| key.eq_ignore_ascii_case("excludeDomains") && value.eq_ignore_ascii_case("true"));
    let readable = readable_types(&headers);
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let account = account_of(connection, caller.user)?;
            Ok(Json(Sync {
                object: "sync",
                profile: profile::of(connection, &account)?,
                folders: folders::of(connection, account.id)?,
                collections: collections(connection, account.id)?,
                ciphers: of_user(connection, &base, account.id, readable)?,
                domains: match exclude_domains {
                    true => None,
                    false => Some(domains::of(connection, account.id)?),
                },
                policies: policies(connection, account.id, MemberStatus::CONFIRMED)?,
                policies_new: policies(connection, account.id, MemberStatus::ACCEPTED)?,
                sends: all_of(connection, account.id, Moment::now())?
                    .into_iter()
                    .map(SendResponse::from)
                    .collect(),
                user_decryption: UserDecryption {
                    master_password_unlock: account.master_password_unlock(),
                    user_key_id: account.user_key_id,
                    ..UserDecryption::default()
                },
            }))
        })
        .await
}

/// What the client that sends `headers` can read.
pub(super) fn readable_types(headers: &HeaderMap) -> ReadableTypes {
    readable_by(headers.get("Bitwarden-Client-Version").and_then(|version| version.to_str().ok()))
}

/// Who says nothing of its version is taken for the oldest: an item of an unknown type makes some clients fail (protocol.md §3.1).
fn readable_by(version: Option<&str>) -> ReadableTypes {
    let version = version.unwrap_or_default();
    let mut numbers = version.trim().split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let version = [(); 3].map(|()| numbers.next().unwrap_or(0));
    ReadableTypes { ssh_keys: version >= [2024, 12, 0], newest: version >= [2026, 2, 0] }
}

pub(super) fn collections(
    connection: &Connection,
    user: Uuid,
) -> Result<Vec<CollectionDetailsResponse>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT organization_id, name, external_id, type, default_user_email FROM collections WHERE id = ?",
    )?;
    let mut reached: Vec<_> = reached_by(connection, user)?.into_iter().collect();
    reached.sort_unstable_by_key(|(id, _)| *id);
    reached
        .into_iter()
        .map(|(id, access)| {
            statement.query_row([id], |row| {
                Ok(CollectionDetailsResponse {
                    id,
                    organization_id: row.get(0)?,
                    object: "collectionDetails".into(),
                    name: row.get(1)?,
                    external_id: row.get(2)?,
                    kind: CollectionType(row.get(3)?),
                    default_user_collection_email: row.get(4)?,
                    read_only: access.read_only,
                    hide_passwords: Some(access.hide_passwords),
                    manage: access.manage,
                    ..CollectionDetailsResponse::default()
                })
            })
        })
        .collect()
}

/// The policies of organizations where `user` has at least the status `from`, accepted or confirmed.
fn policies(
    connection: &Connection,
    user: Uuid,
    from: MemberStatus,
) -> Result<Vec<PolicyResponse>, ApiError> {
    let mut statement = connection.prepare_cached(
        "SELECT p.id, p.organization_id, p.type, p.data, p.enabled, p.revised FROM policies p
         JOIN members m ON m.organization_id = p.organization_id AND m.user_id = ? AND m.status BETWEEN ? AND 2
         JOIN organizations o ON o.id = p.organization_id AND o.enabled
         ORDER BY p.organization_id, p.type",
    )?;
    let mut policies = Vec::new();
    let mut rows = statement.query((user, from.0))?;
    while let Some(row) = rows.next()? {
        let data: Option<String> = row.get(3)?;
        policies.push(PolicyResponse {
            id: row.get(0)?,
            organization_id: row.get(1)?,
            kind: PolicyType(row.get(2)?),
            object: "policy".into(),
            data: data.as_deref().map(serde_json::from_str).transpose()?,
            enabled: row.get(4)?,
            revision_date: Some(row.get::<_, Moment>(5)?.into()),
            ..PolicyResponse::default()
        });
    }
    Ok(policies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_clients_are_spared_types_they_cannot_read() {
        let types = |version| {
            let ReadableTypes { ssh_keys, newest } = readable_by(version);
            (ssh_keys, newest)
        };
        assert_eq!(types(Some("2024.11.9")), (false, false));
        assert_eq!(types(Some("2024.12.0")), (true, false));
        assert_eq!(types(Some("2026.1.5")), (true, false));
        assert_eq!(types(Some("2026.2.0")), (true, true));
        assert_eq!(types(None), (false, false));
        assert_eq!(types(Some("nonsense")), (false, false));
    }
}
