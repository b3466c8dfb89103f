//! `client_id=organization.{id}` (protocol.md §1.3): the API key of an organization buys a token for the public API. It
//! stands for no person, and no route for people takes it.

use portico_protocol::identity::TokenResponse;
use portico_protocol::organization::PlanType;
use rusqlite::OptionalExtension;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::form::Form;
use super::refusal::Refused;
use crate::api::features;
use crate::app::App;
use crate::jwt::{self, Machine, ORGANIZATION_SCOPE};
use crate::moment::Moment;

/// The key of an organization that is enabled and whose plan has an API.
pub(super) async fn client_credentials(
    app: &App,
    form: Form,
    organization: Option<Uuid>,
) -> Result<TokenResponse, Refused> {
    let organization = organization.ok_or_else(|| Refused::plain("invalid_client"))?;
    let kept = app
        .store
        .read::<_, Refused>(move |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT k.secret, o.plan_type FROM organization_api_keys k
                     JOIN organizations o ON o.id = k.organization_id AND o.enabled WHERE o.id = ?",
                )?
                .query_row([organization], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
                .optional()?)
        })
        .await?;
    let given = form.text("client_secret").unwrap_or_default();
    let is_right = kept.is_some_and(|(secret, plan)| {
        bool::from(secret.as_bytes().ct_eq(given.as_bytes())) && features(PlanType(plan)).teams
    });
    if !is_right {
        return Err(Refused::plain("invalid_client"));
    }
    if form.text("scope") != Some(ORGANIZATION_SCOPE) {
        return Err(Refused::plain("invalid_scope"));
    }
    Ok(TokenResponse {
        access_token: app.signer.sign_for_machine(Machine::Organization(organization), Moment::now())?.into(),
        expires_in: jwt::LIFETIME,
        token_type: "Bearer".into(),
        refresh_token: None,
        scope: Some(ORGANIZATION_SCOPE.into()),
        sign_in: None,
    })
}
