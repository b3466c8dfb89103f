//! `items`: the vault of the account: its own items and those of the organizations it is a member of.

mod attachments;
mod detail;
mod filters;

use std::collections::HashMap;

use portico_estate::ProfileResponse;
use portico_profile::{Picture, Unlocked};
use portico_vault::{
    ItemFilter, ItemKind, ItemOrder, ItemOverview, KNOWN_KINDS, Shelf, UnreadableReason, VaultChoice,
    VaultNames,
};
use serde::Serialize;
use uuid::Uuid;

use crate::account;
use crate::cli::{Global, Items, ItemsList};
use crate::commands::only::{is_id, only};
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words::{self, Name};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemRow {
    id: String,
    /// `null` when it does not open; `unreadable` says why.
    name: Name,
    #[serde(serialize_with = "words::why", skip_serializing_if = "Option::is_none")]
    unreadable: Option<UnreadableReason>,
    /// Of logins.
    username: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    /// Name of the organization; `null` for the own vault.
    organization: Option<String>,
    /// "active", "suspended", or "revoked" where it is the membership; `null` where there is none.
    organization_state: Option<&'static str>,
    /// Name of the folder; `folder_unreadable` says why it does not open.
    folder: Option<Name>,
    #[serde(serialize_with = "words::why", skip_serializing_if = "Option::is_none")]
    folder_unreadable: Option<UnreadableReason>,
    /// Names of the collections.
    collections: Vec<Name>,
    favorite: bool,
    revision_date: Option<String>,
    creation_date: Option<String>,
}

impl Row for ItemRow {
    const COLUMNS: &'static [&'static str] = &["Name", "Username", "Type", "Owner", "Folder", "Collections"];

    fn cells(&self) -> Vec<String> {
        let collections: Vec<String> = self.collections.iter().map(Name::to_string).collect();
        vec![
            self.name.to_string(),
            output::or_dash(self.username.as_ref()),
            self.kind.clone(),
            self.owner(),
            output::or_dash(self.folder.as_ref()),
            output::joined(&collections),
        ]
    }
}

impl ItemRow {
    fn owner(&self) -> String {
        match (&self.organization, self.organization_state) {
            (None, _) => "Me".to_owned(),
            (Some(name), Some(state @ ("suspended" | "revoked"))) => format!("{name} ({state})"),
            (Some(name), _) => name.clone(),
        }
    }
}

pub(crate) fn run(global: &Global, format: Format, command: &Items) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let unlocked = account::unlock_to_read(&profile, global)?;
    let picture = unlocked.picture();
    match command {
        Items::List(options) => list(format, &unlocked, options),
        Items::Get(options) => {
            let id = find(&picture, &options.item)?;
            let asked = detail::Asked { profile: &profile, account: unlocked.account(), global };
            let known = Known::new(picture.names()?, picture.profile()?);
            let item = picture.item(id)?;
            let row = row(item.overview(), &known);
            detail::get(format, &asked, &item, row, options.field.as_deref())
        }
        Items::Totp(options) => {
            let id = find(&picture, &options.item)?;
            let asked = detail::Asked { profile: &profile, account: unlocked.account(), global };
            detail::totp(format, &asked, &picture.item(id)?)
        }
        Items::Attachments(options) => {
            let id = find(&picture, &options.item)?;
            let asked = detail::Asked { profile: &profile, account: unlocked.account(), global };
            attachments::list(format, &asked, &picture.item(id)?)
        }
        Items::SaveAttachment(options) => {
            let id = find(&picture, &options.item)?;
            let asked = detail::Asked { profile: &profile, account: unlocked.account(), global };
            attachments::save(format, &asked, &unlocked, &picture.item(id)?, options)
        }
        Items::Filters(command) => filters::run(format, &unlocked, command),
    }
}

fn list(format: Format, unlocked: &Unlocked, options: &ItemsList) -> Result<(), Failure> {
    let picture = unlocked.picture();
    let names = picture.names()?;
    let filter = filter(unlocked, names, options)?;
    if let Some(name) = &options.save_as {
        unlocked.save_filter(name, &filter)?;
    }
    let items = picture.items();
    let known = Known::new(names, picture.profile()?);
    let places = picture.item_index()?.select(items, &filter);
    let rows = places.iter().map(|place| row(&items[*place as usize], &known));
    output::stream(format, rows)?;
    if picture.losses().vault { Err(Failure::Incomplete("items")) } else { Ok(()) }
}

/// The filter of a name, if one was given, narrowed by what else was.
fn filter(unlocked: &Unlocked, names: &VaultNames, options: &ItemsList) -> Result<ItemFilter, Failure> {
    let mut filter = match &options.filter {
        Some(name) => filters::named(unlocked, name)?.filter,
        None => ItemFilter::default(),
    };
    if options.vault.is_some() {
        filter.vault = vault_choice(names, options.vault.as_deref())?;
    }
    match (options.archive, options.trash) {
        (true, _) => filter.shelf = Shelf::Archive,
        (_, true) => filter.shelf = Shelf::Trash,
        _ => {}
    }
    if let Some(text) = &options.kind {
        filter.kind = Some(kind(text)?);
    }
    filter.duplicates |= options.duplicates;
    filter.unreadable |= options.unreadable;
    if let Some(search) = &options.search {
        filter.text = format!("{} {search}", filter.text).trim().to_owned();
    }
    if let Some(sort) = options.sort {
        filter.order = ItemOrder { by: sort.into(), descending: false };
    }
    filter.order.descending |= options.descending;
    Ok(filter)
}

/// Names by id, for rows.
struct Known<'n> {
    organizations: HashMap<Uuid, &'n str>,
    states: HashMap<Uuid, &'static str>,
    folders: HashMap<Uuid, Name>,
    collections: HashMap<Uuid, Name>,
}

impl<'n> Known<'n> {
    fn new(names: &'n VaultNames, profile: Option<&ProfileResponse>) -> Self {
        let own = profile.into_iter().flat_map(|profile| &profile.organizations);
        Known {
            states: own.map(|one| (one.id, words::membership(one.status, one.enabled))).collect(),
            organizations: names.organizations.iter().map(|(id, name)| (*id, name.as_str())).collect(),
            folders: names.folders.iter().map(|(id, name)| (*id, Name(name.clone()))).collect(),
            collections: names.collections.iter().map(|one| (one.id, Name(one.name.clone()))).collect(),
        }
    }
}

fn row(item: &ItemOverview, known: &Known<'_>) -> ItemRow {
    let login = item.kind == ItemKind::LOGIN;
    // An organization that is not in the profile any more still has its id.
    let organization = item
        .organization_id
        .map(|id| known.organizations.get(&id).map_or_else(|| id.to_string(), |n| (*n).to_owned()));
    let folder = item.folder_id.and_then(|id| known.folders.get(&id).cloned());
    ItemRow {
        id: item.id.to_string(),
        name: Name(item.name.clone()),
        unreadable: item.name.unreadable(),
        username: item.subtitle.as_ref().filter(|_| login).and_then(|subtitle| subtitle.value().cloned()),
        kind: words::kind(item.kind),
        organization,
        organization_state: item.organization_id.and_then(|id| known.states.get(&id).copied()),
        folder_unreadable: folder.as_ref().and_then(|folder| folder.0.unreadable()),
        folder,
        collections: item.collection_ids.iter().filter_map(|id| known.collections.get(id).cloned()).collect(),
        favorite: item.favorite,
        revision_date: item.revision_date.map(words::date),
        creation_date: item.creation_date.map(words::date),
    }
}

fn vault_choice(names: &VaultNames, text: Option<&str>) -> Result<VaultChoice, Failure> {
    let Some(text) = text else { return Ok(VaultChoice::All) };
    if text.eq_ignore_ascii_case("me") {
        return Ok(VaultChoice::Mine);
    }
    let wanted = portico_vault::fold(text);
    names
        .organizations
        .iter()
        .find(|(id, name)| is_id(*id, text) || portico_vault::fold(name) == wanted)
        .map(|(id, _)| VaultChoice::Organization(*id))
        .ok_or_else(|| Failure::NotFound { what: "vault", text: text.to_owned() })
}

fn kind(text: &str) -> Result<ItemKind, Failure> {
    let by_name = KNOWN_KINDS.into_iter().find(|kind| words::kind(*kind).eq_ignore_ascii_case(text));
    by_name.or_else(|| text.parse().ok().map(ItemKind)).ok_or_else(|| Failure::NoKind(text.to_owned()))
}

/// The item of this id or name, wherever it lies, if no policy hides it. Names are compared without case and accents.
fn find(picture: &Picture, text: &str) -> Result<Uuid, Failure> {
    if let Some(item) = picture.items().iter().find(|item| is_id(item.id, text)) {
        return Ok(picture.overview(item.id)?.1.id);
    }
    let wanted = portico_vault::fold(text);
    let named =
        |item: &&ItemOverview| item.name.value().is_some_and(|name| portico_vault::fold(name) == wanted);
    let found = picture.shown_items()?.filter(named).collect();
    only(found, "item", text, |item: &&ItemOverview| item.id.to_string()).map(|item| item.id)
}
