//! What of a picture is damaged on this machine. It is read round, named, and read again by the next sync.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::errors::ReadError;

/// Parts of a picture that do not open any more, as far as it was noticed. All of a picture is looked at when a sync
/// begins; before that, what was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    /// The tokens: the person signs in again before the next sync.
    pub session: bool,
    /// Something of the vault: items, names, the account's own facts.
    pub vault: bool,
    /// Something above the clients: a provider, its team, its list of clients.
    pub structure: bool,
    /// Clients, or own organizations, of which something is lost.
    pub clients: BTreeSet<Uuid>,
}

impl Losses {
    /// Whether everything is there.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Losses as they are noticed, by many readers.
#[derive(Default)]
pub(crate) struct Noticed(Mutex<Losses>);

impl Noticed {
    pub(crate) fn so_far(&self) -> Losses {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add(&self, add: impl FnOnce(&mut Losses)) {
        add(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes note of damage, and hands it on.
    pub(crate) fn watch<T>(
        &self,
        outcome: Result<T, ReadError>,
        add: impl FnOnce(&mut Losses),
    ) -> Result<T, ReadError> {
        if outcome.as_ref().is_err_and(ReadError::is_damage) {
            self.add(add);
        }
        outcome
    }

    /// Takes note of damage, and goes on with nothing in the place of what is lost.
    pub(crate) fn round<T: Default>(
        &self,
        outcome: Result<T, ReadError>,
        add: impl FnOnce(&mut Losses),
    ) -> Result<T, ReadError> {
        match outcome {
            Err(error) if error.is_damage() => {
                tracing::warn!(%error, "read round a damaged part");
                self.add(add);
                Ok(T::default())
            }
            outcome => outcome,
        }
    }
}
