//! What the demo's provider was billed for in the months before: each client as far as it was one by then.

use portico_protocol::organization::PlanType;
use portico_service::bulk::{BulkInvoice, BulkInvoiceItem};
use portico_service::provider_seat_price;
use time::{Date, Duration, OffsetDateTime, Time};

use crate::plan::{Organization, Plan, PlanKind};

/// How many months tell of themselves.
const MONTHS: usize = 6;

/// Oldest first; the last one is not due yet, and open.
pub(crate) fn of_past_months(plan: &Plan, minimums: [(PlanKind, i64); 2]) -> Vec<BulkInvoice> {
    let mut dates = Vec::with_capacity(MONTHS);
    let mut date = first_of_month(plan.now);
    for _ in 0..MONTHS {
        dates.push(date);
        date = first_of_month(date - Duration::days(1));
    }
    dates
        .into_iter()
        .rev()
        .map(|date| {
            let due = date + Duration::days(30);
            BulkInvoice {
                provider_id: plan.provider_id,
                date,
                due: Some(due),
                status: if due > plan.now { "open" } else { "paid" }.to_owned(),
                items: items_at(plan, date, minimums),
            }
        })
        .collect()
}

fn items_at(plan: &Plan, date: OffsetDateTime, minimums: [(PlanKind, i64); 2]) -> Vec<BulkInvoiceItem> {
    let mut clients: Vec<&Organization> = plan.clients.iter().filter(|one| one.created < date).collect();
    clients.sort_by(|a, b| a.name.cmp(&b.name));
    let mut items: Vec<BulkInvoiceItem> = clients
        .iter()
        .map(|client| {
            let here = |member: &&crate::plan::Member| member.status.takes_seat() && member.since < date;
            let used = client.members.iter().filter(here).count() as i64;
            BulkInvoiceItem {
                client_id: Some(client.id),
                client_name: client.name.clone(),
                used,
                ..line(client.plan, i64::from(client.seats))
            }
        })
        .collect();
    for (kind, minimum) in minimums {
        let of_kind = clients.iter().filter(|client| client.plan == kind);
        let unassigned = minimum - of_kind.map(|client| i64::from(client.seats)).sum::<i64>();
        if unassigned > 0 {
            items.push(BulkInvoiceItem {
                client_name: "Unassigned seats".to_owned(),
                ..line(kind, unassigned)
            });
        }
    }
    items
}

fn line(kind: PlanKind, seats: i64) -> BulkInvoiceItem {
    let plan = match kind {
        PlanKind::Teams => PlanType::TEAMS_MONTHLY,
        PlanKind::Enterprise => PlanType::ENTERPRISE_MONTHLY,
    };
    BulkInvoiceItem {
        client_id: None,
        client_name: String::new(),
        plan_name: plan.display_name().unwrap_or_default().to_owned(),
        assigned: seats,
        used: 0,
        total: seats * provider_seat_price(plan),
    }
}

fn first_of_month(date: OffsetDateTime) -> OffsetDateTime {
    // Every month has a first day.
    let first = Date::from_calendar_date(date.year(), date.month(), 1).unwrap_or(date.date());
    first.with_time(Time::MIDNIGHT).assume_utc()
}
