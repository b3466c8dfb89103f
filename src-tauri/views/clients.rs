//! Provider Portal → Clients.

use std::collections::HashSet;

use portico_estate::{
    ClientQuery, ClientRow, ClientSort, ClientTags, ClientToggle, Freshness, StaleReason as Reason,
    client_plans, client_totals, select_clients,
};
use portico_profile::Picture;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{count, date, window};
use crate::{
    dto::{
        client_actions::ClientsSelection,
        clients::{
            self as dto, ClientsCounts, ClientsFilter, ClientsPage, ClientsQuery, ClientsSort, ClientsTotals,
            Stale, StaleReason,
        },
        error::{AppError, ErrorCode},
    },
    failure::Answer,
};

/// The clients of a provider. One whose clients were not read yet has none; somebody else's is not there.
pub fn rows_of<'p>(picture: &'p Picture, provider: &str) -> Answer<&'p [ClientRow]> {
    let nowhere = || AppError::of(ErrorCode::NotFound);
    let provider: Uuid = provider.parse().map_err(|_| nowhere())?;
    if let Some(view) = picture.provider(provider)? {
        return Ok(&view.rows);
    }
    let is_own = picture.profile()?.is_some_and(|own| own.providers.iter().any(|one| one.id == provider));
    if is_own { Ok(&[]) } else { Err(nowhere()) }
}

/// A client in the list of the provider that it belongs to, and that provider.
pub fn managed(picture: &Picture, organization: Uuid) -> Answer<(Uuid, &ClientRow)> {
    let found = picture.providers()?.iter().find_map(|view| {
        let row = view.rows.iter().find(|row| row.organization_id == organization)?;
        Some((view.provider.id, row))
    });
    found.ok_or(AppError::of(ErrorCode::NotFound))
}

/// Those of the clients that a question finds which were chosen, in its order.
pub fn chosen<'r>(
    rows: &'r [ClientRow],
    tags: &ClientTags,
    query: &ClientsQuery,
    selection: &ClientsSelection,
    now: OffsetDateTime,
) -> Vec<&'r ClientRow> {
    let (ClientsSelection::AllBut { ids } | ClientsSelection::Only { ids }) = selection;
    let ids: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let only = matches!(selection, ClientsSelection::Only { .. });
    let is_chosen = |row: &&ClientRow| ids.contains(row.organization_id.to_string().as_str()) == only;
    let places = select_clients(rows, tags, &wanted(query), now);
    places.iter().map(|place| &rows[*place as usize]).filter(is_chosen).collect()
}

/// One window of the list with its totals.
pub fn page(
    rows: &[ClientRow],
    tags: &ClientTags,
    bought: Option<u32>,
    query: &ClientsQuery,
    now: OffsetDateTime,
) -> ClientsPage {
    let places = select_clients(rows, tags, &wanted(query), now);
    let totals = client_totals(rows, now);
    // Nothing is older than what was never read.
    let oldest = rows.iter().find(|row| row.freshness.read_at.is_none()).or_else(|| {
        let (id, _) = totals.oldest?;
        rows.iter().find(|row| row.organization_id == id)
    });
    ClientsPage {
        total: count(places.len()),
        rows: window(&places, query.offset, query.limit)
            .iter()
            .map(|place| row(&rows[*place as usize], tags, now))
            .collect(),
        counts: ClientsCounts {
            all: count(totals.clients),
            no_seats_left: count(totals.without_seats_left),
            stale: count(totals.stale),
        },
        totals: ClientsTotals {
            assigned: u32::try_from(totals.assigned).unwrap_or_default(),
            bought,
            used: u32::try_from(totals.used).unwrap_or_default(),
            remaining: i32::try_from(totals.remaining).unwrap_or_default(),
            at_zero: count(totals.without_seats_left),
            members: rows.iter().filter_map(|row| u32::try_from(row.confirmed?).ok()).sum(),
            oldest_read_at: oldest.and_then(|row| row.freshness.read_at).and_then(date),
            oldest_name: oldest.map(|row| row.name.clone()),
        },
        plans: client_plans(rows).into_iter().map(|(plan, _)| plan).collect(),
        tags: tags
            .counts(places.iter().map(|place| rows[*place as usize].organization_id))
            .iter()
            .map(super::tags::counted)
            .collect(),
        tags_lost: false,
        list_lost: false,
    }
}

fn wanted(query: &ClientsQuery) -> ClientQuery {
    ClientQuery {
        toggle: match query.filter {
            ClientsFilter::All => ClientToggle::All,
            ClientsFilter::NoSeatsLeft => ClientToggle::NoSeatsLeft,
            ClientsFilter::Stale => ClientToggle::Stale,
        },
        text: query.search.clone(),
        plan: query.plan.clone(),
        tags: query.tags.clone(),
        sort: match query.sort {
            ClientsSort::Name => ClientSort::Name,
            ClientsSort::Assigned => ClientSort::Assigned,
            ClientsSort::Used => ClientSort::Used,
            ClientsSort::Remaining => ClientSort::Remaining,
            ClientsSort::Plan => ClientSort::Plan,
            ClientsSort::Members => ClientSort::Members,
            ClientsSort::Created => ClientSort::Created,
            ClientsSort::LastSynced => ClientSort::ReadAt,
        },
        descending: query.descending,
    }
}

/// A client as the list shows it.
pub fn row(row: &ClientRow, tags: &ClientTags, now: OffsetDateTime) -> dto::ClientRow {
    dto::ClientRow {
        organization_id: row.organization_id.to_string(),
        name: row.name.clone(),
        assigned: row.assigned.and_then(|seats| u32::try_from(seats).ok()),
        used: row.used.and_then(|used| u32::try_from(used).ok()),
        remaining: row.remaining,
        plan: row.plan.clone().unwrap_or_default(),
        members: row.confirmed.and_then(|confirmed| u32::try_from(confirmed).ok()),
        tags: tags.of(row.organization_id).map(str::to_owned).collect(),
        created_at: row.created.and_then(date),
        read_at: row.freshness.read_at.and_then(date),
        stale: stale(&row.freshness, now),
    }
}

/// Why a picture is old, if it is.
pub fn stale(freshness: &Freshness, now: OffsetDateTime) -> Option<Stale> {
    if !freshness.is_stale(now) {
        return None;
    }
    let reason = match freshness.stale {
        Some(Reason::Forbidden | Reason::NotFound) => StaleReason::Refused,
        Some(Reason::Unreachable) => StaleReason::Unreachable,
        Some(Reason::TimedOut) => StaleReason::NoAnswer,
        Some(Reason::Untrusted) => StaleReason::Untrusted,
        Some(Reason::NotReached) => StaleReason::NotReached,
        Some(Reason::Throttled) => StaleReason::Throttled,
        Some(Reason::ServerError) => StaleReason::ServerError,
        Some(Reason::BadAnswer | Reason::Other) => StaleReason::Nonsense,
        Some(Reason::Damaged) => StaleReason::Damaged,
        None if freshness.read_at.is_none() => StaleReason::NeverRead,
        None => StaleReason::TooOld,
    };
    Some(Stale { reason, failed_at: freshness.failed_at.and_then(date) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::datetime;
    use uuid::Uuid;

    fn client(name: &str, read_at: Option<OffsetDateTime>) -> ClientRow {
        let details =
            json!({"id": Uuid::new_v4(), "organizationId": Uuid::new_v4(), "organizationName": name});
        let details = serde_json::from_value(details).expect("facts of the wire");
        ClientRow::new(&details, Freshness { read_at, ..Freshness::default() })
    }

    fn oldest(rows: &[ClientRow]) -> (Option<String>, Option<String>) {
        let query = json!({"providerId": "", "search": "", "filter": "all", "plan": null, "tags": [],
            "sort": "name", "descending": false, "offset": 0, "limit": 0});
        let query = serde_json::from_value(query).expect("a query of the page");
        let now = datetime!(2026-11-26 12:00 UTC);
        let ClientsTotals { oldest_read_at, oldest_name, .. } =
            page(rows, &ClientTags::default(), None, &query, now).totals;
        (oldest_read_at, oldest_name)
    }

    #[test]
    fn the_oldest_picture_is_told_with_the_name_of_its_own_client() {
        let at = |day| Some(datetime!(2026-11-01 8:00 UTC).replace_day(day).expect("a day"));
        let read = [client("Alder", at(24)), client("Cedar", at(20)), client("Birch", at(25))];
        let told = oldest(&read);
        assert_eq!((told.0.as_deref(), told.1.as_deref()), (Some("2026-11-20T08:00:00Z"), Some("Cedar")));

        // A client that was never read has no age, and least of all that of another.
        let with_new = [&read[..], &[client("Dune", None)]].concat();
        assert_eq!(oldest(&with_new), (None, Some("Dune".to_owned())));
        assert_eq!(oldest(&[]), (None, None));
    }

    #[test]
    fn every_reason_is_told_as_what_it_was() {
        let now = datetime!(2026-11-26 12:00 UTC);
        for (kept, told) in [
            (Reason::Forbidden, StaleReason::Refused),
            (Reason::NotFound, StaleReason::Refused),
            (Reason::Unreachable, StaleReason::Unreachable),
            (Reason::TimedOut, StaleReason::NoAnswer),
            (Reason::Untrusted, StaleReason::Untrusted),
            (Reason::NotReached, StaleReason::NotReached),
            (Reason::Throttled, StaleReason::Throttled),
            (Reason::ServerError, StaleReason::ServerError),
            (Reason::BadAnswer, StaleReason::Nonsense),
            (Reason::Damaged, StaleReason::Damaged),
            (Reason::Other, StaleReason::Nonsense),
        ] {
            let failed = Freshness { read_at: Some(now), stale: Some(kept), failed_at: Some(now) };
            let told_now = stale(&failed, now).expect("a failed reading");
            assert_eq!(told_now.reason, told, "{kept:?}");
            assert_eq!(told_now.failed_at.as_deref(), Some("2026-11-26T12:00:00Z"));
        }
        let read = |read_at| Freshness { read_at, ..Freshness::default() };
        let reason = |freshness| stale(&freshness, now).map(|stale| stale.reason);
        assert_eq!(reason(read(None)), Some(StaleReason::NeverRead));
        assert_eq!(reason(read(Some(now - time::Duration::hours(25)))), Some(StaleReason::TooOld));
        assert_eq!(reason(read(Some(now))), None);
    }
}
