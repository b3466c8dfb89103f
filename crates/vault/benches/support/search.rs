//! One keystroke in the search field over 50,000 items, against a bare scan of the same text.
//!
//! Both sides answer every beginning of two words, one after the other, as a person types them. The yardstick looks for it
//! in the folded text of all items, in one piece, with the same vector instructions, and counts; ours reads the search,
//! finds the items, applies the filters and hands out places in the order of names.

use memchr::memmem;
use portico_vault::{ItemFilter, ItemIndex, ItemKind, ItemOverview, Opened, VaultNames, fold};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::pairs;

const ITEMS: u128 = 50_000;
const TARGET: f64 = 3.0;
const TYPED: [&str; 2] = ["registrar", "okafor"];

pub fn measure() {
    let items: Vec<ItemOverview> = (0..ITEMS).map(item).collect();
    let index = ItemIndex::new(&items, &VaultNames::default());
    let text = text_of(&items);
    let keystrokes: Vec<&str> =
        TYPED.iter().flat_map(|word| (1..=word.len()).map(|end| &word[..end])).collect();
    let filters: Vec<ItemFilter> = keystrokes
        .iter()
        .map(|typed| ItemFilter { text: (*typed).to_owned(), ..ItemFilter::default() })
        .collect();
    let name = format!(
        "{} keystrokes of a search over 50,000 items / bare scans of the same text",
        keystrokes.len()
    );
    pairs::compare(
        &name,
        TARGET,
        60,
        || {
            let found = |typed: &&str| memmem::find_iter(text.as_bytes(), typed.as_bytes()).count();
            keystrokes.iter().map(found).sum::<usize>()
        },
        || filters.iter().map(|filter| index.select(&items, filter)).collect::<Vec<_>>(),
    );
}

fn item(n: u128) -> ItemOverview {
    const WHAT: [&str; 8] = [
        "Registrar",
        "Company bank",
        "Payroll",
        "Firewall",
        "Backup console",
        "Wi-Fi controller",
        "Phone system",
        "Tax office",
    ];
    const WHO: [&str; 6] =
        ["maya.okafor", "daniel.reid", "priya.patel", "jonas.lindqvist", "aoife.byrne", "hugo.moreau"];
    let of = |list: &[&str]| list[(n as usize * 7 + n as usize / 11) % list.len()].to_owned();
    let day = OffsetDateTime::UNIX_EPOCH + Duration::days((n % 20_000) as i64);
    ItemOverview {
        id: Uuid::from_u128(n),
        organization_id: n.is_multiple_of(3).then(|| Uuid::from_u128(1)),
        folder_id: None,
        collection_ids: Vec::new(),
        kind: ItemKind::LOGIN,
        name: Opened::Value(format!("{} of site {n}", of(&WHAT))),
        subtitle: Some(Opened::Value(format!("{}{}@example.org", of(&WHO), n % 100))),
        hosts: vec![format!("accounts-{n}.example.com")],
        favorite: n.is_multiple_of(50),
        reprompt: false,
        edit: true,
        view_password: true,
        has_totp: false,
        has_attachments: false,
        revision_date: Some(day),
        creation_date: Some(day),
        deleted_date: n.is_multiple_of(40).then_some(day),
        archived_date: None,
    }
}

/// Name, second line and hosts of all items, as they are compared.
fn text_of(items: &[ItemOverview]) -> String {
    let lines = items.iter().flat_map(|item| {
        let second = item.subtitle.as_ref().and_then(Opened::value);
        item.name.value().into_iter().chain(second).chain(&item.hosts)
    });
    lines.fold(String::new(), |mut text, line| {
        text.push_str(&fold(line));
        text.push('\n');
        text
    })
}
