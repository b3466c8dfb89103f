//! Provider Portal → Review → Structure, from what is kept.

use std::sync::Arc;

use portico_profile::{Picture, ProviderView};
use tauri::State;
use time::OffsetDateTime;

use super::{blocking, id, open};
use crate::{
    dto::{
        error::{AppError, ErrorCode},
        structure::{ClientMap, ClientMapQuery, MapGrouping, StructureMap, TreePage, TreeQuery},
    },
    failure::Answer,
    shell::Shell,
    views,
};

#[tauri::command]
pub async fn structure_map(
    shell: State<'_, Shell>,
    provider_id: String,
    grouping: MapGrouping,
    search: String,
) -> Answer<StructureMap> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let (tags, _) = views::tags::readable(&open)?;
        let view = view(&picture, &provider_id)?;
        // A client that is damaged is a tile like one that was never read; its own page says what happened.
        let counts = |client| picture.client_counts(client).ok().flatten();
        Ok(views::structure::map(view, &tags, counts, grouping, &search, OffsetDateTime::now_utc()))
    })
    .await
}

#[tauri::command]
pub async fn client_map(shell: State<'_, Shell>, query: ClientMapQuery) -> Answer<ClientMap> {
    let open = open(&shell)?;
    blocking(move || {
        let client = open.client(id(&query.organization_id)?)?.ok_or(AppError::of(ErrorCode::NotFound))?;
        let (tags, _) = views::tags::readable(&open)?;
        Ok(views::structure::client_map(&client, &tags, &query))
    })
    .await
}

#[tauri::command]
pub async fn structure_tree(shell: State<'_, Shell>, query: TreeQuery) -> Answer<TreePage> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let (tags, _) = views::tags::readable(&open)?;
        let estate = views::structure::Estate {
            view: view(&picture, &query.provider_id)?,
            texts: if query.search.trim().is_empty() { &[] } else { picture.search_texts()? },
            tags: &tags,
            // Reading a branch is no visit: it puts no client at the head of the next sync.
            structure: &|organization| Ok(picture.client(organization)?.map(Arc::new)),
        };
        views::structure::tree(&estate, &query)
    })
    .await
}

fn view<'p>(picture: &'p Picture, provider: &str) -> Answer<&'p ProviderView> {
    let provider = id(provider)?;
    let view = picture.provider(provider)?;
    view.ok_or(AppError::of(ErrorCode::NotFound))
}
