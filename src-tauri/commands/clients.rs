//! Provider Portal → Clients.

use tauri::State;
use time::OffsetDateTime;

use super::{blocking, id, open};
use crate::{
    dto::{
        clients::{ClientsPage, ClientsQuery},
        error::{AppError, ErrorCode},
    },
    failure::Answer,
    shell::Shell,
    views,
};

#[tauri::command]
pub async fn clients_page(shell: State<'_, Shell>, query: ClientsQuery) -> Answer<ClientsPage> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let provider = id(&query.provider_id)?;
        let shown = picture.providers()?.iter().find(|view| view.provider.id == provider);
        let rows = match shown {
            Some(view) => &view.rows[..],
            // A provider whose clients were not read yet has an empty list; somebody else's has none.
            None if picture
                .profile()?
                .is_some_and(|own| own.providers.iter().any(|one| one.id == provider)) =>
            {
                &[]
            }
            None => return Err(AppError::of(ErrorCode::NotFound)),
        };
        Ok(views::clients::page(rows, &query, OffsetDateTime::now_utc()))
    })
    .await
}
