//! A believable managed service provider of any size, with real cryptography throughout.
//!
//! The story is told in two steps. `plan` and `items` say as plain data who exists, who reaches what and what is in
//! the vaults; `keys`, `rows` and `load` make the keys, seal the texts and hand the rows to the service's bulk door.
//! Names, structure and ids follow from the seed; keys and initialisation vectors are random. Nothing here is
//! anybody's: every person, company and address is invented, and every domain ends in `.example`.

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
    /// The service's store refused a row, for one because a demo of the same seed is in it already.
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
