//! Invoices (protocol.md §5.9): one for each calendar month that has passed, with the seats as they are when it is
//! written. They are written when somebody asks for them: a server that is not running bills nobody.

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::{OrganizationStatus, PlanType};
use portico_protocol::provider::billing::{Decimal, ProviderInvoice, ProviderInvoicesResponse};
use rusqlite::Connection;
use time::{Date, OffsetDateTime, Time};
use uuid::Uuid;

use super::{Billed, provider_seat_price};
use crate::api::clients::plans_of;
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::bulk::{BulkInvoice, BulkInvoiceItem};
use crate::error::ApiError;
use crate::moment::Moment;

/// A server that slept for years writes no more than this many at once.
const MOST_AT_ONCE: usize = 12;
/// Seconds until an invoice is due.
const DUE: i64 = 30 * 86_400;

/// Newest first; no list object.
pub(crate) async fn invoices(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ProviderInvoicesResponse>, ApiError> {
    app.store
        .write(move |transaction| {
            let billed = Billed::find(transaction, access.provider)?;
            write_due(transaction, access.provider, &billed, Moment::now())?;
            let invoices = transaction
                .prepare_cached(
                    "SELECT id, date, number, total, status, due FROM invoices WHERE provider_id = ?
                     ORDER BY date DESC, number DESC",
                )?
                .query_map([access.provider], |row| {
                    Ok(ProviderInvoice {
                        id: row.get(0)?,
                        date: Some(row.get::<_, Moment>(1)?.into()),
                        number: row.get(2)?,
                        total: Decimal::from_hundredths(row.get(3)?),
                        status: row.get(4)?,
                        due_date: row.get::<_, Option<Moment>>(5)?.map(Into::into),
                        ..ProviderInvoice::default()
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(Json(ProviderInvoicesResponse { invoices, ..ProviderInvoicesResponse::default() }))
        })
        .await
}

/// The first moment of the month that `now` is in, UTC: the end of the last one that was billed.
pub(crate) fn period_start(now: Moment) -> Moment {
    let date = OffsetDateTime::from(now).date();
    // Every month has a first.
    let first = date.replace_day(1).unwrap_or(date);
    Moment::from(first.with_time(Time::MIDNIGHT).assume_utc())
}

/// The end of the month that `now` is in: the first moment of the next one, UTC.
pub(crate) fn period_end(now: Moment) -> Moment {
    let date = OffsetDateTime::from(now).date();
    let (year, month) = match date.month() {
        time::Month::December => (date.year() + 1, time::Month::January),
        month => (date.year(), month.next()),
    };
    match Date::from_calendar_date(year, month, 1) {
        Ok(first) => Moment::from(first.with_time(Time::MIDNIGHT).assume_utc()),
        // The year 9999 has no next one.
        Err(_) => now,
    }
}

/// Writes the invoices of the months that have ended since the last one.
fn write_due(connection: &Connection, provider: Uuid, billed: &Billed, now: Moment) -> Result<(), ApiError> {
    let Some(billed_until) = billed.billed_until else { return Ok(()) };
    let mut ends = Vec::new();
    let mut end = period_end(billed_until);
    while end <= now && ends.len() < MOST_AT_ONCE {
        ends.push(end);
        let next = period_end(end);
        if next <= end {
            break;
        }
        end = next;
    }
    if ends.is_empty() {
        return Ok(());
    }
    let items = items_now(connection, provider)?;
    for end in &ends {
        let invoice = BulkInvoice {
            provider_id: provider,
            date: (*end).into(),
            due: Some(end.plus_seconds(DUE).into()),
            // Whoever left a way of paying pays at once.
            status: if billed.payment.is_some() { "paid" } else { "open" }.into(),
            items: items.clone(),
        };
        insert(connection, &invoice)?;
    }
    connection
        .execute("UPDATE providers SET billed_until = ? WHERE id = ?", (ends.last(), provider))
        .map(drop)
        .map_err(Into::into)
}

/// The next invoice of a provider: numbered in the order in which they come.
pub(crate) fn insert(connection: &Connection, invoice: &BulkInvoice) -> Result<(), rusqlite::Error> {
    let count: i64 = connection.query_row(
        "SELECT count(*) FROM invoices WHERE provider_id = ?",
        [invoice.provider_id],
        |row| row.get(0),
    )?;
    let (id, number) = (format!("in_{}", Uuid::new_v4().simple()), format!("{:04}", count + 1));
    let date = Moment::from(invoice.date);
    let total: i64 = invoice.items.iter().map(|item| item.total).sum();
    connection.execute(
        "INSERT INTO invoices (id, provider_id, number, date, due, status, total) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (&id, invoice.provider_id, number, date, invoice.due.map(Moment::from), &invoice.status, total),
    )?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO invoice_items (invoice_id, position, client_id, client_name, plan_name, assigned, used, total)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (position, item) in (0_i64..).zip(&invoice.items) {
        insert.execute((
            &id,
            position,
            item.client_id,
            &item.client_name,
            &item.plan_name,
            item.assigned,
            item.used,
            item.total,
        ))?;
    }
    Ok(())
}

/// What an invoice of today would list: a line for each client, and for each plan the seats of the minimum that no
/// client has.
fn items_now(connection: &Connection, provider: Uuid) -> Result<Vec<BulkInvoiceItem>, rusqlite::Error> {
    let mut items: Vec<BulkInvoiceItem> = connection
        .prepare_cached(
            "SELECT o.id, o.name, o.plan_type, coalesce(o.seats, 0),
                 (SELECT count(*) FROM members m WHERE m.organization_id = o.id AND m.status IN (0, 1, 2))
             FROM provider_organizations l JOIN organizations o ON o.id = l.organization_id
             WHERE l.provider_id = ? AND o.status = ? ORDER BY o.name, o.id",
        )?
        .query_map((provider, OrganizationStatus::MANAGED.0), |row| {
            let plan = PlanType(row.get(2)?);
            let assigned: i64 = row.get(3)?;
            Ok(BulkInvoiceItem {
                client_id: Some(row.get(0)?),
                client_name: row.get(1)?,
                plan_name: plan.display_name().unwrap_or_default().into(),
                assigned,
                used: row.get(4)?,
                total: assigned * provider_seat_price(plan),
            })
        })?
        .collect::<Result<_, _>>()?;
    for seats in plans_of(connection, provider)? {
        let unassigned = (seats.minimum - seats.assigned).max(0);
        if unassigned > 0 {
            items.push(BulkInvoiceItem {
                client_id: None,
                client_name: "Unassigned seats".into(),
                plan_name: seats.plan.display_name().unwrap_or_default().into(),
                assigned: unassigned,
                used: 0,
                total: unassigned * provider_seat_price(seats.plan),
            });
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let end = |now| OffsetDateTime::from(period_end(Moment::from(now)));
        assert_eq!(end(datetime!(2026-02-28 23:59:59 UTC)), datetime!(2026-03-01 0:00 UTC));
        assert_eq!(end(datetime!(2026-03-01 0:00 UTC)), datetime!(2026-04-01 0:00 UTC));
        assert_eq!(end(datetime!(2026-12-31 12:00 UTC)), datetime!(2027-01-01 0:00 UTC));
        let start = |now| OffsetDateTime::from(period_start(Moment::from(now)));
        assert_eq!(start(datetime!(2026-03-31 23:59:59 UTC)), datetime!(2026-03-01 0:00 UTC));
        assert_eq!(start(datetime!(2026-03-01 0:00 UTC)), datetime!(2026-03-01 0:00 UTC));
    }
}
