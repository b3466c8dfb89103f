//! Who reaches what inside one client, and by which path.
//!
//! The rules are those of the server: a direct grant stands in place of group grants; several groups add up flag by
//! flag; owners and admins reach every shared collection only where the organization says so, and a custom role with
//! "edit any collection" always does. A `/` in a name gives no access. "My items" of one member follow grants alone.

use crate::client::{ClientStructure, Collection};
use crate::people::Person;
use portico_collation::SortName;
use portico_protocol::organization::{
    CollectionType, GroupDetailsResponse, MemberStatus, MemberType, OrganizationUserDetails, Selection,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// What somebody may do in a collection, weakest first (names of ui.md (c)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// View items, hidden passwords.
    ViewHidden,
    /// View items.
    View,
    /// Edit items, hidden passwords.
    EditHidden,
    /// Edit items.
    Edit,
    /// Manage collection.
    Manage,
}

impl From<&Selection> for Permission {
    fn from(grant: &Selection) -> Self {
        match (grant.manage, grant.read_only, grant.hide_passwords) {
            (true, _, _) => Self::Manage,
            (_, true, true) => Self::ViewHidden,
            (_, true, false) => Self::View,
            (_, false, true) => Self::EditHidden,
            (_, false, false) => Self::Edit,
        }
    }
}

impl Permission {
    /// Two groups of one person add up flag by flag: one that may edit without seeing passwords and one that may only
    /// view make "edit items".
    fn and(self, other: Self) -> Self {
        let may_edit = |permission| permission >= Self::EditHidden;
        let sees_passwords = |permission| !matches!(permission, Self::ViewHidden | Self::EditHidden);
        if self == Self::Manage || other == Self::Manage {
            return Self::Manage;
        }
        match (may_edit(self) || may_edit(other), sees_passwords(self) || sees_passwords(other)) {
            (true, true) => Self::Edit,
            (true, false) => Self::EditHidden,
            (false, true) => Self::View,
            (false, false) => Self::ViewHidden,
        }
    }
}

/// Why somebody reaches a collection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Path<'c> {
    /// A grant to the person.
    Direct,
    /// A grant to a group of the person.
    Group(&'c GroupDetailsResponse),
    /// Owners and admins manage everything in this organization.
    AdminsManageEverything,
    /// A custom role that may edit any collection.
    EditsAnyCollection,
}

/// One path with what it grants by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grant<'c> {
    /// Why.
    pub path: Path<'c>,
    /// What this path alone would allow.
    pub permission: Permission,
}

/// A collection that a member reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachedCollection<'c> {
    /// The collection.
    pub collection: &'c Collection,
    /// What the person may do, all paths taken together.
    pub permission: Permission,
    /// Every path, direct first, then groups by name, then roles.
    pub grants: Vec<Grant<'c>>,
}

/// Somebody who reaches a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachingMember<'c> {
    /// The member.
    pub member: &'c OrganizationUserDetails,
    /// What the person may do, all paths taken together.
    pub permission: Permission,
    /// Every path.
    pub grants: Vec<Grant<'c>>,
}

/// The access of one member.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberAccess<'c> {
    /// The member.
    pub member: &'c OrganizationUserDetails,
    /// Whether the person can use it now. Grants of people who are invited, unconfirmed or revoked wait for them.
    pub in_force: bool,
    /// Collections in the order of the organization.
    pub collections: Vec<ReachedCollection<'c>>,
    /// Direct grants to collections and memberships in groups that the organization no longer lists.
    pub dangling: usize,
}

/// Everyone who reaches one collection.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectionAccess<'c> {
    /// The collection.
    pub collection: &'c Collection,
    /// Members in every state, in the order of the organization.
    pub members: Vec<ReachingMember<'c>>,
    /// Groups with a grant, in the order of the organization, empty ones included.
    pub groups: Vec<(&'c GroupDetailsResponse, Permission)>,
}

/// What a group reaches, and who is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupAccess<'c> {
    /// The group.
    pub group: &'c GroupDetailsResponse,
    /// Collections in the order of the organization.
    pub collections: Vec<(&'c Collection, Permission)>,
    /// Members in every state, in the order of the organization.
    pub members: Vec<&'c OrganizationUserDetails>,
}

impl GroupAccess<'_> {
    /// How many members the group has, those who are revoked left out.
    pub fn size(&self) -> usize {
        self.members.iter().filter(|member| member.is_counted()).count()
    }
}

/// How widely a collection is shared.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectionReach<'c> {
    /// The collection.
    pub collection: &'c Collection,
    /// Groups with a grant, in the order of the organization.
    pub groups: Vec<&'c GroupDetailsResponse>,
    /// How many members reach it now, in one way or another.
    pub members: usize,
}

/// Answers questions about access inside one client. Making one costs a pass over its grants.
pub struct Access<'c> {
    client: &'c ClientStructure,
    collections: HashMap<Uuid, usize>,
    groups: HashMap<Uuid, &'c GroupDetailsResponse>,
}

/// Whether grants of a member can be used: only a confirmed member holds the organization's key.
pub fn is_in_force(member: &OrganizationUserDetails) -> bool {
    member.status == MemberStatus::CONFIRMED
}

impl<'c> Access<'c> {
    /// Prepares the answers for `client`.
    pub fn new(client: &'c ClientStructure) -> Self {
        Self {
            client,
            collections: client.collections.iter().enumerate().map(|(place, one)| (one.id, place)).collect(),
            groups: client.groups.iter().map(|group| (group.id, group)).collect(),
        }
    }

    /// Every collection that a member reaches; nothing for an unknown member.
    pub fn member(&self, id: Uuid) -> Option<MemberAccess<'c>> {
        let member = self.client.member(id)?;
        let mut dangling = 0;
        let mut reached: BTreeMap<usize, Vec<Grant<'c>>> = BTreeMap::new();
        for (collection, permission) in merged(&member.collections) {
            match self.collections.get(&collection) {
                Some(place) => {
                    reached.entry(*place).or_default().push(Grant { path: Path::Direct, permission });
                }
                None => dangling += 1,
            }
        }
        for group in self.groups_of(member) {
            for (collection, permission) in merged(&group.collections) {
                if let Some(place) = self.collections.get(&collection) {
                    reached.entry(*place).or_default().push(Grant { path: Path::Group(group), permission });
                }
            }
        }
        dangling += member.groups.iter().filter(|group| !self.groups.contains_key(group)).count();
        if let Some(path) = self.role_path(member) {
            for (place, collection) in self.client.collections.iter().enumerate() {
                if collection.kind != CollectionType::DEFAULT_USER_COLLECTION {
                    reached.entry(place).or_default().push(Grant { path, permission: Permission::Manage });
                }
            }
        }
        let collections = reached
            .into_iter()
            .filter_map(|(place, grants)| {
                let collection = &self.client.collections[place];
                Some(ReachedCollection { collection, permission: effective(&grants)?, grants })
            })
            .collect();
        Some(MemberAccess { member, in_force: is_in_force(member), collections, dangling })
    }

    /// Everyone who reaches a collection; nothing for an unknown collection.
    pub fn collection(&self, id: Uuid) -> Option<CollectionAccess<'c>> {
        let collection = &self.client.collections[*self.collections.get(&id)?];
        let granting: HashMap<Uuid, Permission> = self
            .client
            .groups
            .iter()
            .filter_map(|group| Some((group.id, grant_to(&group.collections, id)?)))
            .collect();
        let members = self.client.members.iter().filter_map(|member| {
            let direct = grant_to(&member.collections, id);
            let mut grants =
                Vec::from_iter(direct.map(|permission| Grant { path: Path::Direct, permission }));
            grants.extend(self.groups_of(member).into_iter().filter_map(|group| {
                Some(Grant { path: Path::Group(group), permission: *granting.get(&group.id)? })
            }));
            if collection.kind != CollectionType::DEFAULT_USER_COLLECTION
                && let Some(path) = self.role_path(member)
            {
                grants.push(Grant { path, permission: Permission::Manage });
            }
            Some(ReachingMember { member, permission: effective(&grants)?, grants })
        });
        Some(CollectionAccess {
            collection,
            members: members.collect(),
            groups: self
                .client
                .groups
                .iter()
                .filter_map(|group| Some((group, *granting.get(&group.id)?)))
                .collect(),
        })
    }

    /// Every collection with how widely it is shared, in the order of the organization. One pass over all grants: asking for
    /// one collection after the other would walk all members for each.
    pub fn reach(&self) -> Vec<CollectionReach<'c>> {
        let collections = self.client.collections.iter();
        let mut reach: Vec<_> = collections
            .map(|collection| CollectionReach { collection, groups: Vec::new(), members: 0 })
            .collect();
        let places = |grants: &[Selection]| -> HashSet<usize> {
            grants.iter().filter_map(|grant| self.collections.get(&grant.id).copied()).collect()
        };
        let mut of_groups: HashMap<Uuid, HashSet<usize>> = HashMap::new();
        for group in &self.client.groups {
            let reached = places(&group.collections);
            for place in &reached {
                reach[*place].groups.push(group);
            }
            of_groups.insert(group.id, reached);
        }
        for member in self.client.members.iter().filter(|member| is_in_force(member)) {
            let mut reached = places(&member.collections);
            for group in member.groups.iter().filter_map(|group| of_groups.get(group)) {
                reached.extend(group);
            }
            if self.role_path(member).is_some() {
                let shared = |one: &Collection| one.kind != CollectionType::DEFAULT_USER_COLLECTION;
                let all = self.client.collections.iter().enumerate();
                reached.extend(all.filter(|(_, one)| shared(one)).map(|(place, _)| place));
            }
            for place in reached {
                reach[place].members += 1;
            }
        }
        reach
    }

    /// What a group reaches and who is in it; nothing for an unknown group.
    pub fn group(&self, id: Uuid) -> Option<GroupAccess<'c>> {
        let group = *self.groups.get(&id)?;
        let collections = self
            .client
            .collections
            .iter()
            .filter_map(|collection| Some((collection, grant_to(&group.collections, collection.id)?)));
        Some(GroupAccess {
            group,
            collections: collections.collect(),
            members: self.client.members.iter().filter(|member| member.groups.contains(&id)).collect(),
        })
    }

    /// The groups of a member, by name, each once whatever the server repeats.
    fn groups_of(&self, member: &OrganizationUserDetails) -> Vec<&'c GroupDetailsResponse> {
        let ids: HashSet<&Uuid> = member.groups.iter().collect();
        let mut groups: Vec<_> = ids.into_iter().filter_map(|id| self.groups.get(id).copied()).collect();
        groups.sort_by_cached_key(|group| (SortName::new(&group.name), group.id));
        groups
    }

    fn role_path(&self, member: &OrganizationUserDetails) -> Option<Path<'c>> {
        match member.role {
            MemberType::OWNER | MemberType::ADMIN
                if self.client.organization.allow_admin_access_to_all_collection_items =>
            {
                Some(Path::AdminsManageEverything)
            }
            MemberType::CUSTOM if member.permissions.edit_any_collection => Some(Path::EditsAnyCollection),
            _ => None,
        }
    }
}

/// All paths taken together: the role adds, and a direct grant stands in place of group grants.
fn effective(grants: &[Grant<'_>]) -> Option<Permission> {
    let has_direct = grants.iter().any(|grant| matches!(grant.path, Path::Direct));
    grants
        .iter()
        .filter(|grant| !(has_direct && matches!(grant.path, Path::Group(_))))
        .map(|grant| grant.permission)
        .reduce(Permission::and)
}

/// Grants by collection. A server could name one collection several times in one list: they add up.
fn merged(grants: &[Selection]) -> BTreeMap<Uuid, Permission> {
    let mut merged: BTreeMap<Uuid, Permission> = BTreeMap::new();
    for grant in grants {
        let permission = Permission::from(grant);
        merged.entry(grant.id).and_modify(|sum| *sum = sum.and(permission)).or_insert(permission);
    }
    merged
}

/// The same for one collection.
fn grant_to(grants: &[Selection], collection: Uuid) -> Option<Permission> {
    let grants = grants.iter().filter(|grant| grant.id == collection);
    grants.map(Permission::from).reduce(Permission::and)
}
