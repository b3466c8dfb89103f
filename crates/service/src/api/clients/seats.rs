//! The seats of a provider, plan by plan (protocol.md §5.8, "Seat arithmetic"). Nothing is kept of them but the minimum:
//! what is assigned is the sum over the clients, and what is purchased follows from it.

use portico_protocol::organization::{OrganizationStatus, PlanType};
use portico_protocol::provider::{ProviderStatus, ProviderType};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::error::ApiError;

/// A provider whose clients' seats are billed together.
pub(super) struct Billable {
    pub(super) kind: ProviderType,
    pub(super) billing_email: String,
}

impl Billable {
    /// # Errors
    /// 404 where there is none, 401 where it is not billable (protocol.md §5.1, §5.8).
    pub(super) fn find(connection: &Connection, provider: Uuid) -> Result<Billable, ApiError> {
        let found: Option<(i32, i32, String)> = connection
            .prepare_cached("SELECT type, status, billing_email FROM providers WHERE id = ?")?
            .query_row([provider], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let (kind, status, billing_email) = found.ok_or(ApiError::NotFound)?;
        if !is_billable(ProviderType(kind), ProviderStatus(status)) {
            return Err(ApiError::Unauthorized);
        }
        Ok(Billable { kind: ProviderType(kind), billing_email })
    }
}

/// protocol.md §5.1.
pub(in crate::api) fn is_billable(kind: ProviderType, status: ProviderStatus) -> bool {
    matches!(kind, ProviderType::MSP | ProviderType::BUSINESS_UNIT) && status == ProviderStatus::BILLABLE
}

/// One plan of a provider.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct PlanSeats {
    pub(in crate::api) plan: PlanType,
    /// Paid for, used or not.
    pub(in crate::api) minimum: i64,
    /// By the provider's clients that it pays for.
    pub(in crate::api) assigned: i64,
}

impl PlanSeats {
    /// Beyond the minimum.
    pub(in crate::api) fn purchased(self) -> i64 {
        (self.assigned - self.minimum).max(0)
    }

    /// Whether `more` seats (fewer when negative) would have to be bought.
    pub(super) fn needs_purchase(self, more: i64) -> bool {
        let after = self.assigned + more;
        after > self.minimum && after > self.assigned
    }
}

/// Every plan of `provider`.
pub(in crate::api) fn plans_of(
    connection: &Connection,
    provider: Uuid,
) -> Result<Vec<PlanSeats>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT p.plan_type, p.seat_minimum,
                 (SELECT coalesce(sum(o.seats), 0) FROM provider_organizations l
                  JOIN organizations o ON o.id = l.organization_id
                  WHERE l.provider_id = p.provider_id AND o.plan_type = p.plan_type AND o.status = ?2)
             FROM provider_plans p WHERE p.provider_id = ?1 ORDER BY p.plan_type",
        )?
        .query_map((provider, OrganizationStatus::MANAGED.0), |row| {
            Ok(PlanSeats { plan: PlanType(row.get(0)?), minimum: row.get(1)?, assigned: row.get(2)? })
        })?
        .collect()
}

/// # Errors
/// 500 where the provider does not have the plan (protocol.md §5.8).
pub(super) fn plan_of(
    connection: &Connection,
    provider: Uuid,
    plan: PlanType,
) -> Result<PlanSeats, ApiError> {
    let found = plans_of(connection, provider)?.into_iter().find(|one| one.plan == plan);
    found.ok_or(ApiError::Billing("the provider does not have the plan"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_purchased_beyond_the_minimum_only() {
        let plan = |minimum, assigned| PlanSeats { plan: PlanType::TEAMS_MONTHLY, minimum, assigned };
        // (minimum, assigned, change) → (a purchase?, purchased after it): protocol.md §5.8 with numbers put in.
        for (minimum, assigned, more, purchase, purchased) in [
            (10, 0, 5, false, 0),
            (10, 0, 10, false, 0),
            (10, 0, 11, true, 1),
            (10, 10, 1, true, 1),
            (10, 12, 1, true, 3),
            (10, 12, -1, false, 1),
            (10, 12, -5, false, 0),
            (10, 12, 0, false, 2),
            (0, 0, 1, true, 1),
            (10, 4, -4, false, 0),
        ] {
            let before = plan(minimum, assigned);
            assert_eq!(before.needs_purchase(more), purchase, "{minimum} {assigned} {more}");
            assert_eq!(plan(minimum, assigned + more).purchased(), purchased, "{minimum} {assigned} {more}");
        }
    }
}
