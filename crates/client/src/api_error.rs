//! Why a request to a server brought nothing usable.

use std::time::Duration;

/// What can go wrong between asking a server and having its answer. No variant holds a token, a hash or an address
/// with a query.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No connection, or it broke before the answer was complete.
    #[error("{host} cannot be reached")]
    Unreachable {
        /// The server's host, with its port if it is not the usual one; so in every variant.
        host: String,
        /// What the network said.
        #[source]
        source: reqwest::Error,
    },
    /// The server took longer than we wait.
    #[error("{host} did not answer in time")]
    TimedOut {
        /// Who.
        host: String,
    },
    /// The server's certificate is not one this machine trusts, or no common encryption was found.
    #[error("the encrypted connection to {host} could not be made: {source}")]
    Tls {
        /// Who.
        host: String,
        /// What is wrong with it.
        #[source]
        source: rustls::Error,
    },
    /// The server sends us elsewhere. We do not follow: what we send may be a password hash or a token.
    #[error("{host} sends to {to} instead of answering")]
    Redirected {
        /// Who.
        host: String,
        /// Scheme and host of the other place.
        to: String,
    },
    /// Something answered that does not speak the protocol.
    #[error("{host} does not answer as a Bitwarden server: {why}")]
    NotBitwarden {
        /// Who.
        host: String,
        /// In what way.
        why: NotBitwarden,
    },
    /// The answer is larger than any honest one.
    #[error("{host} sent more than {limit} bytes")]
    TooLarge {
        /// Who.
        host: String,
        /// Bytes, after decompression.
        limit: usize,
    },
    /// The server understood and refused.
    #[error("{host} answered {code}{}", .message.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Status {
        /// Who.
        host: String,
        /// The HTTP status.
        code: u16,
        /// What it said to people.
        message: Option<ServerMessage>,
    },
    /// The server wants to be left alone for longer than we wait.
    #[error("{host} asks to come back {}", words_of_pause(*.retry_after))]
    RateLimited {
        /// Who.
        host: String,
        /// For how long, where it said so.
        retry_after: Option<Duration>,
    },
    /// The session has ended: sign in again. Nothing kept on this machine is lost by it.
    #[error("the session has ended, sign in again")]
    SignedOut,
    /// The person, or the program's end, stopped the operation.
    #[error("stopped")]
    Cancelled,
}

fn words_of_pause(pause: Option<Duration>) -> String {
    pause.map_or_else(|| "later".to_owned(), |pause| format!("in {} s", pause.as_secs()))
}

/// In what way no encrypted connection was found, as far as a person can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// Nobody whom this machine trusts vouches for it: a private authority, or somebody in between.
    UnknownIssuer,
    /// Run out, or not valid yet; or this machine's clock is wrong.
    Date,
    /// It belongs to another host.
    Name,
    /// Revoked, or of a form that is not accepted.
    Other,
    /// Not about the certificate: no encryption that both sides accept, or no TLS at all.
    NoCommonEncryption,
}

/// In what way an answer is not one of the protocol.
#[derive(Debug, thiserror::Error)]
pub enum NotBitwarden {
    /// A web page, such as the sign-in page of a network or a proxy's error.
    #[error("it sent a web page")]
    WebPage,
    /// Not JSON, or JSON without what the protocol promises.
    #[error("its answer cannot be read ({0})")]
    Unreadable(JsonFault),
    /// Compressed in a way that was not asked for, or not to be unpacked.
    #[error("its answer cannot be unpacked")]
    Compression,
    /// Well-formed, but about something else than was asked.
    #[error("its answer is about something else")]
    Mismatch,
    /// The address exists but has no such route.
    #[error("it does not know the route")]
    NoRoute,
}

/// Where JSON is not what was promised. The parser's own error may quote the value there, which may be a token or a
/// key, and errors get logged: nothing of it is kept but the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFault {
    /// Cut short, no JSON, or JSON of another shape.
    pub category: serde_json::error::Category,
    /// From 1; 0 when the place is not known.
    pub line: usize,
    /// As the line, in bytes.
    pub column: usize,
    /// The way to the member whose value is not what was promised, where it is known.
    pub member: Option<String>,
    /// Whether there was more of it than any honest answer holds.
    pub is_too_much: bool,
}

impl From<serde_json::Error> for JsonFault {
    fn from(error: serde_json::Error) -> Self {
        Self {
            category: error.classify(),
            line: error.line(),
            column: error.column(),
            member: None,
            is_too_much: portico_protocol::bounds::is_too_much(&error),
        }
    }
}

impl std::fmt::Display for JsonFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use serde_json::error::Category;
        let what = match self.category {
            Category::Io => "reading failed",
            Category::Syntax => "no JSON",
            Category::Data => "an unexpected value",
            Category::Eof => "cut short",
        };
        match &self.member {
            _ if self.is_too_much => f.write_str("more than any honest one holds"),
            Some(member) => write!(f, "{what} in {member}"),
            None => write!(f, "{what} at line {}, column {}", self.line, self.column),
        }
    }
}

impl ApiError {
    /// The status of an answer that refused, if that is what happened.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What is wrong with the server's certificate, where that is why no connection was made.
    pub fn certificate_fault(&self) -> Option<CertificateFault> {
        use rustls::CertificateError as Wrong;
        let Self::Tls { source, .. } = self else { return None };
        Some(match source {
            rustls::Error::InvalidCertificate(wrong) => match wrong {
                // An authority of the name of one that is trusted, with another key: one that was made anew, or a stranger.
                Wrong::UnknownIssuer | Wrong::BadSignature => CertificateFault::UnknownIssuer,
                Wrong::Expired
                | Wrong::ExpiredContext { .. }
                | Wrong::NotValidYet
                | Wrong::NotValidYetContext { .. } => CertificateFault::Date,
                Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => CertificateFault::Name,
                _ => CertificateFault::Other,
            },
            _ => CertificateFault::NoCommonEncryption,
        })
    }

    /// Whether the server could not be spoken to at all (as opposed to having answered something unwelcome).
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TimedOut { .. })
    }

    /// Whether the server was asked too much.
    pub fn is_rate_limit(&self) -> bool {
        matches!(self, Self::RateLimited { .. })
    }

    /// Whether nobody was spoken to: nobody answered, or nobody who can be trusted.
    pub fn is_without_connection(&self) -> bool {
        self.is_unreachable() || matches!(self, Self::Tls { .. })
    }
}

/// A sentence that a server sent for people to read: bounded, without control characters, never acted upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerMessage(String);

impl ServerMessage {
    /// Longest message kept, in characters; the official ones stay under 200.
    const LONGEST: usize = 300;

    /// Takes what can be shown of `text`; `None` if nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        // Besides control characters, the marks that turn the direction of writing: they make text read as what it
        // is not.
        let shown =
            |c: &char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let text: String = text.chars().filter(shown).take(Self::LONGEST).collect();
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ServerMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_json_quotes_nothing_of_it() {
        let error = serde_json::from_str::<Vec<u32>>("[1,\n \"s3cret token\"]").unwrap_err();
        assert!(error.to_string().contains("s3cret"), "what the parser's own error says");
        let fault = NotBitwarden::Unreadable(error.into());
        assert_eq!(fault.to_string(), "its answer cannot be read (an unexpected value at line 2, column 15)");
        let all = ApiError::NotBitwarden { host: "vault.example".to_owned(), why: fault };
        assert!(!format!("{all} {all:?}").contains("s3cret"));
    }

    #[test]
    fn a_servers_message_is_bounded_and_clean() {
        let long = ServerMessage::new(&"x".repeat(10_000)).unwrap();
        assert_eq!(long.as_str().chars().count(), 300);
        assert_eq!(ServerMessage::new("a\u{1b}[31mb\n\u{202e}c").unwrap().as_str(), "a[31mbc");
        assert_eq!(ServerMessage::new(" \r\n "), None);
    }
}
