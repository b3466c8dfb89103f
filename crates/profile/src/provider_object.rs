//! One provider in the tree: itself, its team, its clients.

use std::collections::HashMap;

use portico_cache::{Cache, Entry, List, Object, PageShape, Ref, WriteError, Writer};
use portico_estate::{ClientRow, Freshness};
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderResponse, ProviderUserDetails};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::client_object::read_list_that_opens;
use crate::errors::ReadError;
use crate::kinds::{CLIENT_ROWS, CLIENTS_PAGE, PROVIDER, TEAM_PAGE, entries, from_json, to_json};
use crate::note::Note;

/// What the provider's own routes brought (protocol.md §5.5–5.7).
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderPicture {
    /// `GET /providers/{id}`.
    pub provider: ProviderResponse,
    /// `GET /providers/{id}/organizations`.
    pub clients: Vec<ProviderOrganizationDetails>,
    /// `None` for a service user, who may not read the team.
    pub members: Option<Vec<ProviderUserDetails>>,
}

/// A provider as it was last read, ready for the list of clients.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderView {
    /// The provider itself.
    pub provider: ProviderResponse,
    /// `None` for a service user, who may not read the team.
    pub team: Option<Vec<ProviderUserDetails>>,
    /// One row for each client, in the order of organization ids.
    pub rows: Vec<ClientRow>,
    /// When the list of clients was read.
    pub read_at: Option<time::OffsetDateTime>,
}

/// A row and where the client's structure is, if it was ever read.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptRow {
    row: ClientRow,
    client: Option<Vec<u8>>,
}

/// What the store knows of one provider.
pub(crate) struct KeptProvider {
    pub(crate) root: Ref,
    /// Whether nothing was lost of its team and its list of clients.
    pub(crate) is_whole: bool,
    /// The same of the list of clients alone.
    pub(crate) list_is_whole: bool,
    pub(crate) view: ProviderView,
    /// The roots of those clients that were ever read.
    pub(crate) clients: HashMap<Uuid, Ref>,
}

/// Writes a provider over clients that were written before, and the derived rows.
pub(crate) fn put(
    writer: &mut Writer<'_>,
    picture: &ProviderPicture,
    clients: &HashMap<Uuid, Ref>,
) -> Result<Ref, WriteError> {
    let client_entry = |details: &ProviderOrganizationDetails| {
        let refs = clients.get(&details.organization_id).copied().into_iter().collect();
        Entry::with_refs(details.organization_id, refs, to_json(details))
    };
    // Of two rows for one organization, which no honest server sends, the later one counts.
    let by_id: HashMap<Uuid, &ProviderOrganizationDetails> =
        picture.clients.iter().map(|details| (details.organization_id, details)).collect();
    let list = by_id.values().map(|details| client_entry(details)).collect();
    let written = writer.put_list_telling_pages(CLIENTS_PAGE, PageShape::SMALL, list)?;
    let mut refs = vec![written.list.0];
    if let Some(team) = &picture.members {
        refs.push(writer.put_list(TEAM_PAGE, PageShape::SMALL, entries(team, |member| member.id.into()))?.0);
    }
    let provider = writer.put(Object::node(PROVIDER, refs, to_json(&picture.provider)))?;

    let mut details: Vec<&ProviderOrganizationDetails> = by_id.into_values().collect();
    details.sort_by_key(|details| details.organization_id);
    for (page, range) in written.pages {
        // For each page, so that one changed client does not write the rows of a thousand.
        if writer.has_derived(CLIENT_ROWS, page)? {
            continue;
        }
        let rows: Vec<KeptRow> = details[range]
            .iter()
            .map(|details| KeptRow {
                row: ClientRow::new(details, Freshness::default()),
                client: clients.get(&details.organization_id).map(|client| client.to_bytes().to_vec()),
            })
            .collect();
        if let Ok(bytes) = postcard::to_allocvec(&rows) {
            writer.put_derived(CLIENT_ROWS, page, &zeroize::Zeroizing::new(bytes))?;
        }
    }
    Ok(provider)
}

/// Writes a provider and its list without any client's structure, for the rows alone.
pub(crate) fn put_list_only(writer: &mut Writer<'_>, picture: &ProviderPicture) -> Result<Ref, WriteError> {
    let list = entries(&picture.clients, |details| details.organization_id.into());
    let list = writer.put_list(CLIENTS_PAGE, PageShape::SMALL, list)?;
    writer.put(Object::node(PROVIDER, vec![list.0], to_json(&picture.provider)))
}

/// Reads a provider: its rows from what was derived of each page of its list.
pub(crate) fn read(cache: &Cache, provider: Ref, note: &Note) -> Result<KeptProvider, ReadError> {
    let object = cache.object(provider)?;
    let (clients_list, team_list) = match object.refs() {
        [clients] => (*clients, None),
        [clients, team] => (*clients, Some(*team)),
        _ => return Err(ReadError::Content("provider")),
    };
    let facts: ProviderResponse = from_json(object.payload(), "provider")?;
    let team = team_list.map(|list| read_list_that_opens(cache, list, "provider member")).transpose()?;
    let (team, team_is_whole) = team.map_or((None, true), |(team, is_whole)| (Some(team), is_whole));
    let (kept, list_is_whole) = kept_rows(cache, clients_list)?;
    let is_whole = team_is_whole && list_is_whole;
    let mut rows = Vec::with_capacity(kept.len());
    let mut clients = HashMap::with_capacity(kept.len());
    for KeptRow { mut row, client } in kept {
        if let Some(client) = client.as_deref().and_then(Ref::from_bytes) {
            clients.insert(row.organization_id, client);
        }
        row.freshness = note.freshness(row.organization_id);
        rows.push(row);
    }
    let read_at = note.providers_read_at.get(&facts.id).copied().and_then(crate::note::moment);
    let view = ProviderView { provider: facts, team, rows, read_at };
    Ok(KeptProvider { root: provider, is_whole, list_is_whole, view, clients })
}

/// The provider's facts as they were received, for writing them again under changed clients; without what is lost, and
/// whether nothing is.
pub(crate) fn read_picture(cache: &Cache, provider: Ref) -> Result<(ProviderPicture, bool), ReadError> {
    let object = cache.object(provider)?;
    let (clients, team) = match object.refs() {
        [clients] => (*clients, None),
        [clients, team] => (*clients, Some(*team)),
        _ => return Err(ReadError::Content("provider")),
    };
    let (clients, clients_are_whole) = read_list_that_opens(cache, clients, "client")?;
    let team = team.map(|list| read_list_that_opens(cache, list, "provider member")).transpose()?;
    let (members, team_is_whole) = team.map_or((None, true), |(team, is_whole)| (Some(team), is_whole));
    let provider = from_json(object.payload(), "provider")?;
    Ok((ProviderPicture { provider, clients, members }, clients_are_whole && team_is_whole))
}

/// Without the rows of lost pages; says whether there are none.
fn kept_rows(cache: &Cache, clients: Ref) -> Result<(Vec<KeptRow>, bool), ReadError> {
    let mut rows = Vec::new();
    let (pages, mut is_whole) = cache.list_pages_that_open(List(clients))?;
    for page in pages {
        let derived = cache.derived(CLIENT_ROWS, page)?;
        match derived.and_then(|bytes| postcard::from_bytes::<Vec<KeptRow>>(&bytes).ok()) {
            Some(kept) => rows.extend(kept),
            // They were not made, or cannot be read any more: they are made again.
            None => match rows_from_page(cache, page, &mut rows) {
                Err(error) if error.is_damage() => is_whole = false,
                made => made?,
            },
        }
    }
    Ok((rows, is_whole))
}

fn rows_from_page(cache: &Cache, page: Ref, rows: &mut Vec<KeptRow>) -> Result<(), ReadError> {
    for entry in cache.page(page)?.entries() {
        let details: ProviderOrganizationDetails = from_json(entry.value, "client")?;
        let row = ClientRow::new(&details, Freshness::default());
        rows.push(KeptRow { row, client: entry.refs.first().map(|client| client.to_bytes().to_vec()) });
    }
    Ok(())
}
