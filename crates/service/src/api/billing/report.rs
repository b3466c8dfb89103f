//! What one invoice was for, client by client (protocol.md §5.9): a CSV file.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;

use super::Billed;
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;

const HEAD: &str = "Client,Id,Assigned,Used,Remaining,Plan,Estimated total";

pub(crate) async fn report(
    State(app): State<App>,
    access: ProviderAccess,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, ApiError> {
    let invoice = path.get("invoice").cloned().unwrap_or_default();
    let text = app
        .store
        .read::<_, ApiError>(move |connection| {
            Billed::find(connection, access.provider)?;
            let mut statement = connection.prepare_cached(
                "SELECT t.client_name, t.client_id, t.assigned, t.used, t.plan_name, t.total
                 FROM invoice_items t JOIN invoices i ON i.id = t.invoice_id
                 WHERE i.id = ? AND i.provider_id = ? ORDER BY t.position",
            )?;
            let mut rows = statement.query((invoice, access.provider))?;
            let mut text = String::from(HEAD);
            let mut is_empty = true;
            while let Some(row) = rows.next()? {
                is_empty = false;
                let (assigned, used): (i64, i64) = (row.get(2)?, row.get(3)?);
                let id = row.get::<_, Option<uuid::Uuid>>(1)?.map(|id| id.to_string()).unwrap_or_default();
                let cells = [
                    cell(&row.get::<_, String>(0)?),
                    id,
                    assigned.to_string(),
                    used.to_string(),
                    (assigned - used).to_string(),
                    cell(&row.get::<_, String>(4)?),
                    cell(&dollars(row.get(5)?)),
                ];
                text.push_str("\r\n");
                text.push_str(&cells.join(","));
            }
            if is_empty {
                return Err(ApiError::NotFound);
            }
            text.push_str("\r\n");
            Ok(text)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "text/csv")], text).into_response())
}

/// Quoted where it has to be. A name that a spreadsheet would run as a formula is kept from it by an apostrophe.
fn cell(text: &str) -> String {
    let text = match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// `$1,234.00`.
fn dollars(cents: i64) -> String {
    let digits = (cents / 100).unsigned_abs().to_string();
    let mut whole = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}${whole}.{:02}", cents.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_names_as_spreadsheets_read_them() {
        let written = [0, 5, 123_400, 99_999_999, 100_000_000_001, -150].map(dollars);
        assert_eq!(written, ["$0.00", "$0.05", "$1,234.00", "$999,999.99", "$1,000,000,000.01", "-$1.50"]);
        assert_eq!(cell("Baker & Daughters"), "Baker & Daughters");
        assert_eq!(cell("Baker, \"B\""), "\"Baker, \"\"B\"\"\"");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }
}
