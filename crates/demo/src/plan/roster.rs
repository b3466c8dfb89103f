//! Who is a member of a client organization, and the organization around them.

use time::{Duration, OffsetDateTime};

use super::access::{self, Shape};
use super::directory::Entry;
use super::parts::{self, Part};
use super::{
    CustomRights, Member, Organization, PlanKind, Policy, Role, Status, abbott, hours, names, person_id,
    policies,
};
use crate::seeded::{Seeded, chance};

/// The `n`th client with all its members, in `rows` member rows or in as many as its entry says.
pub(super) fn organization(
    seeded: &Seeded,
    now: OffsetDateTime,
    n: usize,
    entry: &Entry,
    rows: Option<usize>,
) -> Organization {
    let label = format!("client/{n}");
    let (occupied, others) = match rows {
        Some(rows) => (rows - rows / 15, rows / 15),
        None => (entry.occupied, entry.others),
    };
    let mut dice = seeded.dice(&label);
    // Nobody is invited before there is something to be invited to.
    let oldest_part = parts::of(&entry.domain).iter().map(|part| part.days).max().unwrap_or(0);
    let days = dice.i64(90..1_500).max(oldest_part + 4);
    let created = hours::days_ago(&mut dice, now, days);
    let people = occupied + others;
    let policies = policies::policies(seeded, &label, entry.plan, people, (created, now));
    let (parts, mut members) = members(seeded, (created, now), &label, entry, occupied, others, &policies);
    let shape = Shape::of(seeded, &label, &entry.domain, (entry.trade, entry.language), people);
    let collections = access::collections(seeded, &label, entry.language, &shape, (created, now));
    let teams: Vec<&'static [usize]> = parts.iter().map(|part| part.teams).collect();
    let groups = access::groups(seeded, &label, entry.language, &shape, &members, &teams, (created, now));
    if entry.domain != abbott::DOMAIN {
        access::grant_to_bookkeeper(seeded, &label, &mut members, &groups, &collections);
    }
    Organization {
        id: seeded.id(&label),
        name: entry.name.clone(),
        domain: entry.domain.clone(),
        language: entry.language,
        plan: entry.plan,
        seats: if rows.is_some() { (occupied + occupied / 10 + 1) as u32 } else { entry.seats },
        created,
        admins_manage_everything: chance(&mut dice, 60),
        members,
        groups,
        collections,
        policies,
    }
}

/// The members, those with a part first. Returns the parts in the same order.
fn members(
    seeded: &Seeded,
    (created, now): (OffsetDateTime, OffsetDateTime),
    label: &str,
    entry: &Entry,
    occupied: usize,
    others: usize,
    policies: &[Policy],
) -> (Vec<&'static Part>, Vec<Member>) {
    let total = occupied + others;
    // Whoever takes no seat counts among the others, so that the seats come out as the entry says.
    let mut free = others;
    let parts: Vec<&'static Part> = parts::of(&entry.domain)
        .iter()
        .filter(|part| {
            let fits = part.status.takes_seat() || free > 0;
            free -= usize::from(fits && !part.status.takes_seat());
            fits
        })
        .take(total)
        .collect();
    let seated = parts.iter().filter(|part| part.status.takes_seat()).count();
    let made_up = names::people(seeded, label, entry.language, total - parts.len());
    let mut dice = seeded.dice(&format!("{label}/members"));
    let recovery_on = policies::is_on(policies, policies::ACCOUNT_RECOVERY);
    let two_step_on = policies::is_on(policies, policies::TWO_STEP);

    let mut members: Vec<Member> = Vec::with_capacity(total);
    for (m, part) in parts.iter().enumerate() {
        members.push(Member {
            id: seeded.id(&format!("{label}/member/{m}")),
            email: part.email.map_or_else(|| names::email(part.name, &entry.domain), str::to_owned),
            person: None,
            name: part.name.to_owned(),
            role: part.role,
            rights: rights(part.role),
            status: part.status,
            recovery: false,
            two_step: part.two_step,
            since: hours::days_ago(&mut dice, now, part.days).max(created),
            revised: now,
            grants: Vec::new(),
        });
    }
    let owners = parts.iter().filter(|part| part.role == Role::Owner).count();
    let still_seated = occupied - seated.min(occupied);
    let newcomers = newcomers(&mut dice, still_seated);
    for (i, name) in made_up.into_iter().enumerate() {
        let m = members.len();
        let role = made_up_role(parts.is_empty(), owners, i, m, entry.plan);
        let status = made_up_status(role, i, still_seated, newcomers);
        let since = match status {
            // Most of them are fresh; after a month somebody would have asked.
            Status::Invited => {
                let days = dice.i64(0..26);
                hours::days_ago(&mut dice, now, days * days / 27)
            }
            Status::Accepted => days_before(&mut dice, now, 1..5),
            Status::Staged => days_before(&mut dice, now, 1..20),
            Status::Confirmed | Status::Revoked => arrival(&mut dice, i, still_seated, created, now),
        };
        members.push(Member {
            id: seeded.id(&format!("{label}/member/{m}")),
            email: names::email(&name, &entry.domain),
            person: None,
            name,
            role,
            rights: rights(role),
            status,
            recovery: false,
            two_step: two_step_on || matches!(role, Role::Owner | Role::Admin) || chance(&mut dice, 72),
            since: since.max(created),
            revised: now,
            grants: Vec::new(),
        });
    }
    for member in &mut members {
        let has_account = !matches!(member.status, Status::Invited | Status::Staged);
        member.person = has_account.then(|| person_id(seeded, &member.email));
        member.revised = last_change(&mut dice, member, now);
        member.recovery = recovery_on && member.status == Status::Confirmed && chance(&mut dice, 88);
    }
    (parts, members)
}

fn days_before(dice: &mut fastrand::Rng, now: OffsetDateTime, days: std::ops::Range<i64>) -> OffsetDateTime {
    let days = dice.i64(days);
    hours::days_ago(dice, now, days)
}

/// When somebody who has long been there was invited. An organization begins with its owners, who bring the others in
/// within weeks, in a few batches; after that one comes now and then.
fn arrival(
    dice: &mut fastrand::Rng,
    i: usize,
    seated: usize,
    created: OffsetDateTime,
    now: OffsetDateTime,
) -> OffsetDateTime {
    // Whoever came in the last weeks is still in another state.
    let latest = (now - Duration::days(30)).max(created);
    if i < 2 {
        return (created + Duration::minutes(dice.i64(3..90))).min(latest);
    }
    if i * 10 < seated * 7 {
        const BATCHES: [i64; 4] = [1, 6, 13, 27];
        let batch = created + Duration::days(BATCHES[i * 4 / (seated * 7 / 10 + 1) % 4]);
        return hours::on_day_of(dice, batch, latest).max(created);
    }
    hours::between(dice, created, latest)
}

/// When a row was last changed: not since the invitation, or when its person was confirmed, or sent away.
fn last_change(dice: &mut fastrand::Rng, member: &Member, now: OffsetDateTime) -> OffsetDateTime {
    match member.status {
        Status::Invited | Status::Staged => member.since,
        Status::Accepted | Status::Confirmed => hours::soon_after(dice, member.since, now),
        Status::Revoked => {
            let first_day = hours::soon_after(dice, member.since, now);
            hours::between(dice, first_day, now)
        }
    }
}

/// Two owners, an admin for every twenty, and on Enterprise plans a custom role for every twenty-five.
fn made_up_role(no_parts: bool, owners: usize, i: usize, m: usize, plan: PlanKind) -> Role {
    // Where somebody was cast as owner, the cast is complete: one owner can be the point of it.
    if (no_parts && i < 2) || (!no_parts && owners == 0 && i == 0) {
        return Role::Owner;
    }
    match m % 25 {
        7 if plan == PlanKind::Enterprise => Role::Custom,
        20 => Role::Admin,
        _ => Role::User,
    }
}

/// How many were invited of late, and how many of those accepted: in small organizations often nobody.
fn newcomers(dice: &mut fastrand::Rng, seated: usize) -> (usize, usize) {
    let invited = dice.usize(0..=seated.div_ceil(12)).max(usize::from(seated > 20));
    (invited, dice.usize(0..=seated / 22))
}

/// The last ones that take a seat have not arrived yet; those that take none come after all others.
fn made_up_status(role: Role, i: usize, seated: usize, (invited, accepted): (usize, usize)) -> Status {
    if i >= seated {
        return if (i - seated) % 4 == 3 { Status::Staged } else { Status::Revoked };
    }
    let from_the_end = seated - 1 - i;
    match role {
        Role::Owner | Role::Admin => Status::Confirmed,
        _ if seated < 4 => Status::Confirmed,
        _ if from_the_end < invited => Status::Invited,
        _ if from_the_end < invited + accepted => Status::Accepted,
        _ => Status::Confirmed,
    }
}

fn rights(role: Role) -> CustomRights {
    match role {
        Role::Custom => CustomRights {
            event_logs: true,
            reports: true,
            manage_users: true,
            manage_groups: true,
            edit_any_collection: false,
        },
        _ => CustomRights::default(),
    }
}
