//! The device that a sign-in comes from.

use rusqlite::Connection;
use uuid::Uuid;

use super::form::Form;
use crate::device_types;
use crate::moment::Moment;

#[derive(Clone)]
pub(super) struct Device {
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) kind: i32,
    push_token: Option<String>,
}

impl Device {
    /// The device in the form: all three fields or none. A type that stands in the header only counts, too.
    pub(super) fn of(form: &Form, header_type: Option<i32>) -> Option<Device> {
        // Some clients write the names as OAuth writes its own.
        let field = |name: &str, spelt: &str| form.text(name).or_else(|| form.text(spelt));
        let kind = field("devicetype", "device_type").and_then(device_types::number).or(header_type)?;
        let identifier =
            field("deviceidentifier", "device_identifier").filter(|identifier| identifier.len() <= 50)?;
        let name = field("devicename", "device_name").filter(|name| name.chars().count() <= 50)?;
        let push_token = form.text("devicepushtoken").filter(|token| token.len() <= 255).map(str::to_owned);
        Some(Device { identifier: identifier.into(), name: name.into(), kind, push_token })
    }

    /// Whether `user` has signed in from here before.
    pub(super) fn is_known(&self, connection: &Connection, user: Uuid) -> Result<bool, rusqlite::Error> {
        connection
            .prepare_cached("SELECT 1 FROM devices WHERE user_id = ? AND identifier = ?")?
            .exists((user, &self.identifier))
    }

    /// Remembers that `user` has signed in from here.
    pub(super) fn save(
        &self,
        connection: &Connection,
        user: Uuid,
        now: Moment,
    ) -> Result<(), rusqlite::Error> {
        connection
            .prepare_cached(
                "INSERT INTO devices (id, user_id, identifier, name, type, push_token, created, last_seen)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
                 ON CONFLICT (user_id, identifier) DO UPDATE SET name = excluded.name, type = excluded.type,
                     push_token = coalesce(excluded.push_token, push_token), last_seen = excluded.last_seen",
            )?
            .execute((
                Uuid::new_v4(),
                user,
                &self.identifier,
                &self.name,
                self.kind,
                &self.push_token,
                now,
            ))?;
        Ok(())
    }
}
