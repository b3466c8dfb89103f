//! Certificate authorities that a login named: remembered in the profile's settings, for the syncs after it.

use std::path::{Path, PathBuf};

use portico_client::ServerAddress;
use portico_profile::{Profile, SettingsError};
use serde_json::{Value, json};

/// The member of the settings file: addresses of servers with the PEM file that vouches for each.
const MEMBER: &str = "certificateAuthorities";

/// The file that a login at this server named.
pub(crate) fn authority_of(profile: &Profile, server: &ServerAddress) -> Option<PathBuf> {
    let settings = profile.settings();
    let file = settings.extra.get(MEMBER)?.get(server.to_string())?.as_str()?;
    Some(PathBuf::from(file))
}

/// Remembers the file by its absolute path: the next command may run in another folder.
pub(crate) fn remember(profile: &Profile, server: &ServerAddress, file: &Path) -> Result<(), SettingsError> {
    let file = std::path::absolute(file)?;
    let mut settings = profile.settings();
    let member = settings.extra.entry(MEMBER).or_insert_with(|| json!({}));
    if !member.is_object() {
        *member = json!({});
    }
    member[server.to_string()] = Value::from(file.to_string_lossy());
    profile.save_settings(settings)
}
