//! The teams and collections of the one client that is told in full: Abbott & Lane Solicitors.

use super::Level::{Edit, EditHidden, Manage, View, ViewHidden};
use super::trade::Holds::{
    Banking, Cloud, Office, Papers, Payroll, Portals, Records, Suppliers, Travel, Wifi,
};
use super::trade::{CollectionShape, TeamShape, shelf, team};

/// The domain by which the client is known.
pub(super) const DOMAIN: &str = "abbott.example";

pub(super) const TEAMS: &[TeamShape] = &[
    team("All staff", "Tout le personnel", 1, 0),
    team("IT", "Informatique", 28, 0),
    team("Accounts", "Comptabilité", 9, 0),
    team("Partners", "Associés", 40, 0),
    team("Litigation", "Contentieux", 3, 0),
    team("Conveyancing", "Ventes immobilières", 5, 0),
    team("Private client", "Patrimoine", 5, 0),
];

pub(super) const COLLECTIONS: &[CollectionShape] = &[
    shelf(0, Office, "Firm administration", "Administration", &[(3, Manage), (2, View)]),
    shelf(0, Papers, "Partner papers", "Documents des associés", &[(3, Manage)]),
    shelf(0, Payroll, "Payroll", "Paie", &[(2, Manage)]),
    shelf(0, Banking, "Office accounts", "Comptes du cabinet", &[(2, Manage), (3, View)]),
    shelf(0, Banking, "Client account banking", "Compte de tiers", &[(2, Manage)]),
    shelf(0, Cloud, "IT service accounts", "Comptes de service", &[(1, Manage)]),
    shelf(0, Portals, "Court portals", "Portails des juridictions", &[(4, Edit), (3, Manage)]),
    shelf(0, Suppliers, "Counsel contacts", "Avocats", &[(4, Edit), (6, View), (3, Manage)]),
    shelf(0, Records, "Disclosure platform", "Pièces", &[(4, EditHidden), (1, Manage)]),
    shelf(0, Banking, "Completion accounts", "Comptes d’achèvement", &[(5, Edit), (2, Manage)]),
    shelf(0, Portals, "Land Registry portal", "Cadastre", &[(5, Edit), (6, View), (3, Manage)]),
    shelf(0, Portals, "Search providers", "Recherches", &[(5, View), (3, Manage)]),
    shelf(0, Portals, "Lender panels", "Prêteurs", &[(5, ViewHidden), (3, Manage)]),
    shelf(0, Portals, "Probate registry", "Successions", &[(6, Edit), (3, Manage)]),
    shelf(0, Banking, "Estate accounts", "Comptes de succession", &[(6, Edit), (2, Manage)]),
    shelf(0, Wifi, "Office Wi-Fi and printers", "Wi-Fi et imprimantes", &[(0, ViewHidden), (1, Manage)]),
    shelf(0, Records, "Practice management", "Gestion du cabinet", &[(0, View), (1, Manage)]),
    shelf(0, Travel, "Travel and couriers", "Voyages et coursiers", &[(0, Edit), (3, Manage)]),
];
