//! Which pages of a browser may ask: none of other web sites, but the parts of the official apps that run in one.
//!
//! Programs (the official command line among them) send neither `Origin` nor `Sec-Fetch-Site`; browsers send them and let
//! no page change them.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::app::App;
use crate::error::ApiError;

/// What the desktop app calls itself: these two need leave to read the answer (CORS), as on the official server.
const DESKTOP: [&str; 2] = ["bw-desktop-file://bundle", "file://"];
/// What only an extension's own pages can be. Their leave to read comes from the person who installed it.
const EXTENSION: [&str; 3] = ["chrome-extension://", "moz-extension://", "safari-web-extension://"];

/// A web page that its visitor's browser lets ask this machine: turned away before anything is done for it.
pub(crate) async fn from_no_foreign_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let Ok(asking) = Asking::of(request.headers(), app.config.public_url.as_ref()) else {
        return ApiError::ForeignPage.into_response();
    };
    let Asking::Desktop(origin) = asking else { return next.run(request).await };
    let mut response = match preflight(&request) {
        Some(answer) => answer,
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

/// Whose request it is, as far as a browser tells.
enum Asking {
    /// No browser, our own page, or an extension.
    Somebody,
    /// The desktop app, under the name that it gave.
    Desktop(HeaderValue),
}

struct Foreign;

impl Asking {
    fn of(headers: &HeaderMap, public: Option<&Url>) -> Result<Asking, Foreign> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (origin, another) = (origins.next(), origins.next());
        if another.is_some() {
            return Err(Foreign);
        }
        let text = match origin {
            Some(origin) => Some(origin.to_str().map_err(|_| Foreign)?),
            None => None,
        };
        match (origin, text) {
            (Some(origin), Some(text)) if DESKTOP.contains(&text) => {
                return Ok(Asking::Desktop(origin.clone()));
            }
            (_, Some(text)) if EXTENSION.iter().any(|scheme| text.starts_with(scheme)) => {
                return Ok(Asking::Somebody);
            }
            (_, Some(text)) if !is_own_page(text, public) => return Err(Foreign),
            _ => {}
        }
        // `same-site` would be any other port of this machine.
        let elsewhere = |site: &HeaderValue| !matches!(site.as_bytes(), b"none" | b"same-origin");
        if headers.get_all("sec-fetch-site").iter().any(elsewhere) {
            return Err(Foreign);
        }
        Ok(Asking::Somebody)
    }
}

/// The question that a browser asks before it lets the app send what it wants to; the table of routes decides then.
fn preflight(request: &Request) -> Option<Response> {
    let wanted = |name| request.headers().get(name).cloned();
    let method =
        wanted(header::ACCESS_CONTROL_REQUEST_METHOD).filter(|_| request.method() == Method::OPTIONS)?;
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method);
    if let Some(names) = wanted(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
    Some(answer)
}

fn is_own_page(origin: &str, public: Option<&Url>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    public.is_some_and(|public| origin.origin().is_tuple() && origin.origin() == public.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_public_address_are_our_own() {
        let public = Url::parse("https://vault.brightwater.example/portico").unwrap();
        for (origin, own) in [
            ("https://vault.brightwater.example", true),
            ("https://vault.brightwater.example:443", true),
            ("https://vault.brightwater.example:8443", false),
            ("http://vault.brightwater.example", false),
            ("https://evil.example", false),
            ("http://localhost:5173", false),
            ("tauri://localhost", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(is_own_page(origin, Some(&public)), own, "{origin}");
            assert!(!is_own_page(origin, None), "{origin}");
        }
    }
}
