//! Members who have a part in the story, by the client they belong to. Everybody else is made up around them.

use super::Role::{self, Admin, Custom, Owner, User};
use super::Status::{self, Accepted, Confirmed, Invited, Revoked};

/// A member with a part.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// `None` for the address that the organization gives.
    pub(super) email: Option<&'static str>,
    pub(super) role: Role,
    pub(super) status: Status,
    pub(super) two_step: bool,
    /// Positions of the teams, see `trade.rs` and `abbott.rs`.
    pub(super) teams: &'static [usize],
    /// Days since the invitation.
    pub(super) days: i64,
}

const fn member(name: &'static str, role: Role, teams: &'static [usize], days: i64) -> Part {
    Part { name, email: None, role, status: Confirmed, two_step: true, teams, days }
}

impl Part {
    const fn status(self, status: Status) -> Part {
        Part { status, ..self }
    }

    const fn without_two_step(self) -> Part {
        Part { two_step: false, ..self }
    }

    const fn at(self, email: &'static str) -> Part {
        Part { email: Some(email), ..self }
    }
}

/// The parts of one client, most important first: small demos keep the first ones.
pub(super) fn of(domain: &str) -> &'static [Part] {
    match domain {
        "abbott.example" => ABBOTT,
        "juniper-street.example" => JUNIPER,
        "harbour-lane.example" => HARBOUR,
        "sinclair.example" => SINCLAIR,
        "saint-roch.example" => SAINT_ROCH,
        "eastgate.example" => EASTGATE,
        "northfield.example" => NORTHFIELD,
        _ => &[],
    }
}

// Teams of Abbott & Lane: 0 all staff, 1 IT, 2 accounts, 3 partners, 4 litigation, 5 conveyancing, 6 private client.
const ABBOTT: &[Part] = &[
    member("Harriet Abbott", Owner, &[0, 3], 1_400),
    member("Daniel Osei", User, &[0, 5], 520),
    member("Camille Rousseau", Admin, &[0, 3, 4], 1_120).without_two_step(),
    member("Aiko Tanaka", User, &[0, 5], 410),
    member("Benedict Shaw", User, &[0, 4], 760),
    member("Ewan Reid", User, &[0], 19).status(Accepted),
    member("Farah Haddad", Custom, &[0, 1, 2], 655),
    member("George Lane", User, &[3, 6], 1_390),
    member("Ines Carvalho", User, &[], 240).at("ines@carvalho-costs.example"),
    member("Joanna Pike", User, &[6], 3).status(Invited),
    member("Lucy Ferrand", User, &[5], 830).status(Revoked),
    member("Kwame Boateng", User, &[0, 4], 700),
    member("Nora Whitfield", User, &[0, 2], 590),
    member("Priti Sharma", User, &[0, 1], 1_010),
    member("Oscar Lindahl", User, &[0, 4], 130),
    member("Ruth Adeyemi", User, &[0, 6], 350),
    member("Simon Vale", User, &[0, 5], 95),
];

const JUNIPER: &[Part] = &[
    member("Rosamund Kerr", Owner, &[0, 1, 2, 5], 1_020),
    // The treasurer of the theatre has a day job, and uses its address.
    member("Daniel Osei", User, &[0, 3], 260).at(super::cast::DANIEL),
    member("Tobias Quill", Owner, &[0, 5], 1_020),
];

const HARBOUR: &[Part] = &[
    member("Astrid Holm", Owner, &[0, 2], 800),
    member("Maya Okafor", Admin, &[0, 1], 790).at(super::cast::MAYA),
    member("Gregor Sands", Owner, &[0, 2, 3], 800),
    member("Jonas Weber", User, &[1], 500).at("jonas.weber@brightwater.example"),
];

const SINCLAIR: &[Part] = &[
    member("Maxime Sinclair", Owner, &[0, 2, 3], 900),
    member("Bérénice Sinclair", Owner, &[0, 3], 900),
    member("Camille Rousseau", User, &[0, 4], 130).at("camille.rousseau@abbott.example").without_two_step(),
    member("Anne Roussin", User, &[], 610).status(Revoked),
];

const SAINT_ROCH: &[Part] = &[
    member("Léo Roussel", Owner, &[0, 1, 2, 5], 720),
    member("Margaux Roussel", Owner, &[0, 5], 720),
    member("Idrissa Sow", User, &[0, 4], 210),
];

const EASTGATE: &[Part] = &[member("Amara Diallo", Owner, &[0, 2], 1_210).without_two_step()];

const NORTHFIELD: &[Part] = &[
    member("Judith Farrow", Owner, &[0, 5], 1_330),
    member("Peter Holm", Owner, &[0, 5], 1_330).without_two_step(),
];
