//! Inviting people to work for a provider, and reminding them (protocol.md §5.6).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{BulkMemberResult, IdsRequest};
use portico_protocol::provider::requests::ProviderUserInviteRequest;
use portico_protocol::provider::{ProviderUserStatus, ProviderUserType};
use rusqlite::Connection;
use uuid::Uuid;

use super::row::{self, ProviderUserRow};
use super::{each, swallowed};
use crate::api::path::ProviderUserId;
use crate::api::{fields, providers};
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::body::Body;
use crate::error::ApiError;
use crate::events;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, link, post};

/// Addresses that are in the list already, as people or as invitations, are skipped without a word.
pub(crate) async fn invite(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<ProviderUserInviteRequest>,
) -> Result<(), ApiError> {
    let emails = fields::invited(&request.emails)?;
    let role = known_role(request.role)?;
    let app_ = app.clone();
    app.store
        .write(move |transaction| {
            providers::require_set_up(transaction, acting.provider())?;
            for email in emails {
                if is_known(transaction, acting.provider(), &email)? {
                    continue;
                }
                let id = insert(transaction, acting.provider(), &email, role)?;
                events::about_provider_user(transaction, &acting, EventType::PROVIDER_USER_INVITED, id)?;
                send_mail(transaction, &app_, acting.provider(), id, &email)?;
            }
            Ok(())
        })
        .await
}

/// 200 whatever is wrong with the row (protocol.md §5.6).
pub(crate) async fn reinvite(
    State(app): State<App>,
    acting: ActingForProvider,
    ProviderUserId(id): ProviderUserId,
) -> Result<(), ApiError> {
    let app_ = app.clone();
    app.store
        .write(move |transaction| match row::find(transaction, id)? {
            Some(found) => swallowed(remind(transaction, &app_, &acting, id, &found)),
            None => Ok(()),
        })
        .await
}

pub(crate) async fn reinvite_many(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    let app_ = app.clone();
    app.store
        .write(move |transaction| {
            each(
                ids,
                |id| *id,
                |id| {
                    Ok(row::find(transaction, id)?
                        .map(|found| remind(transaction, &app_, &acting, id, &found)))
                },
            )
        })
        .await
}

/// A role that this server knows.
pub(super) fn known_role(given: Option<ProviderUserType>) -> Result<ProviderUserType, ApiError> {
    let role = given.ok_or_else(|| fields::missing("Type"))?;
    match role.known_name() {
        Some(_) => Ok(role),
        None => Err(ApiError::invalid("Type", "The field Type is invalid.")),
    }
}

fn is_known(connection: &Connection, provider: Uuid, email: &str) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT 1 FROM provider_users p LEFT JOIN users u ON u.id = p.user_id
             WHERE p.provider_id = ? AND coalesce(u.email, p.email) = ?",
        )?
        .exists((provider, email))
}

fn insert(
    connection: &Connection,
    provider: Uuid,
    email: &str,
    role: ProviderUserType,
) -> Result<Uuid, rusqlite::Error> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    connection
        .prepare_cached(
            "INSERT INTO provider_users (id, provider_id, email, status, type, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((id, provider, email, ProviderUserStatus::INVITED.0, role.0, now, now))?;
    Ok(id)
}

fn remind(
    connection: &Connection,
    app: &App,
    acting: &ActingForProvider,
    id: Uuid,
    found: &ProviderUserRow,
) -> Result<(), ApiError> {
    match found {
        ProviderUserRow {
            provider, status: ProviderUserStatus::INVITED, invited_email: Some(email), ..
        } if *provider == acting.provider() => Ok(send_mail(connection, app, *provider, id, email)?),
        _ => Err(ApiError::refused("User invalid.")),
    }
}

/// The mail with the link that leads to the page where the invitation is accepted (protocol.md §5.5).
fn send_mail(
    connection: &Connection,
    app: &App,
    provider: Uuid,
    id: Uuid,
    email: &str,
) -> Result<(), rusqlite::Error> {
    let now = Moment::now();
    let name = providers::name(connection, provider)?;
    let token = invitation::token(&app.answers, Purpose::JoinProvider, id, email, now);
    let (provider, id) = (provider.to_string(), id.to_string());
    let link = link(
        &app.base,
        "providers/accept-provider",
        &[
            ("providerId", &provider),
            ("providerUserId", &id),
            ("email", email),
            ("providerName", &name),
            ("token", &token),
        ],
    );
    let letter = Letter {
        kind: MailKind::ProviderInvitation,
        to: email,
        subject: &format!("Join {name}"),
        fields: &[
            ("providerId", &provider),
            ("providerUserId", &id),
            ("providerName", &name),
            ("token", &token),
            ("link", &link),
        ],
        body: &format!(
            "You have been invited to work for the provider {name}. To accept the invitation within five days, open\n\
             \n{link}\n"
        ),
    };
    post(connection, &letter, now)
}
