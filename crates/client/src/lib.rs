//! Everything that asks a Bitwarden server: HTTP, sign-in, keeping the session, taking in a sync.
//!
//! The only crate of the house with an HTTP client, and the lowest one that is async. A request goes through one
//! place ([`ApiClient`]), which bounds what it reads, follows no redirect (attached files: three) and keeps the server's pace;
//! what comes back is handed to `portico-profile`, which alone touches the disk. Tokens and hashes are in no error, log or
//! address.
//!
//! ```text
//! connect(&profile, &server, …) ──▶ ApiClient
//! sign_in(&client, &profile, &request, …) ──▶ SignInOutcome: SignedIn(Unlocked), or a code is asked for
//! mail_code(&client, &profile, &request, which, …)      the code that is asked for, mailed once more
//! sign_in_with_api_key(&client, &profile, &request, …) ──▶ SignInOutcome, without any code
//! sync(&client, &unlocked, &options, &progress, &stop) ──▶ SyncReport
//! is_opened_due(&client, &unlocked, organization, …) ──▶ whether the client that a person opens is read again
//! open_collections(&client, &unlocked, organization, &stop) ──▶ who reaches what; the one call that is logged
//! take_collections(&unlocked, organization, &opened, &stop) ──▶ it is in the picture
//! create_client, invite_provider_members, set_up_provider … ──▶ Acted: what a person changes at a provider, and the picture after it
//! listen(&client, token, tell, &stop) ──▶ Live: what the server tells while it happens; poll_provider where it tells nothing
//! watch_reach(&client, tell, &stop) ──▶ Reach: whether the server answers, by what is asked of it anyway
//! save_attachment(&client, &unlocked, attachment, destination, …) ──▶ a file of an item, opened, where the person wants it
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod actions;
mod api_error;
mod api_key;
mod aside;
mod attachment;
mod billing;
mod claims;
mod collections;
mod connect;
mod device;
mod event_range;
mod http;
mod live;
mod mailed_code;
mod mend;
mod pace;
mod reach;
mod refresh;
mod session;
mod sign_in;
mod sync;

pub use actions::{
    Accepted, Acted, ActionError, ClientChange, ClientDraft, DeleteProviderError, Invited, InvitedEmails,
    LinkedClient, MemberFingerprint, MemberRefusal, MemberResult, NewClient, ProviderSetUp, ProviderSettings,
    RegisterError, Registration, RegistrationInvitation, SHORTEST_MASTER_PASSWORD, SetUpDraft, Touched,
    accept_provider_invitation, add_existing_client, addable_organizations, confirm_provider_members,
    create_client, delete_provider, delete_provider_with_token, invite_provider_members, invited_emails,
    provider_member_fingerprints, provider_settings, register, reinvite_provider_members,
    remove_provider_members, set_provider_member_role, set_up_provider, take_in, unlink_client,
    update_client, update_provider, verify_address,
};
pub use api_error::{ApiError, CertificateFault, JsonFault, NotBitwarden, ServerMessage};
pub use attachment::{AttachmentDestination, AttachmentProgress, SaveAttachmentError, save_attachment};
pub use billing::{invoice_csv, refresh_billing, seat_pool};
pub use claims::ClaimsError;
pub use collections::{OpenedCollection, TakeCollectionsError, open_collections, take_collections};
pub use connect::connect;
pub use device::{CLIENT_VERSION, Device};
pub use event_range::{EventRange, EventsTaken, ReadEventsError, read_events_in, read_events_of_member};
pub use http::{ApiClient, ConnectError, ConnectOptions, Patience, certificates_in};
pub use live::{Live, listen, live_token, poll_provider};
pub use mailed_code::{MailedCode, mail_code};
pub use pace::PaceLimits;
pub use reach::{Reach, watch_reach};
pub use sign_in::{
    ApiKeySignIn, PreviousKey, RotatedKey, SignInError, SignInOutcome, SignInRequest, TwoFactorAnswer,
    TwoFactorChallenge, sign_in, sign_in_with_api_key,
};
pub use sync::{
    FailedClient, FailedLog, FailedProvider, ProviderPart, SyncError, SyncOptions, SyncPhase, SyncProgress,
    SyncReport, SyncScope, is_opened_due, stale_reason, sync,
};
pub use tokio_util::sync::CancellationToken;

/// The costs of a master password, to say them to people.
pub use portico_crypto::Kdf;
/// The wire types that stand in this crate's own, so that a host needs no other crate for what it asks.
pub use portico_protocol::{
    Date, MOST_INVITED, SecretText,
    identity::TwoFactorProvider,
    invitation_link::{Invitation, InvitationLink, LinkError},
    organization::PlanType,
    provider::{
        AddableOrganization, ProviderResponse, ProviderUserType,
        billing::{
            BillingAddress, Decimal, ProviderInvoice, ProviderPlanResponse, ProviderSubscriptionResponse,
            TaxId,
        },
        requests::PaymentToken,
    },
    server::{AddressError, NamedService, ServerAddress, ServerUrls},
};

#[cfg(test)]
#[path = "../tests/hostile/mod.rs"]
mod hostile;

/// A door for fuzzing to what no caller needs.
#[doc(hidden)]
pub mod fuzz {
    /// How many messages that mean something are in a frame of the notifications hub; `None` for no such frame.
    pub fn messages_of_a_hub(frame: &[u8]) -> Option<usize> {
        crate::live::fuzz(frame)
    }

    /// Whether a text is taken for an access token that says whose it is.
    pub fn names_a_user(token: &str) -> bool {
        crate::claims::claims(&portico_protocol::SecretText::new(token.to_owned())).is_ok()
    }
}
