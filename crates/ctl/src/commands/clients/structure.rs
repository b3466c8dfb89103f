//! One client: its summary, members, groups, collections and policies.

use std::collections::HashMap;

use portico_estate::{
    Access, ClientRow, ClientStructure, Collection, Freshness, MemberStatus, OpenedName, PeopleCounts,
    Permission, StaleReason, people_counts, plan_display, policy_lines, policy_name, seats_taken_by,
};
use serde::Serialize;
use uuid::Uuid;

use super::Standing;
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    id: String,
    name: String,
    plan: Option<String>,
    billing_email: Option<String>,
    seats: Option<i32>,
    occupied_seats: Option<i64>,
    /// Confirmed members.
    user_count: Option<i64>,
    members: usize,
    invited: usize,
    needs_confirmation: usize,
    revoked: usize,
    groups: usize,
    collections: usize,
    policies_on: usize,
    synced_at: Option<String>,
    stale_reason: Option<&'static str>,
    /// Name of the provider whose client it is.
    provider: Option<String>,
    provider_id: Option<Uuid>,
    /// Whether the organization works; `null` where the profile does not say.
    enabled: Option<bool>,
}

impl Row for Summary {
    const COLUMNS: &'static [&'static str] = &[
        "Name",
        "Id",
        "Provider",
        "State",
        "Plan",
        "Billing e-mail",
        "Seats",
        "Occupied",
        "Members",
        "Invited",
        "Needs confirmation",
        "Revoked",
        "Groups",
        "Collections",
        "Policies on",
        "Synced",
        "Stale",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.id.clone(),
            output::or_dash(self.provider.as_ref()),
            output::or_dash(self.enabled.map(words::state)),
            output::or_dash(self.plan.as_ref()),
            output::or_dash(self.billing_email.as_ref()),
            output::or_dash(self.seats),
            output::or_dash(self.occupied_seats),
            self.members.to_string(),
            self.invited.to_string(),
            self.needs_confirmation.to_string(),
            self.revoked.to_string(),
            self.groups.to_string(),
            self.collections.to_string(),
            self.policies_on.to_string(),
            output::or_dash(self.synced_at.as_ref()),
            output::or_dash(self.stale_reason),
        ]
    }
}

/// What is known of an organization beside its structure.
pub(super) struct Place<'r> {
    pub(super) name: String,
    /// The provider's own figures; none for an organization that the person administers as a member.
    pub(super) row: Option<&'r ClientRow>,
    pub(super) freshness: Freshness,
}

pub(super) fn show(
    format: Format,
    place: Place<'_>,
    client: &ClientStructure,
    standing: &Standing,
) -> Result<(), Failure> {
    let Place { name, row, freshness } = place;
    let (organization, members) = (&client.organization, &client.members);
    let provider = row.and_then(|row| standing.provider(row.provider_organization_id));
    let PeopleCounts { all, invited, needs_confirmation, revoked } = people_counts(members);
    let own_plan = || organization.plan_type.display_name().map(plan_display);
    let confirmed = || members.iter().filter(|member| member.status == MemberStatus::CONFIRMED).count();
    let summary = Summary {
        id: organization.id.to_string(),
        name,
        plan: row.map_or_else(own_plan, |row| row.plan.clone()),
        billing_email: organization.billing_email.clone(),
        seats: row.map_or(organization.seats, |row| row.assigned),
        occupied_seats: row.map_or_else(|| Some(seats_taken_by(members)), |row| row.used.map(i64::from)),
        user_count: row.map_or_else(|| i64::try_from(confirmed()).ok(), |row| row.confirmed.map(i64::from)),
        members: all,
        invited,
        needs_confirmation,
        revoked,
        groups: client.groups.len(),
        collections: client.collections.len(),
        policies_on: client.policies.iter().filter(|policy| policy.enabled == Some(true)).count(),
        synced_at: freshness.read_at.map(words::date),
        stale_reason: freshness.stale.map(StaleReason::word),
        provider: provider.map(|(_, name)| name.clone()),
        provider_id: provider.map(|(id, _)| *id),
        enabled: standing.is_enabled(organization.id),
    };
    Ok(output::one(format, &summary)?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MemberRow {
    /// The organizationUserId.
    id: String,
    name: Option<String>,
    email: String,
    role: String,
    status: String,
    /// `null`: not told.
    two_factor_enabled: Option<bool>,
    /// Names.
    groups: Vec<String>,
    /// Names of the collections that are granted to the member directly.
    collections: Vec<String>,
}

impl Row for MemberRow {
    const COLUMNS: &'static [&'static str] =
        &["Name", "E-mail", "Role", "Status", "Two-step", "Groups", "Direct collections"];

    fn cells(&self) -> Vec<String> {
        vec![
            output::or_dash(self.name.as_ref()),
            self.email.clone(),
            self.role.clone(),
            self.status.clone(),
            output::or_dash(self.two_factor_enabled.map(output::yes_no)),
            output::joined(&self.groups),
            output::joined(&self.collections),
        ]
    }
}

pub(super) fn members(format: Format, client: &ClientStructure) -> Result<(), Failure> {
    let groups: HashMap<Uuid, &str> =
        client.groups.iter().map(|group| (group.id, group.name.as_str())).collect();
    let collections = collection_names(client);
    let mut rows: Vec<MemberRow> = client
        .members
        .iter()
        .map(|member| MemberRow {
            id: member.id.to_string(),
            name: member.name.clone(),
            email: member.email.clone(),
            role: words::role(member.role),
            status: words::status(member.status),
            two_factor_enabled: member.two_factor_enabled,
            groups: sorted(
                member.groups.iter().filter_map(|id| groups.get(id).map(|name| (*name).to_owned())),
            ),
            collections: sorted(
                member.collections.iter().filter_map(|grant| collections.get(&grant.id).cloned()),
            ),
        })
        .collect();
    rows.sort_by_cached_key(|row| portico_estate::SortName::new(&row.email));
    Ok(output::list(format, &rows)?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupRow {
    id: String,
    name: String,
    members: usize,
    collections: Vec<Reached>,
}

/// A collection that a group reaches, with the product's name for how.
#[derive(Serialize)]
struct Reached {
    name: Option<String>,
    permission: &'static str,
}

impl Row for GroupRow {
    const COLUMNS: &'static [&'static str] = &["Name", "Members", "Collections"];

    fn cells(&self) -> Vec<String> {
        let names: Vec<String> =
            self.collections.iter().map(|reached| or_unreadable(reached.name.as_ref())).collect();
        vec![self.name.clone(), self.members.to_string(), output::joined(&names)]
    }
}

pub(super) fn groups(format: Format, client: &ClientStructure) -> Result<(), Failure> {
    let access = Access::new(client);
    let mut rows: Vec<GroupRow> = client
        .groups
        .iter()
        .filter_map(|group| access.group(group.id))
        .map(|group| GroupRow {
            id: group.group.id.to_string(),
            name: group.group.name.clone(),
            members: group.size(),
            collections: reached(&group.collections),
        })
        .collect();
    rows.sort_by_cached_key(|row| portico_estate::SortName::new(&row.name));
    Ok(output::list(format, &rows)?)
}

/// By name; those whose name does not open come last.
fn reached(collections: &[(&Collection, Permission)]) -> Vec<Reached> {
    let mut reached: Vec<Reached> = collections
        .iter()
        .map(|(collection, permission)| Reached {
            name: collection.shown_name().text().map(str::to_owned),
            permission: words::permission(*permission),
        })
        .collect();
    reached.sort_by_cached_key(|one| {
        (one.name.is_none(), one.name.as_deref().map(portico_estate::SortName::new))
    });
    reached
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CollectionRow {
    id: String,
    /// `null` when the name does not open.
    name: Option<String>,
    /// Groups that reach it, by name.
    groups: Vec<String>,
    /// How many confirmed members reach it in one way or another.
    members: usize,
    external_id: Option<String>,
}

impl Row for CollectionRow {
    const COLUMNS: &'static [&'static str] = &["Name", "Members", "Groups"];

    fn cells(&self) -> Vec<String> {
        vec![or_unreadable(self.name.as_ref()), self.members.to_string(), output::joined(&self.groups)]
    }
}

pub(super) fn collections(format: Format, client: &ClientStructure) -> Result<(), Failure> {
    let mut rows: Vec<CollectionRow> = Access::new(client)
        .reach()
        .into_iter()
        .map(|reach| CollectionRow {
            id: reach.collection.id.to_string(),
            name: reach.collection.shown_name().text().map(str::to_owned),
            groups: sorted(reach.groups.iter().map(|group| group.name.clone())),
            members: reach.members,
            external_id: reach.collection.external_id.clone(),
        })
        .collect();
    rows.sort_by_cached_key(|row| {
        (row.name.is_none(), row.name.as_deref().map(portico_estate::SortName::new))
    });
    Ok(output::list(format, &rows)?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PolicyRow<'c> {
    /// The number on the wire.
    #[serde(rename = "type")]
    kind: i32,
    /// `null` for a policy of a later server.
    name: Option<&'static str>,
    /// `null`: not told.
    enabled: Option<bool>,
    data: Option<&'c serde_json::Value>,
}

impl Row for PolicyRow<'_> {
    const COLUMNS: &'static [&'static str] = &["Policy", "On"];

    fn cells(&self) -> Vec<String> {
        let name = self.name.map_or_else(|| format!("Policy {}", self.kind), str::to_owned);
        vec![name, output::or_dash(self.enabled.map(output::yes_no))]
    }
}

pub(super) fn policies(format: Format, client: &ClientStructure) -> Result<(), Failure> {
    let rows: Vec<PolicyRow> = policy_lines(&client.policies)
        .into_iter()
        .map(|line| PolicyRow {
            kind: line.kind.0,
            name: policy_name(line.kind),
            enabled: line.is_on,
            data: line.data,
        })
        .collect();
    Ok(output::list(format, &rows)?)
}

/// Names by id; a name that does not open is said as such.
fn collection_names(client: &ClientStructure) -> HashMap<Uuid, String> {
    let shown = |collection: &Collection| match collection.shown_name() {
        OpenedName::Text(name) => name,
        OpenedName::Unreadable => or_unreadable(None),
    };
    client.collections.iter().map(|collection| (collection.id, shown(collection))).collect()
}

pub(super) fn or_unreadable(name: Option<&String>) -> String {
    name.cloned().unwrap_or_else(|| "(unreadable)".to_owned())
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_by_cached_key(|name| portico_estate::SortName::new(name));
    names
}
