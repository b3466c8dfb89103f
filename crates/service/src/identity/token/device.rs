//! The device that a sign-in comes from.

use rusqlite::Connection;
use uuid::Uuid;

use super::form::Form;
use crate::moment::Moment;

#[derive(Clone)]
pub(super) struct Device {
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) kind: i32,
}

impl Device {
    /// The device in the form: all three fields or none. A type that stands in the header only counts, too.
    pub(super) fn of(form: &Form, header_type: Option<i32>) -> Option<Device> {
        let kind = form.text("devicetype").and_then(|kind| kind.parse().ok()).or(header_type)?;
        let identifier = form.text("deviceidentifier").filter(|identifier| identifier.len() <= 50)?;
        let name = form.text("devicename").filter(|name| name.chars().count() <= 50)?;
        Some(Device { identifier: identifier.into(), name: name.into(), kind })
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
                "INSERT INTO devices (user_id, identifier, name, type, created) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (user_id, identifier) DO UPDATE SET name = excluded.name, type = excluded.type",
            )?
            .execute((user, &self.identifier, &self.name, self.kind, now))?;
        Ok(())
    }
}
