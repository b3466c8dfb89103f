//! Tags on clients: the person's own, kept on this computer.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{client_actions::ClientsSelection, clients::ClientsQuery};

/// A tag, and how many of the clients in question carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TagCount {
    pub name: String,
    pub count: u32,
    /// How many clients of the account carry it.
    pub everywhere: u32,
}

/// Whose tags it is about.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum TagsTarget {
    Client {
        organization_id: String,
    },
    /// Those that a question finds, or some of them; its window is left out of account.
    Chosen {
        query: ClientsQuery,
        selection: ClientsSelection,
    },
}

/// What a dialog about tags has to know.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientTags {
    /// How many clients it is about.
    pub clients: u32,
    /// Of the only one.
    pub name: Option<String>,
    /// All tags of the account by name, each with how many of these clients carry it.
    pub tags: Vec<TagCount>,
    /// Tags were here that cannot be read any more.
    pub lost: bool,
}

/// Tags that clients are to carry, and tags that they are to carry no more.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TagsChange {
    pub target: TagsTarget,
    pub add: Vec<String>,
    pub remove: Vec<String>,
}
