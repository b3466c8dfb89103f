//! Provider Portal → Clients.

use tauri::State;
use time::OffsetDateTime;

use super::{blocking, open};
use crate::{
    dto::clients::{ClientsPage, ClientsQuery},
    failure::Answer,
    shell::Shell,
    views,
};

#[tauri::command]
pub async fn clients_page(shell: State<'_, Shell>, query: ClientsQuery) -> Answer<ClientsPage> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let rows = views::clients::rows_of(&picture, &query.provider_id)?;
        Ok(views::clients::page(rows, &query, OffsetDateTime::now_utc()))
    })
    .await
}
