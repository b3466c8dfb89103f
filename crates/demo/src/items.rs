//! What is in the vaults: items as plain data, before anything is sealed.

mod daniel;
mod kinds;
mod maya;
mod shared;

use portico_vault::NewItem;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::plan::{DANIEL, MAYA, Organization, Plan, hours};
use crate::seeded::chance;

/// A person's own vault.
pub(crate) struct PersonalVault {
    pub(crate) email: &'static str,
    /// Names nest by "/". Items name a folder by its position.
    pub(crate) folders: Vec<(Uuid, String)>,
    pub(crate) items: Vec<PlannedItem>,
}

/// One item with where it is and what became of it.
pub(crate) struct PlannedItem {
    pub(crate) id: Uuid,
    pub(crate) item: NewItem,
    /// Position of the folder, in a personal vault.
    pub(crate) folder: Option<usize>,
    /// Positions of the collections, in an organization.
    pub(crate) collections: Vec<usize>,
    pub(crate) favorite: bool,
    pub(crate) sealed: SealedAs,
    pub(crate) created: OffsetDateTime,
    pub(crate) revised: OffsetDateTime,
    pub(crate) archived: Option<OffsetDateTime>,
    pub(crate) deleted: Option<OffsetDateTime>,
    /// Files that hang on it.
    pub(crate) files: Vec<PlannedFile>,
}

/// A file that hangs on an item.
pub(crate) struct PlannedFile {
    pub(crate) id: Uuid,
    pub(crate) name: &'static str,
    pub(crate) content: String,
    /// Sealed with the owner's key and without one of its own, as clients did before 2018.
    pub(crate) legacy: bool,
}

/// How an item is sealed: rightly, or in one of the three ways that nobody can open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SealedAs {
    /// Under a key of its own, as current clients do.
    ItemKey,
    /// Under its owner's key, as older clients did.
    OwnerKey,
    /// Every MAC in it is wrong.
    BadMac,
    /// Every text in it has type 7, which belongs to a newer format.
    NewerFormat,
    /// Under a key that nobody has.
    WrongKey,
}

impl PlannedItem {
    pub(crate) fn new(id: Uuid, item: NewItem, life: Life) -> Self {
        PlannedItem {
            id,
            item,
            folder: None,
            collections: Vec::new(),
            favorite: false,
            sealed: SealedAs::ItemKey,
            created: life.created,
            revised: life.revised,
            archived: None,
            deleted: None,
            files: Vec::new(),
        }
    }

    /// Hangs a file on it.
    pub(crate) fn attach(&mut self, plan: &Plan, name: &'static str, content: String) {
        let id = plan.seeded.id(&format!("{}/file/{name}", self.id));
        self.files.push(PlannedFile { id, name, content, legacy: false });
    }
}

/// The personal vaults of those who have one; `items` is the size of the end user's.
pub(crate) fn personal_vaults(plan: &Plan, items: usize) -> [PersonalVault; 2] {
    [
        PersonalVault { email: DANIEL, ..daniel::vault(plan, items) },
        PersonalVault { email: MAYA, ..maya::vault(plan) },
    ]
}

/// The items of an organization.
pub(crate) fn of_organization(plan: &Plan, organization: &Organization) -> Vec<PlannedItem> {
    if organization.id == plan.own.id {
        return maya::provider_items(plan, organization);
    }
    if organization.domain == "harbour-lane.example" {
        return maya::harbour_items(plan, organization);
    }
    shared::items(plan, organization)
}

/// When an item was made, and when it was last changed.
#[derive(Clone, Copy)]
pub(crate) struct Life {
    pub(crate) created: OffsetDateTime,
    pub(crate) revised: OffsetDateTime,
}

impl Life {
    /// Made between two and eight hundred days ago, but not before `not_before`. Every other item is as it was made.
    fn of(dice: &mut fastrand::Rng, now: OffsetDateTime, not_before: OffsetDateTime) -> Life {
        let days = dice.i64(2..800);
        let created = hours::days_ago(dice, now, days).max(not_before);
        let revised = if chance(dice, 50) { hours::between(dice, created, now) } else { created };
        Life { created, revised }
    }
}

#[cfg(test)]
#[path = "items/items_tests.rs"]
mod tests;
