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

/// What files belong to. A link to one kind is none to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An item; the id is the attachment's.
    Attachment,
    /// A Send; the id is the Send's.
    Send,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Attachment => "attachment",
            Kind::Send => "send",
        }
    }

    fn route(self) -> &'static str {
        match self {
            Kind::Attachment => "ciphers/attachment/download",
            Kind::Send => "sends/download",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Kind::Attachment => "SELECT file FROM attachments WHERE id = ? AND file IS NOT NULL",
            Kind::Send => "SELECT file FROM sends WHERE id = ? AND file IS NOT NULL",
        }
    }
}

/// A fresh link to the file of `id`.
pub(super) fn link(app: &App, kind: Kind, id: Uuid) -> String {
    let token = token(&app.answers, kind, id, Moment::now().unix_seconds() + LIFETIME);
    format!("{}/api/{}?token={token}", app.base, kind.route())
}

#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    token: String,
}

pub(crate) async fn attachment(app: State<App>, link: Query<Link>) -> Result<Response, ApiError> {
    send(app, link, Kind::Attachment).await
}

pub(crate) async fn sent_file(app: State<App>, link: Query<Link>) -> Result<Response, ApiError> {
    send(app, link, Kind::Send).await
}

async fn send(State(app): State<App>, Query(link): Query<Link>, kind: Kind) -> Result<Response, ApiError> {
    let now = Moment::now().unix_seconds();
    let id = verified(&app.answers, kind, &link.token, now).ok_or(ApiError::NotFound)?;
    let file: Option<Uuid> = app
        .store
        .read(move |connection| {
            let mut statement = connection.prepare_cached(kind.sql())?;
            Ok::<_, ApiError>(statement.query_row([id], |row| row.get(0)).optional()?)
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

/// `id.expiry.tag`.
fn token(key: &hmac::Key, kind: Kind, id: Uuid, expires: i64) -> String {
    let tag = hmac::sign(key, signed_part(kind, id, expires).as_bytes());
    format!("{id}.{expires}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// What a token names that we made and that has not expired; compared in constant time.
fn verified(key: &hmac::Key, kind: Kind, token: &str, now: i64) -> Option<Uuid> {
    let mut parts = token.splitn(3, '.');
    let id = parts.next()?.parse().ok()?;
    let expires: i64 = parts.next()?.parse().ok()?;
    let tag = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    hmac::verify(key, signed_part(kind, id, expires).as_bytes(), &tag).ok()?;
    (now <= expires).then_some(id)
}

fn signed_part(kind: Kind, id: Uuid, expires: i64) -> String {
    format!("{}\0{expires}\0{id}", kind.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_one_file_and_for_a_while() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let (file, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let good = token(&key, Kind::Attachment, file, 1000);
        let verified = |key: &hmac::Key, token: &str, now| verified(key, Kind::Attachment, token, now);
        assert_eq!(verified(&key, &good, 1000), Some(file));
        assert_eq!(verified(&key, &good, 1001), None, "expired");
        assert_eq!(verified(&key, &good.replace(".1000.", ".2000."), 1001), None, "prolonged");
        assert_eq!(verified(&key, &good.replace(&file.to_string(), &other.to_string()), 1000), None);
        assert_eq!(super::verified(&key, Kind::Send, &good, 1000), None, "of another kind");
        let foreign = hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]);
        assert_eq!(verified(&foreign, &good, 1000), None);
        for nonsense in ["", ".", "..", "../../etc/passwd", &good[..good.len() - 1], &format!("{good}A")] {
            assert_eq!(verified(&key, nonsense, 0), None, "{nonsense}");
        }
    }
}
