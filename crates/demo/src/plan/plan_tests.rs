//! The shape of the story, for the default size and for others.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashSet;

use super::*;

fn plan() -> Plan {
    Plan::of(&DemoSize::default())
}

#[test]
fn there_are_clients_of_every_size_in_two_languages() {
    let plan = plan();
    assert_eq!(plan.clients.len(), 24);
    let sizes: Vec<usize> = plan.clients.iter().map(|client| client.members.len()).collect();
    assert_eq!((sizes.iter().min(), sizes.iter().max()), (Some(&3), Some(&120)));
    let group_names: HashSet<&str> =
        plan.clients.iter().flat_map(|c| &c.groups).map(|group| group.name.as_str()).collect();
    assert!(group_names.contains("All staff") && group_names.contains("Tout le personnel"));
    assert!(plan.clients.iter().any(|client| client.plan == PlanKind::Teams && client.policies.is_empty()));
}

#[test]
fn every_state_of_an_invitation_and_every_role_occurs() {
    let plan = plan();
    let members: Vec<&Member> = plan.clients.iter().flat_map(|client| &client.members).collect();
    for status in [Status::Revoked, Status::Invited, Status::Accepted, Status::Confirmed, Status::Staged] {
        assert!(members.iter().any(|member| member.status == status), "{status:?}");
    }
    for role in [Role::Owner, Role::Admin, Role::User, Role::Custom] {
        assert!(members.iter().any(|member| member.role == role), "{role:?}");
    }
    let fresh = |member: &&&Member| plan.now - member.since < Duration::days(7);
    assert!(members.iter().filter(|m| m.status == Status::Invited).filter(fresh).count() > 10);
    for status in [TeamStatus::Invited, TeamStatus::Accepted, TeamStatus::Confirmed] {
        assert!(plan.team.iter().any(|colleague| colleague.status == status), "{status:?}");
    }
}

/// By size and trade: a provider whose clients are all alike is no provider.
#[test]
fn no_two_sizes_have_the_same_groups_and_collections() {
    let plan = Plan::of(&DemoSize { clients: 200, ..DemoSize::default() });
    let counts = |client: &Organization| (client.groups.len(), client.collections.len());
    for clients in [&plan.clients[..24], &plan.clients[..]] {
        let mut of_count: HashMap<(usize, usize), usize> = HashMap::new();
        clients.iter().for_each(|client| *of_count.entry(counts(client)).or_default() += 1);
        let most = of_count.values().max().unwrap();
        assert!(most * 6 <= clients.len() && of_count.len() >= 14, "{of_count:?}");
    }
    let mean = |clients: &[&Organization]| {
        clients.iter().map(|client| client.collections.len()).sum::<usize>() as f64 / clients.len() as f64
    };
    let (small, large): (Vec<_>, Vec<_>) = plan
        .clients
        .iter()
        .filter(|c| !(8..60).contains(&c.members.len()))
        .partition(|c| c.members.len() < 8);
    assert!(mean(&small) < 8.0 && mean(&large) > 18.0, "{} {}", mean(&small), mean(&large));
    let depth = |client: &Organization| {
        client.collections.iter().map(|collection| collection.name.matches('/').count()).max().unwrap()
    };
    let depths: HashSet<usize> = plan.clients.iter().map(depth).collect();
    assert_eq!(depths, HashSet::from([0, 1, 2]));
    let policies: HashSet<Vec<i32>> = plan.clients[..24]
        .iter()
        .filter(|client| client.plan == PlanKind::Enterprise)
        .map(|client| client.policies.iter().filter(|p| p.enabled).map(|p| p.kind).collect())
        .collect();
    assert!(policies.len() >= 8, "{policies:?}");
}

/// Whatever day it is: made before it was changed, neither after now, and by people in offices.
#[test]
fn everything_happened_in_working_hours_and_none_of_it_tomorrow() {
    use time::macros::datetime;
    for now in [
        datetime!(2026-11-22 15:00 UTC),
        datetime!(2026-11-23 06:12:30 UTC),
        datetime!(2026-11-26 10:15 UTC),
        datetime!(2026-11-27 23:59:59 UTC),
    ] {
        let plan = Plan::of(&DemoSize { clients: 60, moment: Some(now), ..DemoSize::default() });
        let mut moments: Vec<(String, OffsetDateTime)> =
            plan.events.iter().map(|event| (format!("event {}", event.kind), event.date)).collect();
        let created_of: HashMap<Uuid, OffsetDateTime> =
            plan.people.iter().map(|person| (person.id, person.created)).collect();
        for organization in plan.organizations() {
            let (name, created) = (&organization.name, organization.created);
            moments.push((name.clone(), created));
            for member in &organization.members {
                let who = format!("{} in {name}", member.name);
                assert!(created <= member.since && member.since <= member.revised, "{who}");
                assert!(member.person.is_none_or(|person| created_of[&person] <= member.revised), "{who}");
                moments.extend([(who.clone(), member.since), (who, member.revised)]);
            }
            let rows = organization.groups.iter().map(|row| (&row.name, row.created));
            let rows = rows.chain(organization.collections.iter().map(|row| (&row.name, row.created)));
            for (row, date) in rows {
                assert!(created <= date, "{row} in {name}");
                moments.push((format!("{row} in {name}"), date));
            }
            moments.extend(organization.policies.iter().map(|p| (format!("policy {}", p.kind), p.revised)));
            for item in crate::items::of_organization(&plan, organization) {
                assert!(created <= item.created && item.created <= item.revised, "{}", item.item.name);
                moments.push((item.item.name, item.revised));
            }
        }
        assert!(moments.iter().all(|(_, date)| *date <= now));
        let weekend = |date: &OffsetDateTime| date.weekday().number_from_monday() > 5;
        let odd: Vec<_> =
            moments.iter().filter(|(_, d)| weekend(d) || !(7..20).contains(&d.hour())).collect();
        assert!(odd.len() * 200 < moments.len(), "{} of {}: {:?}", odd.len(), moments.len(), &odd[..5]);
        // Not all in one moment either.
        let days: HashSet<_> = moments.iter().map(|(_, date)| date.date()).collect();
        assert!(days.len() > 400, "{}", days.len());
    }
}

/// Who acts in the Admin Console does it in a browser, where it is, and everybody has their own few devices.
#[test]
fn people_keep_to_their_devices() {
    let plan = plan();
    let mut devices: HashMap<Uuid, HashSet<i32>> = HashMap::new();
    for event in &plan.events {
        devices.entry(event.actor).or_default().insert(event.device);
        let signs_in = matches!(event.kind, 1000 | 1005);
        assert!(signs_in || matches!(event.device, 9 | 10 | 12 | 17), "{} by {}", event.kind, event.device);
    }
    assert!(devices.values().all(|own| own.len() <= 4));
    let all: HashSet<i32> = devices.values().flatten().copied().collect();
    assert!(all.len() >= 10, "{all:?}");
}

#[test]
fn ids_and_addresses_are_given_once() {
    let plan = Plan::of(&DemoSize { clients: 60, ..DemoSize::default() });
    let mut ids: Vec<Uuid> = plan.people.iter().map(|person| person.id).collect();
    for organization in plan.organizations() {
        ids.push(organization.id);
        ids.extend(organization.members.iter().map(|member| member.id));
        ids.extend(organization.groups.iter().map(|group| group.id));
        ids.extend(organization.collections.iter().map(|collection| collection.id));
        let in_one: HashSet<&str> = organization.members.iter().map(|member| member.email.as_str()).collect();
        assert_eq!(in_one.len(), organization.members.len(), "{}", organization.name);
    }
    let count = ids.len();
    assert_eq!(ids.into_iter().collect::<HashSet<_>>().len(), count);
    let emails: HashSet<&str> = plan.people.iter().map(|person| person.email.as_str()).collect();
    assert_eq!(emails.len(), plan.people.len());
    assert!(emails.iter().all(|email| email.ends_with(".example")));
}

#[test]
fn rows_point_to_what_is_there() {
    let plan = plan();
    let people: HashSet<Uuid> = plan.people.iter().map(|person| person.id).collect();
    for organization in plan.organizations() {
        for member in &organization.members {
            assert_eq!(member.person.is_none(), matches!(member.status, Status::Invited | Status::Staged));
            assert!(member.person.is_none_or(|person| people.contains(&person)), "{}", member.email);
            assert!(member.since >= organization.created - Duration::days(1), "{}", member.email);
        }
        let grants = organization.groups.iter().flat_map(|group| &group.grants);
        for grant in grants.chain(organization.members.iter().flat_map(|member| &member.grants)) {
            assert!(grant.collection < organization.collections.len(), "{}", organization.name);
        }
        assert!(organization.groups.iter().flat_map(|g| &g.members).all(|&m| m < organization.members.len()));
    }
}

#[test]
fn the_end_user_belongs_to_two_organizations_with_every_kind_of_access() {
    let plan = plan();
    let daniel = plan.id_of(DANIEL);
    let mut levels = HashSet::new();
    let mut organizations = 0;
    for client in &plan.clients {
        for (m, member) in client.members.iter().enumerate().filter(|(_, row)| row.person == Some(daniel)) {
            assert_eq!(member.status, Status::Confirmed);
            assert!(!super::policies::is_on(&client.policies, super::policies::NO_PIN), "{}", client.name);
            organizations += 1;
            let groups = client.groups.iter().filter(|group| group.members.contains(&m));
            levels.extend(
                groups.flat_map(|g| &g.grants).chain(&member.grants).map(|g| format!("{:?}", g.level)),
            );
        }
    }
    assert_eq!(organizations, 2);
    for level in ["View", "ViewHidden", "Edit", "Manage"] {
        assert!(levels.contains(level), "{level}");
    }
}

#[test]
fn logs_are_full_but_say_nothing_of_opened_vaults() {
    let plan = plan();
    assert!((200..1_500).contains(&plan.events.len()), "{}", plan.events.len());
    assert!(plan.events.iter().all(|event| !matches!(event.kind, 1603 | 1903)));
    assert!(plan.events.iter().all(|event| event.date <= plan.now));
    assert!(plan.events.iter().any(|event| event.provider.is_some() && event.organization.is_some()));
}

#[test]
fn more_clients_do_not_change_the_first_ones() {
    let moment = Some(OffsetDateTime::UNIX_EPOCH + Duration::days(20_000));
    let told = |clients| {
        let plan = Plan::of(&DemoSize { clients, moment, ..DemoSize::default() });
        plan.clients[..24]
            .iter()
            .map(|c| {
                (
                    c.id,
                    c.name.clone(),
                    c.members.iter().map(|m| (m.id, m.email.clone(), m.since)).collect::<Vec<_>>(),
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(told(24), told(31));
}

#[test]
fn small_demos_keep_the_people_who_sign_in() {
    for (clients, members) in [(1, 3), (2, 3), (3, 5)] {
        let plan = Plan::of(&DemoSize { clients, members: Some(members), ..DemoSize::default() });
        assert!(plan.clients.iter().all(|client| client.members.len() == members));
        let logins = plan.people.iter().filter(|person| person.login.is_some()).count();
        assert_eq!(logins, cast::LOGINS.len());
        for client in &plan.clients {
            assert!(client.members.iter().any(|m| m.role == Role::Owner && m.status == Status::Confirmed));
        }
    }
}

/// A server would have revoked them: the product exempts owners and admins only.
#[test]
fn nobody_is_where_a_policy_would_not_let_them_be() {
    let plan = plan();
    let mut memberships: std::collections::HashMap<Uuid, usize> = std::collections::HashMap::new();
    for member in plan.organizations().flat_map(|organization| &organization.members) {
        if let Some(person) = member.person.filter(|_| member.status != Status::Revoked) {
            *memberships.entry(person).or_default() += 1;
        }
    }
    for organization in plan.organizations() {
        let members =
            organization.members.iter().filter(|m| matches!(m.status, Status::Accepted | Status::Confirmed));
        for member in members.filter(|m| matches!(m.role, Role::User | Role::Custom)) {
            let person = plan.people.iter().find(|person| Some(person.id) == member.person).unwrap();
            let place = format!("{} in {}", member.name, organization.name);
            assert!(
                person.two_step || !policies::is_on(&organization.policies, policies::TWO_STEP),
                "{place}"
            );
            let single = policies::is_on(&organization.policies, 3);
            assert!(memberships[&person.id] == 1 || !single, "{place}");
        }
    }
}
