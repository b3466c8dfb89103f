//! The items of client organizations: a few in every collection.

use super::kinds::{self, capital, digits, word};
use super::{PlannedItem, some_time_ago};
use crate::plan::{Organization, Plan};
use crate::seeded::pick;
use portico_vault::NewItem;
use time::OffsetDateTime;

/// One to six items in each collection, more where the organization is larger.
pub(super) fn items(plan: &Plan, organization: &Organization) -> Vec<PlannedItem> {
    let mut items = Vec::new();
    for (c, collection) in organization.collections.iter().enumerate() {
        let mut dice = plan.seeded.dice(&format!("{}/items", collection.id));
        let most = 2 + organization.members.len() / 30;
        for n in 0..dice.usize(1..=most) {
            let created = some_time_ago(&mut dice, plan.now).max(organization.created);
            let mut new = filled(&mut dice, organization, &collection.name, n, created);
            new.organization_id = Some(organization.id);
            let id = plan.seeded.id(&format!("{}/item/{n}", collection.id));
            let mut item = PlannedItem::new(id, new, created);
            item.collections.push(c);
            items.push(item);
        }
    }
    items
}

fn filled(
    dice: &mut fastrand::Rng,
    organization: &Organization,
    collection: &str,
    n: usize,
    created: OffsetDateTime,
) -> NewItem {
    // The last part of the name says what the collection is about.
    let about = collection.rsplit('/').next().unwrap_or(collection);
    let office = format!("office@{}", organization.domain);
    match dice.u32(..12) {
        0 => kinds::note(&format!("{about}, notes"), format!("{} {}", word(dice), digits(dice, 4))),
        1 => {
            let (name, last) = (format!("{about}, card"), digits(dice, 4));
            kinds::card(dice, &name, &organization.name, "Visa", &last)
        }
        2 => kinds::ssh_key(dice, &format!("{about}, server {}", n + 1), &office),
        _ => {
            let supplier = word(dice);
            let name = format!("{} {}", capital(supplier), about.to_lowercase());
            let username = *pick(dice, &["admin", office.as_str(), "service", "team"]);
            kinds::login(dice, &name, username, &format!("{supplier}.example"), created)
        }
    }
}
