//! Pinned clients: those that every sync reads. The person's own choice, sealed; the server knows nothing of it.

use std::collections::BTreeSet;

use portico_cache::WriteError;
use uuid::Uuid;

use crate::errors::{ReadError, read_round};
use crate::kinds::PINS_CELL;
use crate::one_at_a_time::ChangingElsewhere;
use crate::unlocked::Unlocked;

/// Why a client was not pinned, or its pin not taken away.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    #[error("the pins cannot be read")]
    Read(#[from] ReadError),
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
    #[error(transparent)]
    Busy(#[from] ChangingElsewhere),
}

impl Unlocked {
    /// The clients, and own organizations, that the person pinned.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn pinned(&self) -> Result<BTreeSet<Uuid>, ReadError> {
        let Some(bytes) = self.opened.cache.cell(PINS_CELL)? else { return Ok(BTreeSet::new()) };
        serde_json::from_slice(&bytes).map_err(|_| ReadError::Content("pins"))
    }

    /// Pins a client, or takes its pin away. Two programs that do so at the same moment
    /// wait for one another.
    ///
    /// # Errors
    /// See [`PinError`]; then the pins are as they were.
    pub fn set_pinned(&self, organization: Uuid, is_pinned: bool) -> Result<(), PinError> {
        let _turn = self.turn_to_change()?;
        // What cannot be read any more is made anew: a pin is one click.
        let (mut pins, _) = read_round(self.pinned())?;
        let changed = if is_pinned { pins.insert(organization) } else { pins.remove(&organization) };
        if changed {
            self.opened.cache.set_cell(PINS_CELL, &crate::kinds::to_json(&pins))?;
        }
        Ok(())
    }
}
