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

/// Seats that are paid for, over all plans, whether or not a client has them: "of N bought" above the clients.
pub fn seats_paid_for(subscription: &ProviderSubscriptionResponse) -> u32 {
    seats(subscription.plans.iter().map(|plan| portico_client::seat_pool(plan).paid_for()).sum())
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    const READ_AT: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

    /// As a server sends it.
    fn wire<T: serde::de::DeserializeOwned>(json: Value) -> T {
        serde_json::from_value(json).unwrap_or_else(|error| panic!("{error}"))
    }

    fn dated<T>(value: T) -> Option<Dated<T>> {
        Some(Dated { value, read_at: READ_AT })
    }

    fn plans() -> Value {
        json!([
            {"planName": "Teams (Monthly)", "type": 17, "seatMinimum": 100, "purchasedSeats": 20, "assignedSeats": 90,
             "cost": 480.0, "cadence": "Monthly"},
            {"planName": "Enterprise (Monthly)", "type": 19, "seatMinimum": 0, "purchasedSeats": 0, "assignedSeats": 0,
             "cost": 0, "cadence": "Monthly"},
            {"planName": "Enterprise (Annually)", "type": 20, "seatMinimum": 0, "purchasedSeats": 10, "assignedSeats": 12,
             "cost": 720, "cadence": "Annual"},
        ])
    }

    fn subscription_of(more: Value) -> ProviderSubscriptionResponse {
        let mut subscription = json!({"status": "active", "plans": plans()});
        if let (Some(all), Value::Object(more)) = (subscription.as_object_mut(), more) {
            all.extend(more);
        }
        wire(subscription)
    }

    fn shown(more: Value) -> Subscription {
        let kept = Kept { subscription: dated(subscription_of(more)), ..Kept::default() };
        billing(&kept).subscription.unwrap_or_else(|| panic!("a subscription"))
    }

    #[test]
    fn plans_are_listed_that_something_is_paid_for_with_a_discount_taken_off() {
        let subscription = shown(
            json!({"discountPercentage": 25, "collectionMethod": "send_invoice", "accountCredit": 12.5}),
        );
        let lines: Vec<_> = subscription
            .plans
            .iter()
            .map(|line| {
                (line.name.as_str(), line.minimum, line.purchased, line.assigned, line.unassigned, line.cost)
            })
            .collect();
        assert_eq!(
            lines,
            [("Teams", 100, 20, 90, 30, 360.0), ("Enterprise (Annually)", 0, 10, 12, 0, 540.0)],
            "nothing is paid for the third, and nobody is on it"
        );
        let prices: Vec<_> = subscription.plans.iter().map(|line| (line.unit_price, line.yearly)).collect();
        assert_eq!(prices, [(Some(3.0), false), (Some(54.0), true)]);
        assert_eq!(subscription.total, None, "a month and a year are no sum");
        assert_eq!(
            (subscription.discount, subscription.by_invoice, subscription.credit),
            (Some(25.0), true, 12.5)
        );
        assert_eq!(subscription.read_at.as_deref(), Some("2026-11-23T12:00:00Z"));
    }

    #[test]
    fn a_discount_beyond_reason_is_none() {
        for discount in [json!(0), json!(-5), json!(101), json!(null)] {
            let subscription = shown(json!({"discountPercentage": discount}));
            assert_eq!(subscription.discount, None, "{discount}");
            assert_eq!(subscription.plans.first().map(|line| line.cost), Some(480.0), "{discount}");
        }
    }

    #[test]
    fn every_state_of_a_subscription_has_its_word() {
        for (status, expected) in [
            ("active", SubscriptionStatus::Active),
            ("trialing", SubscriptionStatus::Trialing),
            ("past_due", SubscriptionStatus::PastDue),
            ("unpaid", SubscriptionStatus::Unpaid),
            ("canceled", SubscriptionStatus::Canceled),
            ("of_tomorrow", SubscriptionStatus::Other),
        ] {
            assert_eq!(shown(json!({"status": status})).status, expected, "{status}");
        }
    }

    #[test]
    fn seats_are_paid_for_over_all_plans() {
        assert_eq!(seats_paid_for(&subscription_of(json!({}))), 130);
        assert_eq!(seats_paid_for(&subscription_of(json!({"plans": []}))), 0);
        let hostile = json!({"plans": [
            {"seatMinimum": i32::MAX, "purchasedSeats": i32::MAX}, {"seatMinimum": i32::MAX, "purchasedSeats": i32::MAX},
        ]});
        assert_eq!(seats_paid_for(&subscription_of(hostile)), u32::MAX);
        assert_eq!(seats_paid_for(&subscription_of(json!({"plans": [{"seatMinimum": -7}]}))), 0);
    }

    #[test]
    fn an_open_invoice_is_past_due_by_the_day_on_which_it_was_read() {
        use InvoiceStatus::{Open, Other, Paid, PastDue, Uncollectible};
        let invoices: Vec<ProviderInvoice> = wire(json!([
            {"id": "a", "status": "open", "dueDate": "2026-11-23T11:59:00Z", "total": 10.05, "number": "N-1"},
            {"id": "b", "status": "open", "dueDate": "2026-11-23T12:01:00Z"},
            {"id": "c", "status": "open"},
            {"id": "d", "status": "paid", "dueDate": "2020-01-01T00:00:00Z"},
            {"id": "e", "status": "uncollectible"},
            {"id": "f", "status": "void"},
            {"id": "g"},
        ]));
        let kept = Kept { invoices: dated(invoices), ..Kept::default() };
        let shown = billing(&kept).invoices.unwrap_or_else(|| panic!("invoices"));
        let states: Vec<InvoiceStatus> = shown.rows.iter().map(|invoice| invoice.status).collect();
        assert_eq!(states, [PastDue, Open, Open, Paid, Uncollectible, Other, Other]);
        assert_eq!(shown.rows.first().map(|one| (one.number.as_str(), one.total)), Some(("N-1", 10.05)));
    }

    #[test]
    fn a_warning_of_a_later_server_leads_to_its_staff() {
        for (said, expected) in [
            ("add_payment_method", Resolution::AddPaymentMethod),
            ("contact_administrator", Resolution::ContactAdministrator),
            ("contact_support", Resolution::ContactSupport),
            ("dance", Resolution::ContactSupport),
        ] {
            let warnings =
                wire(json!({"suspension": {"resolution": said}, "taxId": {"type": "tax_id_of_tomorrow"}}));
            let kept = Kept { warnings: dated(warnings), ..Kept::default() };
            let shown = billing(&kept).warnings.unwrap_or_else(|| panic!("warnings"));
            assert_eq!((shown.resolution, shown.tax_id), (Some(expected), None), "{said}");
        }
    }

    #[test]
    fn what_was_never_read_is_nothing() {
        let shown = billing(&Kept::default());
        assert!(shown.subscription.is_none() && shown.invoices.is_none() && shown.warnings.is_none());
    }

    #[test]
    fn a_number_of_seats_is_answered_with_what_it_means_or_why_not() {
        let pool = SeatPool { minimum: 100, purchased: 0, assigned: 90 };
        let change = Change { assigned: 110, unassigned: 0, bought: 10, given_back: 0 };
        let answer = seat_answer(Ok(Some(change)), pool, Some((Some(3.0), true)), Some(READ_AT));
        let change = answer.change.unwrap_or_else(|| panic!("a change"));
        assert_eq!((change.unassigned, change.unassigned_after, change.bought), (10, 0, 10));
        assert_eq!((change.unit_price, change.yearly), (Some(3.0), true));
        assert_eq!(answer.refusal, None);

        let unknown = seat_answer(Ok(None), SeatPool::default(), None, None);
        assert_eq!((unknown.change, unknown.refusal), (None, None), "the server decides");

        for (refusal, expected) in [
            (Refusal::None, SeatRefusal::TooFew),
            (Refusal::BelowOccupied { occupied: 7 }, SeatRefusal::BelowOccupied { occupied: 7 }),
            (Refusal::NotUnassigned { unassigned: -3 }, SeatRefusal::NotUnassigned { unassigned: 0 }),
        ] {
            let answer = seat_answer(Err(refusal), pool, None, None);
            assert_eq!((answer.change, answer.refusal), (None, Some(expected)));
        }
    }
}
