//! Search everything: clients, people, groups and collections, items.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::tags::TagCount;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SearchQuery {
    pub text: String,
    /// Only in this client.
    pub organization_id: Option<String>,
    /// Hits per kind at the most.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SearchResults {
    pub groups: Vec<SearchGroup>,
    /// Clients of providers that were searched.
    pub clients: u32,
    /// Organizations that were searched and are no client of the person's providers: their own.
    pub own: u32,
    /// Tags that hold the text, with the clients that carry them; none where the search is narrowed to one client.
    pub tags: Vec<TagCount>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SearchGroup {
    pub kind: SearchKind,
    /// All hits, of which `hits` are the first.
    pub total: u32,
    /// In how many clients.
    pub in_clients: u32,
    pub hits: Vec<SearchHit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SearchKind {
    Client,
    /// A member of a client.
    Person,
    /// A member of a provider's team.
    TeamMember,
    Group,
    Collection,
    Item,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SearchHit {
    pub kind: SearchKind,
    pub id: String,
    /// The client it belongs to.
    pub organization_id: Option<String>,
    /// The provider of a team's member.
    pub provider_id: Option<String>,
    pub name: String,
    /// E-mail, user name…
    pub detail: Option<String>,
    /// Role or state of a person, as a word of `MemberRole` / `TeamRole` / `MemberStatus`; type number of an item.
    pub tag: Option<String>,
    /// The name of the client, or of the provider, that it belongs to.
    pub client: Option<String>,
    /// Where the text matched in `name`: start and length in UTF-16 units, as the page counts.
    pub matched: Option<[u32; 2]>,
}
