//! The teams and collections of the one client that is told in full: Abbott & Lane Solicitors.

use super::Level::{Edit, EditHidden, Manage, View, ViewHidden};
use super::trade::{CollectionShape, TeamShape, shelf, team};

/// The domain by which the client is known.
pub(super) const DOMAIN: &str = "abbott.example";

pub(super) const TEAMS: &[TeamShape] = &[
    team("All staff", "Tout le personnel", 1),
    team("IT", "Informatique", 28),
    team("Accounts", "Comptabilité", 9),
    team("Partners", "Associés", 40),
    team("Litigation", "Contentieux", 3),
    team("Conveyancing", "Ventes immobilières", 5),
    team("Private client", "Patrimoine", 5),
];

pub(super) const COLLECTIONS: &[CollectionShape] = &[
    shelf("Firm administration", "Administration", &[(3, Manage), (2, View)]),
    shelf("Partner papers", "Documents des associés", &[(3, Manage)]),
    shelf("Payroll", "Paie", &[(2, Manage)]),
    shelf("Office accounts", "Comptes du cabinet", &[(2, Manage), (3, View)]),
    shelf("Client account banking", "Compte de tiers", &[(2, Manage)]),
    shelf("IT service accounts", "Comptes de service", &[(1, Manage)]),
    shelf("Court portals", "Portails des juridictions", &[(4, Edit), (3, Manage)]),
    shelf("Counsel contacts", "Avocats", &[(4, Edit), (6, View), (3, Manage)]),
    shelf("Disclosure platform", "Pièces", &[(4, EditHidden), (1, Manage)]),
    shelf("Completion accounts", "Comptes d’achèvement", &[(5, Edit), (2, Manage)]),
    shelf("Land Registry portal", "Cadastre", &[(5, Edit), (6, View), (3, Manage)]),
    shelf("Search providers", "Recherches", &[(5, View), (3, Manage)]),
    shelf("Lender panels", "Prêteurs", &[(5, ViewHidden), (3, Manage)]),
    shelf("Probate registry", "Successions", &[(6, Edit), (3, Manage)]),
    shelf("Estate accounts", "Comptes de succession", &[(6, Edit), (2, Manage)]),
    shelf("Office Wi-Fi and printers", "Wi-Fi et imprimantes", &[(0, ViewHidden), (1, Manage)]),
    shelf("Practice management", "Gestion du cabinet", &[(0, View), (1, Manage)]),
    shelf("Travel and couriers", "Voyages et coursiers", &[(0, Edit), (3, Manage)]),
];
