//! A file, read piece by piece from an address that carries its own permission: no token, no name of this installation.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::file_place::{FilePlace, place_of};
use super::reply::NoReply;
use super::{ApiClient, host_of, reply, transport};
use crate::api_error::{ApiError, NotBitwarden};
use crate::pace::Asking;

/// Longest that one file may take. What stands still ends far earlier.
const WHOLE: Duration = Duration::from_secs(6 * 60 * 60);

/// A store of files sends on once, if at all.
const MOST_REDIRECTS: u32 = 3;

/// A file that arrives.
pub(crate) struct Download {
    host: String,
    response: reqwest::Response,
    max_bytes: u64,
    arrival: reply::Arrival,
    /// Bytes, as far as the server announced them.
    pub(crate) announced: Option<u64>,
}

impl ApiClient {
    /// Asks for the file at `address`, with nothing but what the address itself holds. At most `max_bytes` are read.
    pub(crate) async fn open_download(
        &self,
        address: Url,
        max_bytes: u64,
        stop: &CancellationToken,
    ) -> Result<Download, ApiError> {
        stop.run_until_cancelled(self.begin_download(address, max_bytes))
            .await
            .unwrap_or(Err(ApiError::Cancelled))
    }

    /// Whether a file is fetched from there at all.
    pub(crate) fn may_fetch(&self, address: &Url) -> bool {
        place_of(&self.0.urls, address).is_some()
    }

    async fn begin_download(&self, address: Url, max_bytes: u64) -> Result<Download, ApiError> {
        let _turn = self.turn(Asking::ToRead).await?;
        let (host, response) = self.follow(address).await?;
        if !response.status().is_success() {
            return Err(
                match reply::read(host, response, super::SMALL_ANSWER, self.0.patience, None).await {
                    Ok(mut refused) => {
                        // Its words might repeat the address, and with it the permission.
                        refused.body.clear();
                        refused.refusal()
                    }
                    Err(NoReply::Because(error)) => error,
                    Err(NoReply::Crowded(_)) => unreachable!("it was not held in a room"),
                },
            );
        }
        if is_web_page(response.headers()) {
            return Err(ApiError::NotBitwarden { host, why: NotBitwarden::WebPage });
        }
        let announced = response.content_length();
        if announced.is_some_and(|bytes| bytes > max_bytes) {
            return Err(too_large(host, max_bytes));
        }
        let arrival = reply::Arrival::begin(self.0.patience);
        Ok(Download { host, response, max_bytes, arrival, announced })
    }
}

impl ApiClient {
    /// Asks at `address`, and where that sends to: never to where files are not fetched.
    async fn follow(&self, mut address: Url) -> Result<(String, reqwest::Response), ApiError> {
        let mut redirects = 0;
        loop {
            let host = host_of(&address);
            let Some(connection) = self.for_files_at(&address) else {
                return Err(ApiError::NotBitwarden { host, why: NotBitwarden::Mismatch });
            };
            let response = connection
                .get(address)
                .header(ACCEPT, HeaderValue::from_static("*/*"))
                .timeout(WHOLE)
                .send()
                .await
                .map_err(|error| transport::transport_error(&host, error))?;
            match reply::target(&response).filter(|to| redirects < MOST_REDIRECTS && self.may_fetch(to)) {
                Some(to) => address = to,
                None => return Ok((host, response)),
            }
            redirects += 1;
        }
    }

    fn for_files_at(&self, address: &Url) -> Option<reqwest::Client> {
        match place_of(&self.0.urls, address)? {
            FilePlace::Own => Some(self.0.files.clone()),
            FilePlace::Elsewhere => self.elsewhere(),
        }
    }

    /// Without the private authority: whoever keeps the server's certificates does not speak for other hosts.
    fn elsewhere(&self) -> Option<reqwest::Client> {
        if let Some(made) = self.0.elsewhere.get() {
            return Some(made.clone());
        }
        match transport::to_other_hosts(self.0.device, self.0.patience) {
            Ok(made) => Some(self.0.elsewhere.get_or_init(|| made).clone()),
            Err(error) => {
                tracing::warn!(%error, "no connection to another host can be prepared");
                None
            }
        }
    }
}

impl Download {
    /// The next bytes; nothing at the end.
    pub(crate) async fn piece(&mut self, stop: &CancellationToken) -> Result<Option<Bytes>, ApiError> {
        let piece = self.arrival.piece(&self.host, &mut self.response);
        let piece = stop.run_until_cancelled(piece).await.ok_or(ApiError::Cancelled)??;
        if self.arrival.received > self.max_bytes {
            return Err(too_large(self.host.clone(), self.max_bytes));
        }
        Ok(piece)
    }
}

fn too_large(host: String, limit: u64) -> ApiError {
    ApiError::TooLarge { host, limit: usize::try_from(limit).unwrap_or(usize::MAX) }
}

fn is_web_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("text/html")
}
