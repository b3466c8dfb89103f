//! Groups, collections, and who is in which group.

use super::trade::{self, CollectionShape, STAFF, TeamShape, Trade};
use super::{Collection, Grant, Group, Language, Member, Role, Status, abbott};
use crate::seeded::Seeded;

/// The teams and collections that an organization starts from.
pub(super) struct Shape {
    pub(super) teams: Vec<&'static TeamShape>,
    pub(super) collections: Vec<&'static CollectionShape>,
}

impl Shape {
    pub(super) fn of(domain: &str, trade: Trade) -> Shape {
        if domain == abbott::DOMAIN {
            return Shape {
                teams: abbott::TEAMS.iter().collect(),
                collections: abbott::COLLECTIONS.iter().collect(),
            };
        }
        Shape { teams: trade.teams().collect(), collections: trade.collections().collect() }
    }
}

/// The collections of a shape, with the organization's ids.
pub(super) fn collections(
    seeded: &Seeded,
    label: &str,
    language: Language,
    shape: &Shape,
) -> Vec<Collection> {
    let collection = |(n, shape): (usize, &&CollectionShape)| Collection {
        id: seeded.id(&format!("{label}/collection/{n}")),
        name: trade::in_language(shape.name, language).to_owned(),
    };
    shape.collections.iter().enumerate().map(collection).collect()
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
) -> Vec<Group> {
    let confirmed: Vec<usize> = positions(members, |member| member.status == Status::Confirmed);
    shape
        .teams
        .iter()
        .enumerate()
        .map(|(t, team)| {
            let mut inside: Vec<usize> = (0..members.len())
                .filter(|&m| match parts.get(m) {
                    Some(teams) => teams.contains(&t) && members[m].status != Status::Revoked,
                    None => dealt_into(t, team, m, &members[m]),
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
                members: inside,
                grants: grants_of(shape, t),
            }
        })
        .collect()
}

fn dealt_into(t: usize, team: &TeamShape, m: usize, member: &Member) -> bool {
    if !member.status.takes_seat() {
        return false;
    }
    if matches!(member.role, Role::Owner | Role::Admin) {
        return matches!(t, STAFF | trade::IT | trade::OFFICE);
    }
    // The team of all staff leaves out about one in thirteen, so that it is not a synonym for the organization;
    // those are in the team of everyday work instead.
    let left_out = m % 13 == 5;
    match t {
        STAFF => !left_out,
        3 if left_out => true,
        _ => (m + 3 * t).is_multiple_of(team.one_in),
    }
}

fn grants_of(shape: &Shape, team: usize) -> Vec<Grant> {
    let mut grants = Vec::new();
    for (collection, shelf) in shape.collections.iter().enumerate() {
        for &(t, level) in shelf.reached_by {
            if t == team {
                grants.push(Grant { collection, level });
            }
        }
    }
    grants
}

fn positions(members: &[Member], wanted: impl Fn(&Member) -> bool) -> Vec<usize> {
    (0..members.len()).filter(|&m| wanted(&members[m])).collect()
}
