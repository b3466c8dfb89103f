//! The event logs of the provider and of its clients: what plausibly happened lately.
//!
//! No log holds "vault accessed" (1603 and 1903): those lines say that somebody really looked, so only the service
//! itself writes them.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::cast::{TeamMember, TeamStatus};
use super::{Organization, Plan, Status};
use crate::seeded::{Seeded, chance, pick};

/// One line of a log, by the numbers of protocol.md §4.9.
pub(crate) struct EventPlan {
    pub(crate) kind: i32,
    pub(crate) date: OffsetDateTime,
    pub(crate) actor: Uuid,
    /// Whether the actor is its subject too, as for log-ins.
    pub(crate) own_account: bool,
    pub(crate) organization: Option<Uuid>,
    /// Set where somebody of the provider acted without being a member.
    pub(crate) provider: Option<Uuid>,
    pub(crate) subject: Subject,
    pub(crate) device: i32,
    pub(crate) address: String,
}

/// What the line is about, beside the actor.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Nothing,
    Member(Uuid),
    Group(Uuid),
    Collection(Uuid),
    TeamMember(Uuid),
    Client(Uuid),
}

const LOGGED_IN: i32 = 1000;
const FAILED_LOG_IN: i32 = 1005;
const COLLECTION_UPDATED: i32 = 1301;
const GROUP_UPDATED: i32 = 1401;
const MEMBER_INVITED: i32 = 1500;
const MEMBER_CONFIRMED: i32 = 1501;
const MEMBER_UPDATED: i32 = 1502;
const MEMBER_REVOKED: i32 = 1511;
const ORGANIZATION_UPDATED: i32 = 1600;
const TEAM_MEMBER_INVITED: i32 = 1800;
const TEAM_MEMBER_CONFIRMED: i32 = 1801;
const CLIENT_CREATED: i32 = 1900;

/// Windows desktop, Chrome, Edge and Firefox extensions, web vault in three browsers, phones.
const DEVICES: [i32; 8] = [6, 2, 5, 3, 9, 12, 1, 0];

/// How far back the everyday lines go.
const DAYS: i64 = 28;

/// All lines, oldest first.
pub(super) fn events(
    seeded: &Seeded,
    now: OffsetDateTime,
    team: &[TeamMember],
    clients: &[Organization],
) -> Vec<EventPlan> {
    let mut events = Vec::new();
    of_team(seeded, team, &mut events);
    for (n, client) in clients.iter().enumerate() {
        let lines = (client.members.len() / 3).clamp(6, 30);
        of_client(seeded, now, n, client, lines, &mut events);
        by_provider(seeded, now, n, client, team, &mut events);
    }
    events.sort_by_key(|event| event.date);
    events
}

/// Addresses of the three blocks that are set aside for documentation (RFC 5737).
fn address(dice: &mut fastrand::Rng, office: usize) -> String {
    let block = ["192.0.2", "198.51.100", "203.0.113"][office % 3];
    // Most of an organization's lines come from its office.
    let host = if chance(dice, 75) { office % 200 + 10 } else { dice.usize(1..255) };
    format!("{block}.{host}")
}

fn of_team(seeded: &Seeded, team: &[TeamMember], events: &mut Vec<EventPlan>) {
    let mut dice = seeded.dice("events/team");
    let Some(admin) = team.first().and_then(|admin| admin.person) else { return };
    let mut line = |kind, date, subject| {
        events.push(EventPlan {
            kind,
            date,
            actor: admin,
            own_account: false,
            organization: None,
            provider: Some(Plan::provider_id(seeded)),
            subject,
            device: 9,
            address: address(&mut dice, 0),
        });
    };
    for colleague in &team[1..] {
        line(TEAM_MEMBER_INVITED, colleague.since, Subject::TeamMember(colleague.id));
        if colleague.status == TeamStatus::Confirmed {
            line(
                TEAM_MEMBER_CONFIRMED,
                colleague.since + Duration::hours(29),
                Subject::TeamMember(colleague.id),
            );
        }
    }
}

fn of_client(
    seeded: &Seeded,
    now: OffsetDateTime,
    n: usize,
    client: &Organization,
    lines: usize,
    events: &mut Vec<EventPlan>,
) {
    let mut dice = seeded.dice(&format!("events/{n}"));
    let active: Vec<(Uuid, Uuid)> = client
        .members
        .iter()
        .filter(|member| member.status == Status::Confirmed)
        .filter_map(|member| Some((member.id, member.person?)))
        .collect();
    if active.is_empty() {
        return;
    }
    for _ in 0..lines {
        let &(_, actor) = pick(&mut dice, &active);
        let &(boss_row, boss) = &active[0];
        let (kind, actor, subject) = match dice.u32(..20) {
            0..13 => (LOGGED_IN, actor, Subject::Nothing),
            13 => (FAILED_LOG_IN, actor, Subject::Nothing),
            14..16 => (MEMBER_UPDATED, boss, Subject::Member(pick(&mut dice, &active).0)),
            16 => (GROUP_UPDATED, boss, Subject::Group(pick(&mut dice, &client.groups).id)),
            17 | 18 => {
                (COLLECTION_UPDATED, boss, Subject::Collection(pick(&mut dice, &client.collections).id))
            }
            _ => (ORGANIZATION_UPDATED, boss, Subject::Member(boss_row)),
        };
        events.push(EventPlan {
            kind,
            // Working hours, mostly: whole days back, then between eight and eighteen.
            date: working_moment(&mut dice, now),
            actor,
            own_account: kind < 1100,
            organization: Some(client.id),
            provider: None,
            subject: if kind == ORGANIZATION_UPDATED { Subject::Nothing } else { subject },
            device: *pick(&mut dice, &DEVICES),
            address: address(&mut dice, n + 1),
        });
    }
}

/// What the provider's people did in the client, stamped with the provider.
fn by_provider(
    seeded: &Seeded,
    now: OffsetDateTime,
    n: usize,
    client: &Organization,
    team: &[TeamMember],
    events: &mut Vec<EventPlan>,
) {
    let mut dice = seeded.dice(&format!("events/{n}/provider"));
    let colleagues: Vec<Uuid> = team
        .iter()
        .filter(|colleague| colleague.status == TeamStatus::Confirmed)
        .filter_map(|colleague| colleague.person)
        .filter(|person| !client.members.iter().any(|member| member.person == Some(*person)))
        .collect();
    if colleagues.is_empty() {
        return;
    }
    let provider = Plan::provider_id(seeded);
    let mut line = |kind, date, organization, subject| {
        events.push(EventPlan {
            kind,
            date,
            actor: *pick(&mut dice, &colleagues),
            own_account: false,
            organization,
            provider: Some(provider),
            subject,
            device: 9,
            address: address(&mut dice, 0),
        });
    };
    line(CLIENT_CREATED, client.created, None, Subject::Client(Plan::link_id(seeded, client)));
    for member in &client.members {
        let kind = match member.status {
            Status::Invited | Status::Accepted => MEMBER_INVITED,
            Status::Revoked => MEMBER_REVOKED,
            Status::Confirmed if now - member.since < Duration::days(DAYS) => MEMBER_CONFIRMED,
            Status::Confirmed | Status::Staged => continue,
        };
        line(kind, member.since, Some(client.id), Subject::Member(member.id));
    }
}

fn working_moment(dice: &mut fastrand::Rng, now: OffsetDateTime) -> OffsetDateTime {
    let day = (now - Duration::days(dice.i64(0..DAYS))).replace_time(time::Time::MIDNIGHT);
    (day + Duration::hours(8) + Duration::seconds(dice.i64(0..10 * 3_600))).min(now)
}
