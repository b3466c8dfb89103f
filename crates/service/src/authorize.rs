//! Who may call what. The rules stand in [`crate::routes`]; this module decides by them.

mod access;
mod rule;
mod standing;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use portico_protocol::organization::MemberType;
use portico_protocol::provider::ProviderUserType;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::api::notifications;
use crate::app::App;
use crate::connections::Peer;
use crate::device_types;
use crate::error::ApiError;
use crate::events::Actor;
use crate::jwt::Session;
use crate::permissions::Permissions;
use crate::push;
use crate::vault::Rights;

pub(crate) use access::{
    Acting, ActingForProvider, Member, OrganizationAccess, ProviderAccess, organization_access,
};
pub use rule::{ClientItems, Refusal, Role, Rule};
pub(crate) use standing::Standing;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user: Uuid,
    pub(crate) device_type: Option<i32>,
    pub(crate) ip: Option<String>,
}

/// The Send that the caller may open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SendGrant(pub(crate) Uuid);

/// Where a request of nobody in particular came from, for the log.
pub(crate) struct Origin(pub(crate) Actor);

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let device_type = device_type(&parts.headers);
        Ok(Origin(Actor { device_type, ip: ip(&parts.extensions) }))
    }
}

/// What a guard of one route needs.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) app: App,
    /// For a request that names no organization in its query; `None`: there is no such request.
    pub(crate) rule: Option<Rule>,
    /// For a request with `?organizationId=`, where the table has a line for it.
    pub(crate) by_query: Option<Rule>,
}

/// Lets a request through to its handler if the rule allows its caller. Handlers learn who that is from
/// extractors that only this function feeds, so that a route outside the table cannot read anything.
pub(crate) async fn guard(
    State(guard): State<Guard>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    // What is no text names nothing.
    let Ok(params) = params else { return ApiError::NotFound.into_response() };
    if guard.rule.is_some_and(|rule| rule.allowed.contains(&Role::Anonymous)) {
        return next.run(request).await;
    }
    if guard.rule.is_some_and(|rule| rule.allowed.contains(&Role::SendRecipient)) {
        let Some(send) = bearer(request.headers()).and_then(|token| guard.app.signer.verify_send(token))
        else {
            return ApiError::Unauthenticated.into_response();
        };
        request.extensions_mut().insert(SendGrant(send));
        return next.run(request).await;
    }
    match admit(guard, &params, &mut request).await {
        Ok((device, standing)) => push::ACTING_DEVICE.scope(device, standing.during(next.run(request))).await,
        Err(refused) => refused.into_response(),
    }
}

/// Lets in, and tells from which device and as what.
async fn admit(
    guard: Guard,
    params: &RawPathParams,
    request: &mut Request,
) -> Result<(Option<String>, Standing), ApiError> {
    let token = bearer(request.headers()).map(str::to_owned).or_else(|| token_in_query(request));
    let session = token.and_then(|token| guard.app.signer.verify(&token)).ok_or(ApiError::Unauthenticated)?;
    let device = session.device.clone();
    let provider = tenant(params, "provider").map_err(|not_found| match guard.rule {
        Some(Rule { refusal: Refusal::UnauthorizedOrNoProvider, .. }) => {
            ApiError::refused("Route parameter 'providerId' is missing or invalid.")
        }
        _ => not_found,
    })?;
    let item = tenant(params, "cipher")?;
    for id in ["attachment", "folder", "send", "file"] {
        tenant(params, id)?;
    }
    let (rule, organization) = match (guard.by_query, organization_in_query(request)?) {
        (Some(rule), Some(organization)) => (rule, Some(organization)),
        _ => (guard.rule.ok_or(ApiError::NotFound)?, tenant(params, "organization")?),
    };

    let (session, admitted) = guard
        .app
        .store
        .read(move |connection| {
            let named = Named { organization, provider, item };
            let admitted = decide(connection, &session, rule, named)?;
            Ok::<_, ApiError>((session, admitted))
        })
        .await?;
    let provider = provider.map(|id| (id, admitted.provider.clone()));
    let standing = Standing::new(session, admitted.organization.clone(), provider);

    let caller = Caller {
        user: admitted.user,
        device_type: device_type(request.headers()),
        ip: ip(request.extensions()),
    };
    let extensions = request.extensions_mut();
    extensions.insert(caller);
    if let Some(access) = admitted.organization {
        extensions.insert(access);
    }
    if let Some(access) = admitted.provider {
        extensions.insert(access);
    }
    Ok((device, standing))
}

struct Admitted {
    user: Uuid,
    organization: Option<OrganizationAccess>,
    provider: Option<ProviderAccess>,
}

/// What a request is about.
struct Named {
    organization: Option<Uuid>,
    provider: Option<Uuid>,
    item: Option<Uuid>,
}

fn decide(
    connection: &Connection,
    session: &Session,
    rule: Rule,
    named: Named,
) -> Result<Admitted, ApiError> {
    let provider = named.provider;
    if standing::stamp(connection, session.sub)?.as_deref() != Some(session.sstamp.as_str()) {
        return Err(ApiError::Unauthenticated);
    }

    let mut roles = vec![Role::SignedIn];
    let organization = match named.organization {
        Some(id) => {
            let access = organization_access(connection, session.sub, id)?;
            if let Some(member) = &access.member {
                roles.extend(member_role(member, rule.custom));
            }
            if let Some(link) = &access.provider {
                roles.push(provider_role(link.kind));
                roles.extend(item_roles(link.items));
            }
            Some(access)
        }
        None => None,
    };
    let provider_access = match provider {
        Some(id) => standing::provider_access(connection, session, id)?,
        None => None,
    };
    if let Some(access) = &provider_access {
        roles.push(if access.is_admin { Role::ProviderAdmin } else { Role::ServiceUser });
    }

    if let Some(item) = named.item
        && let Some(rights) = Rights::of(connection, session.sub, item)?
    {
        roles.extend(rights.roles());
    }

    if !roles.iter().any(|role| rule.allowed.contains(role)) {
        return Err(match (rule.refusal, provider) {
            (Refusal::NotFound, _) => ApiError::NotFound,
            (Refusal::Forbidden, _) => ApiError::Forbidden,
            (Refusal::Unauthorized, Some(id)) if !provider_exists(connection, id)? => ApiError::NotFound,
            (Refusal::UnauthorizedOrNoProvider, Some(id)) if !provider_exists(connection, id)? => {
                ApiError::NoProvider
            }
            (Refusal::Unauthorized | Refusal::UnauthorizedOrNoProvider, _) => ApiError::Unauthorized,
        });
    }
    Ok(Admitted { user: session.sub, organization, provider: provider_access })
}

fn member_role(member: &Member, custom: Permissions) -> Option<Role> {
    match MemberType(member.kind) {
        MemberType::OWNER => Some(Role::Owner),
        MemberType::ADMIN => Some(Role::Admin),
        MemberType::CUSTOM if custom == Permissions::NONE || member.permissions.any_of(custom) => {
            Some(Role::Custom)
        }
        MemberType::CUSTOM => None,
        _ => Some(Role::User),
    }
}

fn provider_role(kind: i32) -> Role {
    if kind == ProviderUserType::PROVIDER_ADMIN.0 { Role::ProviderAdmin } else { Role::ServiceUser }
}

fn item_roles(items: ClientItems) -> &'static [Role] {
    match items {
        ClientItems::None => &[],
        ClientItems::Read => &[Role::ClientItemsReader],
        ClientItems::Full => &[Role::ClientItemsReader, Role::ClientItemsEditor],
    }
}

/// The official server believes the claims of the token alone. Here the row has to agree: whoever was removed
/// is out at once, and whoever was just confirmed needs a fresh token, as there (protocol.md §5.3).
fn provider_role_of(
    connection: &Connection,
    session: &Session,
    provider: Uuid,
) -> Result<Option<Role>, rusqlite::Error> {
    let kind: Option<i32> = connection
        .prepare_cached(
            "SELECT type FROM provider_users WHERE user_id = ? AND provider_id = ? AND status = 2",
        )?
        .query_row((session.sub, provider), |row| row.get(0))
        .optional()?;
    Ok(kind.map(provider_role).filter(|role| match role {
        Role::ProviderAdmin => session.providerprovideradmin.contains(&provider),
        _ => session.providerserviceuser.contains(&provider),
    }))
}

fn provider_exists(connection: &Connection, id: Uuid) -> Result<bool, rusqlite::Error> {
    connection.prepare_cached("SELECT 1 FROM providers WHERE id = ?")?.exists([id])
}

fn tenant(params: &RawPathParams, name: &str) -> Result<Option<Uuid>, ApiError> {
    match params.iter().find(|(key, _)| *key == name) {
        None => Ok(None),
        Some((_, value)) => value.parse().map(Some).map_err(|_| ApiError::NotFound),
    }
}

fn organization_in_query(request: &Request) -> Result<Option<Uuid>, ApiError> {
    let query = request.uri().query().unwrap_or_default();
    let named = url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, value)| key.eq_ignore_ascii_case("organizationId") && !value.is_empty());
    named.map(|(_, value)| value.parse().map_err(|_| ApiError::NotFound)).transpose()
}

/// Of the hub, whose clients cannot all set headers (protocol.md §1.6). Nothing here logs addresses.
fn token_in_query(request: &Request) -> Option<String> {
    if ![notifications::HUB, notifications::NEGOTIATE].contains(&request.uri().path()) {
        return None;
    }
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == "access_token").map(|(_, value)| value.into_owned())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn ip(extensions: &axum::http::Extensions) -> Option<String> {
    extensions.get::<axum::extract::ConnectInfo<Peer>>().map(|info| info.0.0.ip().to_string())
}

/// What kind of device the headers name.
pub(crate) fn device_type(headers: &HeaderMap) -> Option<i32> {
    device_types::number(headers.get("Device-Type")?.to_str().ok()?)
}

macro_rules! fed_by_the_guard {
    ($($extractor:ty),*) => {$(
        impl<S: Send + Sync> FromRequestParts<S> for $extractor {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
                parts.extensions.get::<$extractor>().cloned().ok_or(ApiError::Unguarded)
            }
        }
    )*};
}
fed_by_the_guard!(Caller, OrganizationAccess, ProviderAccess, SendGrant);
