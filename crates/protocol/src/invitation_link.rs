//! The links in a server's mails that invite somebody: to make an account, into an organization, into a provider, to set a
//! provider up; and the one that invites to delete a provider (protocol.md §1.2, §5.5). A link is untrusted input: it only fills a form, after the person was shown where it leads.

use thiserror::Error;
use url::form_urlencoded;
use uuid::Uuid;

use crate::SecretText;
use crate::server::ServerAddress;

/// An invitation and the server that it leads to. No `Debug`, no `Clone`: it holds a token that lets in whoever has it.
pub struct InvitationLink {
    /// What stands before the `#`.
    pub server: ServerAddress,
    /// What it invites to.
    pub invitation: Invitation,
    /// The address that was invited; none where anybody with the link may.
    pub email: Option<String>,
    /// What the server checks the answer with.
    pub token: SecretText,
}

/// What a link invites to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// `finish-signup`: to make an account for an address, which is the person's as the mail has reached it.
    FinishSignUp,
    /// `accept-organization`: to become a member of an organization.
    JoinOrganization { organization: Uuid, member: Uuid, name: String },
    /// `accept-provider`: to become a member of a provider.
    JoinProvider { provider: Uuid, member: Uuid, name: String },
    /// `setup-provider`: to set up a provider that the server's staff made.
    SetUpProvider { provider: Uuid },
    /// `verify-recover-delete-provider`: to delete a provider, which takes nothing but the link.
    DeleteProvider { provider: Uuid, name: String },
}

/// Why a text is no invitation link. Nothing of the text is in it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LinkError {
    /// Longer than [`MAX_LEN`].
    #[error("the link is longer than {MAX_LEN} characters")]
    TooLong,
    /// Not an address with a route behind `#`, or another route.
    #[error("this is no invitation link")]
    NotAnInvitation,
    /// What stands before the `#` is no server that may be asked.
    #[error("the link leads to no server that can be used")]
    Server,
    /// A part that the route needs is missing or empty, or is there twice.
    #[error("the link lacks {0}, or has it twice")]
    Missing(&'static str),
    /// An id that is none, or a text that is too long or would deceive whoever reads it.
    #[error("the link's {0} cannot be used")]
    Invalid(&'static str),
}

/// Characters; real links stay under 1,000.
pub const MAX_LEN: usize = 8 * 1024;
/// Characters of an e-mail address or a name, as servers bound them.
const MAX_TEXT: usize = 256;

impl InvitationLink {
    /// Reads a link as it was pasted.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        if text.len() > MAX_LEN {
            return Err(LinkError::TooLong);
        }
        let (base, fragment) = text.trim().split_once('#').ok_or(LinkError::NotAnInvitation)?;
        let fragment = fragment.strip_prefix('/').unwrap_or(fragment);
        let (route, query) = fragment.split_once('?').ok_or(LinkError::NotAnInvitation)?;
        let parts = Parts(query);
        let invitation = match route.trim_end_matches('/') {
            "finish-signup" => Invitation::FinishSignUp,
            "accept-organization" => Invitation::JoinOrganization {
                organization: parts.id("organizationId")?,
                member: parts.id("organizationUserId")?,
                name: parts.text("organizationName")?,
            },
            "providers/accept-provider" => Invitation::JoinProvider {
                provider: parts.id("providerId")?,
                member: parts.id("providerUserId")?,
                name: parts.text("providerName")?,
            },
            "providers/setup-provider" => Invitation::SetUpProvider { provider: parts.id("providerId")? },
            "verify-recover-delete-provider" => {
                Invitation::DeleteProvider { provider: parts.id("providerId")?, name: parts.text("name")? }
            }
            _ => return Err(LinkError::NotAnInvitation),
        };
        let email = match invitation {
            Invitation::DeleteProvider { .. } => None,
            _ => Some(parts.text("email")?),
        };
        Ok(Self { server: server(base)?, invitation, email, token: SecretText::new(parts.one("token")?) })
    }
}

/// Only what has a scheme is a link; a name inside this process is none.
fn server(base: &str) -> Result<ServerAddress, LinkError> {
    // Official servers have some of their links pass through this page.
    let base = base.strip_suffix("/redirect-connector.html").unwrap_or(base);
    match ServerAddress::parse(base) {
        Ok(ServerAddress::Embedded(_)) | Err(_) => Err(LinkError::Server),
        Ok(server) if base.contains("://") => Ok(server),
        Ok(_) => Err(LinkError::Server),
    }
}

/// The query of a link.
struct Parts<'a>(&'a str);

impl Parts<'_> {
    /// The one value of this name. A second one might say something else than what is shown.
    fn one(&self, name: &'static str) -> Result<String, LinkError> {
        let mut values = form_urlencoded::parse(self.0.as_bytes()).filter(|(found, _)| found == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Ok(value.into_owned()),
            _ => Err(LinkError::Missing(name)),
        }
    }

    fn id(&self, name: &'static str) -> Result<Uuid, LinkError> {
        Uuid::try_parse(&self.one(name)?).map_err(|_| LinkError::Invalid(name))
    }

    /// A text that is shown. Characters that hide or turn round what stands beside them have no place in it.
    fn text(&self, name: &'static str) -> Result<String, LinkError> {
        let text = self.one(name)?;
        let deceives = |letter: char| {
            letter.is_control()
                || matches!(letter, '\u{FFFD}' | '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        };
        if text.chars().count() > MAX_TEXT || text.chars().any(deceives) {
            return Err(LinkError::Invalid(name));
        }
        Ok(text)
    }
}
