//! Fetching a file by its link: whoever has the link may, for a short while.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use rusqlite::OptionalExtension;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::error::ApiError;
use crate::moment::Moment;

/// Seconds that a link is good for.
const LIFETIME: i64 = 300;

/// A fresh link to `attachment`.
pub(super) fn link(app: &App, attachment: Uuid) -> String {
    let token = token(&app.answers, attachment, Moment::now().unix_seconds() + LIFETIME);
    format!("{}/api/ciphers/attachment/download?token={token}", app.base)
}

#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    token: String,
}

pub(crate) async fn send(State(app): State<App>, Query(link): Query<Link>) -> Result<Response, ApiError> {
    let attachment =
        verified(&app.answers, &link.token, Moment::now().unix_seconds()).ok_or(ApiError::NotFound)?;
    let file: Option<Uuid> = app
        .store
        .read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT file FROM attachments WHERE id = ? AND file IS NOT NULL")?;
            Ok::<_, ApiError>(statement.query_row([attachment], |row| row.get(0)).optional()?)
        })
        .await?;
    let (length, content) = app.store.files().send(file.ok_or(ApiError::NotFound)?).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, content).into_response())
}

/// `attachment.expiry.tag`.
fn token(key: &hmac::Key, attachment: Uuid, expires: i64) -> String {
    let tag = hmac::sign(key, signed_part(attachment, expires).as_bytes());
    format!("{attachment}.{expires}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The attachment of a token that we made and that has not expired; compared in constant time.
fn verified(key: &hmac::Key, token: &str, now: i64) -> Option<Uuid> {
    let mut parts = token.splitn(3, '.');
    let attachment = parts.next()?.parse().ok()?;
    let expires: i64 = parts.next()?.parse().ok()?;
    let tag = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    hmac::verify(key, signed_part(attachment, expires).as_bytes(), &tag).ok()?;
    (now <= expires).then_some(attachment)
}

fn signed_part(attachment: Uuid, expires: i64) -> String {
    format!("attachment\0{expires}\0{attachment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_one_file_and_for_a_while() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let (file, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let good = token(&key, file, 1000);
        assert_eq!(verified(&key, &good, 1000), Some(file));
        assert_eq!(verified(&key, &good, 1001), None, "expired");
        assert_eq!(verified(&key, &good.replace(".1000.", ".2000."), 1001), None, "prolonged");
        assert_eq!(verified(&key, &good.replace(&file.to_string(), &other.to_string()), 1000), None);
        let foreign = hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]);
        assert_eq!(verified(&foreign, &good, 1000), None);
        for nonsense in ["", ".", "..", "../../etc/passwd", &good[..good.len() - 1], &format!("{good}A")] {
            assert_eq!(verified(&key, nonsense, 0), None, "{nonsense}");
        }
    }
}
