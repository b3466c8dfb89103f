//! Search everything.

use std::collections::HashSet;

use portico_estate::{ClientSearchText, search_tagged};
use portico_vault::ItemFilter;
use tauri::State;
use uuid::Uuid;

use super::{blocking, id, open};
use crate::{
    dto::search::{SearchQuery, SearchResults},
    failure::Answer,
    shell::Shell,
    views,
};

/// Hits of one kind that a person reads through; who looks for one of more types another word.
const MOST_HITS: u32 = 200;

#[tauri::command]
pub async fn search_everything(shell: State<'_, Shell>, query: SearchQuery) -> Answer<SearchResults> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let only = query.organization_id.as_deref().map(id).transpose()?;
        let limit = query.limit.min(MOST_HITS) as usize;
        let (tags, _) = views::tags::readable(&open)?;
        let texts = picture.search_texts()?;
        let searched = texts.iter().filter(|client| only.is_none_or(|only| client.organization_id() == only));
        let of_providers: HashSet<Uuid> = picture
            .providers()?
            .iter()
            .flat_map(|view| view.rows.iter().map(|row| row.organization_id))
            .collect();
        let (clients, own): (Vec<Uuid>, Vec<Uuid>) =
            searched.clone().map(ClientSearchText::organization_id).partition(|id| of_providers.contains(id));
        let tagged = match only {
            None => views::search::tags(&tags, searched.clone(), &query.text, limit),
            Some(_) => Vec::new(),
        };
        let mut groups: Vec<_> = search_tagged(searched, &tags, &query.text, limit)
            .iter()
            .map(|found| views::search::group(found, &tags, &query.text))
            .collect();
        if only.is_none() && !query.text.trim().is_empty() {
            let items = picture.items();
            let filter = ItemFilter { text: query.text.clone(), ..ItemFilter::default() };
            let places = picture.item_index()?.select(items, &filter);
            let hits: Vec<_> = places.iter().take(limit).map(|place| &items[*place as usize]).collect();
            groups.extend(views::search::items(&hits, places.len(), &query.text));
            groups.extend(views::search::team_members(picture.providers()?, &query.text, limit));
        }
        Ok(SearchResults {
            groups,
            clients: views::count(clients.len()),
            own: views::count(own.len()),
            tags: tagged,
        })
    })
    .await
}
