//! One client in the tree: its organization and four lists.

use portico_cache::{Cache, List, Object, Page, PageShape, Ref, Writer};
use portico_estate::{ClientStructure, Collection, OpenedName};
use portico_protocol::organization::{
    CollectionResponse, GroupDetailsResponse, OrganizationResponse, OrganizationUserDetails,
    PolicyStatusResponse,
};
use serde::de::DeserializeOwned;

use crate::errors::ReadError;
use crate::keychain::OrganizationKeys;
use crate::kinds::{
    CLIENT, COLLECTIONS_PAGE, GROUPS_PAGE, MEMBERS_PAGE, POLICIES_PAGE, entries, from_json, to_json,
};

/// What the reads of one client brought (protocol.md §4.4–4.8), as the server said it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientPicture {
    /// `GET /organizations/{id}`.
    pub organization: OrganizationResponse,
    /// With groups and collections included.
    pub members: Vec<OrganizationUserDetails>,
    /// Empty where the plan has none.
    pub groups: Vec<GroupDetailsResponse>,
    /// With names still sealed.
    pub collections: Vec<CollectionResponse>,
    /// One for each defined type.
    pub policies: Vec<PolicyStatusResponse>,
}

/// How many groups and collections a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientCounts {
    pub groups: u64,
    pub collections: u64,
}

/// Writes a client; what is there already is not written again.
pub(crate) fn put(
    writer: &mut Writer<'_>,
    picture: &ClientPicture,
) -> Result<Ref, portico_cache::WriteError> {
    let shape = PageShape::SMALL;
    let members = entries(&picture.members, |member| member.id.into());
    let groups = entries(&picture.groups, |group| group.id.into());
    let collections = entries(&picture.collections, |collection| collection.id.into());
    // A number that is negative keeps an order of its own, which is all that an id is for.
    let policies = entries(&picture.policies, |policy| u128::from(policy.kind.0 as u32).into());
    let lists = [
        writer.put_list(MEMBERS_PAGE, shape, members)?.0,
        writer.put_list(GROUPS_PAGE, shape, groups)?.0,
        writer.put_list(COLLECTIONS_PAGE, shape, collections)?.0,
        writer.put_list(POLICIES_PAGE, shape, policies)?.0,
    ];
    writer.put(Object::node(CLIENT, lists.to_vec(), to_json(&picture.organization)))
}

/// Reads a client. Without its keys the names of its collections are unreadable, and everything else is there.
pub(crate) fn read(
    cache: &Cache,
    client: Ref,
    keys: Option<&OrganizationKeys<'_>>,
) -> Result<ClientStructure, ReadError> {
    let object = cache.object(client)?;
    let [members, groups, collections, policies] = object.refs() else {
        return Err(ReadError::Content("client"));
    };
    let collections: Vec<CollectionResponse> = read_list(cache, *collections, "collection")?;
    Ok(ClientStructure {
        organization: from_json(object.payload(), "organization")?,
        members: read_list(cache, *members, "member")?,
        groups: read_list(cache, *groups, "group")?,
        collections: collections.into_iter().map(|collection| open_collection(collection, keys)).collect(),
        policies: read_list(cache, *policies, "policy")?,
    })
}

/// How much a client holds, told from the lists themselves.
pub(crate) fn counts(cache: &Cache, client: Ref) -> Result<ClientCounts, ReadError> {
    let object = cache.object(client)?;
    let [_, groups, collections, _] = object.refs() else {
        return Err(ReadError::Content("client"));
    };
    let len = |list: Ref| cache.list_len(List(list));
    Ok(ClientCounts { groups: len(*groups)?, collections: len(*collections)? })
}

/// Reads a client as it was received, names of collections sealed: for writing it again with a part changed.
pub(crate) fn read_picture(cache: &Cache, client: Ref) -> Result<ClientPicture, ReadError> {
    let object = cache.object(client)?;
    let [members, groups, collections, policies] = object.refs() else {
        return Err(ReadError::Content("client"));
    };
    Ok(ClientPicture {
        organization: from_json(object.payload(), "organization")?,
        members: read_list(cache, *members, "member")?,
        groups: read_list(cache, *groups, "group")?,
        collections: read_list(cache, *collections, "collection")?,
        policies: read_list(cache, *policies, "policy")?,
    })
}

/// As [`read`], from what was just received.
pub(crate) fn open(picture: ClientPicture, keys: Option<&OrganizationKeys<'_>>) -> ClientStructure {
    ClientStructure {
        organization: picture.organization,
        members: picture.members,
        groups: picture.groups,
        collections: picture
            .collections
            .into_iter()
            .map(|collection| open_collection(collection, keys))
            .collect(),
        policies: picture.policies,
    }
}

pub(crate) fn read_list<T: DeserializeOwned>(
    cache: &Cache,
    list: Ref,
    what: &'static str,
) -> Result<Vec<T>, ReadError> {
    let mut facts = Vec::new();
    for page in cache.list_pages(List(list))? {
        for entry in cache.page(page)?.entries() {
            facts.push(from_json(entry.value, what)?);
        }
    }
    Ok(facts)
}

/// As [`read_list`], leaving out what is lost; says whether nothing is.
pub(crate) fn read_list_that_opens<T: DeserializeOwned>(
    cache: &Cache,
    list: Ref,
    what: &'static str,
) -> Result<(Vec<T>, bool), ReadError> {
    let (pages, is_whole) = cache.pages_that_open(List(list))?;
    let entries = pages.iter().flat_map(Page::entries);
    let facts: Result<Vec<T>, _> = entries.map(|entry| from_json(entry.value, what)).collect();
    Ok((facts?, is_whole))
}

fn open_collection(collection: CollectionResponse, keys: Option<&OrganizationKeys<'_>>) -> Collection {
    let sealed = keys.zip(collection.name.as_deref());
    let opened = sealed.and_then(|(keys, name)| keys.open(|key| key.open_text(name)).ok());
    Collection {
        id: collection.id,
        name: opened.map_or(OpenedName::Unreadable, |name| OpenedName::Text(name.to_string())),
        external_id: collection.external_id,
        kind: collection.kind,
        default_user_collection_email: collection.default_user_collection_email,
    }
}
