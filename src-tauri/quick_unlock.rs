//! Unlocking by the keychain or a PIN, and setting that up.

use portico_profile::{KeychainObstacle as Obstacle, Profile, SlotError, UnlockError};
use tauri::{AppHandle, Manager};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        unlocking::{KeychainObstacle, PinAnswer, UnlockSettings, UnlockWays},
    },
    failure::Answer,
    lock_signals, open,
    shell::{Open, Shell},
    told,
};

/// Unlocks with what lies in the keychain.
pub async fn by_device(app: &AppHandle, account: Uuid) -> Answer<()> {
    open::unlock_by(app, move |profile| profile.unlock_with_device(account)).await?.map_err(AppError::from)
}

/// Unlocks with a PIN. A wrong one is an answer, not an error: the page says how many tries are left.
pub async fn by_pin(app: &AppHandle, account: Uuid, pin: Zeroizing<String>) -> Answer<PinAnswer> {
    match open::unlock_by(app, move |profile| profile.unlock_with_pin(account, &pin)).await? {
        Ok(()) => Ok(PinAnswer::Unlocked),
        Err(UnlockError::WrongPin { tries_left }) => Ok(PinAnswer::Wrong { tries_left }),
        Err(UnlockError::PinRemoved) => {
            // The lock screen offers it no more.
            told::tell(app);
            Ok(PinAnswer::Removed)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the lock screen offers for an account.
pub fn ways(profile: &Profile, account: Uuid) -> UnlockWays {
    shown(profile.unlock_ways(account))
}

/// What the settings page shows of the open account.
pub fn settings(app: &AppHandle, open: &Open) -> Answer<UnlockSettings> {
    let policies = open.unlocked.picture().lock_policies()?;
    Ok(UnlockSettings {
        ways: shown(open.unlocked.unlock_ways()?),
        obstacle: app.state::<Shell>().profile.keychain().obstacle().map(|obstacle| match obstacle {
            Obstacle::Locked => KeychainObstacle::Locked,
            Obstacle::NoService | Obstacle::NotOffered => KeychainObstacle::NoService,
        }),
        pin_forbidden: policies.pin_forbidden,
        most_minutes: policies.most_minutes,
        logs_out: policies.log_out,
        with_system: lock_signals::WATCHED,
    })
}

/// Sets the device slot up, or takes it away.
pub fn set_device(open: &Open, on: bool) -> Answer<()> {
    if on {
        open.unlocked.allow_device()?
    } else {
        open.unlocked.remove_device()?
    }
    Ok(())
}

/// Sets a PIN up, changes it, or takes it away.
pub fn set_pin(open: &Open, pin: Option<&str>) -> Answer<()> {
    match pin {
        Some(pin) => open.unlocked.set_pin(pin)?,
        None => open.unlocked.remove_pin()?,
    }
    Ok(())
}

fn shown(ways: portico_profile::UnlockWays) -> UnlockWays {
    UnlockWays { device: ways.device, pin: ways.pin }
}

impl From<SlotError> for AppError {
    fn from(error: SlotError) -> Self {
        let code = match &error {
            SlotError::PinLength => ErrorCode::PinLength,
            SlotError::ForbiddenByPolicy => ErrorCode::ForbiddenByPolicy,
            SlotError::Keychain(_) => ErrorCode::NoKeychain,
            SlotError::Busy => ErrorCode::Busy,
            SlotError::Write(_) => ErrorCode::Storage,
            SlotError::Read(_) | SlotError::Randomness(_) => return Self::internal(&error),
        };
        Self { code, detail: Some(error.to_string()) }
    }
}
