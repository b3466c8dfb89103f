//! Tags on clients.

use portico_estate::{ClientTags, TagCount};
use portico_profile::read_round;

use super::count;
use crate::{dto::tags as dto, failure::Answer, shell::Open};

/// The tags as far as they can be read: a list of clients is not to fail for them. True: there were some that cannot be
/// read any more.
pub fn readable(open: &Open) -> Answer<(ClientTags, bool)> {
    let (tags, lost) = read_round(open.unlocked.client_tags())?;
    if let Some(error) = &lost {
        tracing::warn!(%error, "shown without tags");
    }
    Ok((tags, lost.is_some()))
}

/// A tag with its number of clients.
pub fn counted(tag: &TagCount<'_>) -> dto::TagCount {
    dto::TagCount { name: tag.name.to_owned(), count: count(tag.count), everywhere: count(tag.everywhere) }
}
