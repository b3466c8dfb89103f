//! The head over a client's pages.

use portico_estate::{PolicyType, plan_display};
use portico_profile::read_round;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    dto::{
        client::{ClientHead, Coverage, MemberCounts},
        error::{AppError, ErrorCode},
    },
    failure::Answer,
    shell::Open,
    views::{clients, count, tags},
};

/// The head stands even where the client was never read: name, seats and plan come from the provider's own list.
pub fn head(open: &Open, organization: Uuid) -> Answer<ClientHead> {
    let picture = open.unlocked.picture();
    let own = picture.organizations()?.into_iter().find(|one| one.id == organization);
    let provider = picture.providers()?.iter().find_map(|provider| {
        Some((provider, provider.rows.iter().find(|row| row.organization_id == organization)?))
    });
    let structure = open.client(organization)?;
    let freshness = picture.freshness(organization);
    let facts = structure.as_deref();
    let name = facts
        .map(|client| client.organization.name.clone())
        .or_else(|| provider.map(|(_, row)| row.name.clone()))
        .or_else(|| own.as_ref().map(|own| own.name.clone()));
    let nobody = Coverage { on: 0, of: 0 };
    Ok(ClientHead {
        organization_id: organization.to_string(),
        name: name.ok_or(AppError::of(ErrorCode::NotFound))?,
        plan: provider
            .and_then(|(_, row)| row.plan.clone())
            .or_else(|| {
                let plan = facts?.organization.plan_type.display_name()?;
                Some(plan_display(plan))
            })
            .unwrap_or_default(),
        enabled: own.as_ref().is_none_or(|own| own.enabled),
        through_provider: provider.map(|(provider, _)| provider.provider.name.clone()),
        provider_id: provider.map(|(provider, _)| provider.provider.id.to_string()),
        is_member: own.as_ref().is_some_and(|own| own.is_member),
        read_at: super::read_at(freshness.read_at),
        stale: clients::stale(&freshness, OffsetDateTime::now_utc()),
        pinned: read_round(open.unlocked.pinned())?.0.contains(&organization),
        tags: tags::readable(open)?.0.of(organization).map(str::to_owned).collect(),
        uses_groups: facts.is_none_or(|client| client.organization.use_groups),
        uses_policies: facts.is_none_or(|client| client.organization.use_policies),
        seats: provider
            .and_then(|(_, row)| row.assigned)
            .or_else(|| facts?.organization.seats)
            .and_then(|seats| u32::try_from(seats).ok()),
        occupied_seats: provider.and_then(|(_, row)| u32::try_from(row.used?).ok()),
        members: facts.map_or(
            MemberCounts { all: 0, invited: 0, needs_confirmation: 0, revoked: 0 },
            super::member_counts,
        ),
        groups: count(facts.map_or(0, |client| client.groups.len())),
        collections: count(facts.map_or(0, |client| client.collections.len())),
        policies_on: count(facts.map_or(0, |client| {
            client.policies.iter().filter(|policy| policy.enabled == Some(true)).count()
        })),
        policies_known: count(facts.map_or(0, |client| {
            client.policies.iter().filter(|policy| policy.kind <= PolicyType(22)).count()
        })),
        two_step: facts.map_or(nobody, |client| {
            super::coverage(client, |member| member.two_factor_enabled == Some(true))
        }),
        recovery: facts
            .map_or(nobody, |client| super::coverage(client, |member| member.reset_password_enrolled)),
        owners: facts.map(super::owners).unwrap_or_default(),
        billing_email: facts.and_then(|client| client.organization.billing_email.clone()),
        business_name: facts.and_then(|client| client.organization.business_name.clone()),
    })
}
