//! What the core logs, on the standard error: without colours where that is no terminal, and without being asked for a log
//! (`PORTICO_LOG`) in the form in which commands tell everything else.

use std::fmt::{self, Write};
use std::io::IsTerminal;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::output::on_one_line;

/// Warnings, but for those that a command tells by itself: clients that a sync could not read, a file that was recovered,
/// settings that were set aside, a certificate that is not trusted.
const UNASKED: &str = "warn,portico_client::sync::gather=error,portico_profile::recovery=error,\
    portico_profile::settings=error,rustls_platform_verifier=off";

pub(crate) fn to_stderr() {
    let log =
        tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match EnvFilter::try_from_env("PORTICO_LOG") {
        Ok(asked) => log.with_env_filter(asked).init(),
        Err(_) => log.with_env_filter(EnvFilter::new(UNASKED)).event_format(Told).init(),
    }
}

/// `porticoctl: what it is: why`.
struct Told;

impl<S, N> FormatEvent<S, N> for Told
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut said = Said::default();
        event.record(&mut said);
        writeln!(out, "porticoctl: {}{}", on_one_line(&said.what), on_one_line(&said.more))
    }
}

#[derive(Default)]
struct Said {
    what: String,
    more: String,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text does not fail.
        let _ = match field.name() {
            "message" => write!(self.what, "{value:?}"),
            "error" => write!(self.more, ": {value:?}"),
            name => write!(self.more, ", {name} {value:?}"),
        };
    }
}
