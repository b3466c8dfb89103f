//! The kinds of objects in the tree, the rules of derived ones, the cells. Numbers are part of the format: a number is
//! never given to something else.
//!
//! ```text
//! structure ─▶ provider ─▶ clients (list) ─▶ client ─▶ members, groups, collections, policies (lists)
//!                      └─▶ team (list)
//!           ─▶ own organizations ─▶ client (list of one for each) ─▶ as above
//! vault     ─▶ profile, names, policies, sends, oddities; overviews (list), details (list)
//! ```

use std::collections::BTreeMap;

use portico_cache::{CellName, Entry, EntryId, Kind, Rule};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::errors::ReadError;

pub(crate) const STRUCTURE: Kind = Kind::node(1);
pub(crate) const PROVIDER: Kind = Kind::node(2);
pub(crate) const CLIENTS_PAGE: Kind = Kind::node(3);
pub(crate) const CLIENT: Kind = Kind::node(4);
pub(crate) const TEAM_PAGE: Kind = Kind::leaf(5);
pub(crate) const MEMBERS_PAGE: Kind = Kind::leaf(6);
pub(crate) const GROUPS_PAGE: Kind = Kind::leaf(7);
pub(crate) const COLLECTIONS_PAGE: Kind = Kind::leaf(8);
pub(crate) const POLICIES_PAGE: Kind = Kind::leaf(9);
pub(crate) const VAULT: Kind = Kind::node(10);
pub(crate) const VAULT_PROFILE: Kind = Kind::leaf(11);
pub(crate) const VAULT_NAMES: Kind = Kind::leaf(12);
pub(crate) const VAULT_POLICIES: Kind = Kind::leaf(13);
pub(crate) const VAULT_SENDS: Kind = Kind::leaf(14);
pub(crate) const VAULT_ODDITIES: Kind = Kind::leaf(15);
/// Not compressed: an overview mixes the person's own texts with texts that others choose.
pub(crate) const OVERVIEWS_PAGE: Kind = Kind::leaf(16).uncompressed();
/// The server's own JSON, in which every secret is ciphertext already.
pub(crate) const DETAILS_PAGE: Kind = Kind::leaf(17);
/// Organizations that the person administers as a member. Absent where there is none, and from heads of before it was.
pub(crate) const OWN_ORGANIZATIONS: Kind = Kind::node(18);
pub(crate) const OWN_ORGANIZATIONS_PAGE: Kind = Kind::node(19);

/// The rows of a provider's clients, for each page of its list.
pub(crate) const CLIENT_ROWS: Rule = Rule { name: "client rows", version: 3 };
/// One client's folded search text.
pub(crate) const SEARCH_TEXT: Rule = Rule { name: "client search text", version: 1 };
/// The order of the names of a list of overviews. The version is raised with whatever orders names otherwise: a
/// test of the vault (`search.rs`) notices.
pub(crate) const NAME_ORDER: Rule = Rule { name: "name order", version: 1 };

/// The account's user key, for a session that holds the data key only.
pub(crate) const USER_KEY_CELL: CellName = CellName(1);
/// The tokens.
pub(crate) const SESSION_CELL: CellName = CellName(2);
/// The clients that the person pinned.
pub(crate) const PINS_CELL: CellName = CellName(3);
/// What a sync read that did not finish.
pub(crate) const UNFINISHED_CELL: CellName = CellName(4);
/// What providers pay for.
pub(crate) const BILLING_CELL: CellName = CellName(7);

/// Event logs that could not be read.
pub(crate) const FAILED_LOGS_CELL: CellName = CellName(8);

/// What clients were called that left.
pub(crate) const FORMER_NAMES_CELL: CellName = CellName(9);

/// Where the person was in the program.
pub(crate) const LEFT_PLACES_CELL: CellName = CellName(10);

/// What the last sign-in had against the master password.
pub(crate) const PASSWORD_NOTICE_CELL: CellName = CellName(11);

/// Named filters of the vault. The number leaves room for those of others.
pub(crate) const SAVED_FILTERS_CELL: CellName = CellName(16);

/// Tags of clients.
pub(crate) const TAGS_CELL: CellName = CellName(17);

/// What no server has, being made or chosen by the person or gone from there: it follows the account to a new key, and
/// outlives a sign-out that keeps the archive.
pub(crate) const KEPT_CELLS: [CellName; 4] = [PINS_CELL, FORMER_NAMES_CELL, SAVED_FILTERS_CELL, TAGS_CELL];

/// The account's security stamp (protocol.md §3.2) as the first sync after the sign-in found it. Absent until then.
pub(crate) const SECURITY_STAMP_CELL: CellName = CellName(5);
/// The user key from before a rotation, and the vault that opens with it. Absent once a sync has read the vault anew.
pub(crate) const EARLIER_KEY_CELL: CellName = CellName(6);

/// The bytes of a server fact. Canonical: members in the order of the type, unknown ones in the order of their map.
pub(crate) fn to_json(fact: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(fact).unwrap_or_else(|_| unreachable!("wire types have text keys and finite numbers"))
}

pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, ReadError> {
    serde_json::from_slice(bytes).map_err(|_| ReadError::Content(what))
}

/// Entries of a list of facts. Of two with the same id (which no honest server sends) the later one counts.
pub(crate) fn entries<'f, T: Serialize + 'f>(
    facts: impl IntoIterator<Item = &'f T>,
    id: impl Fn(&T) -> EntryId,
) -> Vec<Entry> {
    let by_id: BTreeMap<EntryId, Entry> =
        facts.into_iter().map(|fact| (id(fact), Entry::new(id(fact), to_json(fact)))).collect();
    by_id.into_values().collect()
}
