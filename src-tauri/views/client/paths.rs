//! The ways by which a person reaches a collection, in the page's terms.

use portico_estate::{Grant, Path, Permission as Power};

use crate::dto::client::{AccessPathKind, Permission};

pub(super) fn path_kind<'c>(
    path: &Path<'c>,
) -> (AccessPathKind, Option<&'c portico_estate::GroupDetailsResponse>) {
    match path {
        Path::Direct => (AccessPathKind::Direct, None),
        Path::Group(group) => (AccessPathKind::Group, Some(group)),
        Path::AdminsManageEverything => (AccessPathKind::AdminsManageEverything, None),
        Path::EditsAnyCollection => (AccessPathKind::Role, None),
    }
}

/// The order of the ways in a list.
pub(super) fn path_rank(kind: AccessPathKind) -> u8 {
    match kind {
        AccessPathKind::Group => 0,
        AccessPathKind::Direct => 1,
        AccessPathKind::Role => 2,
        AccessPathKind::AdminsManageEverything => 3,
    }
}

/// Whether a grant has a part in what counts: one that only repeats or falls short of another does not, and group
/// grants stand back behind a direct one.
pub(super) fn counts(grant: &Grant<'_>, all: &[Grant<'_>]) -> bool {
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

pub(in crate::views) fn permission(power: Power) -> Permission {
    match power {
        Power::ViewHidden => Permission::ViewHidden,
        Power::View => Permission::View,
        Power::EditHidden => Permission::EditHidden,
        Power::Edit => Permission::Edit,
        Power::Manage => Permission::Manage,
    }
}
