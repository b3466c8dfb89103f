//! From the core's values to what the page may see: pure functions, one module per page.

pub mod client;
pub mod clients;
pub mod events;
pub mod item_fields;
pub mod provider;
pub mod search;
pub mod structure;
pub mod switcher;
pub mod tags;
pub mod team;
pub mod vault;

use portico_estate::OpenedName;
use portico_vault::{Opened, UnreadableReason as Reason};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::dto::{Text, UnreadableReason};

/// ISO-8601 in UTC, whole seconds as they come.
pub fn date(moment: OffsetDateTime) -> Option<String> {
    moment.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok()
}

/// An opened value of the vault.
pub fn text(opened: &Opened<String>) -> Text {
    match opened {
        Opened::Value(value) => Text::Plain { value: value.clone() },
        Opened::Unreadable(reason) => Text::Unreadable { reason: self::reason(*reason) },
    }
}

/// A collection's name. The estate does not keep why it did not open; a key that does not fit is the only way for a
/// value that the server accepted.
pub fn name(opened: &OpenedName) -> Text {
    match opened {
        OpenedName::Text(value) => Text::Plain { value: value.clone() },
        OpenedName::Unreadable => Text::Unreadable { reason: UnreadableReason::WrongKeyOrDamaged },
    }
}

/// Why something does not open, as far as the page words it.
pub fn reason(reason: Reason) -> UnreadableReason {
    match reason {
        Reason::NewerFormat => UnreadableReason::NewerFormat,
        Reason::Malformed | Reason::NotText | Reason::Missing => UnreadableReason::Malformed,
        Reason::NoKey => UnreadableReason::KeyMissing,
        Reason::Altered => UnreadableReason::Altered,
        Reason::TooLarge => UnreadableReason::TooLarge,
        Reason::NoId => UnreadableReason::NoId,
        Reason::SameId => UnreadableReason::SameId,
        Reason::Unsupported => UnreadableReason::Unsupported,
        Reason::NoChecksum => UnreadableReason::NoChecksum,
        Reason::NotAuthentic | Reason::Damaged | Reason::ItemKey => UnreadableReason::WrongKeyOrDamaged,
    }
}

/// A count for the page; no list here comes near the limit.
pub fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The part of a list of places that a page asked for.
pub fn window(places: &[u32], offset: u32, limit: u32) -> &[u32] {
    // A page shows some dozens of rows; whoever asks for more gets what a large screen could show twice.
    const MOST: usize = 400;
    let start = places.len().min(offset as usize);
    let end = places.len().min(start + MOST.min(limit as usize));
    &places[start..end]
}
