//! The steps that bring an older file up to date, as data.

use rusqlite::Connection;

use super::OpenStoreError;

/// Each step takes the file from its index to the next number. Steps are never edited once released.
const STEPS: &[&str] = &[
    include_str!("../../migrations/0001_start.sql"),
    include_str!("../../migrations/0002_outbox.sql"),
    include_str!("../../migrations/0003_accounts.sql"),
    include_str!("../../migrations/0004_organizations.sql"),
    include_str!("../../migrations/0005_vault.sql"),
    include_str!("../../migrations/0006_providers.sql"),
    include_str!("../../migrations/0007_sends.sql"),
    include_str!("../../migrations/0008_untold.sql"),
    include_str!("../../migrations/0009_user_key_id.sql"),
];

/// Runs every step that `connection`'s file has not seen, all in one transaction.
///
/// # Errors
/// A file written by a newer version is refused untouched.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenStoreError> {
    migrate_with(connection, STEPS)
}

fn migrate_with(connection: &mut Connection, steps: &[&str]) -> Result<(), OpenStoreError> {
    // Immediate: two processes that open the same old file at once must not both run a step.
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(OpenStoreError::Newer { found, known });
    }
    for step in steps.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    if found < known {
        transaction.pragma_update(None, "user_version", known)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> u32 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_file_gets_only_the_steps_it_lacks() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_with(&mut connection, &["CREATE TABLE a (x)"]).unwrap();
        connection.execute("INSERT INTO a VALUES (1)", []).unwrap();
        // Running the first step again would fail: the table exists.
        migrate_with(&mut connection, &["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y"]).unwrap();
        assert_eq!(version(&connection), 2);
        let kept: i64 =
            connection.query_row("SELECT x FROM a WHERE y IS NULL", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }

    #[test]
    fn accounts_of_an_older_file_go_on_as_they_were() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        migrate_with(&mut connection, &STEPS[..2]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO users (id, email, email_verified, premium, culture, kdf, kdf_iterations, salt,
                     security_stamp, api_key, totp_secret, created, account_revised)
                 VALUES (x'01', 'maya@brightwater.example', 1, 0, 'en-US', 0, 600000, 'maya@brightwater.example',
                     's', 'k', 'GEZDGNBVGY3TQOJQ', 1, 1);
                 INSERT INTO devices VALUES (x'01', 'laptop', 'Laptop', 8, 5);",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let read = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        // Nobody is asked for mails that nobody reads.
        assert_eq!(read("SELECT verify_devices FROM users"), 0);
        assert_eq!(read("SELECT two_step FROM users"), 1);
        assert_eq!(read("SELECT length(id) + created FROM devices WHERE identifier = 'laptop'"), 16 + 5);
        connection.execute("DELETE FROM users", []).unwrap();
        assert_eq!(read("SELECT count(*) FROM devices"), 0, "devices go with their account");
    }

    #[test]
    fn a_newer_file_is_refused_untouched() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let refused = migrate(&mut connection).unwrap_err();
        assert!(matches!(refused, OpenStoreError::Newer { found: 99, .. }));
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!((version(&connection), tables), (99, 0));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(migrate_with(&mut connection, &["CREATE TABLE a (x)", "CREATE TABLE a (x)"]).is_err());
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!((version(&connection), tables), (0, 0));
    }
}
