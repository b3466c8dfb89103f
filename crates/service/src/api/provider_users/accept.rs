//! Taking up an invitation to work for a provider (protocol.md §5.6).

use axum::extract::State;
use portico_protocol::organization::PolicyType;
use portico_protocol::provider::ProviderUserStatus;
use portico_protocol::provider::requests::ProviderUserAcceptRequest;
use rusqlite::Connection;
use uuid::Uuid;

use super::row;
use crate::api::path::{ProviderId, ProviderUserId};
use crate::api::policies::{in_force, memberships_elsewhere};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::account_of;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::revision;

/// The caller is nobody there yet: what admits them is the token from the mail. No event is logged.
pub(crate) async fn accept(
    State(app): State<App>,
    caller: Caller,
    ProviderId(provider): ProviderId,
    ProviderUserId(id): ProviderUserId,
    Body(request): Body<ProviderUserAcceptRequest>,
) -> Result<(), ApiError> {
    let app_ = app.clone();
    app.store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            let invited = row::find_in(transaction, provider, id)?;
            let invited = invited.ok_or_else(|| ApiError::refused("User invalid."))?;
            if invited.status != ProviderUserStatus::INVITED {
                return Err(ApiError::refused("Already accepted."));
            }
            let now = Moment::now();
            let token = request.token.expose();
            // Made for the address of whoever takes it up: a link that was passed on opens nothing.
            if !invitation::is_valid(&app_.answers, Purpose::JoinProvider, id, &account.email, token, now) {
                return Err(ApiError::refused("Invalid token."));
            }
            let email = invited.invited_email.as_deref().unwrap_or_default();
            if !email.eq_ignore_ascii_case(&account.email) {
                return Err(ApiError::refused("User email does not match invite."));
            }
            check_may_join(transaction, caller.user)?;
            transaction.execute(
                "UPDATE provider_users SET status = ?, user_id = ?, email = NULL, revised = ? WHERE id = ?",
                (ProviderUserStatus::ACCEPTED.0, caller.user, now, id),
            )?;
            Ok(revision::of_user(transaction, caller.user)?)
        })
        .await
}

/// # Errors
/// Somebody in an organization that confirms its members by itself works for no provider.
pub(in crate::api) fn check_may_join(connection: &Connection, user: Uuid) -> Result<(), ApiError> {
    for (organization, _) in memberships_elsewhere(connection, Uuid::nil(), user)? {
        if in_force(connection, organization, PolicyType::AUTOMATIC_USER_CONFIRMATION)? {
            return Err(ApiError::refused(
                "An organization the user is a part of has enabled Automatic User Confirmation policy, and it does \
                 not support the user joining a provider.",
            ));
        }
    }
    Ok(())
}
