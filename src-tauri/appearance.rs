//! Settings of the window and its looks, in tauri-plugin-store beside the accounts. What the core or `porticoctl` needs
//! (lock time, clipboard time) lives in the profile's own settings.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use portico_profile::private_file;
use serde::{Serialize, de::DeserializeOwned};
use tauri::{AppHandle, Manager};
use tauri_plugin_store::StoreExt;

use crate::dto::{
    clients::ClientColumn,
    settings::{Language, Theme},
};

/// Where the store lies: in the profile, so that two profiles do not share a language.
pub struct StoreFile(pub PathBuf);

/// How small and how large the page may be, in per cent.
pub const ZOOM: RangeInclusive<u32> = 50..=200;

/// How the window looks and speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearance {
    pub language: Language,
    pub theme: Theme,
    /// How large the page is, in per cent ([`ZOOM`]).
    pub zoom: u32,
    pub navigation_collapsed: bool,
    pub hidden_client_columns: Vec<ClientColumn>,
}

impl Default for Appearance {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            zoom: 100,
            navigation_collapsed: false,
            hidden_client_columns: Vec::new(),
        }
    }
}

/// Reads it; what is missing or unreadable is the default.
pub fn read(app: &AppHandle) -> Appearance {
    let fallback = Appearance::default();
    Appearance {
        language: value(app, "language").unwrap_or(fallback.language),
        theme: value(app, "theme").unwrap_or(fallback.theme),
        zoom: value(app, "zoom").filter(|zoom| ZOOM.contains(zoom)).unwrap_or(fallback.zoom),
        navigation_collapsed: value(app, "navigationCollapsed").unwrap_or(fallback.navigation_collapsed),
        hidden_client_columns: value(app, "hiddenClientColumns").unwrap_or(fallback.hidden_client_columns),
    }
}

/// Keeps it.
pub fn write(app: &AppHandle, appearance: Appearance) -> Result<(), tauri_plugin_store::Error> {
    let store = app.store(file(app))?;
    store.set("language", json(appearance.language));
    store.set("theme", json(appearance.theme));
    store.set("zoom", json(appearance.zoom));
    store.set("navigationCollapsed", json(appearance.navigation_collapsed));
    store.set("hiddenClientColumns", json(appearance.hidden_client_columns));
    make_private(&file(app))?;
    store.save()
}

/// The store itself writes with whatever rights there are. A link of the person's own stays one.
fn make_private(file: &Path) -> std::io::Result<()> {
    match std::fs::symlink_metadata(file) {
        Ok(there) if there.is_file() => private_file::open_lasting(file).map(drop),
        Ok(_) => Ok(()),
        Err(_) => private_file::write(file, b"{}"),
    }
}

fn value<T: DeserializeOwned>(app: &AppHandle, key: &str) -> Option<T> {
    serde_json::from_value(app.store(file(app)).ok()?.get(key)?).ok()
}

fn json(value: impl Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}

fn file(app: &AppHandle) -> PathBuf {
    app.state::<StoreFile>().0.clone()
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn the_store_is_its_owner_s_alone_also_where_it_was_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("window.json");
        let mode = || fs::metadata(&file).map(|file| file.permissions().mode() & 0o777).ok();
        make_private(&file).expect("made");
        assert_eq!((mode(), fs::read(&file).ok()), (Some(0o600), Some(b"{}".to_vec())));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).expect("opened to all");
        make_private(&file).expect("closed");
        assert_eq!(mode(), Some(0o600));
    }
}
