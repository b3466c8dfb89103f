//! `settings.json` of a profile: what the core and `porticoctl` need. Windows and looks are the shell's own business.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
    /// Requests to one server at the same time.
    pub requests_in_flight: u32,
    /// Requests to one server a second.
    pub requests_per_second: u32,
    /// Clients that one sync reads again beyond those that have to be: the oldest pictures.
    pub sync_budget: u32,
    /// Days back to which event logs are read.
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
    /// By server: the file that a private certificate authority was read from, to tell people. What is trusted is the
    /// copy in the profile ([`crate::Profile::authority`]).
    pub certificate_authorities: BTreeMap<String, PathBuf>,
    /// Members that this version does not know.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Why the settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the settings file cannot be read or written")]
    Io(#[from] std::io::Error),
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
            certificate_authorities: BTreeMap::new(),
            extra: serde_json::Map::new(),
        }
    }
}

impl Settings {
    /// Which heads are kept.
    pub fn retention(&self) -> portico_cache::Retention {
        portico_cache::Retention {
            every_for_days: self.history_every_for_days,
            daily_for_days: self.history_daily_for_days,
            monthly_for_months: self.history_monthly_for_months,
        }
    }

    /// Reads the file, or makes it with the default settings. One that this program did not write, or that is damaged,
    /// is set aside: the name it has then comes along. Settings are no reason to keep a person from the accounts.
    pub(crate) fn load_or_create(
        folder: &Path,
        today: time::Date,
    ) -> Result<(Self, Option<String>), SettingsError> {
        let set_aside = match std::fs::read(file(folder)) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(settings) => return Ok((settings, None)),
                Err(error) => {
                    tracing::warn!(%error, "the settings file cannot be understood and is set aside");
                    let name = free_name_aside(folder, today);
                    std::fs::rename(file(folder), folder.join(&name))?;
                    Some(name)
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let settings = Self::default();
        settings.save(folder)?;
        Ok((settings, set_aside))
    }

    /// Replaces the file in one step.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), SettingsError> {
        let fresh = folder.join("settings.json.new");
        let mut file_out = std::fs::File::create(&fresh)?;
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
