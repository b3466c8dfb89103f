//! Taking on an organization that exists already (protocol.md §5.7, §5.8).

use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::{OrganizationStatus, PlanType};
use portico_protocol::provider::ProviderType;
use portico_protocol::provider::requests::AddExistingOrganizationRequest;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::addable::candidates;
use super::create::absent;
use super::seats::{Billable, plans_of};
use super::{link, plan_rule};
use crate::api::fields;
use crate::app::App;
use crate::authorize::{ActingForProvider, organization_access};
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;

const TAKEN: &str = "Organization already belongs to a provider.";

/// From here on the provider pays, under a plan of its own.
pub(crate) async fn existing(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<AddExistingOrganizationRequest>,
) -> Result<(), ApiError> {
    let key = request.key.filter(|key| !key.is_empty()).ok_or_else(|| absent("Key", "'key'"))?;
    let key = fields::sealed_key("Key", Some(key))?;
    let organization = request.organization_id.ok_or_else(|| absent("OrganizationId", "'organizationId'"))?;
    app.store
        .write(move |transaction| {
            let provider = acting.provider();
            let billable = Billable::find(transaction, provider)?;
            if !organization_access(transaction, acting.caller.user, organization)?.owns() {
                return Err(ApiError::Unauthorized);
            }
            if link::exists(transaction, organization)? {
                return Err(ApiError::Conflict(TAKEN));
            }
            let plans = plans_of(transaction, provider)?;
            let candidates = candidates(transaction, acting.caller.user, billable.kind, &plans)?;
            let found = candidates.into_iter().find(|one| one.id == organization);
            let found = found.ok_or(ApiError::NotFound)?;
            transaction.execute(
                "UPDATE organizations SET plan_type = ?, status = ?, billing_email = ?, max_autoscale_seats = NULL,
                     revised = ? WHERE id = ?",
                (
                    found.into.plan.0,
                    OrganizationStatus::MANAGED.0,
                    billable.billing_email,
                    Moment::now(),
                    organization,
                ),
            )?;
            take_on(transaction, &acting, organization, &key)
        })
        .await
}

/// The older way: the organization goes on paying for itself.
pub(crate) async fn add_legacy(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<AddExistingOrganizationRequest>,
) -> Result<(), ApiError> {
    let organization = request.organization_id.ok_or_else(|| fields::missing("OrganizationId"))?;
    let key = fields::sealed_key("Key", request.key)?;
    app.store
        .write(move |transaction| {
            if !organization_access(transaction, acting.caller.user, organization)?.owns() {
                return Err(ApiError::NotFound);
            }
            if link::exists(transaction, organization)? {
                return Err(ApiError::refused(TAKEN));
            }
            let (kind, billing_email) =
                kind_and_address(transaction, acting.provider())?.ok_or(ApiError::NotFound)?;
            let (plan, secrets_manager): (i32, bool) = transaction
                .prepare_cached("SELECT plan_type, use_secrets_manager FROM organizations WHERE id = ?")?
                .query_row([organization], |row| Ok((row.get(0)?, row.get(1)?)))?;
            plan_rule::check(kind, PlanType(plan))?;
            if secrets_manager {
                return Err(ApiError::refused(
                    "The organization is subscribed to Secrets Manager. Please contact Customer Support to manage the \
                     subscription.",
                ));
            }
            transaction.execute(
                "UPDATE organizations SET billing_email = ?, revised = ? WHERE id = ?",
                (billing_email, Moment::now(), organization),
            )?;
            take_on(transaction, &acting, organization, &key)
        })
        .await
}

fn take_on(
    connection: &Connection,
    acting: &ActingForProvider,
    organization: Uuid,
    key: &str,
) -> Result<(), ApiError> {
    link::insert(connection, acting, organization, key, EventType::PROVIDER_ORGANIZATION_ADDED)?;
    revision::of_organization(connection, organization)?;
    Ok(revision::of_provider(connection, acting.provider())?)
}

fn kind_and_address(
    connection: &Connection,
    provider: Uuid,
) -> Result<Option<(ProviderType, String)>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT type, billing_email FROM providers WHERE id = ?")?
        .query_row([provider], |row| Ok((ProviderType(row.get(0)?), row.get(1)?)))
        .optional()
}
