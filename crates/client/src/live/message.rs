//! Messages of the hub: SignalR over MessagePack (protocol.md §6.1). What comes is hostile: lengths, depth and numbers are
//! bounded, and a message that is not understood is left out.

use rmpv::Value;
use uuid::Uuid;

/// What a client says first, in text.
pub(super) const HANDSHAKE: &str = "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}";
/// Ends a handshake.
const RECORD_SEPARATOR: u8 = 0x1e;
/// A ping of either side: one byte of length, an array of one, the number 6.
pub(super) const PING: [u8; 3] = [0x02, 0x91, 0x06];
/// Our own service names at most fifty clients one by one.
const MOST_CLIENTS: usize = 64;
/// Deeper than any message of the protocol.
const DEPTH: usize = 16;

/// A message that means something here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    Notification(Notification),
    /// The server closes the connection.
    Close,
}

/// What a notification tells, as far as it says what to read again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Notification {
    /// The device whose person caused it.
    pub context: Option<Uuid>,
    pub kind: i64,
    pub organization: Option<Uuid>,
    pub provider: Option<Uuid>,
    /// Clients of the provider; the first of them, where a server names very many.
    pub clients: Vec<Uuid>,
    pub reason: Option<i64>,
}

/// A frame does not follow the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no message of a hub")]
pub(super) struct Garbled;

/// Reads the server's answer to the handshake, and returns what came behind it in the same frame.
pub(super) fn handshake_answer(frame: &[u8]) -> Result<&[u8], Garbled> {
    let end = frame.iter().position(|byte| *byte == RECORD_SEPARATOR).ok_or(Garbled)?;
    let (answer, rest) = (&frame[..end], &frame[end + 1..]);
    let answer: serde_json::Value = serde_json::from_slice(answer).map_err(|_| Garbled)?;
    match answer.as_object() {
        Some(members) if !members.contains_key("error") => Ok(rest),
        _ => Err(Garbled),
    }
}

/// Reads the messages of one binary frame: each its length, seven bits a byte with the lowest first, and that many bytes.
pub(super) fn messages(mut frame: &[u8]) -> Result<Vec<Message>, Garbled> {
    let mut messages = Vec::new();
    while !frame.is_empty() {
        let length = take_length(&mut frame)?;
        if length > frame.len() {
            return Err(Garbled);
        }
        let (message, rest) = frame.split_at(length);
        frame = rest;
        messages.extend(read(message)?);
    }
    Ok(messages)
}

/// At most five bytes, as in a 31-bit number.
fn take_length(frame: &mut &[u8]) -> Result<usize, Garbled> {
    let mut length = 0_usize;
    for place in 0..5 {
        let (byte, rest) = frame.split_first().ok_or(Garbled)?;
        *frame = rest;
        length |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(length);
        }
    }
    Err(Garbled)
}

/// `None` for pings, for other targets, and for what this version does not know.
fn read(message: &[u8]) -> Result<Option<Message>, Garbled> {
    let value = rmpv::decode::read_value_with_max_depth(&mut { message }, DEPTH).map_err(|_| Garbled)?;
    let Value::Array(parts) = value else { return Err(Garbled) };
    Ok(match parts.first().and_then(Value::as_i64) {
        Some(1) => invocation(&parts).map(Message::Notification),
        Some(7) => Some(Message::Close),
        Some(_) => None,
        None => return Err(Garbled),
    })
}

/// `[1, {headers}, nil, "ReceiveMessage", [notification]]`, of servers that append too.
fn invocation(parts: &[Value]) -> Option<Notification> {
    if parts.get(3)?.as_str() != Some("ReceiveMessage") {
        return None;
    }
    let told = parts.get(4)?.as_array()?.first()?;
    let payload = member(told, "Payload");
    let of_payload = |name| payload.and_then(|payload| member(payload, name));
    Some(Notification {
        context: member(told, "ContextId").and_then(id),
        kind: member(told, "Type")?.as_i64()?,
        organization: of_payload("OrganizationId").and_then(id),
        provider: of_payload("ProviderId").and_then(id),
        clients: of_payload("OrganizationIds")
            .and_then(Value::as_array)
            .map(|clients| ids(clients))
            .unwrap_or_default(),
        reason: of_payload("Reason").and_then(Value::as_i64),
    })
}

/// Names are in PascalCase; of servers that write them smaller too.
fn member<'v>(map: &'v Value, name: &str) -> Option<&'v Value> {
    let is_it = |key: &Value| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
    map.as_map()?.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value)
}

fn ids(values: &[Value]) -> Vec<Uuid> {
    values.iter().take(MOST_CLIENTS).filter_map(id).collect()
}

fn id(value: &Value) -> Option<Uuid> {
    Uuid::try_parse(value.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "0196f3a0-0000-7000-8000-000000000001";

    /// Bytes as the official server's library writes them: written by hand from the MessagePack specification.
    fn official() -> Vec<u8> {
        let mut message = vec![0x95, 0x01, 0x80, 0xc0, 0xae];
        message.extend(b"ReceiveMessage");
        message.extend([0x91, 0x83, 0xa9]);
        message.extend(b"ContextId");
        message.push(0xc0);
        message.push(0xa4);
        message.extend(b"Type");
        message.push(0x12);
        message.push(0xa7);
        message.extend(b"Payload");
        message.push(0x82);
        message.push(0xae);
        message.extend(b"OrganizationId");
        message.extend([0xd9, 36]);
        message.extend(USER.as_bytes());
        message.push(0xa7);
        message.extend(b"Enabled");
        message.push(0xc2);
        assert!(message.len() < 0x80, "one byte of length");
        let mut frame = vec![u8::try_from(message.len()).unwrap()];
        frame.extend(message);
        frame
    }

    #[test]
    fn reads_what_the_protocol_describes() {
        let expected =
            Notification { kind: 18, organization: Some(USER.parse().unwrap()), ..Notification::default() };
        let one = Message::Notification(expected);
        assert_eq!(messages(&official()), Ok(vec![one.clone()]));
        let several = [&PING[..], &official(), &PING, &official(), &[0x03, 0x92, 0x07, 0xc0]].concat();
        assert_eq!(messages(&several), Ok(vec![one.clone(), one, Message::Close]));
        // A heartbeat: another target, without arguments.
        let heartbeat = [&[0x0f, 0x95, 0x01, 0x80, 0xc0, 0xa9][..], b"Heartbeat", &[0x90]].concat();
        assert_eq!(messages(&heartbeat), Ok(vec![]));
    }

    #[test]
    fn a_handshake_is_answered_by_an_empty_object() {
        assert_eq!(handshake_answer(b"{}\x1e"), Ok(&b""[..]));
        assert_eq!(handshake_answer(b"{}\x1e\x02\x91\x06"), Ok(&PING[..]));
        for answer in [&b"{}"[..], b"{\"error\":\"no\"}\x1e", b"[]\x1e", b"\x1e", b"", b"<html>\x1e"] {
            assert_eq!(handshake_answer(answer), Err(Garbled));
        }
    }

    #[test]
    fn nothing_that_a_server_sends_makes_it_panic_or_swell() {
        let nested = [&[0xff, 0xff, 0x03][..], &[0x91; 0xffff]].concat();
        for frame in [
            &[0x80, 0x80, 0x80, 0x80, 0x80, 0x00][..],
            &[0x05, 0x91],
            // An array, a text and a map that promise four thousand million parts.
            &[0x05, 0xdd, 0xff, 0xff, 0xff, 0xff],
            &[0x06, 0x91, 0xdb, 0xff, 0xff, 0xff, 0xff],
            &[0x06, 0x91, 0xdf, 0xff, 0xff, 0xff, 0xff],
            &[0x01, 0xc0],
            &[0x02, 0x91, 0xa0],
            &[0x00],
            &nested,
        ] {
            assert_eq!(messages(frame), Err(Garbled), "{:?}", &frame[..frame.len().min(8)]);
        }
        // Well-formed, and about nothing.
        assert_eq!(messages(&[0x02, 0x91, 0x01]), Ok(vec![]));
        assert_eq!(messages(&[0x06, 0x95, 0x01, 0x80, 0xc0, 0xc0, 0xc0]), Ok(vec![]));
        for cut in 1..official().len() {
            let _ = messages(&official()[..cut]);
            let mut bent = official();
            bent[cut] ^= 0xff;
            let _ = messages(&bent);
        }
    }
}
