//! Filters of the vault that the person gave a name.

use tauri::State;

use super::{blocking, id, open};
use crate::{
    dto::{
        error::{AppError, ErrorCode},
        vault::SavedFilter,
    },
    failure::Answer,
    shell::Shell,
    views,
};

#[tauri::command]
pub async fn saved_filters(shell: State<'_, Shell>) -> Answer<Vec<SavedFilter>> {
    let open = open(&shell)?;
    blocking(move || Ok(open.unlocked.saved_filters()?.iter().map(views::vault::saved_filter).collect()))
        .await
}

#[tauri::command]
pub async fn save_filter(shell: State<'_, Shell>, filter: SavedFilter) -> Answer<SavedFilter> {
    let open = open(&shell)?;
    blocking(move || {
        let chosen = views::vault::named_filter(&filter).ok_or(AppError::of(ErrorCode::NotFound))?;
        Ok(views::vault::saved_filter(&open.unlocked.save_filter(&filter.name, &chosen)?))
    })
    .await
}

#[tauri::command]
pub async fn rename_filter(shell: State<'_, Shell>, filter_id: String, name: String) -> Answer<()> {
    let open = open(&shell)?;
    blocking(move || Ok(open.unlocked.rename_filter(id(&filter_id)?, &name)?)).await
}

#[tauri::command]
pub async fn remove_filter(shell: State<'_, Shell>, filter_id: String) -> Answer<()> {
    let open = open(&shell)?;
    blocking(move || Ok(open.unlocked.remove_filter(id(&filter_id)?)?)).await
}
