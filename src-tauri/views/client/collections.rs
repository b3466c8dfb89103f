//! The collections of one client as a tree, and everyone who reaches one of them.

use std::cmp::Reverse;
use std::collections::HashMap;

use portico_estate::{
    Access, ClientStructure, Collection, CollectionType, Grant, Permission as Power, Person, ReachingMember,
    SortName, fold, is_in_force,
};
use portico_vault::{Hierarchy, Opened, UnreadableReason};
use uuid::Uuid;

use super::paths::{path_kind, permission};
use super::person;
use crate::dto::client::{
    CollectionDetail, CollectionGroup, CollectionPerson, CollectionPersonPath, CollectionRow,
    CollectionsPage, ListQuery,
};
use crate::views::{count, name, text, window};

/// One window of the collections in tree order; while searching, a flat list of what matches.
pub fn collections(client: &ClientStructure, query: &ListQuery) -> CollectionsPage {
    let wanted = fold(&query.search);
    let by_id: HashMap<Uuid, &Collection> = client.collections.iter().map(|one| (one.id, one)).collect();
    let matches = |collection: &Collection| {
        wanted.is_empty() || collection.shown_name().text().is_some_and(|name| fold(name).contains(&wanted))
    };
    let names: Vec<(Uuid, Opened<String>)> =
        client.collections.iter().map(|one| (one.id, opened(one))).collect();
    let tree = Hierarchy::new(names.iter().map(|(id, name)| (*id, name)));
    let mut shown: Vec<_> =
        tree.rows().iter().filter(|row| by_id.get(&row.id).is_some_and(|one| matches(one))).collect();
    if query.descending {
        shown.reverse();
    }
    let places: Vec<u32> = (0..).take(shown.len()).collect();
    let access = Access::new(client);
    CollectionsPage {
        total: count(shown.len()),
        rows: window(&places, query.offset, query.limit)
            .iter()
            .filter_map(|place| {
                let row = shown[*place as usize];
                let mut line = collection_row(&access, client, by_id.get(&row.id)?)?;
                if wanted.is_empty() && !query.descending {
                    line.name = text(&row.label);
                    line.depth = count(row.depth);
                }
                Some(line)
            })
            .collect(),
    }
}

/// A collection with everyone who reaches it; nothing for a stranger.
pub fn collection(client: &ClientStructure, id: Uuid) -> Option<CollectionDetail> {
    let access = Access::new(client);
    let reach = access.collection(id)?;
    let (people, without_access) = reach.members.iter().partition(|one| is_in_force(one.member));
    Some(CollectionDetail {
        collection: collection_row(&access, client, reach.collection)?,
        groups: reach
            .groups
            .iter()
            .map(|(group, power)| CollectionGroup {
                id: group.id.to_string(),
                name: group.name.clone(),
                members: access.group(group.id).map_or(0, |group| count(group.size())),
                permission: permission(*power),
            })
            .collect(),
        people: strongest_first(people),
        without_access: strongest_first(without_access),
    })
}

fn strongest_first(mut members: Vec<&ReachingMember<'_>>) -> Vec<CollectionPerson> {
    members.sort_by_cached_key(|one| (Reverse(one.permission), SortName::new(one.member.shown_name())));
    let path = |grant: &Grant<'_>| {
        let (kind, group) = path_kind(&grant.path);
        CollectionPersonPath {
            kind,
            name: group.map(|group| group.name.clone()),
            permission: permission(grant.permission),
        }
    };
    let shown = |one: &ReachingMember<'_>| CollectionPerson {
        person: person(one.member),
        permission: permission(one.permission),
        paths: one.grants.iter().map(path).collect(),
    };
    members.into_iter().map(shown).collect()
}

fn collection_row(
    access: &Access<'_>,
    client: &ClientStructure,
    collection: &Collection,
) -> Option<CollectionRow> {
    let reach = access.collection(collection.id)?;
    let confirmed = reach.members.iter().filter(|member| is_in_force(member.member));
    let managed = confirmed.clone().any(|member| member.permission == Power::Manage);
    let mut groups: Vec<String> = reach.groups.iter().map(|(group, _)| group.name.clone()).collect();
    groups.sort_by_cached_key(|group| SortName::new(group));
    Some(CollectionRow {
        id: collection.id.to_string(),
        name: name(&collection.shown_name()),
        path: name(&collection.shown_name()),
        depth: 0,
        personal: collection.kind == CollectionType::DEFAULT_USER_COLLECTION,
        groups,
        direct_members: count(
            client
                .members
                .iter()
                .filter(|member| member.is_counted())
                .filter(|member| member.collections.iter().any(|grant| grant.id == collection.id))
                .count(),
        ),
        reached_by: count(confirmed.count()),
        unmanaged: !managed,
    })
}

fn opened(collection: &Collection) -> Opened<String> {
    match collection.shown_name().text() {
        Some(name) => Opened::Value(name.to_owned()),
        None => Opened::Unreadable(UnreadableReason::NotAuthentic),
    }
}
