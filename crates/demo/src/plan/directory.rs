//! Which client organizations there are.

use std::collections::HashSet;

use super::PlanKind::{Enterprise, Teams};
use super::trade::Trade;
use super::{Language, PlanKind, names};
use Language::{English, French};

/// What is known of a client before anybody is in it.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) trade: Trade,
    pub(super) language: Language,
    pub(super) plan: PlanKind,
    pub(super) seats: u32,
    /// Members that take a seat, when nobody asks for a number.
    pub(super) occupied: usize,
    /// Members that take none, revoked or staged, when nobody asks for a number.
    pub(super) others: usize,
}

/// Name, domain, trade, language, plan, seats, members that take a seat, members that take none.
type Named = (&'static str, &'static str, Trade, Language, PlanKind, u32, usize, usize);

/// The clients that every demo provider has, largest part of the story first where it matters for small sizes.
#[rustfmt::skip]
const NAMED: [Named; 24] = [
    ("Abbott & Lane Solicitors",    "abbott.example",         Trade::Legal,        English, Enterprise,  45,  41, 3),
    ("Harbour Lane",                "harbour-lane.example",   Trade::Industry,     English, Teams,       20,  13, 1),
    ("Juniper Street Theatre",      "juniper-street.example", Trade::Hospitality,  English, Teams,       15,   8, 0),
    ("Kestrel Accounting",          "kestrel.example",        Trade::Legal,        English, Enterprise,  38,  36, 2),
    ("Eastgate Primary Care",       "eastgate.example",       Trade::Healthcare,   English, Enterprise,  96,  96, 5),
    ("Sinclair Notaires",           "sinclair.example",       Trade::Legal,        French,  Teams,       16,  14, 1),
    ("Rosewood Care Homes",         "rosewood.example",       Trade::Healthcare,   English, Enterprise,  75,  70, 4),
    ("Northfield Academy Trust",    "northfield.example",     Trade::Education,    English, Enterprise, 110, 104, 6),
    ("Dunmore Logistics",           "dunmore.example",        Trade::Industry,     English, Enterprise, 130, 116, 4),
    ("Alder Veterinary Group",      "alder-vets.example",     Trade::Healthcare,   English, Teams,       28,  28, 2),
    ("Calder Structural Engineers", "calder.example",         Trade::Construction, English, Enterprise,  64,  58, 3),
    ("Quayside Hotels",             "quayside.example",       Trade::Hospitality,  English, Enterprise,  90,  83, 6),
    ("Fairweather Insurance",       "fairweather.example",    Trade::Legal,        English, Enterprise,  60,  18, 1),
    ("Hollis Property",             "hollis.example",         Trade::Construction, English, Teams,       30,  27, 1),
    ("Maison Delorme",              "delorme.example",        Trade::Hospitality,  French,  Enterprise,  40,  34, 2),
    ("Boulangerie Saint-Roch",      "saint-roch.example",     Trade::Hospitality,  French,  Teams,       12,   9, 0),
    ("Cedar Hill Dental",           "cedar-hill.example",     Trade::Healthcare,   English, Teams,       22,  19, 1),
    ("Garnier Architectes",         "garnier.example",        Trade::Construction, French,  Teams,       18,  16, 0),
    ("Ironbridge Foundry",          "ironbridge.example",     Trade::Industry,     English, Teams,       85,  61, 3),
    ("Lindqvist Timber",            "lindqvist.example",      Trade::Industry,     English, Teams,       24,  22, 0),
    ("St Brannock’s School",        "st-brannocks.example",   Trade::Education,    English, Teams,       50,  44, 2),
    ("Tremblay Électrique",         "tremblay.example",       Trade::Construction, French,  Teams,       20,  17, 1),
    ("Valmont Optique",             "valmont.example",        Trade::Healthcare,   French,  Teams,       14,  11, 0),
    ("Westbrook Tutors",            "westbrook.example",      Trade::Education,    English, Teams,        5,   3, 0),
];

/// The first `count` clients: the named ones, then as many more as are wanted, every fourth of them French.
pub(super) fn clients(count: usize) -> Vec<Entry> {
    let named = NAMED.iter().map(|&(name, domain, trade, language, plan, seats, occupied, others)| Entry {
        name: name.to_owned(),
        domain: domain.to_owned(),
        trade,
        language,
        plan,
        seats,
        occupied,
        others,
    });
    let mut taken: HashSet<String> = HashSet::new();
    let more = (0..).map(further_client).filter(move |entry| taken.insert(entry.domain.clone()));
    named.chain(more).take(count).collect()
}

// Places and families, combined with what an organization of a trade calls itself.
#[rustfmt::skip]
const ENGLISH_STEMS: [&str; 61] = [
    "Ashcombe", "Aldergate", "Beaumaris", "Birchwood", "Blythe", "Brackenfield", "Caldwell", "Carrick",
    "Castlegate", "Chesil", "Copperfield", "Cranmore", "Dovecote", "Drayton", "Eskdale", "Elmhurst",
    "Farringdon", "Fennimore", "Foxley", "Glenholm", "Greyfriars", "Halcyon", "Hazelmere", "Heathcote",
    "Inverlea", "Keswick", "Kingsmead", "Larkfield", "Linden", "Longacre", "Maplewood", "Merriton",
    "Millbrook", "Moorland", "Nethercote", "Northgate", "Oakley", "Orchardleigh", "Pendle", "Priory",
    "Quarry Bank", "Ravenhill", "Redcliff", "Ridgeway", "Sandford", "Silverdale", "Southerly",
    "Stonebridge", "Summerfield", "Tarn", "Thistledown", "Thornhill", "Tollgate", "Upton", "Vale",
    "Waverley", "Westerdale", "Whitestone", "Wick", "Woodvale", "Yew Tree",
];
#[rustfmt::skip]
const FRENCH_STEMS: [&str; 43] = [
    "Aubépine", "Beauvallon", "Bellerive", "Boisjoli", "Brissac", "Chantelune", "Clairefontaine", "Cormier",
    "Courcelle", "Delmas", "Durocher", "Fontenelle", "Fougère", "Grandpré", "Haute-Rive", "Hirondelle",
    "Lavande", "Lauzon", "Marronnier", "Mirabel", "Monfort", "Montclair", "Moulin Vert", "Mésange",
    "Noisetier", "Olivette", "Orme", "Parc Royal", "Pierrefonds", "Plessis", "Pont-Neuf", "Rivière",
    "Rochebrune", "Romarin", "Roseraie", "Sapinière", "Sauvageau", "Source", "Tilleul", "Val d’Or",
    "Verger", "Vieux-Port", "Villeneuve",
];

fn suffixes(trade: Trade, language: Language) -> [&'static str; 6] {
    match (trade, language) {
        (Trade::Legal, English) => {
            ["Solicitors", "Accountants", "Legal", "Chambers", "Wealth", "Insurance Brokers"]
        }
        (Trade::Legal, French) => ["Notaires", "Avocats", "Expertise", "Assurances", "Conseil", "Patrimoine"],
        (Trade::Healthcare, English) => {
            ["Dental", "Surgery", "Care Homes", "Physiotherapy", "Pharmacy", "Clinic"]
        }
        (Trade::Healthcare, French) => {
            ["Santé", "Pharmacie", "Optique", "Kinésithérapie", "Clinique", "Vétérinaires"]
        }
        (Trade::Hospitality, English) => ["Hotel", "Brewing", "Bakery", "Inns", "Catering", "Events"],
        (Trade::Hospitality, French) => {
            ["Hôtellerie", "Traiteur", "Brasserie", "Pâtisserie", "Auberge", "Réceptions"]
        }
        (Trade::Construction, English) => {
            ["Builders", "Surveyors", "Architects", "Property", "Joinery", "Engineering"]
        }
        (Trade::Construction, French) => {
            ["Bâtiment", "Architectes", "Électricité", "Menuiserie", "Travaux", "Ingénierie"]
        }
        (Trade::Education, English) => {
            ["Academy", "School", "College", "Nursery", "Tutors", "Learning Trust"]
        }
        (Trade::Education, French) => ["Formation", "École", "Collège", "Crèche", "Institut", "Académie"],
        (Trade::Industry, English) => ["Foundry", "Logistics", "Timber", "Marine", "Plastics", "Couriers"],
        (Trade::Industry, French) => {
            ["Logistique", "Fonderie", "Scierie", "Transports", "Mécanique", "Emballages"]
        }
        (_, English) => ["Stores", "Cycles", "Garden Centre", "Books", "Outfitters", "Farm Shop"],
        (_, French) => ["Boutique", "Jardinerie", "Librairie", "Cycles", "Épicerie", "Maroquinerie"],
    }
}

fn further_client(n: usize) -> Entry {
    let (language, n_of_language) = if n % 4 == 3 { (French, n / 4) } else { (English, n - n / 4) };
    let stems: &[&str] = match language {
        English => &ENGLISH_STEMS,
        French => &FRENCH_STEMS,
    };
    // Going round the stems, each round shifted by one trade and suffix: no pair comes twice.
    let (stem, round) = (n_of_language % stems.len(), n_of_language / stems.len());
    let pair = (stem + round) % (7 * 6);
    let trade = Trade::OF_CLIENTS[pair % 7];
    let suffix = suffixes(trade, language)[pair / 7];
    let name = match language {
        English => format!("{} {suffix}", stems[stem]),
        French => format!("{suffix} {}", stems[stem]),
    };
    // Many small, a few large: 3 to 120, the middle near 20.
    let occupied = [6, 11, 18, 23, 9, 31, 14, 47, 20, 4, 26, 12, 64, 16, 8, 88, 21, 38, 5, 112][n * 7 % 20];
    let seats = (occupied + occupied / 9 + 1) as u32;
    let plan = if n.is_multiple_of(3) { Enterprise } else { Teams };
    let domain = format!("{}.example", names::folded(&name, '-'));
    Entry { name, domain, trade, language, plan, seats, occupied, others: occupied / 15 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_has_a_name_and_a_domain_of_its_own() {
        let clients = clients(crate::DemoSize::MAX_CLIENTS);
        assert_eq!(clients.len(), crate::DemoSize::MAX_CLIENTS);
        let names: HashSet<&str> = clients.iter().map(|entry| entry.name.as_str()).collect();
        let domains: HashSet<&str> = clients.iter().map(|entry| entry.domain.as_str()).collect();
        assert_eq!((names.len(), domains.len()), (clients.len(), clients.len()));
        assert!(
            clients
                .iter()
                .all(|entry| entry.name.chars().count() <= 50 && entry.domain.ends_with(".example"))
        );
    }
}
