//! The target of a request, put as the table of routes has it, before anything looks at it: guards and handlers know one
//! spelling of every path.
//!
//! Clients put paths together from what a person typed: `https://host//api/sync` and `/api/sync/` mean what they mean at the
//! official server, whose proxy and router pass over the surplus. Its router does not tell capitals from small letters either,
//! except in what a path names: ids and tokens stay as they came.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;

use crate::routes::rules;

/// The paths of the table, each in its parts.
#[derive(Clone)]
pub(crate) struct Targets(Arc<Vec<Vec<&'static str>>>);

/// Gives the request the path that it means.
pub(crate) async fn as_the_table_has_it(State(targets): State<Targets>, mut request: Request) -> Request {
    if let Some(target) = targets.meant(request.uri()) {
        // The rest stays: HTTP/2 carries the host here.
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = target.parse().ok();
        if let Ok(meant) = Uri::from_parts(parts) {
            *request.uri_mut() = meant;
        }
    }
    request
}

impl Targets {
    pub(crate) fn of_the_table() -> Targets {
        let paths = rules().into_iter().map(|line| line.path.split('?').next().unwrap_or_default());
        Targets(Arc::new(paths.map(|path| path.split('/').skip(1).collect()).collect()))
    }

    /// Path and query with single slashes, none at the end, and the letters of the table; `None` where that is so already.
    fn meant(&self, uri: &Uri) -> Option<String> {
        let path = uri.path();
        let has_surplus = path.contains("//") || (path != "/" && path.ends_with('/'));
        if !has_surplus && !path.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let asked: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let spelled = self.spelled(&asked);
        if !has_surplus && spelled == asked {
            return None;
        }
        let mut target = format!("/{}", spelled.join("/"));
        if let Some(query) = uri.query() {
            target.push('?');
            target.push_str(query);
        }
        Some(target)
    }

    /// With the table's letters where a line of it is meant. As in the router, a word of the table goes before a name that
    /// could be anything, from the left.
    fn spelled<'a>(&self, asked: &[&'a str]) -> Vec<&'a str> {
        let fits = |line: &&Vec<&'static str>| {
            line.len() == asked.len()
                && line
                    .iter()
                    .zip(asked)
                    .all(|(part, asked)| is_name(part) || part.eq_ignore_ascii_case(asked))
        };
        let lines = self.0.iter().filter(fits);
        let best = lines.max_by_key(|line| line.iter().map(|part| !is_name(part)).collect::<Vec<_>>());
        let Some(line) = best else { return asked.to_vec() };
        line.iter().zip(asked).map(|(part, asked)| if is_name(part) { asked } else { *part }).collect()
    }
}

/// Whether a part of a path of the table stands for whatever a request names.
fn is_name(part: &str) -> bool {
    part.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(asked: &str) -> Option<String> {
        Targets::of_the_table().meant(&asked.parse().unwrap())
    }

    #[test]
    fn surplus_slashes_are_passed_over() {
        for (asked, target) in [
            ("/api/sync?excludeDomains=true", None),
            ("/", None),
            ("*", None),
            ("//api/sync?a=b//c/", Some("/api/sync?a=b//c/")),
            ("/api//accounts///profile", Some("/api/accounts/profile")),
            ("/api/config/", Some("/api/config")),
            ("//", Some("/")),
            ("https://localhost:8080//api/config/", Some("/api/config")),
        ] {
            assert_eq!(meant(asked).as_deref(), target, "{asked}");
        }
    }

    #[test]
    fn capitals_are_the_tables_and_names_keep_theirs() {
        for (asked, target) in [
            ("/api/Sync?ExcludeDomains=True", Some("/api/sync?ExcludeDomains=True")),
            ("//API/Accounts/Revision-Date/", Some("/api/accounts/revision-date")),
            (
                "/Api/Folders/3F0C5B57-6A3F-4D0E-9C53-0D5B7C1F4A11",
                Some("/api/folders/3F0C5B57-6A3F-4D0E-9C53-0D5B7C1F4A11"),
            ),
            ("/api/folders/3F0C5B57-6A3F-4D0E-9C53-0D5B7C1F4A11", None),
            ("/API/sends/ACCESS/AbCdEf", Some("/api/sends/access/AbCdEf")),
            ("/api/ciphers/Organization-Details", Some("/api/ciphers/organization-details")),
            ("/api/devices/identifier/Token/token", None),
            ("/api/Nothing/Here", None),
            ("/api/sync%2FX", None),
        ] {
            assert_eq!(meant(asked).as_deref(), target, "{asked}");
        }
    }
}
