//! Groups, collections, and who is in which group: by the trade of an organization and by how many people it has.

use time::{Duration, OffsetDateTime};

use super::trade::{self, CollectionShape, Holds, IT, OFFICE, STAFF, TeamShape, Trade};
use super::{Collection, Grant, Group, Language, Level, Member, Role, Status, abbott, hours};
use crate::seeded::{Seeded, chance, pick};

/// The teams and collections of one organization.
pub(super) struct Shape {
    /// With the positions that [`CollectionShape::reached_by`] and the parts know them by.
    teams: Vec<(usize, &'static TeamShape)>,
    collections: Vec<&'static CollectionShape>,
    /// What its places are called, and their names; none where all are in one.
    places: (trade::Text, Vec<&'static str>),
}

/// From so many people on an organization is in several places, one more for each so many.
const PLACE: usize = 34;

const ENGLISH_PLACES: [&str; 9] = [
    "North Quay",
    "Market Street",
    "Riverside",
    "Station Road",
    "Hilltop",
    "Old Mill",
    "Castle Hill",
    "West Park",
    "Dock Road",
];
const FRENCH_PLACES: [&str; 9] = [
    "Gare",
    "Centre-ville",
    "Rive gauche",
    "Vieux-Port",
    "Les Tilleuls",
    "Grand-Place",
    "La Colline",
    "Beaulieu",
    "Faubourg",
];

impl Shape {
    /// How large an organization has to be for each team and collection is taken loosely, for each of them by itself: two
    /// organizations of one size and trade are not alike.
    pub(super) fn of(
        seeded: &Seeded,
        label: &str,
        domain: &str,
        (trade, language): (Trade, Language),
        people: usize,
    ) -> Shape {
        if domain == abbott::DOMAIN {
            return Shape {
                teams: abbott::TEAMS.iter().enumerate().collect(),
                collections: abbott::COLLECTIONS.iter().collect(),
                places: (trade.places(), Vec::new()),
            };
        }
        let mut dice = seeded.dice(&format!("{label}/shape"));
        let mut has = |from: usize| people * dice.usize(70..145) >= from * 100;
        let teams = trade.teams().enumerate().filter(|(_, team)| has(team.from)).collect();
        let collections = trade.collections().filter(|shelf| has(shelf.from)).collect();
        let mut names = match language {
            Language::English => ENGLISH_PLACES,
            Language::French => FRENCH_PLACES,
        };
        let places = if chance(&mut dice, 75) { (people / PLACE).min(4) } else { 0 };
        dice.shuffle(&mut names);
        let places = names.into_iter().take(if places > 1 { places } else { 0 }).collect();
        Shape { teams, collections, places: (trade.places(), places) }
    }

    /// Who does the work of a team: in small organizations without it the office, and without one everybody.
    fn present(&self, team: usize) -> usize {
        let is_there = |wanted: usize| self.teams.iter().any(|&(t, _)| t == wanted);
        [team, OFFICE].into_iter().find(|&t| is_there(t)).unwrap_or(STAFF)
    }
}

/// The collections of a shape, with the organization's ids: those of its places come last.
pub(super) fn collections(
    seeded: &Seeded,
    label: &str,
    language: Language,
    shape: &Shape,
    (created, now): (OffsetDateTime, OffsetDateTime),
) -> Vec<Collection> {
    let mut dice = seeded.dice(&format!("{label}/collections"));
    let (kind, places) = &shape.places;
    let shelves = shape
        .collections
        .iter()
        .map(|shelf| (trade::in_language(shelf.name, language).to_owned(), shelf.holds, shelf.from));
    let of_places = places
        .iter()
        .map(|place| (format!("{}/{place}", trade::in_language(*kind, language)), Holds::Codes, PLACE));
    shelves
        .chain(of_places)
        .map(|(name, holds, from)| Collection {
            id: seeded.id(&format!("{label}/collection/{name}")),
            name,
            holds,
            created: added(&mut dice, from, created, now),
        })
        .collect()
}

/// What every organization has was there from the first days; the rest came as it grew.
fn added(
    dice: &mut fastrand::Rng,
    from: usize,
    created: OffsetDateTime,
    now: OffsetDateTime,
) -> OffsetDateTime {
    if from < 15 || chance(dice, 40) {
        let days = dice.i64(0..9);
        return hours::on_day_of(dice, created + Duration::days(days), now).max(created);
    }
    hours::between(dice, created, now)
}

/// The groups of a shape. `parts` says for the first members which teams they are in; the others are dealt out.
///
/// Every group has at least one confirmed member, every member who may use the organization reaches something, and
/// nobody who was revoked is left in a group: what is to be found wrong is put there afterwards, by `planted.rs`.
pub(super) fn groups(
    seeded: &Seeded,
    label: &str,
    language: Language,
    shape: &Shape,
    members: &[Member],
    parts: &[&'static [usize]],
    (created, now): (OffsetDateTime, OffsetDateTime),
) -> Vec<Group> {
    let mut dice = seeded.dice(&format!("{label}/groups"));
    let confirmed: Vec<usize> = positions(members, |member| member.status == Status::Confirmed);
    let mut groups: Vec<Group> = shape
        .teams
        .iter()
        .map(|&(t, team)| {
            let mut inside: Vec<usize> = (0..members.len())
                .filter(|&m| match parts.get(m) {
                    Some(teams) => {
                        let of_team = teams.iter().any(|&part| shape.present(part) == t);
                        of_team && members[m].status != Status::Revoked
                    }
                    None => dealt_into(shape, t, team, m, &members[m]),
                })
                .collect();
            if !inside.iter().any(|m| confirmed.contains(m))
                && let Some(&keeper) = confirmed.get(t % confirmed.len().max(1))
            {
                inside.push(keeper);
                inside.sort_unstable();
            }
            Group {
                id: seeded.id(&format!("{label}/group/{t}")),
                name: trade::in_language(team.name, language).to_owned(),
                created: added(&mut dice, team.from, created, now),
                members: inside,
                grants: grants_of(shape, t),
            }
        })
        .collect();
    groups.extend(groups_of_places(seeded, label, shape, members, parts.len(), |from| {
        added(&mut dice, from, created, now)
    }));
    groups
}

/// One group for each place, of those who work there.
fn groups_of_places(
    seeded: &Seeded,
    label: &str,
    shape: &Shape,
    members: &[Member],
    with_parts: usize,
    mut added: impl FnMut(usize) -> OffsetDateTime,
) -> Vec<Group> {
    let places = &shape.places.1;
    let place = |(p, name): (usize, &&'static str)| {
        let here = |m: &usize| *m >= with_parts && m % places.len() == p && members[*m].status.takes_seat();
        let grant = Grant { collection: shape.collections.len() + p, level: Level::Edit };
        Group {
            id: seeded.id(&format!("{label}/place/{p}")),
            name: (*name).to_owned(),
            created: added(PLACE),
            members: (0..members.len()).filter(here).collect(),
            grants: vec![grant],
        }
    };
    places.iter().enumerate().map(place).collect()
}

fn dealt_into(shape: &Shape, t: usize, team: &TeamShape, m: usize, member: &Member) -> bool {
    if !member.status.takes_seat() {
        return false;
    }
    if matches!(member.role, Role::Owner | Role::Admin) {
        return matches!(t, STAFF | IT | OFFICE);
    }
    // The team of all staff leaves out about one in thirteen, so that it is not a synonym for the organization;
    // those are in the team of everyday work instead.
    let left_out = m % 13 == 5 && shape.present(3) == 3;
    match t {
        STAFF => !left_out,
        3 if left_out => true,
        _ => (m + 3 * t).is_multiple_of(team.one_in),
    }
}

/// What a team reaches, for itself and for teams that there are not.
fn grants_of(shape: &Shape, team: usize) -> Vec<Grant> {
    let mut grants: Vec<Grant> = Vec::new();
    for (collection, shelf) in shape.collections.iter().enumerate() {
        let levels = shelf.reached_by.iter().filter(|&&(t, _)| shape.present(t) == team);
        if let Some(&(_, level)) = levels.max_by_key(|&&(_, level)| level as u8) {
            grants.push(Grant { collection, level });
        }
    }
    // Places are looked after by the office.
    if team == shape.present(OFFICE) {
        let of_places = (0..shape.places.1.len())
            .map(|p| Grant { collection: shape.collections.len() + p, level: Level::Manage });
        grants.extend(of_places);
    }
    grants
}

fn positions(members: &[Member], wanted: impl Fn(&Member) -> bool) -> Vec<usize> {
    (0..members.len()).filter(|&m| wanted(&members[m])).collect()
}

/// One person outside the office keeps the payroll: the one direct grant that most organizations have.
///
/// It stands beside no group grant.
pub(super) fn grant_to_bookkeeper(
    seeded: &Seeded,
    label: &str,
    members: &mut [Member],
    groups: &[Group],
    collections: &[Collection],
) {
    let mut dice = seeded.dice(&format!("{label}/bookkeeper"));
    let Some(payroll) = collections.iter().position(|collection| collection.holds == Holds::Payroll) else {
        return;
    };
    let reaches: Vec<&Group> =
        groups.iter().filter(|group| group.grants.iter().any(|grant| grant.collection == payroll)).collect();
    let outside =
        positions(members, |member| member.role == Role::User && member.status == Status::Confirmed);
    let outside: Vec<usize> = outside
        .into_iter()
        .filter(|m| *m >= 8 && !reaches.iter().any(|group| group.members.contains(m)))
        .collect();
    if !outside.is_empty() {
        let m = *pick(&mut dice, &outside);
        members[m].grants.push(Grant { collection: payroll, level: Level::Edit });
    }
}
