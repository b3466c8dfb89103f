//! An answer, read within bounds, and what it means.

use std::time::Duration;

use portico_protocol::bounds::check_values;
use portico_protocol::casing;
use portico_protocol::error::ErrorResponse;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::host_of;
use super::room::{NoRoom, Room};
use super::sent::Sent;
use super::transport::{Patience, transport_error};
use super::unpack::Body;
use crate::api_error::{ApiError, NotBitwarden, ServerMessage};
use crate::mend;

/// What a server answered, whatever the status.
pub(crate) struct Reply {
    pub host: String,
    pub status: u16,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
    /// Where it is held, if not with others.
    pub(super) room: Option<Box<Room>>,
    says_html: bool,
    /// Of a refusal: what its words must not repeat.
    pub(super) sent: Sent,
}

impl Reply {
    /// The body of a success; every refusal, and every web page in place of an answer, as an error.
    pub(crate) fn success(self) -> Result<Vec<u8>, ApiError> {
        if !(200..300).contains(&self.status) {
            return Err(self.refusal());
        }
        if self.is_web_page() {
            return Err(ApiError::NotBitwarden { host: self.host, why: NotBitwarden::WebPage });
        }
        Ok(self.body)
    }

    /// The success read as JSON.
    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let host = self.host.clone();
        parse(&host, &self.camel_case()?)
    }

    /// The JSON of a success with its keys as the official server writes them, whatever the server (protocol.md §0).
    pub(crate) fn camel_case(self) -> Result<Vec<u8>, ApiError> {
        let mut body = self.success()?;
        casing::camel_case_in_place(&mut body);
        Ok(body)
    }

    /// Whether the answer is for a browser: told from the type, or from the first character where a server tells no
    /// type.
    pub(crate) fn is_web_page(&self) -> bool {
        self.says_html || self.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
    }

    /// Words of the server, without what it repeats of the secrets that were sent to it.
    pub(crate) fn words(&self, text: &str) -> Option<ServerMessage> {
        ServerMessage::new(&self.sent.scrub(text))
    }

    /// The answer as the refusal that it is.
    pub(crate) fn refusal(self) -> ApiError {
        if self.status == 429 {
            return ApiError::RateLimited { host: self.host, retry_after: self.retry_after };
        }
        let message = message_of(&self.body).and_then(|words| self.words(&words));
        ApiError::Status { host: self.host, code: self.status, message }
    }
}

/// How much of an answer has arrived since when.
pub(super) struct Arrival {
    begun: Instant,
    patience: Patience,
    /// Bytes, as they come over the line.
    pub(super) received: u64,
}

/// Bytes a second, from the beginning on: slower than any line that is still
/// in use.
const LEAST_RATE: u64 = 1024;

impl Arrival {
    pub(super) fn begin(patience: Patience) -> Self {
        Self { begun: Instant::now(), patience, received: 0 }
    }

    /// The next piece, in time: an answer that trickles would otherwise never stand still for long enough to be given up,
    /// and a small one has to be there as a whole in the time in which something has to come.
    pub(super) async fn piece(
        &mut self,
        host: &str,
        response: &mut reqwest::Response,
    ) -> Result<Option<bytes::Bytes>, ApiError> {
        let for_so_much = Duration::from_secs(self.received / LEAST_RATE);
        let until = self.begun + self.patience.idle.max(for_so_much);
        let piece = timeout_at(until, response.chunk())
            .await
            .map_err(|_| ApiError::TimedOut { host: host.to_owned() })?
            .map_err(|error| transport_error(host, error))?;
        self.received += piece.as_ref().map_or(0, bytes::Bytes::len) as u64;
        Ok(piece)
    }
}

/// Why a request brought nothing.
pub(super) enum NoReply<'r> {
    /// There was no room for the answer, and it was let go.
    Crowded(&'r Room),
    Because(ApiError),
}

impl From<ApiError> for NoReply<'_> {
    fn from(error: ApiError) -> Self {
        Self::Because(error)
    }
}

/// Reads the answer up to `max_bytes`, counted after decompression, into `room`. A redirect is told, never followed.
pub(super) async fn read<'r>(
    host: String,
    mut response: reqwest::Response,
    max_bytes: usize,
    patience: Patience,
    room: Option<&'r Room>,
) -> Result<Reply, NoReply<'r>> {
    let status = response.status();
    if status.is_redirection() {
        let to = target(&response).map_or_else(
            || "somewhere else".to_owned(),
            // Never its path or query, which may repeat what was sent.
            |to| format!("{}://{}", to.scheme(), host_of(&to)),
        );
        return Err(ApiError::Redirected { host, to }.into());
    }
    let says_html = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"));
    let retry_after = retry_after(response.headers(), OffsetDateTime::now_utc());
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    if announced > max_bytes {
        return Err(ApiError::TooLarge { host, limit: max_bytes }.into());
    }
    let mut body = Body::begin(response.headers(), announced, max_bytes);
    let mut arrival = Arrival::begin(patience);
    let mut held = room.map(|room| (room, room.answer()));
    while let Some(piece) = arrival.piece(&host, &mut response).await? {
        let before = body.len();
        body.take(&piece, &host)?;
        if let Some((room, taken)) = &mut held {
            taken.take(body.len() - before).map_err(|why| no_room(why, room, &host))?;
        }
    }
    let body = body.whole(&host)?;
    if let Some((room, taken)) = held {
        taken.stays(&body).map_err(|why| no_room(why, room, &host))?;
    }
    let sent = Sent::default();
    Ok(Reply { host, status: status.as_u16(), retry_after, body, room: None, says_html, sent })
}

fn no_room<'r>(why: NoRoom, room: &'r Room, host: &str) -> NoReply<'r> {
    match why {
        NoRoom::Now => NoReply::Crowded(room),
        NoRoom::Ever(limit) => ApiError::TooLarge { host: host.to_owned(), limit }.into(),
    }
}

/// Reads JSON; what cannot be read means that something else than a Bitwarden server answered.
pub(crate) fn parse<T: DeserializeOwned>(host: &str, body: &[u8]) -> Result<T, ApiError> {
    check_values(body).and_then(|()| serde_json::from_slice(body)).map_err(|error| ApiError::NotBitwarden {
        host: host.to_owned(),
        why: NotBitwarden::Unreadable(mend::fault::<T>(body, error)),
    })
}

/// The sentence for people in an error body of any of the protocol's forms (protocol.md §0, §1.5).
fn message_of(body: &[u8]) -> Option<String> {
    let error: ErrorResponse = casing::from_slice_any_case(body).ok()?;
    // What is wrong with which field says more than "The model state is invalid."
    let field = error.validation_errors.iter().flat_map(|fields| fields.values()).flatten().next();
    let model = error.extra.get("errorModel").and_then(|model| model.get("message")?.as_str());
    field.or(error.message.as_ref()).map(String::as_str).or(model).map(str::to_owned)
}

/// Where a redirect leads.
pub(super) fn target(response: &reqwest::Response) -> Option<Url> {
    let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())?;
    response.url().join(location.to_str().ok()?).ok()
}

/// `Retry-After` in either of its forms (RFC 9110 §10.2.3): digits alone, which are seconds, or a date. What is neither says
/// nothing.
fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than there is room for is longer than anybody waits, too.
        return Some(Duration::from_secs(value.parse::<u32>().unwrap_or(u32::MAX).into()));
    }
    let date = OffsetDateTime::parse(value, &Rfc2822).ok()?;
    Some(Duration::try_from(date - now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use time::macros::datetime;

    use super::*;

    fn retry(value: &'static str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
        retry_after(&headers, datetime!(2015-10-21 07:27:30 UTC))
    }

    #[test]
    fn retry_after_in_both_forms() {
        assert_eq!(retry("7"), Some(Duration::from_secs(7)));
        assert_eq!(retry("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(retry("Wed, 21 Oct 2015 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry("soon"), None);
        for invalid in ["-3", "+3", "1.5", "", "3 s"] {
            assert_eq!(retry(invalid), None, "{invalid}");
        }
        assert_eq!(retry("99999999999"), Some(Duration::from_secs(u32::MAX.into())));
    }
}
