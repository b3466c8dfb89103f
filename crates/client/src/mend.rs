//! Answers in which a few entries are odd: of a newer shape, or broken. One of them must not stop a sync. It is carried
//! without the member that cannot be read, or left out where that is one it cannot do without; and it is counted, since
//! nothing is to be lost in silence.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use portico_protocol::ListResponse;
use portico_protocol::account::{ProfileResponse, UserDecryption};
use portico_protocol::bounds::{Bounded, check_values, is_too_much};
use portico_protocol::organization::{PolicyResponse, ProfileOrganization};
use portico_protocol::provider::{ProfileProvider, ProfileProviderOrganization};
use portico_protocol::sync::{CollectionDetailsResponse, FolderResponse, SyncEnvelope};
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Error, Value};
use zeroize::Zeroizing;

use crate::api_error::JsonFault;
use crate::http::SMALL_ANSWER;

/// What was read, and how many entries or members of it were odd.
pub(crate) struct Mended<T> {
    pub read: T,
    pub odd: u32,
}

/// Reads a list that comes in one piece; see [`page`].
pub(crate) fn list<T: DeserializeOwned>(body: &[u8]) -> Result<Mended<Vec<T>>, Error> {
    page(body).map(|Mended { read, odd }| Mended { read: read.data, odd })
}

/// Reads a page of a list. One of which nothing can be read is an error: it is something else, not an empty list.
pub(crate) fn page<T: DeserializeOwned>(body: &[u8]) -> Result<Mended<ListResponse<T>>, Error> {
    check_values(body)?;
    let error = match serde_json::from_slice::<ListResponse<T>>(body) {
        Ok(read) => return Ok(Mended { read, odd: 0 }),
        Err(error) => error,
    };
    if is_too_much(&error) {
        return Err(error);
    }
    let raw = match serde_json::from_slice::<ListResponse<Box<RawValue>>>(body) {
        Ok(raw) => raw,
        Err(more) if is_too_much(&more) => return Err(more),
        Err(_) => return Err(error),
    };
    let (mut entries, mut all) = (Vec::with_capacity(raw.data.len()), 0);
    for entry in &raw.data {
        match object::<T>(entry.get().as_bytes()) {
            Ok(Mended { read, odd }) => {
                entries.push(read);
                all += u32::from(odd > 0);
            }
            Err(_) => all += 1,
        }
    }
    if entries.is_empty() && !raw.data.is_empty() {
        return Err(error);
    }
    let ListResponse { object, continuation_token, .. } = raw;
    Ok(Mended { read: ListResponse { object, data: entries, continuation_token }, odd: all })
}

/// Reads one object.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<Mended<T>, Error> {
    check_values(body)?;
    match serde_json::from_slice(body) {
        Ok(read) => Ok(Mended { read, odd: 0 }),
        Err(error) if error.is_data() => {
            mended(body).map(|(read, _, cuts)| Mended { read, odd: count(&cuts) })
        }
        Err(error) => Err(error),
    }
}

/// The answer to `GET /sync`, as it came or with what is odd in it mended. Items are not looked at: those that are none
/// are dealt with when they are taken in.
pub(crate) fn sync(body: Vec<u8>) -> Mended<Vec<u8>> {
    if serde_json::from_slice::<SyncEnvelope<'_>>(&body).map_or_else(|error| is_too_much(&error), |_| true) {
        return Mended { read: body, odd: 0 };
    }
    match members(&body).and_then(|members| {
        let (members, odd) = mend_members(members, |name, value| match name {
            "profile" => profile_members(value),
            "folders" => entries::<FolderResponse>(value),
            "collections" => entries::<CollectionDetailsResponse>(value),
            "policies" | "policiesNew" => entries::<PolicyResponse>(value),
            "userDecryption" => whole::<Option<UserDecryption>>(value),
            _ => None,
        });
        // What was not mended is not written a second time; neither takes more than it had.
        let mut read = Vec::with_capacity(if odd > 0 { body.len() } else { return None });
        serde_json::to_writer(&mut read, &members).ok()?;
        Some(Mended { read, odd })
    }) {
        Some(mended) => {
            if mended.odd > 0 {
                tracing::warn!(odd = mended.odd, "the vault has entries that cannot be read");
            }
            mended
        }
        None => Mended { read: body, odd: 0 },
    }
}

/// As [`sync`], of a profile alone.
pub(crate) fn profile(body: Vec<u8>) -> Mended<Vec<u8>> {
    if check_values::<Error>(&body).is_err() || serde_json::from_slice::<ProfileResponse>(&body).is_ok() {
        return Mended { read: body, odd: 0 };
    }
    let raw = serde_json::from_slice::<&RawValue>(&body).ok();
    match raw.and_then(profile_members) {
        Some((mended, odd)) => Mended { read: mended.get().as_bytes().to_vec(), odd },
        None => Mended { read: body, odd: 0 },
    }
}

type Members<'a> = BTreeMap<String, Cow<'a, RawValue>>;

/// The members of an object, and how many of them came twice.
fn members(object: &[u8]) -> Option<(Members<'_>, u32)> {
    let Named(members, twice) = serde_json::from_slice(object).ok()?;
    Some((members.into_iter().map(|(name, value)| (name, Cow::Borrowed(value))).collect(), twice))
}

/// Of an object that has not many members; of two with one name the later.
struct Named<'a>(BTreeMap<String, &'a RawValue>, u32);

/// Honest answers that are mended have some ten.
const MOST_MEMBERS: usize = 1000;

impl<'de: 'a, 'a> Deserialize<'de> for Named<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Few;
        impl<'de> Visitor<'de> for Few {
            type Value = Named<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let (mut read, mut twice) = (BTreeMap::new(), 0);
                while let Some((name, value)) = members.next_entry()? {
                    if read.len() == MOST_MEMBERS {
                        return Err(A::Error::custom("many members"));
                    }
                    twice += u32::from(read.insert(name, value).is_some());
                }
                Ok(Named(read, twice))
            }
        }
        deserializer.deserialize_map(Few)
    }
}

fn mend_members<'a>(
    (mut members, twice): (Members<'a>, u32),
    mend: impl Fn(&str, &RawValue) -> Option<(Box<RawValue>, u32)>,
) -> (Members<'a>, u32) {
    let mut all = twice;
    for (name, value) in &mut members {
        if let Some((mended, odd)) = mend(name, value) {
            *value = Cow::Owned(mended);
            all += odd;
        }
    }
    (members, all)
}

fn profile_members(profile: &RawValue) -> Option<(Box<RawValue>, u32)> {
    let is_emptied = Cell::new(false);
    let (members, odd) = mend_members(members(profile.get().as_bytes())?, |name, value| {
        let mended = match name {
            "organizations" | "organizationsNew" => entries::<ProfileOrganization>(value),
            "providers" => entries::<ProfileProvider>(value),
            "providerOrganizations" => entries::<ProfileProviderOrganization>(value),
            _ => None,
        }?;
        is_emptied.set(is_emptied.get() || mended.0.get() == "[]");
        Some(mended)
    });
    // Without any membership, what hangs on them would be lost: then the answer stays as odd as it is.
    if is_emptied.get() {
        return None;
    }
    let members = to_raw_value(&members).ok()?;
    match whole::<ProfileResponse>(&members) {
        Some((mended, more)) => Some((mended, odd + more)),
        None => Some((members, odd)),
    }
}

fn entries<T: DeserializeOwned>(list: &RawValue) -> Option<(Box<RawValue>, u32)> {
    let Bounded(entries) = serde_json::from_str::<Bounded<&RawValue>>(list.get()).ok()?;
    let (mut kept, mut all) = (Vec::new(), 0);
    for entry in entries {
        if serde_json::from_str::<T>(entry.get()).is_ok() {
            kept.push(entry.to_owned());
            continue;
        }
        all += 1;
        kept.extend(whole::<T>(entry).map(|(mended, _)| mended));
    }
    (all > 0).then(|| Some((to_raw_value(&kept).ok()?, all))).flatten()
}

fn whole<T: DeserializeOwned>(odd: &RawValue) -> Option<(Box<RawValue>, u32)> {
    let (_, text, cuts) = mended::<T>(odd.get().as_bytes()).ok()?;
    (!cuts.is_empty()).then(|| Some((RawValue::from_string(text).ok()?, count(&cuts)))).flatten()
}

/// More is not odd, but something else.
const MOST_CUTS: usize = 64;

fn count(cuts: &[String]) -> u32 {
    u32::try_from(cuts.len()).unwrap_or(u32::MAX)
}

/// What is wrong with an answer, with the name of the member where it is. Names are the protocol's or the server's own;
/// values are not told.
pub(crate) fn fault<T: DeserializeOwned>(body: &[u8], error: Error) -> JsonFault {
    let member = || {
        let value: Value = serde_json::from_slice(body).ok()?;
        let text = Zeroizing::new(value.to_string());
        let error = serde_json::from_str::<T>(&text).err()?;
        let mut place = Vec::new();
        find(&value, error.column().saturating_sub(1), &mut place);
        Some(named(&place, &error)).filter(|name| !name.is_empty())
    };
    let is_small = body.len() <= SMALL_ANSWER;
    let member = if error.is_data() && is_small { member() } else { None };
    JsonFault { member, ..error.into() }
}

/// The way to a member in words, such as `profile.organizations[2].id`.
fn named(place: &[Step], error: &Error) -> String {
    let mut way = String::new();
    let mut add = |name: &str| {
        let is_name =
            name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !way.is_empty() {
            way.push('.');
        }
        way.push_str(if is_name { name } else { "…" });
    };
    let mut path = place.iter();
    for step in path.by_ref() {
        match step {
            Step::Member(name) => add(name),
            Step::Element(index) => add(&index.to_string()),
        }
    }
    // The reader's own words, in which stands the name of one of our members.
    let words = error.to_string();
    if let Some(name) = words.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        add(name);
    }
    way
}

/// Cuts out what cannot be read, one after the other, until the rest can.
/// Tells the members where something was cut.
pub(crate) fn mended<T: DeserializeOwned>(body: &[u8]) -> Result<(T, String, Vec<String>), Error> {
    check_values(body)?;
    let mut value: Value = serde_json::from_slice(body)?;
    let mut cuts = Vec::new();
    loop {
        // On one line, so that the column of an error is its place.
        let text = value.to_string();
        let error = match serde_json::from_str(&text) {
            Ok(read) => return Ok((read, text, cuts)),
            Err(error) => error,
        };
        let mut place = Vec::new();
        find(&value, error.column().saturating_sub(1), &mut place);
        let name = named(&place, &error);
        if cuts.len() == MOST_CUTS || !cut(&mut value, place) {
            return Err(error);
        }
        cuts.push(name);
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Member(String),
    Element(usize),
}

/// The way to the value that is at byte `at` of the text of `value`. The byte before an element is counted to it: the
/// reader stops there when it does not want what begins.
fn find(value: &Value, at: usize, place: &mut Vec<Step>) {
    let length = |value: &Value| value.to_string().len();
    let mut begin = 1;
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let value_begin = begin + Value::from(name.as_str()).to_string().len() + 1;
                let end = value_begin + length(member);
                if (begin..end).contains(&at) {
                    place.push(Step::Member(name.clone()));
                    return if at >= value_begin {
                        find(member, at - value_begin, place)
                    };
                }
                begin = end + 1;
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let end = begin + length(element);
                if (begin - 1..end).contains(&at) {
                    place.push(Step::Element(index));
                    return if at >= begin {
                        find(element, at - begin, place)
                    };
                }
                begin = end + 1;
            }
        }
        _ => {}
    }
}

/// Takes out the element, or the value of the member, at `place`; around it where that is not enough.
fn cut(value: &mut Value, mut place: Vec<Step>) -> bool {
    while let Some(last) = place.pop() {
        let around = place.iter().try_fold(&mut *value, |value, step| match step {
            Step::Member(name) => value.get_mut(name),
            Step::Element(index) => value.get_mut(index),
        });
        match (around, last) {
            (Some(Value::Array(elements)), Step::Element(index)) if index < elements.len() => {
                elements.remove(index);
                return true;
            }
            (Some(Value::Object(members)), Step::Member(name)) => {
                if let Some(member) = members.get_mut(&name).filter(|member| !member.is_null()) {
                    *member = Value::Null;
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use portico_protocol::organization::{OrganizationResponse, OrganizationUserDetails};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn an_odd_entry_is_carried_or_left_out_and_counted() {
        let member = |more: Value| {
            let mut member = json!({"id": ID, "email": "a@b.example", "type": 2, "status": 2});
            member.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            member
        };
        let grant = json!({"id": ID, "readOnly": true});
        let body = json!({"object": null, "data": [
            member(json!({"externalId": {"newer": [1, "\"shape\""]}, "name": "Zoë \"Z\""})),
            member(json!({"collections": [grant.clone(), null, {"readOnly": true}, grant]})),
            null,
            {"email": "without@id.example"},
            member(json!({})),
        ]});
        let Mended { read, odd } =
            list::<OrganizationUserDetails>(body.to_string().as_bytes()).map_err(|e| e.to_string()).unwrap();
        assert_eq!((read.len(), odd), (3, 4));
        assert_eq!((read[0].email.as_str(), read[0].name.as_deref()), ("a@b.example", Some("Zoë \"Z\"")));
        assert_eq!(read[1].collections.len(), 2, "only what is no grant is gone");
    }

    #[test]
    fn a_fault_names_the_member_and_no_value() {
        for (body, member) in [
            (r#"{"id":"s3cret"}"#, "id"),
            (r#"{"name":"Club"}"#, "id"),
            (
                "{\n \"id\":\"00000000-0000-0000-0000-000000000007\",\n \"permissions\":{\"manageUsers\":[]}}",
                "permissions.manageUsers",
            ),
        ] {
            let error = serde_json::from_str::<ProfileOrganization>(body).unwrap_err();
            let fault = fault::<ProfileOrganization>(body.as_bytes(), error);
            assert_eq!(fault.member.as_deref(), Some(member), "{body}");
            assert!(fault.to_string().contains(member) && !fault.to_string().contains("s3cret"), "{fault}");
        }
    }

    #[test]
    fn a_list_of_something_else_is_no_list() {
        for body in
            [r#"{"data":[null]}"#, r#"{"data":[1,2]}"#, r#"{"data":null}"#, r#"{"data":[{"id":"#, "{}"]
        {
            assert!(list::<OrganizationUserDetails>(body.as_bytes()).is_err(), "{body}");
        }
        assert!(list::<OrganizationUserDetails>(br#"{"data":[]}"#).is_ok_and(|list| list.odd == 0));
    }

    #[test]
    fn an_odd_member_does_not_take_the_organization_with_it() {
        let body = json!({"id": ID, "name": "Club", "object": null, "useScim": [true], "seats": 7});
        let Mended { read, odd } = object::<OrganizationResponse>(body.to_string().as_bytes()).unwrap();
        assert_eq!((read.id, read.name.as_str(), read.seats, odd), (ID, "Club", Some(7), 1));
        assert!(object::<OrganizationResponse>(br#"{"nonsense":true}"#).is_err());
    }

    fn synced(change: impl Fn(&mut Value)) -> (Option<Value>, u32) {
        let mut sync = json!({"object": "sync", "ciphers": [{"id": 1.50}], "folders": [{"id": ID, "name": "2.f"}],
            "collections": [{"id": ID, "organizationId": ID, "name": "2.c"}],
            "policies": [{"id": ID, "organizationId": ID, "type": 1, "enabled": true}],
            "profile": {"id": ID, "email": "a@b.example", "organizations": [{"id": ID, "name": "Club", "status": 2}],
                "providers": [{"id": ID, "name": "P"}], "providerOrganizations": [{"id": ID, "name": "C"}]},
            "userDecryption": {"masterPasswordUnlock": {"kdf": {"kdfType": 0, "iterations": 600_000}, "salt": "s",
                "masterKeyEncryptedUserKey": "2.k"}}});
        change(&mut sync);
        let Mended { read, odd } = super::sync(sync.to_string().into_bytes());
        let reads = serde_json::from_slice::<SyncEnvelope<'_>>(&read).is_ok();
        (reads.then(|| serde_json::from_slice(&read).unwrap()), odd)
    }

    #[test]
    fn one_odd_entry_of_a_sync_costs_itself_at_most() {
        for (list, odd) in [
            ("/folders", json!(null)),
            ("/collections", json!({"name": "2.x"})),
            ("/policies", json!({"type": 3})),
            ("/profile/organizations", json!({"name": "No id"})),
            ("/profile/providers", json!(4)),
            ("/profile/providerOrganizations", json!({"id": "no id"})),
        ] {
            let (read, count) = synced(|sync| {
                sync.pointer_mut(list).unwrap().as_array_mut().unwrap().insert(0, odd.clone());
            });
            let read = read.unwrap_or_else(|| panic!("{list}"));
            assert_eq!((read.pointer(list).unwrap().as_array().unwrap().len(), count), (1, 1), "{list}");
        }
        let (read, count) = synced(|sync| sync["folders"] = json!([null]));
        assert_eq!((read.unwrap()["folders"].clone(), count), (json!([]), 1));
    }

    #[test]
    fn one_odd_member_in_a_sync_costs_itself_only() {
        for (at, rest) in [
            ("/profile/organizations/0/useScim", "/profile/organizations/0/name"),
            ("/profile/avatarColor", "/profile/organizations/0/id"),
            ("/profile/accountKeys", "/profile/email"),
            ("/collections/0/externalId", "/collections/0/name"),
            ("/userDecryption/masterPasswordUnlock/kdf", "/profile/id"),
        ] {
            let (parent, name) = at.rsplit_once('/').unwrap();
            let (read, count) = synced(|sync| sync.pointer_mut(parent).unwrap()[name] = json!([[7]]));
            let read = read.unwrap_or_else(|| panic!("{at}"));
            assert!(read.pointer(rest).is_some_and(|rest| !rest.is_null()), "{at}");
            assert!(count >= 1, "{at}");
            assert_eq!(read["ciphers"], json!([{"id": 1.5}]));
        }
    }

    #[test]
    fn a_member_that_comes_twice_counts_once() {
        let profile = json!({"id": ID, "email": "a@b.example"});
        let body = format!(r#"{{"ciphers":[{{"id":1}}],"profile":{profile},"Ciphers":[],"ciphers":[]}}"#);
        let Mended { read, odd } = super::sync(body.into_bytes());
        assert_eq!((serde_json::from_slice::<SyncEnvelope<'_>>(&read).unwrap().ciphers.len(), odd), (0, 1));
    }

    #[test]
    fn memberships_are_not_lost_all_together() {
        let (read, _) = synced(|sync| sync["profile"]["organizations"] = json!([null]));
        assert_eq!(read, None);
        assert_eq!(synced(|_| {}).1, 0);
    }
}
