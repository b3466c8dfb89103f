//! One client on the map: windows of its members, groups and collections, and the lines between what is shown.

use std::collections::{HashMap, HashSet};

use portico_estate::{
    Access, ClientStructure, ClientTags, Collection, OrganizationUserDetails, Path, Permission as Power,
    Person, SortName, fold, people_counts,
};
use uuid::Uuid;

use super::map::is_called;
use crate::dto::structure::{
    ClientMap, ClientMapQuery, MapCollection, MapFocusKind, MapGroupNode, MapLink, MapLinkKind, MapMember,
    MapWindow,
};
use crate::views::{
    client::{permission, role, status},
    count, name,
};

/// Rows of one column at once; a screen shows some dozens.
const MOST: usize = 200;

/// What hangs together with the focus, and its lines.
#[derive(Default)]
struct Lit {
    nodes: HashSet<Uuid>,
    lines: Vec<Line>,
}

struct Line {
    from: Uuid,
    to: Uuid,
    kind: MapLinkKind,
    power: Option<Power>,
}

/// The part of one client that a map asks for.
pub fn client_map(client: &ClientStructure, tags: &ClientTags, query: &ClientMapQuery) -> ClientMap {
    let access = Access::new(client);
    let focus = query.focus.as_ref().and_then(|focus| Some((focus.kind, focus.id.parse().ok()?)));
    let lit = focus.map(|(kind, id)| lit(&access, kind, id)).unwrap_or_default();

    let found = found(client, &fold(query.search.trim()));

    let mut members: Vec<&OrganizationUserDetails> = client.members.iter().collect();
    members.sort_by_cached_key(|member| {
        let (found, lit) = (found.contains(&member.id), lit.nodes.contains(&member.id));
        (!found, !lit, !member.is_counted(), SortName::new(member.shown_name()), member.id)
    });
    let mut groups: Vec<_> = client.groups.iter().collect();
    groups.sort_by_cached_key(|group| {
        let (found, lit) = (found.contains(&group.id), lit.nodes.contains(&group.id));
        (!found, !lit, SortName::new(&group.name), group.id)
    });
    let mut collections: Vec<&Collection> = client.collections.iter().collect();
    collections.sort_by_cached_key(|collection| {
        let named = collection.shown_name();
        (
            !found.contains(&collection.id),
            !lit.nodes.contains(&collection.id),
            named.text().is_none(),
            named.text().map(SortName::new),
            collection.id,
        )
    });

    let members_shown = part(&members, query.members);
    let groups_shown = part(&groups, query.groups);
    let collections_shown = part(&collections, query.collections);
    let shown: HashSet<Uuid> = members_shown
        .iter()
        .map(|member| member.id)
        .chain(groups_shown.iter().map(|group| group.id))
        .chain(collections_shown.iter().map(|collection| collection.id))
        .collect();
    let mut sizes: HashMap<Uuid, u32> = HashMap::new();
    for member in client.members.iter().filter(|member| member.is_counted()) {
        member.groups.iter().for_each(|group| *sizes.entry(*group).or_default() += 1);
    }

    let counts = people_counts(&client.members);
    ClientMap {
        organization_id: client.organization.id.to_string(),
        name: client.organization.name.clone(),
        tags: tags.of(client.organization.id).map(str::to_owned).collect(),
        members: count(counts.all),
        revoked: count(counts.revoked),
        groups: count(groups.len()),
        collections: count(collections.len()),
        member_rows: members_shown
            .iter()
            .map(|member| MapMember {
                id: member.id.to_string(),
                user_id: member.user_id.map(|id| id.to_string()),
                name: member.name().map(str::to_owned),
                email: member.email.clone(),
                role: role(member.role),
                status: status(member.status),
                lit: lit.nodes.contains(&member.id),
                found: found.contains(&member.id),
            })
            .collect(),
        group_rows: groups_shown
            .iter()
            .map(|group| MapGroupNode {
                id: group.id.to_string(),
                name: group.name.clone(),
                members: sizes.get(&group.id).copied().unwrap_or_default(),
                lit: lit.nodes.contains(&group.id),
                found: found.contains(&group.id),
            })
            .collect(),
        collection_rows: collections_shown
            .iter()
            .map(|collection| MapCollection {
                id: collection.id.to_string(),
                name: name(&collection.shown_name()),
                lit: lit.nodes.contains(&collection.id),
                found: found.contains(&collection.id),
            })
            .collect(),
        found: (!query.search.trim().is_empty()).then(|| count(found.len())),
        links: links(
            &access,
            members_shown,
            &groups_shown.iter().map(|group| group.id).collect::<Vec<_>>(),
            &lit,
        )
        .into_iter()
        .filter(|(line, _)| shown.contains(&line.from) && shown.contains(&line.to))
        .map(|(line, lit)| MapLink {
            from: line.from.to_string(),
            to: line.to.to_string(),
            kind: line.kind,
            permission: line.power.map(permission),
            lit,
        })
        .collect(),
    }
}

/// What a folded text names; nothing names nothing.
fn found(client: &ClientStructure, wanted: &str) -> HashSet<Uuid> {
    if wanted.is_empty() {
        return HashSet::new();
    }
    let is_named = |name: &str| fold(name).contains(wanted);
    let members = client.members.iter().filter(|member| is_called(*member, wanted)).map(|one| one.id);
    let groups = client.groups.iter().filter(|group| is_named(&group.name)).map(|one| one.id);
    let collections = client.collections.iter().filter(|one| one.shown_name().text().is_some_and(is_named));
    members.chain(groups).chain(collections.map(|one| one.id)).collect()
}

/// Plain lines of what is shown, then the lit ones over them.
fn links(
    access: &Access<'_>,
    members: &[&OrganizationUserDetails],
    groups: &[Uuid],
    lit: &Lit,
) -> Vec<(Line, bool)> {
    let mut lines = Vec::new();
    for member in members {
        lines.extend(member.groups.iter().map(|group| membership(member.id, *group)));
        lines.extend(member.collections.iter().map(|grant| Line {
            from: member.id,
            to: grant.id,
            kind: MapLinkKind::DirectGrant,
            power: Some(Power::from(grant)),
        }));
    }
    for group in groups.iter().filter_map(|group| access.group(*group)) {
        lines.extend(
            group
                .collections
                .iter()
                .map(|(collection, power)| group_grant(group.group.id, collection.id, *power)),
        );
    }
    let lit_ends: HashSet<(Uuid, Uuid)> = lit.lines.iter().map(|line| (line.from, line.to)).collect();
    let plain =
        lines.into_iter().filter(|line| !lit_ends.contains(&(line.from, line.to))).map(|line| (line, false));
    let copy = |line: &Line| Line { from: line.from, to: line.to, kind: line.kind, power: line.power };
    plain.chain(lit.lines.iter().map(|line| (copy(line), true))).collect()
}

fn lit(access: &Access<'_>, kind: MapFocusKind, id: Uuid) -> Lit {
    let mut lit = Lit::default();
    match kind {
        MapFocusKind::Member => {
            let Some(reach) = access.member(id) else { return lit };
            lit.lines.extend(reach.member.groups.iter().map(|group| membership(id, *group)));
            for reached in &reach.collections {
                for grant in &reached.grants {
                    lit.lines.push(match grant.path {
                        Path::Group(group) => group_grant(group.id, reached.collection.id, grant.permission),
                        Path::Direct => {
                            line(id, reached.collection.id, MapLinkKind::DirectGrant, grant.permission)
                        }
                        Path::AdminsManageEverything | Path::EditsAnyCollection => {
                            line(id, reached.collection.id, MapLinkKind::Role, grant.permission)
                        }
                    });
                }
            }
        }
        MapFocusKind::Group => {
            let Some(reach) = access.group(id) else { return lit };
            lit.lines.extend(reach.members.iter().map(|member| membership(member.id, id)));
            let grants = reach.collections.iter();
            lit.lines.extend(grants.map(|(collection, power)| group_grant(id, collection.id, *power)));
        }
        MapFocusKind::Collection => {
            let Some(reach) = access.collection(id) else { return lit };
            lit.lines.extend(reach.groups.iter().map(|(group, power)| group_grant(group.id, id, *power)));
            for reaching in &reach.members {
                for grant in &reaching.grants {
                    lit.lines.push(match grant.path {
                        Path::Group(group) => membership(reaching.member.id, group.id),
                        Path::Direct => {
                            line(reaching.member.id, id, MapLinkKind::DirectGrant, grant.permission)
                        }
                        Path::AdminsManageEverything | Path::EditsAnyCollection => {
                            line(reaching.member.id, id, MapLinkKind::Role, grant.permission)
                        }
                    });
                }
            }
        }
    }
    lit.nodes.insert(id);
    lit.nodes.extend(lit.lines.iter().flat_map(|line| [line.from, line.to]));
    lit
}

fn membership(member: Uuid, group: Uuid) -> Line {
    Line { from: member, to: group, kind: MapLinkKind::Membership, power: None }
}

fn group_grant(group: Uuid, collection: Uuid, power: Power) -> Line {
    line(group, collection, MapLinkKind::GroupGrant, power)
}

fn line(from: Uuid, to: Uuid, kind: MapLinkKind, power: Power) -> Line {
    Line { from, to, kind, power: Some(power) }
}

fn part<T>(all: &[T], window: MapWindow) -> &[T] {
    let start = all.len().min(window.offset as usize);
    &all[start..all.len().min(start + MOST.min(window.limit as usize))]
}
