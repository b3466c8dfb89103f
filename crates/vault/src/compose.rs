//! Values that people read as one and the wire keeps in parts: when a card ends, a full name, an address.

use crate::{FieldId, Item, Secret};

/// Several fields of an item read as one.
pub struct Composed {
    /// Names it when it is copied: `card.expiration`, `identity.fullName`, `identity.address`.
    pub id: FieldId,
    /// What it is called, as [`crate::FieldLabel::Known`].
    pub label: &'static str,
    /// The fields that it stands for, all of them readable.
    pub covers: Vec<FieldId>,
    /// The text; an address has several lines.
    pub text: Secret,
}

type Join = fn(&Item) -> Option<String>;

const COMPOSED: [(&str, &str, &[&str], Join); 3] = [
    ("card.expiration", "expiration", &["card.expMonth", "card.expYear"], expiration),
    (
        "identity.fullName",
        "fullName",
        &["identity.title", "identity.firstName", "identity.middleName", "identity.lastName"],
        full_name,
    ),
    (
        "identity.address",
        "address",
        &[
            "identity.address1",
            "identity.address2",
            "identity.address3",
            "identity.city",
            "identity.state",
            "identity.postalCode",
            "identity.country",
        ],
        address,
    ),
];

impl Item {
    /// What of this item is read as one. Where a part does not open there is no whole: the parts are then shown each for
    /// itself, with the reason.
    pub fn composed(&self) -> Vec<Composed> {
        COMPOSED.iter().filter_map(|(id, label, parts, join)| self.compose(id, label, parts, *join)).collect()
    }

    fn compose(&self, id: &str, label: &'static str, parts: &[&str], join: Join) -> Option<Composed> {
        let covers: Vec<FieldId> =
            parts.iter().map(|part| FieldId::from(*part)).filter(|part| self.field(part).is_some()).collect();
        let is_readable = |part: &FieldId| self.reveal(part).is_ok();
        if !covers.iter().all(is_readable) {
            return None;
        }
        Some(Composed { id: id.into(), label, covers, text: join(self)?.into() })
    }

    /// The last month in which a card is good: year and month from 1 to 12; nothing for what is no card or says no date.
    pub fn expires(&self) -> Option<(i32, u8)> {
        let month: u8 = self.part("card.expMonth")?.parse().ok()?;
        let year = self.part("card.expYear")?;
        let number: i32 = year.parse().ok()?;
        // `28` is how it stands on the card.
        let year = if year.len() == 2 { 2000 + number } else { number };
        ((1..=12).contains(&month) && year >= 1900).then_some((year, month))
    }

    /// A readable part that says something.
    fn part(&self, id: &str) -> Option<&str> {
        self.reveal(&id.into()).ok().map(Secret::expose).map(str::trim).filter(|text| !text.is_empty())
    }
}

fn expiration(item: &Item) -> Option<String> {
    let (month, year) = (item.part("card.expMonth")?, item.part("card.expYear")?);
    Some(format!("{month:0>2} / {year}"))
}

fn full_name(item: &Item) -> Option<String> {
    joined(COMPOSED[1].2.iter().filter_map(|part| item.part(part)), " ")
}

fn address(item: &Item) -> Option<String> {
    let part = |name: &str| item.part(&format!("identity.{name}"));
    let place = joined([part("city"), part("state"), part("postalCode")].into_iter().flatten(), ", ");
    let street = ["address1", "address2", "address3"].into_iter().filter_map(part);
    joined(street.chain(place.as_deref()).chain(part("country")), "\n")
}

fn joined<'p>(parts: impl Iterator<Item = &'p str>, between: &str) -> Option<String> {
    let parts: Vec<&str> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(between))
}
