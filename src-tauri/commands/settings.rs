//! Settings and what the program knows about itself.

use portico_profile::{NoKey, Settings as Kept};
use tauri::{AppHandle, Manager, State};

use super::blocking;
use crate::{
    appearance::{self, Appearance},
    dto::{
        error::{AppError, ErrorCode},
        settings::{AboutInfo, CacheInfo, Settings, SyncSettings},
    },
    failure::Answer,
    open,
    shell::Shell,
    views, window,
};

#[tauri::command]
pub async fn settings_get(app: AppHandle) -> Answer<Settings> {
    Ok(settings(&app))
}

/// The settings of this computer.
pub fn settings(app: &AppHandle) -> Settings {
    settings_of(appearance::read(app), &app.state::<Shell>().profile.settings())
}

/// What the page shows of the settings.
pub fn settings_of(appearance: Appearance, kept: &Kept) -> Settings {
    Settings {
        language: appearance.language,
        theme: appearance.theme,
        zoom: appearance.zoom,
        lock_minutes: kept.lock_after_minutes,
        clipboard_seconds: kept.clear_clipboard_seconds,
        navigation_collapsed: appearance.navigation_collapsed,
        hidden_client_columns: appearance.hidden_client_columns,
        lock_on_switch: kept.lock_on_switch,
        sync: of_sync(kept),
    }
}

#[tauri::command]
pub async fn settings_set(app: AppHandle, shell: State<'_, Shell>, settings: Settings) -> Answer<()> {
    check(&settings)?;
    if settings.zoom != appearance::read(&app).zoom {
        window::zoom(&app, settings.zoom);
    }
    appearance::write(
        &app,
        Appearance {
            language: settings.language,
            theme: settings.theme,
            zoom: settings.zoom,
            navigation_collapsed: settings.navigation_collapsed,
            hidden_client_columns: settings.hidden_client_columns.clone(),
        },
    )
    .map_err(|error| AppError::storage(&error))?;
    let before = shell.profile.settings();
    let mut after = before.clone();
    change(&mut after, &settings);
    if after == before {
        return Ok(());
    }
    let changed = shell.profile.change_settings(|kept| change(kept, &settings));
    changed.map_err(|error| AppError::from(portico_profile::ProfileError::from(error)))?;
    let pace = |kept: &Kept| (kept.requests_in_flight, kept.requests_per_second);
    if pace(&before) != pace(&after) {
        open::keep_pace(&app).await;
    }
    Ok(())
}

fn change(kept: &mut Kept, settings: &Settings) {
    // Zero would lock at once and clear before anything can be pasted.
    kept.lock_after_minutes = settings.lock_minutes.map(|minutes| minutes.max(1));
    kept.clear_clipboard_seconds = settings.clipboard_seconds.map(|seconds| seconds.max(5));
    kept.lock_on_switch = settings.lock_on_switch;
    let SyncSettings { budget, event_days, in_flight, per_second } = settings.sync;
    kept.sync_budget = budget;
    kept.events_for_days = event_days;
    kept.requests_in_flight = in_flight;
    kept.requests_per_second = per_second;
}

fn of_sync(kept: &Kept) -> SyncSettings {
    SyncSettings {
        budget: kept.sync_budget,
        event_days: kept.events_for_days,
        in_flight: kept.requests_in_flight,
        per_second: kept.requests_per_second,
    }
}

/// The page offers what is allowed; anything else is none of its own.
fn check(settings: &Settings) -> Answer<()> {
    let sync = &settings.sync;
    let allowed = appearance::ZOOM.contains(&settings.zoom)
        && Kept::BUDGET.contains(&sync.budget)
        && Kept::EVENT_DAYS.contains(&sync.event_days)
        && Kept::IN_FLIGHT.contains(&sync.in_flight)
        && Kept::PER_SECOND.contains(&sync.per_second);
    if allowed { Ok(()) } else { Err(AppError::of(ErrorCode::OutOfRange)) }
}

#[tauri::command]
pub async fn cache_info(shell: State<'_, Shell>) -> Answer<CacheInfo> {
    let open = super::open(&shell)?;
    let folder = shell.profile.folder().join("accounts").join(open.account().to_string());
    blocking(move || {
        let heads = open.unlocked.heads()?;
        // What cannot be read any more is nothing to lose.
        let kept = &open.unlocked;
        Ok(CacheInfo {
            folder: folder.display().to_string(),
            bytes: open.unlocked.size_on_disk(),
            pictures: views::count(heads.len()),
            newest_at: heads.last().and_then(|head| views::date(head.taken_at)),
            oldest_at: heads.first().and_then(|head| views::date(head.taken_at)),
            tagged_clients: kept.client_tags().map_or(0, |tags| views::count(tags.clients())),
            saved_filters: kept.saved_filters().map_or(0, |filters| views::count(filters.len())),
            pinned_clients: kept.pinned().map_or(0, |pinned| views::count(pinned.len())),
        })
    })
    .await
}

/// The fingerprint phrase of the account on the page. None before its keys were read.
#[tauri::command]
pub async fn own_fingerprint(shell: State<'_, Shell>) -> Answer<Option<String>> {
    let open = super::open(&shell)?;
    blocking(move || match open.unlocked.picture().own_fingerprint()? {
        Ok(phrase) => Ok(Some(phrase)),
        Err(NoKey::NotThere) => Ok(None),
        Err(error @ NoKey::DoesNotOpen(_)) => Err(AppError::told(ErrorCode::NoKey, &error)),
    })
    .await
}

#[tauri::command]
pub async fn about() -> Answer<AboutInfo> {
    Ok(program())
}

/// What the program knows about itself.
pub fn program() -> AboutInfo {
    AboutInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        system_locale: sys_locale::get_locale(),
        demo_available: cfg!(feature = "demo"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Settings {
        settings_of(Appearance::default(), &Kept::default())
    }

    #[test]
    fn only_what_is_within_reason_is_kept() {
        assert!(check(&usual()).is_ok());
        let sync = usual().sync;
        let unreasonable = [
            Settings { sync: SyncSettings { budget: 10_001, ..sync }, ..usual() },
            Settings { sync: SyncSettings { event_days: 0, ..sync }, ..usual() },
            Settings { sync: SyncSettings { event_days: 366, ..sync }, ..usual() },
            Settings { sync: SyncSettings { in_flight: 0, ..sync }, ..usual() },
            Settings { sync: SyncSettings { in_flight: 65, ..sync }, ..usual() },
            Settings { sync: SyncSettings { per_second: 0, ..sync }, ..usual() },
            Settings { sync: SyncSettings { per_second: u32::MAX, ..sync }, ..usual() },
            Settings { zoom: 49, ..usual() },
            Settings { zoom: 201, ..usual() },
        ];
        for settings in unreasonable {
            let code = check(&settings).err().map(|error| error.code);
            assert_eq!(code, Some(ErrorCode::OutOfRange), "{settings:?}");
        }
    }

    #[test]
    fn what_is_kept_is_what_is_shown() {
        let mut kept = Kept::default();
        let chosen = SyncSettings { budget: 250, event_days: 90, in_flight: 8, per_second: 50 };
        let settings =
            Settings { lock_minutes: Some(0), clipboard_seconds: Some(0), sync: chosen, ..usual() };
        change(&mut kept, &settings);
        assert_eq!(of_sync(&kept), chosen);
        assert_eq!((kept.lock_after_minutes, kept.clear_clipboard_seconds), (Some(1), Some(5)));
    }
}
