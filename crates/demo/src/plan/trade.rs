//! What an organization of each trade typically looks like: its teams and what they keep, by how many people it has.

use super::{Language, Level};
use Holds::{
    Banking, Booking, Carriers, Cloud, Codes, Learning, Licences, Machines, Network, Papers, Payroll,
    Portals, Records, Servers, Social, Suppliers, Tills, Travel, Wifi,
};
use Level::{Edit, EditHidden, Manage, View, ViewHidden};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) enum Trade {
    Legal,
    Healthcare,
    Hospitality,
    Construction,
    Education,
    Industry,
    Retail,
}

/// A word in both languages of the demo.
pub(super) type Text = (&'static str, &'static str);

pub(super) fn in_language(text: Text, language: Language) -> &'static str {
    match language {
        Language::English => text.0,
        Language::French => text.1,
    }
}

/// A team: its name, one of how many people belong to it, and how many people it takes for there to be one.
pub(super) struct TeamShape {
    pub(super) name: Text,
    pub(super) one_in: usize,
    pub(super) from: usize,
}

/// A collection: its name, which teams reach it (by position, the shared ones first) and how, what is kept in it, and how
/// many people it takes for there to be one.
pub(super) struct CollectionShape {
    pub(super) name: Text,
    pub(super) reached_by: &'static [(usize, Level)],
    pub(super) holds: Holds,
    pub(super) from: usize,
}

/// What is kept in a collection, see `items/shared.rs`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) enum Holds {
    Banking,
    Booking,
    Carriers,
    Cloud,
    Codes,
    Learning,
    Licences,
    Machines,
    Network,
    Office,
    Papers,
    Payroll,
    Portals,
    Records,
    Servers,
    Social,
    Suppliers,
    Tills,
    Travel,
    Wifi,
}

pub(super) const fn team(
    english: &'static str,
    french: &'static str,
    one_in: usize,
    from: usize,
) -> TeamShape {
    TeamShape { name: (english, french), one_in, from }
}

pub(super) const fn shelf(
    from: usize,
    holds: Holds,
    english: &'static str,
    french: &'static str,
    reached_by: &'static [(usize, Level)],
) -> CollectionShape {
    CollectionShape { name: (english, french), reached_by, holds, from }
}

/// Position of the team that nearly everybody is in.
pub(super) const STAFF: usize = 0;
/// Position of the team that looks after the computers.
pub(super) const IT: usize = 1;
/// Position of the team that runs the place.
pub(super) const OFFICE: usize = 2;

const SHARED_TEAMS: &[TeamShape] = &[
    team("All staff", "Tout le personnel", 1, 0),
    team("IT", "Informatique", 12, 8),
    team("Office", "Administration", 8, 6),
];

const SHARED_COLLECTIONS: &[CollectionShape] = &[
    shelf(0, Wifi, "Office Wi-Fi and printers", "Wi-Fi et imprimantes", &[(STAFF, ViewHidden), (IT, Manage)]),
    shelf(9, Travel, "Travel and couriers", "Voyages et coursiers", &[(STAFF, Edit), (OFFICE, Manage)]),
    shelf(7, Servers, "IT", "Informatique", &[(IT, Manage)]),
    shelf(12, Network, "IT/Network", "Informatique/Réseau", &[(IT, Manage)]),
    shelf(26, Network, "IT/Network/Firewalls", "Informatique/Réseau/Pare-feu", &[(IT, Manage)]),
    shelf(10, Cloud, "IT/Cloud services", "Informatique/Services en nuage", &[(IT, Manage), (OFFICE, View)]),
    shelf(5, Banking, "Finance", "Finances", &[(OFFICE, Manage)]),
    shelf(14, Payroll, "Finance/Payroll", "Finances/Paie", &[(OFFICE, Manage)]),
    shelf(34, Servers, "IT/Backups", "Informatique/Sauvegardes", &[(IT, Manage)]),
    shelf(40, Licences, "IT/Licences", "Informatique/Licences", &[(IT, Manage), (OFFICE, View)]),
];

impl Trade {
    pub(super) const OF_CLIENTS: [Trade; 7] = [
        Trade::Legal,
        Trade::Healthcare,
        Trade::Hospitality,
        Trade::Construction,
        Trade::Education,
        Trade::Industry,
        Trade::Retail,
    ];

    /// Teams of an organization of this trade, the shared ones first.
    pub(super) fn teams(self) -> impl Iterator<Item = &'static TeamShape> {
        SHARED_TEAMS.iter().chain(self.own_teams())
    }

    /// Collections of an organization of this trade, the shared ones first.
    pub(super) fn collections(self) -> impl Iterator<Item = &'static CollectionShape> {
        SHARED_COLLECTIONS.iter().chain(self.own_collections())
    }

    /// What several places of one organization are called.
    pub(super) fn places(self) -> Text {
        match self {
            Trade::Legal => ("Offices", "Bureaux"),
            Trade::Healthcare => ("Practices", "Cabinets"),
            Trade::Hospitality => ("Houses", "Établissements"),
            Trade::Construction => ("Yards", "Dépôts"),
            Trade::Education => ("Schools", "Écoles"),
            Trade::Industry => ("Depots", "Dépôts"),
            Trade::Retail => ("Shops", "Magasins"),
        }
    }

    fn own_teams(self) -> &'static [TeamShape] {
        const LEGAL: &[TeamShape] = &[
            team("Partners", "Associés", 8, 6),
            team("Client files", "Dossiers clients", 3, 9),
            team("Bookkeeping", "Comptabilité", 7, 12),
            team("Compliance", "Conformité", 14, 40),
            team("Secretaries", "Secrétariat", 5, 28),
        ];
        const HEALTHCARE: &[TeamShape] = &[
            team("Clinicians", "Praticiens", 3, 6),
            team("Reception", "Accueil", 4, 9),
            team("Night rota", "Équipe de nuit", 6, 16),
            team("Pharmacy", "Pharmacie", 9, 45),
            team("Estates", "Bâtiments", 15, 60),
        ];
        const HOSPITALITY: &[TeamShape] = &[
            team("Front of house", "Salle", 2, 5),
            team("Kitchen", "Cuisine", 3, 8),
            team("Managers", "Direction", 7, 8),
            team("Events", "Réceptions", 9, 30),
            team("Housekeeping", "Étages", 5, 50),
        ];
        const CONSTRUCTION: &[TeamShape] = &[
            team("Site managers", "Chefs de chantier", 5, 6),
            team("Design office", "Bureau d’études", 3, 8),
            team("Tenders", "Appels d’offres", 7, 14),
            team("Surveyors", "Métreurs", 9, 40),
            team("Safety", "Sécurité", 12, 30),
        ];
        const EDUCATION: &[TeamShape] = &[
            team("Teaching", "Enseignants", 2, 3),
            team("Admissions", "Inscriptions", 8, 12),
            team("Leadership", "Direction", 10, 9),
            team("Exams office", "Examens", 12, 40),
            team("Library", "Bibliothèque", 14, 35),
        ];
        const INDUSTRY: &[TeamShape] = &[
            team("Operations", "Exploitation", 3, 5),
            team("Dispatch", "Expédition", 5, 10),
            team("Quality", "Qualité", 8, 14),
            team("Maintenance", "Maintenance", 7, 35),
            team("Purchasing", "Achats", 11, 50),
        ];
        const RETAIL: &[TeamShape] = &[
            team("Shop floor", "Magasin", 2, 5),
            team("Web shop", "Boutique en ligne", 5, 8),
            team("Buyers", "Achats", 7, 12),
            team("Stock", "Stock", 6, 30),
            team("Marketing", "Marketing", 9, 40),
        ];
        match self {
            Trade::Legal => LEGAL,
            Trade::Healthcare => HEALTHCARE,
            Trade::Hospitality => HOSPITALITY,
            Trade::Construction => CONSTRUCTION,
            Trade::Education => EDUCATION,
            Trade::Industry => INDUSTRY,
            Trade::Retail => RETAIL,
        }
    }

    fn own_collections(self) -> &'static [CollectionShape] {
        const LEGAL: &[CollectionShape] = &[
            shelf(0, Portals, "Court portals", "Portails des juridictions", &[(4, Edit), (3, Manage)]),
            shelf(8, Portals, "Land registry", "Cadastre", &[(4, View), (3, Manage)]),
            shelf(
                12,
                Records,
                "Client files/Private",
                "Dossiers clients/Particuliers",
                &[(4, Edit), (3, Manage)],
            ),
            shelf(
                12,
                Records,
                "Client files/Companies",
                "Dossiers clients/Sociétés",
                &[(4, Edit), (3, Manage)],
            ),
            shelf(6, Banking, "Client account banking", "Compte de tiers", &[(5, Manage)]),
            shelf(22, Papers, "Client files/Archive", "Dossiers clients/Archives", &[(7, Edit), (3, Manage)]),
            shelf(
                30,
                Portals,
                "Anti-money-laundering checks",
                "Lutte contre le blanchiment",
                &[(6, Manage), (4, View)],
            ),
            shelf(36, Suppliers, "Experts and counsel", "Experts et confrères", &[(4, Edit), (3, Manage)]),
        ];
        const HEALTHCARE: &[CollectionShape] = &[
            shelf(
                0,
                Records,
                "Patient records system",
                "Dossier patient",
                &[(3, Edit), (4, ViewHidden), (IT, Manage)],
            ),
            shelf(8, Portals, "Laboratories", "Laboratoires", &[(3, Edit), (OFFICE, Manage)]),
            shelf(18, Papers, "Medication rounds", "Tournées de médicaments", &[(5, Edit), (3, Manage)]),
            shelf(10, Portals, "Insurers", "Mutuelles", &[(4, Edit), (OFFICE, Manage)]),
            shelf(6, Suppliers, "Suppliers", "Fournisseurs", &[(OFFICE, Manage), (4, View)]),
            shelf(24, Machines, "Equipment", "Appareils", &[(3, View), (IT, Manage)]),
            shelf(
                40,
                Suppliers,
                "Suppliers/Pharmacy orders",
                "Fournisseurs/Commandes de pharmacie",
                &[(6, Edit), (OFFICE, Manage)],
            ),
            shelf(30, Codes, "Equipment/Cabinets", "Appareils/Armoires", &[(3, View), (OFFICE, Manage)]),
        ];
        const HOSPITALITY: &[CollectionShape] = &[
            shelf(0, Booking, "Reservations", "Réservations", &[(3, Edit), (5, Manage)]),
            shelf(
                12,
                Booking,
                "Reservations/Booking sites",
                "Réservations/Plateformes",
                &[(3, ViewHidden), (5, Manage)],
            ),
            shelf(6, Tills, "Tills", "Caisses", &[(3, ViewHidden), (5, Manage)]),
            shelf(8, Suppliers, "Kitchen suppliers", "Fournisseurs de cuisine", &[(4, Edit), (5, Manage)]),
            shelf(0, Social, "Social media", "Réseaux sociaux", &[(5, Manage)]),
            shelf(28, Booking, "Events", "Réceptions", &[(6, Edit), (5, Manage)]),
            shelf(45, Codes, "Keys and safes", "Clés et coffres", &[(7, View), (5, Manage)]),
            shelf(20, Portals, "Licensing authority", "Autorités", &[(5, Manage)]),
        ];
        const CONSTRUCTION: &[CollectionShape] = &[
            shelf(0, Portals, "Sites", "Chantiers", &[(3, Edit), (OFFICE, Manage)]),
            shelf(8, Codes, "Sites/Alarm codes", "Chantiers/Codes d’alarme", &[(3, View), (OFFICE, Manage)]),
            shelf(10, Licences, "Drawing licences", "Licences de dessin", &[(4, ViewHidden), (IT, Manage)]),
            shelf(12, Portals, "Tender portals", "Portails de marchés", &[(5, Manage), (4, View)]),
            shelf(6, Suppliers, "Plant hire", "Location de matériel", &[(3, Edit), (OFFICE, Manage)]),
            shelf(26, Papers, "Safety files", "Dossiers de sécurité", &[(7, Edit), (OFFICE, Manage)]),
            shelf(34, Records, "Drawings/Archive", "Plans/Archives", &[(4, Edit), (IT, Manage)]),
            shelf(42, Suppliers, "Subcontractors", "Sous-traitants", &[(6, Edit), (OFFICE, Manage)]),
        ];
        const EDUCATION: &[CollectionShape] = &[
            shelf(0, Learning, "Classroom services", "Services de classe", &[(3, Edit), (IT, Manage)]),
            shelf(
                14,
                Learning,
                "Classroom services/Exam boards",
                "Services de classe/Examens",
                &[(3, ViewHidden), (5, Manage)],
            ),
            shelf(8, Records, "Pupil records", "Dossiers des élèves", &[(4, Edit), (5, Manage)]),
            shelf(16, Papers, "Safeguarding", "Protection des élèves", &[(5, Manage)]),
            shelf(20, Learning, "Library", "Bibliothèque", &[(3, View), (OFFICE, Manage)]),
            shelf(38, Portals, "Exams office", "Bureau des examens", &[(6, Manage)]),
            shelf(30, Social, "School web site", "Site de l’école", &[(5, Manage)]),
            shelf(46, Codes, "Buildings/Alarm codes", "Bâtiments/Codes d’alarme", &[(OFFICE, Manage)]),
        ];
        const INDUSTRY: &[CollectionShape] = &[
            shelf(0, Machines, "Production", "Production", &[(3, Edit), (IT, Manage)]),
            shelf(
                16,
                Machines,
                "Production/Controllers",
                "Production/Automates",
                &[(3, ViewHidden), (IT, Manage)],
            ),
            shelf(10, Carriers, "Carriers", "Transporteurs", &[(4, Edit), (OFFICE, Manage)]),
            shelf(12, Portals, "Customs", "Douanes", &[(4, View), (OFFICE, Manage)]),
            shelf(14, Papers, "Certificates", "Certificats", &[(5, Manage)]),
            shelf(32, Suppliers, "Spare parts", "Pièces détachées", &[(6, Edit), (OFFICE, Manage)]),
            shelf(48, Suppliers, "Purchasing", "Achats", &[(7, Manage)]),
            shelf(26, Codes, "Gates and alarms", "Portails et alarmes", &[(3, View), (OFFICE, Manage)]),
        ];
        const RETAIL: &[CollectionShape] = &[
            shelf(0, Tills, "Tills", "Caisses", &[(3, ViewHidden), (OFFICE, Manage)]),
            shelf(8, Social, "Web shop", "Boutique en ligne", &[(4, Manage)]),
            shelf(
                12,
                Banking,
                "Web shop/Payment providers",
                "Boutique en ligne/Paiement",
                &[(4, EditHidden), (OFFICE, Manage)],
            ),
            shelf(6, Suppliers, "Suppliers", "Fournisseurs", &[(5, Manage)]),
            shelf(0, Social, "Social media", "Réseaux sociaux", &[(4, Edit), (OFFICE, Manage)]),
            shelf(26, Carriers, "Parcels and returns", "Colis et retours", &[(6, Edit), (OFFICE, Manage)]),
            shelf(36, Social, "Campaigns", "Campagnes", &[(7, Manage)]),
            shelf(20, Codes, "Alarm codes", "Codes d’alarme", &[(3, View), (OFFICE, Manage)]),
        ];
        match self {
            Trade::Legal => LEGAL,
            Trade::Healthcare => HEALTHCARE,
            Trade::Hospitality => HOSPITALITY,
            Trade::Construction => CONSTRUCTION,
            Trade::Education => EDUCATION,
            Trade::Industry => INDUSTRY,
            Trade::Retail => RETAIL,
        }
    }
}
