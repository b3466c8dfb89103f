//! What the service's file holds, seen by a second connection: whether a request changed anything, and putting it back.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use uuid::Uuid;

/// Sign-ins and the service's own affairs: not what belongs to anybody.
const BESIDE: [&str; 6] = ["settings", "devices", "refresh_tokens", "remember_tokens", "codes", "untold"];

/// The rows of every other table, as texts.
pub type Rows = BTreeMap<String, BTreeSet<String>>;

/// A second connection to the file, and a copy of it as it was.
pub struct Tables {
    database: Connection,
    copy: PathBuf,
    /// What was read last, for whom, and SQLite's number for it: another where the service has written meanwhile.
    last: RefCell<Option<Read>>,
}

type Read = (i64, Option<Uuid>, Rc<Rows>);

impl Tables {
    pub fn of(file: &Path) -> Tables {
        let database = Connection::open(file).unwrap();
        database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        // Tables are put back one after the other.
        database.pragma_update(None, "foreign_keys", false).unwrap();
        let copy = file.with_extension("copy");
        database.execute("VACUUM INTO ?", [copy.to_str().unwrap()]).unwrap();
        database.execute("ATTACH ? AS copy", [copy.to_str().unwrap()]).unwrap();
        Tables { database, copy, last: RefCell::new(None) }
    }

    /// All of it but for when `reader`'s account was last changed, which a request may count up that does nothing.
    pub fn rows(&self, reader: Option<Uuid>) -> Rc<Rows> {
        let number = self.database.pragma_query_value(None, "data_version", |row| row.get(0)).unwrap();
        if let Some((of, by, rows)) = &*self.last.borrow()
            && (*of, *by) == (number, reader)
        {
            return Rc::clone(rows);
        }
        let rows = Rc::new(self.read(reader));
        *self.last.borrow_mut() = Some((number, reader, Rc::clone(&rows)));
        rows
    }

    fn read(&self, reader: Option<Uuid>) -> Rows {
        let own = reader.map(|id| id.simple().to_string().to_uppercase());
        let rows_of = |table: String| {
            let mut statement = self.database.prepare(&format!("SELECT * FROM main.{table}")).unwrap();
            let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut rows = BTreeSet::new();
            let mut found = statement.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let mut texts: Vec<String> =
                    (0..names.len()).map(|column| text(row.get_ref(column).unwrap())).collect();
                if table == "users" && own.as_ref() == Some(&texts[0]) {
                    let revised = names.iter().position(|name| name == "account_revised").unwrap();
                    texts[revised] = String::new();
                }
                rows.insert(texts.join("|"));
            }
            drop(found);
            (table, rows)
        };
        self.names().into_iter().map(rows_of).collect()
    }

    /// As it was when this was made, but for accounts.
    pub fn put_back(&self) {
        // What is deleted dooms its files: that list comes last.
        let mut names = self.names();
        names.sort_by_key(|name| name == "doomed_files");
        let tables = names.iter().filter(|name| *name != "users");
        let sql: String = tables
            .map(|name| {
                format!("DELETE FROM main.{name}; INSERT INTO main.{name} SELECT * FROM copy.{name};\n")
            })
            .collect();
        self.execute(&format!("BEGIN IMMEDIATE; {sql} COMMIT;"));
    }

    pub fn execute(&self, sql: &str) {
        self.database.execute_batch(sql).unwrap();
        self.last.take();
    }

    fn names(&self) -> Vec<String> {
        let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let mut statement = self.database.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        names.map(Result::unwrap).filter(|name| !BESIDE.contains(&name.as_str())).collect()
    }
}

impl Drop for Tables {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.copy);
    }
}

/// Where two pictures differ: the rows that only one of them has.
pub fn difference(before: &Rows, after: &Rows) -> Vec<String> {
    let mut found = Vec::new();
    for (table, rows) in after {
        let earlier = &before[table];
        found.extend(earlier.difference(rows).map(|row| format!("{table}: - {row}")));
        found.extend(rows.difference(earlier).map(|row| format!("{table}: + {row}")));
    }
    found
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
    }
}
