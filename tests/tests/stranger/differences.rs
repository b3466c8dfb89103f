//! Where two readings part, collected, so that one run tells all of it.

use serde_json::Value;

/// What did not agree.
#[derive(Default)]
pub struct Differences(Vec<String>);

impl Differences {
    /// Both have to be the same.
    pub fn same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: impl FnOnce() -> String,
        ours: T,
        theirs: T,
    ) {
        if ours != theirs {
            self.0.push(format!("{}: we read {ours:?}, it is {theirs:?}", what()));
        }
    }

    /// Each member of `theirs` has to be in `ours`, however deep. A member that is absent is null.
    pub fn members(&mut self, what: &str, ours: &Value, theirs: &Value) {
        for (name, value) in theirs.as_object().expect("an object") {
            match value {
                Value::Object(_) if ours[name].is_object() => {
                    self.members(&format!("{what}.{name}"), &ours[name], value);
                }
                _ => self.same(|| format!("{what}.{name}"), &ours[name], value),
            }
        }
    }

    /// Lists, in any order, of what is told apart by its `id`.
    pub fn by_id(&mut self, what: &str, ours: &[Value], theirs: &Value, without: &[&str]) {
        let theirs = theirs.as_array().expect("a list");
        self.same(|| format!("number of {what}"), ours.len(), theirs.len());
        for entry in theirs {
            let Some(found) = ours.iter().find(|ours| ours["id"] == entry["id"]) else {
                self.0.push(format!("{what}: {} is missing", entry["id"]));
                continue;
            };
            let mut entry = entry.clone();
            without.iter().for_each(|name| drop(entry.as_object_mut().unwrap().remove(*name)));
            self.members(&format!("{what} {}", found["id"]), found, &entry);
        }
    }

    /// Something that is not as it has to be.
    pub fn note(&mut self, what: String) {
        self.0.push(what);
    }

    /// # Panics
    /// When there are any.
    #[track_caller]
    pub fn none(&self, manner: &str) {
        assert!(self.0.is_empty(), "{manner}: {} differences\n{}", self.0.len(), self.0.join("\n"));
    }
}
