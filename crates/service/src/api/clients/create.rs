//! New client organizations (protocol.md §5.7, §5.8).

use axum::Json;
use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::{OrganizationStatus, PlanType};
use portico_protocol::provider::requests::{ClientCreateRequest, ProviderOrganizationCreateRequest};
use portico_protocol::provider::{ProviderOrganizationResponse, ProviderType};
use rusqlite::OptionalExtension;
use uuid::Uuid;

use super::seats::{Billable, plan_of};
use super::{link, plan_rule};
use crate::api::fields;
use crate::api::organizations::{MOST_SEATS, NewOrganization};
use crate::app::App;
use crate::authorize::ActingForProvider;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::identity::register::checked_pair;
use crate::moment::Moment;
use crate::revision;

/// The provider buys the seats and pays for them; the owner is invited and gets the key when somebody confirms them.
pub(crate) async fn create(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<ClientCreateRequest>,
) -> Result<(), ApiError> {
    let client = NewClient::of(request)?;
    let app_ = app.clone();
    app.store
        .write(move |transaction| {
            let provider = acting.provider();
            let billable = Billable::find(transaction, provider)?;
            plan_rule::check(billable.kind, client.organization.plan)?;
            plan_of(transaction, provider, client.organization.plan)?;
            let organization =
                NewOrganization { billing_email: billable.billing_email, ..client.organization };
            organization.found_for(transaction, &app_, &acting.caller, &client.owner, |id| {
                let kind = EventType::PROVIDER_ORGANIZATION_CREATED;
                link::insert(transaction, &acting, id, &client.key, kind).map(drop)
            })?;
            Ok(revision::of_provider(transaction, provider)?)
        })
        .await
}

/// The older way: the organization pays for itself, whatever the provider is.
pub(crate) async fn create_legacy(
    State(app): State<App>,
    acting: ActingForProvider,
    Body(request): Body<ProviderOrganizationCreateRequest>,
) -> Result<Json<ProviderOrganizationResponse>, ApiError> {
    let owner = request.client_owner_email.ok_or_else(|| fields::missing("ClientOwnerEmail"))?;
    let owner = fields::email("ClientOwnerEmail", &owner)?;
    let mut founding =
        request.organization_create_request.ok_or_else(|| fields::missing("OrganizationCreateRequest"))?;
    let key = fields::sealed_key("Key", founding.key.take())?;
    let organization = NewOrganization::of(founding)?;
    let app_ = app.clone();
    app.store
        .write(move |transaction| {
            let provider = acting.provider();
            let kind: Option<i32> = transaction
                .prepare_cached("SELECT type FROM providers WHERE id = ?")?
                .query_row([provider], |row| row.get(0))
                .optional()?;
            plan_rule::check(ProviderType(kind.ok_or(ApiError::NotFound)?), organization.plan)?;
            let mut id = Uuid::nil();
            let organization_id =
                organization.found_for(transaction, &app_, &acting.caller, &owner, |organization| {
                    let kind = EventType::PROVIDER_ORGANIZATION_CREATED;
                    id = link::insert(transaction, &acting, organization, &key, kind)?;
                    Ok(())
                })?;
            revision::of_provider(transaction, provider)?;
            let created: Moment = transaction.query_row(
                "SELECT created FROM provider_organizations WHERE id = ?",
                [id],
                |row| row.get(0),
            )?;
            Ok(Json(ProviderOrganizationResponse {
                id,
                organization_id,
                object: "providerOrganization".into(),
                provider_id: Some(provider),
                key: Some(key),
                creation_date: Some(created.into()),
                revision_date: Some(created.into()),
                ..ProviderOrganizationResponse::default()
            }))
        })
        .await
}

/// A request, checked as far as that goes without the store.
struct NewClient {
    /// Without the billing address, which is the provider's.
    organization: NewOrganization,
    owner: String,
    key: String,
}

impl NewClient {
    fn of(request: ClientCreateRequest) -> Result<NewClient, ApiError> {
        let said = |given: Option<String>| given.filter(|text| !text.trim().is_empty());
        let name = said(request.name).ok_or_else(|| absent("Name", "'name'"))?;
        let owner = said(request.owner_email).ok_or_else(|| absent("OwnerEmail", "'ownerEmail'"))?;
        let name = name.trim().to_owned();
        at_most("Name", &name, 50)?;
        let plan = request.plan_type.filter(|plan| {
            matches!(
                *plan,
                PlanType::TEAMS_MONTHLY | PlanType::ENTERPRISE_MONTHLY | PlanType::ENTERPRISE_ANNUALLY
            )
        });
        let plan = plan.ok_or_else(|| {
            let problem = "'planType' must be Teams (Monthly), Enterprise (Monthly) or Enterprise (Annually)";
            ApiError::invalid("PlanType", problem)
        })?;
        let seats = request.seats.filter(|seats| (1..=MOST_SEATS).contains(seats));
        let seats = seats.ok_or_else(|| ApiError::invalid("Seats", "'seats' must be greater than 0"))?;
        let key = said(request.key).ok_or_else(|| absent("Key", "'key'"))?;
        let keys = request.key_pair.ok_or_else(|| absent("KeyPair", "'keyPair'"))?;
        let collection =
            said(request.collection_name).ok_or_else(|| absent("CollectionName", "'collectionName'"))?;
        Ok(NewClient {
            owner: fields::email("OwnerEmail", &owner)?,
            key: fields::sealed_key("Key", Some(key))?,
            organization: NewOrganization {
                name,
                business_name: None,
                billing_email: String::new(),
                plan,
                status: OrganizationStatus::MANAGED,
                seats,
                keys: checked_pair(keys)?,
                collection_name: Some(fields::encrypted("CollectionName", Some(collection))?),
            },
        })
    }
}

/// In the words of the official server (protocol.md §5.8).
pub(super) fn absent(field: &'static str, name: &str) -> ApiError {
    ApiError::invalid(field, format!("{name} must be provided"))
}
