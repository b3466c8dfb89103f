//! The plans (protocol.md §4.7, "Plan object"). This server takes no payments: its prices are made up, so that figures
//! add up.

use axum::Json;
use portico_protocol::ListResponse;
use portico_protocol::organization::{PlanType, ProductTier};
use serde_json::{Value, json};

use super::billing::provider_seat_price;
use super::plan::features;

/// `GET /plans`: every plan there ever was; the old ones are disabled.
pub(crate) async fn list() -> Json<ListResponse<Value>> {
    let plans = (0..).map(PlanType).take_while(|plan| plan.known_name().is_some());
    Json(ListResponse::complete(plans.map(plan).collect()))
}

/// The plan as clients read it, which offers nothing that organizations here do without (`set_features!`).
pub(super) fn plan(plan: PlanType) -> Value {
    let features = features(plan);
    let order = [
        ProductTier::FREE,
        ProductTier::FAMILIES,
        ProductTier::TEAMS_STARTER,
        ProductTier::TEAMS,
        ProductTier::ENTERPRISE,
    ];
    let order = order.iter().position(|tier| *tier == features.tier);
    let key = match features.tier {
        ProductTier::FREE => "planNameFree",
        ProductTier::FAMILIES => "planNameFamilies",
        ProductTier::TEAMS => "planNameTeams",
        ProductTier::TEAMS_STARTER => "planNameTeamsStarter",
        _ => "planNameEnterprise",
    };
    json!({
        "object": "plan",
        "type": plan,
        "productTier": features.tier,
        "name": plan.display_name(),
        "isAnnual": is_annual(plan),
        "nameLocalizationKey": key,
        "descriptionLocalizationKey": key.replace("planName", "planDesc"),
        "canBeUsedByBusiness": features.teams,
        "trialPeriodDays": if features.paid { Some(7) } else { None },
        "hasSelfHost": false,
        "hasPolicies": features.enterprise,
        "hasGroups": features.teams,
        "hasDirectory": false,
        "hasEvents": features.teams,
        "hasTotp": features.paid,
        "has2fa": false,
        "hasApi": false,
        "hasSso": false,
        "hasOrganizationDomains": false,
        "hasInviteLinks": false,
        "hasMyItems": features.enterprise,
        "hasResetPassword": features.enterprise,
        "usersGetPremium": features.paid,
        "upgradeSortOrder": order,
        "displaySortOrder": order,
        "legacyYear": legacy_year(plan),
        "disabled": !is_offered(plan),
        "secretsManager": null,
        "passwordManager": password_manager(plan),
    })
}

fn password_manager(plan: PlanType) -> Value {
    let offer = offer(plan);
    json!({
        "stripePlanId": null,
        "stripeSeatPlanId": null,
        "stripeProviderPortalSeatPlanId": null,
        "stripeStoragePlanId": null,
        "basePrice": offer.base_price,
        "seatPrice": offer.seat_price,
        "providerPortalSeatPrice": provider_seat_price(plan) as f64 / 100.0,
        "baseSeats": offer.base_seats,
        "hasPremiumAccessOption": false,
        "premiumAccessOptionPrice": 0,
        "stripePremiumAccessPlanId": null,
        "maxSeats": offer.most_seats,
        "hasAdditionalSeatsOption": offer.has_more_seats(),
        "maxAdditionalSeats": null,
        "maxCollections": offer.most_collections,
        "baseStorageGb": offer.storage_gb,
        "hasAdditionalStorageOption": false,
        "additionalStoragePricePerGb": 0,
        "maxAdditionalStorage": null,
        "allowSeatAutoscale": offer.has_more_seats(),
    })
}

/// What somebody gets who takes a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    /// For each period, as the prices below.
    pub(super) base_price: f64,
    pub(super) seat_price: f64,
    pub(super) base_seats: i32,
    pub(super) most_seats: Option<i32>,
    pub(super) most_collections: Option<i32>,
    pub(super) storage_gb: Option<i32>,
}

impl Offer {
    /// Whether seats can be bought beyond the base.
    pub(super) fn has_more_seats(&self) -> bool {
        self.seat_price > 0.0
    }
}

pub(super) fn offer(plan: PlanType) -> Offer {
    let months = if is_annual(plan) { 12.0 } else { 1.0 };
    let offer = |base_price, seat_price, base_seats, most_seats| Offer {
        base_price,
        seat_price,
        base_seats,
        most_seats,
        most_collections: None,
        storage_gb: Some(1),
    };
    match features(plan).tier {
        ProductTier::FREE => {
            Offer { most_collections: Some(2), storage_gb: None, ..offer(0.0, 0.0, 2, Some(2)) }
        }
        ProductTier::FAMILIES => offer(48.0, 0.0, 6, Some(6)),
        ProductTier::TEAMS_STARTER => offer(20.0, 0.0, 10, Some(10)),
        ProductTier::TEAMS => offer(0.0, 4.0 * months, 0, None),
        _ => offer(0.0, 6.0 * months, 0, None),
    }
}

/// Whether new organizations can take the plan.
pub(super) fn is_offered(plan: PlanType) -> bool {
    matches!(
        plan,
        PlanType::FREE
            | PlanType::FAMILIES
            | PlanType::TEAMS_MONTHLY
            | PlanType::TEAMS_ANNUALLY
            | PlanType::ENTERPRISE_MONTHLY
            | PlanType::ENTERPRISE_ANNUALLY
    )
}

pub(super) fn is_annual(plan: PlanType) -> bool {
    plan.known_name().is_some_and(|name| name.contains("ANNUALLY") || name.contains("FAMILIES"))
}

fn legacy_year(plan: PlanType) -> Option<i32> {
    plan.known_name()?.rsplit_once('_')?.1.parse().ok()
}
