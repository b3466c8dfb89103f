//! How an account is unlocked beside its master password, and what limits that.

use serde::Serialize;
use ts_rs::TS;

/// Ways that the lock screen offers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UnlockWays {
    /// The keychain of this computer alone.
    pub device: bool,
    pub pin: bool,
}

/// How a try with a PIN ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum PinAnswer {
    Unlocked,
    Wrong {
        tries_left: u8,
    },
    /// Wrong too often: the PIN is gone, the master password unlocks.
    Removed,
}

/// What the settings page says of locking and unlocking the open account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UnlockSettings {
    /// What is set up.
    pub ways: UnlockWays,
    /// Why neither can be set up.
    pub obstacle: Option<KeychainObstacle>,
    /// An organization forbids PINs.
    pub pin_forbidden: bool,
    /// An organization demands locking after this many minutes at the latest.
    pub most_minutes: Option<u32>,
    /// And it wants a log-out then, not a lock.
    pub logs_out: bool,
    /// Locks before the computer sleeps and when the desktop is locked.
    pub with_system: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum KeychainObstacle {
    /// No keychain service runs on this computer, or it has no keyring yet.
    NoService,
    /// The keychain is locked.
    Locked,
}
