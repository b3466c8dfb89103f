//! A new organization, whoever founds it (protocol.md §4.7, §5.7, §5.8).

use portico_protocol::events::EventType;
use portico_protocol::identity::KeyPairRequest;
use portico_protocol::organization::requests::OrganizationCreateRequest;
use portico_protocol::organization::{CollectionType, OrganizationStatus, PlanType, Selection};
use rusqlite::Connection;
use uuid::Uuid;

use crate::api::access::{Grants, put_grant};
use crate::api::{collections, fields, members, plans};
use crate::app::App;
use crate::authorize::Caller;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;
use crate::identity::register::checked_pair;
use crate::moment::Moment;

/// No plan is for more, and sums stay far from overflowing.
pub(in crate::api) const MOST_SEATS: i32 = 1_000_000;

/// An organization before it has members, checked as far as that goes without the store.
pub(in crate::api) struct NewOrganization {
    pub(in crate::api) name: String,
    pub(in crate::api) business_name: Option<String>,
    pub(in crate::api) billing_email: String,
    pub(in crate::api) plan: PlanType,
    pub(in crate::api) status: OrganizationStatus,
    pub(in crate::api) seats: i32,
    pub(in crate::api) keys: KeyPairRequest,
    /// Of the default collection.
    pub(in crate::api) collection_name: Option<String>,
}

impl NewOrganization {
    /// Reads everything but the key, which is wrapped for whoever founds it.
    pub(in crate::api) fn of(request: OrganizationCreateRequest) -> Result<NewOrganization, ApiError> {
        let billing_email = request.billing_email.ok_or_else(|| fields::missing("BillingEmail"))?;
        let plan = request.plan_type.ok_or_else(|| fields::missing("PlanType"))?;
        if !plans::is_offered(plan) {
            return Err(ApiError::refused("Invalid plan selected."));
        }
        let collection_name = match request.collection_name.filter(|name| !name.is_empty()) {
            Some(name) => Some(fields::encrypted("CollectionName", Some(name))?),
            None => None,
        };
        Ok(NewOrganization {
            name: fields::text("Name", request.name.as_deref(), 50)?,
            business_name: fields::optional("BusinessName", request.business_name, 50)?,
            billing_email: fields::email("BillingEmail", &billing_email)?,
            plan,
            status: OrganizationStatus::CREATED,
            seats: seats(plan, request.additional_seats.unwrap_or(0))?,
            keys: checked_pair(request.keys.ok_or_else(|| fields::missing("Keys"))?)?,
            collection_name,
        })
    }

    pub(in crate::api) fn insert(&self, connection: &Connection) -> Result<Uuid, rusqlite::Error> {
        let (id, now) = (Uuid::new_v4(), Moment::now());
        let offer = plans::offer(self.plan);
        connection.execute(
            "INSERT INTO organizations (id, name, business_name, billing_email, plan_type, status, enabled, seats,
                 max_collections, max_storage_gb, use_secrets_manager, limit_collection_creation,
                 limit_collection_deletion, limit_item_deletion, allow_admin_access_to_all_collection_items,
                 public_key, private_key, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 0, 0, 0, 0, 1, ?, ?, ?, ?)",
            rusqlite::params![
                id,
                self.name,
                self.business_name,
                self.billing_email,
                self.plan.0,
                self.status.0,
                self.seats,
                offer.most_collections,
                offer.storage_gb,
                self.keys.public_key,
                self.keys.encrypted_private_key,
                now,
                now,
            ],
        )?;
        Ok(id)
    }

    /// The default collection, which `member` manages.
    pub(in crate::api) fn insert_collection(
        &self,
        connection: &Connection,
        organization: Uuid,
        member: Uuid,
    ) -> Result<(), rusqlite::Error> {
        let Some(name) = &self.collection_name else { return Ok(()) };
        let id = collections::insert(connection, organization, name, None, CollectionType::SHARED)?;
        let grant = Selection { id, read_only: false, hide_passwords: false, manage: true };
        put_grant(connection, Grants::CollectionsOfMembers, member, &grant)
    }

    /// Founds it as a client of a provider: somebody is invited to own it, and nobody has its key but the provider.
    /// The link to the provider has to be there for the log to name the provider, so `link` makes it in between.
    pub(in crate::api) fn found_for(
        &self,
        connection: &Connection,
        app: &App,
        caller: &Caller,
        owner: &str,
        link: impl FnOnce(Uuid) -> Result<(), ApiError>,
    ) -> Result<Uuid, ApiError> {
        let organization = self.insert(connection)?;
        link(organization)?;
        let member = members::insert_invited_owner(connection, organization, owner)?;
        self.insert_collection(connection, organization, member)?;
        let about = BulkEvent {
            kind: EventType::MEMBER_INVITED.0,
            organization_user_id: Some(member),
            ..BulkEvent::default()
        };
        events::record_in_organization(connection, caller, organization, about)?;
        members::mail_invitation(connection, app, organization, member, owner)?;
        Ok(organization)
    }
}

fn seats(plan: PlanType, more: i32) -> Result<i32, ApiError> {
    let offer = plans::offer(plan);
    let problem = if more < 0 {
        "You can't subtract Password Manager seats!"
    } else if more > 0 && !offer.has_more_seats() {
        "Plan does not allow additional users."
    } else if offer.base_seats == 0 && more == 0 {
        "You do not have any Password Manager seats!"
    } else if more > MOST_SEATS {
        "Selected plan allows a maximum of 1000000 additional users."
    } else {
        return Ok(offer.base_seats + more);
    };
    Err(ApiError::refused(problem))
}
