//! Vaults: filter tree, list, one item without its hidden values.

use std::collections::HashMap;

use portico_vault::{
    FieldKind, FieldLabel, FieldView, FilterTree, Item, ItemFilter, ItemKind, ItemOverview, Opened, Place,
    Section, Shelf, Shown, TreeLine, VaultChoice as Choice,
};
use uuid::Uuid;

use super::{count, date, reason, text};
use crate::dto::{
    OrganizationRef, Text,
    vault::{
        AttachmentRow, CollectionNode, FolderNode, ItemDetail, ItemField, ItemFieldKind, ItemFieldSection,
        ItemFields, ItemRow, ItemSection, ItemsQuery, OrganizationCount, PasswordHistoryRow, TypeCount,
        VaultChoice, VaultFilters,
    },
};

/// Names of the organizations of which the person is a member.
pub type Organizations = HashMap<Uuid, String>;

/// What a person chose, in the core's words; an id that is none finds nothing.
pub fn filter(query: &ItemsQuery) -> Option<ItemFilter> {
    let mut filter =
        ItemFilter { vault: choice(&query.vault)?, text: query.search.clone(), ..ItemFilter::default() };
    match &query.section {
        ItemSection::All => {}
        ItemSection::Favorites => filter.favorites = true,
        ItemSection::Type { type_number } => filter.kind = Some(ItemKind(*type_number)),
        ItemSection::Folder { id } => filter.place = Place::Folder(id.parse().ok()?),
        ItemSection::NoFolder => filter.place = Place::NoFolder,
        ItemSection::Collection { id } => filter.place = Place::Collection(id.parse().ok()?),
        ItemSection::Archive => filter.shelf = Shelf::Archive,
        ItemSection::Trash => filter.shelf = Shelf::Trash,
    }
    Some(filter)
}

/// Whose items.
pub fn choice(choice: &VaultChoice) -> Option<Choice> {
    Some(match choice {
        VaultChoice::All => Choice::All,
        VaultChoice::Mine => Choice::Mine,
        VaultChoice::Organization { id } => Choice::Organization(id.parse().ok()?),
    })
}

/// The filter panel.
pub fn filters(tree: &FilterTree) -> VaultFilters {
    VaultFilters {
        all: tree.all_vaults,
        mine: tree.my_vault,
        organizations: tree
            .organizations
            .iter()
            .map(|line| OrganizationCount {
                organization: OrganizationRef { id: line.id.to_string(), name: line.name.clone() },
                count: line.count,
            })
            .collect(),
        favorites: tree.favorites,
        types: tree.kinds.iter().map(|(kind, count)| TypeCount { kind: kind.0, count: *count }).collect(),
        folders: nodes(&tree.folders)
            .map(|(line, has_children)| FolderNode {
                id: line.id.to_string(),
                name: text(&line.label),
                depth: count(line.depth),
                has_children,
                count: line.count,
            })
            .collect(),
        no_folder: tree.no_folder,
        collections: tree
            .collections
            .iter()
            .flat_map(|(organization, lines)| {
                nodes(lines).map(|(line, has_children)| CollectionNode {
                    id: line.id.to_string(),
                    organization_id: organization.to_string(),
                    name: text(&line.label),
                    depth: count(line.depth),
                    has_children,
                    count: line.count,
                })
            })
            .collect(),
        archive: tree.archive,
        trash: tree.trash,
    }
}

fn nodes(lines: &[TreeLine]) -> impl Iterator<Item = (&TreeLine, bool)> {
    lines
        .iter()
        .enumerate()
        .map(|(place, line)| (line, lines.get(place + 1).is_some_and(|next| next.depth > line.depth)))
}

/// One row of the list.
pub fn row(item: &ItemOverview, organizations: &Organizations) -> ItemRow {
    ItemRow {
        id: item.id.to_string(),
        kind: item.kind.0,
        name: text(&item.name),
        subtitle: item.subtitle.as_ref().and_then(Opened::value).cloned(),
        favorite: item.favorite,
        attachments: item.has_attachments,
        has_totp: item.has_totp,
        reprompt: item.reprompt,
        owner: item.organization_id.map(|id| OrganizationRef {
            id: id.to_string(),
            name: organizations.get(&id).cloned().unwrap_or_default(),
        }),
    }
}

/// One item, without its hidden values.
pub fn detail(
    item: &Item,
    organizations: &Organizations,
    folder: Option<&Opened<String>>,
    collections: Vec<&Opened<String>>,
) -> ItemDetail {
    let overview = item.overview();
    let mut sections: Vec<ItemFields> = Vec::new();
    let mut password_history = Vec::new();
    for view in item.fields() {
        if view.section == Section::History {
            password_history.push(PasswordHistoryRow {
                id: view.id.to_string(),
                used_until: view.last_used.map(str::to_owned),
            });
            continue;
        }
        let section = section(view.section, overview.kind);
        let field = field(&view);
        match sections.last_mut().filter(|last| last.section == section) {
            Some(last) => last.fields.push(field),
            None => sections.push(ItemFields { section, fields: vec![field] }),
        }
    }
    ItemDetail {
        row: row(overview, organizations),
        folder: folder.map(text),
        collections: collections.into_iter().map(text).collect(),
        sections,
        attachments: item
            .attachments()
            .iter()
            .map(|attachment| AttachmentRow {
                id: attachment.id.clone(),
                file_name: text(&attachment.file_name),
                size: attachment.size,
            })
            .collect(),
        view_password: overview.view_password,
        edit: overview.edit,
        created_at: overview.creation_date.and_then(date),
        edited_at: overview.revision_date.and_then(date),
        password_updated_at: item.password_revision_date().and_then(date),
        deleted_at: overview.deleted_date.and_then(date),
        archived_at: overview.archived_date.and_then(date),
        password_history,
    }
}

fn field(view: &FieldView<'_>) -> ItemField {
    let (label, name) = match &view.label {
        FieldLabel::Known(label) => ((*label).to_owned(), None),
        FieldLabel::Named(name) => (String::new(), name.map(text)),
    };
    ItemField {
        id: view.id.to_string(),
        label,
        name,
        kind: match view.kind {
            FieldKind::Plain => ItemFieldKind::Plain,
            FieldKind::Hidden => ItemFieldKind::Hidden,
            FieldKind::Totp => ItemFieldKind::Totp,
            FieldKind::Uri => ItemFieldKind::Website,
            FieldKind::Note => ItemFieldKind::Note,
            FieldKind::Boolean => ItemFieldKind::Checkbox,
            FieldKind::Linked => ItemFieldKind::Linked,
        },
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
