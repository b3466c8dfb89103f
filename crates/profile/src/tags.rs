//! Tags that a person gave to clients: the person's own work, kept sealed with the account, taken along when its key
//! changes, and kept when a sign-out keeps the archive. No server is told.

use std::collections::BTreeSet;

use portico_cache::WriteError;
use portico_estate::ClientTags;
use uuid::Uuid;

use crate::errors::{ReadError, read_round};
use crate::kept;
use crate::kinds::TAGS_CELL;
use crate::one_at_a_time::ChangingElsewhere;
use crate::saved_filters::visible;
use crate::unlocked::Unlocked;

/// In characters.
pub const LONGEST_TAG: usize = 40;
/// Different tags of one account. Each is a choice in a list.
pub const MOST_TAGS: usize = 100;

/// Clients were not given tags, or not rid of them.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    #[error("a tag needs a name")]
    NoName,
    #[error("there are {0} tags already")]
    TooMany(usize),
    #[error("no client carries this tag")]
    NotFound,
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
    #[error(transparent)]
    Busy(#[from] ChangingElsewhere),
}

impl Unlocked {
    /// The tags of all clients of the account, those that are unlinked meanwhile included.
    ///
    /// # Errors
    /// See [`ReadError`]; [`ReadError::Newer`] when a later program kept them in a way this one does not know.
    pub fn client_tags(&self) -> Result<ClientTags, ReadError> {
        let Some(bytes) = self.opened.cache.cell(TAGS_CELL)? else { return Ok(ClientTags::default()) };
        let mut tags = ClientTags::default();
        for (name, clients) in kept::decode::<Kept<'_>>(VERSION, &bytes, "tags")? {
            clients.into_iter().for_each(|client| tags.add(client, name));
        }
        Ok(tags)
    }

    /// Takes tags from clients and gives them others. A tag is cut to [`LONGEST_TAG`] characters, without those that
    /// cannot be seen; `Mine` and `mine` are one. Two programs that do so at the same moment wait for one another. Tags
    /// that were lost to damage are lost for good then, even where nothing else is changed, and nobody is told any more.
    ///
    /// # Errors
    /// See [`TagError`]; then everything stays as it was.
    pub fn change_tags(
        &self,
        organizations: &[Uuid],
        add: &[String],
        remove: &[String],
    ) -> Result<(), TagError> {
        let _turn = self.turn_to_change()?;
        // Where they are gone, that must not keep anybody from giving new ones.
        let (before, lost) = read_round(self.client_tags())?;
        let add: Vec<String> = add
            .iter()
            .map(|name| visible(name, LONGEST_TAG).ok_or(TagError::NoName))
            .collect::<Result<_, _>>()?;
        let mut tags = before.clone();
        for organization in organizations {
            remove.iter().for_each(|name| tags.remove(*organization, name));
            add.iter().for_each(|name| tags.add(*organization, name));
        }
        if tags.len() > MOST_TAGS {
            return Err(TagError::TooMany(before.len()));
        }
        if tags != before || lost.is_some() {
            self.keep_tags(&tags)?;
        }
        Ok(())
    }

    /// Calls a tag something else on every client that carries it; where another tag is called that already, both become
    /// that one. Returns how many clients carried it.
    ///
    /// # Errors
    /// See [`TagError`]; then everything stays as it was, here and below.
    pub fn rename_tag(&self, name: &str, to: &str) -> Result<usize, TagError> {
        let to = visible(to, LONGEST_TAG).ok_or(TagError::NoName)?;
        self.change_everywhere(|tags| tags.rename(name, &to))
    }

    /// Takes a tag from every client that carries it. Returns how many did.
    ///
    /// # Errors
    /// See [`TagError`].
    pub fn delete_tag(&self, name: &str) -> Result<usize, TagError> {
        self.change_everywhere(|tags| tags.remove_everywhere(name))
    }

    fn change_everywhere(&self, change: impl FnOnce(&mut ClientTags) -> usize) -> Result<usize, TagError> {
        let _turn = self.turn_to_change()?;
        let mut tags = self.client_tags()?;
        match change(&mut tags) {
            0 => Err(TagError::NotFound),
            carried => self.keep_tags(&tags).map(|()| carried),
        }
    }

    fn keep_tags(&self, tags: &ClientTags) -> Result<(), TagError> {
        let tags: Vec<(&str, &BTreeSet<Uuid>)> = tags.iter().collect();
        Ok(self.opened.cache.set_cell(TAGS_CELL, &kept::encode(VERSION, &tags)?)?)
    }
}

const VERSION: u8 = 1;

/// The sealed form: each tag with the organizations that carry it.
type Kept<'k> = Vec<(&'k str, BTreeSet<Uuid>)>;
