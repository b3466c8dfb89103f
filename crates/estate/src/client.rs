//! One client organization as it was last read.

use portico_protocol::organization::{
    CollectionType, GroupDetailsResponse, OrganizationResponse, OrganizationUserDetails, PolicyStatusResponse,
};
use uuid::Uuid;

/// The structure of one client: who is in, which groups and collections there are, which policies are on.
///
/// The server's own facts, so that unknown members and numbers survive; only collection names arrive opened, because
/// this crate opens nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientStructure {
    /// Name, plan and settings.
    pub organization: OrganizationResponse,
    /// Members in every state, with their direct grants and group memberships.
    pub members: Vec<OrganizationUserDetails>,
    /// Groups with their grants; empty where the plan has none.
    pub groups: Vec<GroupDetailsResponse>,
    /// Collections with opened names.
    pub collections: Vec<Collection>,
    /// Every policy the server knows, on or off.
    pub policies: Vec<PolicyStatusResponse>,
}

/// A collection with its opened name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// The collection.
    pub id: Uuid,
    /// Its whole name; a `/` nests it below another, which gives no access (ui.md (c)).
    pub name: OpenedName,
    /// Set by directory synchronisation.
    pub external_id: Option<String>,
    /// Shared, or the "My items" of one member.
    pub kind: CollectionType,
    /// Whose "My items" it was, once that person has left.
    pub default_user_collection_email: Option<String>,
}

/// A name that was sealed on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OpenedName {
    /// It opened.
    Text(String),
    /// It did not; sorts last and is shown as unreadable, never as an empty name.
    Unreadable,
}

impl OpenedName {
    /// The name, if it opened.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unreadable => None,
        }
    }
}

impl Collection {
    /// What a page shows: the name, or the e-mail address of the member who left these items.
    pub fn shown_name(&self) -> OpenedName {
        match &self.default_user_collection_email {
            Some(email) => OpenedName::Text(email.clone()),
            None => self.name.clone(),
        }
    }
}

impl ClientStructure {
    /// A member by organizationUserId.
    pub fn member(&self, id: Uuid) -> Option<&OrganizationUserDetails> {
        self.members.iter().find(|member| member.id == id)
    }

    /// A group.
    pub fn group(&self, id: Uuid) -> Option<&GroupDetailsResponse> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// A collection.
    pub fn collection(&self, id: Uuid) -> Option<&Collection> {
        self.collections.iter().find(|collection| collection.id == id)
    }
}
