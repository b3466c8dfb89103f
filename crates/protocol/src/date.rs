use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// A date of the wire, kept as it came: `2026-08-20T14:16:19.1234567Z`, with 0–7 fraction digits (protocol.md, head).
///
/// Keeping the text means that a round trip changes nothing; [`Date::parse`] gives the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(pub String);

/// The text is not a date of the protocol.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not an ISO-8601 date of at most {MAX_LEN} characters")]
pub struct DateError;

/// Longer texts are refused before they are looked at.
const MAX_LEN: usize = 64;

impl Date {
    /// The moment. A text without a zone is read as UTC, which is what servers mean by it.
    pub fn parse(&self) -> Result<OffsetDateTime, DateError> {
        let text = self.0.as_str();
        if text.len() > MAX_LEN {
            return Err(DateError);
        }
        OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
            .map_err(|_| DateError)
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<OffsetDateTime> for Date {
    /// Writes the form of the official server: UTC, seven fraction digits (100 ns).
    fn from(moment: OffsetDateTime) -> Self {
        let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
        // Formatting can only fail for a component the value lacks; an OffsetDateTime has them all.
        Self(moment.to_offset(UtcOffset::UTC).format(&form).unwrap_or_default())
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
