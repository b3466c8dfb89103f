//! What a person changes at a provider: its clients, its people, itself (protocol.md §5).
//!
//! Each action sends its change first. Then what was touched is read again and the head is moved, so that the cache never
//! says what the server does not (design §3). A refusal by role renews the token once, whose claims carry the roles; a
//! connection that breaks while the change is under way is followed by a look whether it was made.

mod clients;
mod fate;
mod invited_emails;
mod joining;
mod provider_members;
mod provider_settings;
mod registration;
pub(crate) mod take_in;

use portico_estate::{ProviderRights, WhyNot};
use portico_profile::{HeadNumber, NoKey, ReadError, Unlocked};
use portico_protocol::account::ProfileResponse;
use portico_protocol::provider::{ProfileProvider, ProviderResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::api_error::{ApiError, ServerMessage};
use crate::http::{ApiClient, Change, Reply, wiped_json};
use crate::refresh::{Authorized, Reading};
use crate::sync::{SyncError, mismatch};

pub use clients::{
    ClientChange, ClientDraft, LinkedClient, NewClient, add_existing_client, addable_organizations,
    create_client, unlink_client, update_client,
};
pub use invited_emails::{InvitedEmails, invited_emails};
pub use joining::{Accepted, ProviderSetUp, SetUpDraft, accept_provider_invitation, set_up_provider};
pub use provider_members::{
    Invited, MemberFingerprint, MemberRefusal, MemberResult, confirm_provider_members,
    invite_provider_members, provider_member_fingerprints, reinvite_provider_members,
    remove_provider_members, set_provider_member_role,
};
pub use provider_settings::{
    DeleteProviderError, ProviderSettings, delete_provider, delete_provider_with_token, provider_settings,
    update_provider,
};
pub use registration::{
    RegisterError, Registration, RegistrationInvitation, SHORTEST_MASTER_PASSWORD, register, verify_address,
};
pub use take_in::{Touched, take_in};

use fate::Fate;

/// What was done, and what became of the picture.
#[derive(Debug)]
pub struct Acted<T> {
    /// What the action brought.
    pub value: T,
    /// What has to be read again where `picture` is an error: by [`take_in()`].
    pub touched: Touched,
    /// The newest picture, with what was done. An error means that it was done on the server and that the picture is
    /// older; [`SyncError::Busy`] that a sync holds the file.
    pub picture: Result<HeadNumber, SyncError>,
}

/// Why an action was not done, or is not known to be.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The server could not be asked, or refused and said why. Nothing was changed; where the connection broke under way,
    /// as far as looks during the second after that tell.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The person's role does not allow it, by a token that was just renewed.
    #[error("this takes another role{}", .message.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    NotAllowed {
        /// What the server said to people.
        message: Option<ServerMessage>,
    },
    /// The provider is of a kind that does not do this; nothing was sent.
    #[error("this is not for the provider's people to do")]
    NotForProvider(WhyNot),
    /// The change was sent, and neither an answer nor a look afterwards says whether it was made. Doing it again is
    /// harmless; [`take_in()`] shows what is so once there is a connection.
    #[error("it is not known whether the server did it")]
    Uncertain {
        /// What has to be read again.
        touched: Box<Touched>,
        /// What happened to the answer.
        #[source]
        source: ApiError,
    },
    /// The provider, client or member is not in the picture.
    #[error("this is not in the picture; sync first")]
    NotRead,
    /// The key that the action needs is not to be had.
    #[error(transparent)]
    Key(#[from] NoKey),
    /// The picture cannot be read.
    #[error("the picture cannot be read")]
    Read(#[from] ReadError),
}

impl ActionError {
    /// What happened between us and the server, if anything did.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) | Self::Uncertain { source: error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether somebody stopped it.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.api(), Some(ApiError::Cancelled))
    }

    /// What the server said to people.
    pub fn message(&self) -> Option<&ServerMessage> {
        match self {
            Self::NotAllowed { message } | Self::Api(ApiError::Status { message, .. }) => message.as_ref(),
            _ => None,
        }
    }

    /// The change was made, and what came of it could not be looked at.
    fn uncertain(self, touched: Touched) -> Self {
        match self {
            Self::Api(source) => Self::Uncertain { touched: Box::new(touched), source },
            error => error,
        }
    }

    /// What may have changed.
    pub fn touched(&self) -> Option<&Touched> {
        match self {
            Self::Uncertain { touched, .. } => Some(touched),
            _ => None,
        }
    }
}

/// One person acting at one server.
#[derive(Clone, Copy)]
pub(crate) struct Acting<'a> {
    pub asking: Authorized<'a>,
    pub unlocked: &'a Unlocked,
    pub stop: &'a CancellationToken,
}

/// For reads that a person waits for: lists of some thousand entries.
pub(crate) const LOOK: Reading = Reading { max_bytes: 64 << 20, tries: 2 };

/// Reads what depends on the role.
pub(crate) async fn look<T: DeserializeOwned>(
    asking: Authorized<'_>,
    path: &str,
    stop: &CancellationToken,
) -> Result<T, ApiError> {
    asking.get_by_role(path, LOOK, stop).await?.json()
}

impl<'a> Acting<'a> {
    pub(crate) fn new(client: &'a ApiClient, unlocked: &'a Unlocked, stop: &'a CancellationToken) -> Self {
        Self { asking: Authorized { client, session: unlocked, room: None }, unlocked, stop }
    }

    /// Sends a change, and says what became of it.
    async fn send(&self, what: Change, path: &str, body: Option<&impl Serialize>) -> Fate {
        let json = body.map(wiped_json);
        Fate::of(self.asking.change(what, path, json.as_ref(), self.stop).await)
    }

    /// As [`look`].
    pub(crate) async fn look<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        look(self.asking, path, self.stop).await
    }

    /// As [`Acting::look`]; a refusal by role is told as such, and the role on the page is put right.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, ActionError> {
        self.told(self.look(path).await).await
    }

    /// What was looked at, or what a refusal of it means.
    async fn told<T>(&self, looked: Result<T, ApiError>) -> Result<T, ActionError> {
        match looked {
            Ok(read) => Ok(read),
            Err(error) => Err(self.refused(error).await),
        }
    }

    /// What a refused change or read means. After a renewed token, 401 and 403 are about the role (protocol.md §5.3); the
    /// picture learns of the role that the person has now.
    pub(crate) async fn refused(&self, error: ApiError) -> ActionError {
        match error {
            ApiError::Status { code: 401 | 403, message, .. } => {
                if let Err(error) = take_in::now(self, &Touched::profile()).await {
                    tracing::info!(%error, "the role could not be read again");
                }
                ActionError::NotAllowed { message }
            }
            error => error.into(),
        }
    }

    /// Whom the person works for now, as the server says.
    async fn profile_now(&self) -> Result<ProfileResponse, ApiError> {
        self.look("/accounts/profile").await
    }

    /// The provider as the server has it now.
    async fn provider_now(&self, provider: Uuid) -> Result<ProviderResponse, ActionError> {
        let read: ProviderResponse = self.read(&format!("/providers/{provider}")).await?;
        if read.id == provider { Ok(read) } else { Err(self.nonsense().into()) }
    }

    /// The provider as the person's profile has it.
    pub(crate) fn membership(&self, provider: Uuid) -> Result<ProfileProvider, ActionError> {
        let picture = self.unlocked.picture();
        let providers = picture.profile()?.map(|profile| profile.providers.as_slice()).unwrap_or_default();
        providers.iter().find(|known| known.id == provider).cloned().ok_or(ActionError::NotRead)
    }

    /// Refuses what a provider of this kind never does. What a role does not allow the server says: the picture's may be
    /// an old one.
    fn check_links(&self, provider: Uuid) -> Result<(), ActionError> {
        match ProviderRights::of(&self.membership(provider)?).may_unlink_clients {
            Err(why @ WhyNot::Reseller) => Err(ActionError::NotForProvider(why)),
            _ => Ok(()),
        }
    }

    /// An answer that cannot be about what was asked.
    pub(crate) fn nonsense(&self) -> ApiError {
        mismatch(&self.asking)
    }

    async fn acted<T>(&self, value: T, touched: Touched) -> Acted<T> {
        let picture = take_in::now(self, &touched).await;
        Acted { value, touched, picture }
    }
}

/// Reads an answer's body as JSON; one that cannot be read says nothing about whether the change was made.
fn answer<T: DeserializeOwned>(reply: Reply) -> Option<T> {
    reply.json().ok()
}
