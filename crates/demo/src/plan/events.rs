//! The event logs of the provider and of its clients: what plausibly happened lately.
//!
//! No log holds "vault accessed" (1603 and 1903): those lines say that somebody really looked, so only the service
//! itself writes them.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::cast::TeamMember;
use super::{Organization, Plan, Status, hours};
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

/// What somebody uses: a browser for the Admin Console, which is nowhere else, and one or two other places to sign in from.
struct Devices {
    browser: i32,
    all: Vec<i32>,
}

impl Devices {
    /// Chrome, Edge, Firefox and Safari with their extensions, a phone, and now and then the desktop program: a person
    /// keeps to the same ones.
    fn of(seeded: &Seeded, person: Uuid) -> Devices {
        let mut dice = seeded.dice(&format!("devices/{person}"));
        let (browser, extension, desktop) = *pick(
            &mut dice,
            &[(9, 2, 6), (9, 2, 6), (9, 2, 7), (12, 5, 6), (12, 5, 6), (10, 3, 8), (17, 20, 7)],
        );
        let mut all = vec![browser, extension, extension];
        if chance(&mut dice, 60) {
            all.push(if chance(&mut dice, 55) { 1 } else { 0 });
        }
        if chance(&mut dice, 25) {
            all.push(desktop);
        }
        Devices { browser, all }
    }
}

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
fn address(seeded: &Seeded, dice: &mut fastrand::Rng, office: usize, person: Uuid) -> String {
    let block = ["192.0.2", "198.51.100", "203.0.113"];
    // Most of an organization's lines come from its office, the others from where their person lives.
    if chance(dice, 75) {
        return format!("{}.{}", block[office % 3], office % 200 + 10);
    }
    let mut home = seeded.dice(&format!("home/{person}"));
    format!("{}.{}", pick(&mut home, &block), home.usize(1..255))
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
            address: address(seeded, &mut dice, 0, admin),
        });
    };
    for colleague in &team[1..] {
        line(TEAM_MEMBER_INVITED, colleague.since, Subject::TeamMember(colleague.id));
        if let Some(confirmed) = colleague.confirmed {
            line(TEAM_MEMBER_CONFIRMED, confirmed, Subject::TeamMember(colleague.id));
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
    let confirmed = || client.members.iter().filter(|member| member.status == Status::Confirmed);
    for _ in 0..lines {
        let date = working_moment(&mut dice, now).max(client.created);
        let active: Vec<(Uuid, Uuid)> = confirmed()
            .filter(|member| member.revised <= date)
            .filter_map(|member| Some((member.id, member.person?)))
            .collect();
        if active.is_empty() {
            continue;
        }
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
        let devices = Devices::of(seeded, actor);
        events.push(EventPlan {
            kind,
            date,
            actor,
            own_account: kind < 1100,
            organization: Some(client.id),
            provider: None,
            subject: if kind == ORGANIZATION_UPDATED { Subject::Nothing } else { subject },
            device: if kind < 1100 { *pick(&mut dice, &devices.all) } else { devices.browser },
            address: address(seeded, &mut dice, n + 1, actor),
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
    // Whoever is a member of the client acts as one.
    let colleagues: Vec<(Uuid, OffsetDateTime)> = team
        .iter()
        .filter_map(|colleague| Some((colleague.person?, colleague.confirmed?)))
        .filter(|(person, _)| !client.members.iter().any(|member| member.person == Some(*person)))
        .collect();
    let provider = Plan::provider_id(seeded);
    let mut line = |kind, date, organization, subject| {
        let there: Vec<Uuid> =
            colleagues.iter().filter(|(_, since)| *since <= date).map(|(person, _)| *person).collect();
        if there.is_empty() {
            return;
        }
        let actor = *pick(&mut dice, &there);
        events.push(EventPlan {
            kind,
            date,
            actor,
            own_account: false,
            organization,
            provider: Some(provider),
            subject,
            device: Devices::of(seeded, actor).browser,
            address: address(seeded, &mut dice, 0, actor),
        });
    };
    line(CLIENT_CREATED, client.created, None, Subject::Client(Plan::link_id(seeded, client)));
    let recent = |date: OffsetDateTime| now - date < Duration::days(DAYS);
    for member in &client.members {
        let mut of_member = |kind, date| line(kind, date, Some(client.id), Subject::Member(member.id));
        let waits = matches!(member.status, Status::Invited | Status::Accepted);
        if waits || (recent(member.since) && member.status != Status::Staged) {
            of_member(MEMBER_INVITED, member.since);
        }
        match member.status {
            Status::Revoked => of_member(MEMBER_REVOKED, member.revised),
            Status::Confirmed if recent(member.revised) => of_member(MEMBER_CONFIRMED, member.revised),
            _ => {}
        }
    }
}

fn working_moment(dice: &mut fastrand::Rng, now: OffsetDateTime) -> OffsetDateTime {
    let days = dice.i64(0..DAYS);
    hours::days_ago(dice, now, days)
}
