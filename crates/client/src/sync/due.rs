//! Which clients a sync reads (design §3): those that changed, that a person looks at or pinned, that failed or are old;
//! and with what is left of the budget the oldest pictures. Plain data and a pure function.

use std::collections::{HashMap, HashSet};

use portico_estate::Freshness;
use portico_profile::KnownClients;
use portico_protocol::provider::ProviderOrganizationDetails;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::plan::Job;

/// What decides besides what is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// Everything is read.
    pub full: bool,
    /// So many clients at least, while there are so many.
    pub budget: usize,
    /// A person looks at them.
    pub opened: HashSet<Uuid>,
    /// Something was done in them, as the provider's log says.
    pub hinted: HashSet<Uuid>,
}

/// What is read, and how many are left as they are.
#[derive(Debug, PartialEq)]
pub(crate) struct Due {
    /// What a person waits for first, then by name.
    pub jobs: Vec<Job>,
    pub left: u32,
}

/// An hour before a picture counts as old, so that a sync every half an hour never shows an old one.
const DUE_AFTER: Duration = portico_estate::FRESH_FOR.saturating_sub(Duration::HOUR);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// A person waits for it.
    First,
    Needed,
    /// Where the budget has room: the one that was tried longest ago first.
    IfThereIsRoom,
    /// Read by the sync before, which did not finish.
    Done,
}

/// Chooses among all `jobs`, given by name.
pub(crate) fn due(
    jobs: Vec<Job>,
    rows: &HashMap<Uuid, ProviderOrganizationDetails>,
    known: &KnownClients,
    wishes: &Wishes,
) -> Due {
    let mut turns: Vec<(Turn, Job)> =
        jobs.into_iter().map(|job| (turn(job.id, rows.get(&job.id), known, wishes), job)).collect();
    let needed = turns.iter().filter(|(turn, _)| *turn <= Turn::Needed).count();
    let mut spare: Vec<(Option<OffsetDateTime>, Uuid)> = turns
        .iter()
        .filter(|(turn, _)| *turn == Turn::IfThereIsRoom)
        .map(|(_, job)| (tried_at(job.id, known), job.id))
        .collect();
    spare.sort_unstable();
    spare.truncate(wishes.budget.saturating_sub(needed + known.taken_up.len()));
    let spare: HashSet<Uuid> = spare.into_iter().map(|(_, id)| id).collect();
    let all = turns.len();
    turns.retain(|(turn, job)| *turn <= Turn::Needed || spare.contains(&job.id));
    let left = u32::try_from(all - turns.len()).unwrap_or(u32::MAX);
    // Stable: what stood by name still does.
    turns.sort_by_key(|(turn, _)| *turn != Turn::First);
    Due { jobs: turns.into_iter().map(|(_, job)| job).collect(), left }
}

fn turn(id: Uuid, row: Option<&ProviderOrganizationDetails>, known: &KnownClients, wishes: &Wishes) -> Turn {
    let changed = row.is_some() && row != known.rows.get(&id);
    if known.taken_up.contains(&id) && !wishes.full {
        return if changed || wishes.hinted.contains(&id) { Turn::Needed } else { Turn::Done };
    }
    if wishes.opened.contains(&id) || known.pinned.contains(&id) {
        return Turn::First;
    }
    let freshness = freshness(id, known);
    let may_pass = freshness.stale.is_some_and(portico_estate::StaleReason::may_pass);
    // A clock that was set back makes a picture of tomorrow: how old it is, nobody knows.
    let is_recent = known.now.zip(freshness.tried_at()).is_some_and(|(now, tried_at)| {
        let age = now - tried_at;
        !age.is_negative() && age < DUE_AFTER
    });
    if wishes.full || changed || wishes.hinted.contains(&id) || may_pass || !is_recent {
        Turn::Needed
    } else {
        Turn::IfThereIsRoom
    }
}

fn freshness(id: Uuid, known: &KnownClients) -> Freshness {
    known.freshness.get(&id).copied().unwrap_or_default()
}

fn tried_at(id: Uuid, known: &KnownClients) -> Option<OffsetDateTime> {
    freshness(id, known).tried_at()
}

#[cfg(test)]
mod tests {
    use portico_estate::StaleReason;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-08-20 12:00 UTC);

    const fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn row(number: u128, users: i32) -> ProviderOrganizationDetails {
        ProviderOrganizationDetails {
            organization_id: id(number),
            user_count: Some(users),
            ..ProviderOrganizationDetails::default()
        }
    }

    /// Clients 0 to 9, client n read n + 1 hours ago.
    fn known() -> KnownClients {
        let read = |n: u128| Freshness {
            read_at: Some(NOW - Duration::hours(n as i64 + 1)),
            ..Freshness::default()
        };
        KnownClients {
            now: Some(NOW),
            freshness: (0..10).map(|n| (id(n), read(n))).collect(),
            rows: (0..10).map(|n| (id(n), row(n, 5))).collect(),
            ..KnownClients::default()
        }
    }

    fn read(known: &KnownClients, rows: &[(u128, i32)], wishes: &Wishes) -> Vec<u128> {
        let mut now: HashMap<Uuid, _> = (0..10).map(|n| (id(n), row(n, 5))).collect();
        now.extend(rows.iter().map(|(n, users)| (id(*n), row(*n, *users))));
        let mut ids: Vec<Uuid> = now.keys().copied().collect();
        ids.sort_unstable();
        let jobs = ids.iter().map(|id| Job::client(*id, "")).collect();
        let due = due(jobs, &now, known, wishes);
        assert_eq!(due.jobs.len() + due.left as usize, ids.len());
        due.jobs.iter().map(|job| job.id.as_u128()).collect()
    }

    fn within(budget: usize) -> Wishes {
        Wishes { budget, ..Wishes::default() }
    }

    #[test]
    fn the_budget_goes_to_the_oldest_pictures() {
        assert_eq!(read(&known(), &[], &within(0)), [0; 0]);
        assert_eq!(read(&known(), &[], &within(3)), [7, 8, 9]);
        assert_eq!(read(&known(), &[], &within(100)).len(), 10);
    }

    #[test]
    fn what_changed_is_read_whatever_the_budget_and_counts_in_it() {
        assert_eq!(read(&known(), &[(2, 6)], &within(0)), [2], "another row");
        assert_eq!(read(&known(), &[(2, 6)], &within(2)), [2, 9]);
        assert_eq!(read(&known(), &[(42, 1)], &within(0)), [42], "a new client");
        let hinted = Wishes { hinted: [id(4), id(99)].into(), ..within(0) };
        assert_eq!(read(&known(), &[], &hinted), [4]);
    }

    #[test]
    fn what_a_person_looks_at_comes_first() {
        let known = KnownClients { pinned: [id(8)].into(), ..known() };
        let wishes = Wishes { opened: [id(5)].into(), ..within(0) };
        assert_eq!(read(&known, &[(1, 6)], &wishes), [5, 8, 1]);
    }

    #[test]
    fn nothing_gets_older_than_a_day() {
        let mut known = known();
        known.now = Some(NOW + Duration::hours(20));
        assert_eq!(read(&known, &[], &within(0)), [2, 3, 4, 5, 6, 7, 8, 9], "an hour before");
        known.now = Some(NOW - Duration::hours(3));
        assert_eq!(read(&known, &[], &within(0)), [0, 1], "read in the future");
        known.now = None;
        assert_eq!(read(&known, &[], &within(0)).len(), 10);
    }

    #[test]
    fn a_failure_that_may_pass_is_tried_again_and_a_refusal_waits_its_turn() {
        let mut known = known();
        let failed = |reason, hours| Freshness {
            read_at: Some(NOW - Duration::days(9)),
            stale: Some(reason),
            failed_at: Some(NOW - Duration::hours(hours)),
        };
        known.freshness.insert(id(1), failed(StaleReason::TimedOut, 0));
        known.freshness.insert(id(2), failed(StaleReason::Forbidden, 1));
        known.freshness.insert(id(3), failed(StaleReason::Forbidden, 23));
        let never = Freshness { read_at: None, ..failed(StaleReason::NotFound, 2) };
        known.freshness.insert(id(4), never);
        assert_eq!(read(&known, &[], &within(0)), [1, 3]);
        assert_eq!(read(&known, &[], &within(3)), [1, 3, 9], "ten hours ago is longer than one");
    }

    #[test]
    fn what_an_unfinished_sync_read_is_not_read_again_for_nothing() {
        let mut known = known();
        known.taken_up = (0..10).map(id).collect();
        assert_eq!(read(&known, &[], &within(100)), [0; 0]);
        assert_eq!(read(&known, &[(3, 6)], &within(100)), [3], "unless it changed since");
        let full = Wishes { full: true, ..within(100) };
        assert_eq!(read(&known, &[], &full).len(), 10);
    }
}
