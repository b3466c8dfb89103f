//! The demo provider as plain data: who exists, who belongs where, who reaches what. Nothing is encrypted here.

mod abbott;
mod access;
mod cast;
mod directory;
mod events;
pub(crate) mod hours;
mod names;
pub(crate) mod own;
mod parts;
pub(crate) mod planted;
mod policies;
mod roster;
mod trade;

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::seeded::Seeded;
use crate::size::DemoSize;

pub(crate) use cast::{DANIEL, Login, LoginRole, MAYA, TeamMember, TeamRole, TeamStatus};
pub(crate) use events::{EventPlan, Subject};
pub(crate) use names::folded;
pub(crate) use trade::Holds;

/// The whole demo provider before any key is made.
pub(crate) struct Plan {
    pub(crate) seeded: Seeded,
    pub(crate) now: OffsetDateTime,
    pub(crate) provider_id: Uuid,
    pub(crate) team: Vec<TeamMember>,
    /// Everybody with an account, each e-mail address once.
    pub(crate) people: Vec<Person>,
    /// The provider's own organization. It is not one of the clients: a provider's own credentials belong in an
    /// organization that no provider administers.
    pub(crate) own: Organization,
    pub(crate) clients: Vec<Organization>,
    pub(crate) events: Vec<EventPlan>,
}

/// The provider's name.
pub(crate) const PROVIDER_NAME: &str = "Brightwater IT";
/// The provider's e-mail domain.
pub(crate) const PROVIDER_DOMAIN: &str = "brightwater.example";

/// Somebody with an account on the server.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Whether two-step login is on for the account.
    pub(crate) two_step: bool,
    pub(crate) login: Option<&'static Login>,
    pub(crate) created: OffsetDateTime,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) enum Language {
    English,
    French,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PlanKind {
    Teams,
    Enterprise,
}

/// An organization with everybody and everything in it.
pub(crate) struct Organization {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) domain: String,
    pub(crate) language: Language,
    pub(crate) plan: PlanKind,
    pub(crate) seats: u32,
    pub(crate) created: OffsetDateTime,
    /// The setting "owners and admins can manage all collections and items".
    pub(crate) admins_manage_everything: bool,
    pub(crate) members: Vec<Member>,
    pub(crate) groups: Vec<Group>,
    pub(crate) collections: Vec<Collection>,
    pub(crate) policies: Vec<Policy>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Owner,
    Admin,
    User,
    Custom,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Revoked,
    Invited,
    Accepted,
    Confirmed,
    /// Provisioned by a directory, not invited yet: takes no seat.
    Staged,
}

impl Status {
    pub(crate) fn takes_seat(self) -> bool {
        matches!(self, Status::Invited | Status::Accepted | Status::Confirmed)
    }
}

/// What a custom role may do, as far as the demo uses it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct CustomRights {
    pub(crate) event_logs: bool,
    pub(crate) reports: bool,
    pub(crate) manage_users: bool,
    pub(crate) manage_groups: bool,
    pub(crate) edit_any_collection: bool,
}

/// One row of an organization's member list.
pub(crate) struct Member {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    /// The account behind the row; absent while the person is only invited or staged.
    pub(crate) person: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) rights: CustomRights,
    pub(crate) status: Status,
    /// Enrolled in account recovery.
    pub(crate) recovery: bool,
    pub(crate) two_step: bool,
    /// When the row was made, that is when the person was invited.
    pub(crate) since: OffsetDateTime,
    /// When it was last changed: confirmed, or revoked. Not before `since`.
    pub(crate) revised: OffsetDateTime,
    pub(crate) grants: Vec<Grant>,
}

pub(crate) struct Group {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) created: OffsetDateTime,
    /// Positions in the organization's members.
    pub(crate) members: Vec<usize>,
    pub(crate) grants: Vec<Grant>,
}

pub(crate) struct Collection {
    pub(crate) id: Uuid,
    /// Nested by "/".
    pub(crate) name: String,
    /// What is kept in it.
    pub(crate) holds: Holds,
    pub(crate) created: OffsetDateTime,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Level {
    View,
    ViewHidden,
    Edit,
    EditHidden,
    Manage,
}

/// Access to one collection of the same organization, by its position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Grant {
    pub(crate) collection: usize,
    pub(crate) level: Level,
}

/// A policy by its number on the wire (protocol.md §4.8).
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) kind: i32,
    pub(crate) enabled: bool,
    pub(crate) data: Option<serde_json::Value>,
    pub(crate) revised: OffsetDateTime,
}

impl Plan {
    /// Tells the story for a size. The same size, seed and moment give the same plan.
    pub(crate) fn of(size: &DemoSize) -> Plan {
        let seeded = Seeded::new(size.seed);
        let now = size.now();
        let team = cast::team(&seeded, now);
        let own = own::organization(&seeded, now);
        let mut clients: Vec<Organization> = directory::clients(size.clients)
            .iter()
            .enumerate()
            .map(|(n, entry)| roster::organization(&seeded, now, n, entry, size.members))
            .collect();
        planted::plant(&seeded, now, &mut clients);
        let people = people(&seeded, now, &team, &own, &mut clients);
        let events = events::events(&seeded, now, &team, &clients);
        Plan { seeded, now, provider_id: Plan::provider_id(&seeded), team, people, own, clients, events }
    }

    /// The account id that belongs to an e-mail address.
    pub(crate) fn id_of(&self, email: &str) -> Uuid {
        person_id(&self.seeded, email)
    }

    fn provider_id(seeded: &Seeded) -> Uuid {
        seeded.id("provider")
    }

    /// The id of the link between the provider and a client.
    pub(crate) fn link_id(seeded: &Seeded, client: &Organization) -> Uuid {
        seeded.id(&format!("link/{}", client.id))
    }

    /// The organizations of the server: the provider's own and the clients.
    pub(crate) fn organizations(&self) -> impl Iterator<Item = &Organization> {
        std::iter::once(&self.own).chain(&self.clients)
    }

    /// Member rows of all client organizations, in whatever state.
    pub(crate) fn member_count(&self) -> usize {
        self.clients.iter().map(|client| client.members.len()).sum()
    }
}

/// One account per e-mail address that somewhere has gone further than an invitation.
///
/// Whoever belongs to several organizations has one account, hence one two-step setting in all of them: the first
/// mention decides, and later rows follow it.
fn people(
    seeded: &Seeded,
    now: OffsetDateTime,
    team: &[TeamMember],
    own: &Organization,
    clients: &mut [Organization],
) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut add =
        |name: &str, email: &str, two_step: bool, (since, by): (OffsetDateTime, OffsetDateTime)| -> bool {
            let created = first_sign_in(seeded, email, since, by);
            if let Some(&known) = at.get(email) {
                let known: &mut Person = &mut people[known];
                known.created = known.created.min(created);
                return known.two_step;
            }
            let login = cast::login_of(email);
            let two_step = login.map_or(two_step, |login| login.authenticator.is_some());
            at.insert(email.to_owned(), people.len());
            people.push(Person {
                id: person_id(seeded, email),
                name: name.to_owned(),
                email: email.to_owned(),
                two_step,
                login,
                created,
            });
            two_step
        };
    for colleague in team.iter().filter(|colleague| colleague.has_account()) {
        add(colleague.name, colleague.email, true, (colleague.since, colleague.confirmed.unwrap_or(now)));
    }
    for member in own.members.iter().filter(|member| member.person.is_some()) {
        add(&member.name, &member.email, member.two_step, (member.since, member.revised));
    }
    for member in clients.iter_mut().flat_map(|client| &mut client.members) {
        if member.person.is_some() {
            member.two_step =
                add(&member.name, &member.email, member.two_step, (member.since, member.revised));
        }
    }
    people
}

/// Most have no account before they are invited, and make one to accept; one in six has had one for long. `by`: when they had.
fn first_sign_in(
    seeded: &Seeded,
    email: &str,
    invited: OffsetDateTime,
    by: OffsetDateTime,
) -> OffsetDateTime {
    let mut dice = seeded.dice(&format!("account/{email}"));
    if crate::seeded::chance(&mut dice, 16) {
        let days = dice.i64(20..400);
        return hours::days_ago(&mut dice, invited, days);
    }
    (invited + Duration::minutes(dice.i64(6..200))).min(by)
}

/// The account id that belongs to an e-mail address.
fn person_id(seeded: &Seeded, email: &str) -> Uuid {
    seeded.id(&format!("person/{email}"))
}

#[cfg(test)]
#[path = "plan/plan_tests.rs"]
mod tests;
