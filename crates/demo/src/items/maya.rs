//! What the provider admin sees in Vaults: 61 items of her own, 128 of Brightwater IT, 25 of Harbour Lane.
//!
//! Archive and trash come on top of these numbers.

use portico_vault::NewItem;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::kinds::{self, capital, digits, word};
use super::{Life, PersonalVault, PlannedItem};
use crate::plan::own::{BACKUPS, FIREWALLS, INFRASTRUCTURE, LICENCES, OFFICE, SUPPLIERS};
use crate::plan::{MAYA, Organization, Plan};
use crate::seeded::pick;

const FAMILY: usize = 0;
const TRAVEL: usize = 1;

/// Her own vault: 40 logins, 4 cards, 4 identities, 11 notes and 2 SSH keys; 18 in *Family*, 12 in *Travel*.
pub(super) fn vault(plan: &Plan) -> PersonalVault {
    const NAMED: [(&str, &str, &str); 6] = [
        ("Electricity account", "maya@okafor.example", "current-energy.example"),
        ("Home insurance", "maya@okafor.example", "hearth-insurance.example"),
        ("Library card", "Maya Okafor", "library.quayside.example"),
        ("Night train bookings", "maya.okafor", "sleeper-rail.example"),
        ("Ferry operator", "maya@okafor.example", "north-ferries.example"),
        // The same login lies in the vault of Brightwater IT: what the view of duplicates is for.
        ("Monitoring, on call", "maya.okafor@brightwater.example", "www.watch.brightwater.example"),
    ];
    let folders = ["Family", "Travel"]
        .map(|name| (plan.seeded.id(&format!("maya/folder/{name}")), name.to_owned()))
        .to_vec();
    let mut items: Vec<PlannedItem> = Vec::new();
    for n in 0..70 {
        let label = format!("maya/item/{n}");
        let mut dice = plan.seeded.dice(&label);
        let life = Life::of(&mut dice, plan.now, OffsetDateTime::UNIX_EPOCH);
        // 61 items to see, then 6 in the archive and 3 in the trash.
        let new = match n {
            0..6 => kinds::login(&mut dice, NAMED[n].0, NAMED[n].1, NAMED[n].2, life),
            40..44 => {
                let name = ["Family card", "Travel card", "Savings card", "Joint account card"][n - 40];
                let last = digits(&mut dice, 4);
                kinds::card(&mut dice, name, "Maya Okafor", ["Visa", "Mastercard"][n % 2], &last)
            }
            44..48 => {
                let (title, first) =
                    [("Ms", "Maya"), ("Mr", "Chidi"), ("Ms", "Ada"), ("Dr", "Ngozi")][n - 44];
                let email = format!("{}@okafor.example", first.to_lowercase());
                kinds::identity(&mut dice, &format!("{first} Okafor"), (title, first, "Okafor"), &email)
            }
            48..59 => {
                let subject = [
                    "Spare keys",
                    "Boiler",
                    "Doctor",
                    "Passport numbers",
                    "Meter readings",
                    "School bus",
                    "Locker",
                    "Allergies",
                    "Garage",
                    "Tent poles",
                    "Recipes",
                ][n - 48];
                kinds::note(subject, format!("{}: {} {}", subject, word(&mut dice), digits(&mut dice, 4)))
            }
            59 | 60 => {
                let host = ["home server", "weather station"][n - 59];
                kinds::ssh_key(&mut dice, &capital(host), "maya@home")
            }
            _ => {
                let (name, host) = invented(&mut dice, n);
                kinds::login(&mut dice, &name, "maya@okafor.example", &host, life)
            }
        };
        let mut item = PlannedItem::new(plan.seeded.id(&label), new, life);
        match n {
            61..67 => item.archived = Some((plan.now - Duration::days(30)).max(life.revised)),
            67..70 => item.deleted = Some((plan.now - Duration::days(4)).max(life.revised)),
            _ => item.folder = folder(n),
        }
        item.favorite = n < 61 && n % 14 == 2;
        items.push(item);
    }
    PersonalVault { email: MAYA, folders, items }
}

/// 18 of the 61 in *Family*, 12 in *Travel*, spread over the whole list.
fn folder(n: usize) -> Option<usize> {
    match n * 7 % 61 {
        0..18 => Some(FAMILY),
        18..30 => Some(TRAVEL),
        _ => None,
    }
}

/// The provider's own credentials, by collection: 46 in Infrastructure, 19 firewalls, 12 backups, 22 suppliers, the
/// rest in Office and Licences. Two are both infrastructure and bought from a supplier.
pub(super) fn provider_items(plan: &Plan, own: &Organization) -> Vec<PlannedItem> {
    const NAMED: [(&str, &str, &str, &[usize]); 9] = [
        (
            "Domain registrar",
            "domains@brightwater.example",
            "registrar.example",
            &[INFRASTRUCTURE, SUPPLIERS],
        ),
        ("Authoritative DNS", "ops@brightwater.example", "dns-host.example", &[INFRASTRUCTURE, SUPPLIERS]),
        ("Backup vault, Frankfurt", "backup-admin", "vault-fra.brightwater.example", &[BACKUPS]),
        ("Brightwater VPN gateway", "maya.okafor", "vpn.brightwater.example", &[FIREWALLS]),
        ("Mail relay", "postmaster@brightwater.example", "relay.brightwater.example", &[INFRASTRUCTURE]),
        ("Monitoring", "maya.okafor@brightwater.example", "watch.brightwater.example", &[INFRASTRUCTURE]),
        ("Ticket system", "desk@brightwater.example", "desk.brightwater.example", &[OFFICE]),
        ("Remote support licence", "licences@brightwater.example", "lend-a-hand.example", &[LICENCES]),
        ("Office lease portal", "office@brightwater.example", "quay-estates.example", &[OFFICE]),
    ];
    // What remains of each collection after the named ones, one card, one note and one SSH key below.
    const REMAINING: [(usize, usize); 6] =
        [(INFRASTRUCTURE, 41), (FIREWALLS, 18), (BACKUPS, 11), (SUPPLIERS, 20), (OFFICE, 12), (LICENCES, 14)];
    let mut items = Vec::with_capacity(128);
    let mut add = |n: usize, collections: &[usize], fill: &dyn Fn(&mut fastrand::Rng, Life) -> NewItem| {
        let item = organization_item(plan, own, n, collections, fill);
        items.push(item);
    };
    for (n, (name, username, host, collections)) in NAMED.iter().enumerate() {
        add(n, collections, &|dice, life| {
            let mut item = kinds::login(dice, name, username, host, life);
            if n == 0 {
                if !item.values.iter().any(|(member, _)| *member == "totp") {
                    item.values.push(("totp", kinds::verification_seed(dice, name, username)));
                }
                item.notes =
                    Some("Renewals are billed each March. Call Jonas before changing name servers.".into());
            }
            item
        });
    }
    add(9, &[OFFICE], &|dice, _| kinds::card(dice, "Company card", "Brightwater IT", "Visa", "4417"));
    add(10, &[OFFICE], &|dice, _| kinds::note("Door code, server room", format!("{} #", digits(dice, 6))));
    add(11, &[INFRASTRUCTURE], &|dice, _| kinds::ssh_key(dice, "Jump host", "ops@jump.brightwater.example"));
    let mut n = 12;
    for (collection, count) in REMAINING {
        for i in 0..count {
            add(n, &[collection], &|dice, life| provider_item(dice, collection, i, life));
            n += 1;
        }
    }
    let authorisation = "The undersigned allows Brightwater IT to move the domain.\n".repeat(40);
    items[0].attach(plan, "transfer-authorisation.txt", authorisation);
    items
}

/// One of many: devices in the technical collections, companies in the others.
fn provider_item(dice: &mut fastrand::Rng, collection: usize, i: usize, life: Life) -> NewItem {
    let site = capital(word(dice));
    match (collection, i) {
        (INFRASTRUCTURE, 0..8) => {
            kinds::ssh_key(dice, &format!("{site} host {}", i + 1), "ops@brightwater.example")
        }
        (BACKUPS, 0..2) => {
            kinds::ssh_key(dice, &format!("{site} backup target"), "backup@brightwater.example")
        }
        (OFFICE, 0..2) => {
            let last = digits(dice, 4);
            kinds::card(dice, &format!("{site} card"), "Brightwater IT", "Mastercard", &last)
        }
        (OFFICE, 2..6) | (SUPPLIERS, 0..3) => {
            kinds::note(&format!("{site} contacts"), format!("{} {}", word(dice), digits(dice, 6)))
        }
        (FIREWALLS, _) => {
            let host = format!("fw{}.{}.example", i + 1, site.to_lowercase());
            kinds::login(dice, &format!("Firewall {site} {}", i + 1), "admin", &host, life)
        }
        (INFRASTRUCTURE | BACKUPS, _) => {
            let what = *pick(
                dice,
                &["Switch", "Hypervisor", "Storage", "Access points", "Print server", "Directory"],
            );
            let host = format!("{}{}.brightwater.example", what.to_lowercase().replace(' ', "-"), i + 1);
            kinds::login(dice, &format!("{what} {site} {}", i + 1), "root", &host, life)
        }
        _ => {
            let (name, host) = invented(dice, i);
            kinds::login(dice, &name, "accounts@brightwater.example", &host, life)
        }
    }
}

/// The 25 items of Harbour Lane that its outside administrator reaches.
pub(super) fn harbour_items(plan: &Plan, harbour: &Organization) -> Vec<PlannedItem> {
    const NAMED: [(&str, &str, &str); 4] = [
        ("Edge router, Quay 3", "admin", "quay3.harbour-lane.example"),
        ("Harbour Lane Wi-Fi", "guest", "wifi.harbour-lane.example"),
        ("Berth booking", "desk@harbour-lane.example", "berths.harbour-lane.example"),
        ("Tide gauge", "reader", "tide.harbour-lane.example"),
    ];
    // Everything that the IT team reaches; what the others keep is not for outsiders.
    let reached: Vec<usize> = harbour
        .groups
        .iter()
        .find(|group| group.name == "IT")
        .map(|it| it.grants.iter().map(|grant| grant.collection).collect())
        .unwrap_or_default();
    if reached.is_empty() {
        return Vec::new();
    }
    (0..25)
        .map(|n| {
            let collection = reached[n % reached.len()];
            organization_item(plan, harbour, n, &[collection], &|dice, life| match n {
                0..4 => kinds::login(dice, NAMED[n].0, NAMED[n].1, NAMED[n].2, life),
                4 => kinds::note("Keys of the boat shed", format!("Hook {}", digits(dice, 2))),
                5 => kinds::note("Winter crane", format!("Call before {}", digits(dice, 2))),
                6 => kinds::ssh_key(dice, "Harbour cameras", "ops@cameras.harbour-lane.example"),
                _ => {
                    let name =
                        format!("{} {}", capital(word(dice)), ["pump", "gate", "lamp", "office"][n % 4]);
                    let host = format!("{}.harbour-lane.example", name.to_lowercase().replace(' ', "-"));
                    kinds::login(dice, &name, "harbour", &host, life)
                }
            })
        })
        .collect()
}

fn organization_item(
    plan: &Plan,
    organization: &Organization,
    n: usize,
    collections: &[usize],
    fill: &dyn Fn(&mut fastrand::Rng, Life) -> NewItem,
) -> PlannedItem {
    let label = format!("{}/item/{n}", organization.id);
    let mut dice = plan.seeded.dice(&label);
    let life = Life::of(&mut dice, plan.now, organization.created);
    let mut new = fill(&mut dice, life);
    new.organization_id = Some(organization.id);
    let id: Uuid = plan.seeded.id(&label);
    let mut item = PlannedItem::new(id, new, life);
    item.collections = collections.to_vec();
    // Four of the provider's items are favorites of hers, beside five of her own.
    item.favorite = organization.id == plan.own.id && matches!(n, 0 | 3 | 5 | 11);
    item
}

fn invented(dice: &mut fastrand::Rng, n: usize) -> (String, String) {
    const TRADES: [&str; 9] =
        ["Cables", "Cloud", "Post", "Energy", "Rail", "Telecom", "Hosting", "Supplies", "Software"];
    let (first, trade) = (word(dice), TRADES[n % 9]);
    (format!("{} {trade}", capital(first)), format!("{first}-{}.example", trade.to_lowercase()))
}
