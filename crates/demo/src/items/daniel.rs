//! The end user's personal vault: every kind of item, folders in folders, and three items that nobody can open.

use time::OffsetDateTime;
use uuid::Uuid;

use super::kinds::{self, capital, digits, word};
use super::{Life, PersonalVault, PlannedItem, SealedAs};
use crate::plan::{DANIEL, Plan, hours};
use crate::seeded::{chance, pick};
use portico_vault::NewItem;

const FOLDERS: [&str; 12] = [
    "Home",
    "Home/Energy",
    "Home/Insurance",
    "Home/Insurance/Claims",
    "Money",
    "Money/Cards",
    "Travel",
    "Travel/Airlines",
    "Travel/Hotels",
    "Study",
    "Family",
    "Old accounts",
];

/// Of every fifty items, how many are of which kind. In the default vault of 300 that is six times each number.
const OF_FIFTY: [(Kind, usize); 8] = [
    (Kind::Login, 34),
    (Kind::Note, 5),
    (Kind::Card, 3),
    (Kind::Identity, 2),
    (Kind::SshKey, 2),
    (Kind::BankAccount, 2),
    (Kind::License, 1),
    (Kind::Passport, 1),
];

#[derive(Clone, Copy)]
enum Kind {
    Login,
    Note,
    Card,
    Identity,
    SshKey,
    BankAccount,
    License,
    Passport,
}

/// Where the three items are that nobody can open: early, so that small vaults have them too.
const SPOILT: [(usize, SealedAs); 3] =
    [(4, SealedAs::BadMac), (9, SealedAs::NewerFormat), (13, SealedAs::WrongKey)];

/// The vault with `count` items, trash and archive included.
pub(super) fn vault(plan: &Plan, count: usize) -> PersonalVault {
    let folders: Vec<(Uuid, String)> = FOLDERS
        .iter()
        .map(|name| (plan.seeded.id(&format!("daniel/folder/{name}")), (*name).to_owned()))
        .collect();
    let mut items: Vec<PlannedItem> = (0..count).map(|n| item(plan, n)).collect();
    attach_files(plan, &mut items);
    PersonalVault { email: DANIEL, folders, items }
}

fn item(plan: &Plan, n: usize) -> PlannedItem {
    let label = format!("daniel/item/{n}");
    let mut dice = plan.seeded.dice(&label);
    let life = Life::of(&mut dice, plan.now, OffsetDateTime::UNIX_EPOCH);
    let new = filled(&mut dice, n, life);
    let mut item = PlannedItem::new(plan.seeded.id(&label), new, life);
    item.folder = chance(&mut dice, 70).then(|| dice.usize(..FOLDERS.len()));
    item.favorite = n % 25 == 3;
    // Older items were made before items had keys of their own.
    if n % 8 == 6 {
        item.sealed = SealedAs::OwnerKey;
    }
    if let Some((_, sealed)) = SPOILT.iter().find(|(at, _)| *at == n) {
        item.sealed = *sealed;
    } else if n % 40 == 17 {
        item.deleted = Some(later(&mut dice, plan, life, 28));
        item.favorite = false;
    } else if n % 40 == 31 {
        item.archived = Some(later(&mut dice, plan, life, 200));
    }
    item
}

/// Not before it was last changed.
fn later(dice: &mut fastrand::Rng, plan: &Plan, life: Life, days: i64) -> OffsetDateTime {
    let days = dice.i64(1..days);
    hours::days_ago(dice, plan.now, days).max(life.revised)
}

/// A few files on early items, so that small vaults have them too: of today, several on one item, and one of old.
fn attach_files(plan: &Plan, items: &mut [PlannedItem]) {
    let readable = |item: &&mut PlannedItem| {
        matches!(item.sealed, SealedAs::ItemKey | SealedAs::OwnerKey)
            && item.deleted.is_none()
            && !item.item.reprompt
    };
    let codes = (1..=10)
        .map(|n| format!("{n:02}  {:05}-{:05}\n", n * 7919 % 99_991, n * 6101 % 99_989))
        .collect::<String>();
    let long = "Clause by clause, as agreed between the landlord and the tenant.\n".repeat(4_000);
    let mut items = items.iter_mut().filter(readable);
    if let Some(item) = items.next() {
        item.attach(plan, "Recovery codes.txt", codes);
    }
    if let Some(item) = items.next() {
        item.attach(plan, "Tenancy agreement.txt", long);
        item.attach(plan, "Inventory, Küche & Bad.txt", "Two keys. One of them sticks.\n".to_owned());
    }
    if let Some(item) = items.find(|item| item.sealed == SealedAs::OwnerKey) {
        item.attach(plan, "Scan of 2016.txt", "Older than keys of files.\n".to_owned());
        item.files.iter_mut().for_each(|file| file.legacy = true);
    }
}

fn kind_of(n: usize) -> Kind {
    // 17 has no factor in common with 50: every fifty items meet every position of the table once.
    let mut position = n * 17 % 50;
    for (kind, share) in OF_FIFTY {
        if position < share {
            return kind;
        }
        position -= share;
    }
    Kind::Login
}

fn filled(dice: &mut fastrand::Rng, n: usize, life: Life) -> NewItem {
    const ME: &str = "Daniel Osei";
    match kind_of(n) {
        Kind::Login => {
            let (name, host) = service(n);
            let username =
                *pick(dice, &["daniel@osei.example", "d.osei", "daniel.osei", "osei.d@post.example"]);
            kinds::login(dice, &name, username, &host, life)
        }
        Kind::Note => {
            let subject =
                *pick(dice, &["Boiler", "Bicycle lock", "Alarm", "Library", "Router", "Allotment", "Locker"]);
            let text = format!(
                "{} code {}.\nWritten on the back of the {} {}.",
                subject,
                digits(dice, 4),
                word(dice),
                word(dice)
            );
            kinds::note(&format!("{subject}, {}", word(dice)), text)
        }
        Kind::Card => {
            let brand = *pick(dice, &["Visa", "Mastercard", "Visa"]);
            let name = format!("{} card", capital(word(dice)));
            let last = digits(dice, 4);
            kinds::card(dice, &name, ME, brand, &last)
        }
        Kind::Identity => {
            // A table of fifty holds two: what he is at home, and what he is elsewhere.
            const PLACES: [&str; 6] =
                ["at home", "at work", "at the theatre", "at the allotment", "abroad", "at the club"];
            let name = format!("Me, {}", PLACES[n / 25 % PLACES.len()]);
            kinds::identity(dice, &name, ("Mr", "Daniel", "Osei"), "daniel@osei.example")
        }
        Kind::SshKey => {
            let host = format!("{}-{}", word(dice), dice.u8(1..20));
            kinds::ssh_key(dice, &format!("Key for {host}"), &format!("daniel@{host}"))
        }
        Kind::BankAccount => {
            let name = format!("{} account", capital(word(dice)));
            kinds::bank_account(dice, &name, ME)
        }
        Kind::License => {
            let first = relative(n);
            kinds::drivers_license(dice, &format!("Driving licence, {first}"), first, "Osei")
        }
        Kind::Passport => {
            let first = relative(n);
            kinds::passport(dice, &format!("Passport, {first}"), first, "Osei")
        }
    }
}

/// Whose papers he keeps: nobody has two passports of one country.
fn relative(n: usize) -> &'static str {
    const FAMILY: [&str; 8] = ["Daniel", "Abena", "Kofi", "Esi", "Kwesi", "Adwoa", "Yaw", "Efua"];
    FAMILY[n / 50 % FAMILY.len()]
}

/// The `n`th of many invented services: its name and its host.
fn service(n: usize) -> (String, String) {
    const STEMS: [&str; 37] = [
        "Larch", "Mica", "Quill", "Tern", "Bramble", "Copper", "Fathom", "Glint", "Heron", "Kiln", "Lumen",
        "Moss", "Nimbus", "Orbit", "Pebble", "Rowan", "Saffron", "Tally", "Umber", "Verve", "Willow",
        "Yonder", "Zephyr", "Acorn", "Beacon", "Cobalt", "Dapple", "Ember", "Flint", "Garnet", "Hazel",
        "Ivory", "Jetty", "Kelp", "Linnet", "Maple", "Nettle",
    ];
    const TRADES: [&str; 24] = [
        "Energy",
        "Books",
        "Market",
        "Travel",
        "Mobile",
        "Photos",
        "Music",
        "Fitness",
        "Insurance",
        "Parcels",
        "Cinema",
        "Forum",
        "Learning",
        "Health",
        "Cloud",
        "Recipes",
        "Tickets",
        "Garden",
        "Airways",
        "Hotels",
        "Rail",
        "Charity",
        "Post",
        "Games",
    ];
    let (stem, trade) = (STEMS[n % 37], TRADES[n * 5 % 24]);
    // 37 and 24 have no common factor: 888 services before the first comes again, as a second account there.
    let name = match n / (37 * 24) {
        0 => format!("{stem} {trade}"),
        again => format!("{stem} {trade} {}", again + 1),
    };
    (name, format!("{}-{}.example", stem.to_lowercase(), trade.to_lowercase()))
}
