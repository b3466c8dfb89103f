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
        // The portal is that of the first provider, as in the product.
        let rows = picture.providers()?.first().map_or(&[][..], |provider| &provider.rows);
        Ok(views::clients::page(rows, &query, OffsetDateTime::now_utc()))
    })
    .await
}
