//! Every client of the provider as a tile, beside those like it.

use std::collections::BTreeMap;

use portico_estate::{
    ClientQuery, ClientRow, ClientTags, Person, ProviderUserDetails, ProviderUserType, SortName, fold,
    select_clients,
};
use portico_profile::{ClientCounts, ProviderView};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::dto::structure::{
    MapGroup, MapGrouping, MapTile, PictureAge, SeatLevel, StructureMap, TeamPerson, TileCounts,
};
use crate::views::{count, team};

/// People of the team that a map names; the rest are a number.
const TEAM_SHOWN: usize = 12;
/// The share of seats from which on a bar is amber (look, "Bars").
const NEARLY_FULL: f64 = 0.94;

/// Of more clients no screen has room for what they hold, and each would have to be looked up.
const WITH_COUNTS: usize = 160;

/// The map. `search`: clients whose name and tags hold each of its words are told. `counts`: what a client holds, where
/// that can be read.
pub fn map(
    view: &ProviderView,
    tags: &ClientTags,
    counts: impl Fn(Uuid) -> Option<ClientCounts>,
    grouping: MapGrouping,
    search: &str,
    now: OffsetDateTime,
) -> StructureMap {
    // Groups in the order of their rank, then by their key.
    let mut groups: BTreeMap<(u8, SortName), MapGroup> = BTreeMap::new();
    let mut rows: Vec<&ClientRow> = view.rows.iter().collect();
    rows.sort_by_cached_key(|row| (SortName::new(&row.name), row.organization_id));
    for row in &rows {
        let holds = if rows.len() <= WITH_COUNTS { counts(row.organization_id) } else { None };
        let tile = tile(row, tags, holds, now);
        let (rank, key) = group_of(row, &tile, grouping);
        let group = groups.entry((rank, SortName::new(&key))).or_insert_with(|| MapGroup {
            key,
            used: 0,
            tiles: Vec::new(),
        });
        group.used += tile.used;
        group.tiles.push(tile);
    }
    let found = (!search.trim().is_empty()).then(|| {
        let query = ClientQuery { text: search.to_owned(), ..ClientQuery::default() };
        let places = select_clients(&view.rows, tags, &query, now);
        places.into_iter().map(|place| view.rows[place as usize].organization_id.to_string()).collect()
    });
    let mut team: Option<Vec<&ProviderUserDetails>> = view.team.as_ref().map(|team| team.iter().collect());
    team.iter_mut().for_each(|team| team.sort_by_cached_key(|member| rank(member)));
    StructureMap {
        provider_id: view.provider.id.to_string(),
        provider_name: view.provider.name.clone(),
        team_size: count(team.as_ref().map_or(0, Vec::len)),
        team: team.map(|team| {
            team.into_iter()
                .take(TEAM_SHOWN)
                .map(|member| team_person(member, &fold(search.trim())))
                .collect()
        }),
        clients: count(rows.len()),
        groups: groups.into_values().collect(),
        found,
    }
}

/// Admins first, then by name: the order of a team on the map and in the tree.
pub(super) fn rank(member: &ProviderUserDetails) -> (bool, SortName) {
    (member.role != ProviderUserType::PROVIDER_ADMIN, SortName::new(member.shown_name()))
}

/// Whether a folded text is in the name or the address.
pub(super) fn is_called(person: &impl Person, wanted: &str) -> bool {
    fold(&format!("{} {}", person.name().unwrap_or_default(), person.email())).contains(wanted)
}

/// One person of the team. `wanted`: folded; nothing finds nobody.
fn team_person(member: &ProviderUserDetails, wanted: &str) -> TeamPerson {
    TeamPerson {
        id: member.id.to_string(),
        user_id: member.user_id.map(|id| id.to_string()),
        name: member.name().map(str::to_owned),
        email: member.email.clone(),
        admin: member.role == ProviderUserType::PROVIDER_ADMIN,
        status: team::status(member.status),
        found: !wanted.is_empty() && is_called(member, wanted),
    }
}

fn tile(row: &ClientRow, tags: &ClientTags, holds: Option<ClientCounts>, now: OffsetDateTime) -> MapTile {
    MapTile {
        organization_id: row.organization_id.to_string(),
        name: row.name.clone(),
        used: row.used.and_then(|used| u32::try_from(used).ok()).unwrap_or_default(),
        seats: match (row.assigned, row.used.unwrap_or_default()) {
            (None, _) => SeatLevel::NoLimit,
            (Some(assigned), used) if used >= assigned => SeatLevel::Full,
            (Some(assigned), used) if f64::from(used) >= f64::from(assigned) * NEARLY_FULL => {
                SeatLevel::Nearly
            }
            (Some(_), _) => SeatLevel::Left,
        },
        picture: if row.freshness.read_at.is_none() {
            PictureAge::NeverRead
        } else if row.is_stale(now) || row.freshness.stale.is_some() {
            PictureAge::Stale
        } else {
            PictureAge::Fresh
        },
        holds: holds.map(|ClientCounts { groups, collections }| {
            let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
            TileCounts { groups: number(groups), collections: number(collections) }
        }),
        tags: tags.of(row.organization_id).map(str::to_owned).collect(),
    }
}

fn group_of(row: &ClientRow, tile: &MapTile, grouping: MapGrouping) -> (u8, String) {
    match grouping {
        // A plan that the server did not name comes last.
        MapGrouping::Plan => (u8::from(row.plan.is_none()), row.plan.clone().unwrap_or_default()),
        MapGrouping::Seats => (tile.seats as u8, tile.seats.word().to_owned()),
        MapGrouping::Picture => (tile.picture as u8, tile.picture.word().to_owned()),
        MapGrouping::Name => {
            let first = fold(&row.name).chars().find(|letter| letter.is_alphanumeric());
            match first {
                Some(letter) if letter.is_alphabetic() => (0, letter.to_uppercase().to_string()),
                Some(_) | None => (1, "#".to_owned()),
            }
        }
    }
}
