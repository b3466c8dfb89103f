//! What a provider pays for, and what a number of seats would mean for it.

use portico_client::{
    PlanType, ProviderInvoice, ProviderPlanResponse, ProviderResponse, ProviderSubscriptionResponse,
};
use portico_estate::{SeatChange as Change, SeatPool, SeatRefusal as Refusal, plan_display};
use portico_profile::{Billing as Kept, Dated};
use time::OffsetDateTime;

use super::date;
use crate::dto::{
    client_actions::{ClientPlan, SeatAnswer, SeatChange, SeatRefusal},
    provider::{
        Billing, BillingWarnings, Invoice, InvoiceStatus, Invoices, PlanLine, ProviderSettings, Resolution,
        Subscription, SubscriptionStatus, Suspension, TaxIdWarning,
    },
};

/// Everything that was read of a bill.
pub fn billing(kept: &Kept) -> Billing {
    Billing {
        subscription: kept.subscription.as_ref().map(subscription),
        invoices: kept.invoices.as_ref().map(|dated| Invoices {
            read_at: date(dated.read_at),
            rows: dated.value.iter().map(|one| invoice(one, dated.read_at)).collect(),
        }),
        warnings: kept.warnings.as_ref().map(|dated| BillingWarnings {
            read_at: date(dated.read_at),
            resolution: dated.value.suspension.as_ref().map(|warning| match warning.resolution.as_str() {
                "add_payment_method" => Resolution::AddPaymentMethod,
                "contact_administrator" => Resolution::ContactAdministrator,
                // Whatever a later server says: its staff know.
                _ => Resolution::ContactSupport,
            }),
            cancels_at: dated
                .value
                .suspension
                .as_ref()
                .and_then(|warning| moment(warning.subscription_cancels_at.as_ref())),
            tax_id: dated.value.tax_id.as_ref().and_then(|warning| match warning.kind.as_str() {
                "tax_id_missing" => Some(TaxIdWarning::Missing),
                "tax_id_pending_verification" => Some(TaxIdWarning::PendingVerification),
                "tax_id_failed_verification" => Some(TaxIdWarning::FailedVerification),
                _ => None,
            }),
        }),
    }
}

/// Of one seat, after the discount, and whether it is for a year.
pub fn price(
    plan: &ProviderPlanResponse,
    subscription: &ProviderSubscriptionResponse,
) -> (Option<f64>, bool) {
    let seats = i64::from(plan.seat_minimum) + i64::from(plan.purchased_seats);
    let unit = (seats > 0).then(|| discounted(dollars(&plan.cost), subscription) / seats as f64);
    (unit, is_yearly(plan))
}

/// Seats that are paid for, over all plans, whether or not a client has them.
pub fn seats_paid_for(subscription: &ProviderSubscriptionResponse) -> u32 {
    seats(
        subscription
            .plans
            .iter()
            .map(portico_client::seat_pool)
            .map(|pool| pool.minimum + pool.purchased)
            .sum(),
    )
}

/// The answer to what a number of seats would mean.
pub fn seat_answer(
    checked: Result<Option<Change>, Refusal>,
    pool: SeatPool,
    price: Option<(Option<f64>, bool)>,
    read_at: Option<OffsetDateTime>,
) -> SeatAnswer {
    let (unit_price, yearly) = price.unwrap_or_default();
    match checked {
        Ok(change) => SeatAnswer {
            change: change.map(|change| SeatChange {
                unassigned: seats(pool.unassigned()),
                unassigned_after: seats(change.unassigned),
                bought: seats(change.bought),
                given_back: seats(change.given_back),
                unit_price,
                yearly,
                read_at: read_at.and_then(date),
            }),
            refusal: None,
        },
        Err(refusal) => SeatAnswer {
            change: None,
            refusal: Some(match refusal {
                Refusal::None => SeatRefusal::TooFew,
                Refusal::BelowOccupied { occupied } => {
                    SeatRefusal::BelowOccupied { occupied: seats(occupied) }
                }
                Refusal::NotUnassigned { unassigned } => {
                    SeatRefusal::NotUnassigned { unassigned: seats(unassigned) }
                }
            }),
        },
    }
}

/// What can be changed of the provider itself.
pub fn settings(provider: &ProviderResponse) -> ProviderSettings {
    ProviderSettings {
        name: provider.name.clone(),
        business_name: provider.business_name.clone().unwrap_or_default(),
        billing_email: provider.billing_email.clone().unwrap_or_default(),
    }
}

fn subscription(dated: &Dated<ProviderSubscriptionResponse>) -> Subscription {
    let Dated { value, read_at } = dated;
    // A plan that nothing is paid for is not listed (ui.md (b), "Billing"), unless clients are on it.
    let listed = |plan: &&ProviderPlanResponse| {
        plan.purchased_seats > 0 || plan.seat_minimum > 0 || plan.assigned_seats > 0
    };
    let plans: Vec<PlanLine> = value.plans.iter().filter(listed).map(|plan| line(plan, value)).collect();
    let one_period = plans.iter().all(|plan| plan.yearly) || plans.iter().all(|plan| !plan.yearly);
    Subscription {
        read_at: date(*read_at),
        status: match value.status.as_str() {
            "active" => SubscriptionStatus::Active,
            "trialing" => SubscriptionStatus::Trialing,
            "past_due" => SubscriptionStatus::PastDue,
            "unpaid" => SubscriptionStatus::Unpaid,
            "canceled" => SubscriptionStatus::Canceled,
            _ => SubscriptionStatus::Other,
        },
        period_end: moment(value.current_period_end_date.as_ref()),
        discount: percent(value),
        by_invoice: value.collection_method == "send_invoice",
        total: one_period.then(|| plans.iter().map(|plan| plan.cost).sum()),
        plans,
        credit: dollars(&value.account_credit),
        cancels_at: moment(value.cancel_at.as_ref()),
        suspension: value.suspension.as_ref().map(|suspension| Suspension {
            suspended_at: moment(suspension.suspension_date.as_ref()),
            unpaid_period_end: moment(suspension.unpaid_period_end_date.as_ref()),
            grace_days: u32::try_from(suspension.grace_period).ok(),
        }),
        payment_source: value.payment_source.as_ref().and_then(|source| source.description.clone()),
    }
}

fn line(plan: &ProviderPlanResponse, subscription: &ProviderSubscriptionResponse) -> PlanLine {
    let pool = portico_client::seat_pool(plan);
    PlanLine {
        name: plan_display(&plan.plan_name),
        plan: match plan.kind {
            PlanType::TEAMS_MONTHLY => Some(ClientPlan::TeamsMonthly),
            PlanType::ENTERPRISE_MONTHLY => Some(ClientPlan::EnterpriseMonthly),
            PlanType::ENTERPRISE_ANNUALLY => Some(ClientPlan::EnterpriseAnnually),
            _ => None,
        },
        yearly: is_yearly(plan),
        minimum: seats(pool.minimum),
        purchased: seats(pool.purchased),
        assigned: seats(pool.assigned),
        unassigned: seats(pool.unassigned()),
        unit_price: price(plan, subscription).0,
        cost: discounted(dollars(&plan.cost), subscription),
    }
}

fn invoice(invoice: &ProviderInvoice, read_at: OffsetDateTime) -> Invoice {
    let due = invoice.due_date.as_ref().and_then(|due| due.parse().ok());
    Invoice {
        id: invoice.id.clone(),
        number: invoice.number.clone().unwrap_or_default(),
        date: moment(invoice.date.as_ref()),
        due: due.and_then(date),
        total: dollars(&invoice.total),
        status: match invoice.status.as_deref() {
            Some("open") if due.is_some_and(|due| due < read_at) => InvoiceStatus::PastDue,
            Some("open") => InvoiceStatus::Open,
            Some("paid") => InvoiceStatus::Paid,
            Some("uncollectible") => InvoiceStatus::Uncollectible,
            _ => InvoiceStatus::Other,
        },
    }
}

fn is_yearly(plan: &ProviderPlanResponse) -> bool {
    plan.cadence == "Annual"
}

fn dollars(amount: &portico_client::Decimal) -> f64 {
    amount.hundredths().map_or(0.0, |cents| cents as f64 / 100.0)
}

/// More than everything, or less than nothing, is no discount.
fn percent(subscription: &ProviderSubscriptionResponse) -> Option<f64> {
    let percent = subscription.discount_percentage.as_ref().map(dollars)?;
    (percent > 0.0 && percent <= 100.0).then_some(percent)
}

fn discounted(amount: f64, subscription: &ProviderSubscriptionResponse) -> f64 {
    amount * (1.0 - percent(subscription).unwrap_or_default() / 100.0)
}

fn moment(date: Option<&portico_client::Date>) -> Option<String> {
    super::date(date?.parse().ok()?)
}

fn seats(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}
