//! The people of one client, and what each of them reaches by which path.

use portico_estate::{
    Access, ClientStructure, MemberType, OrganizationUserDetails, PeopleQuery, PeopleSort, PeopleToggle,
    Permissions, Person, SortName, people_counts, select_people,
};
use uuid::Uuid;

use super::paths::{counts, path_kind, path_rank, permission};
use super::{role, status};
use crate::dto::client::{
    AccessPath, MemberCounts, MemberDetail, MemberRow, MembersFilter, MembersPage, MembersQuery, MembersSort,
    ReachedCollection,
};
use crate::views::{count, name, window};

/// One window of the members.
pub fn members(client: &ClientStructure, query: &MembersQuery) -> MembersPage {
    let wanted = PeopleQuery {
        toggle: match query.filter {
            MembersFilter::All => PeopleToggle::All,
            MembersFilter::Invited => PeopleToggle::Invited,
            MembersFilter::NeedsConfirmation => PeopleToggle::NeedsConfirmation,
            MembersFilter::Revoked => PeopleToggle::Revoked,
        },
        text: query.search.clone(),
        sort: match query.sort {
            MembersSort::Email => PeopleSort::Email,
            MembersSort::Name => PeopleSort::Name,
            MembersSort::Role => PeopleSort::Role,
        },
        descending: query.descending,
    };
    let places = select_people(&client.members, &wanted);
    MembersPage {
        total: count(places.len()),
        rows: window(&places, query.offset, query.limit)
            .iter()
            .map(|place| member_row(client, &client.members[*place as usize]))
            .collect(),
        counts: member_counts(client),
    }
}

/// A member with everything that they reach; nothing for a stranger.
pub fn member(client: &ClientStructure, id: Uuid) -> Option<MemberDetail> {
    let access = Access::new(client);
    let member = access.member(id)?;
    let mut paths: Vec<AccessPath> = Vec::new();
    for reached in &member.collections {
        for grant in &reached.grants {
            let (kind, group) = path_kind(&grant.path);
            let row = ReachedCollection {
                id: reached.collection.id.to_string(),
                name: name(&reached.collection.shown_name()),
                permission: permission(grant.permission),
                effective: counts(grant, &reached.grants),
                paths: count(reached.grants.len()),
            };
            let group_id = group.map(|group| group.id.to_string());
            match paths.iter_mut().find(|path| path.kind == kind && path.group_id == group_id) {
                Some(path) => path.collections.push(row),
                None => paths.push(AccessPath {
                    kind,
                    members: group.and_then(|group| access.group(group.id)).map(|group| count(group.size())),
                    name: group.map(|group| group.name.clone()),
                    group_id,
                    collections: vec![row],
                }),
            }
        }
    }
    // Groups by name, then what the person holds directly, then what the role brings.
    paths.sort_by_key(|path| {
        (path_rank(path.kind), path.name.as_deref().map(SortName::new), path.group_id.clone())
    });
    Some(MemberDetail {
        member: member_row(client, member.member),
        permissions: if member.member.role == MemberType::CUSTOM {
            granted(&member.member.permissions)
        } else {
            Vec::new()
        },
        external_id: member.member.external_id.clone(),
        created_at: member.member.creation_date.as_ref().map(|date| date.as_str().to_owned()),
        revocation_reason: member.member.revocation_reason.map(|reason| reason.0),
        in_force: member.in_force,
        reached: count(member.collections.len()),
        of: count(client.collections.len()),
        by_path: paths,
        by_collection: member
            .collections
            .iter()
            .map(|reached| ReachedCollection {
                id: reached.collection.id.to_string(),
                name: name(&reached.collection.shown_name()),
                permission: permission(reached.permission),
                effective: true,
                paths: count(reached.grants.len()),
            })
            .collect(),
    })
}

/// Toggles above the list of members.
pub fn member_counts(client: &ClientStructure) -> MemberCounts {
    let counts = people_counts(&client.members);
    MemberCounts {
        all: count(counts.all),
        invited: count(counts.invited),
        needs_confirmation: count(counts.needs_confirmation),
        revoked: count(counts.revoked),
    }
}

fn member_row(client: &ClientStructure, member: &OrganizationUserDetails) -> MemberRow {
    let mut groups: Vec<String> =
        member.groups.iter().filter_map(|id| client.group(*id)).map(|group| group.name.clone()).collect();
    groups.sort_by_cached_key(|group| SortName::new(group));
    MemberRow {
        id: member.id.to_string(),
        user_id: member.user_id.map(|id| id.to_string()),
        name: member.name().map(str::to_owned),
        email: member.email.clone(),
        status: status(member.status),
        role: role(member.role),
        groups,
        collections: member
            .collections
            .iter()
            .filter_map(|grant| client.collection(grant.id))
            .map(|collection| name(&collection.shown_name()))
            .collect(),
        two_step: member.two_factor_enabled,
        recovery: member.reset_password_enrolled,
    }
}

/// Wire names of the permissions that are granted, in the wire's order.
fn granted(permissions: &Permissions) -> Vec<String> {
    match serde_json::to_value(permissions) {
        Ok(serde_json::Value::Object(all)) => all
            .into_iter()
            .filter(|(_, value)| value == &serde_json::Value::Bool(true))
            .map(|(name, _)| name)
            .collect(),
        _ => Vec::new(),
    }
}
