//! Giving people another role (protocol.md §5.6).

use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::provider::ProviderUserType;
use portico_protocol::provider::requests::ProviderUserUpdateRequest;

use super::invite::known_role;
use super::row;
use crate::api::path::ProviderUserId;
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::{events, revision};

/// A person may change the own role as well, as long as an admin stays.
pub(crate) async fn update(
    State(app): State<App>,
    acting: ActingForProvider,
    ProviderUserId(id): ProviderUserId,
    Body(request): Body<ProviderUserUpdateRequest>,
) -> Result<(), ApiError> {
    let role = known_role(request.role)?;
    app.store
        .write(move |transaction| {
            let provider = acting.provider();
            let found = row::find_in(transaction, provider, id)?.ok_or(ApiError::NotFound)?;
            if role != ProviderUserType::PROVIDER_ADMIN {
                row::check_admin_stays(transaction, provider, &[id])?;
            }
            transaction.execute(
                "UPDATE provider_users SET type = ?, revised = ? WHERE id = ?",
                (role.0, Moment::now(), id),
            )?;
            events::about_provider_user(transaction, &acting, EventType::PROVIDER_USER_UPDATED, id)?;
            if let Some(user) = found.user {
                revision::of_user(transaction, user)?;
            }
            Ok(())
        })
        .await
}
