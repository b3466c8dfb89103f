//! One field of an open item: what a page may know of it without seeing a hidden value.

use crate::{Opened, Secret, UnreadableReason};
use portico_protocol::cipher::UriMatch;

/// The name of a field inside its item: `login.password`, `login.uris.0`, `fields.3`, `passwordHistory.1`.
///
/// It follows the wire's own names and survives as long as the item is not changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub String);

impl From<&str> for FieldId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl std::fmt::Display for FieldId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Text that may be read at a glance.
    Plain,
    /// Text behind dots until the person reveals it.
    Hidden,
    /// The seed of verification codes: the page shows codes, never the seed.
    Totp,
    /// A website.
    Uri,
    /// Text of several lines.
    Note,
    /// `true` or `false`.
    Boolean,
    /// Stands for another field of the same item.
    Linked,
}

impl FieldKind {
    /// Whether the value stays in Rust until the person asks for this very field.
    pub fn is_hidden(self) -> bool {
        matches!(self, Self::Hidden | Self::Totp)
    }
}

/// The part of the item page in which a field stands (ui.md (d)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// What only this kind of item has.
    Kind,
    /// A passkey, by its place among the passkeys of the login.
    Passkey(usize),
    /// Websites.
    Autofill,
    /// The note.
    Additional,
    /// Fields that the person made.
    Custom,
    /// Earlier passwords.
    History,
}

/// What a field is called.
pub enum FieldLabel<'i> {
    /// By the wire's name of the member (`username`), which the page translates.
    Known(&'static str),
    /// By the person; nothing if they left it empty.
    Named(Option<&'i Opened<String>>),
}

/// What a page may know of a field.
pub struct FieldView<'i> {
    /// Names the field when it is revealed or copied.
    pub id: &'i FieldId,
    /// Where it stands.
    pub section: Section,
    /// How it is shown.
    pub kind: FieldKind,
    /// What it is called.
    pub label: FieldLabel<'i>,
    /// Its value, unless it is hidden.
    pub shown: Shown<'i>,
    /// Of a website: how addresses are compared; nothing for the default of the account.
    pub match_rule: Option<UriMatch>,
    /// Of a linked field: the field it stands for.
    pub linked_to: Option<&'static str>,
    /// Of an earlier password: when it was last used, as the server wrote it.
    pub last_used: Option<&'i str>,
}

/// What may be shown of a field's value.
pub enum Shown<'i> {
    /// The value of a field that is not hidden.
    Text(&'i str),
    /// A hidden value, which the person may reveal.
    Hidden,
    /// A hidden value, which this person may not see (`viewPassword` is false).
    Withheld,
    /// It does not open.
    Unreadable(UnreadableReason),
    /// A linked field has no value of its own, and a boolean without a value is off.
    Nothing,
}

/// Why a field is not revealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevealError {
    /// The item has no such field, or the field has no value.
    #[error("the item has no such field")]
    NoSuchField,
    /// The collection hides passwords from this person.
    #[error("this person may not see hidden values of the item")]
    Withheld,
    /// It does not open.
    #[error("the field does not open: {0}")]
    Unreadable(UnreadableReason),
}

/// A field with its value.
pub(crate) struct Field {
    pub id: FieldId,
    pub section: Section,
    pub kind: FieldKind,
    pub label: OwnLabel,
    pub value: Option<Opened<Secret>>,
    pub match_rule: Option<UriMatch>,
    pub linked_to: Option<&'static str>,
    pub last_used: Option<String>,
}

pub(crate) enum OwnLabel {
    Known(&'static str),
    Named(Option<Opened<String>>),
}

impl Field {
    pub(crate) fn new(id: String, section: Section, kind: FieldKind, label: &'static str) -> Self {
        Self {
            id: FieldId(id),
            section,
            kind,
            label: OwnLabel::Known(label),
            value: None,
            match_rule: None,
            linked_to: None,
            last_used: None,
        }
    }

    pub(crate) fn view(&self, may_see_hidden: bool) -> FieldView<'_> {
        FieldView {
            id: &self.id,
            section: self.section,
            kind: self.kind,
            label: match &self.label {
                OwnLabel::Known(name) => FieldLabel::Known(name),
                OwnLabel::Named(name) => FieldLabel::Named(name.as_ref()),
            },
            shown: match &self.value {
                None => Shown::Nothing,
                Some(Opened::Unreadable(reason)) => Shown::Unreadable(*reason),
                Some(Opened::Value(_)) if self.kind.is_hidden() && !may_see_hidden => Shown::Withheld,
                Some(Opened::Value(_)) if self.kind.is_hidden() => Shown::Hidden,
                Some(Opened::Value(text)) => Shown::Text(text.expose()),
            },
            match_rule: self.match_rule,
            linked_to: self.linked_to,
            last_used: self.last_used.as_deref(),
        }
    }
}
