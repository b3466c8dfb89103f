//! Inviting people, and reminding them (protocol.md §4.6).

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;
use portico_protocol::events::EventType;
use portico_protocol::organization::Selection;
use portico_protocol::organization::requests::{BulkMemberResult, IdsRequest, InviteRequest};
use rusqlite::Connection;
use uuid::Uuid;

use super::bulk::{each, result};
use super::roles::{self, NewRole};
use super::row::{self, INVITED, MemberRow, OWNER};
use super::seats;
use crate::api::access::{Grants, set_grants};
use crate::api::belonging::{Part, all_belong};
use crate::api::collections::Rights;
use crate::api::path::MemberId;
use crate::api::{fields, organizations};
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::error::ApiError;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, link, post};
use crate::permissions::Permissions;
use crate::{events, revision};

/// Addresses that are in the list already, as members or as invitations, are skipped without a word.
pub(crate) async fn invite(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<InviteRequest>,
) -> Result<(), ApiError> {
    let invitation = Invitation::of(request)?;
    let store = app.store.clone();
    store.write(move |transaction| invitation.send(transaction, &app, &acting)).await
}

pub(crate) async fn reinvite(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
) -> Result<(), ApiError> {
    let store = app.store.clone();
    store.write(move |transaction| remind(transaction, &app, &acting, id)).await
}

pub(crate) async fn reinvite_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<Json<ListResponse<BulkMemberResult>>, ApiError> {
    let ids = fields::some_ids(request.ids)?;
    let store = app.store.clone();
    store.write(move |transaction| each(ids, |id| result(id, remind(transaction, &app, &acting, id)))).await
}

struct Invitation {
    emails: Vec<String>,
    role: NewRole,
    access_secrets_manager: bool,
    collections: Vec<Selection>,
    groups: Vec<Uuid>,
}

impl Invitation {
    fn of(request: InviteRequest) -> Result<Invitation, ApiError> {
        let emails = fields::invited(&request.emails)?;
        Ok(Invitation {
            emails,
            role: NewRole::invited(&request)?,
            access_secrets_manager: request.access_secrets_manager,
            collections: fields::selections("Collections", request.collections)?,
            groups: fields::ids("Groups", request.groups)?,
        })
    }

    fn send(&self, connection: &Connection, app: &App, acting: &Acting) -> Result<(), ApiError> {
        let organization = acting.organization();
        roles::check_grant(connection, acting, None, self.role)?;
        if self.role.kind != OWNER {
            roles::check_owner_stays(connection, organization, &[])?;
        }
        all_belong(connection, organization, Part::Groups, self.groups.iter().copied())?;
        all_belong(connection, organization, Part::Collections, self.collections.iter().map(|one| one.id))?;
        let rights = Rights::of(connection, acting)?;
        for one in &self.collections {
            if !rights.may_grant_to_members(connection, one.id)? {
                return Err(ApiError::NotFound);
            }
        }

        let mut strangers = Vec::with_capacity(self.emails.len());
        for email in &self.emails {
            if !is_known(connection, organization, email)? {
                strangers.push(email);
            }
        }
        seats::make_room(connection, organization, strangers.len() as i64)?;
        for email in strangers {
            let id = self.insert(connection, organization, email)?;
            events::about_member(connection, acting, EventType::MEMBER_INVITED, id)?;
            send_mail(connection, app, organization, id, email)?;
        }
        Ok(())
    }

    fn insert(
        &self,
        connection: &Connection,
        organization: Uuid,
        email: &str,
    ) -> Result<Uuid, rusqlite::Error> {
        let id = insert_invited(connection, organization, email, self.role, self.access_secrets_manager)?;
        set_grants(connection, Grants::CollectionsOfMembers, id, &self.collections)?;
        set_groups(connection, id, &self.groups)?;
        Ok(id)
    }
}

/// The first owner of an organization that a provider founds for somebody (protocol.md §5.8).
pub(in crate::api) fn insert_invited_owner(
    connection: &Connection,
    organization: Uuid,
    email: &str,
) -> Result<Uuid, rusqlite::Error> {
    let role = NewRole { kind: OWNER, permissions: Permissions::NONE };
    insert_invited(connection, organization, email, role, false)
}

fn insert_invited(
    connection: &Connection,
    organization: Uuid,
    email: &str,
    role: NewRole,
    access_secrets_manager: bool,
) -> Result<Uuid, rusqlite::Error> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    connection
        .prepare_cached(
            "INSERT INTO members (id, organization_id, email, status, type, permissions, access_secrets_manager,
                 created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((
            id,
            organization,
            email,
            INVITED,
            role.kind,
            role.permissions,
            access_secrets_manager,
            now,
            now,
        ))?;
    Ok(id)
}

/// Puts the member into exactly `groups`.
pub(super) fn set_groups(
    connection: &Connection,
    member: Uuid,
    groups: &[Uuid],
) -> Result<(), rusqlite::Error> {
    connection.prepare_cached("DELETE FROM group_members WHERE member_id = ?")?.execute([member])?;
    let mut insert =
        connection.prepare_cached("INSERT INTO group_members (group_id, member_id) VALUES (?, ?)")?;
    groups.iter().try_for_each(|group| insert.execute((group, member)).map(drop))
}

fn is_known(connection: &Connection, organization: Uuid, email: &str) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT 1 FROM members m LEFT JOIN users u ON u.id = m.user_id
             WHERE m.organization_id = ? AND lower(coalesce(u.email, m.email)) = ?",
        )?
        .exists((organization, email))
}

fn remind(connection: &Connection, app: &App, acting: &Acting, id: Uuid) -> Result<(), ApiError> {
    let member = row::find(connection, acting.organization(), id)?;
    match member {
        Some(MemberRow { status: INVITED, invited_email: Some(email), .. }) => {
            Ok(send_mail(connection, app, acting.organization(), id, &email)?)
        }
        _ => Err(ApiError::refused("User invalid.")),
    }
}

/// The mail with the link that leads to the page where the invitation is accepted.
pub(in crate::api) fn send_mail(
    connection: &Connection,
    app: &App,
    organization: Uuid,
    member: Uuid,
    email: &str,
) -> Result<(), rusqlite::Error> {
    let now = Moment::now();
    let name = organizations::name(connection, organization)?;
    let has_account = connection.prepare_cached("SELECT 1 FROM users WHERE email = ?")?.exists([email])?;
    let token = invitation::token(&app.answers, Purpose::JoinOrganization, member, email, now);
    let (organization, member) = (organization.to_string(), member.to_string());
    let link = link(
        &app.base,
        "accept-organization",
        &[
            ("organizationId", &organization),
            ("organizationUserId", &member),
            ("email", email),
            ("organizationName", &name),
            ("token", &token),
            ("initOrganization", "false"),
            ("orgUserHasExistingUser", if has_account { "true" } else { "false" }),
        ],
    );
    let letter = Letter {
        kind: MailKind::OrganizationInvitation,
        to: email,
        subject: &format!("Join {name}"),
        fields: &[
            ("organizationId", &organization),
            ("organizationUserId", &member),
            ("organizationName", &name),
            ("token", &token),
            ("link", &link),
        ],
        body: &format!(
            "You have been invited to join the organization {name}. To accept the invitation within five days, open\n\
             \n{link}\n"
        ),
    };
    post(connection, &letter, now)?;
    // Who has an account sees the invitation there as well.
    connection
        .prepare_cached("SELECT id FROM users WHERE email = ?")?
        .query_map([email], |row| row.get(0))?
        .try_for_each(|user| revision::of_user(connection, user?))
}
