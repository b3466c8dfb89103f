//! Account recovery: members hand their user key to the organization, admins set a new master password with it or
//! reset two-step login (protocol.md §4.6, §4.8 policy 8).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::account::KdfType;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{IdsRequest, RecoverAccountRequest};
use portico_protocol::organization::{PlanType, PolicyType};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::row::{self, ADMIN, CONFIRMED, MemberRow, OWNER};
use crate::api::master_password::end_sessions;
use crate::api::path::{MemberId, UserId};
use crate::api::plan::features;
use crate::api::policies::{in_force, settings_in_force};
use crate::api::{fields, organizations};
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::error::ApiError;
use crate::events::Actor;
use crate::identity::register::{check_hash, check_user_key};
use crate::identity::verification::{Secret, hashed, verified};
use crate::identity::{Account, by_id, two_step};
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, post};
use crate::{events, revision};

/// What an admin's client needs to open the user key of a member, and to seal it again.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Details {
    object: &'static str,
    organization_user_id: Uuid,
    kdf: KdfType,
    kdf_iterations: u32,
    kdf_memory: Option<u32>,
    kdf_parallelism: Option<u32>,
    master_password_salt: String,
    reset_password_key: String,
    encrypted_private_key: Option<String>,
}

pub(crate) async fn details(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
) -> Result<Json<Details>, ApiError> {
    app.store
        .read(move |connection| {
            let (member, account) = recoverable(connection, &acting, id)?.ok_or(ApiError::NotFound)?;
            check_plan_and_policy(connection, acting.organization())?;
            check_rank(&acting, &member)?;
            Ok(Json(details_of(connection, &member, account)?))
        })
        .await
}

/// Of several; those who are not enrolled, or stand above the caller, are left out.
pub(crate) async fn details_of_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<Details>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    app.store
        .read(move |connection| {
            check_plan_and_policy(connection, acting.organization())?;
            let mut details = Vec::new();
            for id in ids {
                let found = recoverable(connection, &acting, id)?;
                if let Some((member, account)) = found.filter(|(member, _)| outranks(&acting, member)) {
                    details.push(details_of(connection, &member, account)?);
                }
            }
            Ok(Json(ListResponse::complete(details)))
        })
        .await
}

/// Replaces a member's master password, turns two-step login off, or both. All their sessions end, and after a new password
/// the next sign-in asks for one of their own.
pub(crate) async fn recover(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
    Body(request): Body<RecoverAccountRequest>,
) -> Result<(), ApiError> {
    let two_step_off = request.reset_two_factor.unwrap_or(false);
    let password = match request.reset_master_password.unwrap_or(!two_step_off) {
        true => {
            let hash = request.new_master_password_hash.unwrap_or_default();
            let key = request.key.unwrap_or_default();
            check_hash("NewMasterPasswordHash", &hash)?;
            check_user_key("Key", &key)?;
            Some((hashed(&app, hash).await?, key))
        }
        false if two_step_off => None,
        false => {
            return Err(ApiError::refused(
                "Choose a new master password, two-step login to be reset, or both.",
            ));
        }
    };
    app.store
        .write(move |transaction| {
            check_plan_and_policy(transaction, acting.organization())?;
            let found = recoverable(transaction, &acting, id)?;
            let (member, account) = found.ok_or_else(|| ApiError::refused("Organization User not valid"))?;
            check_rank(&acting, &member)?;
            let now = Moment::now();
            if let Some((hash, key)) = &password {
                transaction.execute(
                    "UPDATE users SET password = ?, user_key = ?, force_password_reset = 1 WHERE id = ?",
                    (hash, key, account.id),
                )?;
                events::about_member(transaction, &acting, EventType::MEMBER_PASSWORD_RESET_BY_ADMIN, id)?;
            }
            if two_step_off {
                events::about_member(transaction, &acting, EventType::MEMBER_TWO_FACTOR_RESET_BY_ADMIN, id)?;
                let from = Actor::from(&acting.caller);
                two_step::turn_off_all(transaction, &account, acting.caller.user, &from, now)?;
            }
            end_sessions(transaction, account.id, now)?;
            tell(transaction, acting.organization(), &account, password.is_some(), two_step_off)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolment {
    /// The user key for the organization's public key; none withdraws.
    #[serde(default)]
    reset_password_key: Option<String>,
    #[serde(flatten)]
    secret: Secret,
}

/// A member enrols, or withdraws.
pub(crate) async fn enrol(
    State(app): State<App>,
    acting: Acting,
    UserId(user): UserId,
    Body(request): Body<Enrolment>,
) -> Result<(), ApiError> {
    if user != acting.caller.user {
        return Err(ApiError::NotFound);
    }
    let key = match request.reset_password_key.filter(|key| !key.is_empty()) {
        Some(key) => {
            let key = fields::wrapped_key("ResetPasswordKey", Some(key))?;
            verified(&app, user, request.secret).await?;
            Some(key)
        }
        None => None,
    };
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let own = row::of_user(transaction, organization, user)?.ok_or(ApiError::NotFound)?;
            check_plan_and_policy(transaction, organization)?;
            let settings = settings_in_force(transaction, organization, PolicyType::RESET_PASSWORD)?;
            if key.is_none() && settings.is_some_and(|data| data["autoEnrollEnabled"] == true) {
                return Err(ApiError::refused(
                    "Due to an Enterprise Policy, you are not allowed to withdraw from account recovery.",
                ));
            }
            transaction.execute(
                "UPDATE members SET reset_password_key = ?, revised = ? WHERE id = ?",
                (&key, Moment::now(), own.id),
            )?;
            revision::of_user(transaction, user)?;
            let kind = match key {
                Some(_) => EventType::MEMBER_ENROLLED_IN_RECOVERY,
                None => EventType::MEMBER_WITHDREW_FROM_RECOVERY,
            };
            Ok(events::about_member(transaction, &acting, kind, own.id)?)
        })
        .await
}

/// The confirmed and enrolled member `id` with the account behind.
fn recoverable(
    connection: &Connection,
    acting: &Acting,
    id: Uuid,
) -> Result<Option<(MemberRow, Account)>, ApiError> {
    let member = row::find(connection, acting.organization(), id)?;
    let member = member.filter(|member| member.status == CONFIRMED && member.is_enrolled);
    let Some(member) = member else { return Ok(None) };
    let Some(user) = member.user else { return Ok(None) };
    Ok(by_id(connection, user)?.map(|account| (member, account)))
}

fn details_of(
    connection: &Connection,
    member: &MemberRow,
    account: Account,
) -> Result<Details, rusqlite::Error> {
    let (reset_password_key, encrypted_private_key) = connection
        .prepare_cached(
            "SELECT m.reset_password_key, o.private_key FROM members m
             JOIN organizations o ON o.id = m.organization_id WHERE m.id = ?",
        )?
        .query_row([member.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Details {
        object: "organizationUserResetPasswordDetails",
        organization_user_id: member.id,
        kdf: account.kdf.kdf_type,
        kdf_iterations: account.kdf.iterations,
        kdf_memory: account.kdf.memory,
        kdf_parallelism: account.kdf.parallelism,
        master_password_salt: account.salt,
        reset_password_key,
        encrypted_private_key,
    })
}

fn check_rank(acting: &Acting, member: &MemberRow) -> Result<(), ApiError> {
    if outranks(acting, member) {
        return Ok(());
    }
    Err(ApiError::refused("You are not permitted to recover this user's account."))
}

/// Who takes over an account must not gain by it, and what is needed for that is half of it: the key of an owner,
/// sealed for the organization, is for owners and provider staff only (the role rules of protocol.md §4.6).
fn outranks(acting: &Acting, member: &MemberRow) -> bool {
    match member.kind {
        OWNER => acting.access.owns(),
        ADMIN => acting.access.administers(),
        _ => true,
    }
}

fn check_plan_and_policy(connection: &Connection, organization: Uuid) -> Result<(), ApiError> {
    let (plan, has_keys): (i32, bool) = connection.query_row(
        "SELECT plan_type, public_key IS NOT NULL FROM organizations WHERE id = ?",
        [organization],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if !features(PlanType(plan)).enterprise || !has_keys {
        return Err(ApiError::refused("Organization does not allow password reset."));
    }
    if !in_force(connection, organization, PolicyType::RESET_PASSWORD)? {
        return Err(ApiError::refused("Organization does not have the password reset policy enabled."));
    }
    Ok(())
}

fn tell(
    connection: &Connection,
    organization: Uuid,
    account: &Account,
    new_password: bool,
    two_step_off: bool,
) -> Result<(), ApiError> {
    let name = organizations::name(connection, organization)?;
    let (subject, done) = match (new_password, two_step_off) {
        (true, false) => ("Your master password was changed", "set a new master password for your account"),
        (false, _) => ("Two-step login was turned off", "turned two-step login of your account off"),
        (true, true) => (
            "Your master password was changed and two-step login turned off",
            "set a new master password for your account and turned two-step login off",
        ),
    };
    let letter = Letter {
        kind: MailKind::AccountRecovered,
        to: &account.email,
        subject,
        fields: &[("organizationId", &organization.to_string()), ("organizationName", &name)],
        body: &format!("An administrator of {name} has {done}. Ask there if you do not know why.\n"),
    };
    Ok(post(connection, &letter, Moment::now())?)
}
