//! `access`: what a member reaches in a client, and who reaches a collection, with every path.

use portico_estate::{Access, ClientStructure, Collection, Grant, OrganizationUserDetails, Path, SortName};
use serde::Serialize;

use super::structure::or_unreadable;
use crate::commands::only::{is_id, only};
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;

/// One way by which somebody reaches a collection.
#[derive(Serialize)]
struct PathRow {
    /// `direct`, `group`, `adminsManageEverything` or `editsAnyCollection`.
    via: &'static str,
    /// The group's name, where it is one.
    group: Option<String>,
    /// What this way alone would allow.
    permission: &'static str,
}

fn paths(grants: &[Grant<'_>]) -> Vec<PathRow> {
    let path = |grant: &Grant<'_>| {
        let (via, group) = match grant.path {
            Path::Direct => ("direct", None),
            Path::Group(group) => ("group", Some(group.name.clone())),
            Path::AdminsManageEverything => ("adminsManageEverything", None),
            Path::EditsAnyCollection => ("editsAnyCollection", None),
        };
        PathRow { via, group, permission: words::permission(grant.permission) }
    };
    grants.iter().map(path).collect()
}

fn in_words(paths: &[PathRow]) -> String {
    let word = |path: &PathRow| match (path.via, &path.group) {
        (_, Some(group)) => group.clone(),
        ("adminsManageEverything", _) => "(admins manage everything)".to_owned(),
        ("editsAnyCollection", _) => "(edits any collection)".to_owned(),
        _ => "(direct)".to_owned(),
    };
    output::joined(&paths.iter().map(word).collect::<Vec<_>>())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReachedRow {
    /// The collection's id.
    id: String,
    /// `null` when the name does not open.
    collection: Option<String>,
    /// All paths taken together.
    permission: &'static str,
    /// Whether it can be used now: what is granted to somebody who is not confirmed waits for them.
    in_force: bool,
    paths: Vec<PathRow>,
}

impl Row for ReachedRow {
    const COLUMNS: &'static [&'static str] = &["Collection", "Permission", "In force", "By"];

    fn cells(&self) -> Vec<String> {
        vec![
            or_unreadable(self.collection.as_ref()),
            self.permission.to_owned(),
            output::yes_no(self.in_force),
            in_words(&self.paths),
        ]
    }
}

/// Every collection that the member of this address, or this id, reaches.
pub(super) fn member(format: Format, client: &ClientStructure, who: &str) -> Result<(), Failure> {
    let is_meant = |one: &&OrganizationUserDetails| one.email.eq_ignore_ascii_case(who) || is_id(one.id, who);
    let found: Vec<_> = client.members.iter().filter(is_meant).collect();
    let member = only(found, "member", who, |one| one.id.to_string())?;
    let access = Access::new(client).member(member.id);
    let (in_force, collections) = access.map_or((false, Vec::new()), |one| (one.in_force, one.collections));
    let mut rows: Vec<ReachedRow> = collections
        .iter()
        .map(|reached| ReachedRow {
            id: reached.collection.id.to_string(),
            collection: name_of(reached.collection),
            permission: words::permission(reached.permission),
            in_force,
            paths: paths(&reached.grants),
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.collection.is_none(), row.collection.as_deref().map(SortName::new)));
    Ok(output::list(format, &rows)?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReachingRow {
    /// The organizationUserId.
    id: String,
    name: Option<String>,
    email: String,
    status: String,
    permission: &'static str,
    in_force: bool,
    paths: Vec<PathRow>,
}

impl Row for ReachingRow {
    const COLUMNS: &'static [&'static str] = &["Name", "E-mail", "Status", "Permission", "By"];

    fn cells(&self) -> Vec<String> {
        vec![
            output::or_dash(self.name.as_ref()),
            self.email.clone(),
            self.status.clone(),
            self.permission.to_owned(),
            in_words(&self.paths),
        ]
    }
}

/// Everybody who reaches the collection of this name, or this id.
pub(super) fn collection(format: Format, client: &ClientStructure, named: &str) -> Result<(), Failure> {
    let is_meant = |one: &&Collection| {
        is_id(one.id, named) || name_of(one).is_some_and(|name| name.eq_ignore_ascii_case(named))
    };
    let found: Vec<_> = client.collections.iter().filter(is_meant).collect();
    let collection = only(found, "collection", named, |one| one.id.to_string())?;
    let access = Access::new(client).collection(collection.id);
    let mut rows: Vec<ReachingRow> = access
        .map(|access| access.members)
        .unwrap_or_default()
        .iter()
        .map(|reaching| ReachingRow {
            id: reaching.member.id.to_string(),
            name: reaching.member.name.clone(),
            email: reaching.member.email.clone(),
            status: words::status(reaching.member.status),
            permission: words::permission(reaching.permission),
            in_force: portico_estate::is_in_force(reaching.member),
            paths: paths(&reaching.grants),
        })
        .collect();
    rows.sort_by_cached_key(|row| SortName::new(&row.email));
    Ok(output::list(format, &rows)?)
}

fn name_of(collection: &Collection) -> Option<String> {
    collection.shown_name().text().map(str::to_owned)
}
