//! A file, read piece by piece from an address that carries its own permission: no token, no name of this installation.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{ApiClient, host_of, reply, transport};
use crate::api_error::{ApiError, NotBitwarden};
use crate::pace::Asking;

/// Longest that one file may take. What stands still ends far earlier.
const WHOLE: Duration = Duration::from_secs(6 * 60 * 60);

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
    /// Asks for the file at `address`, which must be one that was checked: tokens in it are for that place alone. At most
    /// `max_bytes` are read.
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

    async fn begin_download(&self, address: Url, max_bytes: u64) -> Result<Download, ApiError> {
        let host = host_of(&address);
        let _turn = self.turn(Asking::ToRead).await?;
        let response = self
            .0
            .files
            .get(address)
            .header(ACCEPT, HeaderValue::from_static("*/*"))
            .timeout(WHOLE)
            .send()
            .await
            .map_err(|error| transport::transport_error(&host, error))?;
        if !response.status().is_success() {
            return Err(match reply::read(host, response, super::SMALL_ANSWER, self.0.patience).await {
                Ok(refused) => refused.refusal(),
                Err(error) => error,
            });
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
