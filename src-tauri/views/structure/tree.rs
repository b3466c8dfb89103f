//! The provider as a tree of rows: the same content as the map, for keyboard and screen reader, one window at a time.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use portico_estate::{
    ClientRow, ClientSearchText, ClientStructure, ClientTags, Hit, HitKind, OpenedName,
    OrganizationUserDetails, Person, ProviderUserDetails, SortName, fold, not_blank, people_counts,
    search_tagged,
};
use portico_profile::ProviderView;
use uuid::Uuid;

use super::map::{is_called, rank};
use crate::{
    dto::{
        Text,
        structure::{TreeKind, TreePage, TreeQuery, TreeRow},
    },
    failure::Answer,
    views::{
        client::{role, status},
        count, name, team,
    },
};

/// Matches that a search puts into the tree.
const MOST_FOUND: usize = 300;

/// What a tree is made of. A client's structure is read when its branch is open.
pub struct Estate<'e> {
    pub view: &'e ProviderView,
    pub texts: &'e [ClientSearchText],
    /// By which clients are found too.
    pub tags: &'e ClientTags,
    pub structure: &'e dyn Fn(Uuid) -> Answer<Option<Arc<ClientStructure>>>,
}

/// One window of the visible rows.
pub fn tree(estate: &Estate<'_>, query: &TreeQuery) -> Answer<TreePage> {
    let mut rows = Rows {
        open: query.open.iter().map(String::as_str).collect(),
        from: query.offset as usize,
        to: (query.offset as usize).saturating_add(query.limit.min(400) as usize),
        count: 0,
        shown: Vec::new(),
    };
    let cut = if query.search.trim().is_empty() {
        whole(estate, &mut rows)?;
        false
    } else {
        found(estate, query.search.trim(), &mut rows)
    };
    Ok(TreePage { total: count(rows.count), rows: rows.shown, cut })
}

/// Visible rows as they are met; only those of the window are kept.
struct Rows<'q> {
    open: HashSet<&'q str>,
    from: usize,
    to: usize,
    count: usize,
    shown: Vec<TreeRow>,
}

impl Rows<'_> {
    fn is_open(&self, id: &str) -> bool {
        self.open.contains(id)
    }

    fn push(&mut self, row: impl FnOnce() -> TreeRow) {
        if (self.from..self.to).contains(&self.count) {
            self.shown.push(row());
        }
        self.count += 1;
    }
}

fn whole(estate: &Estate<'_>, rows: &mut Rows<'_>) -> Answer<()> {
    let view = estate.view;
    let open = rows.is_open(PROVIDER);
    rows.push(|| {
        branch(PROVIDER, TreeKind::Provider, 0, (1, 1), Some(view.rows.len()), open)
            .called(&view.provider.name)
    });
    if !open {
        return Ok(());
    }
    let branches = 1 + usize::from(view.team.is_some());
    if let Some(team) = &view.team {
        let open = rows.is_open(TEAM);
        rows.push(|| branch(TEAM, TreeKind::Team, 1, (1, branches), Some(team.len()), open));
        if open {
            let mut team: Vec<&ProviderUserDetails> = team.iter().collect();
            team.sort_by_cached_key(|member| rank(member));
            for (place, member) in team.iter().enumerate() {
                rows.push(|| team_row(member, (place + 1, team.len())));
            }
        }
    }
    let open = rows.is_open(CLIENTS);
    rows.push(|| branch(CLIENTS, TreeKind::Clients, 1, (branches, branches), Some(view.rows.len()), open));
    if open {
        let mut clients: Vec<&ClientRow> = view.rows.iter().collect();
        clients.sort_by_cached_key(|row| (SortName::new(&row.name), row.organization_id));
        for (place, row) in clients.iter().enumerate() {
            client(estate, row, (place + 1, clients.len()), rows)?;
        }
    }
    Ok(())
}

fn client(estate: &Estate<'_>, row: &ClientRow, at: (usize, usize), rows: &mut Rows<'_>) -> Answer<()> {
    let id = format!("c/{}", row.organization_id);
    // Nothing is known of a client that was never read but its line in the provider's list.
    let open = rows.is_open(&id) && row.freshness.read_at.is_some();
    rows.push(|| client_row(row, &id, at, open));
    if !open {
        return Ok(());
    }
    let Some(structure) = (estate.structure)(row.organization_id)? else { return Ok(()) };
    let members = people_counts(&structure.members);
    let parts = [
        (TreeKind::Members, "members", members.all, members.revoked),
        (TreeKind::Groups, "groups", structure.groups.len(), 0),
        (TreeKind::Collections, "collections", structure.collections.len(), 0),
    ];
    for (place, (kind, word, told, revoked)) in parts.into_iter().enumerate() {
        let size = told + revoked;
        let id = format!("{id}/{word}");
        let open = rows.is_open(&id) && size > 0;
        rows.push(|| {
            let branch = branch(&id, kind, 3, (place + 1, 3), Some(told), open);
            TreeRow {
                has_children: size > 0,
                revoked: count(revoked),
                organization_id: Some(row.organization_id.to_string()),
                ..branch
            }
        });
        if !open {
            continue;
        }
        let leaves = leaves(&structure, kind);
        for (place, leaf) in leaves.into_iter().enumerate() {
            rows.push(|| leaf.row(row.organization_id, (place + 1, size)));
        }
    }
    Ok(())
}

/// What stands at the end of a branch.
enum Leaf<'c> {
    Member(&'c OrganizationUserDetails),
    Named(TreeKind, Uuid, OpenedName),
}

fn leaves(structure: &ClientStructure, kind: TreeKind) -> Vec<Leaf<'_>> {
    match kind {
        TreeKind::Members => {
            let mut members: Vec<&OrganizationUserDetails> = structure.members.iter().collect();
            members.sort_by_cached_key(|member| (!member.is_counted(), SortName::new(member.shown_name())));
            members.into_iter().map(Leaf::Member).collect()
        }
        TreeKind::Groups => {
            let mut groups: Vec<_> = structure.groups.iter().collect();
            groups.sort_by_cached_key(|group| SortName::new(&group.name));
            let leaf = |group: &portico_estate::GroupDetailsResponse| {
                Leaf::Named(TreeKind::Group, group.id, OpenedName::Text(group.name.clone()))
            };
            groups.into_iter().map(leaf).collect()
        }
        _ => {
            let mut collections: Vec<_> =
                structure.collections.iter().map(|one| (one.id, one.shown_name())).collect();
            collections
                .sort_by_cached_key(|(_, name)| (name.text().is_none(), name.text().map(SortName::new)));
            collections.into_iter().map(|(id, name)| Leaf::Named(TreeKind::Collection, id, name)).collect()
        }
    }
}

impl Leaf<'_> {
    fn row(&self, organization: Uuid, at: (usize, usize)) -> TreeRow {
        let row = |id: Uuid, kind| TreeRow {
            has_children: false,
            organization_id: Some(organization.to_string()),
            target_id: Some(id.to_string()),
            ..branch(&format!("{organization}/{id}"), kind, 4, at, None, false)
        };
        match self {
            Self::Named(kind, id, named) => TreeRow { name: Some(name(named)), ..row(*id, *kind) },
            Self::Member(member) => TreeRow {
                role: Some(role(member.role).word().to_owned()),
                status: Some(status(member.status)),
                ..row(member.id, TreeKind::Member).person(member.name.as_deref(), &member.email)
            },
        }
    }
}

/// What matches, under the branches above it, all of them open. True: there is more.
fn found(estate: &Estate<'_>, text: &str, rows: &mut Rows<'_>) -> bool {
    let groups = search_tagged(estate.texts, estate.tags, text, MOST_FOUND);
    let cut = groups.iter().any(|group| group.total > group.hits.len());
    // The text of an organization that is no client of this provider has no place here.
    let known: BTreeMap<Uuid, &ClientRow> =
        estate.view.rows.iter().map(|row| (row.organization_id, row)).collect();
    let mut by_client: BTreeMap<(SortName, Uuid), Vec<Hit<'_>>> = BTreeMap::new();
    for hit in groups.into_iter().flat_map(|group| group.hits) {
        if let Some(row) = known.get(&hit.organization_id) {
            by_client.entry((SortName::new(&row.name), row.organization_id)).or_default().push(hit);
        }
    }
    let wanted = fold(text);
    let mut team: Vec<&ProviderUserDetails> = estate.view.team.iter().flatten().collect();
    team.retain(|member| is_called(*member, &wanted));
    team.sort_by_cached_key(|member| rank(member));
    let branches = usize::from(!team.is_empty()) + usize::from(!by_client.is_empty());
    if branches == 0 {
        return false;
    }
    rows.push(|| {
        branch(PROVIDER, TreeKind::Provider, 0, (1, 1), None, true).called(&estate.view.provider.name)
    });
    if !team.is_empty() {
        rows.push(|| branch(TEAM, TreeKind::Team, 1, (1, branches), None, true).found(team.len()));
        for (place, member) in team.iter().enumerate() {
            rows.push(|| team_row(member, (place + 1, team.len())));
        }
    }
    if by_client.is_empty() {
        return cut;
    }
    rows.push(|| {
        branch(CLIENTS, TreeKind::Clients, 1, (branches, branches), None, true).found(by_client.len())
    });
    let clients = by_client.len();
    for (place, ((_, organization), hits)) in by_client.into_iter().enumerate() {
        let Some(row) = known.get(&organization) else { continue };
        let parts = [
            (TreeKind::Members, "members", HitKind::Person),
            (TreeKind::Groups, "groups", HitKind::Group),
            (TreeKind::Collections, "collections", HitKind::Collection),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(kind, word, of)| {
                (kind, word, hits.iter().filter(|hit| hit.kind == of).collect::<Vec<_>>())
            })
            .filter(|(_, _, hits)| !hits.is_empty())
            .collect();
        let id = format!("c/{organization}");
        rows.push(|| {
            let tags = estate.tags.of(organization).map(str::to_owned).collect();
            let row = client_row(row, &id, (place + 1, clients), !parts.is_empty());
            TreeRow { has_children: !parts.is_empty(), tags, ..row }
        });
        for (place, (kind, word, hits)) in parts.iter().enumerate() {
            let id = format!("{id}/{word}");
            rows.push(|| {
                let branch = branch(&id, *kind, 3, (place + 1, parts.len()), None, true);
                TreeRow { organization_id: Some(organization.to_string()), ..branch.found(hits.len()) }
            });
            for (place, hit) in hits.iter().enumerate() {
                rows.push(|| hit_row(hit, (place + 1, hits.len())));
            }
        }
    }
    cut
}

fn hit_row(hit: &Hit<'_>, at: (usize, usize)) -> TreeRow {
    let kind = match hit.kind {
        HitKind::Person => TreeKind::Member,
        HitKind::Group => TreeKind::Group,
        HitKind::Collection => TreeKind::Collection,
        HitKind::Client => TreeKind::Client,
    };
    let row = TreeRow {
        has_children: false,
        organization_id: Some(hit.organization_id.to_string()),
        target_id: Some(hit.id.to_string()),
        role: hit.role.map(|of| role(of).word().to_owned()),
        status: hit.status.map(status),
        ..branch(&format!("{}/{}", hit.organization_id, hit.id), kind, 4, at, None, false)
    };
    if hit.kind == HitKind::Person { row.person(Some(hit.name), hit.detail) } else { row.called(hit.name) }
}

fn client_row(row: &ClientRow, id: &str, at: (usize, usize), open: bool) -> TreeRow {
    TreeRow {
        detail: row.plan.clone(),
        has_children: row.freshness.read_at.is_some(),
        seats_used: row.used.and_then(|used| u32::try_from(used).ok()),
        organization_id: Some(row.organization_id.to_string()),
        ..branch(id, TreeKind::Client, 2, at, None, open).called(&row.name)
    }
}

fn team_row(member: &ProviderUserDetails, at: (usize, usize)) -> TreeRow {
    let role = if rank(member).0 { "serviceUser" } else { "providerAdmin" };
    TreeRow {
        has_children: false,
        target_id: Some(member.id.to_string()),
        role: Some(role.to_owned()),
        status: Some(team::status(member.status)),
        ..branch(&format!("t/{}", member.id), TreeKind::TeamMember, 2, at, None, false)
            .person(member.name.as_deref(), &member.email)
    }
}

const PROVIDER: &str = "provider";
const TEAM: &str = "team";
const CLIENTS: &str = "clients";

fn branch(
    id: &str,
    kind: TreeKind,
    depth: u32,
    (position, siblings): (usize, usize),
    size: Option<usize>,
    open: bool,
) -> TreeRow {
    TreeRow {
        id: id.to_owned(),
        kind,
        depth,
        name: None,
        detail: None,
        role: None,
        status: None,
        count: size.map(count),
        revoked: 0,
        found: None,
        seats_used: None,
        has_children: true,
        open,
        tags: Vec::new(),
        organization_id: None,
        target_id: None,
        position: count(position),
        siblings: count(siblings),
    }
}

impl TreeRow {
    /// How many matches stand under it.
    fn found(self, matches: usize) -> Self {
        Self { found: Some(count(matches)), ..self }
    }

    fn called(self, name: &str) -> Self {
        Self { name: Some(Text::Plain { value: name.to_owned() }), ..self }
    }

    /// A person without a name is called by the e-mail address.
    fn person(self, name: Option<&str>, email: &str) -> Self {
        match not_blank(name).filter(|name| *name != email) {
            Some(name) => Self { detail: Some(email.to_owned()), ..self.called(name) },
            None => self.called(email),
        }
    }
}
