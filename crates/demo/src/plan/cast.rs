//! The people with a part to play: the provider's team, and everybody whose password is known.

use time::OffsetDateTime;
use uuid::Uuid;

use super::hours;
use crate::seeded::Seeded;

/// Somebody who can sign in. The passwords of a demo are no secrets: they are printed when it is made.
pub(crate) struct Login {
    pub(crate) email: &'static str,
    pub(crate) password: &'static str,
    pub(crate) role: LoginRole,
    /// The base32 seed of the authenticator app, where two-step login is on.
    pub(crate) authenticator: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LoginRole {
    ProviderAdmin,
    ServiceUser,
    EndUser,
}

/// The provider admin, who also is a member of the provider's own organization and of one client.
pub(crate) const MAYA: &str = "maya.okafor@brightwater.example";
/// The end user with a vault of all kinds of items and two organizations.
pub(crate) const DANIEL: &str = "daniel.osei@abbott.example";

pub(crate) static LOGINS: [Login; 5] = [
    Login {
        email: MAYA,
        password: "verdigris doorway maya 24",
        role: LoginRole::ProviderAdmin,
        authenticator: None,
    },
    Login {
        email: "jonas.weber@brightwater.example",
        password: "verdigris doorway jonas 31",
        role: LoginRole::ServiceUser,
        authenticator: None,
    },
    Login {
        email: "priya.nair@brightwater.example",
        password: "verdigris doorway priya 58",
        role: LoginRole::ServiceUser,
        authenticator: None,
    },
    Login {
        email: DANIEL,
        password: "completion day daniel 17",
        role: LoginRole::EndUser,
        authenticator: None,
    },
    Login {
        email: "harriet.abbott@abbott.example",
        password: "senior partner harriet 42",
        role: LoginRole::EndUser,
        authenticator: Some("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    },
];

/// The login that belongs to an address, if its password is known.
pub(super) fn login_of(email: &str) -> Option<&'static Login> {
    LOGINS.iter().find(|login| login.email == email)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TeamRole {
    ProviderAdmin,
    ServiceUser,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TeamStatus {
    Invited,
    Accepted,
    Confirmed,
}

/// One row of the provider's member list.
pub(crate) struct TeamMember {
    pub(crate) id: Uuid,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) role: TeamRole,
    pub(crate) status: TeamStatus,
    pub(crate) since: OffsetDateTime,
    pub(crate) confirmed: Option<OffsetDateTime>,
    pub(crate) person: Option<Uuid>,
}

impl TeamMember {
    pub(crate) fn has_account(&self) -> bool {
        self.person.is_some()
    }
}

/// The provider's members: one admin and two service users who work, and three who have not arrived yet.
pub(super) fn team(seeded: &Seeded, now: OffsetDateTime) -> Vec<TeamMember> {
    use TeamRole::{ProviderAdmin, ServiceUser};
    use TeamStatus::{Accepted, Confirmed, Invited};
    [
        ("Maya Okafor", MAYA, ProviderAdmin, Confirmed, 1_600),
        ("Jonas Weber", "jonas.weber@brightwater.example", ServiceUser, Confirmed, 640),
        ("Priya Nair", "priya.nair@brightwater.example", ServiceUser, Confirmed, 310),
        ("Tom Reyes", "tom.reyes@brightwater.example", ProviderAdmin, Accepted, 9),
        ("Élodie Marchand", "elodie.marchand@brightwater.example", ServiceUser, Invited, 2),
        ("Casper Lind", "casper.lind@brightwater.example", ServiceUser, Invited, 44),
    ]
    .into_iter()
    .map(|(name, email, role, status, days)| {
        let mut dice = seeded.dice(&format!("team/{email}"));
        let since = hours::days_ago(&mut dice, now, days);
        TeamMember {
            id: seeded.id(&format!("team/{email}")),
            name,
            email,
            role,
            status,
            since,
            confirmed: (status == Confirmed).then(|| hours::soon_after(&mut dice, since, now)),
            person: (status != Invited).then(|| super::person_id(seeded, email)),
        }
    })
    .collect()
}
