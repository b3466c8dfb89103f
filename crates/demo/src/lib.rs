//! A believable managed service provider of any size, with real cryptography throughout.
//!
//! The story is told in two steps. `plan` and `items` say as plain data who exists, who reaches what and what is in
//! the vaults; `keys`, `rows` and `load` make the keys, seal the texts and hand the rows to the service's bulk door.
//! Names, structure and ids follow from the seed; keys and initialisation vectors are random. Nothing here is
//! anybody's: every person, company and address is invented, and every domain ends in `.example`.
//!
//! # What a reviewer ought to find
//!
//! The clients are in order, but for what was put wrong on purpose. [`PLANTED`] is the record of it, and each has a test
//! that finds it (`plan/planted_tests.rs`):
//!
//! - one owner only: Abbott & Lane Solicitors (Harriet Abbott), Eastgate Primary Care (Amara Diallo);
//! - owners and admins without two-step login: Camille Rousseau, Amara Diallo, Peter Holm, Maya Okafor at Harbour Lane;
//! - the two-step login policy off: Abbott & Lane Solicitors, Eastgate Primary Care, Northfield Academy Trust;
//! - the account recovery policy off: Abbott & Lane Solicitors, Quayside Hotels;
//! - a master password policy that is weaker than the baseline's: Maison Delorme;
//! - an invitation nine weeks old at Hollis Property; Ewan Reid, who accepted and waits for nineteen days;
//! - Lucy Ferrand, who was revoked and is still in a group;
//! - Ines Carvalho, of another company and confirmed, who reaches nothing;
//! - a direct grant beside that of a group: Daniel Osei, who also is a member of Juniper Street Theatre by his day job's
//!   address;
//! - a collection that nobody can manage: Medication rounds at Rosewood Care Homes;
//! - a collection that everybody reaches: Carriers at Dunmore Logistics;
//! - an empty group: Harbour bridge 2019 at Calder Structural Engineers;
//! - Victor Hale, a consultant with high roles in five clients;
//! - no seat left: Alder Veterinary Group, Eastgate Primary Care; most seats unused: Fairweather Insurance;
//! - the provider's own staff as members of a client: Harbour Lane;
//! - at Brightwater IT itself one confirmed provider admin, and Tom Reyes and Casper Lind who have not arrived.

mod accounts;
mod invoices;
mod items;
mod keys;
mod load;
mod plan;
mod rows;
mod seeded;
mod size;
mod spoil;

pub use accounts::{DemoAccount, DemoAccounts, DemoProvider};
pub use plan::planted::{BASELINE_CLIENT, Flaw, PLANTED, Planted};
pub use size::DemoSize;

use portico_crypto::KdfError;
use portico_service::Store;
use portico_service::bulk::BulkError;
use portico_vault::SealItemError;

/// Why no demo provider was made. The store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A size outside what the demo can tell apart by names.
    #[error("{what}: {asked} is not between {least} and {most}")]
    Size {
        /// Which of the numbers.
        what: &'static str,
        /// What was asked for.
        asked: usize,
        /// The smallest that works.
        least: usize,
        /// The largest that works.
        most: usize,
    },
    /// The KDF costs of the demo are not acceptable to the crypto crate.
    #[error("deriving a master key")]
    Kdf(#[from] KdfError),
    /// An item could not be sealed.
    #[error("sealing an item")]
    Seal(#[from] SealItemError),
    /// A demo is in the store already.
    #[error("a demo provider is in the store already")]
    AlreadyThere,
    /// The service's store refused a row.
    #[error("filling the service's store")]
    Store(#[from] BulkError),
}

/// Fills an empty store with a demo provider, in one transaction, and tells who can sign in.
///
/// Takes about a second for the default size. The work is done on all cores and blocks the caller.
///
/// # Errors
/// [`SeedError::Size`] before any work; otherwise whatever stopped the load. Nothing is kept then.
pub fn seed(store: &Store, size: &DemoSize) -> Result<DemoAccounts, SeedError> {
    size.check()?;
    let plan = plan::Plan::of(size);
    let keys = keys::Keys::make(&plan)?;
    load::load(&plan, &keys, size.items, store)
}
