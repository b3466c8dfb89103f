//! The messages of the hub: SignalR over MessagePack (protocol.md §6.1).

use axum::body::Bytes;
use rmpv::Value;
use serde::Deserialize;
use uuid::Uuid;

use crate::moment::Moment;
use crate::push::Kind;

/// Bytes of one binary frame: a length and a message.
pub(crate) type Frame = Bytes;

/// Ends a handshake, which is text.
const RECORD_SEPARATOR: u8 = 0x1e;
/// A provider, its people or its clients changed: an extension of this service. Official clients leave numbers alone that
/// they do not know.
const PROVIDER_CHANGED: i64 = 1000;
/// Deeper than any message of a client.
const DEPTH: usize = 16;

/// `[6]` with its length.
pub(crate) const PING: Frame = Bytes::from_static(&[0x02, 0x91, 0x06]);
/// `[7, nil]` with its length.
pub(crate) const CLOSE: Frame = Bytes::from_static(&[0x03, 0x92, 0x07, 0xc0]);
/// The answer to a handshake.
pub(crate) const ACCEPTED: Frame = Bytes::from_static(b"{}\x1e");
/// The answer to one in another protocol.
pub(crate) const REFUSED: &str =
    "{\"error\":\"The protocol 'messagepack' of version 1 is the only one here.\"}\u{1e}";

/// What clients are told, before it is bytes.
pub(crate) struct Notification {
    context: Option<String>,
    kind: i64,
    payload: Vec<(Value, Value)>,
}

impl Notification {
    pub(crate) fn about_user(user: Uuid, kind: Kind, device: Option<&str>, date: Moment) -> Notification {
        let payload = vec![member("UserId", id(user)), member("Date", timestamp(date))];
        Notification { context: device.map(str::to_owned), kind: kind as i64, payload }
    }

    /// `organizations`: the clients that changed, if it was them; none where there are too many.
    pub(crate) fn about_provider(
        provider: Uuid,
        organizations: &[Uuid],
        device: Option<&str>,
        date: Moment,
    ) -> Notification {
        let organizations = organizations.iter().map(|one| id(*one)).collect();
        let payload = vec![
            member("ProviderId", id(provider)),
            member("OrganizationIds", Value::Array(organizations)),
            member("Date", timestamp(date)),
        ];
        Notification { context: device.map(str::to_owned), kind: PROVIDER_CHANGED, payload }
    }

    /// `[1, {}, nil, "ReceiveMessage", [{ContextId, Type, Payload}]]`.
    pub(crate) fn frame(self) -> Frame {
        let told = Value::Map(vec![
            member("ContextId", self.context.map_or(Value::Nil, Value::from)),
            member("Type", self.kind.into()),
            member("Payload", Value::Map(self.payload)),
        ]);
        let message = Value::Array(vec![
            1.into(),
            Value::Map(Vec::new()),
            Value::Nil,
            "ReceiveMessage".into(),
            Value::Array(vec![told]),
        ]);
        let mut bytes = Vec::new();
        // Writing to memory fails only where there is none.
        let written = rmpv::encode::write_value(&mut bytes, &message);
        debug_assert!(written.is_ok());
        let mut frame = length(bytes.len());
        frame.extend(bytes);
        frame.into()
    }
}

/// Whether a client's first message asks for the protocol that is spoken here.
pub(crate) fn is_handshake(message: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Handshake {
        protocol: String,
        version: u32,
    }
    let Some(text) = message.strip_suffix(&[RECORD_SEPARATOR]) else { return false };
    serde_json::from_slice::<Handshake>(text)
        .is_ok_and(|asked| asked.protocol == "messagepack" && asked.version == 1)
}

/// What a client says once it is let in. Everything but an end is a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Alive,
    Close,
    /// Not this protocol.
    Nonsense,
}

/// Reads a frame of a client: any number of messages, each behind its length.
pub(crate) fn said(mut frame: &[u8]) -> Said {
    while !frame.is_empty() {
        let Some(length) = take_length(&mut frame).filter(|length| *length <= frame.len()) else {
            return Said::Nonsense;
        };
        let (mut message, rest) = frame.split_at(length);
        frame = rest;
        let value = rmpv::decode::read_value_ref_with_max_depth(&mut message, DEPTH);
        let kind = value.ok().and_then(|value| value.as_array()?.first()?.as_u64());
        match kind {
            Some(7) => return Said::Close,
            Some(_) => {}
            None => return Said::Nonsense,
        }
    }
    Said::Alive
}

/// Seven bits a byte, the lowest first.
fn length(mut count: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count + 5);
    while count >= 0x80 {
        bytes.push((count & 0x7f) as u8 | 0x80);
        count >>= 7;
    }
    bytes.push(count as u8);
    bytes
}

/// At most five bytes, as in a 31-bit number.
fn take_length(frame: &mut &[u8]) -> Option<usize> {
    let mut length = 0;
    for place in 0..5 {
        let (byte, rest) = frame.split_first()?;
        *frame = rest;
        length |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(length);
        }
    }
    None
}

fn member(name: &str, value: Value) -> (Value, Value) {
    (name.into(), value)
}

fn id(id: Uuid) -> Value {
    id.to_string().into()
}

/// The timestamp of MessagePack in eight bytes: 30 bits of nanoseconds, 34 bits of seconds.
fn timestamp(date: Moment) -> Value {
    let seconds = date.unix_seconds().clamp(0, (1 << 34) - 1) as u64;
    let nanoseconds = (date.0.rem_euclid(1_000_000) * 1_000) as u64;
    Value::Ext(-1, (nanoseconds << 34 | seconds).to_be_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by hand from protocol.md §6.1 and the specification of MessagePack.
    #[test]
    fn a_notification_byte_by_byte() {
        let user = Uuid::from_u128(0x0196f3a0_0000_7000_8000_000000000001);
        // 2026-08-20T14:16:19.5Z: 1,787,235,379 s and 500,000,000 ns.
        let frame =
            Notification::about_user(user, Kind::SyncVault, None, Moment(1_787_235_379_500_000)).frame();
        let mut expected = vec![0x95, 0x01, 0x80, 0xc0, 0xae];
        expected.extend(b"ReceiveMessage");
        expected.extend([0x91, 0x83, 0xa9]);
        expected.extend(b"ContextId");
        expected.extend([0xc0, 0xa4]);
        expected.extend(b"Type");
        expected.extend([0x05, 0xa7]);
        expected.extend(b"Payload");
        expected.extend([0x82, 0xa6]);
        expected.extend(b"UserId");
        expected.extend([0xd9, 36]);
        expected.extend(b"0196f3a0-0000-7000-8000-000000000001");
        expected.push(0xa4);
        expected.extend(b"Date");
        expected.extend([0xd7, 0xff]);
        expected.extend((500_000_000_u64 << 34 | 1_787_235_379).to_be_bytes());
        assert_eq!((frame[0], expected.len()), (107, 107), "one byte of length");
        assert_eq!(frame[1..], expected);

        // Longer: the lowest seven bits come first.
        let provider = Notification::about_provider(user, &[user], Some("a device"), Moment(0)).frame();
        let length = usize::from(provider[0] & 0x7f) + (usize::from(provider[1]) << 7);
        assert!(provider[0] & 0x80 != 0 && provider[1] & 0x80 == 0);
        assert_eq!(length, provider.len() - 2);
    }

    #[test]
    fn only_one_handshake_is_understood() {
        assert!(is_handshake(b"{\"protocol\":\"messagepack\",\"version\":1}\x1e"));
        for other in [
            &b"{\"protocol\":\"messagepack\",\"version\":1}"[..],
            b"{\"protocol\":\"json\",\"version\":1}\x1e",
            b"{\"protocol\":\"messagepack\",\"version\":2}\x1e",
            b"{}\x1e",
            b"\x1e",
            b"",
        ] {
            assert!(!is_handshake(other));
        }
    }

    #[test]
    fn what_a_client_says_is_hostile() {
        assert_eq!(said(&PING), Said::Alive);
        assert_eq!(said(&[&PING[..], &PING].concat()), Said::Alive);
        assert_eq!(said(&[&PING[..], &CLOSE, &PING].concat()), Said::Close);
        assert_eq!(said(&[0x02, 0x91, 0x63]), Said::Alive, "kinds of the future");
        let nested = [&[0xff, 0xff, 0x01][..], &[0x91; 0x7fff]].concat();
        for nonsense in [
            &[0x05, 0x91][..],
            &[0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            &[0x80],
            &[0x01, 0xc0],
            &[0x00],
            &[0x02, 0x91, 0xa0],
            &[0x05, 0xdd, 0xff, 0xff, 0xff, 0xff],
            &nested,
        ] {
            assert_eq!(said(nonsense), Said::Nonsense, "{:?}", &nonsense[..nonsense.len().min(6)]);
        }
    }
}
