//! What turning on a policy does to members who do not comply (protocol.md §4.8).

use portico_protocol::events::EventType;
use portico_protocol::organization::{PolicyType, RevocationReason};
use rusqlite::Connection;
use uuid::Uuid;

use super::compliance::{has_two_step, is_exempt, memberships_elsewhere};
use crate::api::members::{ACCEPTED, CONFIRMED, MemberRow, all_rows, set_revoked};
use crate::api::organizations;
use crate::authorize::Acting;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, post};

/// Revokes whoever does not comply with `kind`. The one who turns it on is spared, as are those whom policies do not
/// bind.
pub(super) fn on_enabling(
    connection: &Connection,
    acting: &Acting,
    kind: PolicyType,
) -> Result<(), ApiError> {
    let (reason, event) = match kind {
        PolicyType::TWO_FACTOR_AUTHENTICATION => {
            (RevocationReason::TWO_FACTOR_POLICY, EventType::MEMBER_REVOKED_BY_TWO_FACTOR_POLICY)
        }
        PolicyType::SINGLE_ORG => {
            (RevocationReason::SINGLE_ORGANIZATION, EventType::MEMBER_REVOKED_BY_SINGLE_ORGANIZATION_POLICY)
        }
        _ => return Ok(()),
    };
    let mut failing = Vec::new();
    for member in all_rows(connection, acting.organization())? {
        if let Some(user) = bound(connection, acting, &member)?
            && !complies(connection, acting.organization(), user, kind)?
        {
            failing.push((member, user));
        }
    }
    if kind == PolicyType::TWO_FACTOR_AUTHENTICATION {
        for (_, user) in &failing {
            // Without a master password there is no way to set up a second step.
            let helpless = connection
                .prepare_cached("SELECT 1 FROM users WHERE id = ? AND user_key IS NULL")?
                .exists([user])?;
            if helpless {
                return Err(ApiError::refused(
                    "Policy could not be enabled. Non-compliant members will lose access to their accounts. Identify \
                     members without two-step login from the policies column in the members page.",
                ));
            }
        }
    }
    let name = organizations::name(connection, acting.organization())?;
    for (member, _) in failing {
        set_revoked(connection, acting, member.id, reason, event)?;
        tell(connection, acting.organization(), &name, &member, kind)?;
    }
    Ok(())
}

/// The person behind `member`, if the organization's policies bind them.
fn bound(
    connection: &Connection,
    acting: &Acting,
    member: &MemberRow,
) -> Result<Option<Uuid>, rusqlite::Error> {
    let active = matches!(member.status, ACCEPTED | CONFIRMED);
    match member.user.filter(|user| active && *user != acting.caller.user) {
        Some(user) if !is_exempt(connection, acting.organization(), user, member.kind)? => Ok(Some(user)),
        _ => Ok(None),
    }
}

fn complies(
    connection: &Connection,
    organization: Uuid,
    user: Uuid,
    kind: PolicyType,
) -> Result<bool, rusqlite::Error> {
    match kind {
        PolicyType::SINGLE_ORG => Ok(memberships_elsewhere(connection, organization, user)?.is_empty()),
        _ => has_two_step(connection, user),
    }
}

fn tell(
    connection: &Connection,
    organization: Uuid,
    name: &str,
    member: &MemberRow,
    kind: PolicyType,
) -> Result<(), rusqlite::Error> {
    let why = match kind {
        PolicyType::SINGLE_ORG => "its members must not belong to other organizations",
        _ => "its members need two-step login",
    };
    let letter = Letter {
        kind: MailKind::AccessRevoked,
        to: &member.email,
        subject: &format!("You have been revoked from {name}"),
        fields: &[
            ("organizationId", &organization.to_string()),
            ("organizationUserId", &member.id.to_string()),
            ("organizationName", name),
        ],
        body: &format!(
            "Your access to {name} was revoked because {why}. Its administrators can restore it.\n"
        ),
    };
    post(connection, &letter, Moment::now())
}
