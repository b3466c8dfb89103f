//! Looks for every planted flaw, each with a check of its own, and makes sure that the baseline client has none.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{HashMap, HashSet};

use time::Duration;

use super::super::cast::{TeamRole, TeamStatus};
use super::super::{Plan, PlanKind};
use super::*;
use crate::DemoSize;

fn plan() -> Plan {
    Plan::of(&DemoSize::default())
}

fn confirmed(client: &Organization) -> impl Iterator<Item = (usize, &Member)> {
    client.members.iter().enumerate().filter(|(_, member)| member.status == Status::Confirmed)
}

fn occupied(client: &Organization) -> u32 {
    client.members.iter().filter(|member| member.status.takes_seat()).count() as u32
}

fn groups_of(client: &Organization, member: usize) -> impl Iterator<Item = &Group> {
    client.groups.iter().filter(move |group| group.members.contains(&member))
}

/// Everything wrong with a client that can be seen in the client alone: the flaw and its subject.
fn flaws(plan: &Plan, client: &Organization) -> Vec<(Flaw, String)> {
    let mut found = Vec::new();
    let owners: Vec<&Member> = confirmed(client).map(|(_, m)| m).filter(|m| m.role == Role::Owner).collect();
    if let [owner] = owners[..] {
        found.push((Flaw::OneOwner, owner.name.clone()));
    }
    for (m, member) in client.members.iter().enumerate() {
        let name = || member.name.clone();
        let age = plan.now - member.since;
        match member.status {
            Status::Invited if age > Duration::days(30) => {
                found.push((Flaw::StaleInvitation, "the newest member".into()))
            }
            Status::Accepted if age > Duration::days(7) => found.push((Flaw::WaitingForConfirmation, name())),
            Status::Revoked if groups_of(client, m).next().is_some() => {
                found.push((Flaw::RevokedInGroup, name()))
            }
            Status::Confirmed => {
                if matches!(member.role, Role::Owner | Role::Admin) && !member.two_step {
                    found.push((Flaw::AdminWithoutTwoStep, name()));
                }
                let through_groups: HashSet<usize> = groups_of(client, m)
                    .flat_map(|group| &group.grants)
                    .map(|grant| grant.collection)
                    .collect();
                if member.grants.iter().any(|grant| through_groups.contains(&grant.collection)) {
                    found.push((Flaw::DirectBesideGroup, name()));
                }
                if through_groups.is_empty() && member.grants.is_empty() {
                    found.push((Flaw::NoAccess, name()));
                }
            }
            _ => {}
        }
        if !member.email.ends_with(&format!("@{}", client.domain)) {
            if member.email.ends_with("@brightwater.example") {
                found.push((Flaw::StaffAsMembers, name()));
            } else {
                found.push((Flaw::ForeignDomain, name()));
            }
        }
    }
    for group in client.groups.iter().filter(|group| group.members.is_empty()) {
        found.push((Flaw::EmptyGroup, group.name.clone()));
    }
    for (c, collection) in client.collections.iter().enumerate() {
        let managed = client.admins_manage_everything
            || confirmed(client).any(|(m, member)| {
                let by_group = groups_of(client, m).flat_map(|group| &group.grants);
                by_group.chain(&member.grants).any(|g| g.collection == c && g.level == Level::Manage)
            });
        if !managed {
            found.push((Flaw::UnmanagedCollection, collection.name.clone()));
        }
        let everyone =
            client.members.iter().enumerate().filter(|(_, member)| member.status.takes_seat()).all(
                |(m, member)| {
                    let by_group = groups_of(client, m).flat_map(|group| &group.grants);
                    by_group.chain(&member.grants).any(|grant| grant.collection == c)
                },
            );
        if everyone {
            found.push((Flaw::OpenToEveryone, collection.name.clone()));
        }
    }
    let (used, seats) = (occupied(client), client.seats);
    if used >= seats {
        found.push((Flaw::SeatsExhausted, format!("{used} of {seats}")));
    }
    if used * 2 < seats {
        found.push((Flaw::SeatsUnused, format!("{used} of {seats}")));
    }
    if client.plan == PlanKind::Enterprise {
        if !policies::is_on(&client.policies, policies::TWO_STEP) {
            found.push((Flaw::TwoStepPolicyOff, "two-step login".into()));
        }
        if !policies::is_on(&client.policies, policies::ACCOUNT_RECOVERY) {
            found.push((Flaw::RecoveryPolicyOff, "account recovery".into()));
        }
        let master_password = |o: &Organization| {
            o.policies.iter().find(|p| p.kind == policies::MASTER_PASSWORD).and_then(|p| p.data.clone())
        };
        let baseline = plan.clients.iter().find(|other| other.name == BASELINE_CLIENT).unwrap();
        if master_password(client) != master_password(baseline) {
            found.push((Flaw::WeakerThanBaseline, "master password".into()));
        }
    }
    found
}

/// What can only be seen across clients or in the provider.
fn flaws_of_the_whole(plan: &Plan) -> Vec<(Flaw, String, String)> {
    let mut found = Vec::new();
    let mut high: HashMap<&str, Vec<&Organization>> = HashMap::new();
    let mut name_of: HashMap<&str, &str> = HashMap::new();
    for client in &plan.clients {
        for (_, member) in confirmed(client).filter(|(_, m)| matches!(m.role, Role::Owner | Role::Admin)) {
            high.entry(&member.email).or_default().push(client);
            name_of.insert(&member.email, &member.name);
        }
    }
    for (email, clients) in high.into_iter().filter(|(_, clients)| clients.len() >= 4) {
        for client in clients {
            found.push((Flaw::HighRolesInManyClients, client.name.clone(), name_of[email].to_owned()));
        }
    }
    let provider = || super::super::PROVIDER_NAME.to_owned();
    for colleague in plan.team.iter().filter(|colleague| colleague.status != TeamStatus::Confirmed) {
        found.push((Flaw::PendingTeamMember, provider(), colleague.name.to_owned()));
    }
    let admins: Vec<&str> = plan
        .team
        .iter()
        .filter(|c| c.role == TeamRole::ProviderAdmin && c.status == TeamStatus::Confirmed)
        .map(|c| c.name)
        .collect();
    if let [only] = admins[..] {
        found.push((Flaw::OneProviderAdmin, provider(), only.to_owned()));
    }
    found
}

fn all_flaws(plan: &Plan) -> Vec<(Flaw, String, String)> {
    let in_clients = plan.clients.iter().flat_map(|client| {
        flaws(plan, client).into_iter().map(|(flaw, subject)| (flaw, client.name.clone(), subject))
    });
    in_clients.chain(flaws_of_the_whole(plan)).collect()
}

/// On whatever day the demo is made: of some flaws the age is what is wrong.
#[test]
fn every_planted_flaw_can_be_found() {
    for hours in [0, 31, 60, 85, 110, 140, 167] {
        let moment = Some(time::OffsetDateTime::UNIX_EPOCH + Duration::days(20_000) + Duration::hours(hours));
        let found = all_flaws(&Plan::of(&DemoSize { moment, ..DemoSize::default() }));
        for planted in PLANTED {
            let it = (planted.flaw, planted.place.to_owned(), planted.subject.to_owned());
            assert!(found.contains(&it), "{planted:?} is not there");
        }
    }
}

#[test]
fn every_kind_of_flaw_is_planted_somewhere() {
    let kinds: HashSet<Flaw> = PLANTED.iter().map(|planted| planted.flaw).collect();
    // A flaw that the checks above can find but nobody planted would be an accident of the roster.
    for (flaw, place, subject) in all_flaws(&plan()) {
        assert!(kinds.contains(&flaw), "{flaw:?} in {place}: {subject}");
    }
    assert_eq!(kinds.len(), 20);
}

#[test]
fn flaws_stay_where_they_were_planted() {
    // These say something about one place; the roster must not make them by chance elsewhere.
    const ONLY_PLANTED: [Flaw; 13] = [
        Flaw::OneOwner,
        Flaw::AdminWithoutTwoStep,
        Flaw::TwoStepPolicyOff,
        Flaw::RecoveryPolicyOff,
        Flaw::StaleInvitation,
        Flaw::WaitingForConfirmation,
        Flaw::RevokedInGroup,
        Flaw::UnmanagedCollection,
        Flaw::DirectBesideGroup,
        Flaw::EmptyGroup,
        Flaw::SeatsExhausted,
        Flaw::SeatsUnused,
        Flaw::WeakerThanBaseline,
    ];
    for (flaw, place, subject) in all_flaws(&plan()) {
        if ONLY_PLANTED.contains(&flaw) {
            assert!(
                PLANTED.iter().any(|p| p.flaw == flaw && p.place == place),
                "{flaw:?} in {place}: {subject}"
            );
        }
    }
}

#[test]
fn the_baseline_client_is_in_order() {
    let plan = plan();
    let baseline = plan.clients.iter().find(|client| client.name == BASELINE_CLIENT).unwrap();
    assert_eq!(flaws(&plan, baseline), []);
}

/// Whoever reads the crate's page knows what to look for.
#[test]
fn the_documentation_names_every_place_and_person() {
    let told = include_str!("../lib.rs");
    for planted in PLANTED {
        assert!(told.contains(planted.place), "{planted:?}");
        let is_name = planted.subject.split(' ').all(|word| word.starts_with(char::is_uppercase));
        assert!(!is_name || told.contains(planted.subject), "{planted:?}");
    }
}
