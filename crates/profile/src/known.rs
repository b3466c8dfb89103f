//! What is known of the clients before a sync: from it is decided which of them are read.

use std::collections::{BTreeSet, HashMap, HashSet};

use portico_estate::Freshness;
use portico_protocol::provider::ProviderOrganizationDetails;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::errors::{ReadError, read_round};
use crate::intake::Intake;
use crate::provider_object;

/// What is known of the clients before a sync.
#[derive(Debug, Clone, Default)]
pub struct KnownClients {
    /// The present time, by this machine's clock.
    pub now: Option<OffsetDateTime>,
    /// When and how well each was read, by organization.
    pub freshness: HashMap<Uuid, Freshness>,
    /// The providers' rows when each was read.
    pub rows: HashMap<Uuid, ProviderOrganizationDetails>,
    /// Read by the sync before, which did not finish: as good as read by this one.
    pub taken_up: HashSet<Uuid>,
    /// Pinned by the person.
    pub pinned: BTreeSet<Uuid>,
}

impl Intake<'_> {
    /// What is known of the clients.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn known(&self) -> Result<KnownClients, ReadError> {
        let mut rows = HashMap::new();
        for root in self.before.provider_roots_by_id()?.into_values() {
            let (picture, _) = provider_object::read_picture(&self.unlocked.opened.cache, root)?;
            rows.extend(picture.clients.into_iter().map(|row| (row.organization_id, row)));
        }
        rows.extend(self.taken_up.rows.iter().map(|(id, row)| (*id, row.clone())));
        let (pinned, _) = read_round(self.unlocked.pinned())?;
        Ok(KnownClients {
            now: crate::note::moment(self.now().0),
            freshness: self.note.clients.keys().map(|id| (*id, self.note.freshness(*id))).collect(),
            rows,
            taken_up: self.taken_up.clients.keys().copied().collect(),
            pinned,
        })
    }
}
