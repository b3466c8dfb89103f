//! The messages of the hub: SignalR (protocol.md §6.1) over MessagePack, which the official clients speak, and over JSON,
//! which SignalR's own clients speak unless they are told otherwise.

use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes};
use portico_protocol::casing::camel_keys;
use rmpv::Value;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::moment::Moment;
use crate::push::{Kind, One, OneKind};

/// Ends a handshake, and every message of JSON.
const RECORD_SEPARATOR: u8 = 0x1e;
/// A provider, its people or its clients changed: an extension of this service. Official clients leave numbers alone that
/// they do not know.
const PROVIDER_CHANGED: i64 = 1000;
/// Deeper than any message of a client.
const DEPTH: usize = 16;

/// The answer to a handshake in a protocol that is not spoken here.
pub(crate) const REFUSED: &str =
    "{\"error\":\"The protocol has to be 'messagepack' or 'json', of version 1.\"}\u{1e}";

/// What one listener is sent, in each protocol.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    packed: Bytes,
    text: Utf8Bytes,
}

/// The protocol of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HubProtocol {
    MessagePack,
    Json,
}

impl HubProtocol {
    /// What a client's first message asks for, if it is spoken here.
    pub(crate) fn asked_for(message: &[u8]) -> Option<HubProtocol> {
        #[derive(Deserialize)]
        struct Handshake {
            protocol: String,
            version: u32,
        }
        let asked: Handshake = serde_json::from_slice(message.strip_suffix(&[RECORD_SEPARATOR])?).ok()?;
        match (asked.protocol.as_str(), asked.version) {
            ("messagepack", 1) => Some(HubProtocol::MessagePack),
            ("json", 1) => Some(HubProtocol::Json),
            _ => None,
        }
    }

    /// The answer to a handshake.
    pub(crate) fn accepted(self) -> Message {
        self.pick(b"{}\x1e", "{}\u{1e}")
    }

    pub(crate) fn ping(self) -> Message {
        self.pick(PING, "{\"type\":6}\u{1e}")
    }

    pub(crate) fn close(self) -> Message {
        self.pick(CLOSE, "{\"type\":7}\u{1e}")
    }

    pub(crate) fn of(self, frame: Frame) -> Message {
        match self {
            HubProtocol::MessagePack => Message::Binary(frame.packed),
            HubProtocol::Json => Message::Text(frame.text),
        }
    }

    /// What a client says once it is let in.
    pub(crate) fn said(self, message: &Message) -> Said {
        match (self, message) {
            (_, Message::Ping(_) | Message::Pong(_)) => Said::Alive,
            (_, Message::Close(_)) => Said::Close,
            (HubProtocol::MessagePack, Message::Binary(frame)) => said(frame),
            (HubProtocol::Json, Message::Text(text)) => said_in_text(text),
            _ => Said::Nonsense,
        }
    }

    fn pick(self, packed: &'static [u8], text: &'static str) -> Message {
        match self {
            HubProtocol::MessagePack => Message::Binary(Bytes::from_static(packed)),
            HubProtocol::Json => Message::Text(Utf8Bytes::from_static(text)),
        }
    }
}

/// `[6]` with its length.
const PING: &[u8] = &[0x02, 0x91, 0x06];
/// `[7, nil]` with its length.
const CLOSE: &[u8] = &[0x03, 0x92, 0x07, 0xc0];

/// What clients are told, before it is bytes.
pub(crate) struct Notification {
    context: Option<String>,
    kind: i64,
    payload: Vec<(&'static str, Member)>,
}

enum Member {
    Null,
    Id(Uuid),
    Ids(Vec<Uuid>),
    Date(Moment),
}

impl Notification {
    pub(crate) fn about_user(user: Uuid, kind: Kind, device: Option<&str>, date: Moment) -> Notification {
        let payload = vec![("UserId", Member::Id(user)), ("Date", Member::Date(date))];
        Notification { context: device.map(str::to_owned), kind: kind as i64, payload }
    }

    /// One item or folder, with all that a client needs to see whether it has to read it.
    pub(crate) fn about_one(one: &One, device: Option<&str>) -> Notification {
        let id = |id: Option<Uuid>| id.map_or(Member::Null, Member::Id);
        let mut payload = vec![("Id", Member::Id(one.id)), ("UserId", id(one.owner))];
        if one.kind.is_item() {
            let is_shared = one.organization.is_some() && one.kind != OneKind::LoginDelete;
            payload.push(("OrganizationId", id(one.organization)));
            let collections = if is_shared { Member::Ids(one.collections.clone()) } else { Member::Null };
            payload.push(("CollectionIds", collections));
        }
        payload.push(("RevisionDate", Member::Date(one.revised)));
        Notification { context: device.map(str::to_owned), kind: one.kind as i64, payload }
    }

    /// `organizations`: the clients that changed, if it was them; none where there are too many.
    pub(crate) fn about_provider(
        provider: Uuid,
        organizations: &[Uuid],
        device: Option<&str>,
        date: Moment,
    ) -> Notification {
        let payload = vec![
            ("ProviderId", Member::Id(provider)),
            ("OrganizationIds", Member::Ids(organizations.to_vec())),
            ("Date", Member::Date(date)),
        ];
        Notification { context: device.map(str::to_owned), kind: PROVIDER_CHANGED, payload }
    }

    pub(crate) fn frame(&self) -> Frame {
        Frame { packed: self.packed(), text: self.text() }
    }

    /// `[1, {}, nil, "ReceiveMessage", [{ContextId, Type, Payload}]]` behind its length.
    fn packed(&self) -> Bytes {
        let payload = self.payload.iter().map(|(name, value)| ((*name).into(), value.packed()));
        let told = Value::Map(vec![
            ("ContextId".into(), self.context.as_deref().map_or(Value::Nil, Value::from)),
            ("Type".into(), self.kind.into()),
            ("Payload".into(), Value::Map(payload.collect())),
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

    /// The same in JSON, whose names begin small.
    fn text(&self) -> Utf8Bytes {
        let payload = self.payload.iter().map(|(name, value)| ((*name).to_owned(), value.json()));
        let payload = camel_keys(payload.collect::<serde_json::Map<_, _>>().into());
        let told = json!({"contextId": self.context, "type": self.kind, "payload": payload});
        let message = json!({"type": 1, "target": "ReceiveMessage", "arguments": [told]});
        format!("{message}\u{1e}").into()
    }
}

impl Member {
    fn packed(&self) -> Value {
        match self {
            Member::Null => Value::Nil,
            Member::Id(id) => id.to_string().into(),
            Member::Ids(ids) => Value::Array(ids.iter().map(|id| id.to_string().into()).collect()),
            Member::Date(date) => timestamp(*date),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Member::Null => serde_json::Value::Null,
            Member::Id(id) => json!(id),
            Member::Ids(ids) => json!(ids),
            Member::Date(date) => json!(date),
        }
    }
}

/// What a client says once it is let in. Everything but an end is a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Alive,
    Close,
    /// Not this protocol.
    Nonsense,
}

/// Any number of messages of JSON, each before its separator.
fn said_in_text(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Message {
        #[serde(rename = "type")]
        kind: u64,
    }
    let Some(messages) = text.strip_suffix(RECORD_SEPARATOR as char) else { return Said::Nonsense };
    for message in messages.split(RECORD_SEPARATOR as char) {
        match serde_json::from_str::<Message>(message) {
            Ok(Message { kind: 7 }) => return Said::Close,
            Ok(_) => {}
            Err(_) => return Said::Nonsense,
        }
    }
    Said::Alive
}

/// Reads a frame of a client: any number of messages, each behind its length.
fn said(mut frame: &[u8]) -> Said {
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
            Notification::about_user(user, Kind::SyncVault, None, Moment(1_787_235_379_500_000)).packed();
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
        let provider = Notification::about_provider(user, &[user], Some("a device"), Moment(0)).packed();
        let length = usize::from(provider[0] & 0x7f) + (usize::from(provider[1]) << 7);
        assert!(provider[0] & 0x80 != 0 && provider[1] & 0x80 == 0);
        assert_eq!(length, provider.len() - 2);
    }

    /// Written by hand from the description of SignalR's hub protocols.
    #[test]
    fn a_notification_in_json() {
        let user = Uuid::from_u128(0x0196f3a0_0000_7000_8000_000000000001);
        let at = Moment(1_787_235_379_500_000);
        let told = Notification::about_provider(user, &[user], Some("a device"), at).text();
        let expected = json!({"type": 1, "target": "ReceiveMessage", "arguments": [{
            "contextId": "a device", "type": 1000,
            "payload": {
                "providerId": "0196f3a0-0000-7000-8000-000000000001",
                "organizationIds": ["0196f3a0-0000-7000-8000-000000000001"],
                "date": "2026-08-20T14:16:19.500000Z",
            },
        }]});
        let told = told.strip_suffix('\u{1e}').unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(told).unwrap(), expected);
    }

    #[test]
    fn two_handshakes_are_understood() {
        let asked = HubProtocol::asked_for(b"{\"protocol\":\"messagepack\",\"version\":1}\x1e");
        assert_eq!(asked, Some(HubProtocol::MessagePack));
        assert_eq!(
            HubProtocol::asked_for(b"{\"protocol\":\"json\",\"version\":1}\x1e"),
            Some(HubProtocol::Json)
        );
        for other in [
            &b"{\"protocol\":\"messagepack\",\"version\":1}"[..],
            b"{\"protocol\":\"json\",\"version\":2}\x1e",
            b"{\"protocol\":\"blazorpack\",\"version\":1}\x1e",
            b"{\"protocol\":\"messagepack\",\"version\":2}\x1e",
            b"{}\x1e",
            b"\x1e",
            b"",
        ] {
            assert_eq!(HubProtocol::asked_for(other), None);
        }
    }

    #[test]
    fn what_a_client_says_in_json_is_hostile() {
        let deep = format!("{{\"type\":6,\"a\":{}\u{1e}", "[".repeat(30_000));
        for (text, meant) in [
            ("{\"type\":6}\u{1e}", Said::Alive),
            ("{\"type\":6}\u{1e}{\"type\":99,\"x\":[]}\u{1e}", Said::Alive),
            ("{\"type\":6}\u{1e}{\"type\":7}\u{1e}{\"type\":6}\u{1e}", Said::Close),
            ("{\"type\":6}", Said::Nonsense),
            ("{\"type\":\"6\"}\u{1e}", Said::Nonsense),
            ("{}\u{1e}", Said::Nonsense),
            ("\u{1e}", Said::Nonsense),
            ("", Said::Nonsense),
            (deep.as_str(), Said::Nonsense),
        ] {
            assert_eq!(HubProtocol::Json.said(&Message::text(text)), meant, "{:?}", text.get(..40));
            assert_eq!(HubProtocol::MessagePack.said(&Message::text(text)), Said::Nonsense);
        }
        assert_eq!(HubProtocol::Json.said(&Message::Binary(PING.into())), Said::Nonsense);
    }

    #[test]
    fn what_a_client_says_is_hostile() {
        assert_eq!(said(PING), Said::Alive);
        assert_eq!(said(&[PING, PING].concat()), Said::Alive);
        assert_eq!(said(&[PING, CLOSE, PING].concat()), Said::Close);
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
