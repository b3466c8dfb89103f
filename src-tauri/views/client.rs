//! One client organization: figures, people, groups, collections, policies, and who reaches what.

use std::collections::HashMap;

use portico_estate::{
    Access, ClientStructure, Collection, CollectionType, Grant, MemberStatus as Status, MemberType,
    OrganizationUserDetails, Path, PeopleQuery, PeopleSort, PeopleToggle, Permission as Power, Permissions,
    Person, fold, people_counts, policy_lines, select_people,
};
use portico_vault::{Hierarchy, Opened, UnreadableReason};
use uuid::Uuid;

use super::{count, date, name, text, window};
use crate::dto::client::{
    AccessPath, AccessPathKind, CollectionDetail, CollectionGroup, CollectionPerson, CollectionPersonPath,
    CollectionRow, CollectionsPage, Coverage, GroupDetail, GroupRow, GroupsPage, ListQuery, MemberCounts,
    MemberDetail, MemberRole, MemberRow, MemberStatus, MembersFilter, MembersPage, MembersQuery, MembersSort,
    Permission, PersonRef, PolicyRow, PolicySetting, ReachedCollection,
};

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

/// Of the confirmed members, those for whom `has` holds.
pub fn coverage(client: &ClientStructure, has: impl Fn(&OrganizationUserDetails) -> bool) -> Coverage {
    let confirmed = client.members.iter().filter(|member| member.status == Status::CONFIRMED);
    let (mut on, mut of) = (0, 0);
    for member in confirmed {
        of += 1;
        on += u32::from(has(member));
    }
    Coverage { on, of }
}

/// Owners who are not revoked, by e-mail.
pub fn owners(client: &ClientStructure) -> Vec<PersonRef> {
    let mut owners: Vec<_> = client
        .members
        .iter()
        .filter(|member| member.role == MemberType::OWNER && member.status != Status::REVOKED)
        .map(person)
        .collect();
    owners.sort_by(|left, right| left.email.cmp(&right.email));
    owners
}

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
                    members: group.map(|group| {
                        count(
                            client.members.iter().filter(|member| member.groups.contains(&group.id)).count(),
                        )
                    }),
                    name: group.map(|group| group.name.clone()),
                    group_id,
                    collections: vec![row],
                }),
            }
        }
    }
    // Groups by name, then what the person holds directly, then what the role brings.
    paths.sort_by_key(|path| (path_rank(path.kind), path.name.as_deref().map(fold), path.group_id.clone()));
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

/// One window of the groups, by name.
pub fn groups(client: &ClientStructure, query: &ListQuery) -> GroupsPage {
    let wanted = fold(&query.search);
    let mut places: Vec<u32> = (0..)
        .zip(&client.groups)
        .filter(|(_, group)| fold(&group.name).contains(&wanted))
        .map(|(place, _)| place)
        .collect();
    places.sort_by_cached_key(|place| fold(&client.groups[*place as usize].name));
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
    let mut members: Vec<PersonRef> = group.members.iter().map(|member| person(member)).collect();
    members.sort_by_cached_key(|member| fold(member.name.as_deref().unwrap_or(&member.email)));
    Some(GroupDetail {
        group: group_row(&access, id)?,
        members,
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
    let mut people: Vec<CollectionPerson> = reach
        .members
        .iter()
        .map(|member| CollectionPerson {
            person: person(member.member),
            permission: permission(member.permission),
            paths: member
                .grants
                .iter()
                .map(|grant| {
                    let (kind, group) = path_kind(&grant.path);
                    CollectionPersonPath {
                        kind,
                        name: group.map(|group| group.name.clone()),
                        permission: permission(grant.permission),
                    }
                })
                .collect(),
        })
        .collect();
    people.sort_by_cached_key(|one| {
        (std::cmp::Reverse(one.permission), fold(one.person.name.as_deref().unwrap_or(&one.person.email)))
    });
    Some(CollectionDetail {
        collection: collection_row(&access, client, reach.collection)?,
        groups: reach
            .groups
            .iter()
            .map(|(group, power)| CollectionGroup {
                id: group.id.to_string(),
                name: group.name.clone(),
                members: count(
                    client.members.iter().filter(|member| member.groups.contains(&group.id)).count(),
                ),
                permission: permission(*power),
            })
            .collect(),
        people,
    })
}

/// The policies in the product's order.
pub fn policies(client: &ClientStructure) -> Vec<PolicyRow> {
    policy_lines(&client.policies)
        .into_iter()
        .map(|line| PolicyRow {
            kind: line.kind.0,
            on: line.is_on,
            settings: match line.data {
                Some(serde_json::Value::Object(data)) => data
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| PolicySetting { key: key.clone(), value: scalar(value) })
                    .collect(),
                Some(value) if !value.is_null() => {
                    vec![PolicySetting { key: "value".to_owned(), value: scalar(value) }]
                }
                _ => Vec::new(),
            },
        })
        .collect()
}

/// Lists and objects inside a policy are rare and unknown to us: shown as the server wrote them.
fn scalar(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => value.to_string().into(),
        simple => simple.clone(),
    }
}

fn member_row(client: &ClientStructure, member: &OrganizationUserDetails) -> MemberRow {
    let mut groups: Vec<String> =
        member.groups.iter().filter_map(|id| client.group(*id)).map(|group| group.name.clone()).collect();
    groups.sort_by_cached_key(|group| fold(group));
    MemberRow {
        id: member.id.to_string(),
        user_id: member.user_id.map(|id| id.to_string()),
        name: member.name.clone().filter(|name| !name.trim().is_empty()),
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

fn group_row(access: &Access<'_>, id: Uuid) -> Option<GroupRow> {
    let group = access.group(id)?;
    Some(GroupRow {
        id: id.to_string(),
        name: group.group.name.clone(),
        external_id: group.group.external_id.clone(),
        members: count(group.members.len()),
        collections: group.collections.iter().map(|(collection, _)| name(&collection.shown_name())).collect(),
    })
}

fn collection_row(
    access: &Access<'_>,
    client: &ClientStructure,
    collection: &Collection,
) -> Option<CollectionRow> {
    let reach = access.collection(collection.id)?;
    let confirmed = reach.members.iter().filter(|member| member.member.status == Status::CONFIRMED);
    let managed = confirmed.clone().any(|member| member.permission == Power::Manage);
    let mut groups: Vec<String> = reach.groups.iter().map(|(group, _)| group.name.clone()).collect();
    groups.sort_by_cached_key(|group| fold(group));
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

fn person(member: &OrganizationUserDetails) -> PersonRef {
    PersonRef {
        member_id: member.id.to_string(),
        name: member.name().filter(|name| !name.trim().is_empty()).map(str::to_owned),
        email: member.email.clone(),
        status: status(member.status),
    }
}

fn path_kind<'c>(path: &Path<'c>) -> (AccessPathKind, Option<&'c portico_estate::GroupDetailsResponse>) {
    match path {
        Path::Direct => (AccessPathKind::Direct, None),
        Path::Group(group) => (AccessPathKind::Group, Some(group)),
        Path::AdminsManageEverything => (AccessPathKind::AdminsManageEverything, None),
        Path::EditsAnyCollection => (AccessPathKind::Role, None),
    }
}

fn path_rank(kind: AccessPathKind) -> u8 {
    match kind {
        AccessPathKind::Group => 0,
        AccessPathKind::Direct => 1,
        AccessPathKind::Role => 2,
        AccessPathKind::AdminsManageEverything => 3,
    }
}

/// Whether a grant has a part in what counts: one that only repeats or falls short of another does not, and group
/// grants stand back behind a direct one.
fn counts(grant: &Grant<'_>, all: &[Grant<'_>]) -> bool {
    let direct = all.iter().any(|other| matches!(other.path, Path::Direct));
    if direct && matches!(grant.path, Path::Group(_)) {
        return false;
    }
    let best = all
        .iter()
        .filter(|other| !(direct && matches!(other.path, Path::Group(_))))
        .map(|other| other.permission)
        .max();
    Some(grant.permission) == best
}

fn permission(power: Power) -> Permission {
    match power {
        Power::ViewHidden => Permission::ViewHidden,
        Power::View => Permission::View,
        Power::EditHidden => Permission::EditHidden,
        Power::Edit => Permission::Edit,
        Power::Manage => Permission::Manage,
    }
}

/// The state of a membership.
pub fn status(status: Status) -> MemberStatus {
    match status {
        Status::INVITED => MemberStatus::Invited,
        Status::ACCEPTED => MemberStatus::NeedsConfirmation,
        Status::CONFIRMED => MemberStatus::Confirmed,
        Status::REVOKED => MemberStatus::Revoked,
        Status::STAGED => MemberStatus::Staged,
        _ => MemberStatus::Unknown,
    }
}

/// The role of a member.
pub fn role(role: MemberType) -> MemberRole {
    match role {
        MemberType::OWNER => MemberRole::Owner,
        MemberType::ADMIN => MemberRole::Admin,
        MemberType::USER => MemberRole::User,
        MemberType::CUSTOM => MemberRole::Custom,
        _ => MemberRole::Unknown,
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

/// When a picture was read, for the page.
pub fn read_at(moment: Option<time::OffsetDateTime>) -> Option<String> {
    moment.and_then(date)
}
