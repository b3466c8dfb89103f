//! The account revision (protocol.md §3.7): the date that tells a client that something it can see has changed.

use rusqlite::Connection;
use uuid::Uuid;

use crate::moment::Moment;

/// Something of `user` alone changed: an own item, a folder, a mark.
pub(crate) fn of_user(connection: &Connection, user: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached("UPDATE users SET account_revised = ?2 WHERE id = ?1")?
        .execute((user, Moment::now()))?;
    Ok(())
}

/// Something changed that every member of `organization` sees: a setting, a policy, somebody's membership.
pub(crate) fn of_organization(connection: &Connection, organization: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE users SET account_revised = ?2
             WHERE id IN (SELECT user_id FROM members WHERE organization_id = ?1 AND status IN (1, 2))",
        )?
        .execute((organization, Moment::now()))?;
    Ok(())
}

/// Something changed that everybody who works for `provider` sees: itself, its people, its clients. The official server
/// announces changes of people and the provider's end only (protocol.md §5.12); more does no harm.
pub(crate) fn of_provider(connection: &Connection, provider: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE users SET account_revised = ?2
             WHERE id IN (SELECT user_id FROM provider_users WHERE provider_id = ?1 AND status = 2)",
        )?
        .execute((provider, Moment::now()))?;
    Ok(())
}

/// A collection changed, or what is in it. Who is revoked or not confirmed keeps grants and groups, and hears of nothing.
pub(crate) fn of_collection(connection: &Connection, collection: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE users SET account_revised = ?2 WHERE id IN (
                 SELECT m.user_id FROM collection_members a JOIN members m ON m.id = a.member_id
                 WHERE a.collection_id = ?1 AND m.status = 2
                 UNION
                 SELECT m.user_id FROM collection_groups a
                 JOIN group_members g ON g.group_id = a.group_id
                 JOIN members m ON m.id = g.member_id
                 WHERE a.collection_id = ?1 AND m.status = 2)",
        )?
        .execute((collection, Moment::now()))?;
    Ok(())
}

/// An item changed: its owner hears of it, or every confirmed member who reaches it through a collection. An item that moves is
/// announced where it leaves and where it arrives.
pub(crate) fn of_item(connection: &Connection, cipher: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE users SET account_revised = ?2 WHERE id IN (
                 SELECT user_id FROM ciphers WHERE id = ?1
                 UNION
                 SELECT m.user_id FROM collection_ciphers x
                 JOIN collection_members a ON a.collection_id = x.collection_id
                 JOIN members m ON m.id = a.member_id
                 WHERE x.cipher_id = ?1 AND m.status = 2
                 UNION
                 SELECT m.user_id FROM collection_ciphers x
                 JOIN collection_groups a ON a.collection_id = x.collection_id
                 JOIN group_members g ON g.group_id = a.group_id
                 JOIN members m ON m.id = g.member_id
                 WHERE x.cipher_id = ?1 AND m.status = 2)",
        )?
        .execute((cipher, Moment::now()))?;
    Ok(())
}

/// A member's row changed. Nobody hears of it while nobody has accepted the invitation.
pub(crate) fn of_member(connection: &Connection, member: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE users SET account_revised = ?2 WHERE id = (SELECT user_id FROM members WHERE id = ?1)",
        )?
        .execute((member, Moment::now()))?;
    Ok(())
}

/// A group changed: to be announced before and after its members do.
pub(crate) fn of_group(connection: &Connection, group: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE users SET account_revised = ?2 WHERE id IN (
                 SELECT m.user_id FROM group_members g JOIN members m ON m.id = g.member_id WHERE g.group_id = ?1)",
        )?
        .execute((group, Moment::now()))?;
    Ok(())
}
