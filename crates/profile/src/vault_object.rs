//! The vault in the tree: the profile, names, overviews, details. Keeps no history.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use portico_cache::{Cache, Entry, EntryView, List, Object, Page, PageShape, Ref, WriteError, Writer};
use portico_crypto::SymmetricKey;
use portico_protocol::account::ProfileResponse;
use portico_protocol::organization::PolicyResponse;
use portico_protocol::sync::{CollectionDetailsResponse, FolderResponse, SyncEnvelope};
use portico_vault::{
    CollectionName, DecodeOverviewsError, ItemOverview, Opened, SealedItem, UnreadableReason, VaultNames,
    decode_overview, encode_overview, name_order, open_overview, open_overviews, overview_of_unread,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::errors::ReadError;
use crate::intake::IntakeError;
use crate::kept_order;
use crate::keychain::KeyChain;
use crate::kinds::{
    DETAILS_PAGE, OVERVIEWS_PAGE, VAULT, VAULT_NAMES, VAULT_ODDITIES, VAULT_POLICIES, VAULT_PROFILE,
    VAULT_SENDS, from_json, to_json,
};

/// What taking in a vault found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VaultTaken {
    /// Items that are in the list.
    pub items: usize,
    /// Items whose name or second line does not open; they are in the list and say so.
    pub unreadable: usize,
    /// Entries that are not read: too large, without a usable id, with the id of another. Each is in the list, does not
    /// open, and counts among the unreadable; as many as the file takes in one piece are kept as they came.
    pub oddities: usize,
    /// Items of organizations that the person reaches only as provider staff; not kept.
    pub left_out: usize,
}

/// Names that need keys to open.
#[derive(Serialize, Deserialize)]
struct Names {
    folders: Vec<FolderResponse>,
    collections: Vec<CollectionDetailsResponse>,
}

/// Where the parts of a kept vault are.
#[derive(Clone, Copy)]
pub(crate) struct VaultParts {
    profile: Ref,
    names: Ref,
    policies: Ref,
    pub(crate) overviews: List,
    details: List,
}

/// What was written, and what was opened on the way.
pub(crate) struct WrittenVault {
    pub(crate) root: Ref,
    pub(crate) items: Vec<ItemOverview>,
    pub(crate) taken: VaultTaken,
}

/// Opens and writes a vault. `keys` are those of the envelope's own profile.
pub(crate) fn put(
    writer: &mut Writer<'_>,
    envelope: &SyncEnvelope<'_>,
    user_key: &SymmetricKey,
    keys: &KeyChain,
) -> Result<WrittenVault, WriteError> {
    let Sorted { items: sealed, oddities, left_out } = sort_items(envelope);
    let rows = rows_of_oddities(&sealed, &oddities);
    let kept_oddities = within_budget(&oddities);
    let details = sealed.iter().map(|item| EntryView::new(item.id(), item.json().as_bytes())).collect();
    // Side by side: what is opened keeps the cores busy while what is kept sealed waits for the disk.
    let ((items, overviews, order), details) = rayon::join(
        || {
            let (items, entries) = overviews(&sealed, rows, user_key, keys);
            let order = name_order(&items);
            (items, entries, order)
        },
        || writer.put_list_of(DETAILS_PAGE, PageShape::SMALL, details),
    );
    let details = details?;
    let names = Names { folders: envelope.folders.clone(), collections: envelope.collections.clone() };
    let overviews = writer.put_list(OVERVIEWS_PAGE, PageShape::LARGE, overviews)?;
    kept_order::put(writer, overviews, &order)?;
    let refs = vec![
        writer.put(Object::leaf(VAULT_PROFILE, to_json(&envelope.profile)))?,
        writer.put(Object::leaf(VAULT_NAMES, to_json(&names)))?,
        writer.put(Object::leaf(VAULT_POLICIES, to_json(&envelope.effective_policies())))?,
        overviews.0,
        details.0,
        writer.put(Object::leaf(VAULT_SENDS, to_json(&envelope.sends)))?,
        writer.put(Object::leaf(VAULT_ODDITIES, to_json(&kept_oddities)))?,
    ];
    let root = writer.put(Object::node(VAULT, refs, Vec::new()))?;

    let does_not_open = |overview: &&ItemOverview| {
        overview.name.value().is_none()
            || overview.subtitle.as_ref().is_some_and(|line| line.value().is_none())
    };
    let taken = VaultTaken {
        items: items.len(),
        unreadable: items.iter().filter(does_not_open).count(),
        oddities: oddities.len(),
        left_out,
    };
    Ok(WrittenVault { root, items, taken })
}

/// Writes a vault that is kept with another profile; nothing else of it changes.
pub(crate) fn put_profile(
    writer: &mut Writer<'_>,
    cache: &Cache,
    root: Ref,
    profile: &ProfileResponse,
) -> Result<Ref, IntakeError> {
    let mut refs = cache.object(root).map_err(ReadError::from)?.refs().to_vec();
    let first = refs.first_mut().ok_or(ReadError::Content("vault"))?;
    *first = writer.put(Object::leaf(VAULT_PROFILE, to_json(profile)))?;
    Ok(writer.put(Object::node(VAULT, refs, Vec::new()))?)
}

struct Sorted<'a> {
    items: Vec<SealedItem<'a>>,
    /// What is not read as an item, and why.
    oddities: Vec<(&'a RawValue, UnreadableReason)>,
    left_out: usize,
}

/// Items of organizations that the person reaches only as provider staff are not kept, whatever the server sends. Those of
/// an organization that the profile does not name at all are: they stay in the list without a key.
fn sort_items<'a>(envelope: &SyncEnvelope<'a>) -> Sorted<'a> {
    let memberships: HashSet<Uuid> = envelope.profile.memberships().iter().map(|o| o.id).collect();
    let clients: HashSet<Uuid> = envelope.profile.provider_organizations.iter().map(|o| o.id).collect();
    let only_as_staff = |id| clients.contains(&id) && !memberships.contains(&id);
    // What is not told must not show what is hidden.
    let hides: HashMap<Uuid, bool> = envelope
        .collections
        .iter()
        .map(|collection| (collection.id, collection.hide_passwords.unwrap_or(true)))
        .collect();
    let raws = &envelope.ciphers;
    let mut parsed: Vec<Result<SealedItem<'a>, UnreadableReason>> = raws
        .par_iter()
        .map(|raw| match SealedItem::parse(raw.get()) {
            Ok(item) => Ok(decide_view_password(item, &hides)),
            Err(error) => Err((&error).into()),
        })
        .collect();
    let (mut oddities, mut left_out) = (Vec::new(), 0);
    // A parsed item has some hundred bytes: it is its id that is sorted, and each item moved once.
    let mut order: Vec<(Uuid, usize)> = Vec::with_capacity(raws.len());
    for (at, item) in parsed.iter().enumerate() {
        match item {
            Err(reason) => oddities.push((raws[at], *reason)),
            Ok(item) if item.organization_id().is_some_and(only_as_staff) => left_out += 1,
            Ok(item) => order.push((item.id(), at)),
        }
    }
    order.sort_unstable();
    // Of two with the same id, which no honest server sends, the later one counts.
    order.dedup_by(|later, earlier| {
        let is_same = later.0 == earlier.0;
        if is_same {
            if raws[later.1].get() != raws[earlier.1].get() {
                oddities.push((raws[earlier.1], UnreadableReason::SameId));
            }
            *earlier = *later;
        }
        is_same
    });
    let mut items = Vec::with_capacity(order.len());
    items.extend(order.into_iter().filter_map(|(_, at)| {
        let in_its_place = Err(UnreadableReason::SameId);
        std::mem::replace(&mut parsed[at], in_its_place).ok()
    }));
    Sorted { items, oddities, left_out }
}

/// Where an item does not say whether its hidden values may be seen, its collections do: one that shows them is enough, as
/// on the server.
fn decide_view_password<'a>(mut item: SealedItem<'a>, hides: &HashMap<Uuid, bool>) -> SealedItem<'a> {
    if item.view_password().is_none() && item.organization_id().is_some() {
        let mut known = item.collection_ids().iter().filter_map(|id| hides.get(id)).peekable();
        let may = known.peek().is_none() || known.any(|hides| !hides);
        item.set_view_password(may);
    }
    item
}

/// Bytes of what is not read that are kept in one piece; the store takes twice as many.
const MAX_ODDITIES: usize = 32 << 20;

/// Those that are kept as they came; of what is beyond, the row tells.
fn within_budget<'a>(oddities: &[(&'a RawValue, UnreadableReason)]) -> Vec<&'a RawValue> {
    let mut left = MAX_ODDITIES;
    let mut kept = Vec::new();
    for (raw, _) in oddities {
        if let Some(rest) = left.checked_sub(raw.get().len() + 1) {
            left = rest;
            kept.push(*raw);
        }
    }
    kept
}

/// A row for each of `oddities`, under an id that no other row has. What came twice, byte for byte, has one.
fn rows_of_oddities(
    items: &[SealedItem<'_>],
    oddities: &[(&RawValue, UnreadableReason)],
) -> Vec<ItemOverview> {
    let is_item = |id: &Uuid| items.binary_search_by_key(id, SealedItem::id).is_ok();
    let mut rows: BTreeMap<Uuid, ItemOverview> = BTreeMap::new();
    for (raw, reason) in oddities {
        let mut row = overview_of_unread(raw.get(), *reason);
        if is_item(&row.id) || rows.contains_key(&row.id) {
            row = overview_of_unread(raw.get(), UnreadableReason::SameId);
        }
        rows.entry(row.id).or_insert(row);
    }
    rows.into_values().collect()
}

/// Opens what a list shows of the items: the overviews, with those of what is not read, and how they are kept.
fn overviews(
    sealed: &[SealedItem<'_>],
    unread: Vec<ItemOverview>,
    user_key: &SymmetricKey,
    keys: &KeyChain,
) -> (Vec<ItemOverview>, Vec<Entry>) {
    let mut overviews = opened(sealed, user_key, keys);
    overviews.extend(unread);
    let entries = overviews
        .par_iter()
        .map(|overview| {
            let mut bytes = Vec::with_capacity(256);
            encode_overview(overview, &mut bytes);
            Entry::new(overview.id, bytes)
        })
        .collect::<Vec<_>>();
    (as_after_unlocking(overviews, &entries), entries)
}

/// Opens what a list shows of the items; of what does not open with the key that counts, with the other of its
/// organization, where there is one (protocol.md §5.11).
fn opened(items: &[SealedItem<'_>], user_key: &SymmetricKey, keys: &KeyChain) -> Vec<ItemOverview> {
    let owner_keys = owner_keys(items, user_key, keys);
    let mut overviews = open_overviews(items, |organization| match organization {
        None => Some(user_key),
        Some(id) => owner_keys.get(&id).map(Arc::as_ref),
    });
    for (overview, item) in overviews.iter_mut().zip(items) {
        let Some(organization) = item.organization_id().filter(|_| overview.name.value().is_none()) else {
            continue;
        };
        let first = owner_keys.get(&organization);
        let other = first.and_then(|first| keys.other(user_key, organization, first));
        if let Some(other) = other.filter(|other| item.opens_with(other)) {
            *overview = open_overview(item, &other);
        }
    }
    overviews
}

/// The keys of all organizations that own one of these items; opened on all cores, RSA takes most of a millisecond.
fn owner_keys(
    items: &[SealedItem<'_>],
    user_key: &SymmetricKey,
    keys: &KeyChain,
) -> HashMap<Uuid, Arc<SymmetricKey>> {
    let organizations: HashSet<Uuid> = items.iter().filter_map(SealedItem::organization_id).collect();
    organizations.into_par_iter().filter_map(|id| Some((id, keys.organization(user_key, id).ok()?))).collect()
}

/// What the kept bytes say (dates to the microsecond), so that a list is the same before and after a lock.
fn as_after_unlocking(overviews: Vec<ItemOverview>, kept: &[Entry]) -> Vec<ItemOverview> {
    let mut items: Vec<ItemOverview> = overviews
        .into_par_iter()
        .zip(kept)
        .map(|(overview, entry)| decode_overview(&mut entry.value.as_slice()).unwrap_or(overview))
        .collect();
    items.sort_by_key(|item| item.id);
    items
}

impl VaultParts {
    pub(crate) fn read(cache: &Cache, root: Ref) -> Result<Self, ReadError> {
        let object = cache.object(root)?;
        // Later versions append.
        let [profile, names, policies, overviews, details, ..] = object.refs() else {
            return Err(ReadError::Content("vault"));
        };
        Ok(Self {
            profile: *profile,
            names: *names,
            policies: *policies,
            overviews: List(*overviews),
            details: List(*details),
        })
    }

    /// All overviews, ordered by id: read one after the other, opened on all cores.
    pub(crate) fn overviews(&self, cache: &Cache) -> Result<Vec<ItemOverview>, ReadError> {
        let pages = cache.list_pages(self.overviews)?;
        let sealed = cache.sealed(&pages)?;
        let total = usize::try_from(cache.list_len(self.overviews)?).unwrap_or_default();
        let cores = rayon::current_num_threads();
        let share = pages.len().div_ceil(cores).max(1);
        let opened = pages
            .into_par_iter()
            .zip(sealed)
            .chunks(share)
            .enumerate()
            .map(|(part, pages)| {
                // The others are moved behind the first, which has room for them.
                let room = if part == 0 { total } else { total / cores };
                let mut overviews = Vec::with_capacity(room);
                for (target, sealed) in pages {
                    let page = cache.open_page(target, sealed)?;
                    for entry in page.entries() {
                        overviews.push(read_overview(entry.value)?);
                    }
                }
                Ok(overviews)
            })
            .collect::<Result<Vec<_>, ReadError>>()?;
        Ok(opened.into_iter().reduce(joined).unwrap_or_default())
    }

    /// As [`VaultParts::overviews`], of a damaged vault: what the lost pages said is made again from the items' own JSON,
    /// as far as that is there.
    pub(crate) fn overviews_that_open(
        &self,
        cache: &Cache,
        user_key: &SymmetricKey,
    ) -> Result<Vec<ItemOverview>, ReadError> {
        let mut overviews = BTreeMap::new();
        for entry in cache.pages_that_open(self.overviews)?.0.iter().flat_map(Page::entries) {
            if let Ok(overview) = decode_overview(&mut { entry.value }) {
                overviews.insert(overview.id, overview);
            }
        }
        let profile = self.profile(cache);
        let keys = profile.as_ref().map(KeyChain::new).unwrap_or_default();
        for entry in cache.pages_that_open(self.details)?.0.iter().flat_map(Page::entries) {
            let json = std::str::from_utf8(entry.value).ok().and_then(|json| SealedItem::parse(json).ok());
            let Some(mut item) = json.filter(|item| !overviews.contains_key(&item.id())) else { continue };
            if item.view_password().is_none() && item.organization_id().is_some() {
                // What its collections said may be lost as well.
                item.set_view_password(false);
            }
            for overview in opened(&[item], user_key, &keys) {
                let mut bytes = Vec::with_capacity(256);
                encode_overview(&overview, &mut bytes);
                let overview = decode_overview(&mut bytes.as_slice()).unwrap_or(overview);
                overviews.insert(overview.id, overview);
            }
        }
        Ok(overviews.into_values().collect())
    }

    /// The server's own JSON of one item.
    pub(crate) fn detail(&self, cache: &Cache, id: Uuid) -> Result<Option<String>, ReadError> {
        let Some(entry) = cache.list_entry(self.details, id.into())? else { return Ok(None) };
        match String::from_utf8(entry.value.to_vec()) {
            Ok(json) => Ok(Some(json)),
            Err(_) => Err(ReadError::Content("item")),
        }
    }

    pub(crate) fn profile(&self, cache: &Cache) -> Result<ProfileResponse, ReadError> {
        from_json(cache.object(self.profile)?.payload(), "profile")
    }

    pub(crate) fn policies(&self, cache: &Cache) -> Result<Vec<PolicyResponse>, ReadError> {
        from_json(cache.object(self.policies)?.payload(), "policies")
    }

    /// Folders and collections with opened names.
    pub(crate) fn names(
        &self,
        cache: &Cache,
        user_key: &SymmetricKey,
        profile: &ProfileResponse,
        keys: &KeyChain,
    ) -> Result<VaultNames, ReadError> {
        let names: Names = from_json(cache.object(self.names)?.payload(), "names")?;
        let collection = |collection: CollectionDetailsResponse| {
            let keys = keys.organization_keys(user_key, collection.organization_id);
            CollectionName {
                id: collection.id,
                organization_id: collection.organization_id,
                // What somebody who left kept goes by their address (protocol.md §3.4), as in `Collection::shown_name`.
                name: match collection.default_user_collection_email {
                    Some(email) => Opened::Value(email),
                    None => open_name(collection.name.as_deref(), |name| match &keys {
                        Ok(keys) => Ok(keys.open(|key| key.open_text(name))?),
                        Err(_) => Err(UnreadableReason::NoKey),
                    }),
                },
            }
        };
        Ok(VaultNames {
            organizations: profile.memberships().iter().map(|o| (o.id, o.name.clone())).collect(),
            folders: names
                .folders
                .iter()
                .map(|folder| {
                    (folder.id, open_name(folder.name.as_deref(), |name| Ok(user_key.open_text(name)?)))
                })
                .collect(),
            collections: names.collections.into_iter().map(collection).collect(),
        })
    }
}

fn read_overview(mut bytes: &[u8]) -> Result<ItemOverview, ReadError> {
    decode_overview(&mut bytes).map_err(|error| match error {
        DecodeOverviewsError::Newer(_) => ReadError::Newer("overviews"),
        DecodeOverviewsError::Damaged => ReadError::Content("overview"),
    })
}

fn joined<T>(mut first: Vec<T>, mut second: Vec<T>) -> Vec<T> {
    first.append(&mut second);
    first
}

fn open_name(
    name: Option<&str>,
    open: impl FnOnce(&str) -> Result<Zeroizing<String>, UnreadableReason>,
) -> Opened<String> {
    match name.map(open) {
        None => Opened::Unreadable(UnreadableReason::Missing),
        Some(Ok(text)) => Opened::Value(text.to_string()),
        Some(Err(reason)) => Opened::Unreadable(reason),
    }
}
