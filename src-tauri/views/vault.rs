//! Vaults: filter tree, list, one item without its hidden values.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use portico_profile::{ReaderRules, SavedFilter as Kept};
use portico_vault::{
    FilterTree, Item, ItemFilter, ItemKind, ItemOrder, ItemOverview, Opened, OrderBy, Place, Shelf, TreeLine,
    VaultChoice as Choice,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{count, date, item_fields, text};
use crate::dto::{
    OrganizationRef,
    vault::{
        AttachmentRow, CollectionNode, FolderNode, ItemDetail, ItemRow, ItemSection, ItemsQuery, ItemsSort,
        OrganizationCount, RestrictedType, SameLogin, SavedFilter, TimeoutRule, TypeCount, VaultChoice,
        VaultFilters, VaultRules,
    },
};

/// Names of the organizations of which the person is a member.
pub type Organizations = HashMap<Uuid, String>;

/// What a person chose, in the core's words; an id that is none finds nothing.
pub fn filter(query: &ItemsQuery) -> Option<ItemFilter> {
    let order = ItemOrder { by: order_by(query.sort), descending: query.descending };
    chosen(&query.vault, &query.section, &query.search, order)
}

/// A filter that the person gave a name, in the core's words.
pub fn named_filter(saved: &SavedFilter) -> Option<ItemFilter> {
    let order = ItemOrder { by: order_by(saved.sort), descending: saved.descending };
    chosen(&saved.vault, &saved.section, &saved.search, order)
}

fn chosen(vault: &VaultChoice, section: &ItemSection, search: &str, order: ItemOrder) -> Option<ItemFilter> {
    let mut filter =
        ItemFilter { vault: choice(vault)?, text: search.to_owned(), order, ..ItemFilter::default() };
    match section {
        ItemSection::All => {}
        ItemSection::Favorites => filter.favorites = true,
        ItemSection::Type { type_number } => filter.kind = Some(ItemKind(*type_number)),
        ItemSection::Folder { id } => filter.place = Place::Folder(id.parse().ok()?),
        ItemSection::NoFolder => filter.place = Place::NoFolder,
        ItemSection::Collection { id } => filter.place = Place::Collection(id.parse().ok()?),
        ItemSection::Duplicates => filter.duplicates = true,
        ItemSection::Unreadable => filter.unreadable = true,
        ItemSection::Archive => filter.shelf = Shelf::Archive,
        ItemSection::Trash => filter.shelf = Shelf::Trash,
    }
    Some(filter)
}

fn order_by(sort: ItemsSort) -> OrderBy {
    match sort {
        ItemsSort::Name => OrderBy::Name,
        ItemsSort::Owner => OrderBy::Owner,
        ItemsSort::Type => OrderBy::Kind,
        ItemsSort::Edited => OrderBy::Edited,
        ItemsSort::Created => OrderBy::Created,
    }
}

/// A kept filter, as the page writes it down. Of what is chosen in the panel at most one thing is ever set.
pub fn saved_filter(saved: &Kept) -> SavedFilter {
    let filter = &saved.filter;
    let section = match (filter.place, filter.shelf, filter.kind) {
        (Place::Folder(id), ..) => ItemSection::Folder { id: id.to_string() },
        (Place::Collection(id), ..) => ItemSection::Collection { id: id.to_string() },
        (Place::NoFolder, ..) => ItemSection::NoFolder,
        (_, Shelf::Archive, _) => ItemSection::Archive,
        (_, Shelf::Trash, _) => ItemSection::Trash,
        (_, _, Some(kind)) => ItemSection::Type { type_number: kind.0 },
        _ if filter.favorites => ItemSection::Favorites,
        _ if filter.duplicates => ItemSection::Duplicates,
        _ if filter.unreadable => ItemSection::Unreadable,
        _ => ItemSection::All,
    };
    SavedFilter {
        id: saved.id.to_string(),
        name: saved.name.clone(),
        vault: match filter.vault {
            Choice::All => VaultChoice::All,
            Choice::Mine => VaultChoice::Mine,
            Choice::Organization(id) => VaultChoice::Organization { id: id.to_string() },
        },
        section,
        search: filter.text.clone(),
        sort: match filter.order.by {
            OrderBy::Name => ItemsSort::Name,
            OrderBy::Owner => ItemsSort::Owner,
            OrderBy::Kind => ItemsSort::Type,
            OrderBy::Edited => ItemsSort::Edited,
            OrderBy::Created => ItemsSort::Created,
        },
        descending: filter.order.descending,
    }
}

/// Whose items.
pub fn choice(choice: &VaultChoice) -> Option<Choice> {
    Some(match choice {
        VaultChoice::All => Choice::All,
        VaultChoice::Mine => Choice::Mine,
        VaultChoice::Organization { id } => Choice::Organization(id.parse().ok()?),
    })
}

/// What policies demand of the reader.
pub fn rules(rules: &ReaderRules, hidden_items: usize, organizations: &Organizations) -> VaultRules {
    let name = |id: &Uuid| organizations.get(id).cloned().unwrap_or_default();
    let names = |ids: &[Uuid]| ids.iter().map(name).collect::<Vec<_>>();
    VaultRules {
        restricted: rules
            .restricted
            .iter()
            .map(|restricted| RestrictedType { kind: restricted.kind.0, by: names(&restricted.by) })
            .collect(),
        hidden_items: count(hidden_items),
        own_everything: names(&rules.own_everything),
        single_organization: names(&rules.single_organization),
        timeout: rules.vault_timeout.map(|timeout| TimeoutRule {
            minutes: timeout.minutes,
            log_out: timeout.log_out,
            by: name(&timeout.organization),
        }),
        no_personal_export: names(&rules.no_personal_export),
    }
}

/// The filter panel. Without premium nothing can be archived: what was archived before keeps its line.
pub fn filters(tree: &FilterTree, rules: VaultRules, has_premium: bool) -> VaultFilters {
    VaultFilters {
        all: tree.all_vaults,
        mine: rules.own_everything.is_empty().then_some(tree.my_vault),
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
        duplicates: tree.duplicates,
        unreadable: tree.unreadable,
        archive: (has_premium || tree.all_archived > 0).then_some(tree.archive),
        trash: tree.trash,
        rules,
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
        has_website: !item.hosts.is_empty(),
        view_password: item.view_password,
        owner: owner(item, organizations),
        edited_at: item.revision_date.and_then(date),
        created_at: item.creation_date.and_then(date),
        deleted_at: item.deleted_date.and_then(date),
    }
}

fn owner(item: &ItemOverview, organizations: &Organizations) -> Option<OrganizationRef> {
    let id = item.organization_id?;
    Some(OrganizationRef { id: id.to_string(), name: organizations.get(&id).cloned().unwrap_or_default() })
}

/// What stands around an item.
pub struct Around<'a> {
    pub organizations: &'a Organizations,
    pub folder: Option<&'a Opened<String>>,
    pub collections: Vec<&'a Opened<String>>,
    pub same_login: Vec<&'a ItemOverview>,
    pub now: OffsetDateTime,
}

/// One item that asks for the master password first: what the list shows, and no more.
pub fn locked(overview: &ItemOverview, organizations: &Organizations) -> ItemDetail {
    ItemDetail {
        row: row(overview, organizations),
        locked: true,
        same_login: Vec::new(),
        expired: false,
        folder: None,
        collections: Vec::new(),
        sections: Vec::new(),
        attachments: Vec::new(),
        view_password: overview.view_password,
        edit: overview.edit,
        created_at: None,
        edited_at: None,
        password_updated_at: None,
        archived_at: overview.archived_date.and_then(date),
        password_history: Vec::new(),
    }
}

/// One item, without its hidden values.
pub fn detail(item: &Item, around: Around<'_>) -> ItemDetail {
    let overview = item.overview();
    let is_over =
        |(year, month): (i32, u8)| (year, month) < (around.now.year(), u8::from(around.now.month()));
    ItemDetail {
        row: row(overview, around.organizations),
        locked: false,
        same_login: around
            .same_login
            .into_iter()
            .map(|other| SameLogin {
                id: other.id.to_string(),
                name: text(&other.name),
                owner: owner(other, around.organizations),
            })
            .collect(),
        expired: item.expires().is_some_and(is_over),
        folder: around.folder.map(text),
        collections: around.collections.into_iter().map(text).collect(),
        sections: item_fields::sections(item),
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
        archived_at: overview.archived_date.and_then(date),
        password_history: item_fields::history(item),
    }
}
