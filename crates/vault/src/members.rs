//! A JSON object whose members may each be of any type: read one by one, so that one bad member spoils nothing else.

use crate::sealed_item::SealedText;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// Most elements of a list inside an item that are looked at.
const MAX_LIST: usize = 1000;

/// The members of one JSON object, unread. The last of several members of one name counts.
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    pub(crate) fn parse(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.0.iter().rev().find(|(member, _)| member == name)?.1;
        (found.get() != "null").then_some(found)
    }

    /// The member `name` as a `T`, if it is one.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        Self::read_one(self.raw(name)?)
    }

    /// An element of a list as a `T`, if it is one.
    pub(crate) fn read_one<T: DeserializeOwned>(raw: &'a RawValue) -> Option<T> {
        serde_json::from_str(raw.get()).ok()
    }

    /// The member `name` as an encrypted string.
    pub(crate) fn sealed(&self, name: &str) -> SealedText<'a> {
        match self.raw(name) {
            None => SealedText::Absent,
            Some(raw) => serde_json::from_str(raw.get()).unwrap_or(SealedText::Malformed),
        }
    }

    /// The member `name` as an object.
    pub(crate) fn object(&self, name: &str) -> Option<Members<'a>> {
        Self::parse(self.raw(name)?.get()).ok()
    }

    /// Whether there is a member `name` other than null.
    pub(crate) fn is_present(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Whether the member `name` is absent, or a list of objects that [`Self::objects`] reads completely.
    pub(crate) fn is_list_of_objects(&self, name: &str) -> bool {
        self.raw(name).is_none_or(|raw| {
            serde_json::from_str::<Vec<Members>>(raw.get()).is_ok_and(|list| list.len() <= MAX_LIST)
        })
    }

    /// The elements of the member `name`, none if it is no list.
    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = &'a RawValue> + use<'a> {
        let list: Vec<&'a RawValue> =
            self.raw(name).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        list.into_iter().take(MAX_LIST)
    }

    /// The elements of the member `name` that are objects, each with its place in the list.
    pub(crate) fn objects(&self, name: &str) -> impl Iterator<Item = (usize, Members<'a>)> + use<'a> {
        self.list(name).enumerate().filter_map(|(place, raw)| Some((place, Self::parse(raw.get()).ok()?)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(32);
                while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((name.0, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// A member's name: borrowed, unless it is written with escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
