//! The profile out of the answer to `GET /sync`, without reading the items behind it: the memberships in it say what is
//! asked for next, and taking the vault in reads all of it. Of 10,000 items that reading takes ten milliseconds.

use std::borrow::Cow;
use std::fmt;

use portico_protocol::account::ProfileResponse;
use portico_protocol::bounds::check_values;
use serde::Deserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Error;
use serde_json::value::RawValue;

/// What follows the profile is not looked at: it may still be no JSON.
pub(super) fn profile_in(answer: &[u8]) -> Result<ProfileResponse, Error> {
    let mut found = None;
    let read = serde_json::Deserializer::from_slice(answer).deserialize_map(UpToProfile(&mut found));
    match (found, read) {
        // To leave an object before its end is an error to the reader.
        (Some(profile), _) => Ok(profile),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::missing_field("profile")),
    }
}

struct UpToProfile<'f>(&'f mut Option<ProfileResponse>);

impl<'de> Visitor<'de> for UpToProfile<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the answer to a sync")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == "profile" {
                let profile: &RawValue = members.next_value()?;
                let profile = profile.get();
                check_values(profile.as_bytes())?;
                *self.0 = Some(serde_json::from_str(profile).map_err(A::Error::custom)?);
                break;
            }
            members.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = r#"{"id":"00000000-0000-0000-0000-000000000001","email":"maya@example.org"}"#;

    #[test]
    fn the_profile_is_found_wherever_it_stands_and_what_follows_is_left_to_others() {
        for answer in [
            format!(r#"{{"profile":{PROFILE}}}"#),
            format!(r#"{{"profile":{PROFILE},"ciphers":[{{"id":"#),
            format!(r#"{{"object":"sync","ciphers":[{{"profile":4}}],"profile":{PROFILE},"folders":[]}}"#),
        ] {
            let profile = profile_in(answer.as_bytes()).unwrap();
            assert_eq!(profile.email, "maya@example.org", "{answer}");
        }
    }

    #[test]
    fn an_answer_without_a_profile_is_an_error() {
        for answer in
            ["", "[]", "{}", r#"{"ciphers":[]}"#, r#"{"profile":7}"#, r#"{"ciphers":[,"profile":{}"#]
        {
            assert!(profile_in(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}
