//! The fields of one item, section by section in the product's order (ui.md (d)), without hidden values.

#[cfg(test)]
pub mod tests;

use portico_vault::{Composed, FieldId, FieldKind, FieldLabel, FieldView, Item, ItemKind, Section, Shown};

use super::{date, reason, text};
use crate::dto::{
    Text,
    vault::{ItemField, ItemFieldKind, ItemFieldSection, ItemFields, PasswordHistoryRow},
};

/// Everything but earlier passwords.
pub fn sections(item: &Item) -> Vec<ItemFields> {
    let kind = item.overview().kind;
    let composed = item.composed();
    let mut sections: Vec<ItemFields> = Vec::new();
    let mut add = |section, field| match sections.last_mut().filter(|last| last.section == section) {
        Some(last) => last.fields.push(field),
        None => sections.push(ItemFields { section, fields: vec![field] }),
    };
    let mut fields = item.fields().peekable();
    while let Some(view) = fields.next() {
        match view.section {
            Section::History => {}
            Section::Passkey(place) => {
                if is_shown_of_passkey(&view) {
                    add(ItemFieldSection::Passkey, field(&view));
                }
                let is_last = fields.peek().is_none_or(|next| next.section != view.section);
                if let Some(created) = created(item, place).filter(|_| is_last) {
                    add(ItemFieldSection::Passkey, created);
                }
            }
            _ => match part_of(&composed, view.id) {
                Some((whole, true)) => add(section(view.section, kind), composed_field(whole)),
                Some((_, false)) => {}
                None => add(section(view.section, kind), field(&view)),
            },
        }
    }
    sections
}

/// Earlier passwords; their values are revealed like any hidden field.
pub fn history(item: &Item) -> Vec<PasswordHistoryRow> {
    let old = item.fields().filter(|view| view.section == Section::History);
    old.map(|view| PasswordHistoryRow {
        id: view.id.to_string(),
        used_until: view.last_used.map(str::to_owned),
    })
    .collect()
}

/// The whole that a field is part of, and whether the field is its first part: there the whole stands.
fn part_of<'c>(composed: &'c [Composed], id: &FieldId) -> Option<(&'c Composed, bool)> {
    composed
        .iter()
        .find(|whole| whole.covers.contains(id))
        .map(|whole| (whole, whole.covers.first() == Some(id)))
}

fn composed_field(whole: &Composed) -> ItemField {
    ItemField {
        id: whole.id.to_string(),
        label: whole.label.to_owned(),
        name: None,
        kind: ItemFieldKind::Plain,
        value: Some(Text::Plain { value: whole.text.expose().to_owned() }),
        uri_match: None,
        linked_to: None,
        withheld: false,
    }
}

/// A passkey is used by programs, not read by people: for whom, as whom and since when is what there is to see.
fn is_shown_of_passkey(view: &FieldView<'_>) -> bool {
    matches!(view.label, FieldLabel::Known("rpId" | "userName"))
}

fn created(item: &Item, place: usize) -> Option<ItemField> {
    let moment = item.passkey_dates().get(place).copied().flatten().and_then(date)?;
    Some(ItemField {
        id: format!("login.fido2Credentials.{place}.creationDate"),
        label: "creationDate".to_owned(),
        name: None,
        kind: ItemFieldKind::Date,
        value: Some(Text::Plain { value: moment }),
        uri_match: None,
        linked_to: None,
        withheld: false,
    })
}

fn field(view: &FieldView<'_>) -> ItemField {
    let (label, name) = match &view.label {
        FieldLabel::Known(label) => ((*label).to_owned(), None),
        FieldLabel::Named(name) => (String::new(), name.map(text)),
    };
    ItemField {
        id: view.id.to_string(),
        kind: kind(view, &label),
        label,
        name,
        value: match view.shown {
            Shown::Text(value) => Some(Text::Plain { value: value.to_owned() }),
            Shown::Unreadable(why) => Some(Text::Unreadable { reason: reason(why) }),
            Shown::Hidden | Shown::Withheld | Shown::Nothing => None,
        },
        uri_match: view.match_rule.map(|rule| rule.0),
        // `login.username` is what the page calls `username`.
        linked_to: view.linked_to.and_then(|path| path.rsplit('.').next()).map(str::to_owned),
        withheld: matches!(view.shown, Shown::Withheld),
    }
}

fn kind(view: &FieldView<'_>, label: &str) -> ItemFieldKind {
    match view.kind {
        FieldKind::Plain if matches!(label, "dateOfBirth" | "issueDate" | "expirationDate") => {
            match view.shown {
                Shown::Text(value) if is_day(value) => ItemFieldKind::Date,
                _ => ItemFieldKind::Plain,
            }
        }
        FieldKind::Plain => ItemFieldKind::Plain,
        FieldKind::Hidden => ItemFieldKind::Hidden,
        FieldKind::Totp => ItemFieldKind::Totp,
        FieldKind::Uri => ItemFieldKind::Website,
        FieldKind::Note => ItemFieldKind::Note,
        FieldKind::Boolean => ItemFieldKind::Checkbox,
        FieldKind::Linked => ItemFieldKind::Linked,
    }
}

/// `2031-04-30`; dates are text that people typed, and any other form is shown as it is.
fn is_day(text: &str) -> bool {
    time::Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).is_ok()
}

fn section(section: Section, kind: ItemKind) -> ItemFieldSection {
    match section {
        Section::Kind => match kind {
            ItemKind::CARD => ItemFieldSection::Card,
            ItemKind::IDENTITY => ItemFieldSection::Identity,
            ItemKind::SSH_KEY => ItemFieldSection::SshKey,
            ItemKind::BANK_ACCOUNT => ItemFieldSection::BankAccount,
            ItemKind::DRIVERS_LICENSE => ItemFieldSection::DriversLicense,
            ItemKind::PASSPORT => ItemFieldSection::Passport,
            _ => ItemFieldSection::Credentials,
        },
        Section::Passkey(_) => ItemFieldSection::Passkey,
        Section::Autofill => ItemFieldSection::Websites,
        Section::Additional => ItemFieldSection::Notes,
        Section::Custom | Section::History => ItemFieldSection::Custom,
    }
}
