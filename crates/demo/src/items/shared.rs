//! The items of client organizations: in every collection what one would look for in it.

use super::kinds::{self, capital, digits, word};
use super::{Life, PlannedItem};
use crate::plan::{Collection, Holds, Language, Organization, Plan, folded};
use crate::seeded::{chance, pick};
use portico_vault::NewItem;

/// One to six items in each collection, more where the organization is larger; none twice in one.
pub(super) fn items(plan: &Plan, organization: &Organization) -> Vec<PlannedItem> {
    let mut items = Vec::new();
    for (c, collection) in organization.collections.iter().enumerate() {
        let mut dice = plan.seeded.dice(&format!("{}/items", collection.id));
        let (way, things) = things(collection.holds);
        let mut things = things.to_vec();
        dice.shuffle(&mut things);
        let most = (2 + organization.members.len() / 40).min(things.len());
        for (n, thing) in things.into_iter().take(dice.usize(1..=most)).enumerate() {
            let life = Life::of(&mut dice, plan.now, organization.created.max(collection.created));
            let mut new = filled(&mut dice, organization, (way, thing), life);
            new.organization_id = Some(organization.id);
            if chance(&mut dice, 8) && new.notes.is_none() {
                new.notes = Some(about(organization, collection).into());
            }
            let id = plan.seeded.id(&format!("{}/item/{n}", collection.id));
            let mut item = PlannedItem::new(id, new, life);
            item.collections.push(c);
            items.push(item);
        }
    }
    items
}

/// How one signs in to a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One does not: a note with a code.
    Note,
    /// At an address of the organization's own.
    Device,
    /// The same, and sometimes by a key.
    Server,
    /// At another company.
    Company,
    /// The same, and there are cards and accounts as well.
    Bank,
}
use Way::{Bank, Company, Device, Note, Server};

fn filled(
    dice: &mut fastrand::Rng,
    organization: &Organization,
    (way, thing): (Way, (&str, &str)),
    life: Life,
) -> NewItem {
    let domain = &organization.domain;
    let (name, office) = match organization.language {
        Language::English => (thing.0, "office"),
        Language::French => (thing.1, "bureau"),
    };
    let office = format!("{office}@{domain}");
    match way {
        Note => kinds::note(name, format!("{} {}", capital(word(dice)), digits(dice, 4))),
        Server if chance(dice, 30) => {
            kinds::ssh_key(dice, name, &format!("root@{}.{domain}", folded(name, '-')))
        }
        Bank if chance(dice, 25) => {
            let last = digits(dice, 4);
            let brand = *pick(dice, &["Visa", "Mastercard"]);
            kinds::card(dice, name, &organization.name, brand, &last)
        }
        Bank if chance(dice, 30) => kinds::bank_account(dice, name, &organization.name),
        Device | Server => {
            let username = *pick(dice, &["admin", "admin", "root", "service"]);
            kinds::login(dice, name, username, &format!("{}.{domain}", folded(name, '-')), life)
        }
        Company | Bank => {
            let company = word(dice);
            let name = format!("{name}, {}", capital(company));
            kinds::login(dice, &name, &office, &format!("{company}-{}.example", folded(thing.0, '-')), life)
        }
    }
}

fn about(organization: &Organization, collection: &Collection) -> String {
    match organization.language {
        Language::English => format!("Kept for {}. Ask before you change it.", collection.name),
        Language::French => format!("Gardé pour {}. Demander avant de le changer.", collection.name),
    }
}

/// A word in English and in French.
type Thing = (&'static str, &'static str);

/// What a collection holds, and how one signs in to it.
fn things(holds: Holds) -> (Way, &'static [Thing]) {
    match holds {
        Holds::Banking => (
            Bank,
            &[
                ("Business account", "Compte courant"),
                ("Deposit account", "Compte sur livret"),
                ("Card terminal", "Terminal de paiement"),
                ("Tax office", "Impôts"),
                ("Bookkeeping program", "Logiciel de comptabilité"),
            ],
        ),
        Holds::Booking => (
            Company,
            &[
                ("Booking site", "Site de réservation"),
                ("Table plan", "Plan de salle"),
                ("Gift vouchers", "Bons cadeaux"),
                ("Channel manager", "Gestion des canaux"),
                ("Ticket shop", "Billetterie"),
            ],
        ),
        Holds::Carriers => (
            Company,
            &[
                ("Parcel carrier", "Messagerie"),
                ("Pallet network", "Réseau palettes"),
                ("Track and trace", "Suivi des envois"),
                ("Freight exchange", "Bourse de fret"),
                ("Returns desk", "Retours"),
            ],
        ),
        Holds::Cloud => (
            Company,
            &[
                ("Mail administration", "Administration de la messagerie"),
                ("File storage", "Stockage de fichiers"),
                ("Domain registrar", "Bureau d’enregistrement"),
                ("Telephone system", "Téléphonie"),
                ("Video calls", "Visioconférence"),
            ],
        ),
        Holds::Codes => (
            Note,
            &[
                ("Front door", "Porte d’entrée"),
                ("Alarm panel", "Centrale d’alarme"),
                ("Key safe", "Boîte à clés"),
                ("Store room", "Réserve"),
                ("Gate", "Portail"),
            ],
        ),
        Holds::Learning => (
            Company,
            &[
                ("Learning platform", "Plateforme d’apprentissage"),
                ("Exam board", "Centre d’examen"),
                ("Library catalogue", "Catalogue"),
                ("Reading scheme", "Manuels numériques"),
                ("Parents’ portal", "Espace parents"),
            ],
        ),
        Holds::Licences => (
            Company,
            &[
                ("Office programs", "Suite bureautique"),
                ("Drawing program", "Logiciel de dessin"),
                ("PDF editor", "Éditeur PDF"),
                ("Antivirus console", "Console antivirus"),
                ("Font library", "Polices"),
            ],
        ),
        Holds::Machines => (
            Device,
            &[
                ("Line controller", "Automate de ligne"),
                ("Label printer", "Imprimante d’étiquettes"),
                ("Hand scanners", "Lecteurs portables"),
                ("Measuring station", "Poste de mesure"),
                ("Cold store", "Chambre froide"),
            ],
        ),
        Holds::Network => (
            Device,
            &[
                ("Core switch", "Commutateur principal"),
                ("Router, main line", "Routeur principal"),
                ("Router, spare line", "Routeur de secours"),
                ("VPN gateway", "Passerelle VPN"),
                ("Access points", "Bornes Wi-Fi"),
                ("Firewall", "Pare-feu"),
            ],
        ),
        Holds::Office => (
            Company,
            &[
                ("Stationery", "Fournitures"),
                ("Meeting rooms", "Salles de réunion"),
                ("Insurance", "Assurance"),
                ("Landlord’s portal", "Espace du bailleur"),
            ],
        ),
        Holds::Papers => (
            Note,
            &[
                ("Where the originals are", "Où sont les originaux"),
                ("Whom to call", "Qui appeler"),
                ("Box numbers", "Numéros des boîtes"),
                ("Inspection dates", "Dates des contrôles"),
            ],
        ),
        Holds::Payroll => (
            Company,
            &[
                ("Payroll bureau", "Cabinet de paie"),
                ("Pension scheme", "Caisse de retraite"),
                ("Time sheets", "Feuilles d’heures"),
                ("Employer’s tax account", "Cotisations"),
            ],
        ),
        Holds::Portals => (
            Company,
            &[
                ("Online filing", "Dépôt en ligne"),
                ("Case register", "Registre des dossiers"),
                ("Notices", "Avis"),
                ("Certificates", "Attestations"),
                ("Permit office", "Service des autorisations"),
            ],
        ),
        Holds::Records => (
            Device,
            &[
                ("Records system", "Gestion des dossiers"),
                ("Records archive", "Archives des dossiers"),
                ("Appointment book", "Agenda"),
                ("Document store", "Documents"),
                ("Scanner in-tray", "Numérisation"),
            ],
        ),
        Holds::Servers => (
            Server,
            &[
                ("File server", "Serveur de fichiers"),
                ("Directory", "Annuaire"),
                ("Hypervisor", "Hyperviseur"),
                ("Backup target", "Cible de sauvegarde"),
                ("Print server", "Serveur d’impression"),
            ],
        ),
        Holds::Social => (
            Company,
            &[
                ("Newsletter", "Lettre d’information"),
                ("Photo channel", "Compte photo"),
                ("Business listing", "Fiche d’établissement"),
                ("Web site editor", "Éditeur du site"),
                ("Review site", "Site d’avis"),
            ],
        ),
        Holds::Suppliers => (
            Company,
            &[
                ("Wholesaler", "Grossiste"),
                ("Cleaning", "Nettoyage"),
                ("Waste collection", "Déchets"),
                ("Maintenance contract", "Contrat d’entretien"),
                ("Work clothes", "Vêtements de travail"),
            ],
        ),
        Holds::Tills => (
            Device,
            &[
                ("Till 1", "Caisse 1"),
                ("Till 2", "Caisse 2"),
                ("Till, back office", "Caisse, gestion"),
                ("Loyalty scheme", "Fidélité"),
                ("Stock count", "Inventaire"),
            ],
        ),
        Holds::Travel => (
            Company,
            &[
                ("Rail tickets", "Billets de train"),
                ("Courier", "Coursier"),
                ("Taxi account", "Compte taxi"),
                ("Hotel bookings", "Hôtels"),
                ("Parking", "Stationnement"),
            ],
        ),
        Holds::Wifi => (
            Device,
            &[
                ("Staff Wi-Fi", "Wi-Fi du personnel"),
                ("Guest Wi-Fi", "Wi-Fi des visiteurs"),
                ("Printer, ground floor", "Imprimante, rez-de-chaussée"),
                ("Printer, first floor", "Imprimante, étage"),
                ("Copier", "Copieur"),
            ],
        ),
    }
}
