//! Taking up an invitation (protocol.md §4.6).

use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::PolicyType;
use portico_protocol::organization::requests::AcceptRequest;
use rusqlite::Connection;
use uuid::Uuid;

use super::row::{self, ACCEPTED, ADMIN, CONFIRMED, CUSTOM, INVITED, MemberRow, OWNER, REVOKED};
use crate::api::path::{MemberId, OrganizationId};
use crate::api::policies::{Obstacle, obstacles, settings_in_force};
use crate::api::{fields, organizations};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;
use crate::identity::{Account, account_of};
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, post};
use crate::permissions::{Permission, Permissions};
use crate::revision;

/// The caller is no member yet: what admits them is the token from the mail.
pub(crate) async fn accept(
    State(app): State<App>,
    caller: Caller,
    OrganizationId(organization): OrganizationId,
    MemberId(id): MemberId,
    Body(request): Body<AcceptRequest>,
) -> Result<(), ApiError> {
    let store = app.store.clone();
    store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            let now = Moment::now();
            taken_up(transaction, &app.answers, organization, id, &account, request.token.expose(), now)?;
            let recovery_key = recovery_key(transaction, organization, request.reset_password_key)?;
            transaction.execute(
                "UPDATE members SET status = ?, user_id = ?, email = NULL, reset_password_key = ?, revised = ?
                 WHERE id = ?",
                (ACCEPTED, caller.user, &recovery_key, now, id),
            )?;
            revision::of_user(transaction, caller.user)?;
            if recovery_key.is_some() {
                let kind = EventType::MEMBER_ENROLLED_IN_RECOVERY.0;
                let event = BulkEvent { kind, organization_user_id: Some(id), ..BulkEvent::default() };
                events::record_in_organization(transaction, &caller, organization, event)?;
            }
            tell_those_who_confirm(transaction, organization, id, &account, now)
        })
        .await
}

/// The invitation `id`, if it is open, `token` is its own, and nothing keeps the person of `account` from joining.
pub(super) fn taken_up(
    connection: &Connection,
    answers: &ring::hmac::Key,
    organization: Uuid,
    id: Uuid,
    account: &Account,
    token: &str,
    now: Moment,
) -> Result<MemberRow, ApiError> {
    let invited = row::find(connection, organization, id)?;
    let invited = invited.ok_or_else(|| ApiError::refused("User invalid."))?;
    match invited.status {
        INVITED => {}
        REVOKED => return Err(ApiError::refused("Your organization access has been revoked.")),
        _ => return Err(ApiError::refused("Already accepted.")),
    }
    let email = invited.invited_email.as_deref().unwrap_or_default();
    if !invitation::is_valid(answers, Purpose::JoinOrganization, id, email, token, now) {
        return Err(ApiError::refused("Invalid token."));
    }
    if !email.eq_ignore_ascii_case(&account.email) {
        return Err(ApiError::refused("User email does not match invite."));
    }
    if row::of_user(connection, organization, account.id)?.is_some() {
        return Err(ApiError::refused("You are already part of this organization."));
    }
    if would_run_two_for_free(connection, organization, account.id, invited.kind)? {
        return Err(ApiError::refused("You can only be an admin of one free organization."));
    }
    check_policies(connection, organization, account.id, invited.kind)?;
    Ok(invited)
}

/// On Free plans nobody runs two organizations: whether `user` would, as `kind` in `organization`.
pub(super) fn would_run_two_for_free(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
    kind: i32,
) -> Result<bool, rusqlite::Error> {
    if kind != OWNER && kind != ADMIN {
        return Ok(false);
    }
    let free_here: bool = connection
        .prepare_cached("SELECT plan_type = 0 FROM organizations WHERE id = ?")?
        .query_row([organization], |row| row.get(0))?;
    Ok(free_here && runs_free_organization(connection, user, organization)?)
}

/// Whether `user` runs a Free organization other than `besides`.
pub(in crate::api) fn runs_free_organization(
    connection: &Connection,
    user: Uuid,
    besides: Uuid,
) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT 1 FROM members m JOIN organizations o ON o.id = m.organization_id AND o.plan_type = 0
             WHERE m.user_id = ? AND m.type IN (0, 1) AND m.status = 2 AND o.id <> ?",
        )?
        .exists((user, besides))
}

fn check_policies(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
    kind: i32,
) -> Result<(), ApiError> {
    let obstacles = obstacles(connection, organization, user, kind)?;
    let problem = match obstacles.first() {
        None => return Ok(()),
        Some(Obstacle::OtherOrganizations) => {
            "You may not join this organization until you leave or remove all other organizations."
        }
        Some(Obstacle::ForbiddenElsewhere) => {
            "You cannot join this organization because you are a member of another organization which forbids it"
        }
        Some(Obstacle::NoTwoStep) => {
            "You cannot join this organization until you enable two-step login on your user account."
        }
    };
    Err(ApiError::refused(problem))
}

/// Where new members are enrolled in account recovery, accepting enrols.
fn recovery_key(
    connection: &Connection,
    organization: Uuid,
    given: Option<String>,
) -> Result<Option<String>, ApiError> {
    let settings = settings_in_force(connection, organization, PolicyType::RESET_PASSWORD)?;
    let automatic = settings.is_some_and(|data| data["autoEnrollEnabled"] == true);
    match given.filter(|key| !key.is_empty()) {
        Some(key) if automatic => fields::wrapped_key("ResetPasswordKey", Some(key)).map(Some),
        None if automatic => Err(ApiError::refused("Master Password reset is required, but not provided.")),
        _ => Ok(None),
    }
}

fn tell_those_who_confirm(
    connection: &Connection,
    organization: Uuid,
    member: Uuid,
    account: &Account,
    now: Moment,
) -> Result<(), ApiError> {
    let name = organizations::name(connection, organization)?;
    for one in row::all(connection, organization)? {
        let confirms = matches!(one.kind, OWNER | ADMIN)
            || (one.kind == CUSTOM && one.permissions.any_of(Permissions::of(&[Permission::ManageUsers])));
        if !confirms || one.status != CONFIRMED {
            continue;
        }
        let letter = Letter {
            kind: MailKind::InvitationAccepted,
            to: &one.email,
            subject: &format!("Action required: {} needs to be confirmed", account.email),
            fields: &[
                ("organizationId", &organization.to_string()),
                ("organizationUserId", &member.to_string()),
                ("organizationName", &name),
            ],
            body: &format!(
                "{} accepted the invitation to {name} and waits to be confirmed.\n",
                account.email
            ),
        };
        post(connection, &letter, now)?;
    }
    Ok(())
}
