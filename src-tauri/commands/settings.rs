//! Settings and what the program knows about itself.

use tauri::{AppHandle, State};

use super::{blocking, open};
use crate::{
    appearance::{self, Appearance},
    dto::{
        error::AppError,
        settings::{AboutInfo, CacheInfo, Settings},
    },
    failure::Answer,
    shell::Shell,
    views,
};

#[tauri::command]
pub async fn settings_get(app: AppHandle, shell: State<'_, Shell>) -> Answer<Settings> {
    let appearance = appearance::read(&app);
    let kept = shell.profile.settings();
    Ok(Settings {
        language: appearance.language,
        theme: appearance.theme,
        lock_minutes: kept.lock_after_minutes,
        clipboard_seconds: kept.clear_clipboard_seconds,
        navigation_collapsed: appearance.navigation_collapsed,
        lock_on_switch: kept.lock_on_switch,
    })
}

#[tauri::command]
pub async fn settings_set(app: AppHandle, shell: State<'_, Shell>, settings: Settings) -> Answer<()> {
    appearance::write(
        &app,
        Appearance {
            language: settings.language,
            theme: settings.theme,
            navigation_collapsed: settings.navigation_collapsed,
        },
    )
    .map_err(|error| AppError::storage(&error))?;
    let kept = shell.profile.settings();
    if (kept.lock_after_minutes, kept.clear_clipboard_seconds, kept.lock_on_switch)
        == (settings.lock_minutes, settings.clipboard_seconds, settings.lock_on_switch)
    {
        return Ok(());
    }
    let change = |kept: &mut portico_profile::Settings| {
        // Zero would lock at once and clear before anything can be pasted.
        kept.lock_after_minutes = settings.lock_minutes.map(|minutes| minutes.max(1));
        kept.clear_clipboard_seconds = settings.clipboard_seconds.map(|seconds| seconds.max(5));
        kept.lock_on_switch = settings.lock_on_switch;
    };
    let changed = shell.profile.change_settings(change);
    changed.map_err(|error| AppError::from(portico_profile::ProfileError::from(error)))
}

#[tauri::command]
pub async fn cache_info(shell: State<'_, Shell>) -> Answer<CacheInfo> {
    let open = open(&shell)?;
    let folder = shell.profile.folder().join("accounts").join(open.account().to_string());
    blocking(move || {
        let heads = open.unlocked.heads()?;
        Ok(CacheInfo {
            folder: folder.display().to_string(),
            bytes: open.unlocked.size_on_disk(),
            pictures: views::count(heads.len()),
            newest_at: heads.last().and_then(|head| views::date(head.taken_at)),
            oldest_at: heads.first().and_then(|head| views::date(head.taken_at)),
        })
    })
    .await
}

#[tauri::command]
pub async fn about() -> Answer<AboutInfo> {
    Ok(AboutInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        system_locale: sys_locale::get_locale(),
        demo_available: cfg!(feature = "demo"),
    })
}
