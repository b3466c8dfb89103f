//! Entries among the items that are not read as items: each has a row in the list, so that none vanishes in silence.

use crate::{ItemOverview, Opened, UnreadableReason, dates::read_date};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

/// Longest member that is looked at, in bytes: room for a thousand collections.
const MAX_MEMBER: usize = 64 * 1024;

/// The row of an entry that is not read, whose name says why. Its id is the entry's own where that can be read and is its
/// alone, else one that follows from its bytes: the same after every sync.
///
/// Takes no memory worth naming, however large the entry: members are skipped, not kept.
pub fn overview_of_unread(json: &str, reason: UnreadableReason) -> ItemOverview {
    let brief = serde_json::from_str::<Brief<'_>>(json).unwrap_or_default();
    let own_id = read(brief.id).filter(|_| reason != UnreadableReason::SameId);
    let date = |raw| read::<String>(raw).and_then(|text| read_date(&text));
    ItemOverview {
        id: own_id.unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, json.as_bytes())),
        organization_id: read(brief.organization_id),
        folder_id: read(brief.folder_id),
        collection_ids: read(brief.collection_ids).unwrap_or_default(),
        kind: read(brief.kind).unwrap_or_default(),
        name: Opened::Unreadable(reason),
        subtitle: None,
        hosts: Vec::new(),
        favorite: read(brief.favorite).unwrap_or_default(),
        reprompt: false,
        edit: false,
        view_password: false,
        has_totp: false,
        has_attachments: false,
        revision_date: date(brief.revision_date),
        creation_date: date(brief.creation_date),
        deleted_date: date(brief.deleted_date),
        archived_date: date(brief.archived_date),
    }
}

/// What places a row in a list, unread.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Brief<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    organization_id: Option<&'a RawValue>,
    #[serde(borrow)]
    folder_id: Option<&'a RawValue>,
    #[serde(borrow)]
    collection_ids: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    favorite: Option<&'a RawValue>,
    #[serde(borrow)]
    revision_date: Option<&'a RawValue>,
    #[serde(borrow)]
    creation_date: Option<&'a RawValue>,
    #[serde(borrow)]
    deleted_date: Option<&'a RawValue>,
    #[serde(borrow)]
    archived_date: Option<&'a RawValue>,
}

fn read<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    let json = raw?.get();
    (json.len() <= MAX_MEMBER).then(|| serde_json::from_str(json).ok()).flatten()
}
