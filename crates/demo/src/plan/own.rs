//! The provider's own organization: the credentials of Brightwater itself.

use time::OffsetDateTime;

use super::{
    Collection, CustomRights, Grant, Group, Holds, Language, Level, Member, Organization, PROVIDER_DOMAIN,
    PROVIDER_NAME, PlanKind, Role, Status, cast, hours, names, person_id, policies,
};
use crate::seeded::Seeded;
use Level::{Edit, EditHidden, Manage, View, ViewHidden};

/// Positions of the collections, for whoever fills them.
pub(crate) const INFRASTRUCTURE: usize = 0;
pub(crate) const FIREWALLS: usize = 1;
pub(crate) const BACKUPS: usize = 2;
pub(crate) const SUPPLIERS: usize = 3;
pub(crate) const OFFICE: usize = 4;
pub(crate) const LICENCES: usize = 5;

const COLLECTIONS: [&str; 6] = [
    "Infrastructure",
    "Infrastructure/Firewalls",
    "Infrastructure/Backups",
    "Suppliers",
    "Office",
    "Licences",
];

/// Name, positions of the members, collections and how they are reached.
type Team = (&'static str, &'static [usize], &'static [(usize, Level)]);

const GROUPS: [Team; 3] = [
    ("Everyone", &[0, 1, 2, 3, 4, 5, 6], &[(OFFICE, View), (LICENCES, ViewHidden)]),
    ("Engineers", &[0, 2, 3, 6], &[(INFRASTRUCTURE, Edit), (FIREWALLS, EditHidden), (BACKUPS, Edit)]),
    (
        "Directors",
        &[0, 1],
        &[
            (INFRASTRUCTURE, Manage),
            (FIREWALLS, Manage),
            (BACKUPS, Manage),
            (SUPPLIERS, Manage),
            (OFFICE, Manage),
            (LICENCES, Manage),
        ],
    ),
];

pub(super) fn organization(seeded: &Seeded, now: OffsetDateTime) -> Organization {
    let mut dice = seeded.dice("own");
    let created = hours::days_ago(&mut dice, now, 1_604);
    let mut member = |m: usize, name: &str, email: Option<&str>, role, status, days| {
        let since = hours::days_ago(&mut dice, now, days).max(created);
        let revised =
            if status == Status::Confirmed { hours::soon_after(&mut dice, since, now) } else { since };
        let email = email.map_or_else(|| names::email(name, PROVIDER_DOMAIN), str::to_owned);
        Member {
            id: seeded.id(&format!("own/member/{m}")),
            person: (status == Status::Confirmed).then(|| person_id(seeded, &email)),
            email,
            name: name.to_owned(),
            role,
            rights: CustomRights::default(),
            status,
            recovery: false,
            two_step: true,
            since,
            revised,
            grants: Vec::new(),
        }
    };
    use Role::{Owner, User};
    use Status::{Confirmed, Invited};
    let mut members = vec![
        member(0, "Maya Okafor", Some(cast::MAYA), Owner, Confirmed, 1_600),
        member(1, "Tom Reyes", None, Owner, Confirmed, 1_600),
        member(2, "Jonas Weber", None, User, Confirmed, 650),
        member(3, "Priya Nair", None, User, Confirmed, 320),
        member(4, "Helen Strand", None, User, Confirmed, 1_200),
        member(5, "Élodie Marchand", None, User, Invited, 2),
        member(6, "Ravi Menon", None, User, Confirmed, 880),
    ];
    // Its people test what they sell: they belong to a client too, and not all of them use a second step.
    let mut policies = policies::policies(seeded, "own", PlanKind::Enterprise, 7, (created, now));
    for kind in policies::ONLY_WITH_SINGLE_ORGANIZATION.into_iter().chain([policies::TWO_STEP]) {
        policies::switch_off(&mut policies, kind);
    }
    members[4].grants.push(Grant { collection: SUPPLIERS, level: Edit });
    Organization {
        id: seeded.id("own"),
        name: PROVIDER_NAME.to_owned(),
        domain: PROVIDER_DOMAIN.to_owned(),
        language: Language::English,
        plan: PlanKind::Enterprise,
        seats: 10,
        created,
        admins_manage_everything: true,
        members,
        groups: GROUPS
            .iter()
            .enumerate()
            .map(|(g, (name, members, grants))| Group {
                id: seeded.id(&format!("own/group/{g}")),
                name: (*name).to_owned(),
                created,
                members: members.to_vec(),
                grants: grants.iter().map(|&(collection, level)| Grant { collection, level }).collect(),
            })
            .collect(),
        collections: COLLECTIONS
            .iter()
            .enumerate()
            .map(|(c, name)| Collection {
                id: seeded.id(&format!("own/collection/{c}")),
                name: (*name).to_owned(),
                holds: Holds::Office,
                created,
            })
            .collect(),
        policies,
    }
}
