//! Items of a vault: opening and sealing them, what a list may show of them, filters and search, verification codes.
//!
//! Everything is a function over values; nothing here touches a disk, a network or a clock. Invariants:
//!
//! - An [`ItemOverview`] holds no password, note, key, seed or number (of a card the last four digits).
//! - Opened values have no `Serialize`: [`encode_overviews`] is the one way to bytes, and those are sealed at once.
//! - A value that does not open is an [`Opened::Unreadable`] with its reason, never an empty string; the item's own JSON
//!   is kept as it came, with members and kinds that this version does not know.
//! - Nothing that a server sends makes a function here fail for more than the value concerned.

mod attachment;
mod compose;
mod dates;
mod duplicates;
mod field;
mod filter_tree;
mod hierarchy;
mod hosts;
mod item;
mod item_filter;
mod item_index;
mod item_match;
mod item_order;
mod item_search;
mod kinds;
mod members;
mod name_order;
mod opened;
mod opening;
mod overview;
mod overview_page;
mod seal;
mod sealed_item;
mod secret;
mod totp;
mod unread;

pub use attachment::{Attachment, AttachmentKey, AttachmentKeyError, attachment_key, safe_file_name};
pub use compose::Composed;
pub use field::{FieldId, FieldKind, FieldLabel, FieldView, RevealError, Section, Shown};
pub use filter_tree::{FilterTree, OrganizationLine, TreeLine};
pub use hierarchy::{Hierarchy, HierarchyRow};
pub use item::{CodeError, Item, open_item, unread_item};
pub use item_filter::{CollectionName, ItemFilter, Place, Shelf, VaultChoice, VaultNames};
pub use item_index::ItemIndex;
pub use item_order::{ItemOrder, OrderBy};
pub use item_search::ItemSearch;
pub use kinds::{ItemKind, KNOWN_KINDS, kind_fields, kind_member};
pub use name_order::name_order;
pub use opened::{Opened, UnreadableReason};
pub use overview::{ItemOverview, open_overview, open_overviews, overview_without_key};
pub use overview_page::{
    DecodeOverviewsError, decode_overview, decode_overviews, encode_overview, encode_overviews,
};
pub use portico_collation::{SortName, fold};
pub use seal::{
    CipherRequest, NewField, NewItem, NewPasskey, NewWebsite, SealItemError, SealWith, seal_item,
};
pub use sealed_item::{MAX_ITEM_BYTES, ParseItemError, SealedItem};
pub use secret::Secret;
pub use totp::{ParseTotpError, Totp, TotpCode, totp};
pub use unread::overview_of_unread;
