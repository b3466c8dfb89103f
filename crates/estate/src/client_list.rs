//! The provider's clients as a list: seats, plan, age of the picture, totals, toggles, order.

use crate::client_tags::ClientTags;
use crate::search_words::SearchWords;
use portico_collation::{fold, sort_key};
use portico_protocol::provider::ProviderOrganizationDetails;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Every client is read again within this time (design, sync): an older picture counts as stale.
pub const FRESH_FOR: Duration = Duration::hours(24);

/// One row of the list of clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRow {
    /// The link between provider and organization, which client routes take.
    pub provider_organization_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Its name.
    pub name: String,
    /// Seats given to it; nothing where the plan has no limit.
    pub assigned: Option<i32>,
    /// Seats taken: members who are invited, accepted or confirmed. Nothing where the server gives no figure.
    pub used: Option<i32>,
    /// Seats left; nothing where the plan has no limit. May be negative after a reduction.
    pub remaining: Option<i32>,
    /// Confirmed members.
    pub confirmed: Option<i32>,
    /// The plan's name without "(Monthly)"; nothing if the server said none.
    pub plan: Option<String>,
    /// Since when it is a client of this provider; nothing if the server said no date that can be read.
    pub created: Option<OffsetDateTime>,
    /// When and how well its structure was read.
    pub freshness: Freshness,
}

/// How old the picture of one client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Freshness {
    /// When the picture that is shown was read; nothing if there is none yet.
    pub read_at: Option<OffsetDateTime>,
    /// Why the last attempt did not replace it.
    pub stale: Option<StaleReason>,
    /// When that attempt was made.
    pub failed_at: Option<OffsetDateTime>,
}

/// Why a client could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StaleReason {
    /// The server no longer lets the provider in (403).
    Forbidden,
    /// The server does not know the organization (404).
    NotFound,
    /// The server could not be reached.
    Unreachable,
    /// The server did not answer in time.
    TimedOut,
    /// No encrypted connection that can be trusted.
    Untrusted,
    /// The connection was lost before it was this client's turn.
    NotReached,
    /// The server asked to come back later (429), more often or for longer than patience allows.
    Throttled,
    /// The server failed (5xx).
    ServerError,
    /// The answer was not what the protocol says.
    BadAnswer,
    /// It was read, and the copy on this machine is damaged.
    Damaged,
    /// A reason that a later version of the program noted.
    #[serde(other)]
    Other,
}

impl StaleReason {
    /// The word for it in what scripts read, stable from version to version.
    pub fn word(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::NotFound => "notFound",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timedOut",
            Self::Untrusted => "untrusted",
            Self::NotReached => "notReached",
            Self::Throttled => "throttled",
            Self::ServerError => "serverError",
            Self::BadAnswer => "badAnswer",
            Self::Damaged => "damaged",
            Self::Other => "other",
        }
    }

    /// Whether the next attempt may well go better, so that it is made with the next sync.
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::Untrusted
                | Self::NotReached
                | Self::Throttled
                | Self::ServerError
                | Self::Damaged
        )
    }
}

/// Sums over a list of clients.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientTotals {
    /// How many clients.
    pub clients: usize,
    /// Seats given to clients with a limit.
    pub assigned: i64,
    /// Seats taken, clients without a limit included.
    pub used: i64,
    /// Seats left in clients with a limit.
    pub remaining: i64,
    /// Clients that have no seat left.
    pub without_seats_left: usize,
    /// Clients whose picture is stale.
    pub stale: usize,
    /// The client with the oldest picture and its date; a client that was never read is not among them.
    pub oldest: Option<(Uuid, OffsetDateTime)>,
    /// Clients that were never read.
    pub never_read: usize,
}

/// The toggles above the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ClientToggle {
    /// All clients.
    #[default]
    All,
    /// Clients without a seat left.
    NoSeatsLeft,
    /// Clients whose picture is stale.
    Stale,
}

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientQuery {
    /// The chosen toggle.
    pub toggle: ClientToggle,
    /// Words that must all occur in the name or the tags.
    pub text: String,
    /// Only one plan.
    pub plan: Option<String>,
    /// Only clients that carry each of these tags.
    pub tags: Vec<String>,
    /// The order.
    pub sort: ClientSort,
    /// Last first.
    pub descending: bool,
}

/// The order of the list. Rows of equal rank stand by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ClientSort {
    /// By name.
    #[default]
    Name,
    /// By seats given; clients without a limit come last.
    Assigned,
    /// By seats taken.
    Used,
    /// By seats left; clients without a limit come last.
    Remaining,
    /// By plan.
    Plan,
    /// By confirmed members.
    Members,
    /// By the day on which they became clients, oldest first; those of unknown age come first.
    Created,
    /// By age of the picture, oldest first; clients that were never read come first.
    ReadAt,
}

impl ClientRow {
    /// The row of one client, from the provider's own list and what is known of the last reading.
    pub fn new(client: &ProviderOrganizationDetails, freshness: Freshness) -> Self {
        // Confirmed members take seats, those invited as well: the former are the least that is taken.
        let used = client
            .occupied_seats
            .or_else(|| Some(client.seats?.saturating_sub(client.remaining_seats?)))
            .or(client.user_count);
        Self {
            provider_organization_id: client.id,
            organization_id: client.organization_id,
            name: client.organization_name.clone(),
            assigned: client.seats,
            used,
            remaining: client.remaining_seats.or_else(|| Some(client.seats?.saturating_sub(used?))),
            confirmed: client.user_count,
            plan: client.plan.as_deref().map(plan_display),
            created: client.creation_date.as_ref().and_then(|date| date.parse().ok()),
            freshness,
        }
    }

    /// Whether the row needs a warning about the age of what it leads to.
    pub fn is_stale(&self, now: OffsetDateTime) -> bool {
        self.freshness.is_stale(now)
    }

    /// Whether nobody can be invited any more.
    pub fn has_no_seats_left(&self) -> bool {
        self.remaining.is_some_and(|remaining| remaining <= 0)
    }
}

impl Freshness {
    /// When the client was last asked for, whatever came of it.
    pub fn tried_at(&self) -> Option<OffsetDateTime> {
        self.read_at.max(self.failed_at)
    }

    /// Whether the last attempt failed, or lies too far back, or there was none. One that lies ahead was made under
    /// another clock, and its age is not known.
    pub fn is_stale(&self, now: OffsetDateTime) -> bool {
        let is_old = |read_at| now - read_at > FRESH_FOR || read_at - now > FRESH_FOR;
        self.stale.is_some() || self.read_at.is_none_or(is_old)
    }
}

/// The plan's name as the list shows it: `Enterprise (Monthly)` → `Enterprise` (ui.md (b)).
pub fn plan_display(plan: &str) -> String {
    plan.replace("(Monthly)", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sums over all rows.
pub fn client_totals(rows: &[ClientRow], now: OffsetDateTime) -> ClientTotals {
    let mut totals = ClientTotals { clients: rows.len(), ..ClientTotals::default() };
    for row in rows {
        totals.assigned += i64::from(row.assigned.unwrap_or_default());
        totals.used += i64::from(row.used.unwrap_or_default());
        totals.remaining += i64::from(row.remaining.unwrap_or_default());
        totals.without_seats_left += usize::from(row.has_no_seats_left());
        totals.stale += usize::from(row.is_stale(now));
        match row.freshness.read_at {
            None => totals.never_read += 1,
            Some(read_at) if totals.oldest.is_none_or(|(_, oldest)| read_at < oldest) => {
                totals.oldest = Some((row.organization_id, read_at));
            }
            Some(_) => {}
        }
    }
    totals
}

/// The plans of the clients, by name, each with its number of clients.
pub fn client_plans(rows: &[ClientRow]) -> Vec<(String, usize)> {
    let mut plans: BTreeMap<&str, usize> = BTreeMap::new();
    for plan in rows.iter().filter_map(|row| row.plan.as_deref()) {
        *plans.entry(plan).or_default() += 1;
    }
    plans.into_iter().map(|(plan, count)| (plan.to_owned(), count)).collect()
}

/// The places of the rows that `query` shows, in its order.
pub fn select_clients(
    rows: &[ClientRow],
    tags: &ClientTags,
    query: &ClientQuery,
    now: OffsetDateTime,
) -> Vec<u32> {
    let words = SearchWords::new(&query.text);
    let is_shown = |row: &ClientRow| {
        let toggle = match query.toggle {
            ClientToggle::All => true,
            ClientToggle::NoSeatsLeft => row.has_no_seats_left(),
            ClientToggle::Stale => row.is_stale(now),
        };
        toggle
            && query.plan.as_ref().is_none_or(|plan| row.plan.as_ref() == Some(plan))
            && tags.has_all(row.organization_id, &query.tags)
    };
    // The name alone says the order.
    let is_found = |name: &str, place: u32| {
        let tagged = || tags.beside(name, rows[place as usize].organization_id);
        words.occur_in(name) || tagged().is_some_and(|text| words.occur_in(&text))
    };
    let mut places: Vec<(String, u32)> = (0..)
        .zip(rows)
        .filter(|(_, row)| is_shown(row))
        .map(|(place, row)| (fold(&row.name), place))
        .filter(|(name, place)| is_found(name, *place))
        .collect();
    places.sort_by_cached_key(|(name, place)| (sort_key(name).into_owned(), *place));
    let unlimited_last = |seats: Option<i32>| (seats.is_none(), seats);
    let row = |place: &(String, u32)| &rows[place.1 as usize];
    match query.sort {
        ClientSort::Name => {}
        ClientSort::Assigned => places.sort_by_key(|place| unlimited_last(row(place).assigned)),
        ClientSort::Used => places.sort_by_key(|place| row(place).used),
        ClientSort::Remaining => places.sort_by_key(|place| unlimited_last(row(place).remaining)),
        ClientSort::Members => places.sort_by_key(|place| row(place).confirmed),
        ClientSort::Plan => places.sort_by(|left, right| row(left).plan.cmp(&row(right).plan)),
        ClientSort::Created => places.sort_by_key(|place| row(place).created),
        ClientSort::ReadAt => places.sort_by_key(|place| row(place).freshness.read_at),
    }
    if query.descending {
        places.reverse();
    }
    places.into_iter().map(|(_, place)| place).collect()
}
