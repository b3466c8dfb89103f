//! Provider Portal → Review → Structure: the provider as a map and as a tree, from what is kept.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Text,
    client::{MemberRole, MemberStatus, Permission},
};

/// The provider, its team, and every client as a tile.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StructureMap {
    pub provider_id: String,
    pub provider_name: String,
    /// The first of the team by role and name; none for a service user, who may not read it.
    pub team: Option<Vec<TeamPerson>>,
    /// All of the team.
    pub team_size: u32,
    /// All clients.
    pub clients: u32,
    pub groups: Vec<MapGroup>,
    /// Clients that match the search; none without one.
    pub found: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamPerson {
    /// providerUserId.
    pub id: String,
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub email: String,
    pub admin: bool,
    pub status: MemberStatus,
    /// Matches the search.
    pub found: bool,
}

/// By what clients stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MapGrouping {
    Plan,
    Seats,
    Picture,
    Name,
}

/// Clients that stand together.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapGroup {
    /// A plan's name, a first letter, or a word of `SeatLevel` or `PictureAge`.
    pub key: String,
    /// Seats in use.
    pub used: u32,
    /// By name.
    pub tiles: Vec<MapTile>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapTile {
    pub organization_id: String,
    pub name: String,
    pub used: u32,
    pub seats: SeatLevel,
    pub picture: PictureAge,
    /// Of a client that was read, where there are so few that a map has room to say it.
    pub holds: Option<TileCounts>,
    /// The person's own words for it.
    pub tags: Vec<String>,
}

/// How much a client holds besides its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TileCounts {
    pub groups: u32,
    pub collections: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SeatLevel {
    /// No seat left.
    Full,
    /// From 94 % on.
    Nearly,
    /// Seats are left.
    Left,
    /// The plan has no limit, or the server told none.
    NoLimit,
}

impl SeatLevel {
    /// As the page knows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Nearly => "nearly",
            Self::Left => "left",
            Self::NoLimit => "noLimit",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum PictureAge {
    Fresh,
    /// The last reading failed, or is more than a day old.
    Stale,
    NeverRead,
}

impl PictureAge {
    /// As the page knows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::NeverRead => "neverRead",
        }
    }
}

/// One client's members, groups and collections, each a window of its list.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientMapQuery {
    pub organization_id: String,
    /// What is looked at: what hangs together with it comes first.
    pub focus: Option<MapFocus>,
    /// People, groups and collections of this name come before everything else.
    pub search: String,
    pub members: MapWindow,
    pub groups: MapWindow,
    pub collections: MapWindow,
}

#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapWindow {
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapFocus {
    pub kind: MapFocusKind,
    pub id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MapFocusKind {
    Member,
    Group,
    Collection,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientMap {
    pub organization_id: String,
    pub name: String,
    /// The person's own words for it.
    pub tags: Vec<String>,
    /// All of them, of which the rows are a window: members who are not revoked, then those who are.
    pub members: u32,
    pub revoked: u32,
    pub groups: u32,
    pub collections: u32,
    pub member_rows: Vec<MapMember>,
    pub group_rows: Vec<MapGroupNode>,
    pub collection_rows: Vec<MapCollection>,
    /// How many people, groups and collections match the search; none without one.
    pub found: Option<u32>,
    /// Lines between rows that are here.
    pub links: Vec<MapLink>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapMember {
    pub id: String,
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub email: String,
    pub role: MemberRole,
    pub status: MemberStatus,
    /// Hangs together with the focus, or is it.
    pub lit: bool,
    /// Matches the search.
    pub found: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapGroupNode {
    pub id: String,
    pub name: String,
    /// Members who are not revoked.
    pub members: u32,
    pub lit: bool,
    /// Matches the search.
    pub found: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapCollection {
    pub id: String,
    /// Whole name: a `/` nests it below another, which gives no access.
    pub name: Text,
    pub lit: bool,
    /// Matches the search.
    pub found: bool,
}

/// A line of the map.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MapLink {
    pub from: String,
    pub to: String,
    pub kind: MapLinkKind,
    /// What it grants; none between a person and a group.
    pub permission: Option<Permission>,
    /// It is of the focus.
    pub lit: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MapLinkKind {
    /// A person is in a group.
    Membership,
    /// A group leads to a collection.
    GroupGrant,
    /// A person was granted a collection without a group.
    DirectGrant,
    /// A role leads there; shown for the focus only.
    Role,
}

/// Which window of the tree.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TreeQuery {
    pub provider_id: String,
    /// Ids of the open branches.
    pub open: Vec<String>,
    /// With a search, what matches and the branches above it are shown, all open.
    pub search: String,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TreePage {
    /// Visible rows, of which `rows` is the window asked for.
    pub total: u32,
    pub rows: Vec<TreeRow>,
    /// More matches than a tree can show.
    pub cut: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TreeRow {
    /// Names the row in `TreeQuery::open`.
    pub id: String,
    pub kind: TreeKind,
    /// 0 for the provider.
    pub depth: u32,
    /// Of a person, a client, a group, a collection. Branches are worded by the page.
    pub name: Option<Text>,
    /// E-mail of a person; plan of a client.
    pub detail: Option<String>,
    /// Of a client that a search found: the person's own tags, by which it may have been found.
    pub tags: Vec<String>,
    /// Of a person: the role, as a word of `MemberRole`, or `providerAdmin` and `serviceUser`.
    pub role: Option<String>,
    pub status: Option<MemberStatus>,
    /// How many are under it; of a client's members those who are not revoked. None under a search.
    pub count: Option<u32>,
    /// Under a branch of members, beside those counted.
    pub revoked: u32,
    /// How many of those under it a search found.
    pub found: Option<u32>,
    /// Of a client, as its provider's list says.
    pub seats_used: Option<u32>,
    pub has_children: bool,
    pub open: bool,
    /// What a click opens.
    pub organization_id: Option<String>,
    pub target_id: Option<String>,
    /// Position among its siblings from 1, and how many they are: for a screen reader.
    pub position: u32,
    pub siblings: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TreeKind {
    Provider,
    Team,
    TeamMember,
    Clients,
    Client,
    Members,
    Member,
    Groups,
    Group,
    Collections,
    Collection,
}
