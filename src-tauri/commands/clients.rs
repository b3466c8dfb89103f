//! Provider Portal → Clients.

use tauri::State;
use time::OffsetDateTime;

use super::{blocking, id, open};
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
        let (tags, tags_lost) = views::tags::readable(&open)?;
        let provider = id(&query.provider_id)?;
        let list_lost = !picture.lists_all_clients(provider)?;
        let bill = open.unlocked.billing(provider)?;
        let bought = bill.subscription.map(|dated| views::provider::seats_paid_for(&dated.value));
        let page = views::clients::page(rows, &tags, bought, &query, OffsetDateTime::now_utc());
        Ok(ClientsPage { tags_lost, list_lost, ..page })
    })
    .await
}
