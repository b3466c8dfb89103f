//! The forms that sign somebody in, and the codes that go with them.

use time::OffsetDateTime;

use super::people::Person;

pub fn password_grant(person: Person) -> Vec<(String, String)> {
    [
        ("grant_type", "password".to_owned()),
        ("username", person.email()),
        ("password", person.password()),
        ("scope", "api offline_access".into()),
        ("client_id", "desktop".into()),
        ("deviceType", "8".into()),
        ("deviceIdentifier", "11111111-2222-3333-4444-555555555555".into()),
        ("deviceName", "linux".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A password grant that carries more fields.
pub fn grant_with(person: Person, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = password_grant(person);
    form.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    form
}

/// As [`password_grant`] from another device.
pub fn grant_from(person: Person, device: &str) -> Vec<(String, String)> {
    let mut form = password_grant(person);
    form.iter_mut().find(|(name, _)| name == "deviceIdentifier").unwrap().1 = device.into();
    form
}

pub fn fields(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// RFC 6238, written here a second time on purpose.
pub fn code_now() -> String {
    code_at(OffsetDateTime::now_utc().unix_timestamp())
}

pub fn code_at(time: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"12345678901234567890").unwrap();
    mac.update(&(time / 30).to_be_bytes());
    let tag = mac.finalize().into_bytes();
    let at = (tag[19] & 15) as usize;
    let number = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Base32 of "12345678901234567890".
pub const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
