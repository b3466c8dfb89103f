//! What a sync read that did not finish.
//!
//! Clients are sealed as they come, and nothing refers to them before the commit. Where a sync stops, their addresses are
//! kept in a cell, so that the next one takes them up instead of reading them again. Readers see none of it: it is in no
//! head. The vault is not among it; it is one request.

use std::collections::{HashMap, HashSet};

use portico_cache::{Ref, Writer};
use portico_protocol::provider::ProviderOrganizationDetails;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::errors::ReadError;
use crate::intake::{Intake, IntakeError};
use crate::kinds::{CLIENT, PROVIDER, UNFINISHED_CELL};
use crate::note::moment;
use crate::provider_object;
use crate::unlocked::Unlocked;

/// What a killed program has to read again: not more than this many clients, or than came in this many seconds. Each
/// time, all addresses so far are written.
const KEPT_EVERY: (usize, i64) = (50, 30);
/// Older pictures would be read again anyway.
const WORTH_FOR: i64 = 12 * 3600;

/// Postcard; later versions append. References are in their 34 bytes.
#[derive(Serialize, Deserialize)]
struct Record {
    version: u8,
    at: i64,
    /// With no clients in them: for the rows of then.
    providers: Vec<Vec<u8>>,
    clients: Vec<(Uuid, Vec<u8>, i64)>,
}

/// A sync that did not finish, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfinishedSync {
    /// When it stopped, or was last seen at work.
    pub at: OffsetDateTime,
    /// Clients that it read and that the next one need not read.
    pub clients_read: usize,
}

/// What the next sync takes up.
#[derive(Default)]
pub(crate) struct TakenUp {
    pub(crate) clients: HashMap<Uuid, (Ref, i64)>,
    /// The providers' rows when these clients were read.
    pub(crate) rows: HashMap<Uuid, ProviderOrganizationDetails>,
}

impl Unlocked {
    /// The last sync, if it did not finish and left something to take up.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn unfinished_sync(&self) -> Result<Option<UnfinishedSync>, ReadError> {
        let record = self.unfinished_record()?;
        Ok(record.and_then(|record| {
            Some(UnfinishedSync { at: moment(record.at)?, clients_read: record.clients.len() })
        }))
    }

    /// What cannot be understood is no reason not to sync: then everything is read.
    fn unfinished_record(&self) -> Result<Option<Record>, ReadError> {
        let bytes = match self.opened.cache.cell(UNFINISHED_CELL) {
            Err(portico_cache::ReadError::Damaged(_)) => None,
            bytes => bytes?,
        };
        let record = bytes.and_then(|bytes| Some(postcard::take_from_bytes::<Record>(&bytes).ok()?.0));
        Ok(record.filter(|record| record.version == 1))
    }
}

impl Intake<'_> {
    /// Keeps what was read so far for the next sync, in case that this one does not get to its commit. Nothing that a
    /// reader sees changes.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub fn keep_for_next(&mut self) -> Result<(), IntakeError> {
        self.keep_failed_logs();
        if self.clients.is_empty() {
            return Ok(());
        }
        let mut providers = Vec::new();
        for picture in self.providers.values() {
            let root = provider_object::put_list_only(&mut self.writer, picture)?;
            providers.push(root.to_bytes().to_vec());
        }
        self.writer.flush()?;
        let read_at = |id: &Uuid| self.note.read_at(*id);
        let clients = self
            .clients
            .iter()
            .filter_map(|(id, root)| Some((*id, root.to_bytes().to_vec(), read_at(id)?)))
            .collect();
        let record = Record { version: 1, at: self.now().0, providers, clients };
        if let Ok(bytes) = postcard::to_allocvec(&record) {
            self.unlocked.opened.cache.set_cell(UNFINISHED_CELL, &bytes)?;
        }
        self.kept = (self.clients.len(), self.now().0);
        Ok(())
    }

    pub(crate) fn keep_now_and_then(&mut self) -> Result<(), IntakeError> {
        let (clients, at) = self.kept;
        let is_due = self.clients.len() >= clients + KEPT_EVERY.0 && self.now().0 - at >= KEPT_EVERY.1;
        if is_due { self.keep_for_next() } else { Ok(()) }
    }

    /// After a commit there is nothing left to take up.
    pub(crate) fn forget_unfinished(&self) {
        let cache = &self.unlocked.opened.cache;
        let is_there = matches!(cache.cell(UNFINISHED_CELL), Ok(Some(_)) | Err(_));
        if is_there && let Err(error) = cache.clear_cell(UNFINISHED_CELL) {
            // The next sync sees that what it names is older than what is in the picture.
            tracing::warn!(%error, "the trace of an unfinished sync stays");
        }
    }
}

/// What the last sync left behind, as far as it is still in the store and newer than the picture.
pub(crate) fn take_up(
    unlocked: &Unlocked,
    writer: &Writer<'_>,
    read_at: impl Fn(Uuid) -> Option<i64>,
    now: i64,
) -> Result<TakenUp, ReadError> {
    let Some(record) = unlocked.unfinished_record()? else { return Ok(TakenUp::default()) };
    let holds = |root: Ref| writer.holds(root).unwrap_or(false);
    let mut taken = TakenUp::default();
    for (id, root, at) in record.clients {
        let Some(root) = Ref::from_bytes(&root).filter(|root| root.kind == CLIENT) else { continue };
        let is_newer = read_at(id).is_none_or(|known| known < at);
        if is_newer && (0..WORTH_FOR).contains(&(now - at)) && holds(root) {
            taken.clients.insert(id, (root, at));
        }
    }
    let wanted: HashSet<Uuid> = taken.clients.keys().copied().collect();
    for root in record.providers {
        let Some(root) = Ref::from_bytes(&root).filter(|root| root.kind == PROVIDER) else { continue };
        if !holds(root) {
            continue;
        }
        let rows = provider_object::read_picture(&unlocked.opened.cache, root)?.0.clients;
        taken.rows.extend(
            rows.into_iter()
                .filter(|row| wanted.contains(&row.organization_id))
                .map(|row| (row.organization_id, row)),
        );
    }
    Ok(taken)
}
