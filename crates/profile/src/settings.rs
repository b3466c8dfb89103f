//! `settings.json` of a profile: what the core and `porticoctl` need. Windows and looks are the shell's own business.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portico_cache::{LockError, WriterLock, private_file};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// A change takes milliseconds: who holds the lock for longer than this stands still.
const PATIENCE: Duration = Duration::from_secs(10);

/// Settings of one profile folder. Members that this version does not know survive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// What servers recognise this installation by (`Device-Identifier`, protocol.md §0). Made once.
    pub device_id: Uuid,
    /// Minutes without input after which to lock; `None`: only when the program ends.
    pub lock_after_minutes: Option<u32>,
    /// Seconds after which a copied value leaves the clipboard; `None`: never.
    pub clear_clipboard_seconds: Option<u32>,
    /// Requests to one self-hosted server at the same time ([`Settings::IN_FLIGHT`]).
    pub requests_in_flight: u32,
    /// Requests to one self-hosted server a second ([`Settings::PER_SECOND`]).
    pub requests_per_second: u32,
    /// Clients that one sync reads again beyond those that have to be: the oldest pictures ([`Settings::BUDGET`]).
    pub sync_budget: u32,
    /// Days back to which event logs are read ([`Settings::EVENT_DAYS`]).
    pub events_for_days: u32,
    /// Days for which the events that were read are kept.
    pub events_kept_days: u32,
    /// Days of which every head is kept.
    pub history_every_for_days: u32,
    /// Days of which one head a day is kept.
    pub history_daily_for_days: u32,
    /// Months of which one head a month is kept; `None`: for good.
    pub history_monthly_for_months: Option<u32>,
    /// Accounts in the order in which they are listed; those that are missing come last.
    pub account_order: Vec<Uuid>,
    /// The account that the window showed last.
    pub last_account: Option<Uuid>,
    /// Locks an account when the window turns to another one.
    pub lock_on_switch: bool,
    /// Accounts whose session an organization's policy wants gone when nobody has touched them for its time. Here, in
    /// clear, because the policy itself is sealed and a program that starts anew has to go on counting.
    pub due_log_outs: BTreeMap<Uuid, DueLogOut>,
    /// By server: the file that a private certificate authority was read from, to tell people. What is trusted is the
    /// copy in the profile ([`crate::Profile::authority`]).
    pub certificate_authorities: BTreeMap<String, PathBuf>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// When the session of an account ends by policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DueLogOut {
    /// When the person was last there.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    pub after_minutes: u32,
}

/// Why the settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the settings file cannot be read or written")]
    Io(#[from] std::io::Error),
    /// Another process has been changing them for long.
    #[error("the settings file is in use by another process")]
    Busy,
    #[error("the settings file is not what this program writes")]
    Content(#[from] serde_json::Error),
}

impl Default for Settings {
    fn default() -> Self {
        let history = portico_cache::Retention::default();
        Self {
            device_id: Uuid::new_v4(),
            lock_after_minutes: Some(15),
            clear_clipboard_seconds: Some(30),
            requests_in_flight: 4,
            requests_per_second: 20,
            sync_budget: 100,
            events_for_days: 30,
            events_kept_days: 400,
            history_every_for_days: history.every_for_days,
            history_daily_for_days: history.daily_for_days,
            history_monthly_for_months: history.monthly_for_months,
            account_order: Vec::new(),
            last_account: None,
            lock_on_switch: false,
            due_log_outs: BTreeMap::new(),
            certificate_authorities: BTreeMap::new(),
            extra: serde_json::Map::new(),
        }
    }
}

impl Settings {
    /// What a server may be asked at the same time. Not even a settings file makes us a nuisance, or stops us for good.
    pub const IN_FLIGHT: RangeInclusive<u32> = 1..=64;
    /// What a server may be asked a second.
    pub const PER_SECOND: RangeInclusive<u32> = 1..=1000;
    /// What one sync may read again beyond what it has to.
    pub const BUDGET: RangeInclusive<u32> = 0..=10_000;
    /// How far back event logs may be read: servers keep them for a year.
    pub const EVENT_DAYS: RangeInclusive<u32> = 1..=365;

    /// Which heads are kept.
    pub fn retention(&self) -> portico_cache::Retention {
        portico_cache::Retention {
            every_for_days: self.history_every_for_days,
            daily_for_days: self.history_daily_for_days,
            monthly_for_months: self.history_monthly_for_months,
        }
    }

    /// Keeps other processes from reading and writing the file, so that no change is made to what is not there any more.
    pub(crate) fn lock(folder: &Path) -> Result<WriterLock, SettingsError> {
        WriterLock::acquire(&folder.join("settings.lock"), PATIENCE).map_err(|error| match error {
            LockError::Busy { .. } => SettingsError::Busy,
            LockError::Io(error) => error.into(),
        })
    }

    /// As [`Settings::load_or_create`], also where nothing can be written, as long as there is a file that can be read.
    pub(crate) fn at_start(
        folder: &Path,
        today: time::Date,
    ) -> Result<(Self, Option<String>), SettingsError> {
        match Self::lock(folder) {
            Ok(lock) => Self::load_or_create(folder, today, &lock),
            Err(error) => Self::read(folder).ok().map(|settings| (settings, None)).ok_or(error),
        }
    }

    fn read(folder: &Path) -> Result<Self, SettingsError> {
        Ok(serde_json::from_slice(&std::fs::read(file(folder))?)?)
    }

    /// Reads the file, or makes it with the default settings. One that this program did not write, or that is damaged,
    /// is set aside: the name it has then comes along. Settings are no reason to keep a person from the accounts.
    pub(crate) fn load_or_create(
        folder: &Path,
        today: time::Date,
        lock: &WriterLock,
    ) -> Result<(Self, Option<String>), SettingsError> {
        let set_aside = match Self::read(folder) {
            Ok(settings) => return Ok((settings, None)),
            Err(SettingsError::Content(error)) => {
                tracing::warn!(%error, "the settings file cannot be understood and is set aside");
                let name = free_name_aside(folder, today);
                std::fs::rename(file(folder), folder.join(&name))?;
                Some(name)
            }
            Err(SettingsError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let settings = Self::default();
        settings.save(folder, lock)?;
        Ok((settings, set_aside))
    }

    /// Replaces the file in one step.
    pub(crate) fn save(&self, folder: &Path, _lock: &WriterLock) -> Result<(), SettingsError> {
        let fresh = folder.join("settings.json.new");
        let mut file_out = private_file::create(&fresh)?;
        file_out.write_all(&serde_json::to_vec_pretty(self)?)?;
        file_out.sync_all()?;
        Ok(std::fs::rename(fresh, file(folder))?)
    }
}

fn free_name_aside(folder: &Path, today: time::Date) -> String {
    let name = |n: u32| match n {
        1 => format!("settings-set-aside-{today}.json"),
        n => format!("settings-set-aside-{today}-{n}.json"),
    };
    (1..u32::MAX).map(name).find(|name| !folder.join(name).exists()).unwrap_or_default()
}

fn file(folder: &Path) -> PathBuf {
    folder.join("settings.json")
}
