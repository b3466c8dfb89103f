//! Provider Portal → Clients.

use portico_estate::{
    ClientQuery, ClientRow, ClientSort, ClientToggle, Freshness, StaleReason as Reason, client_plans,
    client_totals, select_clients,
};
use time::OffsetDateTime;

use super::{count, date, window};
use crate::dto::clients::{
    self as dto, ClientsCounts, ClientsFilter, ClientsPage, ClientsQuery, ClientsSort, ClientsTotals, Stale,
    StaleReason,
};

/// One window of the list with its totals.
pub fn page(rows: &[ClientRow], query: &ClientsQuery, now: OffsetDateTime) -> ClientsPage {
    let wanted = ClientQuery {
        toggle: match query.filter {
            ClientsFilter::All => ClientToggle::All,
            ClientsFilter::NoSeatsLeft => ClientToggle::NoSeatsLeft,
            ClientsFilter::Stale => ClientToggle::Stale,
        },
        text: query.search.clone(),
        plan: query.plan.clone(),
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
    };
    let places = select_clients(rows, &wanted, now);
    let totals = client_totals(rows, now);
    let never_read = rows.iter().find(|row| row.freshness.read_at.is_none());
    let oldest = totals.oldest.and_then(|(id, read_at)| {
        let row = rows.iter().find(|row| row.organization_id == id)?;
        Some((row, read_at))
    });
    ClientsPage {
        total: count(places.len()),
        rows: window(&places, query.offset, query.limit)
            .iter()
            .map(|place| row(&rows[*place as usize], now))
            .collect(),
        counts: ClientsCounts {
            all: count(totals.clients),
            no_seats_left: count(totals.without_seats_left),
            stale: count(totals.stale),
        },
        totals: ClientsTotals {
            assigned: u32::try_from(totals.assigned).unwrap_or_default(),
            used: u32::try_from(totals.used).unwrap_or_default(),
            remaining: i32::try_from(totals.remaining).unwrap_or_default(),
            at_zero: count(totals.without_seats_left),
            members: rows.iter().map(|row| u32::try_from(row.confirmed).unwrap_or_default()).sum(),
            oldest_read_at: oldest.and_then(|(_, read_at)| date(read_at)),
            oldest_name: never_read.or(oldest.map(|(row, _)| row)).map(|row| row.name.clone()),
        },
        plans: client_plans(rows).into_iter().map(|(plan, _)| plan).collect(),
    }
}

fn row(row: &ClientRow, now: OffsetDateTime) -> dto::ClientRow {
    dto::ClientRow {
        organization_id: row.organization_id.to_string(),
        name: row.name.clone(),
        assigned: row.assigned.and_then(|seats| u32::try_from(seats).ok()),
        used: u32::try_from(row.used).ok(),
        remaining: row.remaining,
        plan: row.plan.clone().unwrap_or_default(),
        members: u32::try_from(row.confirmed).unwrap_or_default(),
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
        Some(Reason::Unreachable | Reason::TimedOut) => StaleReason::NoAnswer,
        Some(Reason::NotReached) => StaleReason::NotReached,
        Some(Reason::Throttled | Reason::ServerError) => StaleReason::ServerError,
        Some(Reason::BadAnswer | Reason::Other) => StaleReason::Nonsense,
        Some(Reason::Damaged) => StaleReason::Damaged,
        None if freshness.read_at.is_none() => StaleReason::NeverRead,
        None => StaleReason::TooOld,
    };
    Some(Stale { reason, failed_at: freshness.failed_at.and_then(date), detail: None })
}
