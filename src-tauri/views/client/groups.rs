//! The groups of one client, with their people and collections.

use portico_estate::{Access, ClientStructure, OrganizationUserDetails, Person, SortName, fold};
use uuid::Uuid;

use super::paths::permission;
use super::person;
use crate::dto::client::{GroupDetail, GroupRow, GroupsPage, ListQuery, PersonRef, ReachedCollection};
use crate::views::{count, name, window};

/// One window of the groups, by name.
pub fn groups(client: &ClientStructure, query: &ListQuery) -> GroupsPage {
    let wanted = fold(&query.search);
    let mut places: Vec<u32> = (0..)
        .zip(&client.groups)
        .filter(|(_, group)| fold(&group.name).contains(&wanted))
        .map(|(place, _)| place)
        .collect();
    places.sort_by_cached_key(|place| SortName::new(&client.groups[*place as usize].name));
    if query.descending {
        places.reverse();
    }
    let access = Access::new(client);
    GroupsPage {
        total: count(places.len()),
        rows: window(&places, query.offset, query.limit)
            .iter()
            .filter_map(|place| group_row(&access, client.groups[*place as usize].id))
            .collect(),
    }
}

/// A group with its people and collections; nothing for a stranger.
pub fn group(client: &ClientStructure, id: Uuid) -> Option<GroupDetail> {
    let access = Access::new(client);
    let group = access.group(id)?;
    let (mut counted, mut revoked) = (group.members.clone(), group.members);
    counted.retain(|member| member.is_counted());
    revoked.retain(|member| !member.is_counted());
    Some(GroupDetail {
        group: group_row(&access, id)?,
        members: by_name(counted),
        revoked: by_name(revoked),
        collections: group
            .collections
            .iter()
            .map(|(collection, power)| ReachedCollection {
                id: collection.id.to_string(),
                name: name(&collection.shown_name()),
                permission: permission(*power),
                effective: true,
                paths: 1,
            })
            .collect(),
    })
}

fn by_name(mut members: Vec<&OrganizationUserDetails>) -> Vec<PersonRef> {
    members.sort_by_cached_key(|member| SortName::new(member.shown_name()));
    members.into_iter().map(person).collect()
}

fn group_row(access: &Access<'_>, id: Uuid) -> Option<GroupRow> {
    let group = access.group(id)?;
    Some(GroupRow {
        id: id.to_string(),
        name: group.group.name.clone(),
        external_id: group.group.external_id.clone(),
        members: count(group.size()),
        collections: group.collections.iter().map(|(collection, _)| name(&collection.shown_name())).collect(),
    })
}
