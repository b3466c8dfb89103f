//! Words for the numbers of the wire, and texts for dates. A number that has no word is printed as it is.

use portico_estate::{
    Freshness, MemberStatus, MemberType, Permission, ProviderUserDetails, ProviderUserStatus,
    ProviderUserType,
};
use portico_vault::{ItemKind, Opened, UnreadableReason, kind_member};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::macros::format_description;

pub(crate) fn role(role: MemberType) -> String {
    match role {
        MemberType::OWNER => "Owner".to_owned(),
        MemberType::ADMIN => "Admin".to_owned(),
        MemberType::USER => "User".to_owned(),
        MemberType::CUSTOM => "Custom".to_owned(),
        unknown if !unknown.is_told() => "Unknown".to_owned(),
        MemberType(number) => number.to_string(),
    }
}

pub(crate) fn status(status: MemberStatus) -> String {
    match status {
        MemberStatus::REVOKED => "Revoked".to_owned(),
        MemberStatus::INVITED => "Invited".to_owned(),
        MemberStatus::ACCEPTED => "Accepted".to_owned(),
        MemberStatus::CONFIRMED => "Confirmed".to_owned(),
        MemberStatus::STAGED => "Staged".to_owned(),
        unknown if !unknown.is_told() => "Unknown".to_owned(),
        MemberStatus(number) => number.to_string(),
    }
}

pub(crate) fn team_role(role: ProviderUserType) -> String {
    match role {
        ProviderUserType::PROVIDER_ADMIN => "Provider admin".to_owned(),
        ProviderUserType::SERVICE_USER => "Service user".to_owned(),
        unknown if !unknown.is_told() => "Unknown".to_owned(),
        ProviderUserType(number) => number.to_string(),
    }
}

/// A team knows neither revoked nor staged.
pub(crate) fn team_status(member: &ProviderUserDetails) -> String {
    match member.status {
        ProviderUserStatus::INVITED => "Invited".to_owned(),
        ProviderUserStatus::ACCEPTED => "Accepted".to_owned(),
        ProviderUserStatus::CONFIRMED => "Confirmed".to_owned(),
        unknown if !unknown.is_told() => "Unknown".to_owned(),
        ProviderUserStatus(number) => number.to_string(),
    }
}

/// Whether a provider or an organization works, in one word.
pub(crate) fn state(enabled: bool) -> &'static str {
    if enabled { "active" } else { "suspended" }
}

/// The same of an organization in which the person is a member, whose membership may be revoked.
pub(crate) fn membership(status: MemberStatus, enabled: bool) -> &'static str {
    if status == MemberStatus::REVOKED { "revoked" } else { state(enabled) }
}

/// The names that the product gives to permissions.
pub(crate) fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::View => "View items",
        Permission::ViewHidden => "View items, hidden passwords",
        Permission::Edit => "Edit items",
        Permission::EditHidden => "Edit items, hidden passwords",
        Permission::Manage => "Manage collection",
    }
}

/// Why a picture is old, in one word, where it is.
pub(crate) fn staleness(freshness: &Freshness) -> &'static str {
    match (freshness.stale, freshness.read_at) {
        (Some(reason), _) => reason.word(),
        (None, None) => "neverRead",
        (None, Some(_)) => "tooOld",
    }
}

/// The name of the member that carries the kind on the wire: `login`, `secureNote`, `card`, …
pub(crate) fn kind(kind: ItemKind) -> String {
    kind_member(kind).map_or_else(|| kind.0.to_string(), str::to_owned)
}

/// ISO 8601, UTC, whole seconds.
pub(crate) fn date(moment: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    // Formatting can only fail for a component that the value lacks; an OffsetDateTime has them all.
    moment.to_offset(time::UtcOffset::UTC).format(&form).unwrap_or_default()
}

/// A name for people's eyes: what does not open says so.
pub(crate) fn opened(name: &Opened<String>) -> String {
    match name {
        Opened::Value(name) => name.clone(),
        Opened::Unreadable(reason) => format!("(unreadable: {reason})"),
    }
}

/// A name that was sealed: people are told why it does not open, programs read `null`.
#[derive(Clone)]
pub(crate) struct Name(pub Opened<String>);

impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&opened(&self.0))
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value().serialize(serializer)
    }
}

/// Writes the word for a reason.
pub(crate) fn why<S: Serializer>(
    reason: &Option<UnreadableReason>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    reason.map(UnreadableReason::word).serialize(serializer)
}
