//! What the server has against the account's master password.

use portico_cache::{Cache, WriteError};

use crate::errors::ReadError;
use crate::kinds::PASSWORD_NOTICE_CELL;
use crate::unlocked::Unlocked;

/// Why the person should choose another master password. Both can be done in the web vault only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordNotice {
    /// An administrator set it when they recovered the account (`forcePasswordReset`, protocol.md §1.4, §3.2): somebody
    /// else knows it.
    SetByAdministrator,
    /// It falls short of what the person's organizations demand at each sign-in (`EnforceOnLogin`, protocol.md §1.4).
    BelowPolicy,
}

impl Unlocked {
    /// What the server has against the master password: as the last sign-in told it, or the account as it was last read.
    /// Whoever changes the password signs in again, and is told anew.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn password_notice(&self) -> Result<Option<PasswordNotice>, ReadError> {
        let told = match self.opened.cache.cell(PASSWORD_NOTICE_CELL) {
            Ok(told) => told,
            // The next sign-in, or the next sync, tells it again.
            Err(portico_cache::ReadError::Damaged("cell")) => None,
            Err(error) => return Err(error.into()),
        };
        let told = told.and_then(|code| of_code(&code));
        let forced = || self.picture().profile().map(|own| own.is_some_and(|own| own.force_password_reset));
        match told {
            Some(PasswordNotice::SetByAdministrator) => Ok(told),
            _ if forced()? => Ok(Some(PasswordNotice::SetByAdministrator)),
            told => Ok(told),
        }
    }
}

/// Keeps what a sign-in told.
pub(crate) fn keep(cache: &Cache, notice: Option<PasswordNotice>) -> Result<(), WriteError> {
    match notice {
        Some(notice) => cache.set_cell(PASSWORD_NOTICE_CELL, &[code(notice)]),
        None => cache.clear_cell(PASSWORD_NOTICE_CELL),
    }
}

/// Part of the format: a number is never given to something else.
fn code(notice: PasswordNotice) -> u8 {
    match notice {
        PasswordNotice::SetByAdministrator => 1,
        PasswordNotice::BelowPolicy => 2,
    }
}

fn of_code(code: &[u8]) -> Option<PasswordNotice> {
    match code {
        [1] => Some(PasswordNotice::SetByAdministrator),
        [2] => Some(PasswordNotice::BelowPolicy),
        // Of a later version.
        _ => None,
    }
}
