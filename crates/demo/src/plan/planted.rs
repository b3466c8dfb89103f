//! What a reviewer ought to find, put where it is known to be.
//!
//! The roster makes organizations that are in order; this file takes the order away in places. [`PLANTED`] is the
//! record of it, and the tests below look for every entry with eyes of their own.

use time::OffsetDateTime;

use super::{
    CustomRights, Grant, Group, Level, Member, Organization, Role, Status, hours, person_id, policies,
};
use crate::seeded::Seeded;

/// Something wrong that the demo provider has on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// What kind of thing it is.
    pub flaw: Flaw,
    /// The client organization it is in, or the provider's name.
    pub place: &'static str,
    /// The person, group, collection or policy concerned.
    pub subject: &'static str,
}

/// The kinds of flaws that the demo provider shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Fewer than two confirmed owners.
    OneOwner,
    /// An owner or admin signs in without two-step login.
    AdminWithoutTwoStep,
    /// The two-step login policy is off.
    TwoStepPolicyOff,
    /// The account recovery policy is off.
    RecoveryPolicyOff,
    /// Invited more than 30 days ago and still not there.
    StaleInvitation,
    /// Accepted more than 7 days ago and still not confirmed.
    WaitingForConfirmation,
    /// Revoked, but still in a group.
    RevokedInGroup,
    /// A collection that nobody can manage.
    UnmanagedCollection,
    /// A collection that every member reaches.
    OpenToEveryone,
    /// A direct grant on a collection that a group of the same member reaches too.
    DirectBesideGroup,
    /// A group without members.
    EmptyGroup,
    /// A confirmed member who reaches nothing.
    NoAccess,
    /// A member with an address of another company.
    ForeignDomain,
    /// One person with a high role in many clients.
    HighRolesInManyClients,
    /// No seat left.
    SeatsExhausted,
    /// Most seats unused.
    SeatsUnused,
    /// A policy is weaker than in the baseline client.
    WeakerThanBaseline,
    /// The provider's own staff are members of a client.
    StaffAsMembers,
    /// Somebody in the provider's team has not been confirmed.
    PendingTeamMember,
    /// Only one confirmed provider admin.
    OneProviderAdmin,
}

/// The client that is in order, against which the others can be measured.
pub const BASELINE_CLIENT: &str = "Kestrel Accounting";

/// Everything that was planted, for the default size. Smaller demos have what fits into them.
#[rustfmt::skip]
pub const PLANTED: [Planted; 30] = [
    Planted { flaw: Flaw::OneOwner,               place: "Abbott & Lane Solicitors",    subject: "Harriet Abbott" },
    Planted { flaw: Flaw::OneOwner,               place: "Eastgate Primary Care",       subject: "Amara Diallo" },
    Planted { flaw: Flaw::AdminWithoutTwoStep,    place: "Abbott & Lane Solicitors",    subject: "Camille Rousseau" },
    Planted { flaw: Flaw::AdminWithoutTwoStep,    place: "Eastgate Primary Care",       subject: "Amara Diallo" },
    Planted { flaw: Flaw::AdminWithoutTwoStep,    place: "Northfield Academy Trust",    subject: "Peter Holm" },
    Planted { flaw: Flaw::AdminWithoutTwoStep,    place: "Harbour Lane",                subject: "Maya Okafor" },
    Planted { flaw: Flaw::TwoStepPolicyOff,       place: "Abbott & Lane Solicitors",    subject: "two-step login" },
    Planted { flaw: Flaw::TwoStepPolicyOff,       place: "Eastgate Primary Care",       subject: "two-step login" },
    Planted { flaw: Flaw::TwoStepPolicyOff,       place: "Northfield Academy Trust",    subject: "two-step login" },
    Planted { flaw: Flaw::RecoveryPolicyOff,      place: "Abbott & Lane Solicitors",    subject: "account recovery" },
    Planted { flaw: Flaw::RecoveryPolicyOff,      place: "Quayside Hotels",             subject: "account recovery" },
    Planted { flaw: Flaw::StaleInvitation,        place: "Hollis Property",             subject: "the newest member" },
    Planted { flaw: Flaw::WaitingForConfirmation, place: "Abbott & Lane Solicitors",    subject: "Ewan Reid" },
    Planted { flaw: Flaw::RevokedInGroup,         place: "Abbott & Lane Solicitors",    subject: "Lucy Ferrand" },
    Planted { flaw: Flaw::UnmanagedCollection,    place: "Rosewood Care Homes",         subject: "Medication rounds" },
    Planted { flaw: Flaw::OpenToEveryone,         place: "Dunmore Logistics",           subject: "Carriers" },
    Planted { flaw: Flaw::DirectBesideGroup,      place: "Abbott & Lane Solicitors",    subject: "Daniel Osei" },
    Planted { flaw: Flaw::EmptyGroup,             place: "Calder Structural Engineers", subject: "Harbour bridge 2019" },
    Planted { flaw: Flaw::NoAccess,               place: "Abbott & Lane Solicitors",    subject: "Ines Carvalho" },
    Planted { flaw: Flaw::ForeignDomain,          place: "Abbott & Lane Solicitors",    subject: "Ines Carvalho" },
    Planted { flaw: Flaw::ForeignDomain,          place: "Juniper Street Theatre",      subject: "Daniel Osei" },
    Planted { flaw: Flaw::HighRolesInManyClients, place: "Quayside Hotels",             subject: "Victor Hale" },
    Planted { flaw: Flaw::SeatsExhausted,         place: "Alder Veterinary Group",      subject: "28 of 28" },
    Planted { flaw: Flaw::SeatsExhausted,         place: "Eastgate Primary Care",       subject: "96 of 96" },
    Planted { flaw: Flaw::SeatsUnused,            place: "Fairweather Insurance",       subject: "18 of 60" },
    Planted { flaw: Flaw::WeakerThanBaseline,     place: "Maison Delorme",              subject: "master password" },
    Planted { flaw: Flaw::StaffAsMembers,         place: "Harbour Lane",                subject: "Maya Okafor" },
    Planted { flaw: Flaw::PendingTeamMember,      place: "Brightwater IT",              subject: "Tom Reyes" },
    Planted { flaw: Flaw::PendingTeamMember,      place: "Brightwater IT",              subject: "Casper Lind" },
    Planted { flaw: Flaw::OneProviderAdmin,       place: "Brightwater IT",              subject: "Maya Okafor" },
];

/// The consultant who collected high roles over the years, and where.
const CONSULTANT: (&str, &str) = ("Victor Hale", "victor.hale@hale-advisory.example");
const CONSULTED: [(&str, Role); 5] = [
    ("quayside.example", Role::Owner),
    ("dunmore.example", Role::Admin),
    ("calder.example", Role::Admin),
    ("delorme.example", Role::Admin),
    ("hollis.example", Role::Owner),
];

/// Puts the flaws where [`PLANTED`] says. Clients that are not there, or too small for it, are left alone.
///
/// Some flaws are not made here: single owners, people without two-step login, foreign addresses and staff among
/// the members come with their parts (`parts.rs`), seats with the directory, the pending team with the cast.
pub(super) fn plant(seeded: &Seeded, now: OffsetDateTime, clients: &mut [Organization]) {
    for (domain, role) in CONSULTED {
        with(clients, domain, |client| place_consultant(seeded, client, role));
    }
    for domain in ["abbott.example", "eastgate.example", "northfield.example"] {
        with(clients, domain, |client| policies::switch_off(&mut client.policies, policies::TWO_STEP));
    }
    with(clients, "quayside.example", |client| {
        without_recovery(client);
    });
    with(clients, "hollis.example", |client| {
        if let Some(member) = client.members.iter_mut().rfind(|member| member.status == Status::Invited) {
            member.since =
                hours::days_ago(&mut seeded.dice("planted/invitation"), now, 63).max(client.created);
            member.revised = member.since;
        }
    });
    with(clients, "abbott.example", |client| {
        // Daniel Osei, an ordinary member, belongs to the theatre too.
        for kind in policies::ONLY_WITH_SINGLE_ORGANIZATION {
            policies::switch_off(&mut client.policies, kind);
        }
        // Who looks round in his name may try a PIN.
        policies::switch_off(&mut client.policies, policies::NO_PIN);
        without_recovery(client);
        join_group(client, "Lucy Ferrand", "Conveyancing");
        // Reaches the portal through Conveyancing already; and since a completion in spring, directly too.
        grant(client, "Daniel Osei", "Land Registry portal", Level::Manage);
        grant(client, "Daniel Osei", "Client account banking", Level::Manage);
    });
    with(clients, "rosewood.example", |client| {
        client.admins_manage_everything = false;
        take_management_from(client, "Medication rounds");
    });
    with(clients, "dunmore.example", |client| open_to_everyone(client, "Carriers"));
    with(clients, "calder.example", |client| {
        client.groups.push(Group {
            id: seeded.id("planted/empty group"),
            name: "Harbour bridge 2019".to_owned(),
            created: client.created,
            members: Vec::new(),
            grants: vec![Grant { collection: 8, level: Level::Edit }],
        });
    });
    with(clients, "delorme.example", |client| {
        for policy in client.policies.iter_mut().filter(|policy| policy.kind == policies::MASTER_PASSWORD) {
            policy.data =
                Some(serde_json::json!({ "minComplexity": 1, "minLength": 12, "enforceOnLogin": false }));
        }
    });
}

fn with(clients: &mut [Organization], domain: &str, change: impl FnOnce(&mut Organization)) {
    if let Some(client) = clients.iter_mut().find(|client| client.domain == domain) {
        change(client);
    }
}

/// Takes the place of the last owner or, for an admin, of the last ordinary member who is confirmed.
fn place_consultant(seeded: &Seeded, client: &mut Organization, role: Role) {
    let replaced = client.members.iter_mut().rfind(|member| {
        member.status == Status::Confirmed
            && member.role == if role == Role::Owner { Role::Owner } else { Role::User }
            && member.grants.is_empty()
    });
    let Some(member) = replaced else { return };
    *member = Member {
        id: member.id,
        email: CONSULTANT.1.to_owned(),
        person: Some(person_id(seeded, CONSULTANT.1)),
        name: CONSULTANT.0.to_owned(),
        role,
        rights: CustomRights::default(),
        status: Status::Confirmed,
        recovery: false,
        two_step: true,
        since: member.since,
        revised: member.revised,
        grants: Vec::new(),
    };
}

fn without_recovery(client: &mut Organization) {
    policies::switch_off(&mut client.policies, policies::ACCOUNT_RECOVERY);
    client.members.iter_mut().for_each(|member| member.recovery = false);
}

fn join_group(client: &mut Organization, name: &str, group: &str) {
    let Some(member) = client.members.iter().position(|member| member.name == name) else { return };
    if let Some(group) = client.groups.iter_mut().find(|candidate| candidate.name == group) {
        group.members.push(member);
        group.members.sort_unstable();
    }
}

fn grant(client: &mut Organization, name: &str, collection: &str, level: Level) {
    let Some(collection) = client.collections.iter().position(|candidate| candidate.name == collection)
    else {
        return;
    };
    if let Some(member) = client.members.iter_mut().find(|member| member.name == name) {
        member.grants.push(Grant { collection, level });
    }
}

fn take_management_from(client: &mut Organization, collection: &str) {
    let Some(collection) = client.collections.iter().position(|candidate| candidate.name == collection)
    else {
        return;
    };
    let groups = client.groups.iter_mut().flat_map(|group| &mut group.grants);
    let direct = client.members.iter_mut().flat_map(|member| &mut member.grants);
    for grant in groups.chain(direct) {
        if grant.collection == collection && grant.level == Level::Manage {
            grant.level = Level::Edit;
        }
    }
}

/// A group of everybody, on one collection that deserved fewer.
fn open_to_everyone(client: &mut Organization, collection: &str) {
    let Some(collection) = client.collections.iter().position(|candidate| candidate.name == collection)
    else {
        return;
    };
    let staff = &mut client.groups[super::trade::STAFF];
    staff.members = (0..client.members.len()).filter(|&m| client.members[m].status.takes_seat()).collect();
    staff.grants.push(Grant { collection, level: Level::View });
}

#[cfg(test)]
#[path = "planted_tests.rs"]
mod tests;
