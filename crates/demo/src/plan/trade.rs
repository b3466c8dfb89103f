//! What an organization of each trade typically looks like: its teams and what they keep.

use super::{Language, Level};
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

/// A team: its name, and one of how many people belong to it.
pub(super) struct TeamShape {
    pub(super) name: Text,
    pub(super) one_in: usize,
}

/// A collection: its name, and which teams reach it (by position, the shared ones first) and how.
pub(super) struct CollectionShape {
    pub(super) name: Text,
    pub(super) reached_by: &'static [(usize, Level)],
}

pub(super) const fn team(english: &'static str, french: &'static str, one_in: usize) -> TeamShape {
    TeamShape { name: (english, french), one_in }
}

pub(super) const fn shelf(
    english: &'static str,
    french: &'static str,
    reached_by: &'static [(usize, Level)],
) -> CollectionShape {
    CollectionShape { name: (english, french), reached_by }
}

/// Position of the team that nearly everybody is in.
pub(super) const STAFF: usize = 0;
/// Position of the team that looks after the computers.
pub(super) const IT: usize = 1;
/// Position of the team that runs the place.
pub(super) const OFFICE: usize = 2;

const SHARED_TEAMS: &[TeamShape] = &[
    team("All staff", "Tout le personnel", 1),
    team("IT", "Informatique", 12),
    team("Office", "Administration", 8),
];

const SHARED_COLLECTIONS: &[CollectionShape] = &[
    shelf("Office Wi-Fi and printers", "Wi-Fi et imprimantes", &[(STAFF, ViewHidden), (IT, Manage)]),
    shelf("Travel and couriers", "Voyages et coursiers", &[(STAFF, Edit), (OFFICE, Manage)]),
    shelf("IT", "Informatique", &[(IT, Manage)]),
    shelf("IT/Network", "Informatique/Réseau", &[(IT, Manage)]),
    shelf("IT/Network/Firewalls", "Informatique/Réseau/Pare-feu", &[(IT, Manage)]),
    shelf("IT/Cloud services", "Informatique/Services en nuage", &[(IT, Manage), (OFFICE, View)]),
    shelf("Finance", "Finances", &[(OFFICE, Manage)]),
    shelf("Finance/Payroll", "Finances/Paie", &[(OFFICE, Manage)]),
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

    fn own_teams(self) -> &'static [TeamShape] {
        const LEGAL: &[TeamShape] = &[
            team("Partners", "Associés", 8),
            team("Client files", "Dossiers clients", 3),
            team("Bookkeeping", "Comptabilité", 7),
        ];
        const HEALTHCARE: &[TeamShape] = &[
            team("Clinicians", "Praticiens", 3),
            team("Reception", "Accueil", 4),
            team("Night rota", "Équipe de nuit", 6),
        ];
        const HOSPITALITY: &[TeamShape] = &[
            team("Front of house", "Salle", 2),
            team("Kitchen", "Cuisine", 3),
            team("Managers", "Direction", 7),
        ];
        const CONSTRUCTION: &[TeamShape] = &[
            team("Site managers", "Chefs de chantier", 5),
            team("Design office", "Bureau d’études", 3),
            team("Tenders", "Appels d’offres", 7),
        ];
        const EDUCATION: &[TeamShape] = &[
            team("Teaching", "Enseignants", 2),
            team("Admissions", "Inscriptions", 8),
            team("Leadership", "Direction", 10),
        ];
        const INDUSTRY: &[TeamShape] = &[
            team("Operations", "Exploitation", 3),
            team("Dispatch", "Expédition", 5),
            team("Quality", "Qualité", 8),
        ];
        const RETAIL: &[TeamShape] = &[
            team("Shop floor", "Magasin", 2),
            team("Web shop", "Boutique en ligne", 5),
            team("Buyers", "Achats", 7),
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
            shelf("Court portals", "Portails des juridictions", &[(4, Edit), (3, Manage)]),
            shelf("Land registry", "Cadastre", &[(4, View), (3, Manage)]),
            shelf("Client files/Private", "Dossiers clients/Particuliers", &[(4, Edit), (3, Manage)]),
            shelf("Client files/Companies", "Dossiers clients/Sociétés", &[(4, Edit), (3, Manage)]),
            shelf("Client account banking", "Compte de tiers", &[(5, Manage)]),
        ];
        const HEALTHCARE: &[CollectionShape] = &[
            shelf("Patient records system", "Dossier patient", &[(3, Edit), (4, ViewHidden), (IT, Manage)]),
            shelf("Laboratories", "Laboratoires", &[(3, Edit), (OFFICE, Manage)]),
            shelf("Medication rounds", "Tournées de médicaments", &[(5, Edit), (3, Manage)]),
            shelf("Insurers", "Mutuelles", &[(4, Edit), (OFFICE, Manage)]),
            shelf("Suppliers", "Fournisseurs", &[(OFFICE, Manage), (4, View)]),
        ];
        const HOSPITALITY: &[CollectionShape] = &[
            shelf("Reservations", "Réservations", &[(3, Edit), (5, Manage)]),
            shelf("Reservations/Booking sites", "Réservations/Plateformes", &[(3, ViewHidden), (5, Manage)]),
            shelf("Tills", "Caisses", &[(3, ViewHidden), (5, Manage)]),
            shelf("Kitchen suppliers", "Fournisseurs de cuisine", &[(4, Edit), (5, Manage)]),
            shelf("Social media", "Réseaux sociaux", &[(5, Manage)]),
        ];
        const CONSTRUCTION: &[CollectionShape] = &[
            shelf("Sites", "Chantiers", &[(3, Edit), (OFFICE, Manage)]),
            shelf("Sites/Alarm codes", "Chantiers/Codes d’alarme", &[(3, View), (OFFICE, Manage)]),
            shelf("Drawing licences", "Licences de dessin", &[(4, ViewHidden), (IT, Manage)]),
            shelf("Tender portals", "Portails de marchés", &[(5, Manage), (4, View)]),
            shelf("Plant hire", "Location de matériel", &[(3, Edit), (OFFICE, Manage)]),
        ];
        const EDUCATION: &[CollectionShape] = &[
            shelf("Classroom services", "Services de classe", &[(3, Edit), (IT, Manage)]),
            shelf(
                "Classroom services/Exam boards",
                "Services de classe/Examens",
                &[(3, ViewHidden), (5, Manage)],
            ),
            shelf("Pupil records", "Dossiers des élèves", &[(4, Edit), (5, Manage)]),
            shelf("Safeguarding", "Protection des élèves", &[(5, Manage)]),
            shelf("Library", "Bibliothèque", &[(3, View), (OFFICE, Manage)]),
        ];
        const INDUSTRY: &[CollectionShape] = &[
            shelf("Production", "Production", &[(3, Edit), (IT, Manage)]),
            shelf("Production/Controllers", "Production/Automates", &[(3, ViewHidden), (IT, Manage)]),
            shelf("Carriers", "Transporteurs", &[(4, Edit), (OFFICE, Manage)]),
            shelf("Customs", "Douanes", &[(4, View), (OFFICE, Manage)]),
            shelf("Certificates", "Certificats", &[(5, Manage)]),
        ];
        const RETAIL: &[CollectionShape] = &[
            shelf("Tills", "Caisses", &[(3, ViewHidden), (OFFICE, Manage)]),
            shelf("Web shop", "Boutique en ligne", &[(4, Manage)]),
            shelf(
                "Web shop/Payment providers",
                "Boutique en ligne/Paiement",
                &[(4, EditHidden), (OFFICE, Manage)],
            ),
            shelf("Suppliers", "Fournisseurs", &[(5, Manage)]),
            shelf("Social media", "Réseaux sociaux", &[(4, Edit), (OFFICE, Manage)]),
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
