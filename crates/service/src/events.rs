//! Event logs (protocol.md §4.9 and §5.10).

use portico_protocol::events::EventType;
use portico_protocol::organization::PlanType;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::api::features;
use crate::authorize::{Acting, ActingForProvider, Caller};
use crate::bulk::BulkEvent;
use crate::moment::Moment;

/// Writes one line into the log.
pub(crate) fn record(connection: &Connection, event: &BulkEvent) -> Result<(), rusqlite::Error> {
    let date = event.date.map_or_else(Moment::now, Moment::from);
    connection
        .prepare_cached(
            "INSERT INTO events (date, type, user_id, organization_id, provider_id, cipher_id, collection_id, group_id,
                 policy_id, organization_user_id, provider_user_id, provider_organization_id, acting_user_id,
                 device_type, ip_address, system_user, domain_name, send_id)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(rusqlite::params![
            date,
            event.kind,
            event.user_id,
            event.organization_id,
            event.provider_id,
            event.cipher_id,
            event.collection_id,
            event.group_id,
            event.policy_id,
            event.organization_user_id,
            event.provider_user_id,
            event.provider_organization_id,
            event.acting_user_id,
            event.device_type,
            event.ip_address,
            event.system_user,
            event.domain_name,
            event.send_id,
        ])?;
    Ok(())
}

/// Writes what `caller` did in `organization`, if the organization keeps a log. Who acts as the provider's staff and not
/// as a member stamps the line with the provider, whose log shows it too (protocol.md §5.3, §5.10).
pub(crate) fn record_in_organization(
    connection: &Connection,
    caller: &Caller,
    organization: Uuid,
    event: BulkEvent,
) -> Result<(), rusqlite::Error> {
    if !organization_records(connection, organization)? {
        return Ok(());
    }
    let provider = connection
        .prepare_cached(
            "SELECT p.id FROM provider_organizations l
             JOIN providers p ON p.id = l.provider_id AND p.enabled AND p.use_events
             JOIN provider_users u ON u.provider_id = p.id AND u.user_id = ?2 AND u.status = 2
             WHERE l.organization_id = ?1 AND NOT EXISTS (
                 SELECT 1 FROM members WHERE organization_id = ?1 AND user_id = ?2 AND status = 2)",
        )?
        .query_row((organization, caller.user), |row| row.get(0))
        .optional()?;
    record(
        connection,
        &BulkEvent {
            organization_id: Some(organization),
            provider_id: provider,
            acting_user_id: Some(caller.user),
            device_type: caller.device_type,
            ip_address: caller.ip.clone(),
            ..event
        },
    )
}

/// The same for whom a guard has let into the organization. `about` says to what it was done.
pub(crate) fn in_organization(
    connection: &Connection,
    acting: &Acting,
    kind: EventType,
    about: BulkEvent,
) -> Result<(), rusqlite::Error> {
    record_in_organization(
        connection,
        &acting.caller,
        acting.organization(),
        BulkEvent { kind: kind.0, ..about },
    )
}

/// The same, done to the member of this organizationUserId.
pub(crate) fn about_member(
    connection: &Connection,
    acting: &Acting,
    kind: EventType,
    member: Uuid,
) -> Result<(), rusqlite::Error> {
    let about = BulkEvent { organization_user_id: Some(member), ..BulkEvent::default() };
    in_organization(connection, acting, kind, about)
}

/// Writes what somebody did with one of the provider's people, if the provider keeps a log.
pub(crate) fn about_provider_user(
    connection: &Connection,
    acting: &ActingForProvider,
    kind: EventType,
    provider_user: Uuid,
) -> Result<(), rusqlite::Error> {
    let about = BulkEvent { provider_user_id: Some(provider_user), ..BulkEvent::default() };
    record_for_provider(connection, &acting.caller, acting.provider(), kind, about)
}

/// Writes what `caller` did for `provider`, if the provider keeps a log. `about` says to what it was done.
pub(crate) fn record_for_provider(
    connection: &Connection,
    caller: &Caller,
    provider: Uuid,
    kind: EventType,
    about: BulkEvent,
) -> Result<(), rusqlite::Error> {
    if !provider_records(connection, provider)? {
        return Ok(());
    }
    let event = BulkEvent {
        kind: kind.0,
        provider_id: Some(provider),
        acting_user_id: Some(caller.user),
        device_type: caller.device_type,
        ip_address: caller.ip.clone(),
        ..about
    };
    record(connection, &event)
}

/// Where a request came from, as the log tells it.
#[derive(Clone, Default)]
pub(crate) struct Actor {
    pub(crate) device_type: Option<i32>,
    pub(crate) ip: Option<String>,
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Actor {
        Actor { device_type: caller.device_type, ip: caller.ip.clone() }
    }
}

/// Writes what `user` did to the own account: into their own log, and into those of the organizations and providers to
/// which they belong, whose people read there when somebody was last seen.
pub(crate) fn record_of_user(
    connection: &Connection,
    kind: EventType,
    user: Uuid,
    actor: &Actor,
) -> Result<(), rusqlite::Error> {
    let event = BulkEvent {
        kind: kind.0,
        user_id: Some(user),
        acting_user_id: Some(user),
        device_type: actor.device_type,
        ip_address: actor.ip.clone(),
        ..BulkEvent::default()
    };
    record_everywhere(connection, user, &event)
}

/// Writes a line about the account of `user` itself wherever it is to be read.
pub(crate) fn record_everywhere(
    connection: &Connection,
    user: Uuid,
    own: &BulkEvent,
) -> Result<(), rusqlite::Error> {
    record(connection, own)?;
    for organization in recording_organizations(connection, user)? {
        record(connection, &BulkEvent { organization_id: Some(organization), ..own.clone() })?;
    }
    let providers: Vec<Uuid> = connection
        .prepare_cached(
            "SELECT p.id FROM provider_users u JOIN providers p ON p.id = u.provider_id AND p.enabled AND p.use_events
             WHERE u.user_id = ? AND u.status = 2",
        )?
        .query_map([user], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for provider in providers {
        record(connection, &BulkEvent { provider_id: Some(provider), ..own.clone() })?;
    }
    Ok(())
}

/// What official servers call the hand by which it happens (protocol.md §4.9).
pub(crate) const TWO_FACTOR_DISABLED: i32 = 4;

/// Writes that a membership ended by what `by` did to the account, mostly the own one, if the organization keeps a log.
/// `hand` is the server's own, where one acted.
pub(crate) fn record_of_member(
    connection: &Connection,
    kind: EventType,
    organization: Uuid,
    member: Uuid,
    by: Uuid,
    hand: Option<i32>,
    actor: &Actor,
) -> Result<(), rusqlite::Error> {
    if !organization_records(connection, organization)? {
        return Ok(());
    }
    let event = BulkEvent {
        kind: kind.0,
        organization_id: Some(organization),
        organization_user_id: Some(member),
        acting_user_id: Some(by),
        system_user: hand,
        device_type: actor.device_type,
        ip_address: actor.ip.clone(),
        ..BulkEvent::default()
    };
    record(connection, &event)
}

/// Writes what happened to a Send of `owner`: into the owner's own log, and into those of the organizations of which the
/// owner is a member. Nobody is known to have opened it: there the organizations' lines name no one.
pub(crate) fn record_of_send(
    connection: &Connection,
    kind: EventType,
    owner: Uuid,
    send: Uuid,
    actor: &Actor,
) -> Result<(), rusqlite::Error> {
    let opened = matches!(kind, EventType::SEND_TEXT_ACCESSED | EventType::SEND_FILE_ACCESSED);
    let own = BulkEvent {
        kind: kind.0,
        user_id: Some(owner),
        acting_user_id: Some(owner),
        device_type: actor.device_type,
        ip_address: actor.ip.clone(),
        send_id: Some(send),
        ..BulkEvent::default()
    };
    record(connection, &own)?;
    for organization in recording_organizations(connection, owner)? {
        let event = BulkEvent {
            user_id: None,
            organization_id: Some(organization),
            acting_user_id: (!opened).then_some(owner),
            ..own.clone()
        };
        record(connection, &event)?;
    }
    Ok(())
}

/// The organizations with a log of which `user` is a confirmed member.
fn recording_organizations(connection: &Connection, user: Uuid) -> Result<Vec<Uuid>, rusqlite::Error> {
    let mut statement =
        connection.prepare_cached("SELECT organization_id FROM members WHERE user_id = ? AND status = 2")?;
    let mut rows = statement.query([user])?;
    let mut recording = Vec::new();
    while let Some(row) = rows.next()? {
        let organization = row.get(0)?;
        if organization_records(connection, organization)? {
            recording.push(organization);
        }
    }
    Ok(recording)
}

/// Whether the plan of `organization` has an event log.
pub(crate) fn organization_records(
    connection: &Connection,
    organization: Uuid,
) -> Result<bool, rusqlite::Error> {
    let plan: Option<i32> = connection
        .prepare_cached("SELECT plan_type FROM organizations WHERE id = ? AND enabled")?
        .query_row([organization], |row| row.get(0))
        .optional()?;
    Ok(plan.is_some_and(|plan| features(PlanType(plan)).teams))
}

/// Whether `provider` keeps an event log: it is enabled and uses events (protocol.md §5.10).
fn provider_records(connection: &Connection, provider: Uuid) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached("SELECT 1 FROM providers WHERE id = ? AND enabled AND use_events")?
        .exists([provider])
}
