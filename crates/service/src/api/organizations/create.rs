//! Founding an organization (protocol.md §4.7).

use axum::Json;
use axum::extract::State;
use portico_protocol::organization::requests::OrganizationCreateRequest;
use portico_protocol::organization::{
    CollectionType, OrganizationResponse, OrganizationStatus, PlanType, PolicyType, Selection,
};
use rusqlite::Connection;
use uuid::Uuid;

use super::find;
use crate::api::access::{Grants, put_grant};
use crate::api::members::{CONFIRMED, OWNER, runs_free_organization};
use crate::api::policies::{in_force, is_exempt, memberships_elsewhere};
use crate::api::{collections, fields, plans};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::register::{check_encrypted, check_public_key};
use crate::moment::Moment;
use crate::revision;

/// The caller becomes its first owner, confirmed at once: the key comes wrapped for them.
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<OrganizationCreateRequest>,
) -> Result<Json<OrganizationResponse>, ApiError> {
    let founding = Founding::of(request)?;
    app.store
        .write(move |transaction| {
            founding.check_founder(transaction, caller.user)?;
            let id = founding.insert(transaction)?;
            founding.insert_owner(transaction, id, caller.user)?;
            revision::of_user(transaction, caller.user)?;
            Ok(Json(find(transaction, id)?.ok_or(ApiError::NotFound)?))
        })
        .await
}

/// A request, checked as far as that goes without the store.
struct Founding {
    name: String,
    business_name: Option<String>,
    billing_email: String,
    plan: PlanType,
    seats: i32,
    key: String,
    public_key: String,
    private_key: String,
    collection_name: Option<String>,
}

impl Founding {
    fn of(request: OrganizationCreateRequest) -> Result<Founding, ApiError> {
        let keys = request.keys.ok_or_else(|| fields::missing("Keys"))?;
        check_public_key(&keys.public_key)?;
        check_encrypted("EncryptedPrivateKey", &keys.encrypted_private_key)?;
        let billing_email = request.billing_email.ok_or_else(|| fields::missing("BillingEmail"))?;
        let plan = request.plan_type.ok_or_else(|| fields::missing("PlanType"))?;
        if !plans::is_offered(plan) {
            return Err(ApiError::refused("Invalid plan selected."));
        }
        let collection_name = match request.collection_name.filter(|name| !name.is_empty()) {
            Some(name) => Some(fields::encrypted("CollectionName", Some(name))?),
            None => None,
        };
        Ok(Founding {
            name: fields::text("Name", request.name.as_deref(), 50)?,
            business_name: fields::optional("BusinessName", request.business_name, 50)?,
            billing_email: fields::email("BillingEmail", &billing_email)?,
            plan,
            seats: seats(plan, request.additional_seats.unwrap_or(0))?,
            key: fields::wrapped_key("Key", request.key)?,
            public_key: keys.public_key,
            private_key: keys.encrypted_private_key,
            collection_name,
        })
    }

    fn check_founder(&self, connection: &Connection, user: Uuid) -> Result<(), ApiError> {
        if self.plan == PlanType::FREE && runs_free_organization(connection, user, Uuid::nil())? {
            return Err(ApiError::refused("You can only be an admin of one free organization."));
        }
        for (organization, kind) in memberships_elsewhere(connection, Uuid::nil(), user)? {
            if in_force(connection, organization, PolicyType::SINGLE_ORG)?
                && !is_exempt(connection, organization, user, kind)?
            {
                return Err(ApiError::refused(
                    "You may not create an organization. You belong to an organization which has a policy that \
                     prohibits you from being a member of any other organization.",
                ));
            }
        }
        Ok(())
    }

    fn insert(&self, connection: &Connection) -> Result<Uuid, rusqlite::Error> {
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
                OrganizationStatus::CREATED.0,
                self.seats,
                offer.most_collections,
                offer.storage_gb,
                self.public_key,
                self.private_key,
                now,
                now,
            ],
        )?;
        Ok(id)
    }

    fn insert_owner(
        &self,
        connection: &Connection,
        organization: Uuid,
        user: Uuid,
    ) -> Result<(), rusqlite::Error> {
        let (member, now) = (Uuid::new_v4(), Moment::now());
        connection.execute(
            "INSERT INTO members (id, organization_id, user_id, member_key, status, type, permissions,
                 access_secrets_manager, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?)",
            (member, organization, user, &self.key, CONFIRMED, OWNER, now, now),
        )?;
        if let Some(name) = &self.collection_name {
            let id = collections::insert(connection, organization, name, None, CollectionType::SHARED)?;
            let grant = Selection { id, read_only: false, hide_passwords: false, manage: true };
            put_grant(connection, Grants::CollectionsOfMembers, member, &grant)?;
        }
        Ok(())
    }
}

/// No plan is for more, and sums stay far from overflowing.
const MOST_SEATS: i32 = 1_000_000;

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
